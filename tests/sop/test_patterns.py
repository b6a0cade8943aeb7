"""Patterns in forms match like everybody's regular expressions, and never hang."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop.patterns import PatternError, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"[+]?[0-9 ().-]{6,20}", "+237 699 12 34 56", True),
        (r"[+]?[0-9 ().-]{6,20}", "12", False),
        (r"\p{L}[\p{L} '’.-]*", "N’Djaména Bébé", True),
        (r"\p{L}+", "abc1", False),
        (r"\P{N}+", "abc1", False),
        (r"CM-[A-Z]{2}-\d{4}-\d{5}", "CM-LT-2026-00042", True),
        (r"(?:a|b)*c", "ababc", True),
        (r"a{2}", "aaa", False),
        (r"a{2,}", "aaaa", True),
        (r"[^@]+@[^@]+", "a@b", True),
        (r"[]a]+", "]a", True),
        (r"[a-]+", "a-", True),
        (r"^ab$", "ab", True),
        (r"a^b", "ab", False),
        (r"()*", "", True),
        (r"(a*)*", "aaaa", True),
        (r"\.\*", ".*", True),
        (r".", "\n", False),
        (r"", "", True),
    ],
)
def test_the_whole_text_must_match(pattern: str, text: str, expected: bool) -> None:
    assert compile_pattern(pattern).matches(text) is expected


@pytest.mark.parametrize(
    "pattern",
    [r"(a", r"a)", r"[a", r"*a", r"a{3,1}", r"a{999}", r"a{x}", r"\1", r"(?=a)", r"(?<n>a)", r"\p{", r"[z-a]", "a\\",
     "(" * 40 + ")" * 40, "(a{100}){100}", "a" * 401],
)  # fmt: skip
def test_what_is_outside_the_dialect_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"(a|a)*b", r"(a|aa)+b", r"([a-z]+ ?)+!", r"(.*)(.*)(.*)x"])
def test_patterns_that_hang_other_engines_answer_at_once(pattern: str) -> None:
    compiled = compile_pattern(pattern)
    started = time.process_time()
    assert compiled.matches("a" * 4000) is False
    assert time.process_time() - started < 2


_atoms = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", "(a|b)", "(ab)", "(?:a|)"])
_parts = st.tuples(_atoms, st.sampled_from(["", "*", "+", "?", "{2}", "{1,2}"])).map("".join)


@settings(max_examples=100, deadline=None)
@given(st.lists(_parts, max_size=4).map("".join), st.text("ab1", max_size=6))
def test_agrees_with_the_standard_library(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).matches(text) is bool(re.fullmatch(pattern, text))
