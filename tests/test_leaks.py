"""No secret reaches whom the decision forbids it: everybody walks through every page they can reach.

A town whose people have a word of their own in every sealed category; pages, papers, tables, mails, logs, addresses,
titles, the audit trail and the database itself are searched for these words.
"""

from __future__ import annotations

import email
import email.policy
import html
import io
import logging
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pypdfium2
import pytest
from flask import Flask, url_for
from sqlalchemy import select
from werkzeug.test import TestResponse

from referral.extensions import db
from referral.foundation import jobs
from sop.vocabulary import Category
from tests.conftest import DATABASE, NOW, close, make_app
from tests.page_client import PageClient
from tests.signing_in import sign_in
from tests.test_access_matrix import ROWS, call, first_table
from tests.town import EMERGENCY_WORDS, KEPT_NOTE, MISCONDUCT, ORDER_WORDS, RUNG_WORDS, STAFF, Town, build_town
from tests.visitors import TOKEN, fresh

pytestmark = pytest.mark.application
C = Category

CASE: dict[Category, dict[str, Any]] = {
    C.C2: {
        "family_name": "Zambélongo",
        "given_names": "Perpétue-Awa",
        "phone": "+237 000 77 88 99",
        "phone_safe": "yes",
    },
    C.C3: {"family_words": "trois-soeurs-à-Mokolo"},
    C.C4: {"route": "Tamanrasset-puis-Ghadamès"},
    C.C5: {"wishes": "atelier-de-sérigraphie"},
    C.C6: {"health_words": "drépanocytose-connue"},
    C.C7: {"mind_words": "cauchemars-du-puits"},
    C.C8: {"violence_words": "agression-près-du-lavoir"},
    C.C9: {"trafficking_words": "patron-nommé-Zébulon"},
    C.C10: {"asylum_words": "parti-de-la-Lumière"},
    C.C11: {"paper_words": "passeport-QX4471902"},
    C.C12: {"address_words": "impasse-des-Hérons"},
    C.C13: {"child_words": "tante-Ebobolo-tutrice"},
    C.C14: {"work_words": "brevet-de-soudure"},
    C.C15: {"money_words": "compte-10029-55813"},
}
"""What is known of the person of the case that was handed over, one word of its own in each category."""

WAITING: dict[Category, dict[str, Any]] = {
    C.C2: {
        "family_name": "Nguidjolbé",
        "given_names": "Fidèle-Marie",
        "phone": "+237 000 66 55 44",
        "phone_safe": "no",
    },
    C.C6: {"health_words": "hémophilie-sévère"},
    C.C9: {"trafficking_words": "passeur-de-la-gare"},
    C.C12: {"address_words": "derrière-le-moulin-vert"},
    C.C13: {"child_words": "oncle-Mbatoumbé"},
}
"""What is known of people who wait for base consent."""

DRAFT = {"family_name": "Ébokolowa", "route": "Zinder-Arlit-Assamaka", "wishes": "retrouver-son-cousin"}
"""What was typed into a form that is not submitted."""

REFUGE = "17 ruelle des Lauriers-Roses"
"""The street of a refuge that only its own people know (tests/town.py)."""

ANSWERS = {"yes", "no"}
ALL_CASE = {value for words in CASE.values() for value in words.values()} - ANSWERS | {KEPT_NOTE}
ALL_WAITING = {value for words in WAITING.values() for value in words.values()} - ANSWERS
SECRETS = ALL_CASE | ALL_WAITING | set(DRAFT.values()) | {EMERGENCY_WORDS, ORDER_WORDS, RUNG_WORDS, MISCONDUCT}


def of_case(*categories: Category) -> set[str]:
    return {value for category in categories for value in CASE[category].values()} - ANSWERS


NOBODY: set[str] = set()
MAY_SEE: dict[str, set[str]] = {
    "stranger": NOBODY,
    "responder": ALL_WAITING | set(DRAFT.values()) | {RUNG_WORDS},  # who asked them
    "patrol": NOBODY,
    "manager": ALL_CASE | {ORDER_WORDS},
    "colleague": NOBODY,
    "outsider": NOBODY,
    "supervisor": ALL_CASE | {ORDER_WORDS, EMERGENCY_WORDS},
    "boss": NOBODY,
    "focal": of_case(C.C2, C.C6),
    "nurse": of_case(C.C2, C.C6, C.C7),
    "midwife": of_case(C.C2, C.C6),
    "clerk": of_case(C.C2, C.C6, C.C7),
    "warden": {REFUGE},
    "coordinator": NOBODY,
    "committee": NOBODY,
    "officer": {MISCONDUCT, RUNG_WORDS},  # and who did, where no supervisor looks after it
    "admin": NOBODY,
}
"""The referral for MED went to focal, nurse and midwife; nurse alone took the one for PSY; clerk has an emergency."""

