"""The canonical text: one form for each content, comments kept, the same bytes again, an identity without layout."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sop
from sop.yaml_comments import comments_of
from sop.yaml_io import Unreadable, dump, load

LIBRARY = Path(sop.__file__).parent / "library"
FLOWCHARTS = sorted(LIBRARY.glob("*/flowchart.yaml"))
RESEARCH = Path(__file__).parents[2] / "../shared/data/sop/cmr_nrm_v0.yaml"

SCRUFFY = """# What this is
# and why
sop: {version: 0.1.0, id: T, languages: [fr, en], supersedes: null}   # head
lanes: {CM: {en: Manager, fr: Gestionnaire}}
fields:
   urgent: bool      # a yes/no fact
   # how often
   tries: {int: [0, 5]}
nodes:
- {id: S, en: "Start # 1", kind: start, lane: CM, fr: Début}   # the door
   # work begins
- {id: T1, kind: task, lane: CM, fr: Faire,  # in French
   en: Do, deadline: {critical: PT60M, high: PT24H, medium: P2D, low: P1W}}
# the way out
- id: E
  kind: end   # of all
  lane: CM
  fr: Fin
  en: 'no'
  # no more boxes
edges:
- [S, T1, "", ""]
- [T1, T1, "urgent  and tries < 3", encore, {loop: true, max: 2}]   # twice
- {to: E, from: T1, guard: else, en: "true", fr: "ligne\\nune"}
  # no more arrows
loop_default_then: E
# the end
"""
TIDY = """# What this is
# and why
sop:  # head
  id: T
  version: 0.1.0
  status: draft
  languages: [fr, en]
fields:
  urgent: bool  # a yes/no fact
  # how often
  tries: {int: [0, 5]}
lanes:
  CM: {fr: "Gestionnaire", en: "Manager"}
nodes:
  - {id: S, kind: start, lane: CM,
     fr: "Début",
     en: "Start # 1"}  # the door
  # work begins
  # in French
  - {id: T1, kind: task, lane: CM, deadline: {critical: PT1H, high: P1D, medium: P2D, low: P7D},
     fr: "Faire",
     en: "Do"}
  # the way out
  # of all
  - {id: E, kind: end, lane: CM,
     fr: "Fin",
     en: "no"}
  # no more boxes
loop_default_then: E
edges:
  - {from: S, to: T1}
  - {from: T1, to: T1, guard: "urgent and tries < 3", loop: {max: 2}, fr: "encore"}  # twice
  - {from: T1, to: E, guard: else, fr: "ligne\\nune", en: "true"}
  # no more arrows
# the end
"""


def test_a_scruffy_text_is_written_in_the_one_form_with_its_comments() -> None:
    assert dump(load(SCRUFFY), source=SCRUFFY) == TIDY


def test_the_identity_ignores_comments_layout_order_of_keys_and_spelling() -> None:
    assert load(SCRUFFY).hash == load(TIDY).hash == load(dump(load(SCRUFFY))).hash


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("low: P7D", "low: P8D"),
        ('"Do"', '"Do it"'),
        ("tries < 3", "tries < 4"),
        ("max: 2", "max: 3"),
        ("loop_default_then: E", "loop_default_then: S"),
        ("kind: task, lane: CM,", "kind: task, lane: CM, locked: true,"),
        ("int: [0, 5]", "int: [0, 6]"),
        ("guard: else, ", ""),
        ("status: draft", "status: draft\n  valid_from: 2027-01-01"),
    ],
)
def test_the_identity_follows_every_content(before: str, after: str) -> None:
    assert before in TIDY
    assert load(TIDY.replace(before, after)).hash != load(TIDY).hash


@pytest.mark.parametrize("path", FLOWCHARTS, ids=lambda path: path.parent.name)
def test_a_library_flowchart_is_its_canonical_text(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert dump(load(path), source=text) == text
    bare = dump(load(path))
    assert (load(bare).hash, dump(load(bare))) == (load(path).hash, bare)
    assert "#" not in bare


def test_the_research_flowchart_is_written_and_read_back() -> None:
    if not RESEARCH.exists():
        pytest.skip("the research flowchart is not on this machine")
    text = RESEARCH.read_text(encoding="utf-8")
    again = dump(load(text), source=text)
    assert load(again).hash == load(text).hash
    assert dump(load(again), source=again) == again
    assert text.count("#") == again.count("#")


def test_the_comment_of_something_that_is_gone_goes_with_it() -> None:
    chart = load(TIDY)
    fewer = replace(chart, branches=chart.branches[:1] + chart.branches[2:])
    assert "# twice" not in dump(fewer, source=TIDY)
    assert "# no more arrows" in dump(fewer, source=TIDY)


def test_a_condition_that_cannot_be_read_is_written_as_it_was() -> None:
    text = TIDY.replace("urgent and tries < 3", "urgnt and exec('x')")
    assert dump(load(text), source=text) == text


def test_edges_between_the_same_steps_keep_their_own_comments() -> None:
    text = TIDY.replace(
        "  - {from: T1, to: E, guard: else",
        '  - {from: T1, to: T1, guard: "not urgent", loop: {max: 1}}  # once\n  - {from: T1, to: E, guard: else',
    )
    assert dump(load(text), source=text) == text


def test_comments_are_only_read_from_what_a_flowchart_may_be() -> None:
    for text in ("a: &a [x]\nb: *a\n", "a: !!python/object/apply:os.system ['id']\n", "- 1\n"):
        with pytest.raises(Unreadable):
            comments_of(text)


def test_a_sign_in_a_text_is_no_comment() -> None:
    text = "a: 'x # y'\nb: \"l1\n  # not one\n  l3\"  # one\nc: d#e\n"
    assert comments_of(text).beside == {("b",): "# one"}
    assert comments_of(text).above == {}


WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


def around_any_words(words: str) -> None:
    chart = load(TIDY)
    step = replace(chart.steps["T1"], label={"fr": words, "en": "x"}, forms=(words,), note={"en": words})
    chart = replace(chart, steps={**chart.steps, "T1": step})
    text = dump(chart)
    again = load(text).steps["T1"]
    assert (again.label.get("fr", ""), again.forms, again.note.get("en", "")) == (words, (words,), words)
    assert dump(load(text)) == text
    assert dump(load(text), source=text) == text


@settings(max_examples=60, deadline=None, derandomize=True)
@given(WORDS)
def test_any_words_come_back_as_they_were(words: str) -> None:
    around_any_words(words)


@pytest.mark.slow
@settings(max_examples=800, deadline=None)
@given(WORDS)
def test_many_words_come_back_as_they_were(words: str) -> None:
    around_any_words(words)


ODD = (
    " ",
    "~",
    "null",
    "007",
    "1",
    "yes",
    "a: b",
    "- a",
    "#",
    "\ufeff",
    "\x85",
    "\u2028",
    "😀",
    "\\",
    '"',
    "\x00",
    "\x7f",
)


@pytest.mark.parametrize("words", ["", *ODD])
def test_words_that_yaml_might_misread_come_back_as_they_were(words: str) -> None:
    around_any_words(words)
