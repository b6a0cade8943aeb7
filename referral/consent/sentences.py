"""The sharing decision in words: one sentence, three locks, what is withheld, and the lawful ways on.

Values of a message may hold dates and organisation codes; the page that shows them writes both in the reader's way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from referral.consent import grounds
from referral.consent.assumptions import DEFAULTS, Settings
from referral.consent.grounds import is_minor, unconsented, uncovered
from referral.consent.request import Request
from referral.consent.rules import Decision, Outcome
from sop.vocabulary import N_, Category, Message

DECISIONS: dict[str, str] = {
    "A1": N_("Not shared: this account is closed, or its holder has not signed the confidentiality undertaking."),
    "A2": N_("Not shared: this user is linked to the alleged perpetrator, or the person has blocked them."),
    "A3": N_("Nothing to show: this case was erased."),
    "A4": N_("Not shared: nothing about an asylum seeker goes to the authorities of the country of origin, ever."),
    "A5": N_("Not shared: this role sees figures only, never a person’s case."),
    "A6": N_("Not shared: an employer may only receive the case code, the identity and the skills."),
    "A7": N_("Not shared: a system administrator never sees the content of a case."),
    "A8": N_("Not allowed: only the data officer may export several cases, under a written authorisation."),
    "A9": N_("Allowed: the data officer exports under a written authorisation."),
    "Z1": N_("Allowed: these are figures without names, none of them small enough to recognise anyone."),
    "Z2": N_("Not shown: a figure under %(smallest)d could reveal someone."),
    "Z3": N_("Not shown: figures on violence go only to organisations that signed the information-sharing protocol."),
    "T1": N_("Erasure accepted: the personal data are erased and those who received them are told."),
    "T2": N_("Erasure suspended: a legal procedure requires the case to be kept; the data officer is asked."),
    "P1": N_("Allowed: it is the person’s own case, without what concerns other people."),
    "P2": N_("Allowed: the guardian may see the case, without what concerns other people."),
    "P3": N_("Not shared: this guardian was set aside by a decision, or the person is an adult who decides alone."),
    "P4": N_("Not shared yet: the young person’s own view comes first; a best-interests review must decide."),
    "O1": N_("Allowed: this person works on the case."),
    "O2": N_("Not shared: only those who work on this case may open it."),
    "O3": N_("The data officer sees the case code and the log, not the content."),
    "O4": N_("Therapy notes stay with the psychosocial staff of the organisation that wrote them."),
    "O5": N_("A coordinator sees the case code only."),
    "E1": N_("Allowed, a day at most: someone’s life is in danger; somebody else will review the access."),
    "E2": N_("Not shared: the person is able to decide, refused, and nobody else is in danger."),
    "E3": N_("Not shared: in an emergency, only health, police protection and child protection services may see data."),
    "E4": N_("Allowed in part, a day at most: someone’s life is in danger; only what this service needs is shown."),
    "E5": N_("Not shared: this emergency access has ended, or it was declared more than %(hours)d hours ago."),
    "E6": N_("Not shared: the reason for the emergency is missing."),
    "E7": N_("Not shared: nothing of what was asked is needed by this service in an emergency."),
    "E8": N_("Not shared yet: the person is able to answer; ask for their consent now."),
    "L1": N_("Allowed within the limits of the verified court order."),
    "L2": N_("Not shared: the law asks for a written court order; this request has none."),
    "L3": N_("Not shared yet: this organisation is protected by immunities; its legal counsel must answer."),
    "L4": N_("Allowed: the minimum needed to protect a child goes to the competent authority."),
    "L5": N_("Not shared yet: for an adult, the data officer must check whether the law really requires a report."),
    "L6": N_("Not shared yet: the court order must first be verified."),
    "L7": N_("Not shared: this goes beyond what the order or report may contain."),
    "X1": N_("Not shared: passing it on needs a new consent naming the third party, and agreements that allow it."),
    "X2": N_("Allowed: the person agreed to this onward sharing and the agreements allow it."),
    "S1": N_("Not shared: no consent is recorded for this."),
    "S2": N_("Not shared: the person withdrew their consent."),
    "S3": N_("Not shared: the consent is no longer valid."),
    "S4": N_("Not shared: the person did not agree to share with this organisation."),
    "S5": N_("Not shared: the person agreed to another purpose, not to this one."),
    "S6": N_("Not shared: the person did not agree to share any of this here."),
    "S7": N_("Not shared: this is sensitive, and the person did not tick it separately."),
    "S8": N_("Not shared: the consent was not explained in a language the person understands."),
    "S9": N_("Not shared: without a signature, the consent needs a witness."),
    "S10": N_("Not shared: the child’s own agreement is missing."),
    "S11": N_("Not shared: neither a guardian nor a best-interests decision supports the child’s consent."),
    "S13": N_("Not shared: the person cannot decide now, and no legal representative has agreed."),
    "S14": N_("Not shared: help was made to depend on this consent, so it is not free."),
    "S15": N_("Not shared: the consent form has changed since; the person must be asked again."),
    "S17": N_("Not shared: the consent was given as a child; now an adult, the person must be asked again."),
    "M1": N_("Not shared: there is no agreement in force with this organisation."),
    "M2": N_("Not shared: the agreement with this organisation has ended."),
    "M3": N_("Not shared: the agreement with this organisation is suspended."),
    "M4": N_("Not shared: the agreement is not yet signed by both organisations."),
    "M5": N_("Not shared: the agreement with this organisation does not cover this."),
    "M6": N_("Not shared: this organisation is abroad and the transfer is not authorised."),
    "M8": N_("Not shared: the agreement with this organisation is not yet in force."),
    "F0": N_("Allowed: the person agreed, the agreement covers it and the referral is open."),
    "F1": N_("Not shared: no referral to this service is open."),
    "F2": N_("Not shared: this referral was declined, withdrawn or has lapsed."),
    "F3": N_("Not shared: the service ended more than %(days)d days ago."),
    "F4": N_("Not shared: this person is not assigned to the referral."),
    "F5": N_("Allowed in part: only what the person agreed to and the agreement covers."),
    "D0": N_("Not shared: no rule allows it."),
}
"""One sentence for each code: the decision and why."""
SET_ASIDE = N_("Not shared: this guardian was set aside by a decision.")
GROWN = N_("Not shared: the person is an adult and decides alone.")
NO_ERASURE = N_("Not allowed: only the person, their guardian or the data officer may ask for erasure.")

WITHHELD: dict[str, str] = {
    "S6": N_("the person did not agree to share this"),
    "S7": N_("sensitive: not ticked separately by the person"),
    "M5": N_("not covered by the agreement"),
    "C7N": N_("therapy notes are never shared"),
    "C8": N_("only for clinical or gender-based violence staff"),
    "O": N_("only for those who work on the case"),
    "E": N_("not needed in this emergency"),
    "L": N_("outside the order or report"),
    "P": N_("not for this reader"),
    "needless": N_("not needed for this service"),
    "denied": N_("nothing is shared, see the reason above"),
}

ASK_AGAIN = N_("Ask the person again, freely: help does not depend on the answer.")
ASK_COORDINATION = N_("Ask the coordination about the agreement with this organisation.")
WAIT_FOR_AGREEMENT = N_("Wait until the agreement is in force; the coordination knows when.")
CODE_ONLY = N_("Refer by case code only and let the person speak for themselves.")
ACCOMPANY = N_("Accompany the person to the service, without handing over any data.")
OTHER_SERVICE = N_("Choose another service that fits.")
EMERGENCY = N_("If a life is in danger, use the emergency referral.")
BEST_INTERESTS = N_("Ask for a best-interests decision.")
CHILD_VIEW = N_("Ask the child in simple words, alone and in safety.")
INTERPRETER = N_("Ask again with an interpreter the person accepts.")
WITNESS = N_("Ask again with a witness the person chooses.")
REPRESENTATIVE = N_("Look for a legal representative, or wait until the person can decide.")
SUPERVISOR = N_("Ask the supervisor to assign the right person.")
UNDERTAKING = N_("Have the confidentiality undertaking signed and the account opened.")
OTHER_PERSON = N_("Have someone else at this service take the case.")
DATA_OFFICER = N_("Ask the data officer.")
WRITTEN_ORDER = N_("Ask for a written court order, then have it verified.")
VERIFY = N_("Have the order verified by somebody else: call the registry of the court at a number you already know.")
COUNSEL = N_("Pass the request to legal counsel, and hand nothing over meanwhile.")
NEW_REFERRAL = N_("Send a new referral if the need is still there.")
FEWER = N_("Ask for less: only what this service needs.")
FIGURES = N_("Look at the published statistics.")
REASON = N_("Write the reason for the emergency.")

CONSENT_WAYS = (ASK_AGAIN, CODE_ONLY, ACCOMPANY, EMERGENCY)
WAITING_WAYS = (WAIT_FOR_AGREEMENT, OTHER_SERVICE, CODE_ONLY, ACCOMPANY, EMERGENCY)
AGREEMENT_WAYS = (ASK_COORDINATION, OTHER_SERVICE, CODE_ONLY, ACCOMPANY, EMERGENCY)
WAYS: dict[str, tuple[str, ...]] = {
    "A1": (UNDERTAKING, OTHER_PERSON, OTHER_SERVICE, CODE_ONLY),
    "A2": (OTHER_PERSON, OTHER_SERVICE, DATA_OFFICER),
    "A3": (DATA_OFFICER,),
    "A4": (OTHER_SERVICE, DATA_OFFICER),
    "A5": (FIGURES,),
    "A6": (FEWER, ASK_AGAIN),
    "A7": (DATA_OFFICER,),
    "A8": (DATA_OFFICER,),
    "Z2": (FIGURES,),
    "Z3": (FIGURES, ASK_COORDINATION),
    "T2": (DATA_OFFICER,),
    "P3": (BEST_INTERESTS, DATA_OFFICER),
    "P4": (CHILD_VIEW, BEST_INTERESTS),
    "E2": (ASK_AGAIN, ACCOMPANY, OTHER_SERVICE),
    "E3": (OTHER_SERVICE, ASK_AGAIN),
    "E5": (ASK_AGAIN, EMERGENCY),
    "E6": (REASON,),
    "E7": (FEWER, ASK_AGAIN),
    "E8": (ASK_AGAIN,),
    "L2": (WRITTEN_ORDER, DATA_OFFICER),
    "L3": (COUNSEL,),
    "L6": (VERIFY,),
    "L7": (FEWER, DATA_OFFICER),
    "X1": (ASK_AGAIN, ASK_COORDINATION, ACCOMPANY),
    "M3": WAITING_WAYS,
    "M4": WAITING_WAYS,
    "M8": WAITING_WAYS,
    "S8": (INTERPRETER, CODE_ONLY, ACCOMPANY, EMERGENCY),
    "S9": (WITNESS, CODE_ONLY, ACCOMPANY, EMERGENCY),
    "S10": (CHILD_VIEW, BEST_INTERESTS, ACCOMPANY, EMERGENCY),
    "S11": (BEST_INTERESTS, CODE_ONLY, ACCOMPANY, EMERGENCY),
    "S13": (REPRESENTATIVE, ACCOMPANY, EMERGENCY),
    "F1": (NEW_REFERRAL,),
    "F2": (NEW_REFERRAL, OTHER_SERVICE),
    "F3": (NEW_REFERRAL, ASK_AGAIN),
    "F4": (SUPERVISOR,),
    "D0": (DATA_OFFICER,),
}
"""The lawful ways on after a denial; a code that is not here takes the ways of its step."""
STEP_WAYS: dict[str, tuple[str, ...]] = {
    "S": CONSENT_WAYS,
    "M": AGREEMENT_WAYS,
    "O": (SUPERVISOR,),
    "L": (DATA_OFFICER,),
}


DUTIES: dict[str, str] = {
    "log": N_("Every look at it is written down, and the person may see who looked."),
    "encrypt": N_("The export is encrypted."),
    "notify_supervisor": N_("The supervisor is told."),
    "tell_supervisor": N_("The supervisor is told."),
    "alert_supervisor": N_("The supervisor is alerted: a review is overdue."),
    "erase_or_anonymise": N_("The personal data are erased or made anonymous."),
    "notify_recipients": N_("Those who received the data are told."),
    "answer_person": N_("The person receives an answer."),
    "restrict": N_("The case is restricted until it is decided."),
    "notify_dpo": N_("The data officer is told."),
    "verify_identity": N_("The identity of the reader is checked first."),
    "redact_third_parties": N_("What concerns other people is left out."),
    "bip_review": N_("A best-interests review decides."),
    "metadata_only": N_("Only the log is shown, never the content."),
    "review_72h": N_("Somebody else reviews the access."),
    "notify_subject": N_("The person is told."),
    "expire_24h": N_("The access ends by itself, a day after it was opened at the latest."),
    "ask_consent_now": N_("The person is asked now."),
    "legal_counsel": N_("Legal counsel answers."),
    "verify_order": N_("The order is verified first."),
}
"""What must be done together with a decision, in words."""


class LockName(StrEnum):
    """The three locks of sharing."""

    CONSENT = "consent"
    AGREEMENT = "agreement"
    ROLE = "role"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return LOCK_LABELS[self]


LOCK_LABELS: dict[LockName, str] = {
    LockName.CONSENT: N_("Consent"),
    LockName.AGREEMENT: N_("Agreement"),
    LockName.ROLE: N_("Role"),
}


class LockState(StrEnum):
    """How one lock stands."""

    YES = "yes"
    NO = "no"
    NOT_NEEDED = "not_needed"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Lock:
    """One of the three locks: whether it opens, and its sentence."""

    name: LockName
    state: LockState
    sentence: Message


CONSENT_GIVEN = N_("The person agreed, until %(until)s.")
CHILD_CONSENT_GIVEN = N_("The child and those who answer for them agreed, until %(until)s.")
REPRESENTATIVE_GIVEN = N_("The legal representative agreed, until %(until)s.")
CONSENT_PARTIAL = N_("The person agreed to part of this, until %(until)s.")
AGREEMENT_IN_FORCE = N_("In force with %(org)s until %(until)s.")
AGREEMENT_PARTIAL = N_("In force with %(org)s until %(until)s; it covers part of this.")
ROLE_OPEN = N_("Assigned to this referral, confidentiality undertaking signed.")
ROLE_ALLOWED = N_("This reader may see it by right or by duty.")
NOT_NEEDED = N_("Not needed here.")
NOT_REACHED = N_("Not examined: the answer is no before this question.")

FREE_STEPS = ("A", "Z", "T", "P", "O", "E", "L")
"""Steps that allow or refuse without asking for consent or agreement."""
STILL_EXAMINED = frozenset({"A1", "A2", "A4", "A6", "E2", "E3", "E5", "E6", "E7", "E8"})
"""Refusals of those steps where consent and agreement are worth showing all the same."""


def explain(request: Request, decision: Decision, settings: Settings = DEFAULTS) -> Message:
    """Say the decision and why, in one sentence."""
    if decision.code == "A8" and request.action == "erase":
        return Message("A8", NO_ERASURE)
    if decision.code == "P3":
        return Message("P3", SET_ASIDE if request.actor.excluded else GROWN)
    if decision.code == "X2" and decision.removed:
        return Message("X2", DECISIONS["F5"])
    return sentence(decision.code, settings)


def sentence(code: str, settings: Settings = DEFAULTS) -> Message:
    """Say what a code means, without knowing the request.

    >>> str(sentence("Z2"))
    'Not shown: a figure under 5 could reveal someone.'
    """
    values: dict[str, Any] = {
        "Z2": {"smallest": settings.smallest_cell},
        "E5": {"hours": settings.emergency_hours},
        "F3": {"days": settings.days_readable_after_completion},
    }.get(code, {})
    return Message(code, DECISIONS[code], values)


def ways_on(decision: Decision) -> list[Message]:
    """List the lawful ways on after a denial; nothing after an allowance in full."""
    if decision.allowed:
        texts: tuple[str, ...] = (ASK_AGAIN,) if any(code.startswith("S") for _, code in decision.removed) else ()
        texts += (ASK_COORDINATION,) if any(code == "M5" for _, code in decision.removed) else ()
    else:
        return ways_after(decision.code)
    return [Message(f"way_{decision.code}", text) for text in texts]


def ways_after(code: str) -> list[Message]:
    """List the lawful ways on after a denial with this code; none after another code.

    >>> [str(way) for way in ways_after("L6")]
    ['Have the order verified by somebody else: call the registry of the court at a number you already know.']
    """
    texts = WAYS.get(code) or STEP_WAYS.get(code[0], ())
    return [Message(f"way_{code}", text) for text in texts]


def withheld(request: Request, decision: Decision, held: Iterable[Category] = ()) -> dict[Category, Message]:
    """Say for each asked category that does not cross why not; one `held` but not asked is not needed."""
    removed = dict(decision.removed)
    hidden = sorted((request.categories | set(held)) - set(decision.visible), key=lambda item: item.order)
    reasons = {category: _reason(category, request, decision, removed) for category in hidden}
    return {category: Message(f"withheld_{key}", WITHHELD[key]) for category, key in reasons.items()}


def _reason(category: Category, request: Request, decision: Decision, removed: dict[Category, str]) -> str:
    if category == Category.C7N:
        return "C7N"
    if category not in request.categories:
        return "needless"
    code = removed.get(category, "")
    if category == Category.C8 and code == "S6" and category in request.consent.categories:
        return "C8"
    if code:
        return code
    return decision.code[0] if decision.allowed and decision.code[0] in WITHHELD else "denied"


def locks(request: Request, decision: Decision, settings: Settings = DEFAULTS) -> tuple[Lock, Lock, Lock]:
    """Show the three locks, each examined by itself, so that nobody mends one to find the next one shut."""
    step = decision.code[0]
    if step in FREE_STEPS and decision.code not in STILL_EXAMINED:
        state = LockState.NOT_NEEDED if decision.allowed else LockState.NOT_REACHED
        sentence = Message(state.value, NOT_NEEDED if decision.allowed else NOT_REACHED)
        return (
            Lock(LockName.CONSENT, state, sentence),
            Lock(LockName.AGREEMENT, state, sentence),
            _role_lock(request, decision, settings),
        )
    return _consent_lock(request, settings), _agreement_lock(request, settings), _role_lock(request, decision, settings)


def _ground(table: grounds.Table, request: Request, settings: Settings) -> str | None:
    return next((code for code, applies in table if applies(request, settings)), None)


def _refusing(name: LockName, code: str, request: Request, settings: Settings) -> Lock:
    return Lock(name, LockState.NO, explain(request, Decision(Outcome.DENY, code), settings))


def _consent_lock(request: Request, settings: Settings) -> Lock:
    code = _ground(grounds.CONSENT, request, settings)
    if code is None and request.onward and not request.onward.new_consent:
        code = "X1"
    removed = unconsented(request, settings)
    if code is None and removed and len(removed) == len(request.categories):
        code = "S7" if "S7" in removed.values() else "S6"
    if code:
        return _refusing(LockName.CONSENT, code, request, settings)
    text = CONSENT_PARTIAL if removed else CONSENT_GIVEN
    if not removed and is_minor(request, settings):
        text = CHILD_CONSENT_GIVEN
    elif not removed and request.case.capacity is not True:
        text = REPRESENTATIVE_GIVEN
    return Lock(LockName.CONSENT, LockState.YES, Message("consent_given", text, {"until": request.consent.until}))


def _agreement_lock(request: Request, settings: Settings) -> Lock:
    code = _ground(grounds.AGREEMENT, request, settings)
    if code is None and request.onward and not (request.onward.third_agreement and request.agreement.onward):
        code = "X1"
    removed = uncovered(request)
    if code is None and removed and len(removed) == len(request.categories):
        code = "M5"
    if code:
        return _refusing(LockName.AGREEMENT, code, request, settings)
    values = {"org": request.actor.org, "until": request.agreement.until}
    text = AGREEMENT_PARTIAL if removed else AGREEMENT_IN_FORCE
    return Lock(LockName.AGREEMENT, LockState.YES, Message("agreement_in_force", text, values))


def _role_lock(request: Request, decision: Decision, settings: Settings) -> Lock:
    step = decision.code[0]
    if decision.allowed:
        text = ROLE_OPEN if step in "FX" else ROLE_ALLOWED
        return Lock(LockName.ROLE, LockState.YES, Message("role_open", text))
    if step in "SMX":
        code = _ground(grounds.REFERRAL, request, settings)
        if code is None:
            return Lock(LockName.ROLE, LockState.YES, Message("role_open", ROLE_OPEN))
        return _refusing(LockName.ROLE, code, request, settings)
    return _refusing(LockName.ROLE, decision.code, request, settings)
