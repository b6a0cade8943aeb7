"""The map of a search: numbers where the services are, nothing of a safe house but its unit, nothing from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from directory import Criteria, Offer, judge
from directory.criteria import Moment
from directory.places import Place, Places
from directory.taxonomy import Disclosure
from referral.providers.result_map import HIGH, SIDE, draw, marks
from sop.scene import Circle, Group, walk
from tests.conftest import NOW

pytestmark = pytest.mark.once
PLACES = Places([Place("CM005004", "Wouri", 2, 4.05, 9.7), Place("CM005001", "Moungo", 2, 4.6, 9.9)])


def candidate(number: int, point: tuple[float, float] | None, **columns: Any) -> Any:
    return judge(Offer(str(number), "s", "o", f"Service <{number}>", point=point, **columns), Criteria(), Moment(NOW))


def scene(fits: list[Any], to_verify: list[Any] = [], **options: Any) -> Any:  # noqa: B006
    words = {"title": "Carte", "description": "Plein", "here": "la personne"}
    return draw(marks(fits, to_verify), PLACES, asked=PLACES["CM005004"], **words, **options)


def test_every_result_with_a_point_has_its_number_and_leads_to_it() -> None:
    found = scene([candidate(1, (4.05, 9.7)), candidate(2, None)], [candidate(3, (4.2, 9.8))])
    links = [(one.link, one.label) for one in walk(found.items) if isinstance(one, Group)]
    assert links == [("#r-1", "1. Service <1>"), ("#r-3", "3. Service <3>")]
    assert "la personne" in found.texts()


def test_results_at_one_place_stand_side_by_side_within_the_picture() -> None:
    found = scene([candidate(number, (4.05, 9.7)) for number in range(1, 21)])
    spots = [(one.x, one.y) for one in walk(found.items) if isinstance(one, Circle) and one.radius > 5]
    assert len(set(spots)) == 20
    assert all(0 < x < SIDE and 0 < y < HIGH for x, y in spots)


def test_a_secret_address_is_dashed() -> None:
    found = scene([candidate(1, (4.05, 9.7), disclosure=Disclosure.ON_REQUEST)])
    [circle] = [one for one in walk(found.items) if isinstance(one, Circle) and one.radius > 5]
    assert circle.dash


def test_nothing_with_a_point_is_no_map() -> None:
    assert scene([candidate(1, None)]) is None


def test_the_picture_is_small_safe_and_asks_nothing_of_the_network() -> None:
    ring = [[9.5 + number / 5000, 3.9 + (number % 7) / 100] for number in range(5000)]
    svg = scene([candidate(number, (4 + number / 50, 9.7)) for number in range(1, 21)], outlines=[ring]).svg()
    assert "Service &lt;1&gt;" in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert "style=" not in svg
    assert len(svg) < 16_000
