"""What changes the directory: a partner's own entry, imports from other directories."""

from referral.providers.actions.importing import import_file

__all__ = ["import_file"]