MUST_SEE: dict[str, set[str]] = {
    "responder": {"Ébokolowa", RUNG_WORDS},
    "manager": of_case(C.C2, C.C6, C.C7) | {ORDER_WORDS, KEPT_NOTE},
    "supervisor": of_case(C.C2, C.C6, C.C7) | {ORDER_WORDS, EMERGENCY_WORDS, KEPT_NOTE},
    "clerk": of_case(C.C2, C.C6, C.C7),
    "focal": of_case(C.C2, C.C6),
    "nurse": of_case(C.C2, C.C6, C.C7),
    "midwife": of_case(C.C2, C.C6),
    "warden": {REFUGE},
    "officer": {MISCONDUCT, RUNG_WORDS},
}
"""The same walk finds what is somebody's own: else an empty page would pass."""

WALKERS = tuple(MAY_SEE) if DATABASE == "sqlite" else ("responder", "manager", "nurse", "clerk")
"""Everybody; on the second database those whose pages open the most, because what is asked of it there is what its
tables, logs and mails hold. Who may read what is decided before a database is asked, and the access matrix asks both.
"""

FORMS = ("finished", "signs")
"""Forms of the later case in the town; its base consent covers C2, C5 and C14."""

LINK = re.compile(r'(?:href|action|formaction|src)="([^"]*)"')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
SAME_FOR_ALL = ("/static/", "/procedure", "/api/")


def plain(text: str) -> str:
    """Without case, accents and folded spaces, so that no spelling of a secret slips through."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in letters if not unicodedata.combining(one)).split())


SPELLINGS = {secret: plain(secret) for secret in SECRETS | {REFUGE}}


def found_in(text: str, secrets: Iterable[str] = SPELLINGS) -> set[str]:
    known = plain(text)
    return {secret for secret in secrets if SPELLINGS[secret] in known}


def words_of(response: TestResponse) -> str:
    """All that a reader gets: the page with its attributes, or the text and the metadata of a paper."""
    if response.mimetype == "application/pdf":
        document = pypdfium2.PdfDocument(response.data)
        try:
            pages = [page.get_textpage().get_text_range() for page in document]
            return "\n".join((*pages, *map(str, document.get_metadata_dict().values())))
        finally:
            document.close()
    if response.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(response.data)) as book:
            return "\n".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())
    if response.mimetype.startswith(("image/", "audio/")):
        return response.data.decode("utf-8", "ignore")
    return html.unescape(response.get_data(as_text=True))


@dataclass
class Walk:
    """What one person met."""

    seen: dict[str, set[str]] = field(default_factory=dict)
    """By secret: on which pages."""
    addresses: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    pages: int = 0


class Walker:
    """Follows every link that somebody is given, and tries every address that there is."""

    def __init__(self, app: Flask, name: str, passed: set[str]) -> None:
        self.app, self.passed = app, passed
        self.walk = Walk()
        client = PageClient(app)
        if name != "stranger":
            sign_in(client, name)
        self.client = client.client
        self.known: set[str] = set()
        self.waiting: list[str] = []

    def go(self, starts: list[str]) -> Walk:
        self.waiting.extend(starts)
        while self.waiting:
            self._visit(self.waiting.pop())
        return self.walk

    def press(self, url: str, page: str) -> None:
        """A post with the token of a page."""
        token = TOKEN.search(fresh(lambda: self.client.get(page)).get_data(as_text=True))
        assert token is not None
        answer = fresh(lambda: self.client.post(url, data={"csrf_token": token.group(1)}))
        self._note(url if url != page else f"{url} uncovered", answer)

    def _visit(self, url: str) -> None:
        parts = urlsplit(html.unescape(url))
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        if parts.netloc or not parts.path.startswith("/") or address in self.known:
            return
        self.known.add(address)
        if parts.path.startswith(SAME_FOR_ALL):
            if address in self.passed or DATABASE != "sqlite":
                return
            self.passed.add(address)
        self._note(address, fresh(lambda: self.client.get(address)))

    def _note(self, address: str, response: TestResponse) -> None:
        text = words_of(response)
        self.walk.pages += 1
        self.walk.addresses.add(unquote(address))
        for secret in found_in(text):
            self.walk.seen.setdefault(secret, set()).add(address)
        headers = " ".join(f"{name}: {value}" for name, value in response.headers if name != "Set-Cookie")
        self.walk.addresses.add(unquote(headers))
        if response.mimetype == "text/html":
            links = LINK.findall(response.get_data(as_text=True))
            self.walk.addresses.update(unquote(html.unescape(one)) for one in links)
            self.walk.titles.update(TITLE.findall(text))
            self.waiting.extend(links)
        if response.location:
            self.waiting.append(response.location)


@dataclass
class Country:
    """Everything that was met, written and logged."""

    app: Flask
    town: Town
    walks: dict[str, Walk]
    log: list[str]
    folder: Path


class Remembering(logging.Handler):
    """Keeps every line of every log, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record))


