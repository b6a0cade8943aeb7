"""Versions of the standard operating procedure and its forms: import, check, draw."""
