"""Whatever is sent, by whom it may be sent, gets a clear page: never a server error, never a traceback.

Every address of the access matrix is called by somebody who may call it, with every parameter and field poisoned. The
application is not in testing mode here, so the real page for server errors would show. What single forms say to wrong
answers is tested beside them (tests/referral/*).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from referral.extensions import db
from tests.builders import PASSWORD
from tests.conftest import rolled_back
from tests.page_client import Page, faults
from tests.test_access_matrix import COLUMNS, ROWS, Row, call, first_table
from tests.town import build_town
from tests.visitors import STRANGER, Visitors

pytestmark = pytest.mark.application

POISONS: dict[str, bytes] = {
    "nothing": b"",
    "NUL": b"a\x00b",
    "half a character": b"\xed\xa0\x80",
    "not UTF-8": b"\xff\xfe\xc3(",
    "superscript digit": "²".encode(),
    "Arabic digits": "٣٤".encode(),
    "2^63": str(2**63).encode(),
    "twenty digits": b"9" * 20,
    "negative": b"-1",
    "infinity": b"1e999",
    "markup": b"<script>alert(1)</script>",
    "formula": b'=HYPERLINK("http://example.org")',
    "placeholder": b"{{ 7 * 7 }} %s {0} %d",
    "right to left": "\u202eabc\u2066".encode(),
    "10,000 characters": b"x" * 10_000,
    "a list as text": b'["a"]',
    "an id of nothing": b"00000000-0000-4000-8000-000000000000",
}
EACH_TIME = frozenset({"NUL", "half a character", "superscript digit", "2^63"})
"""What has broken something once, or would on one of the two databases; the others are tried in the long run."""

IN_PYTHON = frozenset({"superscript digit"})
"""What is read before a database is asked, and so tried on one: a digit that `isdigit` takes and `int` does not."""


def mark_of(name: str) -> tuple[pytest.MarkDecorator, ...]:
    """When a poison is tried."""
    if name not in EACH_TIME:
        return (pytest.mark.slow,)
    return (pytest.mark.once,) if name in IN_PYTHON else ()


ALL_POISONS = [pytest.param(name, marks=mark_of(name)) for name in POISONS]
PARAMETERS = (
    "after", "all", "answer", "before", "case", "cases", "check", "code", "days", "deviceID", "formID", "format",
    "find", "full", "holder", "houses", "joined", "km", "lang", "merged", "minimal", "modified_after", "need", "next",
    "of", "open", "opens", "organization", "organization_id", "outcome", "over", "overdue", "page", "parent_id",
    "pcode", "per_page", "pile", "priority", "profile", "q", "quarter", "region", "remove", "search", "seed",
    "service", "show", "shows", "speed", "state", "taxonomy_id", "taxonomy_term_id", "text", "times", "told",
    "top_only", "v", "verbose", "with",
)  # fmt: skip
"""What our addresses carry after the question mark."""

IDS = ("9223372036854775808", "99999999999999999999", "not-an-id", "00000000-0000-0000-0000-00000000000g", "%00", "²")
NAMES = ("%00", "%ED%A0%80", "²", "x" * 500, "..%2F..%2Fetc%2Fpasswd", "%3Cscript%3E", "' OR 1=1--")
FIELD = re.compile(r'<(?:input|select|textarea|button)[^>]* name="([^"]+)"')


class Attack:
    """The town, with the application as it runs outside of tests."""

    def __init__(self, app: Flask, at: dict[str, Any], visitors: Visitors) -> None:
        self.app, self.at, self.visitors = app, at, visitors
        self.fields = sorted(self._fields() - {"csrf_token"})

    def _fields(self) -> set[str]:
        """The names of all fields of all forms that anybody meets."""
        found: set[str] = set()
        for row in ROWS:
            name = entitled(row)
            if row[1] == "GET" and name is not None:
                answer = self.visitors.visit(name, "GET", self.url(row))
                if answer.mimetype == "text/html":
                    found.update(FIELD.findall(answer.get_data(as_text=True)))
        return found

    def url(self, row: Row) -> str:
        with self.app.test_request_context():
            return url_for(row[0], **call(self.at, row)[0])


def entitled(row: Row) -> str | None:
    """Somebody for whom this is no 404; None when there is nobody."""
    for wanted in ((200, 303), (422,), (409,)):
        allowed = [name for name, status in zip(COLUMNS, ROWS[row], strict=True) if status in wanted]
        signed_in = [name for name in allowed if name != STRANGER]
        if allowed:
            return (signed_in or allowed)[0]
    return None


@pytest.fixture(scope="module")
def attack(_application: Flask) -> Iterator[Attack]:
    with rolled_back(_application) as connection:
        with _application.app_context():
            town = build_town()
            at = {**town.at, **town.people, "table": first_table()}
            db.session.commit()
        _application.testing = False
        try:
            yield Attack(_application, at, Visitors(_application, connection, COLUMNS))
        finally:
            _application.testing = True


def unclear(answer: TestResponse, url: str) -> list[str]:
    """What is wrong with an answer: a server error, or a page that breaks the house rules."""
    if answer.status_code >= 500:
        return [f"{answer.status_code}"]
    if url.startswith("/api/"):
        return [] if answer.is_json else ["no JSON"]
    if answer.status_code >= 400 and answer.mimetype != "text/html":
        return [f"{answer.status_code} without a page"]
    return _faults(answer, url)


CHANGING = re.compile(
    r'(?<= name="csrf_token" value=")[^"<>]*(?=")|(?<= name="back" value=")[^"<>]*(?=")'
    r'|(?<=<strong class="nowrap">)[0-9A-F]{8}(?=</strong>)'
)
"""What differs between two answers that are one page: the token, the way back, and the number of an error."""
_seen: dict[tuple[object, ...], list[str]] = {}


def _faults(answer: TestResponse, url: str) -> list[str]:
    """The house rules that a page breaks; the same page again (mostly that of an error) is not read again."""
    if answer.mimetype != "text/html":
        return faults(Page(answer, url))
    headers = sorted(one for one in answer.headers if one[0] not in ("Set-Cookie", "Content-Length"))
    page = (answer.status_code, *headers, CHANGING.sub("", answer.get_data(as_text=True)))
    if page not in _seen:
        _seen[page] = faults(Page(answer, url))
    return _seen[page]


def test_a_server_error_would_be_seen(attack: Attack, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_values: Any) -> str:
        raise KeyError("Mbarga")

    monkeypatch.setitem(attack.app.view_functions, "partners.agreements", broken)
    broken.access = attack.app.view_functions["partners.accounts"].access  # type: ignore[attr-defined,union-attr]
    answer = attack.visitors.visit("admin", "GET", "/agreements")
    assert answer.status_code == 500
    assert unclear(answer, "/agreements") == ["500"]
    assert faults(Page(answer, "/agreements")) == []
    assert "Mbarga" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("poison", ALL_POISONS)
def test_poisoned_addresses_get_a_clear_page(attack: Attack, poison: str) -> None:
    value = quote_from_bytes(POISONS[poison])
    query = "&".join(f"{name}={value}" for name in PARAMETERS)
    wrong = {}
    for row in ROWS:
        name = entitled(row)
        if row[1] == "GET" and name is not None:
            url = f"{attack.url(row)}?{query}"
            if found := unclear(attack.visitors.visit(name, "GET", url), url):
                wrong[row[0], name] = found
    assert wrong == {}


@pytest.mark.parametrize("poison", ALL_POISONS)
def test_poisoned_forms_get_a_clear_page(attack: Attack, poison: str) -> None:
    assert len(attack.fields) > 60, "the forms were not found"
    wrong = {}
    for row in ROWS:
        name = entitled(row)
        if row[1] == "POST" and name is not None:
            url = attack.url(row)
            token = attack.visitors.tokens[name]
            fields = [("csrf_token", token.encode())] + [(one, POISONS[poison]) for one in attack.fields]
            answer = post_raw(attack, name, url, urlencode(fields))
            if found := unclear(answer, url):
                wrong[row] = found
    assert wrong == {}


@pytest.mark.parametrize("poison", ALL_POISONS)
def test_one_poisoned_field_among_good_ones_gets_a_clear_page(attack: Attack, poison: str) -> None:
    wrong = {}
    for row in ROWS:
        name, posted = entitled(row), call(attack.at, row)[1]
        if row[1] != "POST" or name is None:
            continue
        url = attack.url(row)
        for spoilt in (*posted, "note"):
            values = {"csrf_token": attack.visitors.tokens[name], **posted, spoilt: POISONS[poison]}
            if found := unclear(post_raw(attack, name, url, urlencode(values)), url):
                wrong[(*row, spoilt)] = found
    assert wrong == {}


def post_raw(attack: Attack, name: str, url: str, body: str) -> TestResponse:
    """A form exactly as written, bytes that are no text included."""
    return attack.visitors.send(
        name, "POST", url, data=body.encode("ascii"), content_type="application/x-www-form-urlencoded"
    )


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


@pytest.mark.once
def test_ids_that_are_none_are_not_there(attack: Attack) -> None:
    """2^63, twenty digits, malformed: 404 before any query, for whoever might open the right one."""
    wrong, tried = {}, 0
    for row in ROWS:
        values, name = call(attack.at, row)[0], entitled(row)
        given = [value for key, value in values.items() if key.endswith("_id") or key == "number"]
        if name is None or not given:
            continue
        for bad in IDS:
            url = attack.url(row).replace(str(given[0]), quote(bad, safe="%"))
            answer = attack.visitors.visit(name, row[1], url)
            tried += 1
            if answer.status_code != 404 or unclear(answer, url):
                wrong[row[0], bad] = answer.status_code
    assert tried > 200
    assert wrong == {}


def test_names_in_addresses_that_are_none_get_a_clear_page(attack: Attack) -> None:
    wrong, tried = {}, 0
    for row in ROWS:
        values, name = call(attack.at, row)[0], entitled(row)
        for key in {"name", "step", "need", "kind", "action", "quarter"} & values.keys() if name else ():
            for bad in NAMES:
                there = rf"(?<=[/.]){re.escape(str(values[key]))}"
                url = re.sub(there, lambda _found, bad=bad: quote(bad, safe="%"), attack.url(row), count=1)
                answer = attack.visitors.visit(str(name), row[1], url)
                tried += 1
                if answer.status_code not in (303, 404, 409) or unclear(answer, url):
                    wrong[row[0], key, bad] = answer.status_code
    assert tried > 50
    assert wrong == {}


@pytest.mark.once
def test_a_wrong_method_is_said_on_a_page(attack: Attack) -> None:
    adapter = attack.app.url_map.bind("localhost")
    tried = 0
    for row in ROWS:
        url, name = attack.url(row), entitled(row) or "admin"
        served = set(adapter.allowed_methods(url.partition("?")[0]))
        for method in sorted({"GET", "POST", "PUT", "DELETE", "PATCH"} - served):
            answer = attack.visitors.send(name, method, url)
            assert answer.status_code == 405, (method, url)
            assert unclear(answer, url) == [], (method, url)
            tried += 1
    assert tried > 300


@pytest.mark.once
def test_a_post_without_or_with_a_wrong_token_acts_never(attack: Attack) -> None:
    tried = 0
    for row in ROWS:
        name, posted = entitled(row), call(attack.at, row)[1]
        if row[1] != "POST" or name is None:
            continue
        other = attack.visitors.tokens["nurse" if name == "admin" else "admin"]
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "x" * 90}, {"csrf_token": other}):
            answer = attack.visitors.send(name, "POST", attack.url(row), data={**posted, **token})
            assert answer.status_code == 401, row
            assert unclear(answer, row[0]) == [], row
            tried += 1
    assert tried > 100


def multipart(fields: dict[str, str]) -> bytes:
    """A form with parts, written out: the client's own way keeps a large one in a file that it leaves open."""
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    return "".join((*(part.format(name, value) for name, value in fields.items()), "--x--\r\n")).encode()


