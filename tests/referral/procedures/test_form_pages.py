"""Forms through HTTP: uploaded as drafts, checked, tried out, published once, never changed; files that mean harm."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Connection, func, select

from referral.errors import RuleViolation
from referral.extensions import db
from referral.foundation.audit import AuditLine
from referral.identification.models import Submission
from referral.partners.queries import user_by_name
from referral.procedures import actions, form_versions
from referral.procedures.models import FormVersion, PublishedVersion
from referral.procedures.queries import active_form
from referral.procedures.rules import FormStage
from tests import builders
from tests.conftest import NOW, rolled_back, taken_back
from tests.page_client import Page, PageClient
from tests.referral.procedures.conftest import PEOPLE
from tests.referral.procedures.form_files import HOSTILE, SHEETS, markdown, workbook
from tests.signing_in import sign_in

LIST = "/procedure/forms"
Visit = Callable[[str], PageClient]


@pytest.fixture(scope="module")
def house(_application: Flask) -> Iterator[Connection]:
    """Everybody who has to do with forms, once for all tests of the module."""
    with rolled_back(_application) as connection:
        with _application.app_context():
            partner = builders.make_organization("Foyer Espérance (démonstration)")
            for name, role in PEOPLE:
                own = partner if name in ("manager", "provider") else None
                builders.make_user(role, own, name, full_name=f"Agent {name}", language="en")
            builders.make_procedure()
            db.session.commit()
        yield connection


@pytest.fixture
def office(_application: Flask, house: Connection) -> Iterator[Flask]:
    """The same, and whatever a test does is taken back."""
    with taken_back(_application, house):
        yield _application


@pytest.fixture
def visit(office: Flask) -> Visit:
    """visit(name) -> a page client signed in as that person, in English."""

    def enter(name: str) -> PageClient:
        client = PageClient(office, language="en")
        sign_in(client, name)
        return client

    return enter


def upload(client: PageClient, name: str, content: bytes, *, follow: bool = True) -> Page:
    """Choose the file and press the button, as a browser writes it."""
    fields = client.get(f"{LIST}/new").form("file").fields
    head = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    parts = [head.format(key, "").encode() + value.encode() for key, value in fields.items() if key != "file"]
    parts.append(head.format("file", f'; filename="{name}"').encode() + content)
    body = b"\r\n".join(parts) + b"\r\n--x--\r\n"
    options: dict[str, Any] = {"method": "POST", "data": body, "content_type": "multipart/form-data; boundary=x"}
    return client._open(f"{LIST}/new", follow, **options)


def count() -> int:
    return db.session.scalar(select(func.count(FormVersion.id))) or 0


def draft_of(app: Flask, content: bytes = markdown(), name: str = "visit.md") -> str:
    """The address of a draft that somebody uploaded."""
    with app.app_context():
        one, _new = actions.new_form_draft(name, content, actor=user_by_name("coordinator"), now=NOW)
        db.session.commit()
        return f"{LIST}/{one.id}"


def found(app: Flask, url: str) -> FormVersion:
    return db.session.get_one(FormVersion, UUID(url.rpartition("/")[2]))


def test_an_uploaded_form_is_a_draft_that_nobody_fills_in(office: Flask, visit: Visit) -> None:
    page = upload(visit("coordinator"), "visite.md", markdown())
    assert page.status == 200
    assert "The draft is made" in page.text
    with office.app_context():
        one = db.session.scalars(select(FormVersion).where(FormVersion.form_id == "visit")).one()
        assert (one.stage, one.number, one.source, one.source_name) == (FormStage.DRAFT, "2", markdown(), "visite.md")
        assert active_form("visit") is None


def test_an_excel_file_comes_back_byte_for_byte_and_as_an_xform(office: Flask, visit: Visit) -> None:
    content, client = workbook(), visit("coordinator")
    assert upload(client, "recensement.xlsx", content).status == 200
    with office.app_context():
        one = db.session.scalars(select(FormVersion).where(FormVersion.form_id == "census")).one()
        url, number, asked = f"{LIST}/{one.id}", one.number, [item["name"] for item in one.compiled["questions"]]
    assert (number, asked) == ("2026.1", ["place", "people"])
    assert client.get(f"{url}/source").response.data == content
    assert b'id="census"' in client.get(f"{url}/xform.xml").response.data


def test_the_same_file_twice_is_one_draft(office: Flask, visit: Visit) -> None:
    client = visit("coordinator")
    upload(client, "visite.md", markdown())
    with office.app_context():
        before = count()
    page = upload(client, "autre.md", markdown())
    assert "nothing was added" in page.text
    with office.app_context():
        assert count() == before


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_that_cannot_be_taken_in_says_why_and_leaves_nothing(office: Flask, visit: Visit, case: str) -> None:
    name, content, words = HOSTILE[case]
    with office.app_context():
        before = count()
    page = upload(visit("coordinator"), name, content)
    assert page.status == 422
    assert words in page.text
    with office.app_context():
        assert count() == before


def test_a_formula_counts_as_the_value_that_was_saved_with_it(office: Flask, visit: Visit) -> None:
    rows = [*SHEETS["survey"], ["text", '=HYPERLINK("http://x","y")', "A", "B", "C4"]]
    page = upload(visit("coordinator"), "f.xlsx", workbook(survey=rows))
    assert page.status == 422, "openpyxl saves no value with a formula, so the name is missing"
    assert "row 4" in page.text
    assert "HYPERLINK" not in page.text


def test_errors_are_told_with_row_and_column_and_nothing_is_kept(office: Flask, visit: Visit) -> None:
    page = upload(
        visit("coordinator"), "f.md", markdown(rows="| | text | late | Et ? | And? | | ${nobody} = 1 | C4 | |\n")
    )
    assert page.status == 422
    assert "row 7" in page.text
    assert "relevant" in page.text
    assert "The question nobody does not exist." in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [(markdown(version=""), "has no version"), (markdown(form_id=""), "has no form_id")],
)
def test_a_form_must_name_itself_and_its_version(office: Flask, visit: Visit, content: bytes, words: str) -> None:
    page = upload(visit("coordinator"), "f.md", content)
    assert page.status == 422
    assert words in page.text


def test_publishing_refuses_what_the_checks_name_at_row_and_column(office: Flask, visit: Visit) -> None:
    gaps = "| | text | bare | Et ? | And? | | | | |\n| | text | half | Encore | | | | C4 | nonsense |\n"
    url, client = draft_of(office, markdown(rows=gaps)), visit("coordinator")
    checks = client.get(f"{url}/checks").text
    assert "Hinders publishing (3)" in checks
    for words in (
        "row 7",
        "The question has no data category.",
        "row 8",
        "The fact nonsense is not known.",
        "missing in",
    ):
        assert words in checks
    assert "The checks name 3 points" in client.get(f"{url}/publish").text
    with office.app_context():
        one = found(office, url)
        with pytest.raises(RuleViolation, match="mend_first"):
            actions.publish_form(one, revision=one.revision, actor=user_by_name("coordinator"), now=NOW)
        db.session.rollback()
        assert active_form("visit") is None


def test_publishing_puts_in_force_and_leaves_open_files_on_their_version(office: Flask, visit: Visit) -> None:
    with office.app_context():
        former = active_form("identification")
        assert former is not None
        text = former.source.decode().replace("| cmr_identification | 2 |", "| cmr_identification | 3 |")
    url, client = draft_of(office, text.encode(), "f04.md"), visit("coordinator")
    with office.app_context():
        lines = db.session.scalar(select(func.count()).select_from(AuditLine).where(AuditLine.action == "form.publish"))
    assert "New files use this version from now on." in client.get(f"{url}/publish").text
    assert client.submit("Publish").status == 200
    with office.app_context():
        now = active_form("identification")
        assert now is not None
        assert (now.number, str(now.id)) == ("3", url.rpartition("/")[2])
        former = form_versions.twin("identification", former.content_hash)
        assert former is not None
        assert former.stage is FormStage.RETIRED
        after = db.session.scalar(select(func.count()).select_from(AuditLine).where(AuditLine.action == "form.publish"))
        assert after == lines + 1


def test_the_second_of_two_coordinators_is_told(office: Flask) -> None:
    url = draft_of(office)
    with office.app_context():
        one, seen = found(office, url), found(office, url).revision
        actions.publish_form(one, revision=seen, actor=user_by_name("coordinator"), now=NOW)
        with pytest.raises(RuleViolation, match="stale_version"):
            actions.publish_form(one, revision=seen, actor=user_by_name("other"), now=NOW)
        with pytest.raises(RuleViolation, match="stale_version"):
            actions.withdraw_form(one, revision=seen, actor=user_by_name("other"), now=NOW)


def test_a_published_number_is_not_given_twice(office: Flask, visit: Visit) -> None:
    url = draft_of(office)
    rival = draft_of(office, markdown(rows="| | text | more | Et ? | And? | | | C4 | |\n"))
    with office.app_context():
        one = found(office, url)
        actions.publish_form(one, revision=one.revision, actor=user_by_name("coordinator"), now=NOW)
        db.session.commit()
        assert [each.code for each in form_versions.refusals_of(found(office, rival))] == ["number_taken"]
    page = upload(visit("coordinator"), "f.md", markdown(rows="| | text | other | Et ? | And? | | | C4 | |\n"))
    assert page.status == 422
    assert "Version 2 of this form is published already." in page.text


@pytest.mark.parametrize("change", [{"number": "3"}, {"compiled": {}}, {"source": b"x"}, {"title": "x"}])
def test_a_published_form_never_changes(office: Flask, change: dict[str, Any]) -> None:
    with office.app_context():
        one = active_form("identification")
        for name, value in change.items():
            setattr(one, name, value)
        with pytest.raises(PublishedVersion):
            db.session.flush()
        db.session.rollback()


def test_a_withdrawn_draft_comes_back_with_the_same_file(office: Flask, visit: Visit) -> None:
    url, client = draft_of(office), visit("coordinator")
    client.get(f"{url}/withdraw")
    assert client.submit("Withdraw this draft").status == 200
    with office.app_context():
        assert found(office, url).stage is FormStage.WITHDRAWN
    upload(client, "visite.md", markdown())
    with office.app_context():
        assert found(office, url).stage is FormStage.DRAFT


def test_differences_name_questions_and_answers(office: Flask, visit: Visit) -> None:
    with office.app_context():
        former = active_form("identification")
        assert former is not None
        text = former.source.decode().replace("| cmr_identification | 2 |", "| cmr_identification | 3 |")
    text = text.replace("| | text | other_names | Surnom ou autre nom |", "| | text | other_names | Petit nom |")
    text = text.replace(
        "| | yes_no | no | Non | No | | |", "| | yes_no | no | Non | No | | |\n| | yes_no | maybe | Si | Maybe | | |"
    )
    page = visit("coordinator").get(draft_of(office, text.encode(), "f04.md") + "/differences").text
    for words in ("other_names", "Surnom ou autre nom", "Petit nom", "yes_no: maybe", "Added"):
        assert words in page
    assert "given_names" not in page


def test_a_trial_follows_conditions_and_keeps_nothing(office: Flask, visit: Visit) -> None:
    url, client = draft_of(office), visit("coordinator")
    with office.app_context():
        before = db.session.scalar(select(func.count(Submission.id)))
    page = client.get(f"{url}/preview")
    assert "Where?" not in page.text
    page = client.submit("q-seen", q_seen="yes", do="next")
    assert "Where?" in page.text, "the answer calls up another question on the same screen"
    page = client.submit("q-where", q_where="", do="next")
    assert "Please answer this question." in page.text
    page = client.submit("q-where", q_where="<b>Kribi</b>", do="next")
    assert "Everything needed is there" in page.text
    assert "&lt;b&gt;Kribi" in page.html
    with office.app_context():
        assert db.session.scalar(select(func.count(Submission.id))) == before


def test_the_browser_may_keep_a_blank_form_under_the_address_that_changes_with_it(office: Flask, visit: Visit) -> None:
    client = visit("coordinator")
    page = client.get(draft_of(office) + "/preview")
    address = re.search(r'data-form="([^"]+)"', page.html)
    assert address
    kept = client.client.get(address[1])
    assert kept.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert kept.get_json()["language"] == "en"
    other = client.client.get(address[1][:-1] + ("0" if address[1][-1] != "0" else "1"))
    assert other.headers["Cache-Control"] == "no-store"
    assert other.data == kept.data
    assert client.client.get(address[1].replace("/en/", "/xx/")).status_code == 404
    assert 'category"' not in kept.text


REPEATING = b"""
| survey |
| | type | name | label | required | category |
| | begin repeat | people | Relative | | |
| | text | first_name | First name | yes | C2 |
| | text | school | School of ${first_name} | | C2 |
| | end repeat | | | | |
| settings |
| | form_id | version | form_title |
| | household | 1 | Household |
"""


def test_a_trial_adds_and_removes_what_repeats(office: Flask, visit: Visit) -> None:
    url, client = draft_of(office, REPEATING, "household.md"), visit("coordinator")
    client.get(f"{url}/preview")
    client.submit("typed", do="add:people")
    page = client.submit("typed", do="add:people", **{"q-people/1/first_name": "Binta"})
    assert "School of Binta" in page.text
    page = client.submit("typed", do="remove:people/1", **{"q-people/2/first_name": "Ali"})
    assert "Yes, remove" in page.text
    page = client.submit("typed", do="removed:people/1")
    assert page.form("typed").fields["q-people/1/first_name"] == "Ali"
    page = client.submit("typed", do="next", **{"q-people/1/first_name": ""})
    assert "#f-q-people/1/first_name" in page.links.values()
    page = client.submit("typed", do="next", **{"q-people/1/first_name": "Ali"})
    assert "Relative 1" in page.text
    assert "Everything needed is there" in page.text


@pytest.mark.parametrize("typed", ["", "[]", "{", "[" * 50_000, '{"seen": {"a": 1}}', '{"seen": NaN}'])
def test_a_garbled_trial_begins_anew(office: Flask, visit: Visit, typed: str) -> None:
    url, client = draft_of(office), visit("coordinator")
    client.get(f"{url}/preview")
    assert client.submit("typed", typed=typed, screen="one", do="next").status == 200


def test_the_committee_reads_drafts_and_changes_nothing(office: Flask, visit: Visit) -> None:
    url, client = draft_of(office), visit("committee")
    page = client.get(url)
    assert page.status == 200
    assert "Withdraw this draft" not in page.text
    assert client.get(f"{url}/publish").status == 404


def test_the_list_counts_files_and_drafts(office: Flask, visit: Visit) -> None:
    draft_of(office)
    page = visit("coordinator").get(LIST).text
    assert "F04 Identification form" in page
    assert "Visite" in page
