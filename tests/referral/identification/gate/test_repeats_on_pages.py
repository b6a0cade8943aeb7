"""What repeats, on the pages of the form: added, removed, nested, counted, wrong at its place, read back, submitted."""

# ruff: noqa: E501

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, update

from referral.extensions import db
from referral.identification import actions, queries
from referral.identification.models import Attachment, Submission
from referral.procedures.models import FormVersion
from sop.forms import Form, compile_form
from tests.conftest import NOW, rolled_back
from tests.page_client import Page, PageClient
from tests.referral.identification.gate.parcels import photo, sender, source
from tests.referral.identification.walk import ADULT, furnish
from tests.signing_in import sign_in


def household() -> Any:
    """The form of the scene with one more screen."""
    text = """
| survey |
| | type | name | label::French (fr) | label::English (en) | relevant | constraint | required | calculation | choice_filter | repeat_count | category |
| | begin group | house | Le ménage | The household | | | | | | | |
| | text | head | Chef | Head | | | | | | | C2 |
| | integer | rooms | Pièces | Rooms | | . < 9 | | | | | C2 |
| | begin repeat | people | Proche | Relative | | | | | | | |
| | text | first_name | Prénom | First name | | | yes | | | | C2 |
| | integer | years | Âge de ${first_name} | Age of ${first_name} | | . >= 0 and . < 120 | | | | | C2 |
| | text | school | École de ${first_name} | School of ${first_name} | ${years} < 18 | | | | | | C2 |
| | date | seen_on | Vu le | Seen on | | | | | | | C2 |
| | select_one kinds | kind | Genre | Kind | | | | | | | C2 |
| | select_one towns | town | Ville | Town | | | | | kind = ${kind} | | C2 |
| | image | portrait | Portrait | Portrait | | | | | | | C2 |
| | text | summary | En bref | In short | | | | concat(${first_name}, ' – ', ${years}) | | | C2 |
| | begin repeat | phones | Téléphone | Phone | | | | | | | |
| | text | line | Numéro | Number | | | | | | | C4 |
| | end repeat | | | | | | | | | | |
| | end repeat | | | | | | | | | | |
| | begin repeat | room | Pièce | Room | | | | | | ${rooms} | |
| | text | room_use | Usage | Use | | | | | | | C2 |
| | end repeat | | | | | | | | | | |
| | end group | | | | | | | | | | |
| choices |
| | list_name | name | label::French (fr) | label::English (en) | kind |
| | kinds | a | Un | One | |
| | kinds | b | Deux | Two | |
| | towns | x | Kribi | Kribi | a |
| | towns | y | Limbé | Limbe | b |
"""
    whole, more = compile_form(source(), reference=False).to_json(), compile_form(text, reference=False).to_json()
    last = max(item["row"] for item in (*whole["questions"], *whole["groups"]))
    for item in (*more["questions"], *more["groups"]):
        item["row"] += last
    for part in ("questions", "groups"):
        whole[part] += more[part]
    whole["choices"] |= more["choices"]
    return whole


@pytest.fixture(scope="module")
def scene(_application: Flask) -> Iterator[tuple[Flask, Connection]]:
    """The scene of the gate, with the household in the form."""
    with rolled_back(_application) as connection:
        furnish(_application)
        with _application.app_context():
            db.session.execute(update(FormVersion).values(active=False))
            form = Form.from_json(household())
            kept = {"compiled": form.to_json(), "xform": "", "content_hash": form.hash, "number": "household"}
            times = {"imported_at": NOW, "published_at": NOW, "active": True}
            one = FormVersion(name="identification", form_id=form.id, title=form.title, **kept, **times)
            db.session.add(one)
            db.session.commit()
        yield _application, connection


@pytest.fixture
def agent(app: Flask) -> PageClient:
    client = PageClient(app, sign_in=sign_in)
    client.sign_in("agent")
    return client


def draft(app: Flask, **answers: Any) -> UUID:
    """A draft with everything but its household."""
    with app.app_context():
        one = actions.start(actor=sender(), today=NOW.date(), now=NOW)
        actions.save(one, ADULT | answers, screen="house", actor=sender(), now=NOW)
        db.session.commit()
        return one.id


