"""Importing a drawing in a real browser: both languages, wide with scripts, narrow without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from referral.extensions import db
from referral.foundation.grants import Role
from tests.browser.tabs import person
from tests.browser.test_walk import Looker
from tests.browser.world import World
from tests.builders import PASSWORD, SECRET, make_user
from tests.sop.bpmn_texts import REFERRAL, bpmn
from tests.sop.research import ROOT

pytestmark = pytest.mark.slow

COLLECTED = ROOT.parent / "shared/data/bpmn/who-tb/f-referral.bpmn"
MINE = "main form:has([name=do])"


@pytest.fixture(scope="module")
def coordination(world: World) -> None:
    """Somebody who drafts, in each language."""
    with world.app.app_context():
        for language in ("fr", "en"):
            make_user(Role.COORDINATOR, None, f"coordinator.{language}", language=language)
        db.session.commit()
        db.session.remove()


@pytest.mark.usefixtures("coordination")
@pytest.mark.parametrize(("language", "width", "scripts"), [("fr", 1280, True), ("en", 360, False)])
def test_a_drawing_is_imported_asked_about_and_taken_over(
    chromium: Any, world: World, tmp_path: Path, language: str, width: int, scripts: bool
) -> None:
    drawing = COLLECTED.read_bytes() if COLLECTED.is_file() else bpmn(REFERRAL)
    broken, plan, small = tmp_path / "broken.bpmn", tmp_path / "plan.bpmn", tmp_path / "small.bpmn"
    broken.write_bytes(drawing[:-40])
    plan.write_bytes(drawing)
    small.write_bytes(bpmn(REFERRAL))
    look = Looker(width, scripts)
    window = {"viewport": {"width": width, "height": 800}, "java_script_enabled": scripts}
    with person(chromium, world.address, look, locale=f"{language}-CM", **window) as coordinator:
        tab = coordinator.tab
        coordinator.sign_in(f"coordinator.{language}", PASSWORD, SECRET, language)
        coordinator.go("/procedure/versions/import")
        coordinator.look("import")
        tab.set_input_files("#f-drawing", str(broken))
        coordinator.press("main form:has(#f-drawing) .buttons button")
        assert tab.locator("#f-drawing-error").is_visible()
        coordinator.look("refused")
        tab.set_input_files("#f-drawing", str(plan))
        coordinator.press("main form:has(#f-drawing) .buttons button")
        assert tab.locator("#drawing svg").is_visible()
        coordinator.look("wizard")
        coordinator.go("/procedure/versions/import")
        tab.set_input_files("#f-drawing", str(small))
        coordinator.press("main form:has(#f-drawing) .buttons button")
        coordinator.press(f"{MINE} button[value=take]")
        assert coordinator.path.endswith("/checks")
        coordinator.look("taken over")
