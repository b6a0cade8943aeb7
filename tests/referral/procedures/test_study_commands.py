"""`sop simulate` as a command: figures on the last line, a change beside its scenario, bad files refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from sop import yaml_io
from sop.simulation.run import run
from sop.simulation.scenario import read_plan
from tests.sop.clinic import CAMEROON, SCENARIO, SMALL


def simulate(app: Flask, *arguments: str | Path) -> Any:
    return app.test_cli_runner().invoke(args=["sop", "simulate", *(str(one) for one in arguments)])


@pytest.mark.once
def test_the_command_prints_the_figures_as_json_on_the_last_line(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(yaml_io.dump(SMALL))
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    known = simulate(app, tmp_path / "small.yaml", "--scenario", tmp_path / "scenario.yaml", "--seed", "4", "--json")
    assert known.exit_code == 0
    assert json.loads(known.stdout.splitlines()[-1]) == run(read_plan(SCENARIO, SMALL), SMALL, 4).to_json()
    fewer = simulate(app, tmp_path / "small.yaml", "--cases", "2")
    assert fewer.exit_code == 0
    assert "cases: 2 (2 closed, 0 stopped, 0 unfinished)" in fewer.stdout


@pytest.mark.once
def test_the_command_sets_a_change_beside_the_scenario(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(yaml_io.dump(SMALL))
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    (tmp_path / "change.yaml").write_text("providers: [{id: clinic, remove: true}, {id: ward, needs: [PSY]}]")
    asked = (tmp_path / "small.yaml", "--scenario", tmp_path / "scenario.yaml", "--what-if", tmp_path / "change.yaml")
    result = simulate(app, *asked, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout.splitlines()[-1])
    health = [one for one in found["after"]["demand"] if one["need"] == "MED"]
    assert sum(one["asked"] for one in health) > 0 == sum(one["met"] for one in health)
    assert found["lost"] > 0 == found["gained"]
    assert found["before"]["seed"] == found["after"]["seed"] == 0


@pytest.mark.once
@pytest.mark.parametrize("option", ["--scenario", "--what-if"])
def test_the_command_ends_with_2_where_a_file_cannot_be_read(app: Flask, tmp_path: Path, option: str) -> None:
    (tmp_path / "bad.yaml").write_text("mix: {}\nmood: good\n")
    result = simulate(app, CAMEROON, option, tmp_path / "bad.yaml", "--json")
    assert result.exit_code == 2
    found = json.loads(result.stdout.splitlines()[-1])
    assert (found["file"], found["line"]) == ("bad.yaml", 2)
    assert "“mood” is not one of" in found["error"]
    assert simulate(app, CAMEROON, option, tmp_path / "none.yaml").exit_code == 2
    assert simulate(app, tmp_path / "none.yaml").exit_code == 2
