"""Blank forms on paper: what is printed, where, and the code that leads back."""

from __future__ import annotations

import pypdfium2
import pytest
import segno

from referral.foundation.codes_drawn import qr_matrix
from referral.foundation.paper import Stamp
from referral.procedures.form_paper import ALPHABET, Blank, blank_form, paper_number
from sop.forms import Form, compile_form, load_form

pytestmark = pytest.mark.once
ADDRESS = "https://mnr.example.cm/identifications/paper/76c092f6d204/ABCDE-FGH23"
STAMP = Stamp(ADDRESS, "ABCDE-FGH23")
HOUSEHOLD = """
| settings | form_id | form_title | version |
| | household | Ménage <b>& fin | 7 |
| survey | type | name | label::Français (fr) | label::English (en) | hint::English (en) | relevant | category |
| | begin repeat | members | Membres | Members | | | |
| | text | member | Nom | Name | | | C2 |
| | select_one sex | sex | Sexe | Sex | | | C3 |
| | end repeat | | | | | | |
| | begin group | rest | Reste | Rest | | | |
| | select_one sex | head | Chef | Head | Whoever decides | | C3 |
| | date | since | Depuis | Since | | ${head} = 'f' | C4 |
| | image | photo | Photo | Photo | | | C11 |
| | geopoint | where | Où | Where | | | C4 |
| | end group | | | | | | |
| choices | list_name | name | label::Français (fr) | label::English (en) |
| | sex | f | Femme | Woman |
| | sex | m | Homme | Man |
"""


def texts(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


@pytest.fixture(scope="module")
def household() -> Form:
    return compile_form(HOUSEHOLD, reference=False)


def test_a_form_of_forty_questions_stays_under_twelve_pages_and_names_itself_on_each() -> None:
    form = load_form()
    pages = texts(blank_form(Blank(form, form.hash, STAMP), lang="en"))
    assert len(pages) < 12
    for number, page in enumerate(pages, start=1):
        assert f"{form.id} {form.version} · {form.hash[:12]}" in page
        assert f"Page {number} of {len(pages)}" in page
        assert "ABCDE-FGH23" in page
    whole = " ".join(pages)
    for words in ("this sheet holds personal data", "Only if: no answer to question 15.", "40 For what purpose"):
        assert words in whole


def test_conditions_hints_repeats_and_boxes_are_printed(household: Form) -> None:
    (page,) = texts(blank_form(Blank(household, household.hash, STAMP), lang="en"))
    for words in (
        "Ménage <b>& fin", "1. Members", "1. Name", "2. Sex Woman / Man", "3 Head", "Whoever decides",
        "day", "month", "year",
        "Only if: “Woman” to question 3.", "Take the photo when you type this sheet in.", "Latitude:",
        "One line for each",
    ):  # fmt: skip
        assert words in page, words


def test_the_same_blank_is_the_same_file_and_each_number_is_its_own(household: Form) -> None:
    one, other = (blank_form(Blank(household, household.hash, STAMP), lang="fr") for _ in range(2))
    assert one == other
    numbers = {paper_number() for _ in range(500)}
    assert len(numbers) == 500
    assert all(len(number) == 11 and number[5] == "-" and set(number) <= set(ALPHABET + "-") for number in numbers)


def test_the_printed_code_is_the_one_of_the_address(household: Form) -> None:
    """Read the dark squares off the rendered page and hold them against the code as its library makes it."""
    scale = 8
    document = pypdfium2.PdfDocument(blank_form(Blank(household, household.hash, STAMP), lang="fr"))
    bitmap = document[0].render(scale=scale, grayscale=True)
    wanted = [list(map(bool, row)) for row in segno.make(ADDRESS, error="m", micro=False, boost_error=False).matrix]
    assert qr_matrix(ADDRESS) == tuple(
        map(tuple, segno.make(ADDRESS, error="m", micro=False, boost_error=False).matrix)
    )
    millimetre = 72 / 25.4
    side, left, top = 20 * millimetre, (210 - 18 - 20) * millimetre, 5 * millimetre
    unit = side / (len(wanted) + 8)
    pixels, stride = bytes(bitmap.buffer), bitmap.stride

    def dark(down: int, across: int) -> bool:
        x, y = left + (across + 4.5) * unit, top + (down + 4.5) * unit
        return pixels[int(y * scale) * stride + int(x * scale)] < 128

    read = [[dark(down, across) for across in range(len(wanted))] for down in range(len(wanted))]
    document.close()
    assert read == wanted


def test_a_hostile_label_is_printed_and_longer_than_a_page(household: Form) -> None:
    text = HOUSEHOLD.replace("| Head |", f"| {'<img src=/etc/passwd> ' * 400} |")
    form = compile_form(text, reference=False)
    pages = texts(blank_form(Blank(form, form.hash), lang="en"))
    assert len(pages) >= 3
    assert "<img src=/etc/passwd>" in pages[1]
