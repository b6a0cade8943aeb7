"""Pairs that are probably the same are found and told, never merged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from directory.duplicates import Entry, Likeness, pairs, score

MORA = frozenset({"CM004005002"})
CENTRE = Entry("a", "Centre d’écoute de Mora", phones=("699123456",), email="a@mora.cm", pcodes=MORA)


@pytest.mark.parametrize(
    ("changes", "likeness"),
    [
        ({}, Likeness.DUPLICATE),
        ({"name": "CENTRE ECOUTE MORA"}, Likeness.DUPLICATE),
        ({"phones": ("677000000",)}, Likeness.REVIEW),
        ({"phones": ("677000000",), "email": "b@autre.cm"}, Likeness.LOW),
        ({"phones": ("677000000",), "email": "b@autre.cm", "pcodes": frozenset({"CM004005003"})}, None),
        ({"name": "Garage Yaoundé"}, Likeness.REVIEW),
    ],
)
def test_the_thresholds_say_how_sure_a_pair_is(changes, likeness) -> None:
    found = pairs([CENTRE, replace(CENTRE, id="b", **changes)])
    assert [one.likeness for one in found] == ([] if likeness is None else [likeness])


def test_a_pair_that_was_decided_is_not_asked_again() -> None:
    assert pairs([CENTRE, replace(CENTRE, id="b")], frozenset({("a", "b")})) == []


def test_what_nobody_said_counts_for_neither_side() -> None:
    assert score(CENTRE, replace(CENTRE, phones=(), email="", pcodes=frozenset())) == (0.44, ())


def test_one_number_of_many_entries_makes_no_pairs() -> None:
    many = [Entry(str(number), f"Nom{number}", phones=("800000000",)) for number in range(100)]
    assert pairs(many) == []


HEALTH = Entry("a", "Centre de santé de Mora", "x", pcodes=MORA, needs=frozenset({"MED"}))


@pytest.mark.parametrize(
    ("one", "other", "asked"),
    [
        ({}, {"organization": "y", "name": "CENTRE DE SANTE MORA"}, True),
        ({}, {"organization": "y", "name": "Centre de santé de Kolofata"}, False),
        ({"name": "Centre de santé"}, {"name": "Centre de santé", "organization": "y"}, False),
        ({"name": "Centre de santé"}, {"name": "Centre de santé"}, True),
        ({"name": "École Mora 1"}, {"name": "École Mora 2"}, False),
        ({}, {"pcodes": frozenset({"CM004005003"})}, False),
        ({}, {"pcodes": frozenset({"CM004005"})}, True),
        ({"phones": ("699123456",)}, {"phones": ("699123456",), "name": "Distribution de vivres"}, False),
        ({"phones": ("699123456",)}, {"phones": ("699123456",), "name": "Dispensaire", "organization": "y"}, True),
    ],
)
def test_a_place_a_need_and_the_number_of_an_organisation_are_no_evidence(one, other, asked) -> None:
    found = pairs([replace(HEALTH, **one), replace(HEALTH, id="b", **other)])
    assert bool(found) is asked


def test_an_address_that_is_none_compares_with_nothing() -> None:
    assert pairs([replace(HEALTH, website="http://["), replace(HEALTH, id="b", website="http://[")])[0].score == 1.0


@pytest.mark.parametrize(
    ("organizations", "sites", "pairs_found"),
    [
        (("a", "b"), ((), ()), 0),
        (("a", "b"), (("irbid",), ("zarqa",)), 0),
        (("a", "b"), (("irbid",), ("irbid city",)), 1),
        (("a", "a"), (("irbid",), ("zarqa",)), 0),
        (("a", "a"), ((), ()), 1),
    ],
)
def test_the_same_name_is_a_pair_where_the_owner_is_one_or_the_place_is(
    organizations: tuple[str, str], sites: tuple[tuple[str, ...], tuple[str, ...]], pairs_found: int
) -> None:
    entries = [
        Entry(str(n), "Water access", owner, needs=frozenset({"HEB"}), sites=frozenset(at))
        for n, (owner, at) in enumerate(zip(organizations, sites, strict=True))
    ]
    assert len(pairs(entries)) == pairs_found
