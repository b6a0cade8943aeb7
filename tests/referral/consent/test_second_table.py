"""The sharing decision agrees with a second table written from the research text alone."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from referral.consent.rules import decide
from tests.referral.consent.reference import answer
from tests.referral.consent.test_rules import TODAY, request

CATEGORIES = [f"C{number}" for number in range(16)] + ["C7N"]


def some(rng, good, others, wrong=0.12):
    return rng.choice(others) if rng.random() < wrong else good


def drawn(rng):
    """One request: in order for the most part, each of its facts wrong or on a boundary now and then."""
    flag = [True, False]
    near = [None, *(TODAY + timedelta(days=number) for number in (-31, -30, -1, 0, 1))]
    ages = [None, 0, 5, 6, 17, 18, 21]
    asked = some(rng, ["C1", "C2", "C6"], [["C0"], rng.sample(CATEGORIES, rng.randint(0, 6))], 0.3)
    covered = [asked, rng.sample(CATEGORIES, 5)]
    roles = [
        "case_manager", "supervisor", "first_responder", "psychosocial", "dpo", "coordinator", "police", "donor",
        "authority", "employer", "subject", "guardian", "sysadmin", "media", "steering", "origin_authority",
    ]  # fmt: skip
    kinds = ["protective_police", "child_protection", "shelter", "consular", "police"]
    return request(
        actor={
            "org": some(rng, "HOP", ["MINAS", "DGSN", "IOM"]), "role": some(rng, "provider_staff", roles, 0.3),
            "kind": some(rng, "health", kinds, 0.2),
            "active": some(rng, True, flag, 0.03), "trained": some(rng, True, flag, 0.03),
            "conflict": some(rng, False, flag, 0.03), "blocked": some(rng, False, flag, 0.03),
            "assigned": some(rng, True, flag), "excluded": some(rng, False, flag),
            "child_objects": some(rng, False, flag), "signatory": rng.choice(flag),
        },
        action=some(rng, "view", ["bulk_export", "erase"], 0.08),
        categories=asked,
        purpose=some(rng, "referral:MED", ["referral:PSY", "research"]),
        case={
            "owner": some(rng, "MINAS", ["IOM", "HOP", "UNHCR"]), "age": some(rng, 30, ages, 0.3),
            "capacity": some(rng, True, [False, None], 0.25), "asylum": some(rng, False, [True, None]),
            "legal_hold": rng.choice(flag), "erased": some(rng, False, flag, 0.03),
        },
        consent={
            "state": some(rng, "active", ["none", "withdrawn", "superseded"]),
            "recipients": some(rng, ["HOP", "MINAS", "DGSN", "IOM"], [[]], 0.05),
            "purposes": some(rng, ["referral:MED", "referral:PSY"], [["research"]], 0.05),
            "categories": some(rng, asked, covered, 0.3), "explicit": some(rng, asked, [[], ["C6"]], 0.3),
            "until": some(rng, TODAY, near), "language_ok": some(rng, True, flag), "interpreter": rng.choice(flag),
            "mark": some(rng, "signature", ["thumbprint", "oral", ""]), "witness": rng.choice(flag),
            "assent": rng.choice(flag), "guardian": rng.choice(flag), "bip_decision": rng.choice(flag),
            "representative": rng.choice(flag), "coerced": some(rng, False, flag, 0.05),
            "version_ok": some(rng, True, flag, 0.05), "given_age": some(rng, 30, ages),
        },
        agreement={
            "exists": some(rng, True, flag, 0.05), "signed_both": some(rng, True, flag, 0.05),
            "from": some(rng, TODAY, near), "to": some(rng, TODAY, near), "suspended": some(rng, False, flag, 0.05),
            "categories": some(rng, asked, covered, 0.3),
            "purposes": some(rng, ["referral:MED", "referral:PSY"], [["research"]], 0.05),
            "cross_border": some(rng, False, flag), "transfer_ok": rng.choice(flag), "onward": rng.choice(flag),
        },
        referral={
            "status": some(rng, "sent", ["none", "declined", "revoked", "completed"], 0.25),
            "completed_on": rng.choice(near),
        },
        emergency=some(rng, None, [{
            "reason": some(rng, "coma", ["", " "]), "hours_since": rng.choice([0, 24, 24.5]),
            "refused": rng.choice(flag), "risk_to_others": rng.choice(flag), "cannot_ask": rng.choice(flag),
            "overdue_review": rng.choice(flag),
        }]),
        order=some(rng, None, [{
            "type": rng.choice(["judicial", "child_report", "informal"]), "verified": rng.choice(flag),
            "scope": rng.sample(CATEGORIES, 4),
        }]),
        onward=some(rng, None, [{"new_consent": rng.random() < 0.8, "third_agreement": rng.random() < 0.8}], 0.08),
        cell=rng.choice([None, 0, 4, 5, 9]), gbv_stats=rng.choice(flag), written_authorisation=rng.choice(flag),
    )  # fmt: skip


def differences(number, seed):
    """Count the pairs (ours, second table) that differ, with one request for each."""
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    found, examples = Counter(), {}
    for _ in range(number):
        asked = drawn(rng)
        ours = decide(asked)
        ours = (str(ours.outcome), ours.code, frozenset(map(str, ours.visible)), tuple(ours.obligations))
        theirs = answer(asked)
        if ours != theirs:
            pair = (ours[:2], theirs[:2])
            found[pair] += 1
            examples.setdefault(pair, (ours, theirs, asked))
    return found, examples


def test_three_thousand_requests_are_decided_alike():
    assert differences(3_000, 7)[0] == {}


@pytest.mark.slow
def test_a_hundred_thousand_requests_are_decided_alike():
    assert differences(100_000, 11)[0] == {}