@pytest.mark.once
def test_a_body_that_is_too_large_is_said_on_a_page(attack: Attack) -> None:
    url = f"/identifications/{attack.at['draft']}/screens/{attack.at['draft_screen']}"
    token = {"csrf_token": attack.visitors.tokens["responder"]}
    parts, plain = "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"
    for body, kind in (
        (multipart(token | {"q-wishes": "x" * 1_100_000}), parts),
        (multipart(token | {"q-wishes": "x" * 3_000_000}), parts),
        (multipart(token | {f"q-{number}": "x" for number in range(2_100)}), parts),
        (urlencode(token | {"q-wishes": "x" * 3_000_000}).encode(), plain),
    ):
        answer = attack.visitors.send("responder", "POST", url, data=body, content_type=kind)
        assert answer.status_code == 413, (len(body), kind)
        assert unclear(answer, url) == []
    small = multipart(token | {"version": str(attack.at["draft_version"]), "do": "next"})
    assert attack.visitors.send("responder", "POST", url, data=small, content_type=parts).status_code == 303


@pytest.mark.once
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"a": 1}'),
        ("application/json", b"[" * 100_000),
        ("multipart/form-data", b"no boundary at all"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=\x00\r\n\r\n"),
        ("application/x-www-form-urlencoded; charset=nonsense", b"a=b"),
        ("text/plain; charset=utf-7", b"+ADw-script+AD4-"),
    ],
)
def test_bodies_that_are_no_form_are_refused_on_a_page(attack: Attack, kind: str, body: bytes) -> None:
    for name, url in (("nurse", f"/referrals/{attack.at['sent']}/accept"), (STRANGER, "/sign-in")):
        answer = attack.visitors.send(name, "POST", url, data=body, content_type=kind)
        assert 400 <= answer.status_code < 500
        assert unclear(answer, url) == []


