"""Verbs on a referral; they never commit: the request does, once."""
