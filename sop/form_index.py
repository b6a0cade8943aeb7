"""The forms of the procedure, one source: code, name, what each is for, who fills it in and what it belongs to.

The flowchart says which step uses which form (`F04_screening`); the drawing, the document and the pages take the names
from here. Some forms are shipped to be filled in (`library/<country>/forms/<name>.md`), some are texts that are read
aloud or handed out (`text/<code>_….md`), and some are recorded on the page of their step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sop.flowchart import Flowchart
from sop.vocabulary import N_

Translate = Callable[[str], str]


class Holder(StrEnum):
    """What a filled-in form belongs to."""

    OPENS = "opens"
    CASE = "case"
    REFERRAL = "referral"
    ALONE = "alone"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return HOLDER_LABELS[self]


HOLDER_LABELS: dict[Holder, str] = {
    Holder.OPENS: N_("opens a pre-file"),
    Holder.CASE: N_("belongs to a case"),
    Holder.REFERRAL: N_("belongs to a referral"),
    Holder.ALONE: N_("may stand alone, without a name"),
}


class Filler(StrEnum):
    """Who fills a form in."""

    FIRST_RESPONDER = "first_responder"
    CASE_MANAGER = "case_manager"
    CHILD_PROTECTION = "child_protection"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    PROVIDER = "provider"
    PERSON = "person"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return FILLER_LABELS[self]


FILLER_LABELS: dict[Filler, str] = {
    Filler.FIRST_RESPONDER: N_("whoever receives the person first"),
    Filler.CASE_MANAGER: N_("the case manager"),
    Filler.CHILD_PROTECTION: N_("the child-protection case manager"),
    Filler.SUPERVISOR: N_("the supervisor and the data officer"),
    Filler.COORDINATOR: N_("the regional or national focal point"),
    Filler.PROVIDER: N_("the receiving service"),
    Filler.PERSON: N_("the person, never the own case manager"),
}


@dataclass(frozen=True, slots=True)
class FormEntry:
    """One form of the procedure. `name` is its file in the library, empty when nothing is shipped to fill in.

    `companion_of`: codes of the forms at whose steps a form is used that no step names itself.
    """

    code: str
    label: str
    purpose: str
    filler: Filler
    holder: Holder = Holder.CASE
    name: str = ""
    is_text: bool = False
    companion_of: tuple[str, ...] = ()


ENTRIES: tuple[FormEntry, ...] = (
    FormEntry(
        "F01",
        N_("Information sheet and list of services"),
        N_("to say what help exists and what rights the person has"),
        Filler.FIRST_RESPONDER,
        Holder.ALONE,
        is_text=True,
    ),
    FormEntry(
        "F02",
        N_("Record of the vital emergency"),
        N_("to record why a life is in danger before data leave without consent"),
        Filler.FIRST_RESPONDER,
    ),
    FormEntry(
        "F03",
        N_("Review of the emergency access"),
        N_("to look afterwards at an access without consent"),
        Filler.SUPERVISOR,
    ),
    FormEntry(
        "F04",
        N_("Identification form"),
        N_("to say who the person is, what is urgent and what the person needs"),
        Filler.FIRST_RESPONDER,
        Holder.OPENS,
        "identification",
    ),
    FormEntry(
        "F04A",
        N_("Need for international protection"),
        N_("to note signs of fear of return, removal or statelessness, without an account"),
        Filler.FIRST_RESPONDER,
        name="asylum_screening",
        companion_of=("F04",),
    ),
    FormEntry(
        "F04T",
        N_("Indicators of trafficking"),
        N_("to bring together act, means, purpose and signs, to presume and protect"),
        Filler.CASE_MANAGER,
        name="trafficking_indicators",
        companion_of=("F04", "F10"),
    ),
    FormEntry(
        "F04W",
        N_("Difficulties in daily life"),
        N_("to ask six questions on disability and say what a service must arrange"),
        Filler.FIRST_RESPONDER,
        name="washington_group",
        companion_of=("F04", "F10"),
    ),
    FormEntry(
        "F05",
        N_("Record of the child protection basis"),
        N_("to record why child protection must be told"),
        Filler.CHILD_PROTECTION,
    ),
    FormEntry(
        "F06",
        N_("Best interests assessment"),
        N_("to weigh with the child which solution is best"),
        Filler.CHILD_PROTECTION,
        name="best_interests",
    ),
    FormEntry(
        "F07",
        N_("Child’s assent and guardian’s consent"),
        N_("to ask the child and the adult who decides with the child"),
        Filler.CHILD_PROTECTION,
        name="consent_child",
        is_text=True,
    ),
    FormEntry(
        "F08",
        N_("Consent of an adult to case work"),
        N_("to ask an adult whether case work may begin, for what and with whom"),
        Filler.CASE_MANAGER,
        name="consent_adult",
        is_text=True,
    ),
    FormEntry("F09", N_("Opening of the case"), N_("to open the case under a code"), Filler.CASE_MANAGER),
    FormEntry(
        "F10",
        N_("Assessment of the situation"),
        N_("to look at what weighs and what protects, at four levels"),
        Filler.CASE_MANAGER,
        name="vulnerability_assessment",
    ),
    FormEntry("F11", N_("Case plan"), N_("to set the goals with the person"), Filler.CASE_MANAGER),
    FormEntry(
        "F12",
        N_("Consent specific to police and justice"),
        N_("to ask separately, after time to think, about police and courts"),
        Filler.CASE_MANAGER,
        is_text=True,
    ),
    FormEntry(
        "F13",
        N_("Consent specific to asylum"),
        N_("to ask separately about the asylum authority and UNHCR"),
        Filler.CASE_MANAGER,
        is_text=True,
    ),
    FormEntry(
        "F14", N_("Report of a missing service"), N_("to say which service is missing where"), Filler.COORDINATOR
    ),
    FormEntry(
        "F15",
        N_("Consent to one provider"),
        N_("to ask about one service: which data, what for, until when"),
        Filler.CASE_MANAGER,
        name="consent_referral",
        is_text=True,
    ),
    FormEntry(
        "F16",
        N_("Referral form"),
        N_("to tell a service the minimum that it needs"),
        Filler.CASE_MANAGER,
        Holder.REFERRAL,
        "referral",
    ),
    FormEntry(
        "F17",
        N_("Feedback form of the provider"),
        N_("to say what the service decided and gave"),
        Filler.PROVIDER,
        Holder.REFERRAL,
        "feedback",
    ),
    FormEntry(
        "F18",
        N_("Follow-up form"),
        N_("to say how the person is and what the review concludes"),
        Filler.CASE_MANAGER,
        name="follow_up",
    ),
    FormEntry(
        "F19",
        N_("Closure of the case"),
        N_("to check with the person whether the case may be closed, and why"),
        Filler.CASE_MANAGER,
        name="closure",
    ),
    FormEntry(
        "F20",
        N_("Opinion on the help received"),
        N_("to take the person’s opinion, ideas and complaints"),
        Filler.PERSON,
        Holder.ALONE,
        "satisfaction",
    ),
    FormEntry("F21", N_("Withdrawal of consent"), N_("to stop sharing and tell the recipients"), Filler.CASE_MANAGER),
)
"""All forms of the national procedure, in the order of their codes."""

INDEX: Mapping[str, FormEntry] = {entry.code: entry for entry in ENTRIES}
BY_NAME: Mapping[str, FormEntry] = {entry.name: entry for entry in ENTRIES if entry.name}
"""The forms that are shipped to be filled in, by file name in the library."""


def code_of(name: str) -> str:
    """The code of a form by the name that a step or a file gives it; a form of one's own keeps its name.

    >>> code_of("F04_screening"), code_of("closure"), code_of("our_own")
    ('F04', 'F19', 'our_own')
    """
    code = name.partition("_")[0]
    if code in INDEX:
        return code
    return BY_NAME[name].code if name in BY_NAME else name


def form_title(name: str, translate: Translate) -> str:
    """Code and name of a form.

    >>> form_title("F04_screening", str), form_title("F99_our_own", str)
    ('F04 Identification form', 'F99 our own')
    """
    code, _, slug = name.partition("_")
    words = translate(INDEX[code].label) if code in INDEX else slug.replace("_", " ")
    return f"{code} {words}".strip()


def steps_using(flowchart: Flowchart) -> dict[str, tuple[str, ...]]:
    """By code: the steps at which a form is used, also as the companion of another."""
    used: dict[str, list[str]] = {}
    for step in flowchart.steps.values():
        for code in _with_companions(name.partition("_")[0] for name in step.forms):
            used.setdefault(code, []).append(step.id)
    return {code: tuple(used[code]) for code in sorted(used)}


def _with_companions(codes: Iterable[str]) -> list[str]:
    named = list(dict.fromkeys(codes))
    return named + [entry.code for entry in ENTRIES if set(entry.companion_of) & set(named)]
