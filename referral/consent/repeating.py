"""Taking a decision of the register again: the same rules on the inputs that were kept must give the same answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from referral.consent.assumptions import POLICY
from referral.consent.request import Request, RequestError
from referral.consent.rules import Decision, decide
from sop.vocabulary import N_


class Repeat(StrEnum):
    """What taking a decision again showed."""

    IDENTICAL = "identical"
    OLDER_RULES = "older_rules"
    DIFFERENT = "different"
    ALTERED = "altered"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return REPEAT_LABELS[self]

    @property
    def sentence(self) -> str:
        """What it means, a message id."""
        return REPEAT_SENTENCES[self]


REPEAT_LABELS: dict[Repeat, str] = {
    Repeat.IDENTICAL: N_("computed again: identical"),
    Repeat.OLDER_RULES: N_("taken under earlier rules"),
    Repeat.DIFFERENT: N_("computed again: different"),
    Repeat.ALTERED: N_("what was kept was changed"),
}
REPEAT_SENTENCES: dict[Repeat, str] = {
    Repeat.IDENTICAL: N_("The rules, applied again to what was kept, give the same answer, code and categories."),
    Repeat.OLDER_RULES: N_("The rules have changed since; today’s would answer otherwise."),
    Repeat.DIFFERENT: N_("The rules, applied again to what was kept, give another answer: please look into it."),
    Repeat.ALTERED: N_("The inputs do not have the fingerprint that was noted with them: please look into it."),
}


def fingerprint(inputs: Mapping[str, Any]) -> str:
    """SHA-256 of the inputs in canonical JSON; the order of the keys does not count.

    >>> fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1}) != fingerprint({"a": 1, "b": [3]})
    True
    """
    canonical = json.dumps(inputs, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def repeat(
    inputs: Mapping[str, Any], *, noted: str, policy: str, outcome: str, code: str, visible: Iterable[str]
) -> Repeat:
    """Take the decision again on `inputs`; `noted` is the fingerprint, the rest the answer that the register holds."""
    if fingerprint(inputs) != noted:
        return Repeat.ALTERED
    try:
        same = _answer(decide(Request.from_mapping(inputs))) == (outcome, code, sorted(visible))
    except RequestError:
        same = False
    if same:
        return Repeat.IDENTICAL
    return Repeat.DIFFERENT if policy == POLICY else Repeat.OLDER_RULES


def _answer(decision: Decision) -> tuple[str, str, list[str]]:
    return decision.outcome.value, decision.code, sorted(category.value for category in decision.visible)
