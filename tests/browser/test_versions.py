"""The pages about versions of the procedure in a real browser: both languages, wide with scripts, narrow without."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from referral.extensions import db
from referral.foundation.grants import Role
from referral.procedures import actions, queries
from referral.procedures.rules import Anchor, AnchorKind, VersionAction
from tests.browser.tabs import person
from tests.browser.test_walk import Looker
from tests.browser.world import World
from tests.builders import PASSWORD, SECRET, make_user
from tests.referral.procedures import texts

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def versions(world: World) -> dict[str, str]:
    """A draft with errors, and a version in consultation with a long comment."""
    with world.app.app_context():
        now = datetime.now(UTC)  # noqa: TID251 - a browser lives in the present
        author = make_user(Role.COORDINATOR, None, "coordinator.fr", language="fr")
        make_user(Role.COORDINATOR, None, "coordinator.en", language="en")
        stamp = {"actor": author, "now": now}
        draft = actions.new_draft(texts.numbered("0.8.0", texts.CODE), texts.DEAD, **stamp)
        consulted = actions.new_draft(texts.numbered("0.9.0"), texts.TRIAGE, **stamp)
        db.session.flush()
        move = {"revision": consulted.revision, "today": now.date()}
        actions.move(consulted, VersionAction.OPEN_CONSULTATION, **move, **stamp)
        words = "Anticonstitutionnellement" * 8 + "\nEt une deuxième ligne."
        actions.write_comment(consulted, Anchor(AnchorKind.EDGE, "D01→L01"), words, **stamp)
        active = queries.active_version()
        assert active is not None
        found = {"draft": str(draft.id), "consulted": str(consulted.id), "active": str(active.id)}
        db.session.commit()
        db.session.remove()
    return found


@pytest.mark.parametrize(("language", "width", "scripts"), [("fr", 1280, True), ("en", 360, False)])
def test_every_page_fits_the_window_and_breaks_no_accessibility_rule(
    chromium: Any, world: World, versions: dict[str, str], language: str, width: int, scripts: bool
) -> None:
    look = Looker(width, scripts)
    window = {"viewport": {"width": width, "height": 800}, "java_script_enabled": scripts}
    with person(chromium, world.address, look, locale=f"{language}-CM", **window) as coordinator:
        coordinator.sign_in(f"coordinator.{language}", PASSWORD, SECRET, language)
        for name in ("active", "draft", "consulted"):
            coordinator.go(f"/procedure/versions/{versions[name]}")
            coordinator.look(f"version {name}")
        for page in ("checks", "triage", "edit"):
            coordinator.go(f"/procedure/versions/{versions['draft']}/{page}")
            coordinator.look(page)
        for page in ("consultation", "close_consultation", "set_aside"):
            coordinator.go(f"/procedure/versions/{versions['consulted']}/{page}")
            coordinator.look(page)
        for page in ("/procedure/versions", "/procedure/versions/new"):
            coordinator.go(page)
            coordinator.look(page)
        coordinator.fill({"flowchart": "sop:\n  id: [" + "x" * 300 + "\n"})
        coordinator.press('main form button:not([name="language"])')
        assert coordinator.tab.locator(".error-summary").is_visible()
        assert coordinator.tab.locator(".code-lines .wrong").is_visible()
        coordinator.look("unreadable")
        assert coordinator.tab.input_value("#f-flowchart").startswith("sop:\n  id: [xxx")
        coordinator.go(f"/procedure/versions/{versions['consulted']}/consultation?on=step:N03")
        coordinator.fill({"text": "Trop court."})
        coordinator.press("#comment button")
        assert "Trop court." in coordinator.look("commented")
