"""The register of processing, and the questions of the impact assessment; the country completes both with counsel."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from referral.periods import Periods
from sop.vocabulary import N_, Category, Message


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of the register of processing; texts are message ids, `kept` one with periods in it."""

    code: str
    name: str
    purpose: str
    basis: str
    persons: str
    categories: tuple[Category, ...]
    recipients: str
    kept: str

    def kept_for(self, periods: Periods) -> Message:
        """How long its data are kept, with the periods of the installation."""
        return Message(self.code, self.kept, {name: getattr(periods, name) for name in KEPT_BY})


KEPT_BY: Final = ("adult_years", "child_until", "child_years", "payment_years", "request_years")
ADULT: Final = N_(
    "%(adult_years)d years after the case is closed; children until %(child_until)d and %(child_years)d years more; "
    "payments %(payment_years)d years"
)
REGISTER: Final[tuple[Activity, ...]] = (
    Activity(
        "T1", N_("Identification and first help"), N_("find out what a person needs and who must help first"),
        N_("consent; vital interests where life is in danger"), N_("migrants who return, pass through or are stranded"),
        (Category.C1, Category.C2, Category.C3, Category.C4, Category.C6, Category.C9, Category.C11),
        N_("the organisation that takes over the case"), N_("until base consent; a refusal erases at once"),
    ),
    Activity(
        "T2", N_("Case management"), N_("follow the national procedure until the person’s goals are met"),
        N_("consent"), N_("people with an open case and their relatives"),
        tuple(one for one in Category if one not in (Category.C0, Category.C7N)),
        N_("case manager and supervisor of the organisation that holds the case"), ADULT,
    ),
    Activity(
        "T3", N_("Referral to services"), N_("let a service help with one need"),
        N_("consent to this recipient and purpose, and an agreement"), N_("people who are referred"),
        (Category.C1, Category.C2, Category.C3, Category.C6, Category.C7, Category.C12, Category.C14),
        N_("the service chosen with the person, the minimum of its need"), ADULT,
    ),
    Activity(
        "T4", N_("Emergency access"), N_("save a life"), N_("vital interests"),
        N_("people in danger who cannot be asked"),
        (Category.C1, Category.C2, Category.C6, Category.C7, Category.C12),
        N_("emergency services, the minimum of their kind"), N_("the access is kept 5 years in the audit trail"),
    ),
    Activity(
        "T5", N_("Family tracing"), N_("bring separated families together"), N_("consent"),
        N_("people who look for somebody, and those looked for"), (Category.C1, Category.C2, Category.C3),
        N_("tracing services"), ADULT,
    ),
    Activity(
        "T6", N_("Directory of services"), N_("find the right service"), N_("legitimate interest"),
        N_("contact persons of services"), (), N_("everybody who signs in; the public for open services"),
        N_("as long as the service exists; history kept"),
    ),
    Activity(
        "T7", N_("Statistics"), N_("steer the mechanism"), N_("public interest; no personal data leave"),
        N_("nobody in particular: counts with small numbers hidden"), (Category.C0,),
        N_("steering committee, coordination"), N_("without limit"),
    ),
    Activity(
        "T8", N_("Accounts and audit trail"), N_("prove who saw what and why"), N_("legal obligation"),
        N_("staff with an account"), (), N_("data officer"), N_("5 years"),
    ),
    Activity(
        "T9", N_("Requests of authorities"), N_("answer within the law, and show what was refused"),
        N_("legal obligation"), N_("people about whom an authority asks, known or not"), (Category.C1, Category.C2),
        N_("nobody, unless a court order that was verified names it"),
        N_("with the case; what is about no case %(request_years)d years, then reviewed"),
    ),
)  # fmt: skip
"""The register of processing of the mechanism; the country completes it with counsel."""

DPIA: Final[tuple[tuple[str, str], ...]] = (
    ("purpose", N_("Is each purpose written down, and is nothing collected that no purpose needs?")),
    (
        "basis",
        N_("Has each sensitive category a lawful basis, and an authorisation where the law asks for one?"),
    ),
    ("consent", N_("Is consent free: is help the same for those who refuse?")),
    ("children", N_("Do children have a say, a guardian or a decision in their best interests?")),
    ("access", N_("Does everybody see only what their task needs, with a second factor?")),
    ("partners", N_("Is every partner bound by an agreement in force, with security measures that were checked?")),
    ("abroad", N_("Where do the servers and backups stand, and is every transfer abroad authorised?")),
    ("keys", N_("Are keys kept apart from the database and its backups, and was a restore tried?")),
    ("rights", N_("Can a person see, correct and erase their file within the set time?")),
    ("retention", N_("Is what is no longer needed erased after a review?")),
    ("breach", N_("Does everybody know whom to tell about a loss, and was it rehearsed?")),
    ("harm", N_("Who could be hurt if this leaked (traffickers, state of origin, family), and what lowers that risk?")),
    ("people", N_("Were people concerned, or those who speak for them, asked for their view?")),
)
"""Questions of the impact assessment, by code."""


class DpiaAnswer(StrEnum):
    """How a question of the assessment stands."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return {DpiaAnswer.YES: N_("yes"), DpiaAnswer.PARTLY: N_("in part"), DpiaAnswer.NO: N_("no")}[self]
