"""Who may see a case, what the pages say, and how many statements they take."""

from __future__ import annotations

from datetime import timedelta

import pytest

from referral.cases.models import Case
from referral.cases.rules import CaseState
from referral.extensions import db
from referral.foundation.audit import AuditLine
from tests import builders
from tests.conftest import NOW
from tests.referral.cases.conftest import counted, later, user

PAGES = ("", "/procedure", "/plan", "/accesses")


def new_case(app, manager="manager", **facts):
    with app.app_context():
        case = builders.make_case(user(manager), **facts)
        db.session.commit()
        return case.id, case.code


@pytest.mark.parametrize("page", PAGES)
def test_case_is_open_to_its_manager_and_the_supervisors_of_its_organisation(app, house, visit, page):
    case_id, _code = new_case(app)
    seen = {name: visit(name).get(f"/cases/{case_id}{page}").status for name in EVERYBODY}
    assert {name for name, status in seen.items() if status == 200} == {"manager", "supervisor"}
    assert {status for status in seen.values() if status != 200} == {404}


EVERYBODY = (
    "manager", "colleague", "supervisor", "stranger", "boss", "responder", "provider", "coordinator", "committee",
    "officer", "administrator",
)  # fmt: skip


def test_pre_file_is_no_case_yet(app, house, visit):
    with app.app_context():
        prefile = builders.make_prefile(user("manager"), user("manager").organization)
        db.session.commit()
        case_id = prefile.id
    assert visit("manager").get(f"/cases/{case_id}").status == 404
    assert visit("supervisor").get(f"/cases/{case_id}").status == 404


def test_page_says_what_to_do_and_why_and_hides_the_name(app, house, visit):
    case_id, code = new_case(app)
    page = visit("manager").get(f"/cases/{case_id}")
    assert page.title == code
    assert "Look for a provider that fits" in page.text
    assert "Because this need was recorded" in page.text
    assert "by 24 Nov 2026" in page.text
    assert "Woman, 25–59 years" in page.text
    assert "R01 of the procedure" in page.text
    assert "rule 12 of the triage table" in page.text
    assert "Mbarga" not in page.html
    assert "Aline" not in page.html


def test_every_look_leaves_a_line(app, house, visit):
    case_id, _code = new_case(app)
    client = visit("manager")
    for page in PAGES:
        client.get(f"/cases/{case_id}{page}")
    with app.app_context():
        lines = db.session.query(AuditLine).filter_by(case_id=case_id).order_by(AuditLine.id).all()[-4:]
        assert [line.action for line in lines] == [
            "case.read", "case.procedure.read", "case.plan.read", "case.accesses.read",
        ]  # fmt: skip
        assert {line.actor_id for line in lines} == {user("manager").id}
    text = visit("supervisor").get(f"/cases/{case_id}/accesses").text
    assert "Agent manager" in text
    assert "opened the case" in text


def test_list_shows_own_cases_to_a_manager_and_all_to_the_supervisor(app, house, visit):
    _, own = new_case(app)
    _, colleagues = new_case(app, "colleague")
    _, strangers = new_case(app, "stranger")
    assert [code for code in (own, colleagues, strangers) if code in visit("manager").get("/cases").text] == [own]
    listed = visit("supervisor").get("/cases").text
    assert [code for code in (own, colleagues, strangers) if code in listed] == [own, colleagues]


def test_next_deadline_comes_first_then_priority(app, house, visit):
    _, calm = new_case(app, no_shelter=False)
    _, critical = new_case(app, sexual_violence_120h=True)
    _, urgent = new_case(app)
    page = visit("manager").get("/cases")
    order = [text for text in page.links if text.startswith("CM-")]
    assert order == [critical, urgent, calm]


def test_list_pages_by_key_and_shows_each_case_once(app, house, visit):
    with app.app_context():
        codes = {builders.make_case(user("manager")).code for _number in range(28)}
        for place, case in enumerate(db.session.query(Case)):
            case.next_due_at = None if place % 3 == 0 else NOW + timedelta(hours=place % 4)
        db.session.commit()
    client = visit("manager")
    first = client.get("/cases")
    shown = [text for text in first.links if text.startswith("CM-")]
    second = client.get(next(href for text, href in first.links.items() if text.startswith("Following")))
    shown += [text for text in second.links if text.startswith("CM-")]
    assert len(shown) == 28
    assert set(shown) == codes


