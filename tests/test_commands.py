"""The command line: every command says what it does, ends with its exit code, and prints JSON as its last line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

from referral.config import ROOT
from referral.extensions import db
from referral.partners.queries import user_by_name
from tests.builders import PASSWORD
from tests.sop.bpmn_texts import REFERRAL, bpmn

SHARED = ROOT / "../shared/data"
FLOWCHART = ROOT / "sop/library/cameroon/flowchart.yaml"
OWN = {
    "audit seal", "audit verify", "consent check", "consent decide", "consent explain", "demo load",
    "directory coverage", "directory doubles", "directory export", "directory import", "directory search",
    "docs access", "forms check", "forms compile", "offline hand-in", "offline rotate-key", "people match",
    "people reindex", "places import", "privacy erase", "privacy register", "privacy replay",
    "privacy retention", "sop check", "sop diff", "sop document", "sop draw", "sop export", "sop import", "sop route",
    "sop simulate", "user add", "user password", "user reopen", "worker",
}  # fmt: skip
"""Our commands; Flask, Flask-Alembic (`db upgrade` among them) and flask-smorest (`openapi …`) bring others."""
ALONE = {
    "audit seal", "audit verify", "consent check", "demo load", "directory coverage", "directory doubles",
    "directory search",
    "docs access", "offline rotate-key", "people reindex", "privacy register", "privacy replay",
    "privacy retention", "worker",
}  # fmt: skip
"""Those that need no argument."""


def commands(app: Flask) -> dict[str, click.Command]:
    """Every command by what is typed."""
    found: dict[str, click.Command] = {}
    for name, command in app.cli.commands.items():
        if isinstance(command, click.Group):
            found.update({f"{name} {one}": part for one, part in command.commands.items()})
        else:
            found[name] = command
    return found


def run(app: Flask, *arguments: str | Path, **options: Any) -> Any:
    return app.test_cli_runner().invoke(args=[str(one) for one in arguments], **options)


def last_line(result: Any) -> Any:
    return json.loads(result.stdout.strip().splitlines()[-1])


@pytest.fixture
def office(committed: Flask) -> Flask:
    """Tables that are there and empty; what a command commits is real."""
    return committed


@pytest.mark.once
def test_these_are_our_commands(app: Flask) -> None:
    own = {name for name in commands(app) if not name.startswith(("db ", "openapi "))}
    assert own - {"routes", "run", "shell", "translate"} == OWN
    assert "db upgrade" in commands(app)


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(OWN))
def test_every_command_has_help(app: Flask, name: str) -> None:
    result = run(app, *name.split(), "--help")
    assert result.exit_code == 0
    assert result.output.startswith("Usage:")
    assert commands(app)[name].help


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(OWN - ALONE))
def test_a_command_without_its_arguments_says_which(app: Flask, name: str) -> None:
    result = run(app, *name.split())
    assert result.exit_code == 2
    assert "Missing" in result.stderr
    assert "Traceback" not in result.output


# --- without a database ----------------------------------------------------------------------------------------------


@pytest.mark.once
def test_a_good_flowchart_ends_with_0(app: Flask) -> None:
    result = run(app, "sop", "check", FLOWCHART, "--json")
    assert result.exit_code == 0
    assert set(last_line(result)) == {"findings"}
    assert [one for one in last_line(result)["findings"] if one["severity"] == "error"] == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("change", "code"),
    [("__import__('os').system('touch broken')", "GUARD_SYNTAX"), ("open(age_band)", "GUARD_UNKNOWN_FIELD")],
)
def test_a_guard_that_calls_a_function_ends_with_1_and_runs_nothing(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    text = FLOWCHART.read_text()
    guard = 'guard: "age_band in [minor, doubtful]"'
    assert guard in text
    Path("bad.yaml").write_text(text.replace(guard, f'guard: "{change}"', 1))
    result = run(app, "sop", "check", "bad.yaml", "--json")
    assert result.exit_code == 1
    found = last_line(result)["findings"]
    assert set(found[0]) >= {"severity", "code", "where", "message", "counter_example"}
    assert code in {one["code"] for one in found if one["severity"] == "error"}
    assert "Traceback" not in result.output
    assert not Path("broken").exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02", b"%PDF-1.7\n%\xe2\xe3", b"a: [1, 2", b"- just\n- a list\n", b"!!python/object:os.x y"],
)
def test_what_is_no_flowchart_ends_with_2(app: Flask, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "flowchart.yaml"
    path.write_bytes(content)
    result = run(app, "sop", "check", path, "--json")
    assert result.exit_code == 2
    assert last_line(result)["findings"]
    assert "Traceback" not in result.output


REGIONAL = ROOT / "sop/library/regional/flowchart.yaml"
COUNTRY = ROOT / "sop/library/cameroon/overlay.yaml"
TRIAGE = ROOT / "sop/library/cameroon/triage.csv"


@pytest.mark.once
def test_an_overlay_is_checked_on_its_bases(app: Flask, tmp_path: Path) -> None:
    assert run(app, "sop", "check", COUNTRY, "--base", REGIONAL).exit_code == 0
    region = ROOT / "sop/library/cameroon/regions/extreme_nord.yaml"
    assert run(app, "sop", "check", region, "--base", REGIONAL, "--base", COUNTRY).exit_code == 0
    assert run(app, "sop", "check", region, "--base", REGIONAL).exit_code == 2
    assert run(app, "sop", "check", COUNTRY).exit_code == 2
    path = tmp_path / "overlay.yaml"
    path.write_text("overlay: {base: REG-MNR, version: 1}\nchanges:\n- {remove: node, id: G05}\n", encoding="utf-8")
    result = run(app, "sop", "check", path, "--base", REGIONAL, "--json")
    assert result.exit_code == 1
    assert [one["code"] for one in last_line(result)["findings"]] == ["LOCKED_REMOVED"]


@pytest.mark.once
def test_versions_that_differ_end_with_1_and_are_told(app: Flask, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(FLOWCHART.read_text(encoding="utf-8").replace("max: P31D", "max: P30D"), encoding="utf-8")
    assert run(app, "sop", "diff", FLOWCHART, FLOWCHART, "--json").exit_code == 0
    result = run(app, "sop", "diff", FLOWCHART, other, "--json")
    assert result.exit_code == 1
    assert last_line(result)["constraints"][0]["messages"] == ["K04: “max” was P31D and is now P30D"]
    assert set(last_line(result)) >= {"nodes", "edges", "lanes", "fields", "constraints", "equal", "only_renamed"}
    assert "K04: “max” was P31D and is now P30D" in run(app, "sop", "diff", FLOWCHART, other).stdout
    other.write_bytes(b"%PDF-1.7")
    result = run(app, "sop", "diff", FLOWCHART, other, "--json")
    assert (result.exit_code, last_line(result)["file"]) == (2, "other.yaml")


@pytest.mark.once
def test_files_are_exported_in_the_format_that_is_asked_for(app: Flask, tmp_path: Path) -> None:
    assert run(app, "sop", "export", FLOWCHART, "--to", "yaml").stdout == FLOWCHART.read_text(encoding="utf-8")
    assert run(app, "sop", "export", TRIAGE, "--to", "csv").stdout == TRIAGE.read_text(encoding="utf-8")
    path = tmp_path / "triage.dmn"
    assert run(app, "sop", "export", TRIAGE, "--to", "dmn", "--output", path).exit_code == 0
    assert 'hitPolicy="FIRST"' in path.read_text(encoding="utf-8")
    merged = run(app, "sop", "export", COUNTRY, "--base", REGIONAL, "--to", "yaml").stdout
    (tmp_path / "merged.yaml").write_text(merged, encoding="utf-8")
    assert run(app, "sop", "diff", tmp_path / "merged.yaml", FLOWCHART).exit_code == 0


@pytest.mark.once
def test_a_flowchart_goes_out_as_bpmn_and_comes_back(app: Flask, tmp_path: Path) -> None:
    path, again = tmp_path / "sop.bpmn", tmp_path / "again.yaml"
    assert run(app, "sop", "export", FLOWCHART, "--to", "bpmn", "--lang", "en", "--output", path).exit_code == 0
    assert 'name="Case manager: MINAS' in path.read_text(encoding="utf-8")
    result = run(app, "sop", "import", path, "--output", again, "--json")
    found = last_line(result)
    assert (result.exit_code, found["level"], list(found)) == (0, "L3", ["level", "nodes", "flows", "warnings"])
    assert {one["severity"] for one in found["warnings"]} == {"information"}
    assert run(app, "sop", "diff", again, FLOWCHART).exit_code == 0


@pytest.mark.once
def test_a_drawing_is_imported_with_the_answers_that_are_given(app: Flask, tmp_path: Path) -> None:
    path, answers = tmp_path / "drawing.bpmn", tmp_path / "answers.json"
    path.write_bytes(bpmn(REFERRAL))
    answers.write_text('{"kind:c": "task"}')
    result = run(app, "sop", "import", path, "--questions", "--json")
    found = last_line(result)
    assert (result.exit_code, found["level"], found["nodes"], found["flows"]) == (0, "L3", 6, 5)
    assert found["questions"][0]["id"] == "language:drawing"
    assert last_line(run(app, "sop", "import", path, "--answers", answers, "--json"))["level"] == "L2"
    answers.write_text("[1]")
    assert run(app, "sop", "import", path, "--answers", answers).exit_code == 2
    answers.write_text('{"kind:c": "?"}')
    result = run(app, "sop", "import", path, "--answers", answers, "--json")
    assert (result.exit_code, "is not an answer" in last_line(result)["error"]) == (2, True)


@pytest.mark.once
@pytest.mark.parametrize("name", ["none.bpmn", "bad.bpmn"])
def test_what_cannot_be_imported_ends_with_2(app: Flask, tmp_path: Path, name: str) -> None:
    (tmp_path / "bad.bpmn").write_text("<html/>")
    result = run(app, "sop", "import", tmp_path / name, "--json")
    assert (result.exit_code, list(last_line(result))) == (2, ["error", "line"])
    assert "Traceback" not in result.output


@pytest.mark.once
@pytest.mark.parametrize(
    "arguments", [(TRIAGE, "--to", "yaml"), (FLOWCHART, "--to", "dmn"), ("nowhere", "--to", "csv")]
)
def test_what_cannot_be_exported_ends_with_2(app: Flask, arguments: tuple[str | Path, ...]) -> None:
    result = run(app, "sop", "export", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
    assert "Traceback" not in result.output


@pytest.mark.once
def test_known_facts_lead_as_far_as_they_decide(app: Flask, tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"immediate_danger": true}')
    result = run(app, "sop", "route", FLOWCHART, "--facts", facts, "--json")
    assert result.exit_code == 0
    found = last_line(result)
    assert (found["active"], found["needs"]) == (["N03"], [])
    assert found["missing"] == ["age_band", "nationality", "needs"]
    assert [one["step"] for one in found["trace"]] == ["S0", "N01", "D01", "L01", "X01", "N02", "N03"]
    assert all(one["why"] for one in found["trace"])
    assert "missing: age_band, nationality, needs" in run(app, "sop", "route", FLOWCHART, "--facts", facts).stdout


@pytest.mark.once
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"age_band": "old"}', "is not a value of"),
        (b'{"age_band": ', "this is not JSON: line 1, column 14"),
        (b"\xff\xfe", "this is not JSON"),
        (b"[" * 100_000, "this is not JSON"),
        (b'"' + b"x" * 1_000_001 + b'"', "larger than 1000000 bytes"),
        (None, "cannot be opened"),
    ],
)
def test_bad_facts_end_with_2_and_a_sentence(app: Flask, tmp_path: Path, content: bytes | None, words: str) -> None:
    facts = tmp_path / "facts.json"
    if content is not None:
        facts.write_bytes(content)
    result = run(app, "sop", "route", FLOWCHART, "--facts", facts, "--json")
    assert result.exit_code == 2
    assert words in last_line(result)["error"]
    assert "Traceback" not in result.output


@pytest.mark.once
def test_cases_of_the_sharing_decision_are_decided(app: Flask) -> None:
    folder = SHARED / "consent"
    if not folder.is_dir():
        pytest.skip("the numbered cases of ../shared/data/consent are not here")
    base = next(folder.glob("*base*.y*ml"))
    cases = next(path for path in sorted(folder.glob("*.y*ml")) if path != base)
    result = run(app, "consent", "decide", "--base", base, cases, "--json")
    assert result.exit_code == 0
    decided = last_line(result)
    assert len(decided) > 10
    assert all(set(one) == {"id", "decision", "code", "visible", "obligations"} for one in decided)


@pytest.mark.once
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[}", b"7"])
def test_cases_that_cannot_be_read_end_with_2(app: Flask, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cases.yaml"
    path.write_bytes(content)
    for base, cases in ((path, path), (tmp_path / "none.yaml", path), (tmp_path, tmp_path)):
        result = run(app, "consent", "decide", "--base", base, cases, "--json")
        assert result.exit_code == 2
        assert "Traceback" not in result.output


@pytest.mark.once
def test_the_page_of_grants_is_printed_as_it_stands_in_the_documentation(app: Flask) -> None:
    result = run(app, "docs", "access")
    assert (result.exit_code, result.stdout) == (0, (ROOT / "docs" / "access.md").read_text())


# --- with an empty database ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01",
        b"%PDF-1.7",
        b"PK\x03\x04 a workbook",
        b"{",
        b"7",
        b'"services"',
        b'{"contents": 7}',
        b"[" * 99_999,
    ],
)
def test_what_is_no_feed_ends_with_2_and_changes_nothing(office: Flask, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "feed.json"
    path.write_bytes(content)
    result = run(office, "directory", "import", "hsds", path, "--json")
    assert result.exit_code == 2
    assert last_line(result)["error"]
    assert "Traceback" not in result.output


def test_a_feed_with_bad_rows_sets_them_aside_and_ends_with_0(office: Flask, tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    path.write_text(json.dumps([{"id": "a", "name": "Accueil", "status": "active"}, {"id": "b"}, 7, None, []]))
    result = run(office, "directory", "import", "hsds", path, "--json")
    assert result.exit_code == 0
    told = last_line(result)
    assert told["services"] == 1
    assert [one["row"] for one in told["quarantined"]] == [2, 3, 4, 5]
    assert all(set(one) >= {"row", "id", "field", "reason"} for one in told["quarantined"])


def test_another_standard_is_refused(office: Flask, tmp_path: Path) -> None:
    assert run(office, "directory", "import", "soliguide", tmp_path).exit_code == 2


def test_an_empty_trail_is_whole(office: Flask) -> None:
    result = run(office, "audit", "verify", "--json")
    assert result.exit_code == 0
    assert last_line(result)["ok"] is True


def test_a_trail_is_sealed_and_a_head_that_never_was_ends_with_1(office: Flask) -> None:
    add(office, "officer.one", "data_officer")
    sealed = run(office, "audit", "seal")
    assert sealed.exit_code == 0
    assert sealed.stdout.startswith("1 lines sealed; head 1-")
    head = sealed.stdout.split()[-1]
    assert run(office, "audit", "verify", "--head", head).exit_code == 0
    forged = run(office, "audit", "verify", "--head", "1-0000000000000000", "--json")
    assert forged.exit_code == 1
    assert last_line(forged)["ok"] is False


def add(app: Flask, username: str, role: str, *more: str, password: str = PASSWORD) -> Any:
    return run(app, "user", "add", username, "--name", "A B", "--role", role, "--password", password, *more)


def test_an_account_is_made_once(office: Flask) -> None:
    made = add(office, "zoe", "case_manager", "--organization", "Maison (démonstration)", "--undertaking", "2026-01-05")
    assert made.exit_code == 0, made.output
    assert "second factor secret" in made.stdout
    with office.app_context():
        user = user_by_name("zoe")
        assert user is not None
        assert user.organization is not None
        assert user.organization.name == "Maison (démonstration)"
    assert add(office, "zoe", "case_manager").exit_code == 1
    with office.app_context():
        assert db.session.query(type(user)).count() == 1


@pytest.mark.parametrize(
    ("arguments", "password", "code"),
    [
        (("zoe", "wizard"), PASSWORD, 2),
        (("zoe", "committee", "--undertaking", "31/01/2026"), PASSWORD, 1),
        (("zoe", "committee"), "password", 1),
    ],
)
def test_a_wrong_account_is_refused_in_words(
    office: Flask, arguments: tuple[str, ...], password: str, code: int
) -> None:
    result = add(office, *arguments, password=password)
    assert result.exit_code == code
    assert "Error: " in result.stderr
    assert "Traceback" not in result.output
    with office.app_context():
        assert user_by_name("zoe") is None


def test_the_worker_does_its_work_once(office: Flask) -> None:
    result = run(office, "worker", "--once")
    assert (result.exit_code, result.stdout) == (0, "0 notices sent\n")


def test_commands_work_on_a_new_folder_after_an_upgrade(tmp_path: Path) -> None:
    """As an operator types them: a new instance, `db upgrade`, then a command that needs the tables."""
    keep = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME", "SYSTEMROOT")}
    environment = {**keep, "MNR_INSTANCE": str(tmp_path), "MNR_ENV": "demo"}

    def flask(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert flask("db", "upgrade", "--help").stdout.startswith("Usage:")
    upgraded = flask("db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    verified = flask("audit", "verify", "--json")
    assert verified.returncode == 0, verified.stderr
    assert json.loads(verified.stdout.splitlines()[-1])["ok"] is True
    checked = flask("sop", "check", str(tmp_path / "none.yaml"), "--json")
    assert checked.returncode == 2
    assert "Traceback" not in checked.stderr
