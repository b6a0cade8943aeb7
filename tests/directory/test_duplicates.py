"""Pairs that are probably the same are found and told, never merged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from directory.duplicates import Entry, Likeness, pairs, score

CENTRE = Entry("a", "Centre d’écoute de Mora", phones=("699123456",), email="a@mora.cm", pcode="CM004005002")


@pytest.mark.parametrize(
    ("changes", "likeness"),
    [
        ({}, Likeness.DUPLICATE),
        ({"name": "CENTRE ECOUTE MORA"}, Likeness.DUPLICATE),
        ({"phones": ("677000000",)}, Likeness.REVIEW),
        ({"phones": ("677000000",), "email": "b@autre.cm"}, Likeness.LOW),
        ({"phones": ("677000000",), "email": "b@autre.cm", "pcode": "CM004005003"}, None),
        ({"name": "Garage Yaoundé"}, Likeness.REVIEW),
    ],
)
def test_the_thresholds_say_how_sure_a_pair_is(changes, likeness) -> None:
    found = pairs([CENTRE, replace(CENTRE, id="b", **changes)])
    assert [one.likeness for one in found] == ([] if likeness is None else [likeness])


def test_a_pair_that_was_decided_is_not_asked_again() -> None:
    assert pairs([CENTRE, replace(CENTRE, id="b")], frozenset({("a", "b")})) == []


def test_what_nobody_said_counts_for_neither_side() -> None:
    assert score(CENTRE, replace(CENTRE, phones=(), email="", pcode="")) == (0.44, ())


def test_one_number_of_many_entries_makes_no_pairs() -> None:
    many = [Entry(str(number), f"Nom{number}", phones=("800000000",)) for number in range(100)]
    assert pairs(many) == []
