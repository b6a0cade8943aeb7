"""Try a procedure out before anybody has to live with it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from referral.foundation.terminal import say
from referral.procedures.commands.group import read, sop


@sop.command("simulate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--scenario", type=click.Path(path_type=Path), help="YAML: arrivals, times, answers, providers.")
@click.option("--what-if", "change", type=click.Path(path_type=Path), help="YAML: a change to set beside it.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True)
@click.option("--cases", type=click.IntRange(1, 20_000), help="How many cases, instead of what the scenario says.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON on the last line.")
def sop_simulate(
    file: Path, scenario: Path | None, change: Path | None, seed: int, cases: int | None, as_json: bool
) -> None:
    """Let simulated cases walk a flowchart, with and without a change. Exit 0: done; 2: a file cannot be read."""
    from dataclasses import replace

    from sop.simulation.comparison import compare
    from sop.simulation.plan import Plan
    from sop.simulation.run import run
    from sop.simulation.scenario import read_change, read_plan
    from sop.yaml_io import Unreadable

    flowchart = read(file)
    at = scenario or file
    try:
        plan = read_plan(scenario, flowchart) if scenario else Plan()
        plan = replace(plan, cases=cases) if cases else plan
        at = change or at
        changed = read_change(change, plan, flowchart) if change else None
    except Unreadable as problem:
        error = {"error": str(problem.message), "file": at.name, "line": problem.line}
        say(error, as_json, [f"{at}: {problem}"])
        sys.exit(2)
    if changed is None:
        result = run(plan, flowchart, seed)
        say(result.to_json(), as_json, result.words())
        return
    found = compare(plan, changed[0], flowchart, changed[1], seed)
    say(found.to_json(), as_json, found.words())
