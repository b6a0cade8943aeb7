"""Drawings through HTTP: what cannot be read leaves nothing, what can is kept, asked about and taken over as text."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import undefer

from referral.extensions import db
from referral.procedures import drawings
from referral.procedures.models import ProcedureVersion
from referral.procedures.rules import VersionState
from sop import yaml_io
from sop.flowchart import StepKind
from tests.page_client import Page, PageClient
from tests.sop.bpmn_texts import REFERRAL, bpmn, flow
from tests.sop.research import ROOT

Visit = Callable[[str], PageClient]
LIST = "/procedure/versions"
SHARED = ROOT.parent / "shared/data/bpmn"
BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>' + bpmn(REFERRAL)
DMN = b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
GARBLED = b'<?xml version="1.0" encoding="UTF-8"?>' + bpmn(REFERRAL).replace(b"Accueil", "Accueil é".encode("latin-1"))
CIRCLE = bpmn(
    '<intermediateThrowEvent id="a"><linkEventDefinition name="x"/></intermediateThrowEvent>'
    '<intermediateCatchEvent id="b"><linkEventDefinition name="x"/></intermediateCatchEvent>' + flow("f", "b", "a")
)
SILENT = bpmn(
    '<startEvent id="s"/><exclusiveGateway id="g" name="Quoi ?"/><task id="t" name="Noter"/><endEvent id="e"/>'
    + flow("f1", "s", "g")
    + flow("f2", "g", "t")
    + flow("f3", "g", "e")
    + flow("f4", "t", "e")
)
"""A decision whose arrows say nothing: only a person knows the answers."""
UNSAFE = bpmn(REFERRAL.replace("Recueillir le consentement", "Transmettre le dossier"))
"""Data are passed on although nobody agreed."""


def send(client: PageClient, *files: tuple[str, bytes], follow: bool = True) -> Page:
    """Choose these files and press the button."""
    return post(client, client.get(f"{LIST}/import").form("drawing").fields, *files, follow=follow)


def post(client: PageClient, fields: dict[str, Any], *files: tuple[str, bytes], follow: bool = True) -> Page:
    """Send the form as a browser writes it."""
    head = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    parts = [head.format(name, "").encode() + value.encode() for name, value in fields.items() if name != "drawing"]
    parts += [head.format("drawing", f'; filename="{name}"').encode() + content for name, content in files]
    body = b"\r\n".join(parts) + b"\r\n--x--\r\n"
    options: dict[str, Any] = {"method": "POST", "data": body, "content_type": "multipart/form-data; boundary=x"}
    return client._open(f"{LIST}/import", follow, **options)


def kept(app: Flask) -> list[ProcedureVersion]:
    """The versions that came from people, with all that the tests read of them."""
    with app.app_context():
        long = undefer(ProcedureVersion.drawing), undefer(ProcedureVersion.flowchart)
        wanted = select(ProcedureVersion).where(ProcedureVersion.created_by_id.is_not(None)).options(*long)
        return list(db.session.scalars(wanted))


def named(page: Page, question: str) -> str:
    """The name of a question's field on the page."""
    name = drawings._name(question)
    assert name in page.form("do").names, question
    return name


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("bombe.bpmn", BOMB, "bombe.bpmn, line 1: the file has a document type (DTD) or entities"),
        ("table.dmn", DMN, "decision tables"),
        ("page.bpmn", b"<html/>", "begins with “html”"),
        ("e.bpmn", b" ", "e.bpmn: the file is empty"),
        ("f.bpmn", bpmn(REFERRAL)[:-20], "not well-formed XML"),
        ("g.bpmn", GARBLED, "its bytes are not"),
        ("h.bpmn", b" " * 2_000_001, "larger than 2000000 bytes"),
    ],
)
def test_what_cannot_be_read_is_told_at_the_field_and_leaves_nothing(
    office: Flask, visit: Visit, name: str, content: bytes, said: str
) -> None:
    page = send(visit("coordinator"), (name, content))
    assert page.status == 422
    error = next(one for one in page.tree.iter("p") if one.get("id") == "f-drawing-error")
    assert said in error.text
    assert kept(office) == []


def test_the_error_is_in_french_for_those_who_read_french(visit: Visit) -> None:
    client = visit("coordinator")
    client.get(LIST)
    client.post("/language", {"language": "fr", "back": LIST})
    assert "ligne 1" in send(client, ("bombe.bpmn", BOMB)).text
    page = send(client, ("coupe.bpmn", bpmn(REFERRAL)[:-5]))
    assert "un élément n’est pas fermé" in page.text


