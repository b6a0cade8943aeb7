"""The wizard: words become proposals, people confirm or change them, and the rules stay those of every flowchart."""

from __future__ import annotations

import doctest
import importlib
from datetime import timedelta

import pytest

from sop.bpmn.ladder import Level, bring_in
from sop.bpmn.meaning import apply, questions
from sop.bpmn.reading import read
from sop.bpmn.words import answer, hinted
from sop.flowchart import StepKind
from sop.guards import FieldKind
from sop.vocabulary import Priority
from sop.xml_gate import Unimportable
from tests.sop.bpmn_texts import REFERRAL, bpmn, flow

DRAWING = read(bpmn(REFERRAL))


def test_each_question_has_a_proposal_where_the_words_give_one() -> None:
    proposed = {one.id: one.proposed for one in questions(DRAWING)}
    assert proposed == {
        "language:drawing": "fr",
        "actor:p": "Acteurs",
        "kind:s": "start",
        "kind:c": "consent",
        "grants:c": "case",
        "deadline:c": "",
        "kind:g": "decision",
        "kind:x": "share",
        "requires:x": "case",
        "deadline:x": "",
        "kind:e": "end",
        "kind:n": "end",
        "answer:f3": "yes",
        "answer:f4": "no",
    }
    assert {one.id for one in questions(DRAWING) if not one.is_required} == {"deadline:c", "deadline:x"}


def test_the_proposals_give_a_flowchart_that_can_be_checked() -> None:
    chart = apply(DRAWING)
    assert [(step.id, step.kind) for step in chart.steps.values()] == [
        ("s", StepKind.START),
        ("c", StepKind.CONSENT),
        ("g", StepKind.DECISION),
        ("x", StepKind.SHARE),
        ("e", StepKind.END),
        ("n", StepKind.END),
    ]
    assert (chart.steps["c"].grants, chart.steps["x"].requires) == (("case",), ("case",))
    assert chart.fields["consentement"].kind is FieldKind.BOOL
    assert [one.condition for one in chart.outgoing("g")] == ["consentement", "not consentement"]
    assert bring_in([("f", bpmn(REFERRAL))]).level is Level.VALID


def test_answers_replace_the_proposals_and_may_raise_new_questions() -> None:
    answers = {"kind:c": "task", "actor:p": "Gestionnaire", "deadline:x": "PT4H", "requires:x": "case, vital case"}
    assert "grants:c" not in {one.id for one in questions(DRAWING, answers)}
    assert "need:x" in {one.id for one in questions(DRAWING, {"kind:x": "pathway"})}
    chart = apply(DRAWING, answers)
    assert chart.steps["c"].kind is StepKind.TASK
    assert chart.lanes == {"GESTIONNAIRE": {"fr": "Gestionnaire"}}
    assert chart.steps["x"].due(Priority.LOW) == timedelta(hours=4)
    assert chart.steps["x"].requires == ("case", "vital")


def test_a_share_that_no_consent_precedes_is_not_valid() -> None:
    found = bring_in([("f", bpmn(REFERRAL))], {"kind:c": "task"})
    assert found.level is Level.MEANING
    assert "SHARE_WITHOUT_LEGAL_BASIS" in {one.code for one in found.findings}


@pytest.mark.parametrize(
    "answers",
    [
        {"kind:c": "consentement"},
        {"deadline:x": "bientôt"},
        {"language:drawing": "de"},
        {"answer:f3": "?"},
        {"actor:p": ""},
        {"kind:c": ""},
    ],
)
def test_an_answer_that_cannot_be_is_refused_in_words(answers: dict[str, str]) -> None:
    with pytest.raises(Unimportable, match="is not an answer to the question"):
        apply(DRAWING, answers)
    with pytest.raises(Unimportable, match="is not an answer to the question"):
        bring_in([("f", bpmn(REFERRAL))], answers)


