"""Verbs on the case file; they never commit: the request does, once."""
