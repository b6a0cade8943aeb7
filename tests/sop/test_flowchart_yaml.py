"""Reading flowcharts: the shapes that are understood, and hostile or broken files refused in words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sop.checks import report
from sop.vocabulary import Priority
from sop.yaml_io import Unreadable, load

HEAD = """
sop: {id: T, version: 0.1.0, languages: [fr, en]}
fields: {urgent: bool, tries: {int: [0, 5]}}
lanes: {CM: {fr: Gestionnaire, en: Manager}}
"""
NODES = """
nodes:
- {id: S, kind: start, lane: CM, fr: Début, en: Start}
- {id: T1, kind: task, lane: CM, fr: Faire, en: Do, deadline: {critical: PT1H, high: P1D, medium: P2D, low: P1W}}
- {id: E, kind: end, lane: CM, fr: Fin, en: End}
"""
EDGES = """
edges:
- [S, T1, "", ""]
- [T1, T1, "urgent and tries < 3", "encore", {loop: true, max: 2}]
- {from: T1, to: E, guard: else, fr: fini, en: done}
"""


def test_both_shapes_of_branches_and_both_shapes_of_loops_are_read() -> None:
    chart = load(HEAD + NODES + EDGES + "loop_default_then: E\n")
    again, done = chart.outgoing("T1")
    assert (again.is_loop, again.loop_max, again.then, again.then_is_default) == (True, 2, "E", True)
    assert again.label == {"fr": "encore"}
    assert (done.is_default, done.guard, done.label) == (True, None, {"fr": "fini", "en": "done"})
    own = load(HEAD + NODES + EDGES.replace("{loop: true, max: 2}", "{loop: {max: 7, then: S}, en: again}"))
    assert (own.outgoing("T1")[0].loop_max, own.outgoing("T1")[0].then) == (7, "S")
    assert own.outgoing("T1")[0].label == {"fr": "encore", "en": "again"}


def test_deadlines_are_read_by_priority() -> None:
    step = load(HEAD + NODES + EDGES).steps["T1"]
    assert step.due(Priority.CRITICAL) == timedelta(hours=1)
    assert step.due(Priority.LOW) == timedelta(days=7)


def test_graphs_know_loops_forward_ways_and_ways_on_after_a_loop() -> None:
    chart = load(HEAD + NODES + EDGES + "loop_default_then: E\n")
    assert sorted(chart.graph().edges()) == [("S", "T1"), ("T1", "E"), ("T1", "T1")]
    assert sorted(chart.forward().edges()) == [("S", "T1"), ("T1", "E")]
    assert sorted(chart.reach().edges()) == [("S", "T1"), ("T1", "E"), ("T1", "E"), ("T1", "T1")]
    assert chart.graph() is chart.graph()


def test_the_hash_follows_the_content_and_not_its_layout() -> None:
    text = HEAD + NODES + EDGES
    assert load(text).hash == load("# a comment\n" + text.replace("- {id: S,", "-   {id: S, ")).hash
    assert load(text).hash != load(text.replace("P1W", "P8D")).hash


def test_words_that_other_versions_of_yaml_take_for_booleans_stay_words() -> None:
    chart = load(HEAD + NODES.replace("fr: Faire", "fr: no") + EDGES)
    assert chart.steps["T1"].label["fr"] == "no"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: &x [1]\nb: *x\n", 2, "aliases"),
        ("a: !!python/object/apply:os.system ['id']\n", 1, "tags"),
        ("a: !include x\n", 1, "tags"),
        ("a: 1\na: 2\n", 2, "twice"),
        ("a: 1\n---\nb: 2\n", 2, "more than one document"),
        ("a: " + "[" * 40 + "]" * 40 + "\n", 1, "nested more than 12"),
        ("a: " + "[" * 100_000 + "\n", 1, "nested more than 12"),
        ("- a\n- b\n", 1, "a mapping"),
        ("just a text\n\n", 1, "a mapping"),
        ("\n\n", 1, "a mapping"),
        ("a: 'open\n", 2, "not YAML"),
        ("a: \x00\n", 0, "not YAML"),
        ("? [a, b]\n: c\n", 1, "a key must be a text"),
        ("sop: 3\n", 1, "a mapping"),
        ("x: 1\n", 1, "“sop” is missing"),
        (HEAD + NODES.replace("kind: task", "kind: teleport"), 8, "“teleport” is not one of"),
        (HEAD + NODES.replace("lane: CM, fr: Faire", "lane: XX, fr: Faire"), 8, "a lane that is not declared"),
        (HEAD + NODES.replace("id: E", "id: S"), 9, "twice"),
        (HEAD + NODES.replace("P1W", "P1M"), 8, "not a duration"),
        (HEAD + NODES.replace("low: P1W", "lowest: P1W"), 8, "“lowest” is not one of"),
        (HEAD + NODES.replace("fr: Faire", "fr: [Faire]"), 8, "a text is expected"),
        (HEAD + NODES.replace("deadline:", "grants: case, deadline:"), 8, "a list is expected"),
        (HEAD + NODES + EDGES.replace("max: 2", "max: many"), 13, "a whole number"),
        (HEAD + NODES + EDGES.replace("max: 2", "max: 100000000000"), 13, "a whole number"),
        (HEAD + NODES + "edges:\n- [S]\n", 11, "a branch is"),
        (HEAD + NODES + "edges: 3\n", 10, "a list is expected"),
        (HEAD.replace("int: [0, 5]", "int: [5, 0]") + NODES, 3, "a field is"),
        (HEAD.replace("int: [0, 5]", "int: [0, 99999999]") + NODES, 3, "a whole number"),
        (HEAD.replace("bool", "float") + NODES, 3, "a field is"),
        (HEAD + "nodes: []\n", 2, "“nodes” is missing"),
    ],
)
def test_a_broken_or_hostile_file_is_refused_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as refused:
        load(text)
    assert refused.value.line == line


def test_a_bomb_of_aliases_and_an_oversized_file_are_refused_at_once() -> None:
    bomb = "a: &a [x]\n" + "".join(f"k{place}: *a\n" for place in range(1_000))
    with pytest.raises(Unreadable, match="aliases"):
        load(bomb)
    with pytest.raises(Unreadable, match="larger than"):
        load("a: &a [x]\n" + "b: [" + "*a, " * 1_000_000 + "]\n")


@pytest.mark.parametrize("content", [b"sop: \xff\xfe\n", b"\x00\x01\x02", b"%PDF-1.4\n%\xe2\xe3\n"])
def test_a_file_that_is_not_text_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "flowchart.yaml"
    path.write_bytes(content)
    findings, code = report(path)
    assert (code, findings[0]["code"], findings[0]["severity"]) == (2, "UNREADABLE", "error")


def test_a_missing_file_and_a_folder_are_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.yaml", tmp_path):
        assert report(path)[1] == 2
        assert report(str(path))[1] == 2


def test_a_guard_that_calls_a_function_is_a_finding_and_runs_nothing(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    text = HEAD + NODES + EDGES.replace("urgent and tries < 3", f"__import__('pathlib').Path('{trace}').touch()")
    findings, code = report(text)
    assert code == 1
    assert [one["where"] for one in findings if one["code"] == "GUARD_SYNTAX"] == ["T1→T1"]
    assert not trace.exists()


def test_the_report_names_the_line_of_an_unreadable_file() -> None:
    findings, code = report(HEAD + NODES.replace("kind: task", "kind: teleport"))
    assert code == 2
    assert findings == [
        {
            "severity": "error",
            "code": "UNREADABLE",
            "where": "line 8 nodes.2.kind",
            "message": "“teleport” is not one of: start, end, task, decision, rule, consent, legal_basis, share, wait, "
            "split_or, join_or, pathway",
            "counter_example": [],
        }
    ]