@pytest.fixture(scope="module")
def country(database_server: object | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    """A town of its own whose commits are real, after everybody has walked through it and the worker has worked."""
    folder = tmp_path_factory.mktemp("leaks")
    app = make_app(database_server, folder, "leaks")
    app.extensions["mnr.clock"] = lambda: NOW
    logger, handler = logging.getLogger(), Remembering()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        with app.app_context():
            town = build_town(CASE, WAITING, DRAFT)
            db.session.commit()
        walks = walk_all(app, town)
        with app.app_context():
            jobs.work_once(NOW)
        yield Country(app, town, walks, handler.lines, folder)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        close(app)


def walk_all(app: Flask, town: Town) -> dict[str, Walk]:
    at = {**town.at, **town.people, "table": first_table()}
    with app.test_request_context():
        addresses = [url_for(row[0], **call(at, row)[0]) for row in ROWS if row[1] == "GET"]
        reveal = url_for("people.reveal", case_id=at["case"])
        case = url_for("cases.show", case_id=at["case"])
        forms = [url_for("identification.case_form", case_id=at["new"], submission_id=at[one]) for one in FORMS]
    passed: set[str] = set()
    walks = {}
    for name in WALKERS:
        walker = Walker(app, name, passed)
        walks[name] = walker.go(["/", *addresses])
        if name in ("manager", "supervisor"):
            walker.press(reveal, case)
            for form in forms:
                walker.press(form, form)
    return walks


@pytest.mark.once
def test_everybody_of_the_town_walks() -> None:
    assert set(MAY_SEE) == {"stranger", *(name for name, _role, _house in STAFF)}


@pytest.mark.once
@pytest.mark.parametrize("name", MAY_SEE)
def test_nobody_meets_what_the_decision_forbids(country: Country, name: str) -> None:
    walk = country.walks[name]
    assert walk.pages > (5 if name == "stranger" else 60), "the walk got nowhere"
    assert {secret: sorted(on) for secret, on in walk.seen.items() if secret not in MAY_SEE[name]} == {}


@pytest.mark.once
@pytest.mark.parametrize("name", MUST_SEE)
def test_everybody_meets_what_is_theirs(country: Country, name: str) -> None:
    assert MUST_SEE[name] - country.walks[name].seen.keys() == set()


@pytest.mark.once
def test_an_emergency_is_shown_on_its_own_page_and_nowhere_else(country: Country) -> None:
    page = f"/emergency/{country.town.at['access']}"
    met = country.walks["clerk"].seen
    assert {where for pages in met.values() for where in pages} == {page}


@pytest.mark.once
def test_a_letter_that_refuses_says_nothing_about_anybody(country: Country) -> None:
    letter = f"/orders/{country.town.at['informal']}/letter.pdf"
    seen = country.walks["manager"].seen
    assert {secret for secret, pages in seen.items() if any(letter in one for one in pages)} == {ORDER_WORDS}


@pytest.mark.once
def test_papers_are_read_too(country: Country) -> None:
    slip = f"/referrals/{country.town.at['sent']}/slip.pdf"
    assert any(slip in one for one in country.walks["nurse"].seen["Zambélongo"])
    assert any(slip in one for one in country.walks["nurse"].seen["drépanocytose-connue"])


@pytest.mark.once
def test_a_name_is_shown_to_the_case_team_on_no_page_of_the_case_before_it_is_uncovered(country: Country) -> None:
    case = f"/cases/{country.town.at['case']}"
    for name in ("manager", "supervisor"):
        on = {one for one in country.walks[name].seen["Zambélongo"] if one.startswith(case)}
        assert {one.partition("?")[0] for one in on} == {f"{case}/identity"}


@pytest.mark.once
def test_of_a_form_of_a_case_the_team_reads_what_base_consent_covers_and_names_only_uncovered(
    country: Country,
) -> None:
    at = country.town.at
    finished, signs = (f"/cases/{at['new']}/forms/{at[one]}" for one in FORMS)
    for name in ("manager", "supervisor"):
        seen = country.walks[name].seen
        assert {finished, f"{finished}/form.pdf"} <= seen["brevet-de-soudure"], "C14 is covered"
        assert {one for one in seen["Zambélongo"] if one.startswith(finished)} == {f"{finished} uncovered"}
        assert signs in country.walks[name].addresses
        assert [one for one in seen.get("patron-nommé-Zébulon", ()) if one.startswith(signs)] == [], "C9 is not covered"


@pytest.mark.once
def test_what_stands_in_a_draft_of_a_case_meets_its_author_alone(country: Country) -> None:
    begun = f"/identifications/{country.town.at['begun']}"
    on = {
        name: [one for one in walk.seen.get("cauchemars-du-puits", ()) if begun in one]
        for name, walk in country.walks.items()
    }
    assert {name for name, pages in on.items() if pages} == {"manager"}


def test_no_address_title_or_header_holds_a_secret_even_for_those_who_may_know(country: Country) -> None:
    for name, walk in country.walks.items():
        assert found_in("\n".join(walk.addresses)) == set(), name
        assert found_in("\n".join(walk.titles)) == set(), name


def test_the_log_holds_no_secret(country: Country) -> None:
    assert len(country.log) > 100, "nothing was logged: the test would prove nothing"
    assert found_in("\n".join(country.log)) == set()


def test_mails_say_the_case_code_and_no_secret(country: Country) -> None:
    letters = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((country.folder / "outbox").glob("*.eml"))
    ]
    texts = ["\n".join((*map(str, one.values()), one.get_body().get_content())) for one in letters]  # type: ignore[union-attr]
    assert len(texts) >= 5
    assert any(country.town.at["code"] in text for text in texts)
    assert found_in("\n".join(texts)) == set()


