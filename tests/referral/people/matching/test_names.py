"""Spellings that must meet and names that must not; written beside the product's table, not from it."""

from __future__ import annotations

import pytest

from referral.foundation.folding import fold
from referral.people.matching.comparing import word_level
from referral.people.matching.names import key, sound, words
from referral.people.matching.weights import Level

pytestmark = pytest.mark.once

MEET = """
oumarou umaru, ousmane usman, mohamed mouhammad, mamadou muhammadou, djibril jibril, fatou fatu, aicha aisha, awa aoua,
tchoumi choumi, philippe filipe, khadija kadidja, jacques jaques, aissatou aisatu, ngassa ngaza, catherine katerine,
abdoulaye abdullahi, aissatou aishatu, yacoubou yaqub, emmanuel manu, aminatou amina, mouhamadou modou, nguema ngema,
fotso foutso, hamidou amidou, souleymanou suleimanu, boubakari bubakari, diallo jallow, mohamadou mohammadu
"""
APART = """
moussa fatou, paul raoul, biya bello, ngono mbarga, ali adi, fotso talla, amina awa, issa ali, hawa issa, jean paul,
marie martin, oumarou ousmane, ibrahim idrissou, aissatou aminatou, tchoumi fotso, hassan hussein, pierre patrice
"""


def pairs(text: str) -> list[tuple[str, str]]:
    return [(one, other) for one, other in (pair.split() for pair in text.replace("\n", " ").split(","))]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Éloundou", "eloundou"),
        ("E\u0301loundou", "eloundou"),
        ("ɓeɗɗo Ŋgɔn", "beddo ngon"),
        ("N’Gaoundéré", "ngaoundere"),
        ("N'Djidda", "ndjidda"),
        ("Jean-Marie  d'Arc", "jean marie darc"),
        ("ﬁdèle Œil", "fidele oeil"),
        ("محمد", "محمد"),
        ("  ", ""),
        ("<b>=1+1", "b 1 1"),
    ],
)
def test_folding_takes_away_case_accents_and_marks(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(("one", "other"), pairs(MEET))
def test_spellings_of_one_name_meet(one: str, other: str) -> None:
    assert key(one) == key(other)
    assert word_level(one, other) is Level.VARIANT


@pytest.mark.parametrize(("one", "other"), pairs(APART))
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert word_level(one, other) is Level.DIFFERS


@pytest.mark.parametrize(("one", "other"), [("mbarga", "barga"), ("tchinda", "tchida"), ("essomba", "essonba")])
def test_a_slip_of_the_hand_is_close(one: str, other: str) -> None:
    assert word_level(one, other) in {Level.CLOSE, Level.VARIANT}


def test_particles_and_initials_do_not_count_as_names() -> None:
    assert words("El Hadj Oumarou Bello") == ("oumarou", "bello")
    assert words("Hadja Aïssatou") == ("aissatou",)
    assert words("JP Fotso") == ("jean", "pierre", "fotso")
    assert words("El Hadj") == ("el", "hadj")


def test_doubled_letters_and_vowels_are_not_heard() -> None:
    assert sound("mballa") == sound("mbala") == sound("mboulo")
    assert sound("ngono") != sound("nkono")
