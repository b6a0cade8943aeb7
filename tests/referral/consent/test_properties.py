"""Properties of the sharing decision over requests of every kind and over random lives of a consent."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referral.consent.request import Emergency, Request
from referral.consent.rules import decide
from sop.vocabulary import Category
from tests.referral.consent.reference import EMERGENCY_MINIMUM, SENSITIVE, TABLE, Asked, answer
from tests.referral.consent.test_rules import TODAY, request
from tests.referral.consent.test_second_table import drawn

REQUESTS = st.integers(0, 2**32).map(lambda seed: drawn(random.Random(seed)))  # noqa: S311 - a sample
BY_CONSENT = {"F0", "F5", "X2"}
ONCE_MORE = settings(max_examples=150, deadline=None)
FEW = settings(max_examples=50, deadline=None)


def orderly(seed: int) -> Request:
    """A request that consent, agreement and referral decide: the drawn one, put in order where something hid that."""
    one = drawn(random.Random(seed))  # noqa: S311 - a sample
    actor = replace(
        one.actor, org="HOP", role="provider_staff", active=True, trained=True, conflict=False, blocked=False,
        assigned=True,
    )  # fmt: skip
    case = replace(one.case, owner="MINAS", status="active", erased=False, age=30, capacity=True)
    consent = replace(
        one.consent, state="given", version_ok=True, coerced=False, mark="signature", given_age=30, language_ok=True,
    )  # fmt: skip
    agreement = replace(one.agreement, exists=True, signed_both=True, suspended=False, cross_border=False)
    return replace(
        one, action="view", purpose="referral:MED", actor=actor, case=case, consent=consent, agreement=agreement,
        referral=replace(one.referral, status="sent"), emergency=None, order=None, onward=None,
    )  # fmt: skip


ORDERLY = st.integers(0, 2**32).map(orderly)


@ONCE_MORE
@given(REQUESTS)
def test_nothing_but_its_own_grounds_bypasses_consent_and_agreement(asked):
    """What is shown without both locks is shown by A9, Z, T, P, O, E or L; nothing else survives losing a lock."""
    unlocked = replace(
        asked,
        consent=replace(asked.consent, state="none"),
        agreement=replace(asked.agreement, exists=False),
    )
    decision = decide(unlocked)
    assert not decision.allowed or decision.code == "A9" or decision.code[0] in "ZTPOEL"
    for half in (replace(asked, consent=unlocked.consent), replace(asked, agreement=unlocked.agreement)):
        assert decide(half).code not in BY_CONSENT


@ONCE_MORE
@given(REQUESTS)
def test_whatever_the_second_table_holds_against_consent_or_agreement_stops_all_that_has_no_ground_of_its_own(asked):
    """Not only a lock that is missing: one that is wrong in any way shows nothing but by A9, Z, T, P, O, E or L."""
    told = Asked(asked)
    against = [code for code, _, applies, *_ in TABLE if code[0] in "SM" and applies(told)]
    decision = decide(asked)
    if decision.allowed and decision.code != "A9" and decision.code[0] not in "ZTPOEL":
        assert against == []
        assert {str(one) for one in decision.visible} <= told.consented & told.covered


@ONCE_MORE
@given(REQUESTS, st.integers(0, 400))
def test_after_a_withdrawal_no_lock_opens_until_a_new_consent(asked, days):
    later = replace(asked, today=asked.today + timedelta(days=days))
    withdrawn = replace(later, consent=replace(asked.consent, state="withdrawn"))
    decision = decide(withdrawn)
    assert decision.code not in BY_CONSENT
    assert set(decision.visible) <= set(decide(later).visible)


@FEW
@given(
    ORDERLY, st.sets(st.sampled_from(Category), min_size=1), st.booleans(), st.lists(st.integers(0, 150), max_size=3)
)
def test_a_part_taken_back_is_shown_on_no_later_day_and_nothing_else_is_gained(asked, taken, recipient_too, days):
    """By categories, and by recipient: what was taken back stays shut until a new consent, whatever the day."""
    consent = asked.consent
    rest = replace(consent, categories=consent.categories - taken, explicit=consent.explicit - taken)
    if recipient_too:
        rest = replace(rest, recipients=consent.recipients - {asked.actor.org})
    for later in (0, *days):
        then = replace(asked, today=asked.today + timedelta(days=later))
        before, after = decide(then), decide(replace(then, consent=rest))
        assert set(after.visible) <= set(before.visible)
        if after.code in BY_CONSENT:
            assert not recipient_too
            assert not taken & set(after.visible)


@FEW
@given(ORDERLY, st.sampled_from(sorted(SENSITIVE)), st.sampled_from(sorted(SENSITIVE)))
def test_ticking_a_sensitive_category_that_was_in_the_consent_unticked_only_adds_it(asked, one, other):
    """Unticked it is hidden; ticked it is seen, beside all that was seen, where everything else is in order."""
    ticked, left = Category(one), Category(other)
    consent = replace(
        asked.consent,
        categories=asked.consent.categories | {ticked, left},
        explicit=asked.consent.explicit - {ticked, left},
    )
    wider = replace(asked, categories=asked.categories | {ticked, left}, consent=consent)
    before = decide(wider)
    after = decide(replace(wider, consent=replace(consent, explicit=consent.explicit | {ticked})))
    assert set(before.visible) <= set(after.visible)
    if after.code in BY_CONSENT:
        assert set(after.visible) - set(before.visible) <= {ticked}
        assert not {ticked, left} & set(before.visible)
        covered = ticked in wider.agreement.categories and str(ticked) in Asked(wider).ticked
        assert (ticked in after.visible) == covered


@ONCE_MORE
@given(REQUESTS | ORDERLY, st.sampled_from(Category), st.sampled_from(["HOP", "MINAS", "DGSN", "IOM", "NEW"]),
       st.integers(1, 300), st.sets(st.sampled_from(["category", "recipient", "day"]), min_size=1))  # fmt: skip
def test_a_category_a_recipient_or_a_day_more_never_removes_access(asked, category, recipient, days, what):
    consent = asked.consent
    if "category" in what:
        wider = {"categories": consent.categories | {category}, "explicit": consent.explicit | {category}}
        consent = replace(consent, **wider)
    if "recipient" in what:
        consent = replace(consent, recipients=consent.recipients | {recipient})
    if "day" in what and consent.until is not None:
        consent = replace(consent, until=consent.until + timedelta(days=days))
    assert set(decide(asked).visible) <= set(decide(replace(asked, consent=consent)).visible)


@ONCE_MORE
@given(REQUESTS, st.sampled_from(["health", "protective_police", "child_protection"]),
       st.sets(st.sampled_from(Category), min_size=1))  # fmt: skip
def test_a_true_emergency_never_shows_more_than_the_minimum_of_its_recipient(asked, kind, wanted):
    """Whatever consent and agreement would add: while an emergency is declared, the minimum is the ceiling."""
    actor = replace(asked.actor, kind=kind, org="ELSEWHERE", role="provider_staff")
    urgent = replace(
        asked, actor=actor, action="view", categories=frozenset(wanted), emergency=Emergency("coma", cannot_ask=True),
    )  # fmt: skip
    decision = decide(urgent)
    assert {str(one) for one in decision.visible} <= EMERGENCY_MINIMUM[kind] | {"C0"}
    if decision.allowed and wanted != {Category.C0}:
        assert decision.code in ("E1", "E4")
        assert {"review_72h", "notify_dpo", "notify_subject", "expire_24h"} <= set(decision.obligations)


@FEW
@given(ORDERLY, st.sampled_from([*EMERGENCY_MINIMUM, "shelter", "employer", ""]), st.booleans(), st.booleans(),
       st.booleans(), st.sampled_from([0.0, 24.0, 24.1]), st.sets(st.sampled_from(Category), min_size=2))  # fmt: skip
def test_whatever_is_declared_of_an_emergency_it_shows_the_minimum_or_nothing(
    asked, kind, refused, others, cannot, hours, wanted
):
    """Also with consent, agreement and referral all in order: a declared emergency is judged by itself."""
    declared = Emergency("coma", hours, refused=refused, risk_to_others=others, cannot_ask=cannot)
    decision = decide(replace(
        asked, actor=replace(asked.actor, kind=kind), categories=frozenset(wanted), emergency=declared,
    ))  # fmt: skip
    assert decision.code[0] in "AE"
    assert {str(one) for one in decision.visible} <= EMERGENCY_MINIMUM.get(kind, set())
    assert hours <= 24 or not decision.allowed


def test_the_requests_of_these_properties_are_decided_by_consent_often_enough_to_mean_something():
    codes = [decide(orderly(seed)).code for seed in range(200)]
    assert sum(code in BY_CONSENT for code in codes) > 100


# --- lives -----------------------------------------------------------------------------------------------------------

EVENTS = (
    "give", "give", "withdraw", "sign", "sign", "suspend", "resume", "resume", "terminate", "send", "send", "recall",
    "complete", "danger", "birthday",
)  # fmt: skip


def life(rng: random.Random) -> list[tuple[int, str, int]]:
    """Events by day, each with a number that says how long a consent or an agreement is to run."""
    begun = [(rng.randrange(12), what, rng.randrange(5, 90)) for what in ("give", "sign", "send") if rng.random() < 0.9]
    rest = [(rng.randrange(60), rng.choice(EVENTS), rng.randrange(1, 60)) for _ in range(rng.randrange(8))]
    return list(dict.fromkeys(sorted(begun + rest)))


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def folded(events: list[tuple[int, str, int]], at: int) -> dict[str, Any]:
    """The state of the world as a machine keeps it: each event changes what stands."""
    world: dict[str, Any] = {
        "consent": {"state": "none"}, "agreement": {"exists": False}, "referral": {"status": "none"},
        "case": {"age": 17}, "emergency": None,
    }  # fmt: skip
    for when, what, runs in events:
        if when <= at:
            stood(world, what, when, day(when + runs), at)
    return world


def stood(world: dict[str, Any], what: str, when: int, until: date, at: int) -> None:
    """What one event makes of the world."""
    age, agreed = world["case"]["age"], world["agreement"]["exists"]
    young = {"given_age": age, "assent": age < 18, "guardian": age < 18}
    changes: dict[str, dict[str, Any]] = {
        "give": {"consent": {"state": "given", "until": until, **young}},
        "withdraw": {"consent": {**world["consent"], "state": "withdrawn"}},
        "sign": {"agreement": {"exists": True, "from": day(when), "to": until, "suspended": False}},
        "suspend": {"agreement": {**world["agreement"], "suspended": agreed}},
        "resume": {"agreement": {**world["agreement"], "suspended": False}},
        "terminate": {"agreement": {"exists": False}},
        "send": {"referral": {"status": "sent"}},
        "recall": {"referral": {"status": "recalled"}},
        "danger": {"emergency": {"reason": "coma", "cannot_ask": True, "hours_since": 24 * (at - when)}},
        "birthday": {"case": {"age": 18}},
    }
    if what == "complete" and world["referral"]["status"] == "sent":
        world["referral"] = {"status": "delivered", "completed_on": day(when)}
    if what != "withdraw" or world["consent"]["state"] == "given":
        world |= changes.get(what, {})


def open_by_locks(events: list[tuple[int, str, int]], at: int) -> bool:
    """Whether consent, agreement and referral open that day: looked up from the end of the story, nothing kept."""

    def last(*names: str) -> tuple[int, str, int] | None:
        return next((one for one in reversed(events) if one[0] <= at and one[1] in names), None)

    consent, agreement, referral = last("give", "withdraw"), last("sign", "terminate"), last("send", "recall")
    if (
        not consent
        or not agreement
        or not referral
        or (consent[1], agreement[1], referral[1]) != ("give", "sign", "send")
    ):
        return False
    grown = next((place for place, one in enumerate(events) if one[1] == "birthday" and one[0] <= at), None)
    if grown is not None and events.index(consent) < grown:
        return False
    stops = [one for one in events[events.index(agreement) :] if one[0] <= at and one[1] in ("suspend", "resume")]
    if stops and stops[-1][1] == "suspend":
        return False
    done = [one for one in events[events.index(referral) :] if one[0] <= at and one[1] == "complete"]
    return at <= consent[0] + consent[2] and at <= agreement[0] + agreement[2] and (not done or at <= done[0][0] + 30)


def differing_days(seeds: range) -> list[tuple[int, int]]:
    """Days on which the decision is not what the second table and the look back say, by life."""
    wrong = []
    for seed in seeds:
        events = life(random.Random(seed))  # noqa: S311 - a sample
        for at in range(0, 100, 3):
            asked = request(today=day(at), **folded(events, at))
            decision = decide(asked)
            second = answer(asked)
            alike = (str(decision.outcome), decision.code, {str(one) for one in decision.visible}) == (
                second[0], second[1], set(second[2]))  # fmt: skip
            # an emergency, while it is declared, is judged alone
            opened = decision.code in BY_CONSENT if asked.emergency is None else open_by_locks(events, at)
            if not alike or opened != open_by_locks(events, at):
                wrong.append((seed, at))
    return wrong


def test_access_at_each_day_of_a_life_equals_the_table_at_that_day():
    assert differing_days(range(60)) == []


@pytest.mark.slow
def test_access_at_each_day_of_two_thousand_lives_equals_the_table_at_that_day():
    assert differing_days(range(60, 2_060)) == []


def test_the_lives_open_and_shut_often_enough_to_mean_something():
    days = [open_by_locks(life(random.Random(seed)), at) for seed in range(60) for at in range(0, 100, 3)]  # noqa: S311
    assert 60 < sum(days) < len(days) / 2