def ways(*labels: str, gateway: str = "exclusiveGateway", attributes: str = "") -> bytes:
    """A gateway with an arrow for each label."""
    ends = "".join(
        f'<endEvent id="e{n}" name="Fin {n}"/>' + flow(f"f{n}", "g", f"e{n}", label) for n, label in enumerate(labels)
    )
    return bpmn(f'<startEvent id="s"/><{gateway} id="g" name="Réponse ?" {attributes}/>' + flow("f", "s", "g") + ends)


@pytest.mark.parametrize(
    ("labels", "conditions"),
    [
        (("oui", "non"), ["reponse", "not reponse"]),
        (("NO", "Yes"), ["not reponse", "reponse"]),
        (("oui", ""), ["reponse", "else"]),
        (("accepté", "refusé"), ["reponse == accepted", "reponse == refused"]),
        (("Accepté", "Décliné 3 fois", "sinon"), ["reponse == accepted", "reponse == decline_3_fois", "else"]),
        (("in", "or"), ["reponse == in_", "reponse == or_"]),
    ],
)
def test_labels_become_conditions(labels: tuple[str, ...], conditions: list[str]) -> None:
    found = bring_in([("f", ways(*labels))])
    assert found.flowchart is not None
    assert [one.condition for one in found.flowchart.outgoing("g")] == conditions
    assert found.level is Level.VALID, [str(one.message) for one in found.findings]


def test_arrows_that_say_nothing_or_the_same_are_left_to_a_person() -> None:
    for labels in (("", ""), ("oui", "Oui"), ("oui", "", "")):
        found = bring_in([("f", ways(*labels))])
        assert found.level is Level.STRUCTURE
        assert "OPEN" in {one.code for one in found.findings}
        with pytest.raises(Unimportable, match=r"have no answer yet: answer:f[01]"):
            apply(read(ways(*labels)))
    said = bring_in([("f", ways("", ""))], {"answer:f0": "police", "answer:f1": "hôpital"})
    assert said.flowchart is not None
    assert [one.condition for one in said.flowchart.outgoing("g")] == ["reponse == police", "reponse == hopital"]


def test_the_default_of_a_gateway_is_else() -> None:
    chart = apply(read(ways("oui", "peut-être", attributes='default="f1"')))
    assert [one.condition for one in chart.outgoing("g")] == ["reponse", "else"]


def test_parallel_ways_all_open_and_inclusive_ways_are_chosen() -> None:
    parallel = apply(read(ways("", "", gateway="parallelGateway")))
    assert parallel.steps["g"].kind is StepKind.SPLIT_OR
    assert [one.condition for one in parallel.outgoing("g")] == ["", ""]
    inclusive = apply(read(ways("santé", "abri", gateway="inclusiveGateway")))
    assert [one.condition for one in inclusive.outgoing("g")] == ["sante in reponse", "abri in reponse"]


def test_several_silent_arrows_out_of_a_task_start_everything() -> None:
    data = bpmn(
        '<startEvent id="s"/><task id="t"/><endEvent id="a"/><endEvent id="b"/>'
        + flow("f", "s", "t")
        + flow("g", "t", "a")
        + flow("h", "t", "b")
    )
    chart = apply(read(data))
    assert chart.steps["t_split"].kind is StepKind.SPLIT_OR
    assert [(one.source, one.target) for one in chart.branches] == [
        ("s", "t"),
        ("t_split", "a"),
        ("t_split", "b"),
        ("t", "t_split"),
    ]


