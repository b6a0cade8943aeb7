"""Verbs on consent: record a revision, decide about sharing, take the person's answer to a service."""

from referral.consent.actions.answering import Incomplete, answer_service, answer_specific, asked_of, offered_for
from referral.consent.actions.deciding import decide_and_register
from referral.consent.actions.recording import record_consent, supersede

__all__ = [
    "Incomplete",
    "answer_service",
    "answer_specific",
    "asked_of",
    "decide_and_register",
    "offered_for",
    "record_consent",
    "supersede",
]
