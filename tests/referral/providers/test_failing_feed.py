"""The British feed that is wrong on purpose: every row is refused with each of its reasons, by command and on pages."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from referral.extensions import db
from referral.foundation.grants import Role
from referral.providers.models import ImportBatch, Service
from tests.builders import make_organization, make_user
from tests.page_client import PageClient

FAILING = Path(__file__).parents[3] / "../shared/data/hsds/real/oruk_mocks_3.0/V3.0-UK-Fail"
pytestmark = pytest.mark.skipif(not FAILING.is_dir(), reason="the real HSDS data sets are not beside the checkout")

NAMELESS = "name: required, but missing"
NO_ADDRESS = "email: not an e-mail address: email-example_com"
ROWS = [
    (1, "ac148810-d857-441c-9679-408f346de14b", [NAMELESS, NO_ADDRESS]),
    (2, "b644a0d2-9e8a-4c33-9390-ae9ee93fc056", [NAMELESS, NO_ADDRESS]),
    (3, "e85f5bb0-62f0-42cc-a08a-0c5c16273090", [NAMELESS, "email: must be text"]),
    (4, "ac148810-d857-441c-9679-408f346de14b", [NAMELESS, "email: must be text"]),
]
"""The four services of its list: none has a name, two have an address without @, two have `false` and a number."""
COUNSELLING = "ac148810-d857-441c-9679-408f346de14b"
AT_PLACE = "this is a service at a location, not a service"
NO_SERVICE = "this does not look like a service"
OTHERS = {
    "service_full": [(1, COUNSELLING, [NO_ADDRESS])],
    "service_at_location_full": [(1, "3a19ff88-4620-4d17-9830-ac1d859eb5d5", [AT_PLACE])],
    "service_at_location_list": [(1, "e94c9f38-1e8f-4564-91d4-d53501ab1765", [AT_PLACE])],
    "taxonomy": [(1, "5c4d79d7-cc55-470e-9f1f-8cad074e4892", [NO_SERVICE])],
    "taxonomy_list": [(1, "5c4d79d7-cc55-470e-9f1f-8cad074e4892", [NO_SERVICE])],
    "taxonomy_term": [(1, "3f7b145d-84af-42d7-8fae-eaca714b02b2", [NO_SERVICE])],
    "taxonomy_term_list": [(1, "0bc248fa-dc27-4650-9ba4-8f1a24ef16a2", [NO_SERVICE])],
    "organization_full": [],
    "organization_list": [],
}
"""The other files: a service and an organisation whose place lies at 100 degrees north go in, the place without it."""


def commanded(app: Any, name: str, *options: str) -> tuple[int, dict[str, Any], str]:
    """The exit code, the JSON of the last line, and all that was printed."""
    path = str(FAILING / f"{name}.json")
    done = app.test_cli_runner().invoke(args=["directory", "import", "hsds", path, "--json", *options])
    return done.exit_code, json.loads(done.output.splitlines()[-1]), done.output


def refused(told: dict[str, Any]) -> list[tuple[int, str, list[str]]]:
    return [(one["row"], one["id"], one["reasons"]) for one in told["quarantined"]]


def test_the_command_names_each_row_of_the_list_with_all_its_reasons(app: Any) -> None:
    code, told, _printed = commanded(app, "service_list")
    assert (code, told["services"], told["counts"]) == (0, 0, {"new": 0, "changed": 0, "gone": 0})
    assert refused(told) == ROWS
    assert [(one["row"], one["field"], one["reason"]) for one in told["warnings"]] == [
        (row, "url", "not a web address, left out: example_counselling") for row in (1, 2, 3)
    ]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Service)) == 0
        assert db.session.scalars(select(ImportBatch)).one().quarantined == 4


def test_the_command_without_json_prints_a_line_for_each_reason(app: Any) -> None:
    path = str(FAILING / "service_list.json")
    printed = app.test_cli_runner().invoke(args=["directory", "import", "hsds", path, "--preview"]).output.splitlines()
    assert [line for line in printed if line.startswith("row ")] == [
        f"row {row} {key}: {why}" for row, key, reasons in ROWS for why in reasons
    ]
    assert printed[-1] == "0 services, 4 set aside"


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_each_other_file_is_refused_or_goes_in_as_far_as_it_can(app: Any, name: str) -> None:
    code, told, _printed = commanded(app, name)
    assert (code, refused(told)) == (0, OTHERS[name])
    assert told["services"] == (1 if name == "organization_full" else 0)
    warned = {
        "organization_full": [(1, "latitude", "impossible coordinates, left out: 100, 101")],
        "service_full": [(1, "url", "not a web address, left out: example/counselling")],
    }
    assert [(one["row"], one["field"], one["reason"]) for one in told["warnings"]] == warned.get(name, [])


@pytest.mark.slow
def test_the_file_that_is_no_list_at_all_ends_with_2(app: Any) -> None:
    code, told, _printed = commanded(app, "api_details")
    assert (code, told["code"]) == (2, "no_list")
    assert told["error"] == "expected a list of services, or an object with “contents”"


WORDS = {
    "fr": ("obligatoire, mais absent", "ce n’est pas une adresse électronique : email-example_com",
           "doit être un texte", "Service : nom", "Service : courriel"),
    "en": ("required, but missing", "not an e-mail address: email-example_com", "must be text", "Service: name",
           "Service: e-mail"),
}  # fmt: skip
ROW = {"fr": "Ligne", "en": "Row"}
HEADING = {"fr": "Lignes mises de côté (4)", "en": "Rows set aside (4)"}


def expected(language: str) -> list[list[str]]:
    """The lines of the table on the page: row with the id of the source, field, reason."""
    missing, no_address, no_text, name, email = WORDS[language]
    return [
        [f"{ROW[language]} {row} {key}", *said]
        for row, key, reasons in ROWS
        for said in ([name, missing], [email, no_address if NO_ADDRESS in reasons else no_text])
    ]


def lines(page: Any, heading: str) -> list[list[str]]:
    """The table of a page under this heading, line by line."""
    table = next(one for one in page.tree.iter("table") if heading in one.text)
    return [[cell.text for cell in row.children if cell.tag in ("th", "td")] for row in table.iter("tr")][1:]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_show_each_row_and_reason_in_the_readers_language_before_and_after(
    session: Any, client: PageClient, language: str
) -> None:
    make_user(Role.COORDINATOR, make_organization("Coordination"), "chef", language=language)
    session.commit()
    client.sign_in("chef")
    client.get("/directory/imports")
    feed = (BytesIO((FAILING / "service_list.json").read_bytes()), "service_list.json")
    page = client.post("/directory/imports", {"source": "UK", "file": feed})
    assert HEADING[language] in [one.text for one in page.tree.iter("h2")]
    assert lines(page, HEADING[language].rpartition(" ")[0]) == expected(language)
    client.post(page.url, {"do": "approve"})
    batch = db.session.scalars(select(ImportBatch)).one()
    page = client.get(f"/directory/imports/batch/{batch.id}")
    assert sorted(lines(page, HEADING[language].rpartition(" ")[0])) == sorted(expected(language))
    ((field, _why, rows),) = lines(page, "example_counselling")
    assert (field, rows) == ({"fr": "Service : adresse internet", "en": "Service: web address"}[language], "1, 2, 3")
    assert db.session.scalar(select(func.count()).select_from(Service)) == 0
