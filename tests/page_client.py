"""A browser for tests: Flask's test client that checks every page it gets, and fills forms as a person would.

    client = PageClient(app)
    page = client.get("/cases")                    Page: .status .title .text .html .links .forms
    page = client.submit("reason", reason="late")  the last page's form that has this field (or button text, or action)
    page = client.post("/x", {"a": "b"})           with the hidden fields (csrf, idempotency) of the last page's form

Redirects are followed (`follow=False` does not). Each request runs in a context of its own, because Flask-Login keeps
the user on `g`.
"""

from __future__ import annotations

import contextvars
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from tests.html_tree import Element, read

HIDDEN_FIELDS = ("csrf_token", "idempotency_key")
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls")
ADDRESSES = ("href", "src", "action", "formaction")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
Values = Mapping[str, Any]


class PageFault(AssertionError):
    """A page breaks a house rule; the text names each fault."""


@dataclass
class Form:
    """A form of a page with what its fields hold now."""

    action: str
    method: str
    fields: dict[str, Any]
    buttons: list[str]
    names: set[str]


@dataclass
class Page:
    """An answer as a test reads it."""

    response: TestResponse
    url: str

    def __post_init__(self) -> None:
        self.status: int = self.response.status_code
        self.is_html = self.response.mimetype == "text/html"
        self.html: str = self.response.get_data(as_text=True) if self.is_html else ""
        self.tree, self.tag_faults = read(self.html)

    @property
    def title(self) -> str:
        """The text of the <h1>."""
        found = self.tree.first("h1")
        return found.text if found else ""

    @property
    def text(self) -> str:
        """The words of the page, spaces folded."""
        body = self.tree.first("body")
        return body.text if body else ""

    @property
    def links(self) -> dict[str, str]:
        """Where links lead, by their text."""
        return {link.text: link.get("href") for link in self.tree.iter("a")}

    @property
    def forms(self) -> list[Form]:
        """The forms of the page, without the language switch."""
        found = [_form(element, self.url) for element in self.tree.iter("form")]
        return [form for form in found if form.action != "/language"]

    def form(self, wanted: str = "") -> Form:
        """The first form whose action, button or field says `wanted`; without it the first form of <main>."""
        for form in self._candidates():
            if not wanted or wanted in form.action or wanted in form.buttons or wanted in form.names:
                return form
        raise AssertionError(f"no form with {wanted!r} on {self.url}; forms: {[f.action for f in self.forms]}")

    def _candidates(self) -> list[Form]:
        main = [_form(element, self.url) for element in self.tree.iter("form") if element.inside("main")]
        return main + self.forms


