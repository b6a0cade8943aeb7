"""A second, slow decision table, written row by row from the research text and not from the rules of the product.

Each step is a list of (code, whether it applies, outcome, visible categories, obligations) read from top to bottom.
"""

from __future__ import annotations

from datetime import timedelta

from referral.consent.request import Request

SENSITIVE = {"C6", "C7", "C7N", "C8", "C9", "C10", "C11", "C13", "C15"}
EMERGENCY_MINIMUM = {
    "health": {"C1", "C2", "C6", "C7"},
    "protective_police": {"C1", "C2", "C12"},
    "child_protection": {"C1", "C2", "C3", "C12", "C13"},
}
CHILD_REPORT_MINIMUM = {"C1", "C2", "C3", "C12", "C13"}
UN_HELD = {"IOM", "UNHCR", "UNICEF"}
VITAL = ("log", "notify_dpo", "review_72h", "notify_subject", "expire_24h")
NONE = frozenset()

Answer = tuple[str, str, frozenset[str], tuple[str, ...]]


def answer(r: Request) -> Answer:
    """Return outcome, code, visible categories and obligations: the first step that says something decides."""
    for step in (absolute, statistics, role_limits, rights, person, own, vital, law, onward, consent, agreement, life):
        said = step(r)
        if said is not None:
            return said
    return deny("D0")


def deny(code: str, *obligations: str) -> Answer:
    return "deny", code, NONE, obligations or ("log",)


def escalate(code: str, *obligations: str) -> Answer:
    return "deny_escalate", code, NONE, obligations


def shown(code: str, asked: set[str], seen: set[str], *obligations: str) -> Answer:
    return "allow" if seen == asked else "allow_redacted", code, frozenset(seen), obligations or ("log",)


def wanted(r: Request) -> set[str]:
    return {str(item) for item in r.categories}


def minor(r: Request) -> bool:
    return r.case.age is None or r.case.age < 18


def absolute(r: Request) -> Answer | None:
    """A1 to A4 and A7: nothing cures them."""
    if not r.actor.active or not r.actor.trained:
        return deny("A1")
    if r.actor.conflict or r.actor.blocked:
        return deny("A2")
    if r.case.erased:
        return deny("A3")
    if (r.actor.kind == "consular" or r.actor.role == "origin_authority") and (
        r.case.asylum is not False or "C10" in wanted(r)
    ):
        return deny("A4")
    return deny("A7") if r.actor.role == "sysadmin" else None


def statistics(r: Request) -> Answer | None:
    """Z: only C0 was asked."""
    if wanted(r) != {"C0"} or r.action != "view":
        return None
    if r.gbv_stats and not r.actor.signatory:
        return deny("Z3")
    if r.cell is None or r.cell < 5:
        return deny("Z2")
    return shown("Z1", {"C0"}, {"C0"})


def role_limits(r: Request) -> Answer | None:
    """A5, A6, A8 and A9."""
    if r.actor.role in {"donor", "steering", "m_and_e", "media"}:
        return deny("A5")
    if r.actor.role == "employer" and not wanted(r) <= {"C1", "C2", "C14"}:
        return deny("A6")
    if r.action == "bulk_export":
        if r.actor.role == "dpo" and r.actor.org == r.case.owner and r.written_authorisation:
            return shown("A9", wanted(r), wanted(r), "log", "encrypt", "notify_supervisor")
        return deny("A8")
    return None


def rights(r: Request) -> Answer | None:
    """T: erasure, asked by the subject, the guardian or the data officer."""
    if r.action != "erase":
        return None
    if r.actor.role == "guardian" and (r.actor.excluded or not minor(r)):
        return deny("P3")
    if r.actor.role not in {"subject", "guardian", "dpo"}:
        return deny("A8")
    if r.case.legal_hold:
        return escalate("T2", "restrict", "notify_dpo")
    return "allow", "T1", NONE, ("erase_or_anonymise", "notify_recipients", "answer_person")


def person(r: Request) -> Answer | None:
    """P: the person and the guardian; an adolescent who objects, or whose age is unknown, is reviewed."""
    if r.action != "view" or not wanted(r):
        return None
    if r.actor.role == "subject":
        return shown("P1", wanted(r), wanted(r) - {"C7N"}, "verify_identity", "redact_third_parties", "log")
    if r.actor.role != "guardian":
        return None
    if r.actor.excluded or not minor(r):
        return deny("P3")
    if r.actor.child_objects or r.case.age is None:
        return escalate("P4", "bip_review")
    return shown("P2", wanted(r), wanted(r) - {"C7N"})


def own(r: Request) -> Answer | None:
    """O: the organisation that holds the file."""
    if r.action != "view" or r.actor.org != r.case.owner:
        return None
    if r.actor.role == "dpo":
        return shown("O3", wanted(r), {"C1"}, "log", "metadata_only") if "C1" in wanted(r) else deny("O3")
    if not r.actor.assigned:
        return deny("O2")
    if "C7N" in wanted(r) and r.actor.role != "psychosocial":
        left = wanted(r) - {"C7N"}
        return shown("O4", wanted(r), left) if left else deny("O4")
    return shown("O1", wanted(r), wanted(r))


