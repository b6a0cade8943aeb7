"""`flask sop route`: where known facts lead."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

import click

from referral.foundation.terminal import say
from referral.procedures.commands.group import read, sop

MAX_BYTES: Final = 1_000_000


@sop.command("route")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--facts", "facts_file", required=True, type=click.Path(path_type=Path), help="Facts as a JSON object.")
@click.option("--json", "as_json", is_flag=True, help="Print the route as JSON on the last line.")
def sop_route(file: Path, facts_file: Path, as_json: bool) -> None:
    """Walk a flowchart from its start as far as known facts decide. Exit 0; 2: a file cannot be read or used.

    FACTS.json holds facts, {"age_band": "adult", "needs": ["MED"]}, which count for the case and for each of its
    needs; {"for": {"MED": {"provider_found": true}}} adds those of one need. A decision passes when the facts answer
    it. Work counts as done when the facts give all that it finds out; work that finds out nothing counts as done too,
    unless the file lists what is done: {"done": ["N06"]}. Nothing is shared without its legal bases. An answer is used
    once, so that a loop asks again. The route stops where a fact is missing, and names it.
    """
    from sop.engine import Refused
    from sop.route import known_from, route

    flowchart = read(file)
    try:
        found = route(flowchart, known_from(flowchart, _facts(facts_file)))
    except Refused as problem:
        say({"error": str(problem.message), "file": facts_file.name}, as_json, [f"{facts_file}: {problem.message}"])
        sys.exit(2)
    words = [f"{step}{f' ({need})' if need else ''}: {why}" for step, need, why in found.trace]
    words.append(f"missing: {', '.join(found.missing) or 'nothing'}")
    say(found.to_json(), as_json, words)


def _facts(path: Path) -> Any:
    """What the file holds; a file that is not JSON is refused in words."""
    from sop.engine import Refused
    from sop.vocabulary import N_

    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError:
        raise Refused("BAD_FACTS", N_("the file cannot be opened")) from None
    if len(raw) > MAX_BYTES:
        raise Refused("BAD_FACTS", N_("the file is larger than %(limit)d bytes"), limit=MAX_BYTES)
    try:
        return json.loads(raw)
    except json.JSONDecodeError as problem:
        text = N_("this is not JSON: line %(line)d, column %(column)d")
        raise Refused("BAD_FACTS", text, line=problem.lineno, column=problem.colno) from None
    except (ValueError, RecursionError):
        raise Refused("BAD_FACTS", N_("this is not JSON")) from None