class PageClient:
    """Flask's test client; every HTML answer is checked (see `faults`)."""

    def __init__(
        self, app: Flask, language: str = "fr", sign_in: Callable[[PageClient, str], None] | None = None
    ) -> None:
        self.app = app
        self.client = app.test_client()
        self.language = language
        self.page: Page | None = None
        self._sign_in = sign_in

    def get(self, url: str, *, follow: bool = True, **options: Any) -> Page:
        """GET a page."""
        return self._open(url, follow, method="GET", **options)

    def post(self, url: str, data: Values | None = None, *, follow: bool = True, **options: Any) -> Page:
        """POST fields; csrf and idempotency come from the last page when `data` does not say otherwise."""
        return self._open(url, follow, method="POST", data={**self._hidden(), **(data or {})}, **options)

    def submit(self, wanted: str = "", *, follow: bool = True, **fields: Any) -> Page:
        """Fill and send a form of the last page; a field that the form does not have is a fault of the test."""
        assert self.page is not None, "no page yet"
        form = self.page.form(wanted)
        unknown = {name for name in fields if name not in form.names and name.replace("_", "-") not in form.names}
        assert not unknown, f"the form at {form.action} has no {sorted(unknown)}; it has {sorted(form.names)}"
        given = {name if name in form.names else name.replace("_", "-"): value for name, value in fields.items()}
        data = {name: value for name, value in {**form.fields, **given}.items() if value is not None}
        if form.method == "get":
            return self._open(form.action, follow, method="GET", query_string=data)
        return self._open(form.action, follow, method="POST", data=data)

    def sign_in(self, username: str) -> None:
        """Sign in through the pages, as the application's fixtures say."""
        assert self._sign_in is not None, "this client was made without a way to sign in"
        self._sign_in(self, username)

    @property
    def text(self) -> str:
        """The words of the last page."""
        return self.page.text if self.page else ""

    def _hidden(self) -> dict[str, str]:
        if self.page is None:
            return {}
        inputs = [field for field in self.page.tree.iter("input") if field.get("name") in HIDDEN_FIELDS]
        inputs.sort(key=lambda field: not field.inside("main"))
        found: dict[str, str] = {}
        for field in inputs:
            found.setdefault(field.get("name"), field.get("value"))
        return found

    def _open(self, url: str, follow: bool, **options: Any) -> Page:
        options["headers"] = {"Accept-Language": self.language, **options.pop("headers", {})}
        for _hop in range(8):
            page = self._once(url, options)
            if not (follow and page.status in (301, 302, 303, 307, 308)):
                self.page = page
                return page
            target = urlsplit(page.response.headers["Location"])
            url = target.path + (f"?{target.query}" if target.query else "")
            options = {"method": "GET", "headers": {"Accept-Language": self.language}}
        raise AssertionError(f"too many redirects at {url}")

    def _once(self, url: str, options: dict[str, Any]) -> Page:
        response = contextvars.Context().run(lambda: self.client.open(url, **options))
        page = Page(response, url)
        found = faults(page)
        if found:
            raise PageFault(f"{options['method']} {url} ({page.status}): " + "; ".join(found))
        return page


def _form(element: Element, url: str) -> Form:
    values: dict[str, Any] = {}
    names: set[str] = set()
    for field in element.iter("input", "select", "textarea"):
        if field.inside("template"):  # sent only where a script brings it to life
            continue
        name, value = field.get("name"), _value(field)
        names.add(name)
        if value is not None and name in values:
            kept = values[name]
            values[name] = [*(kept if isinstance(kept, list) else [kept]), value]
        elif value is not None and name:
            values[name] = value
    buttons = list(element.iter("button"))
    names.update(button.get("name") for button in buttons)
    action, method = element.get("action") or url, element.get("method", "get").lower()
    return Form(action, method, values, [button.text for button in buttons], names - {""})


def _value(field: Element) -> str | None:
    """What a browser would send for a field as it stands."""
    if field.tag == "textarea":
        return field.raw.removeprefix("\n")
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [option for option in options if option.has("selected")] or options[:1]
        return chosen[0].get("value") if chosen else None
    kind = field.get("type", "text")
    if kind in ("radio", "checkbox"):
        return field.get("value", "on") if field.has("checked") else None
    return None if kind in ("file", "submit", "button") else field.get("value")


def faults(page: Page) -> list[str]:
    """The house rules that an answer breaks: headers for all, structure for HTML."""
    found = list(_header_faults(page.response))
    if page.is_html and 300 <= page.status < 400:
        return found
    if page.is_html:
        found.extend(page.tag_faults)
        for check in (_frame, _identities, _references, _labels, _posts, _inline, _outline, _names):
            found.extend(check(page.tree))
        if "%(" in page.text:
            found.append("a placeholder was not filled: %(")
        if " object at 0x" in page.text:
            found.append("an object was written that has no words")
    return found


def _header_faults(response: TestResponse) -> Iterator[str]:
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy:
        yield f"weak content security policy: {policy!r}"
    for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer")):
        if response.headers.get(name) != value:
            yield f"{name} is not {value}"
    if response.mimetype == "text/html" and response.headers.get("Cache-Control") != "no-store":
        yield "may be cached"


