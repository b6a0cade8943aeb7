"""Static files: small, compressed truthfully, kept for ever under the URL of their content."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from flask import Flask

from referral.config import ROOT
from referral.foundation.assets import load, prune
from tests.referral.foundation.framed import make_framed_app

USED = frozenset({"row", "b"})


@pytest.fixture(scope="module")
def framed(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_framed_app(tmp_path_factory.mktemp("framed"))


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".row{a:b}", ".row{a:b}"),
        (".col{a:b}", ""),
        (".row .col,.row>.b{a:b}", ".row>.b{a:b}"),
        (".row:not(.col){a:b}", ".row:not(.col){a:b}"),
        ("@media print{.col{a:b}}", ""),
        ("@media print{.col{a:b}.row{c:d}}", "@media print{.row{c:d}}"),
        ("@keyframes turn{to{a:b}}p{c:d}", "p{c:d}"),
        ('@charset "UTF-8";p{c:d}', "p{c:d}"),
        ("[data-bs-theme=dark]{a:b}:root,[data-bs-theme=light]{c:d}", ":root,[data-bs-theme=light]{c:d}"),
        (".row:is(.b,.col),.b{a:b}", ".b{a:b}"),
    ],
)
def test_only_rules_that_can_apply_are_kept(css: str, kept: str) -> None:
    assert prune(css, USED) == kept


def test_a_class_that_a_template_uses_brings_its_rule(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "static").mkdir()
    (tmp_path / "templates" / "a.html").write_text('<p class="text-truncate">x</p>')
    css = load(tmp_path / "static", tmp_path / "templates")["site.css"].body.decode()
    assert ".text-truncate{overflow:hidden" in css
    assert ".visually-hidden" not in css


def test_what_a_first_page_loads_is_small() -> None:
    assets = load(ROOT / "static", ROOT / "templates")
    assert len(assets["site.css"].brotli or b"") < 12_000
    assert len(assets["app.js"].body) < 3_000
    assert sum(len(assets[name].brotli or b"") for name in ("site.css", "app.js", "icons.svg", "emblem.svg")) < 15_000
    assert len(re.findall("<symbol ", assets["icons.svg"].body.decode())) <= 30


def test_every_icon_that_templates_name_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="(\w+)"', (ROOT / "static" / "icons.svg").read_text()))
    named = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'\bicon(?:=|\()"(\w+)"', path.read_text())
    }
    assert named
    assert named <= drawn


def test_a_file_may_be_kept_for_ever_under_its_digest(framed: Flask) -> None:
    with framed.test_request_context():
        url = framed.jinja_env.globals["asset"]("site.css")  # type: ignore[operator]
    answer = framed.test_client().get(url)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.mimetype == "text/css"
    assert ".topbar" in answer.text


@pytest.mark.parametrize(
    ("encodings", "named", "undo"),
    [("gzip, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress), ("", None, bytes)],
)
def test_compressed_files_hold_the_same_bytes(framed: Flask, encodings: str, named: str | None, undo: object) -> None:
    answer = framed.test_client().get("/static/icons.svg", headers={"Accept-Encoding": encodings})
    assert answer.headers.get("Content-Encoding") == named
    assert undo(answer.data) == (ROOT / "static" / "icons.svg").read_bytes()  # type: ignore[operator]


def test_without_the_digest_a_browser_asks_again(framed: Flask) -> None:
    client = framed.test_client()
    first = client.get("/static/app.js")
    again = client.get("/static/app.js", headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["theme.css", "../setup.cfg", "%2e%2e/setup.cfg", "0000000000000000/app.js", "nothing", ".hidden"]
)
def test_nothing_else_is_served(framed: Flask, path: str) -> None:
    assert framed.test_client().get("/static/" + path).status_code == 404
