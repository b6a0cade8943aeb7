"""Two versions compared: every attribute, edges, renamings told as such, and one drawing of both."""

from __future__ import annotations

from pathlib import Path

import pytest

import sop
from sop import drawing
from sop.diff import Change, Mark, diff
from sop.union import union
from sop.yaml_io import load

TEXT = (Path(sop.__file__).parent / "library" / "cameroon" / "flowchart.yaml").read_text(encoding="utf-8")
OLD = load(TEXT)


def changed(*pairs: tuple[str, str]) -> str:
    text = TEXT
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return text


def words(changes: tuple[Change, ...]) -> list[str]:
    return [str(message) for change in changes for message in change.messages]


def test_a_version_does_not_differ_from_itself_nor_from_another_spelling_of_itself() -> None:
    assert diff(OLD, OLD).is_empty
    other = load(changed(("P3D", "PT72H"), ("guard: else, ", "guard:  else , "), ("# Durations", "# Times")))
    assert diff(OLD, other).changes == ()


CHANGES = [
    ("high: P3D, medium: P7D", "high: P2D, medium: P7D", "nodes", "N04: “deadline.high” was P3D and is now P2D"),
    ("deadline: PT1H, forms: [F01", "forms: [F01", "nodes", "N01: “deadline.low” was PT1H and is now –"),
    ("grants: [provider]", "grants: [provider, case]", "nodes", "G05: “grants” was provider and is now provider, case"),
    ("{TEH: [justice], ASI", "{ASI", "nodes", "X03: “requires_for.TEH” was justice and is now –"),
    ('en: "Provider found?"', 'en: "Found?"', "nodes", "D06: “label.en” was Provider found? and is now Found?"),
    (
        "stage: reception, locked: true, deadline: P3D",
        "stage: reception, deadline: P3D",
        "nodes",
        "N02: “locked” was true and is now –",
    ),
    ("loop: {max: 36,", "loop: {max: 12,", "edges", "D12→N09: “loop.max” was 36 and is now 12"),
    ('"not gap_solved"', '"gap_solved"', "edges", "D07→R03: “guard” was not gap_solved and is now gap_solved"),
    ("  - {from: R03, to: J01}\n", "", "edges", "R03→J01 was removed"),
    ("{int: [0, 5]}", "{int: [0, 6]}", "fields", "attempts: “values” was int 0, 5 and is now int 0, 6"),
    (
        'en: "The person, the guardian"',
        'en: "They"',
        "lanes",
        "PERS: “label.en” was The person, the guardian and is now They",
    ),
    ('en: "Closure"', 'en: "End"', "stages", "closure: “label.en” was Closure and is now End"),
    ("max: P31D", "max: P30D", "constraints", "K04: “max” was P31D and is now P30D"),
    ("avoid_ok: [G03]", "avoid_ok: [G03, G04]", "forbidden", "Z03: “avoid_ok” was G03 and is now G03, G04"),
    ("version: 0.2.0", "version: 0.3.0", "head", "sop: “version” was 0.2.0 and is now 0.3.0"),
]


@pytest.mark.parametrize(("before", "after", "section", "sentence"), CHANGES)
def test_one_change_is_told_with_both_values(before: str, after: str, section: str, sentence: str) -> None:
    found = diff(OLD, load(changed((before, after))))
    assert sentence in words(found.of(section))
    assert {change.section for change in found.changes} == {section}
    back = diff(load(changed((before, after))), OLD)
    assert len(back.changes) == len(found.changes) == 1


def test_another_order_is_told_because_lists_and_drawings_follow_it() -> None:
    first, second = "  - {from: S0, to: N01}\n", "  - {from: N01, to: D01}\n"
    other = load(changed((first + second, second + first)))
    assert other.hash != OLD.hash
    assert words(diff(OLD, other).changes) == [
        "edges: “order” was S0→N01, N01→D01 and is now N01→D01, S0→N01",
    ]


def test_an_added_step_and_its_branches_are_told_once_each() -> None:
    text = changed(
        ("  - {from: J01, to: N09}\n", "  - {from: J01, to: N20}\n  - {from: N20, to: N09}\n"),
        ("  - {id: N09,", '  - {id: N20, kind: task, lane: CM, deadline: P1D, en: "Call"}\n  - {id: N09,'),
    )
    found = diff(OLD, load(text))
    assert [(one.id, one.mark) for one in found.of("nodes")] == [("N20", Mark.ADDED)]
    assert {(one.id, one.mark.value) for one in found.of("edges")} == {
        ("J01→N09", "removed"),
        ("J01→N20", "added"),
        ("N20→N09", "added"),
    }


