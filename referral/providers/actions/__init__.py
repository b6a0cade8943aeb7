"""What changes the directory: a partner's own entry, imports from other directories."""

from referral.providers.actions.editing import StaleEntry, confirm, edit_capacity, edit_contacts, edit_hours
from referral.providers.actions.importing import import_file
from referral.providers.actions.placing import import_places
from referral.providers.actions.signalling import search_or_signal, signal_need

__all__ = [
    "StaleEntry",
    "confirm",
    "edit_capacity",
    "edit_contacts",
    "edit_hours",
    "import_file",
    "import_places",
    "search_or_signal",
    "signal_need",
]