def vital(r: Request) -> Answer | None:
    """E, in the order E5, E3, E2, E6, E8, then E7, E4, E1."""
    e = r.emergency
    if e is None:
        return None
    # Only a person known to lack capacity, a minor, or one who cannot be reached is not asked first.
    capable = not minor(r) and r.case.capacity is not False
    if e.hours_since > 24:
        return deny("E5")
    if r.actor.kind not in EMERGENCY_MINIMUM:
        return deny("E3")
    if e.refused and capable and not e.risk_to_others:
        return deny("E2")
    if not e.reason.strip():
        return deny("E6")
    if capable and not e.cannot_ask and not e.refused:
        return deny("E8", "ask_consent_now")
    left = wanted(r) & EMERGENCY_MINIMUM[r.actor.kind]
    if not left:
        return deny("E7")
    duties = (*VITAL, "alert_supervisor") if e.overdue_review else VITAL
    return shown("E1" if left == wanted(r) else "E4", wanted(r), left, *duties)


def law(r: Request) -> Answer | None:
    """L: an order, a child-protection report, or an informal request."""
    o = r.order
    if o is None:
        return None
    if o.type == "child_report":
        if not minor(r):
            return escalate("L5", "notify_dpo")
        if r.actor.role != "authority":
            return deny("L2", "log", "tell_supervisor")
        left = wanted(r) & CHILD_REPORT_MINIMUM
        return shown("L4", wanted(r), left) if left else deny("L7")
    if o.type != "judicial":
        return deny("L2", "log", "tell_supervisor")
    if r.case.owner in UN_HELD:
        return escalate("L3", "legal_counsel")
    if not o.verified:
        return escalate("L6", "verify_order")
    left = (wanted(r) & {str(item) for item in o.scope}) - {"C7N"}
    return shown("L1", wanted(r), left) if left else deny("L7")


def onward(r: Request) -> Answer | None:
    """X1; X2 is what is left when consent, agreement and referral are in order too."""
    o = r.onward
    return deny("X1") if o and not (o.new_consent and o.third_agreement and r.agreement.onward) else None


def consented(r: Request) -> set[str]:
    """What was asked and ticked, explicit where sensitive; GBV for health or case workers only, no therapy notes."""
    c = r.consent
    ticked = wanted(r) & {str(item) for item in c.categories}
    return {item for item in ticked if item not in SENSITIVE or item in {str(one) for one in c.explicit}} - {"C7N"}


def consent(r: Request) -> Answer | None:
    """S: S1 to S5, S14, S15, S8, S9, then who may consent, then the categories."""
    c = r.consent
    young = minor(r)
    ticked = wanted(r) & {str(item) for item in c.categories}
    for code, applies in (
        ("S1", c.state not in {"active", "given", "withdrawn", "superseded", "expired"}),
        ("S2", c.state == "withdrawn"),
        ("S3", c.state != "superseded" and (c.until is None or c.until < r.today)),
        ("S4", r.actor.org not in c.recipients),
        ("S5", r.purpose not in c.purposes),
        ("S14", c.coerced),
        ("S15", not c.version_ok or c.state == "superseded"),
        ("S8", not c.language_ok and not c.interpreter),
        ("S9", c.mark not in {"signature", "thumbprint", "oral"} or (c.mark != "signature" and not c.witness)),
        ("S10", young and (r.case.age is None or r.case.age >= 6) and not c.assent),
        ("S11", young and not c.guardian and not c.bip_decision),
        ("S17", not young and (c.given_age is None or c.given_age < 18)),
        ("S13", not young and r.case.capacity is not True and not c.representative),
        ("S7", bool(ticked) and not consented(r) and bool((ticked & SENSITIVE) - {str(one) for one in c.explicit})),
        ("S6", not consented(r)),
    ):
        if applies:
            return deny(code)
    return None


def agreement(r: Request) -> Answer | None:
    """M: M1, M4, M8, M2, M3, M5 (purpose), M6, then categories."""
    a = r.agreement
    for code, applies in (
        ("M1", not a.exists),
        ("M4", not a.signed_both),
        ("M8", a.since is None or a.since > r.today),
        ("M2", a.until is None or a.until < r.today),
        ("M3", a.suspended),
        ("M5", r.purpose not in a.purposes),
        ("M6", a.cross_border and not a.transfer_ok),
        ("M5", not consented(r) & {str(item) for item in a.categories}),
    ):
        if applies:
            return deny(code)
    return None


def life(r: Request) -> Answer | None:
    """F: where the referral stands, then what consent and agreement both leave."""
    f = r.referral
    if f.status in {"declined", "revoked"}:
        return deny("F2")
    if f.status == "completed":
        done = f.completed_on
        if done is None or done > r.today or r.today - done > timedelta(days=30):
            return deny("F3")
    elif f.status != "sent":
        return deny("F1")
    if not r.actor.assigned:
        return deny("F4")
    left = consented(r) & {str(item) for item in r.agreement.categories}
    code = "X2" if r.onward else "F0" if left == wanted(r) else "F5"
    return shown(code, wanted(r), left)
