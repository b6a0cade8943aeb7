"""What a measurement must keep: at most, at least, or nothing."""

import pytest

from tests.bench.clock import Figure


@pytest.mark.parametrize(
    ("figure", "kept", "verdict"),
    [
        (Figure("x", 7, "ms"), True, ""),
        (Figure("x", 7, "ms", limit=7), True, "(at most 7 ms: yes)"),
        (Figure("x", 8, "ms", limit=7), False, "(at most 7 ms: NO)"),
        (Figure("x", 50, "times", least=50), True, "(at least 50 times: yes)"),
        (Figure("x", 49, "times", least=50), False, "(at least 50 times: NO)"),
    ],
)
def test_a_figure_says_whether_its_bound_is_kept(figure: Figure, kept: bool, verdict: str) -> None:
    assert figure.kept is kept
    assert figure.line().partition("  (")[1:] == (("  (", verdict[1:]) if verdict else ("", ""))
