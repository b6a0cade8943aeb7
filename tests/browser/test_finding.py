"""Search, keep for a case, refer; and what a keeper does with an entry: in a real browser, wide and narrow."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from referral.extensions import db
from referral.foundation.grants import Role
from referral.partners.queries import user_by_name
from referral.providers.models import ServiceAtLocation
from referral.referrals.models import Referral
from sop.vocabulary import Need
from tests.browser.tabs import person
from tests.browser.test_walk import Looker
from tests.browser.world import World
from tests.builders import PASSWORD, SECRET, make_planned_case, make_user

pytestmark = pytest.mark.slow
WAYS = [("fr", 1280, True), ("en", 360, False)]


@pytest.fixture(scope="module")
def scene(world: World) -> dict[str, str]:
    """A case for each language whose need for health care waits for a service, and the hospital's entry."""
    with world.app.app_context():
        found = {}
        for language in ("fr", "en"):
            make_user(Role.COORDINATOR, None, f"coordinator.{language}", language=language)
            found[language] = str(make_planned_case(user_by_name(f"manager.{language}"), Need.MED).id)  # type: ignore[arg-type]
        place = next(
            one for one in db.session.scalars(select(ServiceAtLocation)).unique() if "PSY" in one.service.needs
        )
        found["place"] = str(place.id)
        assert place.location is not None
        place.location.latitude, place.location.longitude = 4.04, 9.76
        db.session.commit()
        db.session.remove()
    return found


@pytest.mark.parametrize(("language", "width", "scripts"), WAYS)
def test_from_the_search_to_the_referral(
    chromium: Any, world: World, scene: dict[str, str], language: str, width: int, scripts: bool
) -> None:
    case, look = scene[language], Looker(width, scripts)
    window = {"viewport": {"width": width, "height": 800}, "java_script_enabled": scripts}
    with person(chromium, world.address, look, locale=f"{language}-CM", **window) as manager:
        manager.sign_in(f"manager.{language}", PASSWORD, SECRET, language)
        manager.go(f"/cases/{case}")
        manager.follow("/directory/search")
        manager.look("search")
        manager.tab.locator("main details summary").first.click()
        manager.fill({"need": "MED", "place": "Wouri", "age": "27", "sex": "female", "papers": ["passport"]})
        manager.press("main form:has([name=need]) button.btn-brand")
        manager.tab.locator("#results summary").first.click()
        assert manager.tab.locator('#results svg a[href="#r-1"]').count() == 1
        manager.look("results")
        assert "27" not in manager.path
        manager.tab.locator('#results [name="service"]').first.check()
        manager.press('form[action="/shortlist"] button')
        manager.look("shortlist")
        manager.tab.locator("main details summary").last.click()
        manager.tab.fill('[name="text"]', "Appeler lundi")
        manager.press('form[action$="/note"] button')
        assert "Appeler lundi" in manager.text
        manager.press('form[action$="/needs/MED/services"] button')
        manager.look("consent")
        assert manager.path.endswith("/consent")
        assert manager.complaints == []
    with world.app.app_context():
        kept = db.session.scalars(select(Referral).where(Referral.case_id == UUID(case))).all()
        assert [one.state.value for one in kept] == ["draft"]
        db.session.remove()


@pytest.mark.parametrize(("language", "width", "scripts"), WAYS)
def test_what_a_keeper_and_the_coordination_see_fits_the_window(
    chromium: Any, world: World, scene: dict[str, str], language: str, width: int, scripts: bool
) -> None:
    look = Looker(width, scripts)
    window = {"viewport": {"width": width, "height": 800}, "java_script_enabled": scripts}
    with person(chromium, world.address, look, locale=f"{language}-CM", **window) as keeper:
        keeper.sign_in(f"provider.{language}", PASSWORD, SECRET, language)
        keeper.go("/directory/own")
        keeper.look("own")
        for page in ("service", "notice", "copy"):
            keeper.go(f"/directory/own/{scene['place']}/{page}")
            for summary in keeper.tab.locator("main details:not([open]) > summary").all():
                summary.click()
            keeper.look(page)
        keeper.go("/directory/own/confirm")
        keeper.look("confirm")
        assert keeper.complaints == []
    with person(chromium, world.address, look, locale=f"{language}-CM", **window) as coordinator:
        coordinator.sign_in(f"coordinator.{language}", PASSWORD, SECRET, language)
        coordinator.go("/directory/closed")
        coordinator.look("closed")
        coordinator.go(f"/directory/{scene['place']}")
        coordinator.look("entry")
        assert coordinator.complaints == []
