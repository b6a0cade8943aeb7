"""The sharing decision: may this actor see these categories of this case, now, and by which rule.

Steps are asked in a fixed order and the first that answers decides: A absolute limits, Z statistics, T erasure, P the
person, O own organisation, E vital interest, L law, X onward sharing, S consent, M agreement, F referral. Whatever no
step allows is denied (D0). Sources: IOM data protection principles, ICRC handbook on data protection, Law 2024/017 of
Cameroon, GBVIMS information-sharing protocol; what the country has yet to validate is in `assumptions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from referral.consent import grounds
from referral.consent.assumptions import DEFAULTS, Settings
from referral.consent.grounds import capable_adult, is_minor, unconsented, uncovered
from referral.consent.request import Order, Request, RequestError
from sop.vocabulary import MINIMUM, Category, Need

__all__ = ["DEFAULTS", "Decision", "Outcome", "Request", "RequestError", "Settings", "decide", "share_gate"]

C = Category
VITAL = ("log", "notify_dpo", "review_72h", "notify_subject", "expire_24h")
OBLIGATIONS: dict[str, tuple[str, ...]] = {
    "A9": ("log", "encrypt", "notify_supervisor"),
    "T1": ("erase_or_anonymise", "notify_recipients", "answer_person"),
    "T2": ("restrict", "notify_dpo"),
    "P1": ("verify_identity", "redact_third_parties", "log"),
    "P2": ("verify_identity", "redact_third_parties", "log"),
    "P4": ("bip_review",),
    "O3": ("log", "metadata_only"),
    "O5": ("log", "metadata_only"),
    "E1": VITAL,
    "E4": VITAL,
    "E8": ("ask_consent_now",),
    "L1": ("log", "notify_dpo"),
    "L2": ("log", "tell_supervisor"),
    "L3": ("legal_counsel",),
    "L4": ("log", "notify_dpo"),
    "L5": ("notify_dpo",),
    "L6": ("verify_order",),
}
"""What must be done together with the decision; every code that is not here is logged and no more."""
ESCALATED = frozenset({"T2", "P4", "L3", "L5", "L6"})


class Outcome(StrEnum):
    """The four answers of the decision."""

    ALLOW = "allow"
    ALLOW_REDACTED = "allow_redacted"
    DENY = "deny"
    DENY_ESCALATE = "deny_escalate"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, the code of the rule that gave it, the categories that may be seen and what must be done.

    `removed` says for each category that was asked and taken out by consent or agreement which rule took it out.
    """

    outcome: Outcome
    code: str
    visible: tuple[Category, ...] = ()
    obligations: tuple[str, ...] = ("log",)
    removed: tuple[tuple[Category, str], ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether something may be done or seen."""
        return self.outcome in (Outcome.ALLOW, Outcome.ALLOW_REDACTED)


def _own(request: Request) -> bool:
    return bool(request.actor.org) and request.actor.org == request.case.owner


def _no(code: str, removed: Mapping[Category, str] | None = None) -> Decision:
    outcome = Outcome.DENY_ESCALATE if code in ESCALATED else Outcome.DENY
    return Decision(outcome, code, (), OBLIGATIONS.get(code, ("log",)), _sorted(removed or {}))


def _sorted(removed: Mapping[Category, str]) -> tuple[tuple[Category, str], ...]:
    return tuple((category, removed[category]) for category in sorted(removed, key=lambda item: item.order))


def _yes(code: str, request: Request, visible: frozenset[Category], removed: Mapping[Category, str]) -> Decision:
    """Allow what is asked and visible; nothing left is nothing allowed."""
    shown = visible & request.categories
    if not shown:
        return _no("D0")
    outcome = Outcome.ALLOW if shown == request.categories else Outcome.ALLOW_REDACTED
    ordered = tuple(sorted(shown, key=lambda item: item.order))
    return Decision(outcome, code, ordered, OBLIGATIONS.get(code, ("log",)), _sorted(removed))


Step = Callable[[Request, Settings], Decision | None]


def _first(table: grounds.Table, request: Request, settings: Settings) -> Decision | None:
    for code, applies in table:
        if applies(request, settings):
            return _no(code)
    return None


def absolute(request: Request, settings: Settings) -> Decision | None:
    """A1–A4, A7: account, conflict of interest, erased file, country of origin, system administrator."""
    return _first(grounds.ABSOLUTE, request, settings)


def statistics(request: Request, settings: Settings) -> Decision | None:
    """Z: figures only, none under the smallest cell, violence figures only between signatories."""
    if request.categories != {C.C0} or request.action == "erase":
        return None
    signatory = request.actor.signatory or request.actor.org in settings.protocol_signatories
    if request.cell is None or request.cell < settings.smallest_cell:
        return _no("Z2")
    if request.gbv_stats and not signatory:
        return _no("Z3")
    return _yes("Z1", request, frozenset({C.C0}), {})


def role_limits(request: Request, settings: Settings) -> Decision | None:
    """A5, A6, A8, A9: roles without content, employers, bulk export."""
    denied = _first(grounds.ROLE_LIMITS, request, settings)
    if denied or request.action != "bulk_export":
        return denied
    officer = request.actor.role in settings.data_officer_roles and _own(request)
    if not (officer and request.written_authorisation):
        return _no("A8")
    return _yes("A9", request, request.categories - {C.C7N}, {})


def erasure(request: Request, settings: Settings) -> Decision | None:
    """T: the person, the guardian or the data officer may ask for erasure; a legal hold stops it."""
    if request.action != "erase":
        return None
    role = request.actor.role
    if role in settings.guardian_roles:
        refused = _guardian_refused(request, settings)
        if refused:
            return refused
    elif role != "subject" and not (role in settings.data_officer_roles and _own(request)):
        return _no("A8")
    return _no("T2") if request.case.legal_hold else Decision(Outcome.ALLOW, "T1", (), OBLIGATIONS["T1"])


def person(request: Request, settings: Settings) -> Decision | None:
    """P: the own file; a guardian unless excluded, no longer needed, or the child objects."""
    if request.actor.role == "subject":
        return _yes("P1", request, request.categories - {C.C7N}, {})
    if request.actor.role not in settings.guardian_roles:
        return None
    return _guardian_refused(request, settings) or _yes("P2", request, request.categories - {C.C7N, C.C8}, {})


def _guardian_refused(request: Request, settings: Settings) -> Decision | None:
    if request.actor.excluded or capable_adult(request, settings):
        return _no("P3")
    if request.actor.child_objects or (request.case.age is None and request.case.capacity is not False):
        return _no("P4")
    return None


def own_organisation(request: Request, settings: Settings) -> Decision | None:
    """O: inside the owner organisation only who is assigned; officers and coordinators see the case code alone."""
    actor, asked = request.actor, request.categories
    if actor.role == "coordinator":
        return _yes("O5", request, frozenset({C.C1}), {}) if C.C1 in asked else _no("O5")
    if not _own(request) or (request.order and actor.role in settings.outside_roles):
        return None
    if actor.role in settings.data_officer_roles:
        return _yes("O3", request, frozenset({C.C1}), {}) if C.C1 in asked else _no("O3")
    if not actor.assigned:
        return _no("O2")
    if actor.role in settings.service_roles:
        shown = asked & _needed(request.purpose)
        return _yes("O1", request, shown, {}) if shown else _no("O2")
    psychosocial = actor.role in settings.psychosocial_roles or actor.kind == "psychosocial"
    if actor.role not in settings.case_worker_roles | settings.psychosocial_roles:
        return _no("O2")
    if C.C7N in asked and not psychosocial:
        return _yes("O4", request, asked - {C.C7N}, {}) if asked != {C.C7N} else _no("O4")
    return _yes("O1", request, asked, {})


def _needed(purpose: str) -> frozenset[Category]:
    """Return the minimum of the need that a purpose such as referral:MED names, nothing for any other purpose."""
    kind, _, need = purpose.partition(":")
    return frozenset(MINIMUM[Need(need)]) if kind == "referral" and need in Need.__members__ else frozenset()


def vital_interest(request: Request, settings: Settings) -> Decision | None:
    """E: danger to life opens the minimum of an emergency service for a day, without consent or agreement."""
    declared = request.emergency
    if declared is None:
        return None
    capable = capable_adult(request, settings)
    minimum = settings.emergency_minimum.get(request.actor.kind)
    if declared.ended or declared.hours_since > settings.emergency_hours:
        return _no("E5")
    if minimum is None or request.actor.role not in settings.recipient_roles:
        return _no("E3")
    if declared.refused and capable and not declared.risk_to_others:
        return _no("E2")
    if not declared.reason.strip():
        return _no("E6")
    if capable and not declared.cannot_ask and not declared.refused:
        return _no("E8")
    return _vital_minimum(request, minimum)


def _vital_minimum(request: Request, minimum: frozenset[Category]) -> Decision:
    left = request.categories & minimum
    if not left:
        return _no("E7")
    decision = _yes("E1" if left == request.categories else "E4", request, left, {})
    if request.emergency and request.emergency.overdue_review:
        overdue = (*decision.obligations, "alert_supervisor")
        return Decision(decision.outcome, decision.code, decision.visible, overdue)
    return decision


def law(request: Request, settings: Settings) -> Decision | None:
    """L: verified orders within their scope; a child is reported with the minimum; anything informal is refused."""
    order = request.order
    if order is None:
        return None
    if order.type == "judicial":
        return _judicial(request, order, settings)
    if order.type == "child_report":
        return _child_report(request, settings)
    return _no("L2")


def _judicial(request: Request, order: Order, settings: Settings) -> Decision:
    if request.case.immune or request.case.owner in settings.immune_organisations:
        return _no("L3")
    if not order.verified:
        return _no("L6")
    scope = request.categories & order.scope - {C.C7N}
    return _yes("L1", request, scope, {}) if scope else _no("L7")


def _child_report(request: Request, settings: Settings) -> Decision:
    if not is_minor(request, settings):
        return _no("L5")
    if request.actor.role != "authority" and request.actor.kind not in settings.child_report_kinds:
        return _no("L2")
    left = request.categories & settings.child_report_categories
    return _yes("L4", request, left, {}) if left else _no("L7")


def onward_sharing(request: Request, _: Settings) -> Decision | None:
    """X: a third party needs a new consent that names it, an agreement with it and an onward clause."""
    onward = request.onward
    if onward is None or (onward.new_consent and onward.third_agreement and request.agreement.onward):
        return None
    return _no("X1")


def consent_step(request: Request, settings: Settings) -> Decision | None:
    """S: a living, free, understood consent for this recipient, purpose and category."""
    denied = _first(grounds.CONSENT, request, settings)
    removed = unconsented(request, settings)
    if denied or len(removed) < len(request.categories):
        return denied
    return _no("S7" if "S7" in removed.values() else "S6", removed)


def agreement_step(request: Request, settings: Settings) -> Decision | None:
    """M: a written agreement in force between both organisations that covers purpose and categories."""
    denied = _first(grounds.AGREEMENT, request, settings)
    if denied:
        return denied
    removed = uncovered(request) | unconsented(request, settings)
    return _no("M5", removed) if len(removed) == len(request.categories) else None


def referral_step(request: Request, settings: Settings) -> Decision | None:
    """F: an open referral, the assigned person, and what consent and agreement leave."""
    denied = _first(grounds.REFERRAL, request, settings)
    if denied:
        return denied
    removed = uncovered(request) | unconsented(request, settings)
    code = "X2" if request.onward else "F5" if removed else "F0"
    return _yes(code, request, request.categories - removed.keys(), removed)


STEPS: tuple[Step, ...] = (
    absolute,
    statistics,
    role_limits,
    erasure,
    person,
    own_organisation,
    vital_interest,
    law,
    onward_sharing,
    consent_step,
    agreement_step,
    referral_step,
)
"""The whole order; the first step that answers decides."""


def decide(request: Request, settings: Settings = DEFAULTS) -> Decision:
    """Decide one request: the first step that answers, or D0, which denies."""
    for step in STEPS:
        decision = step(request, settings)
        if decision is not None:
            return decision
    return _no("D0")


def share_gate(decision: Decision, need: Need) -> str:
    """Return the fact `share_gate` of the flowchart: allow, deny_consent or deny_agreement.

    Allow when the minimum of the need may be seen; deny_consent when the person must be asked again, also where only a
    category of that minimum was not consented; deny_agreement for everything else.
    """
    missing = set(MINIMUM[need]) - set(decision.visible)
    if decision.allowed and not missing:
        return "allow"
    codes = (
        {code for category, code in decision.removed if category in missing} if decision.allowed else {decision.code}
    )
    return "deny_consent" if any(code == "X1" or code.startswith("S") for code in codes) else "deny_agreement"