def test_one_bad_file_among_good_ones_keeps_none_of_them(office: Flask, visit: Visit) -> None:
    page = send(visit("coordinator"), ("a.bpmn", bpmn(REFERRAL)), ("b.bpmn", DMN))
    assert page.status == 422
    assert "b.bpmn" in page.text
    assert kept(office) == []


def test_three_megabytes_are_too_large(office: Flask, visit: Visit) -> None:
    assert send(visit("coordinator"), ("x.bpmn", b" " * 3_000_000)).status == 413
    assert kept(office) == []


def test_no_file_and_too_many_files_are_told(office: Flask, visit: Visit) -> None:
    client = visit("coordinator")
    assert "Choose the file of a drawing." in send(client).text
    page = send(client, *((f"{number}.bpmn", bpmn(REFERRAL)) for number in range(21)))
    assert (page.status, "at most 20 files" in page.text, kept(office)) == (422, True, [])


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (CIRCLE, VersionState.DRAWING),
        (SILENT, VersionState.STRUCTURE),
        (UNSAFE, VersionState.MEANING),
        (bpmn(REFERRAL), VersionState.VALID),
    ],
)
def test_a_drawing_makes_a_version_in_the_state_that_it_deserves(
    office: Flask, visit: Visit, content: bytes, state: VersionState
) -> None:
    client = visit("coordinator")
    page = send(client, ("../plan du comité.bpmn", content))
    assert page.status == 200
    (one,) = kept(office)
    assert (one.state, one.drawing, one.drawing_hash) == (state, content, hashlib.sha256(content).hexdigest())
    answer = client.client.get(f"{LIST}/{one.id}/drawing")
    assert answer.data == content
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan_du_comit_.bpmn"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"{LIST}/{one.id}").status == 200
    assert client.post(f"{LIST}/{one.id}/open_consultation", {"revision": str(one.revision)}).status == 409


def test_several_files_are_one_drawing_and_all_come_back_as_they_were(office: Flask, visit: Visit) -> None:
    other = bpmn('<task id="s" name="Autre <![CDATA[x]]>"/>'.replace("<![CDATA[x]]>", "feuille"))
    page = send(visit("coordinator"), ("a.bpmn", bpmn(REFERRAL)), ("a.bpmn", other))
    assert "Autre feuille" in page.text
    (one,) = kept(office)
    with zipfile.ZipFile(io.BytesIO(one.drawing or b"")) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == {"01-a.bpmn": bpmn(REFERRAL), "02-a.bpmn": other}


def test_the_page_shows_the_picture_the_list_and_the_questions_by_topic(visit: Visit) -> None:
    page = send(visit("coordinator"), ("plan.bpmn", bpmn(REFERRAL.replace("Clos", "&lt;script&gt;x"))))
    svg = next(one for one in page.tree.iter("svg") if one.first("desc"))
    assert (svg.first("title").text, svg.first("desc").text) == ("d", "6 steps and 5 arrows, as they were drawn")
    assert "<script>x" not in page.html
    outline = next(one for one in page.tree.iter("section") if one.get("id") == "outline")
    assert "Oui → Référer vers le centre de santé" in outline.text
    assert [one.text for one in page.tree.iter("h3")] == [
        "Language", "Who acts", "Kinds of steps", "Legal bases that steps give", "Legal bases that steps need",
        "Deadlines", "Answers on arrows",
    ]  # fmt: skip
    assert page.text.count("proposed, please confirm") == 12
    assert page.form("do").fields[named(page, "kind:x")] == "share"
    assert "12 answers are proposals that nobody has confirmed" in page.text


def test_answers_are_kept_raise_questions_and_change_the_level(office: Flask, visit: Visit) -> None:
    client = visit("coordinator")
    page = send(client, ("plan.bpmn", SILENT))
    assert "Take over as text" not in page.text
    assert page.text.count("no proposal: only a person can know") == 2
    answers = {named(page, "answer:f2"): "oui", named(page, "answer:f3"): "non", named(page, "kind:t"): "pathway"}
    page = client.submit("do", **answers)
    assert page.form("do").fields[named(page, "need:t")] == ""
    assert kept(office)[0].state is VersionState.STRUCTURE
    page = client.submit("do", **{named(page, "kind:t"): "task"})
    (one,) = kept(office)
    assert one.answers is not None
    assert one.answers["answer:f2"] == "oui"
    assert "need:t" not in one.answers
    assert one.state in (VersionState.MEANING, VersionState.VALID)
    assert "proposed, please confirm" not in page.text
    assert "Take over as text" in page.text


