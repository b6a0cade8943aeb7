"""SELECTs about consents and decisions; `requests` is the one place that turns rows into the sharing request."""

from referral.consent.queries.consents import consents_of, current_consent, decisions_of
from referral.consent.queries.requests import request_about, request_for

__all__ = ["consents_of", "current_consent", "decisions_of", "request_about", "request_for"]
