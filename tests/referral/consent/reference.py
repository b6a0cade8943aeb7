"""A second, slow decision table, written row by row from the research text and not from the rules of the product.

One flat list, read from top to bottom: code, what the rule does, when it applies, what it shows. The first row that
applies decides; below the last one nothing is shared. Where the text is silent the row says which dated paragraph of
docs/decisions.md fills it. Every set is spelled out here again, so that a slip in the product's own lists is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from referral.consent.request import Request

SENSITIVE = {"C6", "C7", "C7N", "C8", "C9", "C10", "C11", "C13", "C15"}
EMERGENCY_MINIMUM = {
    "health": {"C1", "C2", "C6", "C7"},
    "protective_police": {"C1", "C2", "C12"},
    "child_protection": {"C1", "C2", "C3", "C12", "C13"},
}
CHILD_REPORT_MINIMUM = {"C1", "C2", "C3", "C12", "C13"}
BY_SERVICE = {
    "referral:MED": {"C1", "C2", "C6"}, "referral:PSY": {"C1", "C2", "C7"}, "referral:HEB": {"C1", "C2", "C3", "C12"},
    "referral:ENF": {"C1", "C2", "C3", "C13"}, "referral:VBG": {"C1", "C2", "C6"},
    "referral:TEH": {"C1", "C2", "C9"}, "referral:ASI": {"C1", "C2", "C10"}, "referral:DOC": {"C1", "C2"},
    "referral:JUR": {"C1", "C2", "C9"}, "referral:FAM": {"C1", "C2", "C3"}, "referral:EDU": {"C1", "C2", "C14"},
    "referral:ECO": {"C1", "C2", "C14"}, "referral:RET": {"C1", "C2", "C4"},
}  # fmt: skip
UN_HELD = {"IOM", "OIM", "UNHCR", "HCR", "UNICEF", "UNFPA", "WFP", "WHO"}
SIGNATORIES = {"MINPROFF", "UNFPA"}
ORIGIN = {"origin_authority", "consulate", "embassy"}
FIGURES_ONLY = {"donor", "steering", "me", "media", "journalist"}
CASE_WORKERS = {"case_manager", "supervisor", "first_responder", "psychosocial", "psychologist"}
THERAPISTS = {"psychosocial", "psychologist"}
SERVICE_STAFF = {"provider_staff", "provider", "focal_point", "external_provider"}
GBV_STAFF = {"clinician", "gbv_case_worker"}
OUTSIDE = {"employer", "police", "authority", "lawyer"}
MAY_RECEIVE = CASE_WORKERS | SERVICE_STAFF | GBV_STAFF | OUTSIDE | ORIGIN
DATA_OFFICERS = {"dpo", "data_officer"}
GUARDIANS = {"guardian", "representative"}
KNOWN_ACTS = {
    "view", "preview", "send", "print", "download", "export", "message", "search", "notify", "erase", "bulk_export",
}  # fmt: skip
OPEN_REFERRAL = {
    "preview", "draft", "sent", "acknowledged", "accepted", "waitlisted", "info_requested", "in_service",
}  # fmt: skip
OVER = {"declined", "revoked", "recalled", "redirected", "client_declined", "expired", "lost_contact"}
ENDED = {"completed", "delivered", "not_delivered", "closed"}
LOG = ("log",)
AUDITED = ("log", "metadata_only")
VITAL = ("log", "notify_dpo", "review_72h", "notify_subject", "expire_24h")
NONE: frozenset[str] = frozenset()

Answer = tuple[str, str, frozenset[str], tuple[str, ...]]


class Asked:
    """A request in the words of the text."""

    def __init__(self, r: Request) -> None:
        self.r, self.actor, self.case, self.consent, self.mou = r, r.actor, r.case, r.consent, r.agreement
        self.role, self.kind, self.act = r.actor.role, r.actor.kind, r.action
        self.e, self.o, self.status, self.today = r.emergency, r.order, r.referral.status, r.today
        self.want = {str(item) for item in r.categories}
        self.figures = self.want == {"C0"} and self.act != "erase"
        self.child = self.case.age is None or self.case.age < 18
        self.adult = not self.child
        self.decides_alone = self.adult and self.case.capacity is not False
        self.erases = self.act == "erase"
        self.exports = self.act == "bulk_export"
        self.owner = self.actor.org == self.case.owner
        self.officer = self.role in DATA_OFFICERS and self.owner
        self.inside = self.owner and not (self.o and self.role in OUTSIDE)
        self.vital_minimum = EMERGENCY_MINIMUM.get(self.kind, set())
        self.scope = ({str(item) for item in self.o.scope} if self.o else set()) - {"C7N"}
        self.explicit = {str(item) for item in self.consent.explicit}
        self.covered = {str(item) for item in self.mou.categories}

    @property
    def state(self) -> str:
        """How the consent stands; a state that nobody knows is no consent."""
        said = "active" if self.consent.state == "given" else self.consent.state
        return said if said in {"active", "withdrawn", "expired", "superseded"} else "none"

    @property
    def ticked(self) -> set[str]:
        """Asked and consented; figures and therapy notes never by consent, violence only to those who treat it."""
        left = self.want & {str(item) for item in self.consent.categories} - {"C0", "C7N"}
        treats = self.kind in {"health", "clinical", "gbv"} or self.role in GBV_STAFF
        return left if treats else left - {"C8"}

    @property
    def consented(self) -> set[str]:
        """Ticked, and explicitly where it is sensitive."""
        return {item for item in self.ticked if item not in SENSITIVE or item in self.explicit}

    @property
    def ended_days(self) -> int | None:
        """Days since the service ended; None when that is unknown or yet to come."""
        done = self.r.referral.completed_on
        return None if done is None or done > self.today else (self.today - done) // timedelta(days=1)


def signed_as_it_should(a: Asked) -> bool:
    mark, witness = a.consent.mark, a.consent.witness
    return mark == "signature" or (witness and mark in {"thumbprint", "oral", "audio"})


def may_forward(a: Asked) -> bool:
    onward = a.r.onward
    return bool(onward and onward.new_consent and onward.third_agreement and a.mou.onward)


def nothing(_: Asked) -> set[str]:
    return set()


def vital_duties(a: Asked) -> tuple[str, ...]:
    return (*VITAL, "alert_supervisor") if a.e and a.e.overdue_review else VITAL


Row = tuple[str, str, Callable[[Asked], bool], Callable[[Asked], set[str]], tuple[str, ...]]
TABLE: list[Row] = [
    # A: nothing cures these. A7 stands here because an administrator sees no figures of persons either.
    ("A1", "deny", lambda a: not a.actor.active or not a.actor.trained, nothing, LOG),
    ("A2", "deny", lambda a: a.actor.conflict or a.actor.blocked, nothing, LOG),
    ("A3", "deny", lambda a: a.case.erased or a.case.status == "erased", nothing, LOG),
    ("A4", "deny", lambda a: (a.kind == "consular" or a.role in ORIGIN)
        and (a.case.asylum is not False or "C10" in a.want), nothing, LOG),
    ("A7", "deny", lambda a: a.role in {"sysadmin", "administrator"}, nothing, LOG),
    # Z: figures alone were asked, also in bulk. A figure too small is nobody's, whoever signed.
    ("Z2", "deny", lambda a: a.figures and (a.r.cell is None or a.r.cell < 5), nothing, LOG),
    ("Z3", "deny", lambda a: a.figures and a.r.gbv_stats and not a.actor.signatory
        and a.actor.org not in SIGNATORIES, nothing, LOG),
    ("Z1", "share", lambda a: a.figures, lambda a: {"C0"}, LOG),
    # A: what a role may never see. An act nobody knows, or a question for nothing, is refused.
    ("A5", "deny", lambda a: a.role in FIGURES_ONLY, nothing, LOG),
    ("A6", "deny", lambda a: a.role == "employer" and not a.want <= {"C1", "C2", "C14"}, nothing, LOG),
    ("D0", "deny", lambda a: a.act not in KNOWN_ACTS, nothing, LOG),
    ("D0", "deny", lambda a: not a.want and not a.erases, nothing, LOG),
    ("A9", "share", lambda a: a.exports and a.officer and a.r.written_authorisation,
        lambda a: a.want - {"C7N"}, ("log", "encrypt", "notify_supervisor")),
    ("A8", "deny", lambda a: a.exports, nothing, LOG),
    # T: erasure, asked by the person, the guardian or the data officer of the owner.
    ("P3", "deny", lambda a: a.erases and a.role in GUARDIANS and (a.actor.excluded or a.decides_alone), nothing, LOG),
    ("P4", "escalate", lambda a: a.erases and a.role in GUARDIANS and (a.actor.child_objects
        or (a.case.age is None and a.case.capacity is not False)), nothing, ("bip_review",)),
    ("A8", "deny", lambda a: a.erases and a.role not in GUARDIANS | {"subject"} and not a.officer, nothing, LOG),
    ("T2", "escalate", lambda a: a.erases and a.case.legal_hold, nothing, ("restrict", "notify_dpo")),
    ("T1", "allow", lambda a: a.erases, nothing, ("erase_or_anonymise", "notify_recipients", "answer_person")),
    # P: the person; the guardian of a child, or of an adult who cannot decide, never sees C8 nor therapy notes.
    ("P1", "share", lambda a: a.role == "subject", lambda a: a.want - {"C7N"},
        ("verify_identity", "redact_third_parties", "log")),
    ("P3", "deny", lambda a: a.role in GUARDIANS and (a.actor.excluded or a.decides_alone), nothing, LOG),
    ("P4", "escalate", lambda a: a.role in GUARDIANS and (a.actor.child_objects
        or (a.case.age is None and a.case.capacity is not False)), nothing, ("bip_review",)),
    ("P2", "share", lambda a: a.role in GUARDIANS, lambda a: a.want - {"C7N", "C8"},
        ("verify_identity", "redact_third_parties", "log")),
    # O: the organisation that holds the file. The coordinator of any organisation knows the code of a case alone.
    ("O5", "deny", lambda a: a.role == "coordinator" and "C1" not in a.want, nothing, AUDITED),
    ("O5", "share", lambda a: a.role == "coordinator", lambda a: {"C1"}, AUDITED),
    ("O3", "deny", lambda a: a.inside and a.role in DATA_OFFICERS and "C1" not in a.want, nothing, AUDITED),
    ("O3", "share", lambda a: a.inside and a.role in DATA_OFFICERS, lambda a: {"C1"}, AUDITED),
    ("O2", "deny", lambda a: a.inside and not a.actor.assigned, nothing, LOG),
    # A service of the owner is a service: the minimum of its need. Other roles of the owner do not work on cases.
    ("O2", "deny", lambda a: a.inside and a.role in SERVICE_STAFF
        and not a.want & BY_SERVICE.get(a.r.purpose, set()), nothing, LOG),
    ("O1", "share", lambda a: a.inside and a.role in SERVICE_STAFF,
        lambda a: a.want & BY_SERVICE.get(a.r.purpose, set()), LOG),
    ("O2", "deny", lambda a: a.inside and a.role not in CASE_WORKERS, nothing, LOG),
    ("O4", "deny", lambda a: a.inside and a.want == {"C7N"}
        and a.role not in THERAPISTS and a.kind != "psychosocial", nothing, LOG),
    ("O4", "share", lambda a: a.inside and "C7N" in a.want
        and a.role not in THERAPISTS and a.kind != "psychosocial", lambda a: a.want - {"C7N"}, LOG),
    ("O1", "share", lambda a: a.inside, lambda a: a.want, LOG),
    # E: in the order E5, E3, E2, E6, E8, then E7, E4, E1.
    ("E5", "deny", lambda a: bool(a.e) and (a.e.ended or a.e.hours_since > 24), nothing, LOG),
    ("E3", "deny", lambda a: bool(a.e) and (not a.vital_minimum or a.role not in MAY_RECEIVE), nothing, LOG),
    ("E2", "deny", lambda a: bool(a.e) and a.e.refused and a.decides_alone and not a.e.risk_to_others, nothing, LOG),
    ("E6", "deny", lambda a: bool(a.e) and not a.e.reason.strip(), nothing, LOG),
    ("E8", "deny", lambda a: bool(a.e) and a.decides_alone and not a.e.cannot_ask and not a.e.refused,
        nothing, ("ask_consent_now",)),
    ("E7", "deny", lambda a: bool(a.e) and not a.want & a.vital_minimum, nothing, LOG),
    ("E4", "share", lambda a: bool(a.e) and not a.want <= a.vital_minimum, lambda a: a.want & a.vital_minimum, ()),
    ("E1", "share", lambda a: bool(a.e), lambda a: a.want, ()),
    # L: a court's order, a report on a child, anything else that is said to be the law.
    ("L3", "escalate", lambda a: bool(a.o) and a.o.type == "judicial"
        and (a.case.owner in UN_HELD or a.case.immune),
        nothing, ("legal_counsel",)),
    ("L6", "escalate", lambda a: bool(a.o) and a.o.type == "judicial" and not a.o.verified,
        nothing, ("verify_order",)),
    ("L7", "deny", lambda a: bool(a.o) and a.o.type == "judicial" and not a.want & a.scope, nothing, LOG),
    ("L1", "share", lambda a: bool(a.o) and a.o.type == "judicial", lambda a: a.want & a.scope, ("log", "notify_dpo")),
    ("L5", "escalate", lambda a: bool(a.o) and a.o.type == "child_report" and a.adult, nothing, ("notify_dpo",)),
    ("L2", "deny", lambda a: bool(a.o) and a.o.type == "child_report" and a.role != "authority"
        and a.kind not in {"child_protection", "justice"}, nothing, ("log", "tell_supervisor")),
    ("L7", "deny", lambda a: bool(a.o) and a.o.type == "child_report" and not a.want & CHILD_REPORT_MINIMUM,
        nothing, LOG),
    ("L4", "share", lambda a: bool(a.o) and a.o.type == "child_report", lambda a: a.want & CHILD_REPORT_MINIMUM,
        ("log", "notify_dpo")),
    ("L2", "deny", lambda a: bool(a.o), nothing, ("log", "tell_supervisor")),
    # X: the recipient wants to hand it on.
    ("X1", "deny", lambda a: bool(a.r.onward) and not may_forward(a), nothing, LOG),
    # S: S1 to S5, S14, S15, S8, S9, then who may consent, then the categories.
    ("S1", "deny", lambda a: a.state == "none", nothing, LOG),
    ("S2", "deny", lambda a: a.state == "withdrawn", nothing, LOG),
    ("S3", "deny", lambda a: a.state == "expired", nothing, LOG),
    ("S3", "deny", lambda a: a.consent.until is None or a.consent.until < a.today, nothing, LOG),
    ("S4", "deny", lambda a: a.actor.org not in a.consent.recipients, nothing, LOG),
    ("S5", "deny", lambda a: a.r.purpose not in a.consent.purposes, nothing, LOG),
    ("S14", "deny", lambda a: a.consent.coerced, nothing, LOG),
    ("S15", "deny", lambda a: a.state == "superseded" or not a.consent.version_ok, nothing, LOG),
    ("S8", "deny", lambda a: not a.consent.language_ok and not a.consent.interpreter, nothing, LOG),
    ("S9", "deny", lambda a: not signed_as_it_should(a), nothing, LOG),
    ("S10", "deny", lambda a: a.child and a.case.age not in range(6) and not a.consent.assent, nothing, LOG),
    ("S11", "deny", lambda a: a.child and not a.consent.guardian and not a.consent.bip_decision, nothing, LOG),
    ("S17", "deny", lambda a: a.adult and (a.consent.given_age is None or a.consent.given_age < 18), nothing, LOG),
    ("S13", "deny", lambda a: a.adult and a.case.capacity is not True and not a.consent.representative, nothing, LOG),
    ("S7", "deny", lambda a: not a.consented and bool(a.ticked), nothing, LOG),
    ("S6", "deny", lambda a: not a.consented, nothing, LOG),
    # M: M1, M4, M8, M2, M3, M5 for the purpose, M6, then the categories.
    ("M1", "deny", lambda a: not a.mou.exists, nothing, LOG),
    ("M4", "deny", lambda a: not a.mou.signed_both, nothing, LOG),
    ("M8", "deny", lambda a: a.mou.since is None or a.mou.since > a.today, nothing, LOG),
    ("M2", "deny", lambda a: a.mou.until is None or a.mou.until < a.today, nothing, LOG),
    ("M3", "deny", lambda a: a.mou.suspended, nothing, LOG),
    ("M5", "deny", lambda a: a.r.purpose not in a.mou.purposes, nothing, LOG),
    ("M6", "deny", lambda a: a.mou.cross_border and not a.mou.transfer_ok, nothing, LOG),
    ("M5", "deny", lambda a: not a.consented & a.covered, nothing, LOG),
    # F: where the referral stands, then what consent and agreement both leave.
    ("F2", "deny", lambda a: a.status in OVER, nothing, LOG),
    ("F1", "deny", lambda a: a.status not in OPEN_REFERRAL | ENDED, nothing, LOG),
    ("F3", "deny", lambda a: a.status in ENDED and (a.ended_days is None or a.ended_days > 30), nothing, LOG),
    ("F4", "deny", lambda a: not a.actor.assigned, nothing, LOG),
    ("D0", "deny", lambda a: a.role not in MAY_RECEIVE, nothing, LOG),
    ("X2", "share", lambda a: bool(a.r.onward), lambda a: a.consented & a.covered, LOG),
    ("F0", "share", lambda a: a.consented & a.covered == a.want, lambda a: a.want, LOG),
    ("F5", "share", lambda a: True, lambda a: a.consented & a.covered, LOG),
]  # fmt: skip


def answer(request: Request) -> Answer:
    """Return outcome, code, visible categories and obligations: the first row that applies decides."""
    asked = Asked(request)
    for code, does, applies, shows, duties in TABLE:
        if applies(asked):
            return _said(asked, code, does, shows(asked), duties)
    return "deny", "D0", NONE, LOG


def _said(asked: Asked, code: str, does: str, seen: set[str], duties: tuple[str, ...]) -> Answer:
    if does == "share":
        if not seen:
            return "deny", "D0", NONE, LOG
        whole = "allow" if seen == asked.want else "allow_redacted"
        return whole, code, frozenset(seen), vital_duties(asked) if code in {"E1", "E4"} else duties
    return {"escalate": "deny_escalate"}.get(does, does), code, NONE, duties
