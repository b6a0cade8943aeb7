"""Whatever pyxform accepts compiles, whatever is in its cells, and can be filled in without a fault."""

from __future__ import annotations

import json
from datetime import date, datetime
from random import Random

import pytest

from sop.forms import Form, compile_form
from sop.questions import FormError
from sop.workbooks import read_workbook
from sop.xform import xform
from tests.sop.form_texts import form

TODAY, NOW = date(2026, 1, 1), datetime(2026, 1, 1)  # noqa: DTZ001  a local clock, as forms mean it
LISTS = ("select_one l", "select_multiple l or_other", "rank l", "select_one_from_file f.csv", "select_one ${a0}")
LOGIC = (
    "", "", "", "${a0} = 1", "count(${r}) > 1", "sum(${a3})", "position(..)", "indexed-repeat(${a3}, ${r}, 1)",
    "once(random())", "pulldata('f', 'a', 'b', ${a1})", "../a1", "${a1}[. = 2]", "selected(${a1}, 'x') and",
    "regex(., '(?=x)')", "jr:choice-name(${a1}, '${a1}')", ". > 3", "max(${a3}, 4)", "concat(${a3})", "area(${a1})",
    "${g} != ''", "today() + 3", "'", "min(${r})", "join(',', ${a3})", "if(", "yes", "no", "string(.)",
)  # fmt: skip
CELLS: dict[str, tuple[str, ...]] = {
    "relevant": LOGIC,
    "constraint": LOGIC,
    "calculation": LOGIC,
    "choice_filter": ("", "", "name = ${a1}", "foo = 3"),
    "required": LOGIC,
    "repeat_count": LOGIC,
    "appearance": ("", "", "minimal", "foo", "search('f')"),
    "default": ("", "3", "today()", "${a1}", "x"),
    "read_only": ("", "", "yes", "${a0}"),
    "parameters": ("", "", "start=1 end=3 step=1", "randomize=true"),
    "trigger": ("", "", "${a1}"),
}
ANSWERS = ("1", "x", "y", 3, None, ["x"], "2026-01-01", "1 2", {"a": 1})


def line(kind: str, name: str, draw: Random, *columns: str) -> str:
    cells = [draw.choice(CELLS[column]) if column in columns else "" for column in CELLS]
    return " | ".join([kind, name, name.upper(), *cells])


def random_form(draw: Random) -> str:
    """Six questions of any type, one of them in a group and two of them in a repeat in it."""
    from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

    kinds = [*QUESTION_TYPE_DICT, *LISTS * 3, *("text", "integer", "calculate") * 5]
    lines = [" | ".join(["type", "name", "label", *CELLS])]
    for number in range(6):
        if number == 2:
            lines.append(line("begin group", "g", draw, "relevant"))
        if number == 3:
            lines.append(line("begin repeat", "r", draw, "relevant", "repeat_count"))
        columns = [column for column in CELLS if column != "repeat_count"]
        lines.append(line(draw.choice(kinds), f"a{number}", draw, *columns))
        if number == 4:
            lines += [line("end repeat", "", draw), line("end group", "", draw)]
    return form("\n".join(lines), "list_name | name | label\nl | x | X\nl | y | Y")


def accepted(source: str) -> bool:
    try:
        return bool(xform(read_workbook(source)))
    except FormError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_what_pyxform_accepts_compiles_and_is_filled_without_a_fault(seed: int) -> None:
    draw, both = Random(seed), 0  # noqa: S311  the same forms each time
    for _ in range(100):
        source = random_form(draw)
        if not accepted(source):
            continue
        both += 1
        compiled = compile_form(source, reference=False, files={"f.csv": "name,label,a,b\nx,X,1,2"})
        assert Form.from_json(json.loads(json.dumps(compiled.to_json()))) == compiled
        assert all(finding.severity == "warning" for finding in compiled.findings())
        for _ in range(3):
            answers = {f"a{number}": draw.choice(ANSWERS) for number in range(6)}
            answers["r"] = [{"a3": draw.choice(ANSWERS), "a4": draw.choice(ANSWERS)} for _ in range(draw.randint(0, 3))]
            state = compiled.evaluate(answers, today=TODAY, now=NOW)
            json.dumps(state.plain, allow_nan=False)
            compiled.initial_instance("r", answers, today=TODAY, now=NOW)
        compiled.initial(today=TODAY, now=NOW)
    assert both > 10