@pytest.mark.once
@pytest.mark.parametrize(
    "headers",
    [
        {"Accept-Language": "xx;q=NaN,*;q=-1,fr-" + "x" * 300},
        {"Accept-Language": "\x7f\u00e9"},
        {"Cookie": "mnr_session=eyJ0b2tlbiI6MX0.x.y; mnr_session=\u00e9"},
        {"Cookie": "=;;=;" + "a=b;" * 500},
        {"If-None-Match": '"' * 99, "Range": "bytes=9999999999999999999-", "If-Modified-Since": "never"},
        {"X-Forwarded-For": "\u00e9" * 99, "X-Forwarded-Host": "evil.example", "Forwarded": "for=;;;"},
    ],
)
def test_headers_of_nonsense_get_a_clear_page(attack: Attack, headers: dict[str, str]) -> None:
    for name, url in (("manager", "/cases"), (STRANGER, "/sign-in"), (STRANGER, "/static/emblem.svg")):
        answer = attack.visitors.send(name, "GET", url, headers=headers)
        assert answer.status_code in (200, 303, 304)
        assert unclear(answer, url) == []
        assert "evil.example" not in str(answer.headers)


@pytest.mark.once
@pytest.mark.parametrize(
    "kept",
    [
        "[" * 100_000,
        '{"a":' * 30_000,
        '{"reason": ["\\ud800"]}',
        '{"\\ud800": ["a"]}',
        '{"reason": "late"}',
        '{"reason": 7}',
        "[1, 2]",
        "null",
        "9" * 6_000,
        '{"a": ["\\u0000"]}',
    ],
)
def test_what_a_lost_form_kept_may_be_nonsense(attack: Attack, kept: str) -> None:
    """It comes back from the browser, so it is only as good as any other input."""
    values = {"username": "coordinator", "password": PASSWORD, "next": "/alerts", "kept": kept}
    answer = attack.visitors.visit(STRANGER, "POST", "/sign-in", values)
    assert answer.status_code in (200, 303)
    assert unclear(answer, "/sign-in") == []


def test_what_was_typed_comes_back_after_signing_in_again(attack: Attack) -> None:
    """The other direction of the test above: good input survives a session that ended in mid-form."""
    url = f"/referrals/{attack.at['sent']}/decline"
    answer = attack.visitors.visit(STRANGER, "POST", url, {"note": 'Plus de <place> & "demain"', "reason": "other"})
    assert answer.status_code == 401
    kept = Page(answer, url).form("username").fields["kept"]
    assert json.loads(kept)["note"] == ['Plus de <place> & "demain"']
    values = {"username": "coordinator", "password": PASSWORD, "next": url, "kept": kept}
    page = Page(attack.visitors.visit(STRANGER, "POST", "/sign-in", values), "/sign-in")
    assert page.form("note").fields["note"] == 'Plus de <place> & "demain"'
    assert page.form("note").action == url
