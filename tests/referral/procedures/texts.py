"""Texts of versions for tests: the library's with another number, and that with one break."""

from __future__ import annotations

import re

from referral.procedures.actions import library

FLOWCHART = (library("cameroon") / "flowchart.yaml").read_text(encoding="utf-8")
TRIAGE = (library("cameroon") / "triage.csv").read_text(encoding="utf-8")
HEAD = re.compile(r"^  version: \S+$", re.MULTILINE)

CHILD_CLOSES = ('"base_consent == refused and age_band == adult"', '"base_consent == refused"')
"""A break: a child's refusal closes the case."""

CODE = ('guard: "not gap_solved"', "guard: \"__import__('os').system('touch /tmp/never')\"")
"""A break: code stands where a condition should."""

LONG = ('guard: "not gap_solved"', f'guard: "{"not " * 2_500}gap_solved"')
"""A break: a condition of ten thousand characters."""

GAP = TRIAGE.replace("rule,14,,low,", "rule,14,no_shelter,low,")
"""A triage table that leaves somebody without a rule."""

DEAD = TRIAGE.replace("rule,3,suicidal_risk,", "rule,3,immediate_danger,")
"""A triage table whose third rule never decides."""


def numbered(number: str, *breaks: tuple[str, str]) -> str:
    """The library's flowchart under another number, with these breaks."""
    assert HEAD.search(FLOWCHART)
    text = HEAD.sub(f"  version: {number}", FLOWCHART, count=1)
    for old, new in breaks:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text