def test_filters_are_codes_and_wrong_ones_filter_nothing(app, house, visit):
    _, shelter = new_case(app)
    _, papers = new_case(app, needs=["DOC"], no_shelter=False)
    client = visit("manager")
    for query, expected in (
        ("need=HEB", {shelter}),
        ("priority=low", {papers}),
        ("overdue=yes", set()),
        ("state=closed", set()),
        ("need=<b>&priority=9&state=x&after=7&overdue=maybe", {shelter, papers}),
    ):
        page = client.get(f"/cases?{query}")
        assert {code for code in (shelter, papers) if code in page.text} == expected, query
    with later(app, days=40):
        assert shelter in visit("manager").get("/cases?overdue=yes").text


def test_list_takes_as_many_statements_for_many_rows_as_for_few(app, house, visit):
    client, counts = visit("supervisor"), []
    for wanted in (5, 26):  # more than a page
        with app.app_context():
            for number in range(wanted - db.session.query(Case).count()):
                builders.make_case(user("manager" if number % 2 else "colleague"))
            db.session.commit()
        client.get("/cases")
        with counted(app) as statements:
            client.get("/cases")
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_case_page_takes_a_bounded_number_of_statements(app, house, visit):
    few, _ = new_case(app, needs=["HEB"])
    many, _ = new_case(app, needs=["MED", "PSY", "HEB", "DOC", "JUR", "FAM", "EDU", "ECO"])
    client, counts = visit("manager"), []
    client.get(f"/cases/{few}")
    for case_id in (few, many):
        with counted(app) as statements:
            client.get(f"/cases/{case_id}")
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 32


def test_supervisor_sees_code_priority_and_reason_of_waiting_files_of_the_own_organisation(app, house, visit):
    with app.app_context():
        home, other = user("manager").organization, user("stranger").organization
        ours = builders.make_prefile(user("responder"), home).code
        theirs = builders.make_prefile(user("responder"), other).code
        db.session.commit()
    page = visit("supervisor").get("/cases")
    assert ours in page.text
    assert theirs not in page.text
    assert "because the person has no shelter tonight" in page.text
    assert "/cases/" not in page.links.get(ours, "")
    assert ours not in visit("manager").get("/cases").text


def test_closed_case_says_so_and_asks_nothing(app, house, visit):
    case_id, code = new_case(app)
    with app.app_context():
        case = db.session.get(Case, case_id)
        case.state = CaseState.CLOSED
        db.session.commit()
    assert code not in visit("manager").get("/cases").text
    assert code in visit("manager").get("/cases?state=closed").text


def test_flowchart_shows_where_the_case_stands_and_the_way_of_one_need(app, house, visit):
    case_id, _code = new_case(app)
    client = visit("manager")
    page = client.get(f"/cases/{case_id}/procedure")
    assert page.tree.first("svg") is not None
    assert {item.get("id") for item in page.tree.iter("li")} >= {"s-S0", "s-N07", "s-D12"}
    line = next(item for item in page.tree.iter("li") if item.get("id") == "s-N07")
    assert "now" in line.text
    with app.app_context():
        need = next(need.id for need in db.session.get(Case, case_id).needs if need.need.value == "HEB")
    page = client.get(f"/cases/{case_id}/procedure?of={need}")
    line = next(item for item in page.tree.iter("li") if item.get("id") == "s-R01")
    assert "now" in line.text
    assert client.get(f"/cases/{case_id}/procedure?page=nothing").status == 404


def test_case_page_speaks_both_languages(app, house, visit):
    case_id, _code = new_case(app)
    assert "À faire maintenant" in visit("manager", "fr").get(f"/cases/{case_id}").text
    assert "What to do now" in visit("manager", "en").get(f"/cases/{case_id}").text
