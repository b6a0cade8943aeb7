"""Ranking 10,000 services of an invented country, against judging every one of them by itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from directory import Catalogue, Criteria, Offer, judge, rank
from directory.criteria import Moment
from directory.profile import Audience, Capacity, Hours, Schedule, ServiceArea
from directory.taxonomy import CapacityStatus, Facet, Referrals, ServiceType
from tests.bench.clock import Figure, median_ms

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LIMIT_MS = 5.0
ASKED = Criteria(need="HEB", ages=(14, 14), sex="female", place="CM005001001", point=(4.05, 9.70))


def country(size: int) -> Iterator[Offer]:
    """Services of many kinds, hours, ages and places; the same ones each time."""
    chosen = random.Random(7)  # noqa: S311 (a made-up country)
    kinds = list(ServiceType)[:19]
    week = [Hours((Schedule("MO,TU,WE,TH,FR", time(7 + number % 3), time(15 + number % 4)),)) for number in range(12)]
    for number in range(size):
        kind = kinds[number % len(kinds)]
        day = NOW.date() - timedelta(chosen.randrange(200))
        yield Offer(
            id=f"{number:05d}", service_id=str(number), organization_id=str(number % 900), name=f"Service {number}",
            types=frozenset({kind}), needs=kind.needs | {"HEB"} if number % 50 == 0 else kind.needs,
            minimum_age=chosen.choice([None, 0, 12, 18]), maximum_age=chosen.choice([None, 17, 24, 99]),
            audiences=(Audience(Facet.SEX, chosen.choice(["female", "male", "all", "all"])),),
            accepts_referrals=chosen.choice([None, Referrals.YES, Referrals.YES]),
            areas=(ServiceArea(f"CM{chosen.randrange(1, 11):03d}"),) if number % 3 else (),
            point=(chosen.uniform(2, 12), chosen.uniform(9, 15)), hours=week[number % 12],
            capacity=Capacity(CapacityStatus.AVAILABLE, 2, updated=NOW - timedelta(hours=chosen.randrange(400))),
            vacancies=chosen.choice([None, None, 0, 3]),
            verified={"contacts": day, "hours": day, "service": day},
        )  # fmt: skip


def measure() -> list[Figure]:
    """The ranking with its first ten cards, and the naive way on the same services."""
    offers = list(country(10_000))
    catalogue = Catalogue(offers)
    moment = Moment(NOW)
    ours = median_ms(lambda: [one.reasons for one in rank(catalogue, ASKED, now=NOW).fits[:10]], runs=30)
    naive = median_ms(lambda: [judge(offer, ASKED, moment) for offer in offers if "HEB" in offer.needs], runs=5)
    return [
        Figure("ranking 10,000 services, first 10 with reasons", ours, "ms", limit=LIMIT_MS),
        Figure("the same, judging each service by itself", naive, "ms", ratio=naive / ours),
    ]
