"""Consent and the sharing decision: nothing crosses without a reason that can be shown."""
