"""A partner's list in a real browser, from the file to entries of the directory: with scripts and without."""

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

pytestmark = pytest.mark.slow

LIST = (
    "Réf;Structure;Prestation;Genre;Ville;Couleur\n1;Croix-Rouge;Écoute;Psychosocial;Douala;bleu\n"
    "2;Croix-Rouge;Abri;Logement;Kribi;vert\n3;;Soins;Santé;Douala;bleu\n"
)
FIELDS = {
    "column-0": "service.id", "column-1": "organization.name", "column-2": "service.name", "column-3": "service.term",
}  # fmt: skip
APPROVE = "main form.now button[value=approve]"


@pytest.fixture(scope="module")
def coordination(world: World) -> None:
    """Somebody who takes lists in, in each language."""
    with world.app.app_context():
        for language in ("fr", "en"):
            make_user(Role.COORDINATOR, None, f"lists.{language}", language=language)
        db.session.commit()
        db.session.remove()


def send(someone: Any, path: Path, source: str) -> None:
    someone.go("/directory/imports")
    someone.look("imports")
    someone.fill({"source": source})
    someone.tab.set_input_files("#f-file", str(path))
    someone.press("main form:has(#f-file) .buttons button")


@pytest.mark.usefixtures("coordination")
@pytest.mark.parametrize(("language", "width", "scripts"), [("fr", 1280, True), ("en", 360, False)])
def test_a_partners_list_is_mapped_corrected_and_taken_in_and_the_second_time_nothing_changes(
    chromium: Any, world: World, tmp_path: Path, language: str, width: int, scripts: bool
) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(LIST)
    look = Looker(width, scripts)
    window = {"viewport": {"width": width, "height": 800}, "java_script_enabled": scripts}
    with person(chromium, world.address, look, locale=f"{language}-CM", **window) as coordinator:
        tab = coordinator.tab
        coordinator.sign_in(f"lists.{language}", PASSWORD, SECRET, language)
        send(coordinator, path, f"Liste {language}")
        assert tab.locator("#f-column-4").input_value() == "location.city", "guessed by its heading"
        coordinator.press("main form .buttons button")
        assert tab.locator(".error-summary").is_visible()
        coordinator.look("columns refused")
        coordinator.fill(FIELDS)
        coordinator.press("main form .buttons button")
        coordinator.look("preview")
        coordinator.press("#terms button[value=terms]")
        coordinator.press(APPROVE)
        coordinator.look("taken in")
        send(coordinator, path, f"LISTE {language}")
        coordinator.look("columns saved")
        assert [tab.locator(f"#f-{name}").input_value() for name in FIELDS] == list(FIELDS.values())
        coordinator.press("main form .buttons button")
        assert tab.locator("main form.now p").first.inner_text().startswith("0 ")
        coordinator.press(APPROVE)
        coordinator.go("/directory?q=Abri")
        assert "Kribi" in coordinator.look("directory")
