"""The pages about versions through HTTP: drafting, consulting, deciding; bad input keeps what was typed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from referral.extensions import db
from referral.procedures import queries
from referral.procedures.models import ProcedureComment, ProcedureVersion
from tests import builders
from tests.page_client import Page, PageClient
from tests.referral.procedures import texts

Visit = Callable[[str], PageClient]
LIST = "/procedure/versions"


def made(app: Flask) -> ProcedureVersion:
    """The version that was made last."""
    with app.app_context():
        found = db.session.scalars(select(ProcedureVersion).where(ProcedureVersion.created_by_id.is_not(None))).all()
        assert len(found) == 1
        return found[0]


def start(client: PageClient, text: str) -> Page:
    client.get(f"{LIST}/new")
    return client.submit("flowchart", flowchart=text)


def at(client: PageClient) -> str:
    """The address of the version that the client stands at."""
    assert client.page is not None
    return re.match(r"/procedure/versions/[0-9a-f-]{36}", client.page.url)[0]  # type: ignore[index]


def test_the_list_says_state_decision_and_cases_and_offers_drafts_to_the_coordination_alone(
    office: Flask, visit: Visit
) -> None:
    with office.app_context():
        builders.make_case(queries_user("manager"))
        db.session.commit()
    page = visit("provider").get(LIST)
    row = next(row.text for row in page.tree.iter("tr") if "Version" in row.text and "in force" in row.text)
    assert "demonstration, without a decision" in row
    assert row.endswith("1")
    assert "New draft from a text or a drawing" not in page.links
    assert "New draft from a text or a drawing" in visit("coordinator").get(LIST).links


def queries_user(name: str) -> Any:
    from referral.partners.queries import user_by_name

    return user_by_name(name)


def test_an_empty_list_says_what_to_do(app: Flask) -> None:
    from referral.foundation.grants import Role
    from tests.signing_in import sign_in

    with app.app_context():
        builders.make_user(Role.COORDINATOR, None, "first", language="en")
        db.session.commit()
    client = PageClient(app, language="en")
    sign_in(client, "first")
    page = client.get(LIST)
    assert "No version yet" in page.text
    assert "All versions" in client.get("/procedure").links


def test_the_whole_way_through_the_pages(office: Flask, consultation: tuple[PageClient, str], visit: Visit) -> None:
    coordinator, url = consultation
    partner, committee = visit("provider"), visit("committee")
    partner.get(f"{url}/consultation?on=edge:D01→L01")
    assert partner.page is not None
    assert partner.page.form("anchor").fields["anchor"] == "edge:D01→L01"
    page = partner.submit("anchor", text="Et si le témoin manque ?\nUne ligne <b>de plus</b>.")
    assert "0 of one comment answered" in page.text
    assert "Arrow D01 → L01" in page.text
    assert "<b>de plus" not in page.html
    assert "not possible yet" in committee.get(url).text
    assert "Comments still wait for an answer." in committee.get(f"{url}/approve").text
    coordinator.get(f"{url}/close_consultation")
    assert "1 comment waits for an answer." in coordinator.text
    coordinator.submit("revision")
    page = coordinator.get(f"{url}/consultation?only=unanswered")
    coordinator.get(next(href for text, href in page.links.items() if text.startswith("Answer")))
    page = coordinator.submit("reason", answer="declined", reason="")
    assert page.status == 422
    assert "owed the reason" in page.text
    page = coordinator.submit("reason", answer="declined", reason="Le protocole le prévoit déjà.")
    assert "1 of one comment answered" in page.text
    assert "Le protocole le prévoit déjà." in partner.get(f"{url}/consultation").text
    committee.get(f"{url}/approve")
    page = committee.submit("number", number="décision douze", decided_day="31", decided_month="2", decided_year="2026")
    assert page.status == 422
    assert page.form("number").fields["number"] == "décision douze"
    assert page.form("number").fields["decided-day"] == "31"
    page = committee.submit("number", number="012/CP/2026", decided_day="20", decided_month="11", decided_year="2026")
    assert "012/CP/2026, 20 Nov 2026" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Put in force" not in page.links
    with office.app_context():
        builders.make_case(queries_user("manager"))
        db.session.commit()
    page = coordinator.get(f"{url}/activate")
    assert "One open case stays on it" in page.text
    page = coordinator.submit("revision")
    assert "in force" in page.text
    assert "1.0.0" in visit("manager").get("/procedure").text


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("sop:\n  id: X\n  version: [", "this is not YAML", 4),
        (
            "sop: {id: A, version: 1.0.0}\nfields: {}\nlanes: {}\nnodes: [{id: S, kind: circle, lane: X}]\n",
            "is not one of",
            4,
        ),
        ("sop: !!python/object/apply:os.system [id]\n", "tags", 1),
        ("a: &a [*a]\n", "aliases", 1),
    ],
)
def test_a_text_that_cannot_be_read_is_not_saved_and_stays_with_its_line(
    visit: Visit, office: Flask, text: str, said: str, line: int
) -> None:
    client = visit("coordinator")
    page = start(client, text)
    assert page.status == 422
    assert f"line {line}: " in page.text
    assert said in page.text
    assert page.form("flowchart").fields["flowchart"] == text.rstrip("\n") + "\n"
    assert [item.get("value") for item in page.tree.iter("li") if item.get("class") == "wrong"] in ([str(line)], [])
    with office.app_context():
        assert db.session.query(ProcedureVersion).count() == 1


def test_code_in_a_condition_is_text_saved_as_a_draft_and_named(draft: tuple[PageClient, str], tmp_path: Any) -> None:
    client, url = draft
    client.get(f"{url}/edit")
    page = client.submit("flowchart", flowchart=texts.numbered("1.0.0", texts.CODE))
    assert page.url == f"{url}/checks"
    assert "The checks name" in page.text
    assert "GUARD_SYNTAX" in page.text
    assert "draft, conditions to be mended" in page.text
    assert "is not possible yet" not in client.get(url).text
    assert client.get(f"{url}/open_consultation").status == 404


def test_a_condition_of_ten_thousand_characters_is_named_at_its_branch(draft: tuple[PageClient, str]) -> None:
    client, url = draft
    client.get(f"{url}/edit")
    page = client.submit("flowchart", flowchart=texts.numbered("1.0.0", texts.LONG))
    assert "D07→R03" in page.text


@pytest.mark.slow
def test_each_error_leads_to_its_step_and_shows_the_way(draft: tuple[PageClient, str]) -> None:
    client, url = draft
    client.get(f"{url}/edit")
    page = client.submit("flowchart", flowchart=texts.numbered("1.0.0", texts.CHILD_CLOSES))
    assert "Errors (" in page.text
    section = next(one for one in page.tree.iter("section") if one.get("id") == "error")
    links = {link.get("href") for link in section.iter("a")}
    assert len(links) > 3
    for href in links:
        address, _, fragment = href.partition("#")
        if fragment.startswith("s-"):
            there = client.get(address)
            assert fragment in {item.get("id") for item in there.tree.iter("li")}


def test_a_version_may_be_uploaded_and_saved_again_byte_for_byte(draft: tuple[PageClient, str]) -> None:
    client, url = draft
    page = client.get(f"{url}/edit")
    text = texts.numbered("1.1.0")
    form = page.form("flowchart")
    data = {**form.fields, "file": (io.BytesIO(text.encode()), "sop.yaml")}
    client.post(f"{url}/edit", data, content_type="multipart/form-data")
    answer = client.client.get(f"{url}/flowchart.yaml")
    assert answer.data.decode() == text
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="CMR-MNR-1.1.0-')


@pytest.mark.parametrize("content", [b"\xff\xfe\x00binary", b"%PDF-1.7\x00\x01", b"PK\x03\x04\x00"])
def test_a_binary_file_is_refused_and_the_draft_stays(draft: tuple[PageClient, str], content: bytes) -> None:
    client, url = draft
    page = client.get(f"{url}/edit")
    form = page.form("flowchart")
    page = client.post(
        f"{url}/edit", {**form.fields, "file": (io.BytesIO(content), "x.yaml")}, content_type="multipart/form-data"
    )
    assert page.status == 422
    assert "not a text in UTF-8" in page.text
    assert client.client.get(f"{url}/flowchart.yaml").data.decode() == texts.numbered("1.0.0")


@pytest.mark.parametrize(
    ("lines", "status", "said"), [(750_000, 413, "too large"), (260_000, 422, "longer than a million characters")]
)
def test_what_is_too_large_is_refused(draft: tuple[PageClient, str], lines: int, status: int, said: str) -> None:
    client, url = draft
    fields = client.get(f"{url}/edit").form("flowchart").fields
    head = 'Content-Disposition: form-data; name="{}"'
    parts = [f"{head.format(name)}\r\n\r\n{value}" for name, value in fields.items()]
    parts.append(head.format("file") + '; filename="x.yaml"\r\n\r\n' + "# x\n" * lines)
    body = "".join(f"--x\r\n{part}\r\n" for part in parts) + "--x--\r\n"
    options = {"method": "POST", "data": body.encode(), "content_type": "multipart/form-data; boundary=x"}
    page = client._open(f"{url}/edit", True, **options)
    assert page.status == status
    assert said in page.text


def test_a_stale_edit_is_told_and_keeps_what_was_typed(draft: tuple[PageClient, str], visit: Visit) -> None:
    client, url = draft
    client.get(f"{url}/edit")
    other = visit("other")
    other.get(f"{url}/edit")
    other.submit("flowchart", flowchart=texts.numbered("1.0.1"))
    mine = texts.numbered("1.0.2")
    page = client.submit("flowchart", flowchart=mine)
    assert page.status == 409
    assert "Somebody changed this version in the meantime." in page.text
    assert page.form("flowchart").fields["flowchart"] == mine
    page = client.submit("flowchart")
    assert page.url == f"{url}/checks"
    assert client.client.get(f"{url}/flowchart.yaml").data.decode() == mine


def test_a_form_sent_twice_acts_once(office: Flask, visit: Visit) -> None:
    client = visit("coordinator")
    form = client.get(f"{LIST}/new").form("flowchart")
    data = {**form.fields, "flowchart": texts.numbered("1.0.0")}
    first, second = (client.post(form.action, data, follow=False) for _time in range(2))
    assert (first.status, second.status) == (303, 303)
    assert first.response.location == second.response.location
    assert made(office).number == "1.0.0"


def test_a_comment_sent_twice_is_one_comment(office: Flask, consultation: tuple[PageClient, str], visit: Visit) -> None:
    client, url = visit("manager"), consultation[1]
    form = client.get(f"{url}/consultation").form("anchor")
    data = {**form.fields, "anchor": "step:N03", "text": "Trop court."}
    for _time in range(2):
        assert client.post(form.action, data, follow=False).status == 303
    with office.app_context():
        assert db.session.query(ProcedureComment).count() == 1


def test_a_comment_needs_a_place_and_words(office: Flask, consultation: tuple[PageClient, str], visit: Visit) -> None:
    client, url = visit("manager"), consultation[1]
    form = client.get(f"{url}/consultation").form("anchor")
    places = (("step:N99", "x"), ("edge:N03→N99", "x"), ("", "x"), ("step:N03", "   "), ("step:N03", "x" * 4_001))
    for anchor, text in places:
        page = client.post(form.action, {**form.fields, "anchor": anchor, "text": text})
        assert page.status == 422, anchor
        assert page.form("anchor").fields["text"] == text.strip()
    with office.app_context():
        assert db.session.query(ProcedureComment).count() == 0


def test_a_published_version_has_no_form_and_takes_no_text(consultation: tuple[PageClient, str]) -> None:
    client, url = consultation
    assert client.get(f"{url}/edit").status == 404
    page = client.get(f"{url}/triage")
    assert "Replace the table" not in page.text
    assert client.post(f"{url}/triage", {"triage": texts.DEAD, "revision": "1"}).status == 404
    client.get(url)
    page = client.submit("Make a new version of it")
    assert page.form("flowchart").fields["flowchart"] == texts.numbered("1.0.0")
    assert "draft without errors" in page.text


def test_the_triage_table_goes_out_and_comes_back_with_its_checks_at_the_row(draft: tuple[PageClient, str]) -> None:
    client, url = draft
    assert client.client.get(f"{url}/triage.csv").data.decode() == texts.TRIAGE
    form = client.get(f"{url}/triage").form("triage")
    file = (io.BytesIO(texts.DEAD.encode()), "t.csv")
    page = client.post(form.action, {**form.fields, "file": file}, content_type="multipart/form-data")
    row = next(row for row in page.tree.iter("tr") if row.get("id") == "rule-3")
    assert "can never decide" in row.text
    form = page.form("triage")
    page = client.post(form.action, {**form.fields, "triage": texts.GAP})
    assert "no rule decides when" in page.text
    assert "draft, errors to be mended" in page.text
    page = client.post(page.form("triage").action, {**page.form("triage").fields, "triage": "row,name\n1,2\n"})
    assert page.status == 422
    assert "the columns must be" in page.text
    assert page.form("triage").fields["triage"] == "row,name\n1,2\n"


def test_a_drawing_is_kept_and_only_ever_saved_to_a_file(visit: Visit) -> None:
    client = visit("coordinator")
    content = b"<svg onload='alert(1)'/>"
    form = client.get(f"{LIST}/new").form("flowchart")
    data = {**form.fields, "drawing": (io.BytesIO(content), "../../plan du comité.svg")}
    page = client.post(form.action, data, content_type="multipart/form-data")
    assert "A drawing, not yet read" in page.text
    for one in ("checks", "triage", "edit"):
        assert client.get(f"{at(client)}/{one}").status == 200
    client.get(page.url)
    answer = client.client.get(f"{at(client)}/drawing")
    assert (answer.data, answer.mimetype) == (content, "application/octet-stream")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan_du_comit_.svg"'


def test_a_case_names_its_version_and_leads_to_it(office: Flask, visit: Visit) -> None:
    with office.app_context():
        case = builders.make_case(queries_user("manager"))
        url = f"/cases/{case.id}"
        pinned = f"{LIST}/{queries.active_version().id}"  # type: ignore[union-attr]
        db.session.commit()
    client = visit("manager")
    assert pinned in client.get(url).links.values()
    assert pinned in client.get(f"{url}/procedure").links.values()
    assert client.get(pinned).status == 200


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_speaks_both_languages(consultation: tuple[PageClient, str], lang: str) -> None:
    client, url = consultation
    client.get(url)
    client.post("/language", {"language": lang, "back": url})
    for page in ("", "/checks", "/triage", "/consultation", "/close_consultation", "/set_aside"):
        found = client.get(url + page)
        assert found.status == 200
        assert (("procédure" in found.text.lower()) is (lang == "fr")) or page not in ("", "/checks")


def test_moves_that_the_table_does_not_have_are_not_there(draft: tuple[PageClient, str]) -> None:
    client, url = draft
    for action in ("activate", "close_consultation", "reopen_consultation", "retire", "approve", "prove"):
        assert client.get(f"{url}/{action}").status == 404
    client.get(url)
    assert client.post(f"{url}/activate", {"revision": "1"}).status == 409
    assert client.post(f"{url}/open_consultation", {"revision": "99"}).status == 409


ODD = {
    "one step": "nodes: [{id: S, kind: start, lane: A, en: Start}]\nedges: []",
    "no start": "nodes: [{id: T, kind: task, lane: A, en: Task}]\nedges: []",
    "a step that leads to itself": "nodes: [{id: S, kind: start, lane: A}]\nedges: [[S, S]]",
    "an arrow to nowhere": "nodes: [{id: S, kind: start, lane: A}]\nedges: [[S, X9], [X8, S]]",
    "a circle": "nodes: [{id: S, kind: task, lane: A}, {id: T, kind: task, lane: A}]\nedges: [[S, T], [T, S]]",
    "a pathway": "nodes: [{id: P, kind: pathway, lane: A, need: MED}, {id: S, kind: start, lane: A}]\nedges: [[S, P]]",
    "a join first": "nodes: [{id: J, kind: join_or, lane: A}, {id: O, kind: split_or, lane: A}]\nedges: [[J, O]]",
    "an event alone": "nodes: [{id: V, kind: start, lane: A, event: withdrawal}]\nedges: []",
}
"""Flowcharts that can be read and are wrong."""


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_flowchart_is_drawn_and_checked_all_the_same(visit: Visit, odd: str) -> None:
    client = visit("coordinator")
    head = "sop: {id: ODD, version: 1.0.0, languages: [fr, en]}\nfields: {}\nlanes: {A: {fr: Moi, en: Me}}\n"
    page = start(client, head + ODD[odd] + "\n")
    assert page.url.endswith("/checks")
    url = at(client)
    assert client.get(url).status == 200
    assert client.get(f"{url}?page=nothing").status == 404


def test_what_is_saved_to_a_file_is_the_canonical_text_with_its_comments(visit: Visit) -> None:
    client = visit("coordinator")
    typed = (
        "sop: {version: 1.0.0, id: DEMO, languages: [fr, en]}\nfields: {}\nlanes: {A: {en: Me, fr: Moi}}\n"
        "nodes:\n  # first of all\n  - {kind: start, id: S, lane: A, fr: Début, en: Start}\n"
        "  - {id: T, kind: task, lane: A, deadline: PT72H, fr: Faire, en: Do}\nedges:\n  - [S, T]\n"
    )
    start(client, typed)
    url = f"{at(client)}/flowchart.yaml"
    before = client.client.get(url)
    saved = before.data.decode()
    for line in ("  # first of all\n", "deadline: P3D", "  - {from: S, to: T}\n", "  id: DEMO\n  version: 1.0.0\n"):
        assert line in saved
    client.get(f"{at(client)}/edit")
    client.submit("flowchart", flowchart=saved + "# a remark\n")
    after = client.client.get(url)
    assert after.data.decode() == saved + "# a remark\n"
    assert after.headers["Content-Disposition"] == before.headers["Content-Disposition"], "a remark is no content"
