"""Who reads, what they ask for, and what they were given, by channel.

Each endpoint that the access matrix knows is asked for with GET: those about a person for the case of each state, the
others once for each reader. Nothing here knows what may be shown (tests/crawl/expected.py says that).
"""

from __future__ import annotations

import base64
import html
import io
import itertools
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pypdfium2
from flask import Flask, url_for
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from referral.foundation.grants import Role
from tests.crawl.scene import STAFF, Country, words_in
from tests.page_client import PageClient
from tests.signing_in import sign_in
from tests.test_access_matrix import COLUMNS, ROWS, first_table
from tests.town import STAFF as TOWN_STAFF
from tests.visitors import TOKEN, fresh

EVERYWHERE = "-"
"""The state under which what is asked for without a case is noted."""

OUTSIDE = ("stranger", "link", "person", "phone")
"""Without an account in a browser: nobody; the link to the own file without its code and with it; a phone with ODK."""

BY_PATH: dict[str, tuple[str, ...]] = {
    "link": ("/own-file/",), "person": ("/own-file/",), "phone": ("/formList", "/forms/"),
}  # fmt: skip
ROLES = {name: role for name, role, _house in STAFF}
ALWAYS = frozenset({"cases.show", "referrals.show"})
"""What everybody asks for in every state, whatever their role."""

READING = frozenset({
    "cases.show", "cases.plan", "cases.family", "cases.link", "cases.contact", "cases.protection",
    "consent.case_consents", "consent.case_emergencies", "consent.case_orders", "consent.case_register",
    "consent.emergency_access", "consent.emergency_review", "consent.mark", "consent.officer_review", "consent.order",
    "consent.order_letter", "consent.why_referral", "identification.base_consent", "identification.case_form",
    "identification.case_form_pdf", "identification.prefile", "identification.review", "referrals.consent",
    "referrals.preview", "referrals.shortlist", "referrals.show", "referrals.slip", "rights.answer",
    "rights.case_rights", "rights.give_file", "rights.hold", "rights.linked_file", "rights.proof", "rights.withdraw",
    "rights.withdrawal_proof",
})  # fmt: skip
"""What says anything about a person: asked for in every state by whoever may open it in any."""
SOME = frozenset({"waiting", "given", "withdrawn", "erased", EVERYWHERE})
"""The states in which whoever may open it asks for everything else (`withdrawn` has the most papers)."""
READERS = (*OUTSIDE, *(name for name, _role, _house in STAFF))

ABOUT_A_PERSON = {
    "case_id", "submission_id", "attachment_id", "link_id", "request_id", "token", "referral_id", "consent_id",
    "decision_id", "withdrawal_id", "stop_id", "access_id", "order_id", "review_id", "hold_id", "step", "action",
    "need", "kind", "name", "number", "start",
}  # fmt: skip
"""Arguments of addresses that the case of a state fills."""

FILLED: dict[str, list[Any]] = {
    "need": ["MED"], "step": ["N08"], "action": ["accept", "recall"], "kind": ["child"], "name": ["identity"],
}  # fmt: skip
GENERAL: dict[str, list[Any]] = {
    "quarter": ["2026-Q3"], "name": [first_table()], "language": ["fr"], "form_id": ["cmr_identification"],
    "kind": ["csv"], "action": ["open_negotiation"],
}  # fmt: skip
NOT_HERE = {
    "filename", "version_id", "report_id", "campaign_id", "draft_id", "batch_id", "pair_id", "merge_id", "list_id",
    "breach_id", "taxonomy_id", "term_id", "pcode", "digest", "side", "start", "number", "review_id",
    "place_id", "service_id", "organization_id", "entry_id",
}  # fmt: skip
"""Arguments of what this country has none of: tests/test_leaks.py walks there."""

STREAM = re.compile(r"(?<!end)stream\r?\n.*?endstream", re.DOTALL)
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
LINK = re.compile(r'(?:href|action|formaction|src)="([^"]*)"')
TABLES = ("text/csv", "application/vnd.openxmlformats", "application/zip", "text/calendar")

Asked = tuple[str, str, str]
"""State, endpoint, address."""
Met = dict[tuple[str, str, str, str], set[str]]
"""State, kind of a word, endpoint and channel: at which addresses it was met."""


@dataclass
class Report:
    """What one reader met, and what was asked for: (state, channel)."""

    met: Met = field(default_factory=lambda: defaultdict(set))
    walked: set[tuple[str, str]] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)

    def note(self, asked: Asked, channel: str, text: str) -> None:
        state, endpoint, address = asked
        self.walked.add((state, channel))
        for of, kind in words_in(text):
            self.met[of, kind, endpoint, channel].add(address)


def opened_by(role: Role) -> frozenset[str]:
    """The endpoints that somebody of a role gets for some object, by the hand-written matrix."""
    mine = [COLUMNS.index(name) for name, one, _house in TOWN_STAFF if one is role]
    return frozenset(
        endpoint for (endpoint, _, _), statuses in ROWS.items() if any(statuses[at] not in (401, 404) for at in mine)
    )


def addresses(app: Flask, country: Country) -> Iterator[Asked]:
    """Everything that is asked for."""
    listed = {endpoint for endpoint, method, _variant in ROWS if method == "GET"}
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and rule.endpoint in listed]
    for rule in rules:
        if rule.arguments & (ABOUT_A_PERSON - set(FILLED)):
            for state, at in country.at.items():
                yield from ((state, rule.endpoint, one) for one in filled(rule, {**FILLED, **at}))
        else:
            yield from ((EVERYWHERE, rule.endpoint, one) for one in filled(rule, {**GENERAL, **country.general}))


