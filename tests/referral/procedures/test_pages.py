"""The procedure for everybody who may consult it: drawing, list, steps, triage, forms."""

from __future__ import annotations

import pytest

from referral.extensions import db
from referral.foundation.grants import Role
from tests import builders
from tests.page_client import PageClient
from tests.signing_in import sign_in


@pytest.fixture
def visit(app):
    """visit(role) -> a page client signed in with that role, with the procedure in force."""

    def enter(role: Role, procedure: bool = True) -> PageClient:
        with app.app_context():
            if procedure:
                builders.make_procedure()
            name = builders.make_user(role, builders.make_organization()).username
            from referral.partners.queries import user_by_name

            user_by_name(name).language = "en"
            db.session.commit()
        client = PageClient(app, language="en")
        sign_in(client, name)
        return client

    return enter


@pytest.mark.parametrize("role", list(Role))
def test_everybody_but_the_administrator_may_read_it(visit, role):
    client = visit(role)
    expected = 404 if role is Role.ADMINISTRATOR else 200
    found = {client.get(url).status for url in ("/procedure", "/procedure/triage", "/procedure/forms")}
    assert found == {expected}


def test_version_is_named_with_its_fingerprint_and_that_it_is_a_draft(visit):
    page = visit(Role.FIRST_RESPONDER).get("/procedure")
    assert "draft to be validated nationally" in page.text
    assert "0.2.0" in page.text
    assert "CMR-MNR" in page.text


def test_every_page_of_the_drawing_has_its_list(visit):
    client = visit(Role.COORDINATOR)
    first = client.get("/procedure")
    tabs = [href for href in first.links.values() if href.startswith("/procedure?page=")]
    assert len(set(tabs)) >= 15
    for url in ("/procedure", "/procedure?page=loop", "/procedure?page=P_TEH", "/procedure?page=V01"):
        page = client.get(url)
        chart = next(svg for svg in page.tree.iter("svg") if svg.get("class") == "scene")
        drawn = {link.get("href") for link in chart.iter("a") if link.get("href").startswith("#")}
        listed = {f"#{item.get('id')}" for item in page.tree.iter("li") if item.get("id").startswith("s-")}
        assert drawn
        assert drawn <= listed
    assert client.get("/procedure?page=nothing").status == 404


def test_steps_say_who_when_form_and_legal_basis(visit):
    page = visit(Role.CASE_MANAGER).get("/procedure")
    row = next(row.text for row in page.tree.iter("tr") if row.text.startswith("X03"))
    for words in (
        "Case manager",
        "Critical priority: 1 h",
        "F16",
        "needs: consent to case work and consent to this provider",
    ):
        assert words in row.replace("\N{NO-BREAK SPACE}", " ")


def test_triage_is_told_rule_by_rule(visit):
    page = visit(Role.COMMITTEE).get("/procedure/triage")
    rows = [row.text for row in page.tree.iter("tr")]
    assert any(row.startswith("1 because the person is in immediate danger") for row in rows)
    assert any(row.startswith("14 ") for row in rows)
    assert "trained staff ask in private within 24 hours" in page.text


def test_forms_list_their_questions_with_category(visit):
    client = visit(Role.DATA_OFFICER)
    page = client.get("/procedure/forms")
    assert "C13 Child file" in page.text
    page = client.get(page.links["Identification"] + "/questions")
    row = next(row.text for row in page.tree.iter("tr") if "Is the person in danger now?" in row.text)
    assert "C1 Case code" in row


def test_without_a_procedure_the_page_says_so(visit):
    assert "No procedure is in force" in visit(Role.CASE_MANAGER, procedure=False).get("/procedure").text