def typed(app: Flask, draft_id: UUID) -> dict[str, Any]:
    with app.app_context():
        found = db.session.get(Submission, draft_id)
        assert found is not None
        return queries.typed_answers(found)


def send(client: PageClient, draft_id: UUID, do: str, **fields: Any) -> Page:
    """The screen as it stands, with what is given and a button; "people_1_age" is people/1/years."""
    page = client.get(f"/identifications/{draft_id}/screens/house")
    form = page.form("do")
    return client.post(form.action, {**form.fields, "do": do, **fields})


def q(path: str) -> str:
    return f"q-{path}"


def test_somebody_is_added_filled_in_and_read_back(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app)
    page = agent.get(f"/identifications/{draft_id}/screens/house")
    assert "Rien d’inscrit ici pour l’instant." in page.text
    page = send(agent, draft_id, "add:people", **{q("head"): "Awa"})
    assert page.form("do").fields[q("head")] == "Awa"
    assert "Proche 1" in page.text
    send(agent, draft_id, "add:people", **{q("people/1/first_name"): "Binta", q("people/1/years"): "4"})
    page = send(agent, draft_id, "add:people/1/phones", **{q("people/2/first_name"): "Ali"})
    assert {q("people/1/school"), q("people/1/phones/1/line")} <= page.form("do").names
    assert "École de Binta" in page.text
    assert "Âge de Ali" in page.text
    assert "Binta – 4" in page.text
    date = {f"q-people/2/seen_on-{part}": value for part, value in (("day", "3"), ("month", "2"), ("year", "2026"))}
    send(agent, draft_id, "next", **{q("people/1/phones/1/line"): "699", **date})
    found = typed(app, draft_id)
    assert [one["first_name"] for one in found["people"]] == ["Binta", "Ali"]
    assert (found["people"][0]["phones"], found["people"][1]["seen_on"]) == ([{"line": "699"}], "2026-2-3")
    text = agent.get(f"/identifications/{draft_id}").text
    for words in ("Proche 1", "Âge de Binta", "Téléphone 1", "3 févr. 2026"):
        assert words in text


def test_what_is_empty_goes_at_once_and_what_was_typed_is_asked_for(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app, people=[{"first_name": "Binta"}, {}, {"first_name": "Ali", "phones": [{"line": "1"}]}])
    send(agent, draft_id, "remove:people/2", **{q("people/1/years"): "4"})
    names = [one.get("first_name") for one in typed(app, draft_id)["people"]]
    assert names == ["Binta", "Ali"]
    page = send(agent, draft_id, "remove:people/2", **{q("head"): "Awa"})
    assert "Retirer «\u00a0Proche 2\u00a0», avec ce qui y est écrit" in page.html
    assert len(typed(app, draft_id)["people"]) == 2
    form = page.form("do")
    page = agent.post(form.action, {**form.fields, "do": "keep:people/2"})
    assert "avec ce qui y est écrit" not in page.text
    send(agent, draft_id, "removed:people/2")
    found = typed(app, draft_id)
    assert (found["head"], found["people"][0]["years"], len(found["people"])) == ("Awa", "4", 1)
    send(agent, draft_id, "removed:people/1")
    assert typed(app, draft_id)["people"] == []


def test_what_is_wrong_stands_at_its_instance_and_is_named_with_it(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app, people=[{"first_name": "Binta"}, {"first_name": ""}])
    page = send(agent, draft_id, "next", **{q("people/1/years"): "200"})
    assert page.links["Proche 1 · Âge de Binta : Cette réponse n’est pas possible."] == "#f-q-people/1/years"
    assert "#f-q-people/2/first_name" in page.links.values()
    assert page.form("do").fields[q("people/1/years")] == "200"
    page = agent.get(f"/identifications/{draft_id}")
    assert any(href.endswith("#f-q-people/1/years") for href in page.links.values())


def test_choices_follow_the_answers_of_their_own_instance(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app, people=[{"first_name": "A", "kind": "a"}, {"first_name": "B", "kind": "b"}])
    page = agent.get(f"/identifications/{draft_id}/screens/house")
    offered = {(one.get("name"), one.get("value")) for one in page.tree.iter("input") if "town" in one.get("name")}
    assert offered - {(q("people/1/town"), ""), (q("people/2/town"), "")} == {
        (q("people/1/town"), "x"),
        (q("people/2/town"), "y"),
    }


