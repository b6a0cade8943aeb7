"""A screen of a form while somebody types: what applies, what may be chosen and what is wrong are told at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.tabs import Person, person
from tests.browser.world import World
from tests.builders import PASSWORD, SECRET

pytestmark = pytest.mark.slow
NARROW = {"width": 360, "height": 740}
APPEARED = "Because of these answers, a few more questions have appeared on this screen."


@pytest.fixture(scope="module")
def responder(chromium: Any, household_world: World) -> Iterator[Person]:
    """A first responder on a phone, signed in once."""
    with person(chromium, household_world.address, lambda *_: None, locale="en-GB", viewport=NARROW) as found:
        found.sign_in(household_world.account("responder", "en", ""), PASSWORD, SECRET, "en")
        yield found


@pytest.fixture
def someone(responder: Person) -> Person:
    """The responder at the household of a new form, with one relative."""
    responder.go("/identifications/new")
    responder.press('main form[action="/identifications"] button')
    responder.go(responder.path.rpartition("/")[0] + "/house")
    responder.press("button[value='add:people']")
    return ready(responder)


def ready(someone: Person) -> Person:
    """The page once its script has the blank form."""
    someone.tab.wait_for_selector("form[data-ready]")
    return someone


def shows(someone: Person, path: str) -> bool:
    """Whether the question is on the page for whoever looks at it."""
    found: bool = someone.tab.locator(f"[id='f-q-{path}']").is_visible()
    return found


def test_what_comes_up_is_announced_sent_and_kept_without_a_detour(someone: Person) -> None:
    assert not shows(someone, "people/1/school")
    someone.fill({"q-people/1/first_name": "Binta", "q-people/1/years": "7"})
    assert shows(someone, "people/1/school")
    assert someone.tab.inner_text("[data-news]") == APPEARED
    someone.fill({"q-people/1/school": "Bonabéri"})
    someone.press("form[data-live] .buttons button[value=next]")
    assert APPEARED not in someone.text
    someone.tab.go_back()
    assert ready(someone).tab.input_value("[name='q-people/1/school']") == "Bonabéri"


def test_what_falls_away_is_hidden_counts_for_nothing_and_comes_back_as_it_was(someone: Person) -> None:
    someone.fill({"q-people/1/first_name": "Ali", "q-people/1/years": "7"})
    someone.fill({"q-people/1/school": "Kribi"})
    someone.fill({"q-people/1/years": "30"})
    assert not shows(someone, "people/1/school")
    someone.press("form[data-live] button[value=save]")
    assert "The draft is saved." in someone.text
    someone.tab.go_back()
    someone.tab.reload()
    assert not shows(ready(someone), "people/1/school")
    someone.fill({"q-people/1/years": "8"})
    assert someone.tab.input_value("[name='q-people/1/school']") == "Kribi"


def test_a_text_that_quotes_an_answer_follows_it_and_so_does_what_is_worked_out(someone: Person) -> None:
    someone.fill({"q-people/1/first_name": "Carine", "q-people/1/years": "9"})
    assert someone.tab.inner_text("label[for='f-q-people/1/years']") == "Age of Carine (optional)"
    someone.fill({"q-people/1/first_name": "<b>Dora</b>"})
    assert someone.tab.inner_text("label[for='f-q-people/1/school']") == "School of <b>Dora</b> (optional)"
    assert someone.tab.inner_text("[id='f-q-people/1/summary'] output") == "<b>Dora</b> – 9"


def test_a_wrong_answer_is_told_when_it_is_left_and_no_longer_once_it_is_mended(someone: Person) -> None:
    field, error = "[name='q-people/1/years']", "[id='f-q-people/1/years-error']"
    someone.tab.fill(field, "200")
    assert someone.tab.locator(error).count() == 0, "not while somebody types"
    someone.tab.press(field, "Tab")
    assert someone.tab.inner_text(error) == "✕ This answer is not possible."
    assert someone.tab.get_attribute(field, "aria-describedby") == "f-q-people/1/years-error"
    someone.tab.fill(field, "20")
    assert someone.tab.locator(error).count() == 0
    assert someone.tab.get_attribute(field, "aria-invalid") is None


def test_a_date_is_not_judged_between_its_day_and_its_month(someone: Person) -> None:
    day, month = "[name='q-people/1/seen_on-day']", "[name='q-people/1/seen_on-month']"
    someone.tab.fill(day, "3")
    someone.tab.press(day, "Tab")
    assert someone.tab.locator(".error-text").count() == 0
    someone.tab.fill(month, "2")
    someone.tab.focus("[name=q-head]")
    assert someone.tab.locator(".error-text").count() == 1


def test_the_list_of_what_is_wrong_shrinks_as_it_is_mended(someone: Person) -> None:
    someone.fill({"q-rooms": "50"})
    someone.press("form[data-live] .buttons button[value=next]")
    ready(someone)
    links = someone.tab.locator(".error-summary a")
    assert links.all_inner_texts() == [
        "Rooms: This answer is not possible.",
        "Relative 1 · First name: Please answer this question.",
    ]
    someone.fill({"q-rooms": "0"})
    assert links.count() == 1
    assert someone.tab.inner_text(".error-summary h2") == "One thing to correct"
    someone.fill({"q-people/1/first_name": "Awa"})
    assert someone.tab.locator(".error-summary").count() == 0


def test_what_an_answer_counts_repeats_as_often_and_stays_in_order(someone: Person) -> None:
    someone.fill({"q-rooms": "2"})
    someone.fill({"q-room/1/room_use": "cuisine", "q-room/2/room_use": "chambre"})
    someone.fill({"q-rooms": "1"})
    assert [shows(someone, f"room/{number}") for number in (1, 2)] == [True, False]
    someone.fill({"q-rooms": "3"})
    legends = someone.tab.locator(".instance > legend").all_inner_texts()
    assert legends == ["Relative 1", "Room 1", "Room 2", "Room 3"]
    assert someone.tab.input_value("[name='q-room/2/room_use']") == "chambre"


def test_choices_follow_the_answer_that_filters_them(someone: Person) -> None:
    town = "main [name='q-people/1/town']"
    someone.fill({"q-people/1/kind": "b"})
    assert someone.tab.locator(town).evaluate_all("all => all.map(one => one.value)") == ["y", ""]
    someone.fill({"q-people/1/town": "y"})
    someone.fill({"q-people/1/kind": "a"})
    assert someone.tab.locator(town).evaluate_all("all => all.map(one => one.value)") == ["x", ""]
    assert someone.tab.locator(town + ":checked").evaluate_all("all => all.map(one => one.value)") in ([], [""])


def test_the_blank_form_is_fetched_once_and_the_page_is_not_wider_than_the_phone(someone: Person) -> None:
    sizes = """performance.getEntriesByType('resource').filter(one => /live-form|blank/.test(one.name))
        .map(one => one.transferSize)"""
    someone.go(someone.path.partition("#")[0])
    assert ready(someone).tab.evaluate(sizes) == [0, 0], "both came from the browser's own store"
    assert not someone.is_sideways()
