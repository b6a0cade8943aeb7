"""Malformed submissions: each gets a clear answer of its own kind, nothing of them is stored, the server lives on.

Forty kinds in every run; five hundred, made from them with a seeded generator, in the long one.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from referral.extensions import db
from referral.identification.actions import phones
from referral.identification.models import Attachment, Submission
from sop.instances import write_instance
from tests.conftest import NOW, close, make_app
from tests.referral.identification.gate.odk import Answer, OdkClient, multipart, running
from tests.referral.identification.gate.parcels import VERSION, photo, publish_form, sender, the_form
from tests.referral.identification.walk import ADULT, furnish

pytestmark = pytest.mark.application

CLEAR = frozenset({400, 404, 405, 409, 411, 413, 415, 422})
XML = b'<?xml version="1.0" encoding="UTF-8"?>\n'
ID = b"<meta><instanceID>uuid:%s</instanceID></meta>"
Shot = tuple[bytes, str]
"""Body and content type."""


def good(**answers: Any) -> bytes:
    return write_instance(the_form(), ADULT | answers, uuid4())


def data(inside: bytes, form: str = "cmr_identification", version: str = VERSION, meta: bytes | None = None) -> bytes:
    known = (ID % str(uuid4()).encode()) if meta is None else meta
    return XML + f'<data id="{form}" version="{version}">'.encode() + inside + known + b"</data>"


def sent(xml: bytes) -> Shot:
    return multipart(xml, {})


BOMB = (
    b'<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    b"<data id='cmr_identification'>&c;</data>"
)
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="cmr_identification"><a>&x;</a></data>'

KINDS: dict[str, Callable[[random.Random], Shot]] = {
    "no form at all": lambda _: (b"", "multipart/form-data; boundary=x"),
    "no boundary": lambda _: (b"x" * 50, "multipart/form-data"),
    "empty boundary": lambda _: (b"----\r\n", "multipart/form-data; boundary="),
    "form data instead": lambda _: (b"xml_submission_file=", "application/x-www-form-urlencoded"),
    "JSON": lambda _: (b'{"id": 1}', "application/json"),
    "bare XML": lambda _: (good(), "text/xml"),
    "no content type": lambda _: (good(), ""),
    "zipped": lambda _: (zlib.compress(good()), "application/zip"),
    "cut in the middle": lambda r: (lambda body, kind: (body[: r.randrange(20, 400)], kind))(*sent(good())),
    "another boundary": lambda _: (sent(good())[0], "multipart/form-data; boundary=other"),
    "only attachments": lambda _: attachments_alone(),
    "empty form": lambda _: sent(b""),
    "spaces": lambda _: sent(b"   \n\t "),
    "no XML": lambda r: sent(bytes(r.randrange(256) for _ in range(r.randrange(1, 400)))),
    "plain text": lambda _: sent(b"Bonjour, ceci n'est pas un formulaire."),
    "a page": lambda _: sent(b"<html><body><p>x</p></body></html>"),
    "unclosed": lambda r: sent(good()[: -r.randrange(1, 300)]),
    "tags crossed": lambda _: sent(data(b"<a><b></a></b>")),
    "entity bomb": lambda _: sent(BOMB),
    "entity of a file": lambda _: sent(OUTSIDE),
    "a DTD": lambda _: sent(b"<!DOCTYPE data>" + good().partition(b"\n")[2]),
    "undefined entity": lambda _: sent(data(b"<family_name>&nbsp;</family_name>")),
    "too deep": lambda r: sent(data(b"<g>" * r.randrange(150, 5_000) + b"x")),
    "too many elements": lambda r: sent(data(b"<a/>" * r.randrange(20_001, 60_000))),
    "too large": lambda _: sent(data(b"<family_name>" + b"x" * 2_100_000 + b"</family_name>")),
    "wrong encoding": lambda _: sent(data("<a>é</a>".encode("latin-1"))),
    "encoding that lies": lambda _: sent(b'<?xml version="1.0" encoding="UTF-16"?>' + data(b"")[len(XML) :]),
    "unknown encoding": lambda _: sent(b'<?xml version="1.0" encoding="x-klingon"?>' + data(b"")[len(XML) :]),
    "half a character": lambda _: sent(data(b"<a>\xed\xa0\x80</a>")),
    "NUL": lambda _: sent(data(b"<a>\x00</a>")),
    "no form id": lambda _: sent(XML + b"<data><a/></data>"),
    "unknown form": lambda r: sent(data(b"", form=f"other_{r.randrange(9)}")),
    "unknown version": lambda r: sent(data(b"", version=str(r.randrange(2, 10**9)))),
    "no version": lambda _: sent(data(b"", version="")),
    "no instance id": lambda _: sent(data(b"", meta=b"")),
    "instance id of another kind": lambda r: sent(data(b"", meta=ID % r.choice((b"7", b"x" * 300, b"../../etc", b"")))),
    "an edit": lambda _: sent(
        good().replace(b"</orx:meta>", b"<orx:deprecatedID>uuid:1</orx:deprecatedID></orx:meta>")
    ),
    "ids twice": lambda _: sent(good().replace(b"<data id", b'<data id="x" id', 1)),
    "unbound prefix": lambda _: sent(data(b"<q:a/>")),
    "two roots": lambda _: sent(good() + b"<data/>"),
}


def attachments_alone() -> Shot:
    body, kind = multipart(b"", {"a.jpg": ("image/jpeg", photo())})
    return body.replace(b'name="xml_submission_file"', b'name="other"'), kind


class Target:
    """The served application under attack."""

    def __init__(self, app: Flask, port: int, token: str) -> None:
        self.app = app
        self.client = OdkClient(port, "agent", token)
        self.client.challenged = True

    def shoot(self, shot: Shot) -> Answer:
        body, kind = shot
        return self.client.request("POST", "/submission", body, **({"Content_Type": kind} if kind else {}))

    def stored(self) -> tuple[int, int]:
        with self.app.app_context():
            found = db.session.query(Submission).count(), db.session.query(Attachment).count()
            db.session.remove()
        return found


@pytest.fixture(scope="module")
def target(database_server: object | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    app = make_app(database_server, tmp_path_factory.mktemp("hostile"), "hostile_odk")
    app.config["TESTING"] = False
    app.testing = False
    furnish(app)
    with app.app_context():
        publish_form()
        _phone, token = phones.add("x", actor=sender(), now=NOW)
        db.session.commit()
        db.session.remove()
    with running(app) as port:
        yield Target(app, port, token)
    close(app)


def refused(answer: Answer) -> bool:
    return answer.status in CLEAR and bool(answer.message)


@pytest.mark.parametrize("kind", KINDS)
def test_a_malformed_submission_gets_a_clear_answer_and_leaves_nothing(target: Target, kind: str) -> None:
    before = target.stored()
    answer = target.shoot(KINDS[kind](random.Random(kind)))  # noqa: S311
    assert refused(answer), (answer.status, answer.body[:300])
    assert target.stored() == before


def test_the_server_still_takes_a_good_form_after_them(target: Target) -> None:
    assert target.shoot(sent(good())).status == 201


def test_broken_attachments_leave_the_form_as_a_draft_and_nothing_of_themselves(target: Target) -> None:
    tree = target.stored()
    body = multipart(good(wound="a.jpg"), {"a.jpg": ("image/jpeg", photo()[:40] + b"\x00" * 100)})
    answer = target.shoot(body)
    assert answer.status == 201
    assert target.stored() == (tree[0] + 1, tree[1])


def mutated(shot: Shot, chance: random.Random) -> Shot:
    """A few bytes changed, taken out or doubled."""
    body, kind = bytearray(shot[0]), shot[1]
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(max(1, len(body)))
        act = chance.randrange(3)
        if act == 0:
            body[at : at + 1] = bytes([chance.randrange(256)])
        elif act == 1:
            del body[at : at + chance.randrange(1, 30)]
        else:
            body[at:at] = body[at : at + chance.randrange(1, 60)]
    return bytes(body), kind


@pytest.mark.slow
def test_five_hundred_malformed_submissions_are_refused_or_kept_whole(target: Target) -> None:
    """What a change of bytes leaves well-formed is a submission like any other: stored whole, never a server error."""
    chance = random.Random(20261128)  # noqa: S311
    kinds = list(KINDS.values())
    outcomes: dict[int, int] = {}
    for number in range(500):
        before = target.stored()
        shot = kinds[number % len(kinds)](chance) if number % 2 else mutated(sent(good()), chance)
        answer = target.shoot(shot)
        outcomes[answer.status] = outcomes.get(answer.status, 0) + 1
        if answer.status == 201:
            assert target.stored()[0] == before[0] + 1
        else:
            assert refused(answer), (number, answer.status, answer.body[:200])
            assert target.stored() == before
    assert sum(count for status, count in outcomes.items() if status in CLEAR) >= 300, outcomes
    assert target.shoot(sent(good())).status == 201