def test_a_count_in_the_form_makes_the_blocks_and_no_buttons(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app)
    page = send(agent, draft_id, "next", **{q("rooms"): "2"})
    assert "quelques questions de plus sont apparues" in page.text
    assert {q("room/1/room_use"), q("room/2/room_use")} <= page.form("do").names
    assert "add:room" not in page.html
    send(agent, draft_id, "next", **{q("room/2/room_use"): "cuisine"})
    assert typed(app, draft_id)["room"][1] == {"room_use": "cuisine"}
    send(agent, draft_id, "removed:room/1")
    assert len(typed(app, draft_id)["room"]) == 2


def test_files_of_those_who_move_up_move_with_them(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app, people=[{"first_name": "A"}, {"first_name": "B"}, {"first_name": "C"}])
    files = {q(f"people/{n}/portrait"): (io.BytesIO(photo(colour)), "x.jpg") for n, colour in ((1, "red"), (3, "blue"))}
    send(agent, draft_id, "next", **files)
    with app.app_context():
        before = {one.path: one.id for one in db.session.query(Attachment)}
    send(agent, draft_id, "removed:people/1")
    with app.app_context():
        after = {one.path: (one.id, one.name) for one in db.session.query(Attachment)}
    assert after == {"people/2/portrait": (before["people/3/portrait"], "people-2-portrait.jpg")}
    assert typed(app, draft_id)["people"][1]["portrait"] == "people-2-portrait.jpg"
    assert "Le fichier n’est pas là" not in agent.get(f"/identifications/{draft_id}").text


def test_a_household_is_submitted_through_the_gate(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app, people=[{"first_name": "Binta", "years": "4", "phones": [{"line": "1"}]}])
    agent.get(f"/identifications/{draft_id}")
    page = agent.submit("Soumettre")
    assert "CM-LT-2026-" in page.title
    assert typed(app, draft_id)["people"] == [
        {"first_name": "Binta", "years": 4, "summary": "Binta – 4", "phones": [{"line": "1"}]}
    ]


def test_a_page_saves_its_repeats_by_itself(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app, people=[{"first_name": "A"}])
    send(agent, draft_id, "autosave", **{q("people/1/first_name"): "Awa"})
    assert typed(app, draft_id)["people"] == [{"first_name": "Awa", "years": "", "seen_on": "", "kind": "", "town": ""}]


def test_a_button_pressed_twice_adds_once(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app)
    form = agent.get(f"/identifications/{draft_id}/screens/house").form("do")
    for _ in range(2):
        page = agent.post(form.action, {**form.fields, "do": "add:people"})
    assert page.status == 200
    assert len(typed(app, draft_id)["people"]) == 1


@pytest.mark.parametrize(
    "do",
    ["add:", "add:head", "add:room", "add:people/0/phones", "add:people/201/phones", "add:people/1/phones/1",
     "add:people/²/phones", "remove:people", "remove:people/", "remove:people/-1", "removed:people/99",
     "removed:people/1/head/1", "removed:__proto__/1", "add:people/1/phones/1/line"],
)  # fmt: skip
def test_buttons_that_no_page_has_change_nothing(app: Flask, agent: PageClient, do: str) -> None:
    draft_id = draft(app, people=[{"first_name": "A"}])
    assert send(agent, draft_id, do).status == 200
    assert [one["first_name"] for one in typed(app, draft_id)["people"]] == ["A"]


def test_paths_that_no_page_has_are_not_kept(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app, people=[{"first_name": "A"}])
    wrong = [
        "people/999/years",
        "people/0/years",
        "people/1",
        "head/1/years",
        "years",
        "people//years",
        "people/01/years",
        "/",
        "",
    ]
    send(agent, draft_id, "next", shown=[*wrong, "head"], **{q(one): "7" for one in wrong})
    found = typed(app, draft_id)
    assert found["people"] == [{"first_name": "A"}]
    assert "years" not in found


def test_no_more_than_can_be_kept_are_added(app: Flask, agent: PageClient) -> None:
    draft_id = draft(app, people=[{"first_name": "A"}] * 200)
    page = send(agent, draft_id, "add:people")
    assert len(typed(app, draft_id)["people"]) == 200
    assert 'add:people"' not in page.html