def filled(rule: Rule, values: dict[str, list[Any]]) -> Iterator[str]:
    """The addresses of an endpoint with each of these values; none where one is missing."""
    names = sorted(rule.arguments)
    for chosen in itertools.product(*(values.get(name, []) for name in names)):
        yield url_for(rule.endpoint, **dict(zip(names, chosen, strict=True)))


class Reader:
    """Somebody who asks for everything."""

    def __init__(self, app: Flask, name: str, country: Country) -> None:
        self.app, self.name, self.country, self.report = app, name, country, Report()
        page = PageClient(app)
        if name not in OUTSIDE:
            sign_in(page, name)
        self.client = page.client
        self.client.environ_base["REMOTE_ADDR"] = f"192.0.2.{READERS.index(name)}"  # the public API counts by address
        self.may = opened_by(ROLES[name]) if name in ROLES else frozenset()
        self.headers: dict[str, str] = {}
        if name == "phone":
            shown = base64.b64encode(f"responder:{country.phone}".encode()).decode()
            self.headers = {"Authorization": f"Basic {shown}"}

    def walk(self, asked: Iterable[Asked]) -> Report:
        for one in asked:
            if self._asks(one):
                self.read(one, fresh(lambda one=one: self.client.get(one[2], headers=self.headers)))
        for state, endpoint, address, page, posted in self._presses():
            self.press((state, endpoint, address), page, posted)
        return self.report

    def _asks(self, asked: Asked) -> bool:
        """Whoever has no account asks for what is theirs; where a role has no right at all one state is enough."""
        state, endpoint, address = asked
        if self.name in BY_PATH:
            return address.startswith(BY_PATH[self.name])
        if endpoint in self.may:
            return state in SOME or endpoint in READING
        return state in ("given", EVERYWHERE) or endpoint in ALWAYS

    def _presses(self) -> Iterator[tuple[str, str, str, str, dict[str, str]]]:
        """What is posted: the code of a link, the button that uncovers a name, and the one that shows the own file."""
        for state, (token, code) in self.country.links.items() if self.name == "person" else ():
            yield state, "rights.open_linked_file", f"/own-file/{token}", f"/own-file/{token}", {"code": code}
        for state, at in self.country.at.items() if self.name in ("manager", "supervisor") else ():
            case = f"/cases/{at['case_id'][0]}"
            yield state, "people.reveal", f"{case}/identity", case, {}
            told = {"reader": "person", "identity": "known", "language": "fr"}
            for way in ("together", *(("paper",) if state in SOME else ())):
                yield state, "rights.give_file", f"{case}/own-file", f"{case}/rights", {**told, "way": way}

    def press(self, asked: Asked, page: str, posted: dict[str, str]) -> None:
        """A post with the token of a page."""
        found = TOKEN.search(fresh(lambda: self.client.get(page)).get_data(as_text=True))
        if found is not None:
            data = {"csrf_token": found.group(1), **posted}
            self.read(asked, fresh(lambda: self.client.post(asked[2], data=data)))

    def read(self, asked: Asked, answer: TestResponse) -> None:
        """Note what an answer holds, in each channel that it has."""
        self.report.statuses.add(answer.status_code)
        headers = "\n".join(f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie")
        self.report.note(asked, "header", f"{unquote(asked[2])}\n{unquote(headers)}")
        text = answer.get_data(as_text=True) if answer.mimetype.startswith("text/") else ""
        if answer.mimetype == "text/html":
            links = "\n".join(unquote(html.unescape(one)) for one in LINK.findall(text))
            self.report.note(asked, "link", links)
            self.report.note(asked, "title", "\n".join(TITLE.findall(text)))
        for channel, found in texts(answer, text):
            self.report.note(asked, channel, found)


def texts(answer: TestResponse, text: str) -> Iterator[tuple[str, str]]:
    """The channels of an answer's body with what can be read there."""
    if answer.status_code in (301, 302, 303, 308):
        yield "redirect", text
    elif answer.mimetype == "text/html":
        yield "page" if answer.status_code == 200 else "refusal", html.unescape(text)
    elif answer.mimetype == "application/pdf":
        yield from paper(answer.data)
    elif answer.mimetype.startswith(TABLES):
        yield "table", "\n".join(opened(answer.data))
    else:
        yield "data", answer.data.decode("utf-8", "ignore")


def paper(content: bytes) -> Iterator[tuple[str, str]]:
    """The words of a PDF; and what it says of itself: information, outline, and all that stands outside its streams."""
    document = pypdfium2.PdfDocument(content)
    try:
        yield "paper", "\n".join(page.get_textpage().get_text_range() for page in document)
        said = [*map(str, document.get_metadata_dict().values()), *(str(one.get_title()) for one in document.get_toc())]
        yield "metadata", "\n".join((*said, STREAM.sub("", content.decode("latin-1"))))
    finally:
        document.close()


def opened(content: bytes) -> list[str]:
    """A CSV file, or each part of a workbook or a document, with the parts' names."""
    if not content.startswith(b"PK"):
        return [content.decode("utf-8", "ignore")]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return [f"{one}\n{html.unescape(book.read(one).decode('utf-8', 'ignore'))}" for one in book.namelist()]
