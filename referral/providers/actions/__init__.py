"""What changes the directory: a partner's own entry, imports from other directories."""

from referral.providers.actions.editing import StaleEntry, confirm, edit_capacity, edit_contacts, edit_hours
from referral.providers.actions.exporting import export
from referral.providers.actions.importing import import_file

__all__ = ["StaleEntry", "confirm", "edit_capacity", "edit_contacts", "edit_hours", "export", "import_file"]
