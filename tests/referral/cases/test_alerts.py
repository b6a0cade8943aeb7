"""The coordination sees delays by code and gaps by need: no identity, no way into a file."""

from __future__ import annotations

from referral.cases.actions import progress
from referral.extensions import db
from tests import builders
from tests.conftest import NOW
from tests.referral.cases.conftest import later, user


def test_delays_rise_from_the_manager_to_the_national_unit(app, house, visit):
    with app.app_context():
        code = builders.make_case(user("manager"), needs=["HEB"]).code
        db.session.commit()
    assert code not in visit("coordinator").get("/alerts").text
    expected = ((13, "yes", "the case manager"), (25, "", "the supervisor"), (37, "", "the regional focal point"))
    for hours, everything, who in (*expected, (49, "", "the national unit")):
        with later(app, hours=hours):
            text = visit("coordinator").get(f"/alerts?all={everything}").text
        assert code in text
        assert who in text


def test_alerts_lead_into_no_file_and_name_nobody(app, house, visit):
    with app.app_context():
        case = builders.make_case(user("manager"), needs=["HEB"])
        db.session.commit()
        case_id = case.id
    with later(app, days=5):
        page = visit("coordinator").get("/alerts")
    assert "Look for a provider" in page.text
    assert "/cases/" not in page.html
    assert str(case_id) not in page.html
    assert "Mbarga" not in page.html
    assert "Agent manager" not in page.html
    for name in ("manager", "supervisor", "committee", "provider", "administrator", "officer", "responder"):
        assert visit(name).get("/alerts").status == 404


def test_gaps_are_counted_by_need_and_region(app, house, visit):
    with app.app_context():
        for _number in range(2):
            case = builders.make_case(user("manager"), needs=["HEB"])
            at = {"need": "HEB", "actor": user("manager"), "now": NOW}
            progress.advance(case, step="R01", facts={"provider_found": False}, **at)
            progress.advance(case, step="R02", facts={"gap_solved": False}, **at)
            progress.advance(case, step="R03", **at)
        db.session.commit()
    page = visit("coordinator").get("/alerts")
    row = next(row for row in page.tree.iter("tr") if "Shelter and basic needs" in row.text and "Littoral" in row.text)
    assert row.text.endswith("2")


def test_region_narrows_the_list(app, house, visit):
    with app.app_context():
        here = builders.make_case(user("manager"), needs=["HEB"]).code
        there = builders.make_case(user("manager"), needs=["HEB"], region="CM002", department="").code
        db.session.commit()
    with later(app, days=5):
        client = visit("coordinator")
        text, unknown = (client.get(f"/alerts?region={code}").text for code in ("CM005", "%3Cscript%3E"))
    assert here in text
    assert there not in text
    assert there in unknown
