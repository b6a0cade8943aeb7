"""The job reads a large directory in batches by key, and how long sections hold is a setting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from referral.config import Settings, SettingsError
from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers.models import SectionVerification, ServiceStaff
from referral.providers.queries.keeping import kept_entries
from referral.providers.rules import Section, VerificationMethod
from referral.providers.upkeep_models import ReminderStep
from tests.builders import make_organization, make_user
from tests.referral.providers.entries import make_entry

START = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


def test_batches_read_every_entry_once(session: Any) -> None:
    """Keyset pages of two over seven entries, one closed: the same as in one go."""
    owner = make_organization("Foyer")
    places = [make_entry(owner, f"Service {number}", "HEB", verified=START) for number in range(7)]
    places[3].archived = True
    db.session.add(ServiceStaff(service_id=places[0].service_id, user_id=make_user(Role.PROVIDER, owner).id))
    step = {"section": Section.HOURS, "cycle": "2026-01-05", "step": "notice", "at": START}
    db.session.add(ReminderStep(place_id=places[5].id, **step))
    db.session.add(
        SectionVerification(
            service_at_location_id=places[6].id, section=Section.HOURS, method=VerificationMethod.CALL,
            at=START + timedelta(days=9),
        )
    )  # fmt: skip
    session.commit()
    small = list(kept_entries(START + timedelta(days=10), batch=2))
    assert small == list(kept_entries(START + timedelta(days=10)))
    assert {one.id for one in small} == {str(one.id) for one in places} - {str(places[3].id)}
    by_id = {one.id: one for one in small}
    assert by_id[str(places[5].id)].done == {("hours", "2026-01-05", "notice")}
    assert by_id[str(places[6].id)].verified["hours"] == date(2026, 1, 14)
    assert by_id[str(places[0].id)].keeper is not None


def test_shelf_lives_are_a_setting(tmp_path: Any) -> None:
    env = {"MNR_ENV": "test", "MNR_INSTANCE": str(tmp_path), "MNR_SHELF_LIVES": "contacts:60, shelter_hours:24"}
    lives = Settings.from_env(env).shelf_lives
    assert dict(lives.days) == {"contacts": 60, "hours": 90, "service": 180, "organization": 365}
    assert (lives.shelter_capacity_hours, lives.capacity_hours, lives.late_after) == (24, 336, 15)


@pytest.mark.parametrize("written", ["contact:60", "contacts:0", "contacts:soon", "contacts", "late:50", "hours:-3"])
def test_a_shelf_life_that_cannot_be_stops_the_start_and_names_the_setting(tmp_path: Any, written: str) -> None:
    env = {"MNR_ENV": "test", "MNR_INSTANCE": str(tmp_path), "MNR_SHELF_LIVES": written}
    with pytest.raises(SettingsError, match="MNR_SHELF_LIVES"):
        Settings.from_env(env)
