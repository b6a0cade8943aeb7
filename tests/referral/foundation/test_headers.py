"""What every answer carries, and when a page is compressed."""

from __future__ import annotations

from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from flask import Flask

from tests.referral.foundation.framed import make_framed_app, write


@pytest.fixture(scope="module")
def framed(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = make_framed_app(tmp_path_factory.mktemp("framed"))
    write(app, "<p>" + "mot " * 1000 + "</p>")
    return app


def test_a_page_runs_nothing_inline_and_is_framed_nowhere(framed: Flask) -> None:
    policy = framed.test_client().get("/page").headers["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


@pytest.mark.parametrize("path", ["/page", "/nowhere", "/static/app.js", "/static/nothing"])
def test_every_answer_says_how_it_may_be_used(framed: Flask, path: str) -> None:
    headers = framed.test_client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/page", "/nowhere", "/static/nothing", "/page?in=1"])
def test_what_is_not_a_static_file_is_never_stored(framed: Flask, path: str) -> None:
    assert framed.test_client().get(path).headers["Cache-Control"] == "no-store"


def test_only_production_asks_for_https_for_two_years(tmp_path: Path, framed: Flask) -> None:
    assert "Strict-Transport-Security" not in framed.test_client().get("/page").headers
    production = make_framed_app(tmp_path, production=True)
    write(production, "")
    assert "max-age=63072000" in production.test_client().get("/page").headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("asked_by", "encoding"),
    [("same-origin", "br"), ("none", "br"), ("cross-site", None), ("same-site", None), ("", None)],
)
def test_a_page_is_compressed_only_when_no_other_site_asked_for_it(
    framed: Flask, asked_by: str, encoding: str | None
) -> None:
    headers = {"Accept-Encoding": "br, gzip"} | ({"Sec-Fetch-Site": asked_by} if asked_by else {})
    answer = framed.test_client().get("/page", headers=headers)
    assert answer.headers.get("Content-Encoding") == encoding
    body = brotli.decompress(answer.data) if encoding else answer.data
    assert "mot mot mot" in body.decode()
    assert answer.content_length == len(answer.data)
