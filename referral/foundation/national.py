"""What the country has set for this installation, for whoever runs inside the application."""

from __future__ import annotations

from flask import current_app

from referral.periods import Periods


def periods() -> Periods:
    """The periods of this installation: the country's, or assumptions that it has still to validate."""
    found: Periods = current_app.config["SETTINGS"].periods
    return found