def test_no_column_of_any_table_holds_a_secret_in_clear(country: Country) -> None:
    with country.app.app_context():
        tables = db.metadatas[None].sorted_tables
        rows = {table.name: db.session.execute(select(table)).all() for table in tables}
    assert len(rows["sealed_record"]) >= len(CASE)
    assert len(rows["audit_line"]) > 100
    leaks = {name: found for name, kept in rows.items() if (found := found_in(spoken(kept), SECRETS))}
    assert leaks == {}
    assert found_in(spoken(rows["location"])) == {REFUGE}, "a search that finds nothing would pass too"


def spoken(rows: Any) -> str:
    """Every value as text; bytes as whatever text they could be."""
    return "\n".join(
        value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value) for row in rows for value in row
    )


def test_the_key_store_holds_no_secret(country: Country) -> None:
    files = [path for path in country.folder.iterdir() if path.name.startswith("keys")]
    assert files
    assert [path.name for path in files if raw_in(path.read_bytes())] == []


@pytest.mark.skipif(DATABASE != "sqlite", reason="the files of a PostgreSQL server are not ours; its tables are read")
def test_the_files_of_the_database_hold_no_secret(country: Country) -> None:
    files = [path for path in country.folder.iterdir() if path.name.startswith("leaks.sqlite")]
    assert {path.suffix for path in files} >= {".sqlite", ".sqlite-wal"}
    assert sum(path.stat().st_size for path in files) > 100_000
    assert {path.name: found for path in files if (found := raw_in(path.read_bytes()))} == {}
    assert any(REFUGE.encode() in path.read_bytes() for path in files), "the search sees what is in clear"


def raw_in(content: bytes) -> set[str]:
    """Secrets in bytes, in the encodings that a database or JSON would use."""
    spellings = ("utf-8", "utf-16-le", "unicode_escape")
    return {secret for secret in SECRETS for one in spellings if secret.encode(one) in content}