def test_a_way_back_becomes_a_loop_that_ends() -> None:
    data = bpmn(
        '<startEvent id="s"/><task id="t" name="Relancer"/>'
        '<exclusiveGateway id="g" name="Répondu ?"/><endEvent id="e"/>'
        + flow("f", "s", "t") + flow("h", "t", "g") + flow("i", "g", "e", "oui") + flow("j", "g", "t", "non")
    )  # fmt: skip
    asked = {one.id: (one.proposed, one.choices) for one in questions(read(data)) if one.topic in ("loop", "then")}
    assert asked == {"loop:j": ("3", ()), "then:j": ("e", ("s", "t", "g", "e"))}
    (back,) = [one for one in apply(read(data), {"loop:j": "5"}).branches if one.is_loop]
    assert (back.source, back.target, back.loop_max, back.then) == ("g", "t", 5, "e")
    assert bring_in([("f", data)]).level is Level.VALID
    for wrong in ("0", "1001", "-1", "²", "9" * 40):
        with pytest.raises(Unimportable, match="is not an answer"):
            apply(read(data), {"loop:j": wrong})


def test_a_sub_process_that_may_pass_on_data_unseen_needs_a_persons_word() -> None:
    data = bpmn('<subProcess id="a" name="Prise en charge"><task id="i" name="Envoyer la fiche"/></subProcess>')
    assert bring_in([("f", data)]).level is Level.STRUCTURE
    assert bring_in([("f", data)], {"inside:a": "one_step"}).level is Level.VALID
    quiet = bpmn('<subProcess id="a" name="Prise en charge"><task id="i" name="Écouter"/></subProcess>')
    assert bring_in([("f", quiet)]).level is Level.VALID


def test_timers_give_deadlines_and_signals_may_come_at_any_time() -> None:
    data = bpmn(
        '<startEvent id="s"/><intermediateCatchEvent id="w" name="Attendre"><timerEventDefinition><timeDuration>PT48H'
        "</timeDuration></timerEventDefinition></intermediateCatchEvent>"
        '<startEvent id="v" name="Retrait"><signalEventDefinition/></startEvent><endEvent id="e"/>'
        + flow("f", "s", "w") + flow("g", "w", "e") + flow("h", "v", "e")
    )  # fmt: skip
    chart = apply(read(data))
    assert (chart.steps["w"].kind, chart.steps["w"].timer) == (StepKind.WAIT, True)
    assert chart.steps["w"].due(Priority.HIGH) == timedelta(days=2)
    assert chart.steps["v"].event == "any_time"


def test_lanes_with_the_same_name_in_several_files_are_one() -> None:
    inside = '<lane id="l" name="Assistante sociale"><flowNodeRef>{0}</flowNodeRef></lane>'
    lane = f'<laneSet>{inside}</laneSet><task id="{{0}}"/>'
    found = bring_in([("a", bpmn(lane.format("a"))), ("b", bpmn(lane.format("b")))])
    assert found.flowchart is not None
    assert list(found.flowchart.lanes) == ["ASSISTANTE_SOCIALE"]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Obtenir l’assentiment de l’enfant", StepKind.CONSENT),
        ("Informed consent", StepKind.CONSENT),
        ("Consigner la base légale", StepKind.LEGAL_BASIS),
        ("Référer à l’hôpital", StepKind.SHARE),
        ("Refer the client", StepKind.SHARE),
        ("Transmettre la fiche", StepKind.SHARE),
        ("6. Provide information to the receiving facility", StepKind.SHARE),
        ("Attendre la réponse", StepKind.WAIT),
        ("Triage", StepKind.RULE),
        ("Écouter la personne", None),
        ("Préférence de la personne", None),
        ("Trier le linge", None),
    ],
)
def test_words_hint_at_kinds(words: str, kind: StepKind | None) -> None:
    assert hinted(words) is kind


def test_words_stand_for_answers() -> None:
    said = {"OUI": "yes", "Non": "no", "Refusée": "refused", "sans réponse": "no_answer", "d’accord": "yes", "…": ""}
    assert {word: answer(word) for word in said} == said


@pytest.mark.parametrize(
    "name", ["xml_gate", "bpmn.names", "bpmn.reading", "bpmn.extension", "bpmn.geometry", "bpmn.words"]
)
def test_examples_in_the_documentation_run(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(f"sop.{name}"))
    assert outcome.failed == 0
    assert outcome.attempted > 0
