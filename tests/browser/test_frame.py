"""What the one script adds, in a real browser: hiding the page, one send per form, the way to errors and to search."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request
from werkzeug.serving import make_server

from referral.foundation.access import public
from tests.referral.foundation.framed import make_framed_app, write

FORM = (
    '{{ error_summary({"a": "Vide."}) }}<form method="post" action="/slow" data-keep>{{ form_head() }}'
    '{{ field("a", "Mot") }}{{ button("Envoyer") }}</form>'
)
IMPORTS = '{% from "components/forms.html" import form_head, field, button, error_summary %}'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """The frame, served; POSTs to /slow are counted and held back until the test lets them go."""
    app = make_framed_app(tmp_path_factory.mktemp("framed"))
    app.extensions["sent"], app.extensions["go"] = [], threading.Event()

    @public
    def slow() -> str:
        app.extensions["sent"].append(request.form["a"])
        app.extensions["go"].wait(5)
        return "done"

    app.add_url_rule("/slow", "slow", slow, methods=["POST"])
    app.add_url_rule("/search", "people.search", public(lambda: ""))
    write(app, FORM, IMPORTS)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield app, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def tab(chromium: Any, site: tuple[Flask, str]) -> Iterator[Any]:
    """A tab on the page; anything that the browser complains about fails the test."""
    complaints: list[str] = []
    context = chromium.new_context(locale="fr-FR", base_url=site[1])
    tab = context.new_page()
    tab.on("console", lambda message: complaints.append(message.text) if "status of" not in message.text else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto("/page?in=1")
    yield tab
    context.close()
    assert complaints == []


def test_escape_twice_blanks_the_page_and_its_title_and_twice_again_brings_back_what_was_typed(tab: Any) -> None:
    tab.fill("#f-a", "presque fini")
    tab.keyboard.press("Escape")
    assert tab.locator("h1").is_visible()
    tab.keyboard.press("Escape")
    assert not tab.locator("h1").is_visible()
    assert not tab.locator("#f-a").is_visible()
    assert tab.title() == "…"
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")
    assert tab.locator("h1").is_visible()
    assert tab.title() == "Essai – MNR"
    assert tab.input_value("#f-a") == "presque fini"


def test_two_slow_escapes_do_nothing(tab: Any) -> None:
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(700)
    tab.keyboard.press("Escape")
    assert tab.locator("h1").is_visible()


def test_a_form_that_is_on_its_way_is_not_sent_twice(tab: Any, site: tuple[Flask, str]) -> None:
    sent, go = site[0].extensions["sent"], site[0].extensions["go"]
    sent.clear()
    go.clear()
    tab.fill("#f-a", "une fois")
    button = tab.locator("main button")
    assert button.evaluate("button => { button.click(); button.click(); return button.ariaDisabled; }") == "true"
    go.set()
    tab.wait_for_url("**/slow")
    assert sent == ["une fois"]


def test_the_errors_are_met_first_and_lead_to_their_field(tab: Any) -> None:
    assert tab.evaluate("document.activeElement.className") == "error-summary"
    tab.click(".error-summary a")
    assert tab.url.endswith("#f-a")
    tab.keyboard.type("x")
    assert tab.input_value("#f-a") == "x"


def test_the_slash_key_leads_to_search_but_not_while_writing(tab: Any) -> None:
    tab.focus("#f-a")
    tab.keyboard.type("a/b")
    assert tab.input_value("#f-a") == "a/b"
    tab.locator("#f-a").blur()
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.hasAttribute('data-search')")


def test_the_skip_link_is_the_first_stop_and_leads_past_the_top_bar(tab: Any) -> None:
    tab.goto("/error?status=500&in=1")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    assert tab.locator(".skip").bounding_box()["x"] >= 0
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_without_scripts_the_menu_opens_and_the_form_is_sent(chromium: Any, site: tuple[Flask, str]) -> None:
    app, address = site
    app.extensions["sent"].clear()
    app.extensions["go"].set()
    context = chromium.new_context(java_script_enabled=False, base_url=address)
    tab = context.new_page()
    tab.goto("/page?in=1")
    assert not tab.locator(".account-menu").is_visible()
    tab.click("summary")
    assert tab.locator(".account-menu").is_visible()
    tab.click("summary")
    tab.fill("#f-a", "sans script")
    tab.click("main button")
    context.close()
    assert app.extensions["sent"] == ["sans script"]


@pytest.mark.parametrize("width", [1280, 360])
def test_the_frame_breaks_no_accessibility_rule_and_never_scrolls_sideways(
    chromium: Any, site: tuple[Flask, str], width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(viewport={"width": width, "height": 800}, base_url=site[1], bypass_csp=True)
    tab = context.new_page()
    tab.goto("/page?in=1")
    tab.click("summary")
    found = [violation["id"] for violation in Axe().run(tab).response["violations"]]
    sideways = tab.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert found == []
    assert sideways <= width