def test_of_two_branches_between_the_same_steps_the_right_one_is_told() -> None:
    line = next(one for one in TEXT.splitlines(keepends=True) if "attempts >= 3" in one)
    assert TEXT.count("from: D10, to: R02") == 2
    (change,) = diff(OLD, load(TEXT.replace(line, ""))).changes
    assert (change.section, change.mark, change.id) == ("edges", Mark.REMOVED, "D10→R02 (2)")
    (change,) = diff(load(TEXT.replace(line, "")), OLD).changes
    assert (change.section, change.mark) == ("edges", Mark.ADDED)


def test_other_ids_and_other_words_are_recognised_as_only_renamed() -> None:
    text = changed(("R03", "HELP"), ("D07", "ASK"), ('en: "Provider found?"', 'en: "Found?"'), ("0.2.0", "0.3.0"))
    found = diff(OLD, load(text))
    assert found.only_renamed
    assert {one.was: one.id for one in found.of("nodes") if one.was} == {"R03": "HELP", "D07": "ASK"}
    assert "R03 is now called HELP" in words(found.of("nodes"))
    assert found.of("edges") == ()


def test_a_step_with_another_id_and_another_deadline_is_not_only_renamed() -> None:
    retimed = ("stage: referrals, deadline: P7D,", "stage: referrals, deadline: P8D,")
    found = diff(OLD, load(changed(("R03", "HELP"), retimed)))
    assert not found.only_renamed
    assert {(one.id, one.mark.value) for one in found.of("nodes")} == {("R03", "removed"), ("HELP", "added")}


def test_a_retiming_is_no_naming_and_an_equal_pair_is_no_renaming() -> None:
    found = diff(OLD, load(changed(("high: P3D, medium: P7D", "high: P2D, medium: P7D"))))
    assert [one.is_retiming for one in found.changes] == [True]
    assert not found.only_renamed
    assert not diff(OLD, OLD).only_renamed


def test_the_data_have_every_section() -> None:
    data = diff(OLD, load(changed(("max: P31D", "max: P30D")))).to_json()
    assert data["equal"] is False
    assert data["constraints"] == [
        {
            "id": "K04",
            "mark": "changed",
            "was": None,
            "attributes": [{"name": "max", "before": "P31D", "after": "P30D"}],
            "messages": ["K04: “max” was P31D and is now P30D"],
        }
    ]
    empty = ("head", "lanes", "stages", "fields", "nodes", "edges", "forbidden")
    assert [data[section] for section in empty] == [[]] * len(empty)


def test_both_versions_are_drawn_as_one_with_what_was_removed() -> None:
    text = changed(
        ('  - {from: D06, to: R02, guard: "not provider_found", fr: "non", en: "no"}\n', ""),
        ("edges:\n", 'edges:\n  - {from: D06, to: R03, guard: "not provider_found"}\n'),
        ("high: P3D, medium: P7D", "high: P2D, medium: P7D"),
    )
    start = text.index("  - {id: N10,")
    text = text[:start] + text[text.index("  - {id: E01,") :]
    text = (
        text.replace("  - {from: N10, to: E01}\n", "").replace("then: N10", "then: E01").replace("to: N10", "to: E01")
    )
    both = union(OLD, load(text))
    assert both.steps == {"N04": Mark.CHANGED, "N10": Mark.REMOVED}
    assert both.branches[("D06", "R02")] is Mark.REMOVED
    assert both.branches[("D06", "R03")] is Mark.ADDED
    assert both.branches[("N10", "E01")] is Mark.REMOVED
    ids = list(both.flowchart.steps)
    assert ids.index("N10") == ids.index("D12") + 1
    assert {mark.sign for mark in Mark} == {"+", "×", "≠", "="}
    assert "N10" in drawing.draw(both.flowchart, lang="fr").svg()


def test_a_union_of_opposite_ways_can_still_be_drawn() -> None:
    head = "sop: {id: X, version: 1.0.0, languages: [en]}\nfields: {}\nlanes: {CM: {en: Manager}}\nnodes:\n"
    nodes = "".join(f"- {{id: {one}, kind: task, lane: CM, en: {one}}}\n" for one in "AB")
    nodes = "- {id: S, kind: start, lane: CM, en: In}\n" + nodes + "- {id: E, kind: end, lane: CM, en: Out}\n"
    old = load(head + nodes + "edges: [[S, A], [A, B], [B, E]]\n")
    new = load(head + nodes + "edges: [[S, B], [B, A], [A, E]]\n")
    both = union(old, new)
    assert sorted(both.branches.values()) == ["added"] * 3 + ["removed"] * 3
    assert ">B<" in drawing.draw(both.flowchart, lang="fr").svg()
