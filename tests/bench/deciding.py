"""Ten thousand sharing decisions of every kind in one process, against the second table of the tests."""

from __future__ import annotations

import random
from collections.abc import Iterator

from referral.consent.rules import decide
from tests.bench.clock import Figure, median_ms
from tests.referral.consent.reference import answer
from tests.referral.consent.test_rules import request
from tests.referral.consent.test_second_table import drawn

NUMBER = 10_000
LIMIT_S = 0.5


def measure() -> Iterator[Figure]:
    """Seconds for all of them; the requests are drawn beforehand."""
    rng = random.Random(11)  # noqa: S311 - a sample, not a secret
    asked = [drawn(rng) for _ in range(NUMBER)]
    last = request()

    def whole() -> None:
        for _ in range(NUMBER):
            decide(last)

    ours = median_ms(lambda: [decide(one) for one in asked], runs=5) / 1000
    naive = median_ms(lambda: [answer(one) for one in asked], runs=3) / 1000
    yield Figure("10,000 sharing decisions", ours, "s", limit=LIMIT_S)
    yield Figure("10,000 that are allowed by the last step", median_ms(whole, runs=5) / 1000, "s", limit=LIMIT_S)
    yield Figure("the drawn ones with the second table, row by row", naive, "s", ratio=naive / ours)
