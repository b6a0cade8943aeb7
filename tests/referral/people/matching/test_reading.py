"""What is typed is read in any order."""

from __future__ import annotations

import pytest

from referral.people.matching.reading import read

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("typed", "names", "date", "year", "phones", "codes"),
    [
        ("Bello Aïssatou", "bello aissatou", "", None, (), ()),
        ("1998 Bello", "bello", "", 1998, (), ()),
        ("né vers 1990 Moussa", "moussa", "", 1990, (), ()),
        ("Bello 12/03/1998", "bello", "1998-03-12", 1998, (), ()),
        ("1998-03-12 bello", "bello", "1998-03-12", 1998, (), ()),
        ("bello 03.25.1998", "bello", "1998-03-25", 1998, (), ()),
        ("+237 677 12 34 56 Awa", "awa", "", None, ("677123456",), ("237677123456",)),
        ("677123456", "", "", None, ("677123456",), ("677123456",)),
        ("IOM-CM-00451 Awa", "awa", "", None, (), ("IOMCM00451",)),
        ("CM-LT-2026-00042", "", "", None, (), ("CMLT202600042",)),
        ("", "", "", None, (), ()),
        ("'; DROP TABLE person; --", "drop table person", "", None, (), ()),
    ],
)
def test_words_typed_become_an_identity(
    typed: str, names: str, date: str, year: int | None, phones: tuple[str, ...], codes: tuple[str, ...]
) -> None:
    one = read(typed)
    assert (" ".join(one.name_words), one.birth_date, one.year) == (names, date, year)
    assert one.numbers == phones
    assert one.codes == codes
