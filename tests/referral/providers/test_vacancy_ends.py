"""Whoever answers for a vacancy is reminded once before it ends, in one notice with what else waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from directory.employment import VacancyState
from referral.config import Settings, SettingsError
from referral.extensions import db
from referral.foundation import notices
from referral.foundation.grants import Role
from referral.foundation.outbox import OutboxMessage
from referral.providers import actions
from referral.providers.models import SectionVerification, ServiceStaff
from referral.providers.private_models import Vacancy
from referral.providers.rules import Section
from tests.builders import make_organization, make_user
from tests.conftest import NOW
from tests.referral.providers.entries import confirm_organization, make_entry

DAYS = timedelta(days=1)
NIGHT = NOW.replace(hour=20, minute=30)


@pytest.fixture
def place(session: Any) -> Any:
    """An employer whose entry is fresh, its keeper, and somebody who announced a vacancy and has left since."""
    owner = make_organization("Atelier")
    place = make_entry(owner, "Atelier", "ECO", verified=NOW)
    keeper = make_user(Role.PROVIDER, owner, "patron", email="patron@example.cm")
    db.session.add(ServiceStaff(service_id=place.service_id, user_id=keeper.id, focal_point=True))
    confirm_organization(owner)
    session.commit()
    return place


def vacancy(place: Any, days: int, state: VacancyState = VacancyState.OPEN) -> Vacancy:
    gone = make_user(Role.PROVIDER, place.service.organization, active=False)
    row = Vacancy(
        place_id=place.id, title="Soudeur", places=2, places_left=2, valid_until=NOW.date() + days * DAYS, state=state,
        created_at=NOW - 30 * DAYS, created_by_id=gone.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def sent() -> list[tuple[str, str, Any]]:
    rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(one.template, one.address, one.parameters.get("vacancies")) for one in rows]


def test_it_is_told_once_to_whoever_keeps_the_entry_and_never_at_night(place: Any) -> None:
    vacancy(place, 7)
    assert actions.remind(NIGHT) == 0
    assert actions.remind(NOW) == 1
    assert [actions.remind(NOW + days * DAYS) for days in range(1, 9)] == [0] * 8
    assert sent() == [("vacancy_ending", "patron@example.cm", "1")]
    (message,) = db.session.scalars(select(OutboxMessage))
    body = notices.render(message.template, message.parameters, "fr").body
    assert "bientôt : 1." in body.replace("\u00a0", " ")
    assert "Soudeur" not in body
    assert "Atelier" not in body


def test_one_that_is_prolonged_is_told_again_before_its_new_end(place: Any) -> None:
    row = vacancy(place, 7)
    actions.remind(NOW)
    row.valid_until += 30 * DAYS
    db.session.commit()
    assert [days for days in range(1, 35) if actions.remind(NOW + days * DAYS)] == [30]


def test_what_is_far_filled_waiting_or_over_is_not_told(place: Any) -> None:
    vacancy(place, 8)
    vacancy(place, -1)
    vacancy(place, 3, VacancyState.FILLED)
    vacancy(place, 3, VacancyState.WAITING)
    assert actions.remind(NOW) == 0


def test_one_notice_says_what_is_to_be_confirmed_and_what_ends_before_the_next_one(place: Any) -> None:
    vacancy(place, 13)
    vacancy(place, 15)
    for row in db.session.scalars(select(SectionVerification).where(SectionVerification.section == Section.HOURS)):
        row.at = NOW - 95 * DAYS
    db.session.commit()
    assert actions.remind(NOW) == 1
    assert sent() == [("directory_confirm_vacancies", "patron@example.cm", "1")]
    assert [days for days in range(1, 15) if actions.remind(NOW + days * DAYS)] == [8]


@pytest.mark.once
def test_how_long_before_is_a_setting(tmp_path: Any) -> None:
    env = {"MNR_ENV": "test", "MNR_INSTANCE": str(tmp_path)}
    assert Settings.from_env(env).vacancy_notice == 7
    assert Settings.from_env({**env, "MNR_VACANCY_NOTICE": "14"}).vacancy_notice == 14
    for wrong in ("0", "61", "week", "-1", "7.5"):
        with pytest.raises(SettingsError, match="MNR_VACANCY_NOTICE"):
            Settings.from_env({**env, "MNR_VACANCY_NOTICE": wrong})
