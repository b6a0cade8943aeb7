"""The walk of the main job in a real browser: ten steps, French at 1280 px with scripts, English at 360 px without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.story import FAMILY_NAME, GIVEN_NAME, PHONE, STEPS, Story
from tests.browser.tabs import Person, person
from tests.browser.world import World
from tests.builders import PASSWORD, SECRET

RULES: dict[int, dict[str, Any]] = {
    1280: {"resultTypes": ["violations"]},
    360: {
        "resultTypes": ["violations"],
        "runOnly": {"type": "rule", "values": ["scrollable-region-focusable", "target-size", "link-in-text-block"]},
    },
}
"""All rules in the wide window; in the narrow one those on which the width has a say."""
TABLET = 800
"""Between the two: where a table is no longer wide and not yet a list of cards."""
WITHHELD = ("Libye", "Libya", "commerce", "destitute", "1990")
"""Things that were told and that the service does not need: the way, the wishes, what is owned, the birth date."""


class Looker:
    """Looks at every page once: never wider than the window; with scripts, no accessibility rule broken."""

    def __init__(self, width: int, scripts: bool) -> None:
        self.widths = (1280, TABLET, 360) if scripts else (width,)
        self.scripts = scripts
        self.seen: set[str] = set()

    def __call__(self, person: Person, name: str) -> None:
        if name in self.seen:
            return
        self.seen.add(name)
        for width in self.widths:
            person.tab.set_viewport_size({"width": width, "height": 800})
            assert not person.is_sideways(), f"{name} is wider than {width} px"
            if self.scripts and width in RULES:
                assert violations(person.tab, width) == [], name
        person.tab.set_viewport_size({"width": self.widths[0], "height": 800})


def violations(tab: Any, width: int) -> list[str]:
    """The accessibility rules that a page breaks, each with the first element that does."""
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(Axe().axe_script)
    found = tab.evaluate("options => axe.run(options)", RULES[width])
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


@pytest.fixture(
    params=[("fr", 1280, True), ("en", 360, False)],
    ids=["French at 1280 px with scripts", "English at 360 px without scripts"],
)
def story(request: pytest.FixtureRequest, chromium: Any, world: World) -> Iterator[Story]:
    """A story in one language, in which each part is played in a browser of its own."""
    language, width, scripts = request.param
    look, people = Looker(width, scripts), {}
    with ExitStack() as stack:

        def enter(role: str) -> Person:
            if role not in people:
                window = {"viewport": {"width": width, "height": 800}, "java_script_enabled": scripts}
                someone = person(chromium, world.address, look, locale=f"{language}-CM", **window)
                people[role] = stack.enter_context(someone)
                people[role].sign_in(world.account(role, language, told.case), PASSWORD, SECRET, language)
            return people[role]

        now = datetime.now(ZoneInfo("Africa/Douala"))  # noqa: TID251 - a browser lives in the present
        told = Story(enter, now.date(), language)
        yield told


def test_one_case_from_the_first_interview_to_the_answer_the_figures_and_the_register(story: Story) -> None:
    for step in STEPS:
        step(story)
    check_papers(story)


def check_papers(story: Story) -> None:
    """What is printed: the slip names its case and what was allowed, and nothing that was withheld."""
    slip = story.papers["slip"]
    assert story.code in slip
    assert FAMILY_NAME in slip
    assert PHONE in slip
    assert [word for word in WITHHELD if word in slip] == []
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", slip)
    for paper in ("information sheet", "consent form fr", "consent form en", "csv"):
        for secret in (FAMILY_NAME, GIVEN_NAME, PHONE):
            assert secret not in story.papers[paper], paper
    assert "accord" in story.papers["consent form fr"]
    assert "agree" in story.papers["consent form en"]
    assert len(story.papers["csv"].splitlines()) > 2
