"""The description of the API holds: against what it answers, against HSDS 3.2 itself, and against hostile requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from directory.hsds_profile import PATCHES, merged
from tests.conftest import NOW
from tests.referral.api.reader import PREFIX, Reader

DATA = Path(__file__).parents[3] / "../shared/data/hsds"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the HSDS data sets are not beside the checkout")
PAGES = {
    "services": ("Service", "service"),
    "service_at_locations": ("ServiceAtLocation", "service_at_location"),
    "organizations": ("Organization", "organization"),
    "taxonomies": ("Taxonomy", "taxonomy"),
    "taxonomy_terms": ("TaxonomyTerm", "taxonomy_term"),
}
EXAMPLES = {
    "service_list.json": "ServicePage", "service_at_location_list.json": "ServiceAtLocationPage",
    "organization_list.json": "OrganizationPage", "taxonomy_list.json": "TaxonomyPage",
    "taxonomy_term_list.json": "TaxonomyTermPage", "base.json": "Base",
}  # fmt: skip


def faults(schema: str, resources: dict[str, Any], document: Any) -> list[str]:
    """What a schema of a set of schemas says against a document."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    referencing = pytest.importorskip("referencing", reason="referencing is not installed")
    draft = pytest.importorskip("referencing.jsonschema").DRAFT202012
    made = [(name, draft.create_resource(one)) for name, one in resources.items()]
    made += [(one["$id"], draft.create_resource(one)) for one in resources.values() if "$id" in one]
    checker = jsonschema.FormatChecker()
    registry = referencing.Registry().with_resources(made)
    validator = jsonschema.Draft202012Validator({"$ref": schema}, registry=registry, format_checker=checker)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def against_ours(reader: Reader, component: str, document: Any) -> list[str]:
    """What our own description says against a document."""
    return faults(f"api#/components/schemas/{component}", {"api": reader.get("/openapi.json")}, document)


def official(patched: bool) -> dict[str, Any]:
    """The schemas of HSDS 3.2, with or without the patches of the national profile."""
    found = {path.name: json.loads(path.read_text()) for path in (DATA / "schema/3.2").glob("*.json")}
    if patched:
        assert set(PATCHES) <= set(found)
        found.update({name: merged(found[name], patch) for name, patch in PATCHES.items()})
    return found


@needs_data
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_official_pages_and_base_fit_our_description(reader: Reader, name: str) -> None:
    example = json.loads((DATA / "examples-3.1" / name).read_text())
    assert against_ours(reader, EXAMPLES[name], example) == []
    assert against_ours(reader, EXAMPLES[name], {}) != [], "the description would take anything"


@needs_data
@pytest.mark.parametrize("name", EXAMPLES)
def test_our_pages_and_base_have_the_members_of_the_official_ones(reader: Reader, name: str) -> None:
    example = json.loads((DATA / "examples-3.1" / name).read_text())
    path = (
        "/"
        if name == "base.json"
        else next(f"/{key}" for key, one in PAGES.items() if EXAMPLES[name] == f"{one[0]}Page")
    )
    found = reader.get(f"{path}?profile=hsds" if path != "/" else path)
    assert set(example) <= set(found)
    assert {key: type(value) for key, value in found.items() if key in example} == {
        key: type(value) for key, value in example.items()
    }


@needs_data
@pytest.mark.parametrize("form", ["hsds", "hsds-cm"])
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("whole", ["", "&full=true"])
def test_what_the_api_gives_is_valid_hsds(reader: Reader, path: str, form: str, whole: str) -> None:
    asked = whole if path in ("services", "service_at_locations", "organizations") else ""
    contents = reader.get(f"/{path}?profile={form}&per_page=200{asked}")["contents"]
    assert contents
    schemas = official(patched=form == "hsds-cm")
    wrong = [fault for one in contents for fault in faults(f"{PAGES[path][1]}.json", schemas, one)]
    wrong += [
        fault
        for one in contents[:6]
        for fault in faults(f"{PAGES[path][1]}.json", schemas, reader.get(f"/{path}/{one['id']}?profile={form}"))
    ]
    assert wrong == []


def test_what_the_api_gives_is_what_its_description_says(reader: Reader, at: dict[str, Any]) -> None:
    for path, (component, _kind) in PAGES.items():
        page = reader.get(f"/{path}")
        assert against_ours(reader, f"{component}Page", page) == []
        for one in page["contents"][:6]:
            assert against_ours(reader, component, reader.get(f"/{path}/{one['id']}")) == []
    assert against_ours(reader, "Problem", reader.get(f"/services/{at['gone']}", 410)) == []


def test_every_endpoint_of_the_api_is_described(app: Flask, reader: Reader) -> None:
    described = {
        (path.replace("{", "<").replace("}", ">"), method.upper())
        for path, methods in reader.get("/openapi.json")["paths"].items()
        for method in methods.keys() - {"parameters"}
    }
    served = {
        (str(rule.rule).replace("uuid:", "").replace("string:", ""), method)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == served
    assert len(served) > 15


@pytest.fixture
def hostile(app: Flask) -> Iterator[Any]:
    """The application as it runs outside of tests, a second further at every request, so that nobody has to wait."""
    seconds = count()
    app.extensions["mnr.clock"] = lambda: NOW + timedelta(seconds=next(seconds))
    app.testing = False
    try:
        yield app
    finally:
        app.testing = True


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_no_generated_request_breaks_the_api_or_its_description(hostile: Flask, at: dict[str, Any]) -> None:
    """All checks of schemathesis, in the process through WSGI: no server error, and every answer as described."""
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    from schemathesis.engine import Status, events, from_schema

    def plain(environ: dict[str, Any], start: Any) -> Any:
        """The library does not unpack what it gets through WSGI."""
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        return hostile(environ, start)

    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", plain)
    schema.config.generation.update(max_examples=30, deterministic=True)
    schema.config.seed = 1
    # What ended answers 410 under an id that a list told before: the one refusal that a good request may meet here.
    accepting = schema.config.checks.positive_data_acceptance
    accepting.expected_statuses = [*accepting.expected_statuses, "410"]
    wrong, tried = [], 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            tried += sum(len(checks) for checks in event.recorder.checks.values())
            wrong += [
                f"{check.name}: {check.failure_info.code_sample}\n{check.failure_info.failure}"
                for case, checks in event.recorder.checks.items()
                for check in checks
                if check.status is Status.FAILURE and check.failure_info is not None
            ]
        if isinstance(event, (events.NonFatalError, events.FatalError)):
            wrong.append(str(event))
    assert sorted(set(wrong)) == []
    assert tried > 500


def test_hostile_addresses_end_in_a_problem(hostile: Flask) -> None:
    reader = Reader(hostile)
    for path in (*(f"/{one}" for one in PAGES), "/", "/profile/schema/x", "/services/x", "/%00", "/services/%ED%A0%80"):
        for query in (
            "",
            "?page=%00",
            "?search=%00",
            "?search=%ED%A0%80",
            "?after=%FF",
            "?per_page=99999999999999999999",
        ):
            answer = reader.open(path + query)
            assert answer.status_code in (200, 404, 422), path + query
            assert isinstance(answer.json, dict), path + query