def test_a_drawing_is_taken_over_as_the_text_of_a_draft(office: Flask, visit: Visit) -> None:
    client = visit("coordinator")
    page = send(client, ("plan.bpmn", bpmn(REFERRAL)))
    page = client.submit("do", do="take", **{named(page, "kind:e"): "task", named(page, "deadline:x"): "PT4H"})
    assert page.url.endswith("/checks")
    (one,) = kept(office)
    chart = yaml_io.load(one.flowchart)
    assert (one.number, one.content_hash) == ("0.1.0", chart.hash)
    assert chart.steps["e"].kind is StepKind.TASK
    client.get(f"{LIST}/{one.id}/edit")
    client.submit("flowchart", flowchart=one.flowchart.replace("0.1.0", "0.2.0"))
    client.get(f"{LIST}/{one.id}/wizard")
    page = client.submit("do")
    (one,) = kept(office)
    assert one.number == "0.2.0"
    assert "replaces the text of this draft" in page.text


def test_bad_answers_are_told_at_their_fields_and_what_was_chosen_stays(office: Flask, visit: Visit) -> None:
    client = visit("coordinator")
    page = send(client, ("plan.bpmn", bpmn(REFERRAL)))
    bad = {"deadline:x": "bientôt <b>", "kind:c": "circle", "actor:p": " ", "grants:c": "x" * 501}
    names = {question: named(page, question) for question in bad}
    page = client.submit("do", **{names[key]: value for key, value in bad.items()})
    assert page.status == 422
    errors = {one.get("id") for one in page.tree.iter("p") if "error-text" in one.get("class", "")}
    assert errors == {f"f-{name}-error" for name in names.values()}
    assert page.form("do").fields[names["deadline:x"]] == "bientôt <b>"
    assert kept(office)[0].answers == {}


def test_taking_over_what_has_no_meaning_is_refused_in_words(office: Flask, visit: Visit) -> None:
    client = visit("coordinator")
    page = send(client, ("plan.bpmn", SILENT))
    fields = page.form("revision").fields
    page = client.post(page.form("revision").action, {**fields, "do": "take"})
    assert (page.status, "There is no flowchart yet" in page.text) == (422, True)
    assert kept(office)[0].answers == {}


def test_who_was_slower_is_told_and_keeps_what_was_chosen(office: Flask, visit: Visit) -> None:
    client, other = visit("coordinator"), visit("other")
    page = send(client, ("plan.bpmn", bpmn(REFERRAL)))
    name = named(page, "deadline:x")
    other.get(page.url)
    other.submit("do", **{name: "P1D"})
    page = client.submit("do", **{name: "P2D"})
    assert (page.status, page.form("do").fields[name]) == (409, "P2D")
    assert (kept(office)[0].answers or {})["deadline:x"] == "P1D"
    client.submit("do")
    assert (kept(office)[0].answers or {})["deadline:x"] == "P2D"


def test_the_same_post_twice_is_one_version(office: Flask, visit: Visit) -> None:
    client = visit("coordinator")
    fields = client.get(f"{LIST}/import").form("drawing").fields
    for _time in range(2):
        assert post(client, fields, ("plan.bpmn", bpmn(REFERRAL)), follow=False).status == 303
    assert len(kept(office)) == 1


def test_others_find_neither_page(office: Flask, visit: Visit) -> None:
    url = send(visit("coordinator"), ("plan.bpmn", bpmn(REFERRAL))).url
    for name in ("committee", "manager", "admin"):
        assert {visit(name).get(page).status for page in (url, f"{LIST}/import")} == {404}


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the collected drawings are not on this machine")
def test_every_collected_drawing_makes_a_version_and_a_page(visit: Visit) -> None:
    client = visit("coordinator")
    for path in sorted(SHARED.rglob("*.bpmn")):
        page = send(client, (path.name, path.read_bytes()))
        assert page.status == 200, path.name
        assert page.url.endswith("/wizard"), path.name
