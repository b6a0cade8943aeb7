"""What repeats in a form, on a narrow phone that runs no scripts: added, filled in, removed, read back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.tabs import Person, person
from tests.browser.world import World
from tests.builders import PASSWORD, SECRET

NARROW = {"width": 360, "height": 740}


@pytest.fixture(params=["fr", "en"])
def someone(request: pytest.FixtureRequest, chromium: Any, household_world: World) -> Iterator[Person]:
    """A first responder on a phone without scripts, at the screen of the household."""
    language = request.param
    options = {"locale": f"{language}-CM", "viewport": NARROW, "java_script_enabled": False}
    with person(chromium, household_world.address, lambda *_: None, **options) as found:
        found.sign_in(household_world.account("responder", language, ""), PASSWORD, SECRET, language)
        found.go("/identifications/new")
        found.press('main form[action="/identifications"] button')
        found.go(found.path.rpartition("/")[0] + "/house")
        yield found


def faults(someone: Person) -> list[Any]:
    """What axe finds on the page (it runs in a second browser, it is a script), and whether the page is too wide."""
    from axe_playwright_python.sync_playwright import Axe

    session = someone.tab.context.storage_state()
    second = someone.tab.context.browser.new_context(storage_state=session, viewport=NARROW, bypass_csp=True)
    tab = second.new_page()
    tab.goto(someone.tab.url)
    found = [(one["id"], one["nodes"][0]["html"]) for one in Axe().run(tab).response["violations"]]
    second.close()
    return [*found, "sideways"] if someone.is_sideways() else found


@pytest.mark.slow
def test_repeats_work_on_a_narrow_phone_without_scripts(someone: Person) -> None:
    assert faults(someone) == []
    someone.press("button[value='add:people']")
    someone.fill({"q-people/1/first_name": "Binta", "q-people/1/years": "4"})
    someone.press("button[value='add:people/1/phones']")
    someone.fill({"q-people/1/phones/1/line": "699"})
    someone.press("button[value='add:people']")
    someone.fill({"q-people/2/first_name": "Ali"})
    someone.press("button[value='remove:people/2']")
    assert faults(someone) == []
    someone.press("button[value='removed:people/2']")
    assert someone.tab.locator("fieldset.instance").count() == 2
    with someone.tab.expect_navigation():
        someone.tab.press("[name='q-people/1/years']", "Enter")
    assert "/screens/" not in someone.path, "Enter goes on; it removes nobody"
    assert "Binta" in someone.text
    assert faults(someone) == []
