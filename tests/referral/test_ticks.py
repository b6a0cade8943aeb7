"""A box is ticked only by a tick: an empty text, which a script may send for an open box, agrees to nothing."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

import referral
from referral.consent.schemas import AnswerSchema
from referral.foundation.ticks import Tick

pytestmark = pytest.mark.once

BOXES = ("free", "understood", "interpreter", "assent")
OTHERS = {
    "referral.cases.schemas.FilterSchema.overdue": "codes of a URL, the empty ones left out before",
    "referral.providers.schemas.FilterSchema.open": "codes of a URL, the empty ones left out before",
    "referral.people.schemas.ContactSchema.sms": "yes or no, the empty ones left out before",
    "referral.people.schemas.ContactSchema.visits": "yes or no, the empty ones left out before",
    "referral.consent.exceptional_schemas.CheckSchema.genuine": "yes or no, which must be said",
    "referral.consent.exceptional_schemas.CounselSchema.waived": "yes or no, which must be said",
}
"""Booleans that are no box, and why."""


@pytest.mark.parametrize("box", BOXES)
def test_an_empty_box_of_a_consent_is_not_ticked(box: str) -> None:
    posted = {"choice": "consent", "language": "fra", "mark": "signature"}
    for value, expected in (("yes", True), ("", False), (" ", False), ("no", False), ("2", False)):
        answer = AnswerSchema().load(MultiDict({**posted, box: value}))
        assert getattr(answer, box) is expected
    assert getattr(AnswerSchema().load(MultiDict(posted)), box) is False


def test_every_boolean_of_a_form_is_read_as_a_box() -> None:
    for module in pkgutil.walk_packages(referral.__path__, "referral."):
        if "schemas" in module.name and not module.name.startswith("referral.api"):
            importlib.import_module(module.name)
    waiting, plain = [Schema], set()
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if not one.__module__.startswith("referral.") or one.__module__.startswith("referral.api"):
            continue
        plain |= {
            f"{one.__module__}.{one.__name__}.{name}"
            for name, field in one._declared_fields.items()
            if isinstance(field, fields.Boolean) and not isinstance(field, Tick)
        }
    assert plain == set(OTHERS)
