"""The identification form in a browser: it saves itself, and hides itself at the touch of a button."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.tabs import Person, person
from tests.browser.world import World
from tests.builders import PASSWORD, SECRET

HIDE = "Object.defineProperty(document, 'hidden', {value: true}); document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture(scope="module")
def responder(chromium: Any, world: World) -> Iterator[Person]:
    """A first responder who signed in once."""
    with person(chromium, world.address, lambda *_: None, locale="fr-CM") as someone:
        someone.sign_in(world.account("responder", "fr", ""), PASSWORD, SECRET, "fr")
        yield someone


@pytest.fixture
def someone(responder: Person) -> Person:
    """The responder at a new form."""
    responder.go("/identifications/new")
    responder.press('main form[action="/identifications"] button')
    return responder


def test_what_was_typed_is_kept_when_the_page_goes_out_of_sight(someone: Person) -> None:
    someone.fill({"q-place": "Aéroport de Douala"})
    someone.tab.evaluate(HIDE)
    someone.tab.wait_for_selector("[name=version][value='2']", state="attached")
    someone.go(someone.path)
    assert someone.tab.input_value("[name=q-place]") == "Aéroport de Douala"


def test_without_a_network_the_page_says_so_and_keeps_what_was_typed(someone: Person) -> None:
    someone.tab.context.set_offline(True)
    someone.fill({"q-place": "Port"})
    someone.tab.evaluate(HIDE)
    someone.tab.wait_for_selector("[data-unsaved]:visible")
    someone.tab.context.set_offline(False)
    someone.press("main form[data-autosave] button[value=save]")
    assert "Le brouillon est enregistré." in someone.text
    assert [one for one in someone.complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
    someone.complaints.clear()


def test_the_screen_is_hidden_by_a_button_and_shown_by_a_double_tap(someone: Person) -> None:
    someone.tab.click("[data-blank]")
    assert someone.tab.evaluate("getComputedStyle(document.body).visibility") == "hidden"
    someone.tab.mouse.dblclick(200, 300)
    assert someone.tab.evaluate("getComputedStyle(document.body).visibility") == "visible"
