"""Why a request is refused: one table of grounds for each step, in the order in which they are said.

Each ground is a code and the condition under which it applies. `unconsented` and `uncovered` take out single
categories where the rest of the request may stand.
"""

from __future__ import annotations

from collections.abc import Callable

from referral.consent.assumptions import DEFAULTS, Settings
from referral.consent.request import Request
from referral.consent.states import consent_state, referral_status
from sop.vocabulary import SENSITIVE, Category

C = Category
ACTIONS = frozenset(
    ["view", "preview", "send", "print", "download", "export", "message", "search", "notify", "erase", "bulk_export"]
)
Predicate = Callable[[Request, Settings], bool]
Table = tuple[tuple[str, Predicate], ...]


def is_minor(request: Request, settings: Settings = DEFAULTS) -> bool:
    """Whether the person is treated as a child; an unknown or doubtful age is."""
    return request.case.age is None or request.case.age < settings.adult_age


def capable_adult(request: Request, settings: Settings = DEFAULTS) -> bool:
    """Whether the person is known to be an adult and not known to lack capacity."""
    return not is_minor(request, settings) and request.case.capacity is not False


def _from_origin(request: Request, settings: Settings) -> bool:
    return request.actor.role in settings.origin_roles or request.actor.kind in settings.origin_kinds


ABSOLUTE: Table = (
    ("A1", lambda r, _: not (r.actor.active and r.actor.trained)),
    ("A2", lambda r, _: r.actor.conflict or r.actor.blocked),
    ("A3", lambda r, _: r.case.erased or r.case.status == "erased"),
    ("A4", lambda r, s: _from_origin(r, s) and (r.case.asylum is not False or C.C10 in r.categories)),
    ("A7", lambda r, s: r.actor.role in s.administrator_roles),
)
"""Limits that nothing lifts; an administrator sees no figures either (SECURITY: no content at all)."""

ROLE_LIMITS: Table = (
    ("A5", lambda r, s: r.actor.role in s.statistics_only_roles),
    ("A6", lambda r, s: r.actor.role == "employer" and not r.categories <= s.employer_categories),
    ("D0", lambda r, _: r.action not in ACTIONS or not (r.categories or r.action == "erase")),
)
"""Limits of a role; statistics are judged before them, so that donors and committee can have figures."""


def _assent_missing(request: Request, settings: Settings) -> bool:
    old_enough = request.case.age is None or request.case.age >= settings.assent_age
    return is_minor(request, settings) and old_enough and not request.consent.assent


def _given_as_minor(request: Request, settings: Settings) -> bool:
    given = request.consent.given_age
    return not is_minor(request, settings) and (given is None or given < settings.adult_age)


CONSENT: Table = (
    ("S1", lambda r, _: consent_state(r.consent.state) == "none"),
    ("S2", lambda r, _: consent_state(r.consent.state) == "withdrawn"),
    (
        "S3",
        lambda r, _: (
            consent_state(r.consent.state) == "expired" or r.consent.until is None or r.consent.until < r.today
        ),
    ),
    ("S4", lambda r, _: r.actor.org not in r.consent.recipients),
    ("S5", lambda r, _: r.purpose not in r.consent.purposes),
    ("S14", lambda r, _: r.consent.coerced),
    ("S15", lambda r, _: not r.consent.version_ok or consent_state(r.consent.state) == "superseded"),
    ("S8", lambda r, _: not (r.consent.language_ok or r.consent.interpreter)),
    (
        "S9",
        lambda r, _: (
            r.consent.mark != "signature"
            and not (r.consent.witness and r.consent.mark in ("thumbprint", "oral", "audio"))
        ),
    ),
    ("S10", _assent_missing),
    ("S11", lambda r, s: is_minor(r, s) and not (r.consent.guardian or r.consent.bip_decision)),
    ("S17", _given_as_minor),
    ("S13", lambda r, s: not is_minor(r, s) and r.case.capacity is not True and not r.consent.representative),
)
"""What makes a consent worthless for this request, in the order in which it is said."""


def unconsented(request: Request, settings: Settings) -> dict[Category, str]:
    """Return the asked categories that the consent does not open: S6 not covered, S7 sensitive and not ticked."""
    consent, actor = request.consent, request.actor
    removed: dict[Category, str] = {}
    for category in request.categories:
        reserved = category == C.C8 and actor.kind not in settings.gbv_kinds and actor.role not in settings.gbv_roles
        if category not in consent.categories or category in (C.C0, C.C7N) or reserved:
            removed[category] = "S6"
        elif category in SENSITIVE and category not in consent.explicit:
            removed[category] = "S7"
    return removed


AGREEMENT: Table = (
    ("M1", lambda r, _: not r.agreement.exists),
    ("M4", lambda r, _: not r.agreement.signed_both),
    ("M8", lambda r, _: r.agreement.since is None or r.agreement.since > r.today),
    ("M2", lambda r, _: r.agreement.until is None or r.agreement.until < r.today),
    ("M3", lambda r, _: r.agreement.suspended),
    ("M5", lambda r, _: r.purpose not in r.agreement.purposes),
    ("M6", lambda r, _: r.agreement.cross_border and not r.agreement.transfer_ok),
)
"""What makes an agreement worthless for this request."""


def uncovered(request: Request) -> dict[Category, str]:
    """Return the asked categories that the agreement does not cover (M5)."""
    return dict.fromkeys(request.categories - request.agreement.categories, "M5")


def _too_late(request: Request, settings: Settings) -> bool:
    if referral_status(request.referral.status) != "completed":
        return False
    done = request.referral.completed_on
    return done is None or not 0 <= (request.today - done).days <= settings.days_readable_after_completion


REFERRAL: Table = (
    ("F1", lambda r, _: referral_status(r.referral.status) == "none"),
    ("F2", lambda r, _: referral_status(r.referral.status) == "declined"),
    ("F3", _too_late),
    ("F4", lambda r, _: not r.actor.assigned),
    ("D0", lambda r, s: r.actor.role not in s.recipient_roles),
)
"""Where the referral must stand."""