def _frame(tree: Element) -> Iterator[str]:
    root, title = tree.first("html"), tree.first("title")
    if root is None or not root.get("lang"):
        yield "no lang"
    headings = list(tree.iter("h1"))
    if len(headings) != 1:
        yield f"{len(headings)} <h1>"
    elif title is None or not headings[0].text or not title.text.startswith(headings[0].text):
        yield f"<title> {title.text if title else ''!r} does not start with the <h1> {headings[0].text!r}"
    if len(list(tree.iter("main"))) != 1:
        yield "not one <main>"


def _identities(tree: Element) -> Iterator[str]:
    counted = Counter(element.get("id") for element in tree.iter() if element.has("id"))
    yield from (f"id twice or empty: {name!r}" for name, times in counted.items() if times > 1 or not name)


def _references(tree: Element) -> Iterator[str]:
    """Labels, descriptions and links within the page lead to something that is there."""
    known = {element.get("id") for element in tree.iter()}
    for element in tree.iter():
        named = [name for attribute in REFERENCES for name in element.get(attribute).split()]
        href = element.get("href")
        if element.tag == "a" and href.startswith("#") and href != "#":
            named.append(href[1:])
        yield from (f"<{element.tag}> names an id that is not there: {name}" for name in named if name not in known)


def _labels(tree: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.iter("label")} - {""}
    for field in tree.iter("input", "select", "textarea"):
        if field.tag == "input" and field.get("type", "text") in UNLABELLED:
            continue
        named = field.get("aria-label") or field.get("aria-labelledby") or field.inside("label")
        if field.get("id") not in labelled and not named:
            yield f"no label: {field.get('name')}"
    yield from (f"empty label: {label.get('for')}" for label in tree.iter("label") if not label.text)
    yield from ("fieldset without legend" for group in tree.iter("fieldset") if group.first("legend") is None)


def _posts(tree: Element) -> Iterator[str]:
    for form in tree.iter("form"):
        tokens = [field for field in form.iter("input") if field.get("name") == "csrf_token"]
        posts = form.get("method", "get").lower() == "post"
        if posts and len(tokens) != 1:
            yield f"{len(tokens)} csrf fields in the form to {form.get('action')}"
        if not posts and tokens:
            yield f"the csrf token would stand in the URL of {form.get('action')}"
        if form.inside("form"):
            yield "form in a form"


def _inline(tree: Element) -> Iterator[str]:
    """Nothing that the content security policy would block, or that it exists to block."""
    for element in tree.iter():
        if element.tag == "style" or (element.tag == "script" and (not element.get("src") or element.raw.strip())):
            yield f"inline {element.tag}"
        for name, value in element.attributes.items():
            if name == "style" or name.startswith("on"):
                yield f"inline {name}= on <{element.tag}>"
            if name in ADDRESSES and value.strip().lower().startswith(("javascript:", "data:", "//")):
                yield f"{name}={value[:30]!r}"


def _outline(tree: Element) -> Iterator[str]:
    last = 0
    for heading in tree.iter(*HEADINGS):
        level = int(heading.tag[1])
        if level > last + 1:
            yield f"heading skips from h{last} to {heading.tag}: {heading.text!r}"
        if not heading.text:
            yield f"empty {heading.tag}"
        last = level


def _names(tree: Element) -> Iterator[str]:
    """Links, buttons and pictures say what they are."""
    for element in tree.iter("a", "button", "summary"):
        pictured = any(inner.get("aria-label") or inner.get("alt") for inner in element.iter())
        if not element.text and not pictured:
            yield f"<{element.tag}> without a name: {element.get('href') or element.get('name')}"
    for picture in tree.iter("img", "svg"):
        named = picture.get("aria-label") or picture.get("aria-labelledby") or picture.first("title")
        if picture.tag == "img" and not picture.has("alt"):
            yield "picture without alt"
        if picture.tag == "svg" and picture.get("aria-hidden") != "true" and not named:
            yield "svg without a name"
