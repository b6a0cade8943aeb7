"""What is asked when a step is recorded: questions for the procedure's facts, and fields for what is written down.

Codes go to the procedure (`FACTS`); words are sealed as category C5 (`STEP_FIELDS`). A step without an entry here still
gets the questions of the facts that it finds out, and a field for a note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sop.flowchart import Flowchart
from sop.guards import FieldKind
from sop.track import ATTEMPTS, REMINDERS
from sop.vocabulary import N_, NEED_LABELS, PRIORITY_LABELS

MAX_NOTE = 4_000
YES, NO = "yes", "no"
YES_NO: dict[str, str] = {YES: N_("Yes"), NO: N_("No")}
COUNTERS = frozenset({ATTEMPTS, REMINDERS})
"""Facts that the engine keeps itself; nobody is asked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question for a fact of the flowchart and the words for its values."""

    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""


FACTS: dict[str, Asked] = {
    "immediate_danger": Asked(N_("Is the person in immediate danger?"), YES_NO),
    "age_band": Asked(
        N_("How old is the person?"),
        {
            "minor": N_("Under 18"),
            "doubtful": N_("Not certain: treated as under 18"),
            "adult": N_("18 or older"),
        },
    ),
    "base_consent": Asked(
        N_("Does the person agree to case work and to a file being kept?"),
        {
            "given": N_("Yes"),
            "partial": N_("Yes, in part"),
            "refused": N_("No"),
        },
    ),
    "urgent": Asked(N_("Is there a need that cannot wait for the plan?"), YES_NO),
    "priority": Asked(
        N_("Priority of the case"), {priority.value: label for priority, label in PRIORITY_LABELS.items()}
    ),
    "nationality": Asked(
        N_("Nationality"),
        {
            "cmr": N_("Cameroonian"),
            "foreign": N_("Another nationality"),
            "stateless_unknown": N_("Stateless or not known"),
        },
    ),
    "needs": Asked(
        N_("Needs confirmed with the person"),
        {need.value: label for need, label in NEED_LABELS.items()},
        N_("A need that is already open stays open; it is closed from its own pathway."),
    ),
    "provider_found": Asked(N_("Is there a service that fits?"), YES_NO),
    "gap_solved": Asked(
        N_("Was a solution found with the focal points?"),
        YES_NO,
        N_("If not, help goes on without passing on data, and the gap is counted."),
    ),
    "choice": Asked(
        N_("What does the person choose?"),
        {
            "consent": N_("This service, and agrees to the sharing"),
            "other_provider": N_("Another service"),
            "stop": N_("No service for this need"),
        },
    ),
    "share_gate": Asked(
        N_("Result of the automatic check"),
        {
            "allow": N_("Sending allowed"),
            "deny_consent": N_("Consent to be asked again"),
            "deny_agreement": N_("No valid agreement"),
        },
    ),
    "response": Asked(
        N_("What did the provider answer?"),
        {
            "accepted": N_("Accepted"),
            "declined": N_("Declined"),
            "timeout": N_("No answer within the time allowed"),
        },
    ),
    "service_result": Asked(
        N_("According to the person, was the service received?"),
        {
            "complete": N_("Yes, entirely"),
            "partial": N_("In part"),
            "none": N_("No"),
        },
    ),
    "review": Asked(
        N_("What does the review conclude?"),
        {
            "ongoing": N_("Follow-up goes on"),
            "new_need": N_("A new need has appeared"),
            "closable": N_("The case can be closed"),
            "left": N_("The person was transferred, has left or has died"),
            "lost": N_("Contact is lost"),
        },
    ),
    "withdrawal": Asked(
        N_("What does the person withdraw?"),
        {
            "total": N_("All consent"),
            "partial": N_("A part: consent is asked again"),
        },
    ),
}


@dataclass(frozen=True, slots=True)
class StepField:
    """A field beside the facts. `kind`: words (sealed), choice or tick (codes); `when`: only with (field, value)."""

    name: str
    label: str
    kind: str = "words"
    hint: str = ""
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    when: tuple[str, str] | None = None


NOTE = StepField(
    "note", N_("Note for the file"), hint=N_("Sealed; read only by the case team. No more than is useful.")
)
STEP_FIELDS: dict[str, tuple[StepField, ...]] = {
    "N07": (
        StepField(
            "assessment_individual",
            N_("The person"),
            required=True,
            hint=N_("Safety, strengths, what the person wants. Health and violence have their own place."),
        ),
        StepField(
            "assessment_household", N_("The household"), hint=N_("Family, people who depend on the person, housing.")
        ),
        StepField(
            "assessment_community", N_("The community"), hint=N_("Support, risks, stigma where the person lives.")
        ),
        StepField(
            "assessment_structural", N_("The wider situation"), hint=N_("Papers, access to services, work, school.")
        ),
    ),
    "N08": (
        StepField("plan_agreed", N_("The plan was made with the person, who agrees with it"), "tick", required=True),
    ),
    "N09": (
        StepField("note", N_("How are things going?"), required=True, hint=NOTE.hint),
        StepField(
            "departure",
            N_("What happened?"),
            "choice",
            required=True,
            when=("review", "left"),
            choices={"left": N_("Transferred or gone"), "died": N_("Deceased")},
        ),
        StepField(
            "proof",
            N_("The receiving organisation’s written acceptance, or the proof, is in the file"),
            "tick",
            required=True,
            when=("review", "left"),
        ),
        StepField(
            "three_attempts",
            N_("Three safe attempts, by different channels, over 90 days, are in the file"),
            "tick",
            required=True,
            when=("review", "lost"),
        ),
    ),
    "R02": (StepField("note", N_("What was looked for, and where?"), required=True, hint=NOTE.hint),),
    "R03": (StepField("note", N_("How is the person helped meanwhile?"), required=True, hint=NOTE.hint),),
    "R04": (
        StepField(
            "channel",
            N_("How did you remind the provider?"),
            "choice",
            required=True,
            choices={
                "phone": N_("By telephone"),
                "message": N_("By message, with the case code only"),
                "visit": N_("On the spot"),
            },
        ),
        StepField("supervisor_told", N_("My supervisor knows"), "tick", required=True),
        NOTE,
    ),
    "L01": (
        StepField("note", N_("Danger, witness, and whether the person could be asked"), required=True, hint=NOTE.hint),
    ),
    "N04": (
        StepField("note", N_("Best interests: what was weighed, and the decision"), required=True, hint=NOTE.hint),
    ),
}
"""Step -> what is written down there, in order. N08 also asks a goal for each need, N10 the closure criteria."""

STEP_CHOICES: dict[tuple[str, str], tuple[str, ...]] = {("W01", "response"): ("timeout",)}
"""Values that may be recorded by hand where the others come from somebody else: only a provider accepts or declines."""

C5_FIELDS = frozenset(
    field.name for fields in STEP_FIELDS.values() for field in fields if field.name.startswith("assessment_")
)
"""Words that are kept as the present state of the file (category C5), not as a dated note."""
GOAL = "goal_"


def fields_of(step: str) -> tuple[StepField, ...]:
    """What is written down at a step beside its facts.

    >>> [field.name for field in fields_of("R04")], [field.name for field in fields_of("N06")]
    (['channel', 'supervisor_told', 'note'], ['note'])
    """
    return STEP_FIELDS.get(step, (NOTE,))


def facts_asked(flowchart: Flowchart, step: str, missing: tuple[str, ...]) -> tuple[str, ...]:
    """The facts that recording this step asks for: what it finds out anew, and what is still missing.

    >>> from pathlib import Path; import sop; from sop import yaml_io
    >>> chart = yaml_io.load(Path(sop.__file__).parent / "library" / "cameroon" / "flowchart.yaml")
    >>> facts_asked(chart, "N07", ()), facts_asked(chart, "R04", ()), facts_asked(chart, "D13", ("age_band",))
    (('needs',), (), ('age_band',))
    """
    wanted = {*flowchart.steps[step].sets, *missing} - COUNTERS
    return tuple(name for name in flowchart.fields if name in wanted)


def choices_of(flowchart: Flowchart, step: str, fact: str) -> list[tuple[str, str]]:
    """Value and label of each answer to a fact's question at this step."""
    allowed = STEP_CHOICES.get((step, fact))
    declared = flowchart.fields[fact]
    values = (YES, NO) if declared.kind is FieldKind.BOOL else declared.values
    words = FACTS[fact].choices if fact in FACTS else {}
    return [(value, words.get(value, value)) for value in values if allowed is None or value in allowed]
