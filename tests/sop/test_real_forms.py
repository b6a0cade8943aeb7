"""Forms of the kind humanitarian organisations use compile; what is not supported says what it is and where."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

import pytest

from sop.forms import Form, FormState, compile_form
from sop.nodes import to_json
from sop.questions import FormError
from sop.vocabulary import Category
from sop.wording import in_full
from tests.sop import form_texts as texts

TWICE = """
type | name | label
begin group | g | G
text | a | A
end group | |
begin group | h | H
text | a | A
end group | |
"""
GROUP_TWICE = """
type | name | label
begin group | g | G
begin group | same | S
text | a | A
end group | |
end group | |
begin group | same | S
text | b | B
end group | |
"""
TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9)  # noqa: DTZ001  a local clock, as forms mean it


def compiled(source: str, files: dict[str, str] | None = None) -> Form:
    """The form, accepted by pyxform and carried through JSON as versions are kept."""
    form = compile_form(source, files=files)
    kept = Form.from_json(json.loads(json.dumps(form.to_json())))
    assert kept == form
    return form


def fill(form: Form, **answers: Any) -> FormState:
    state = form.evaluate(answers, today=TODAY, now=NOW)
    again = form.evaluate(json.loads(json.dumps(state.plain)), today=TODAY, now=NOW)
    assert again.plain == state.plain or not state.complete
    return state


def findings(form: Form) -> list[tuple[str, str, int, str, bool]]:
    return [(f.code, f.sheet, f.row, f.column, f.blocks) for f in form.findings()]


def kinds(form: Form) -> dict[str, str]:
    return {question.name: question.type.value for question in form}


def codes(state: FormState) -> dict[str, str]:
    return {path: message.code for path, message in state.errors.items()}


def test_places_within_places() -> None:
    form = compiled(texts.CAMPS)
    assert (form.id, form.title, form.version, form.languages) == ("camps", "Sites", "2026.1", ("fr", "en"))
    assert findings(form) == []
    state = fill(form, region="ES", department="LD")
    assert [choice.name for choice in form.options(form["department"], state)] == ["LD"]
    assert [choice.name for choice in form.options(form["camp"], state)] == ["GAD"]
    assert codes(fill(form, region="EN", department="LD")) == {"department": "choice_not_possible"}


def test_a_household_roster_counts_and_names_its_members() -> None:
    form = compiled(texts.ROSTER)
    assert findings(form) == []
    assert form.homes["age"] == ("members",)
    assert form.homes["head"] == ()
    assert form.groups["members"].repeat
    assert to_json(form["children"].calculation) == ["sum", ["each", "is_child"]]  # type: ignore[arg-type]
    assert to_json(form["youngest"].calculation) == ["min", ["each", "age"]]  # type: ignore[arg-type]
    state = fill(
        form, head="Awa", size="2", members=[{"member": "Ali", "age": "9"}, {"member": "Binta", "age": 40}, {"age": 1}]
    )
    assert state.complete
    assert state.plain == {
        "head": "Awa",
        "size": 2,
        "youngest": 9,
        "children": 1,
        "names": "Ali, Binta",
        "counted": 2,
        "members": [{"number": 1, "member": "Ali", "age": 9}, {"number": 2, "member": "Binta", "age": 40}],
        "again": [{"is_child": 1}, {"is_child": 0}],
    }
    assert "members/1/school" in state.relevant
    assert "members/2/school" not in state.relevant


def test_a_roster_says_which_member_lacks_an_answer() -> None:
    state = fill(compiled(texts.ROSTER), head="Awa", size=2, members=[{"member": "Ali", "age": 130}])
    assert codes(state) == {
        "members/1/age": "constraint",
        "members/2/member": "required",
        "members/2/age": "required",
    }
    assert state.values["members"] == [{"number": 1, "member": "Ali"}, {"number": 2}]


def test_repeats_within_repeats_count_what_is_theirs() -> None:
    form = compiled(texts.NESTED)
    assert findings(form) == []
    assert form.homes["phone"] == ("households", "people", "phones")
    state = fill(
        form,
        households=[
            {"household": "A", "people": [{"years": 40, "phones": [{"phone": "+237 699"}, {}]}, {"years": 3}]},
            {"household": "B", "people": [{"years": 10, "phones": [{"phone": "not asked"}]}]},
        ],
    )
    assert state.plain == {
        "people_all": 3,
        "phones_all": 1,
        "households": [
            {
                "household": "A",
                "people_here": 2,
                "oldest_here": 40,
                "people": [{"years": 40, "phones": [{"phone": "+237 699"}, {}]}, {"years": 3}],
            },
            {"household": "B", "people_here": 1, "oldest_here": 10, "people": [{"years": 10}]},
        ],
    }
    assert {"households/1/people/1/phones/2", "households/1/people/1/phones/1/phone"} <= state.relevant
    assert "households/2/people/1/phones" not in state.relevant


def test_other_is_a_choice_and_asks_which() -> None:
    form = compiled(texts.OTHERS)
    assert findings(form) == []
    assert form.languages == ("fr", "en")
    assert list(kinds(form)) == ["source1", "source1_other", "needs", "needs_other", "urgent", "urgent_other"]
    assert [choice.name for choice in form.choices["need"]] == ["food", "roof", "other"]
    assert form["needs_other"].label == {"fr": "Précisez", "en": "Please specify"}
    assert form["needs_other"].category is Category.C13
    state = fill(form, source1="other", source1_other="A driver", needs="food other", needs_other="Soap")
    assert state.plain == {
        "source1": "other", "source1_other": "A driver", "needs": ["food", "other"], "needs_other": "Soap",
    }  # fmt: skip
    assert "urgent" in state.relevant


def test_a_register_beside_the_form_is_looked_up() -> None:
    form = compiled(texts.REGISTRY, texts.REGISTRY_FILES)
    assert findings(form) == [
        ("FILE", "survey", 7, "type", True),
        ("FILE", "survey", 8, "calculation", True),
    ]
    assert kinds(form) == {
        "token": "text", "known": "calculate", "place": "select_one", "goods": "select_multiple", "wrong": "calculate",
    }  # fmt: skip
    assert list(form.tables.files) == ["register"]
    assert form.choices["goods.csv"][1].label == {"": "Huile"}
    state = fill(form, token="0001", place="P1", goods="oil")
    assert state.values["known"] == "Awa"
    assert codes(state) == {}
    assert codes(fill(form, token="0002", place="P1")) == {"place": "choice_not_possible"}
    assert "known" not in fill(form, token="9999").values


def test_without_its_files_the_form_still_compiles() -> None:
    form = compiled(texts.REGISTRY)
    assert list(kinds(form)) == ["token", "known", "wrong"]
    assert form.left_out == {"place", "goods", "lost"}
    assert [(row, column) for _, _, row, column, _ in findings(form)] == [
        (4, "calculation"), (5, "type"), (6, "type"), (7, "type"), (8, "calculation"),
    ]  # fmt: skip


def test_pictures_are_left_out_and_translations_kept() -> None:
    form = compiled(texts.PICTURES)
    assert findings(form) == [
        ("MEDIA", "survey", 3, "audio::Français (fr)", False),
        ("MISSING_TRANSLATION", "survey", 3, "hint", True),
        ("MEDIA", "survey", 3, "image", False),
        ("MISSING_TRANSLATION", "survey", 4, "label", True),
        ("MEDIA", "choices", 7, "image", False),
        ("MEDIA", "choices", 8, "image", False),
        ("MISSING_TRANSLATION", "choices", 8, "label", True),
    ]
    assert form["pain"].guidance_hint == {"fr": "Ne touchez pas.", "en": "Do not touch."}
    state = fill(form)
    assert form.explain("pain", state.errors["pain"], "fr", str) == "Montrez une image."
    assert form.explain("pain", state.errors["pain"], "en", str) == "Point to a picture."


def test_a_distribution_form_takes_files_places_and_codes() -> None:
    form = compiled(texts.DISTRIBUTION)
    assert findings(form) == [("PARAMETER", "survey", 11, "parameters", False)]
    assert kinds(form) == {
        "start": "start", "end": "end", "today": "today", "device": "deviceid", "who": "username",
        "card": "barcode", "tel": "phone", "spot": "geopoint", "photo": "image", "voice": "audio", "film": "video",
        "letter": "file", "agreed": "acknowledge", "seen": "datetime", "at": "time", "kilos": "decimal",
    }  # fmt: skip
    assert [question.name for question in form if not question.asks] == ["start", "end", "today", "device", "who"]
    assert [question.name for screen in form.screens() for question in screen.questions][:2] == ["card", "tel"]
    state = fill(
        form, start="2026-03-10T08:00:00.000+01:00", today="2026-03-10", device="collect:x", who="awa", card="4006381",
        tel="+237 699 00 00 00", spot="3.848 11.5021", photo="1741.jpg", agreed="OK", kilos="2,5",
    )  # fmt: skip
    assert state.plain == {
        "start": "2026-03-10T08:00:00", "today": "2026-03-10", "device": "collect:x", "who": "awa", "card": "4006381",
        "tel": "+237 699 00 00 00", "spot": "3.848 11.5021 0 0", "photo": "1741.jpg", "agreed": True, "kilos": 2.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "answer", "code"),
    [
        ("spot", "91 0", "not_place"),
        ("spot", "0 181", "not_place"),
        ("spot", "here", "not_place"),
        ("spot", "1 2 3 4 5", "not_place"),
        ("spot", "nan 0", "not_place"),
        ("spot", {"lat": 1}, "not_place"),
        ("photo", "../../etc/passwd", "not_file"),
        ("photo", "..", "not_file"),
        ("photo", "x" * 201, "not_file"),
        ("photo", 7, "not_file"),
        ("card", "x" * 201, "too_long_by"),
    ],
)
def test_a_place_is_a_place_and_a_file_name_leads_nowhere(name: str, answer: Any, code: str) -> None:
    form = compile_form(texts.DISTRIBUTION, reference=False)
    assert codes(form.evaluate({name: answer}, today=TODAY, now=NOW)) == {name: code}


def test_what_the_machine_fills_in_wrongly_is_no_fault_of_the_person() -> None:
    form = compile_form(texts.DISTRIBUTION, reference=False)
    state = form.evaluate({"start": "yesterday", "today": 5}, today=TODAY, now=NOW)
    assert (state.values, state.errors) == ({}, {})


def test_what_is_not_supported_says_what_and_where() -> None:
    form = compiled(texts.UNSUPPORTED)
    assert findings(form) == [
        ("TYPE", "survey", 3, "type", True),
        ("TYPE", "survey", 4, "type", True),
        ("TYPE", "survey", 5, "type", True),
        ("TYPE", "survey", 6, "type", True),
        ("TYPE", "survey", 7, "type", True),
        ("TYPE", "survey", 8, "type", True),
        ("TYPE", "survey", 9, "type", True),
        ("TYPE", "survey", 10, "type", True),
        ("APPEARANCE", "survey", 11, "appearance", True),
        ("APPEARANCE", "survey", 12, "appearance", True),
        ("TYPE", "survey", 13, "type", True),
        ("NEVER_ANSWERED", "survey", 14, "relevant", True),
        ("APPEARANCE", "survey", 15, "appearance", True),
    ]
    assert kinds(form) == {
        "scale": "integer", "weight": "decimal", "signed": "image", "name": "text", "one": "select_one",
    }  # fmt: skip
    assert form.left_out == {"audit", "sound", "begun_at", "order", "walk", "field", "found", "chosen"}
    assert codes(fill(form, scale=11, weight="-1.5")) == {"scale": "constraint", "weight": "constraint"}
    assert fill(form, scale=0, weight="-1", name="Awa").complete


def test_defaults_are_proposed_and_read_only_is_not_asked() -> None:
    form = compiled(texts.CHILD)
    assert findings(form) == [("TRIGGER", "survey", 10, "trigger", True)]
    started = form.initial(today=TODAY, now=NOW)
    assert started.keys() == {"case", "visit"}
    assert (len(started["case"]), started["visit"]) == (36, "2026-03-10")
    state = fill(form, **started, born="2025-03-10", country="Chad", percent=101)
    assert state.values["case"] == started["case"]
    assert (state.values["months"], state.values["doubled"]) == (12, 24)
    assert (state.values["country"], state.values["origin"]) == ("Cameroon", "clinic")
    assert [question.name for question in form if question.asks] == ["born", "visit", "percent"]
    assert codes(state) == {"percent": "constraint"}


def test_a_day_proposed_in_a_text_is_written_out_and_the_first_of_two_equal_codes_names_the_choice() -> None:
    survey = "type | name | label | default\ntext | seen | Seen | today()\nselect_one_from_file t.csv | town | Town |"
    files = {"t.csv": "name,label\nK,Kribi\nK,Kribi II\n"}
    form = compile_form(texts.form(survey), reference=False, files=files)
    assert form.initial(today=TODAY, now=NOW) == {"seen": "2026-03-10"}
    assert in_full("In ${town}", form, fill(form, town="K")) == "In Kribi"


def test_a_ledger_reads_the_line_before() -> None:
    form = compiled(texts.LEDGER)
    assert findings(form) == [("POSITION", "survey", 9, "calculation", True)]
    state = fill(form, payments=[{"amount": 100}, {"amount": 250, "reason": "Rent"}, {}, {"amount": "7"}])
    assert state.plain == {
        "total": 357,
        "first": 100,
        "second": 250,
        "payments": [
            {"amount": 100, "balance": 100},
            {"amount": 250, "balance": 350, "reason": "Rent", "turn": 2},
            {},
            {"amount": 7, "balance": 7},
        ],
    }


def test_disability_questions_with_older_names_of_columns() -> None:
    form = compiled(texts.WASHINGTON)
    assert findings(form) == [
        ("UNUSED_COLUMN", "survey", 2, "Team", False),
        ("APPEARANCE", "survey", 6, "appearance", True),
        ("EXPRESSION", "survey", 9, "calculation", True),
        ("EXPRESSION", "survey", 10, "calculation", True),
        ("HERE", "survey", 11, "calculation", True),
    ]
    state = fill(form, seeing="1", hearing="4", words="typed", early="typed")
    assert state.plain == {"seeing": "1", "hearing": "4", "any": "yes"}


def test_texts_quote_the_answers_of_their_own_instance() -> None:
    form = compile_form(texts.ROSTER, reference=False)
    people = [{"member": "Ali", "age": 9, "school": "no"}, {"member": "Binta"}]
    state = form.evaluate({"head": "Awa", "size": 2, "members": people}, today=TODAY, now=NOW)
    age = form["age"].label[""]
    assert in_full(age, form, state, "members/1/age") == "Age of Ali"
    assert in_full(age, form, state, "members/2/age") == "Age of Binta"
    assert in_full("${head}, ${member}: ${school} ${age}", form, state, "members/2") == "Awa, Binta:  "
    assert in_full("${member} ${school} ${size}${nobody}", form, state, language="en") == "Ali No 2"
    assert in_full("$5 {a} ${", form, state) == "$5 {a} ${"


@pytest.mark.parametrize(
    ("survey", "code", "row", "column"),
    [
        ("type | name | label\nbegin repeat | r | R\ntext | a | A\nend group | |", "GROUP_END", 5, "type"),
        ("type | name | label\ntext | a | Dear ${nobody}", "REFERENCE", 3, "label"),
        ("type | name | label\nselect_one_from_file a.txt | a | A", "PYXFORM", 0, ""),
        ("type | name | label\nText | a | A", "TYPE", 3, "type"),
        ("type | name\ntext | a", "PYXFORM", 0, ""),
    ],
)
def test_what_pyxform_refuses_is_refused(survey: str, code: str, row: int, column: str) -> None:
    with pytest.raises(FormError) as refusal:
        compile_form(texts.form(survey))
    assert (refusal.value.findings[0].code, refusal.value.findings[0].row, refusal.value.findings[0].column) == (
        code, row, column,
    )  # fmt: skip


@pytest.mark.parametrize(
    "survey",
    [
        "type | name | label\ntext | prénom | Prénom\ntext | b | Bonjour ${prénom}",
        TWICE,
        GROUP_TWICE,
        "type | name | label | relevant\ntext | a | A | ${b} = 1\ntext | b | B | ${a} = 1",
        "type | name | label | calculation\ntext | a | A | ${a}[1]\ntext | b | B | ~~ ?",
        "type | name | label | repeat_count\nbegin repeat | r | R | count(${r}) + 1\ntext | a | A |\nend repeat | | |",
        "type | name | label\nbegin loop over needs | l | L\ntext | a | A\nend loop | |\ntext | b | B",
        "type | name | label\nbegin repeat | r | R\nend repeat | |\ntext | b | B",
        "type | name | label | disabled\ntext | a | A | yes\ntext | a | A |",
        "type | name | label\ntext | a | A ${last-saved#a}",
        "type | name | label | required\ntext | a | A | perhaps",
    ],
)
def test_what_pyxform_accepts_compiles_and_can_be_filled(survey: str) -> None:
    form = compiled(texts.form(survey, "list_name | name | label\nneeds | x | X"))
    fill(form, a="x", b="y", r=[{"a": "z"}])
