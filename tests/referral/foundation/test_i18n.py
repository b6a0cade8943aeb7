"""Which language a page speaks, and how messages of the pure libraries become sentences."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import Markup

from referral.foundation import i18n
from referral.foundation.catalogue import compile_catalogues
from sop.vocabulary import Message
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.foundation.framed import make_framed_app, write


@pytest.fixture(scope="module")
def framed(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = make_framed_app(tmp_path_factory.mktemp("framed"))
    write(app, "")
    return app


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "fr"),
        ("fr", "fr"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("de,en;q=0.5", "en"),
        ("de", "fr"),
        ("ff,fr;q=0.1", "fr"),
    ],
)
def test_a_stranger_reads_the_browsers_language_else_french(framed: Flask, header: str, language: str) -> None:
    page = PageClient(framed, header).get("/page")
    assert page.tree.first("html").get("lang") == language  # type: ignore[union-attr]


def test_a_choice_is_kept_by_the_browser_and_leads_back(framed: Flask) -> None:
    client = PageClient(framed, "fr")
    client.get("/page?state=open")
    page = client.post("/language", {"language": "en", "back": "/page?state=open"})
    assert page.url == "/page?state=open"
    assert "Sign out" not in page.text
    assert "Go to the content" in page.text
    assert "Go to the content" in client.get("/page").text


def test_the_users_own_language_wins_and_the_switch_changes_it(framed: Flask) -> None:
    somebody = framed.extensions["somebody"]
    somebody.language = "en"
    client = PageClient(framed, "fr")
    assert "Sign out" in client.get("/page?in=1").text
    client.post("/language?in=1", {"language": "fr", "back": "/page?in=1"})
    assert somebody.language == "fr"
    somebody.language = None


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "", "/a\r\nX: y"]
)
def test_the_switch_never_leads_to_another_site(framed: Flask, back: str) -> None:
    client = PageClient(framed)
    client.get("/page")
    answer = client.post("/language", {"language": "en", "back": back}, follow=False)
    assert answer.response.headers["Location"] == "/"


def test_an_unknown_language_and_a_missing_token_are_refused(framed: Flask) -> None:
    client = PageClient(framed)
    client.get("/page")
    assert client.client.post("/language", data={"language": "en"}).status_code == 400
    token = client._hidden()["csrf_token"]
    assert client.client.post("/language", data={"language": "xx", "csrf_token": token}).status_code == 400


def in_french(app: Flask, value: object) -> str:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        return i18n.translate(value).replace("\N{NO-BREAK SPACE}", " ")


def test_values_of_a_message_are_written_for_the_reader(framed: Flask) -> None:
    def said(value: object) -> str:
        return in_french(framed, Message("x", "in %(duration)s", {"duration": value}))

    assert said(1.5) == "dans 1,5"
    assert said(date(2026, 8, 1)) == "dans 1er août 2026"
    assert said(NOW) == "dans 23 nov. 2026 à 10:00"
    assert said(2026) == "dans 2026"
    assert said({"fr": "la région", "en": "the region"}) == "dans la région"
    assert said(Message("y", "Year")) == "dans Année"
    assert said([Message("y", "Year"), Message("z", "Day")]) == "dans Année et Jour"
    assert said((Message("y", "Year"), Message("z", "Day"), 3)) == "dans Année, Jour, 3"
    assert in_french(framed, Message("z", "100 %% sure")) == "100 % sure"


def test_texts_in_two_languages_fall_back_to_the_one_there_is(framed: Flask) -> None:
    with framed.test_request_context(headers={"Accept-Language": "fr"}):
        assert i18n.in_language({"fr": "Santé", "en": "Health"}) == "Santé"
        assert i18n.in_language({"en": "Health"}) == "Health"
        assert i18n.in_language({"fr": "", "en": "Health"}) == "Health"
        assert i18n.in_language({"fr": "Santé", "en": "Health"}, "en") == "Health"
        assert i18n.in_language(None) == ""
        assert i18n.in_language({}) == ""


def test_what_needs_no_translation_passes(framed: Flask) -> None:
    assert in_french(framed, "") == ""
    assert in_french(framed, None) == ""
    assert in_french(framed, "100 % & <b>") == "100 % & <b>"
    assert in_french(framed, Markup("<b>x</b>")) == Markup("<b>x</b>")
    assert in_french(framed, Message("x", "Year")) == "Année"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234, "1 234"),
        (1.5, "1,5"),
        (True, "oui"),
        (False, "non"),
        (None, ""),
        ("Year", "Year"),
        (date(2026, 8, 1), "1er août 2026"),
    ],
)
def test_table_cells_show_values_in_the_readers_format(framed: Flask, value: object, text: str) -> None:
    with framed.test_request_context(headers={"Accept-Language": "fr"}):
        assert i18n.shown(value).replace("\N{NARROW NO-BREAK SPACE}", " ") == text


def test_a_catalogue_is_compiled_when_it_is_newer_and_only_then(tmp_path: Path) -> None:
    source = tmp_path / "fr" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    source.write_text(head + 'msgid "Day"\nmsgstr "Jour"\n')
    assert compile_catalogues(tmp_path, tmp_path / "elsewhere") == tmp_path
    compiled = source.with_suffix(".mo")
    assert b"Jour" in compiled.read_bytes()
    first = compiled.stat().st_ino
    compile_catalogues(tmp_path, tmp_path / "elsewhere")
    assert compiled.stat().st_ino == first
    source.write_text(head + 'msgid "Day"\nmsgstr "Date"\n')
    later = datetime(2030, 1, 1).timestamp()  # noqa: DTZ001 - a file's clock
    import os

    os.utime(source, (later, later))
    compile_catalogues(tmp_path, tmp_path / "elsewhere")
    assert b"Date" in compiled.read_bytes()
