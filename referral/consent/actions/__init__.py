"""Verbs on consent: record a revision, decide about sharing, take the person's answer to a service."""

from referral.consent.actions.deciding import decide_and_register
from referral.consent.actions.recording import record_consent, supersede

__all__ = ["decide_and_register", "record_consent", "supersede"]
