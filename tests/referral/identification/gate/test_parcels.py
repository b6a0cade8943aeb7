"""Sealed parcels of the offline page: opened for their own user only, received once, else refused in words."""

from __future__ import annotations

import base64
import io
import json
import os
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from sqlalchemy import func, select, text

from referral.extensions import db
from referral.foundation import parcels
from referral.identification.models import Submission
from referral.identification.rules import Channel
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.identification.gate.parcels import VERSION, photo, recording, sender, the_form
from tests.referral.identification.walk import ADULT
from tests.signing_in import sign_in


def packed(answers: Any, files: dict[str, bytes], listed: Any = None, **more: Any) -> bytes:
    """What the page packs, written down a second time."""
    told = {
        "form": the_form().id, "version": VERSION, "answers": answers, "started_at": "2026-11-22T08:00:00.000Z",
        "files": listed or [{"name": name, "size": len(data), "type": "x/y"} for name, data in files.items()],
    }  # fmt: skip
    body = json.dumps(told | more).encode()
    return len(body).to_bytes(4, "big") + body + b"".join(files.values())


def seal(plain: bytes, instance_id: UUID, user_id: UUID, number: int, point: bytes) -> bytes:
    """The reference sealer: the lines of the page in another language and another library."""
    own = ec.generate_private_key(ec.SECP256R1())
    ours = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
    key = HKDF(hashes.SHA256(), 32, None, b"mnr-parcel|1|" + ours + point).derive(shared)
    nonce = os.urandom(12)
    box = AESGCM(key).encrypt(nonce, plain, f"mnr-parcel|1|{instance_id}|{user_id}".encode())
    return b"MNR1" + number.to_bytes(4, "big") + instance_id.bytes + ours + nonce + box


@pytest.fixture
def client(app: Flask) -> PageClient:
    found = PageClient(app, sign_in=sign_in)
    found.sign_in("agent")
    return found


def key_of(client: PageClient) -> tuple[int, bytes]:
    told = client.get("/offline/kit.json").response.get_json()["key"]
    return told["number"], base64.b64decode(told["point"])


def post(client: PageClient, sealed: bytes) -> tuple[int, dict[str, Any]]:
    session = client.get("/offline/session.json").response.get_json()
    answer = client.client.post(
        "/offline/parcels", data={"parcel": (io.BytesIO(sealed), "parcel")}, headers={"X-CSRFToken": session["csrf"]}
    )
    return answer.status_code, json.loads(answer.text)


def me(app: Flask) -> UUID:
    with app.app_context():
        return sender().id


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def test_a_sealed_form_with_a_photo_makes_a_file_once_however_often_it_is_sent(app: Flask, client: PageClient) -> None:
    plain = packed(
        ADULT | {"wound": "wound.jpg", "account": "account.ogg"}, {"wound.jpg": photo(), "account.ogg": recording()}
    )
    name = uuid4()
    status, told = post(client, seal(plain, name, me(app), *key_of(client)))
    assert (status, told["outcome"], told["code"][:6]) == (201, "submitted", "CM-LT-")
    again, same = post(client, seal(plain, name, me(app), *key_of(client)))
    assert (again, same) == (200, told)
    assert stored(app) == 1
    with app.app_context():
        assert db.session.get_one(Submission, name).channel is Channel.OFFLINE


def test_an_incomplete_form_is_kept_to_complete(app: Flask, client: PageClient) -> None:
    status, told = post(client, seal(packed({"family_name": "X"}, {}), uuid4(), me(app), *key_of(client)))
    assert (status, told["outcome"], told["code"]) == (201, "to_complete", "")


def test_what_was_sealed_before_a_rotation_still_opens_and_the_newest_key_is_offered(
    app: Flask, client: PageClient
) -> None:
    before = key_of(client)
    sealed = seal(packed(ADULT, {}), uuid4(), me(app), *before)
    with app.app_context():
        assert parcels.rotate(now=NOW).number == before[0] + 1
    assert key_of(client)[0] == before[0] + 1
    assert post(client, sealed)[0] == 201


def test_the_private_key_is_not_in_the_main_database(app: Flask, client: PageClient) -> None:
    key_of(client)
    with app.app_context():
        tables = {table.name for table in db.metadata.sorted_tables}
        assert "parcel_key" not in tables
        with parcels.keystore().engine.connect() as connection:
            row = connection.execute(text("SELECT point, wrapped FROM parcel_key")).first()
    assert len(row.point) == 65
    assert len(row.wrapped) == 12 + 32 + 16


def hostile(name: str, app: Flask, key: tuple[int, bytes]) -> bytes:
    """A parcel that must be refused."""
    good, user, one = packed(ADULT, {}), me(app), uuid4()
    sealed = seal(good, one, user, *key)
    return {
        "empty": b"", "short": sealed[:90], "magic": b"X" + sealed[1:], "another user": seal(good, one, uuid4(), *key),
        "another id": sealed[:8] + uuid4().bytes + sealed[24:], "flipped": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "unknown key": seal(good, one, user, 999, key[1]), "huge key": seal(good, one, user, 2**32 - 1, key[1]),
        "bad point": sealed[:24] + b"\x04" + b"\x01" * 64 + sealed[89:],
        "no json": seal(b"\0\0\0\5{{{{{", one, user, *key), "long": seal(b"\xff\xff\xff\xff{}", one, user, *key),
        "list": seal(b"\0\0\0\2[]", one, user, *key), "answers": seal(packed([], {}), one, user, *key),
        "rest": seal(good + b"x", one, user, *key), "form": seal(packed(ADULT, {}, form="other"), one, user, *key),
        "negative": seal(packed(ADULT, {}, listed=[{"name": "a", "size": -1}]), one, user, *key),
        "deep": seal((100_000).to_bytes(4, "big") + b"[" * 100_000, one, user, *key),
    }[name]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["empty", "short", "magic", "another user", "another id", "flipped", "unknown key", "huge key", "bad point",
     "no json", "long", "list", "answers", "rest", "form", "negative", "deep"],
)  # fmt: skip
def test_what_cannot_be_opened_is_refused_in_words_and_leaves_nothing(
    app: Flask, client: PageClient, name: str
) -> None:
    status, told = post(client, hostile(name, app, key_of(client)))
    assert (status, told["outcome"]) == (422, "refused")
    assert len(told["words"]) > 30
    assert stored(app) == 0


def test_without_the_token_nothing_is_received(app: Flask, client: PageClient) -> None:
    sealed = seal(packed(ADULT, {}), uuid4(), me(app), *key_of(client))
    answer = client.client.post("/offline/parcels", data={"parcel": (io.BytesIO(sealed), "parcel")})
    assert answer.status_code in (400, 401)
    assert stored(app) == 0


def test_the_shell_is_the_same_for_everybody_and_sets_no_cookie(app: Flask, client: PageClient) -> None:
    mine, strangers = client.get("/offline/fr").response, app.test_client().get("/offline/fr")
    assert mine.text == strangers.text
    assert "Set-Cookie" not in strangers.headers
    assert json.loads(app.test_client().get("/offline/session.json").text) == {"user": None}


def test_all_scripts_of_the_page_without_a_network_have_at_most_20_kb(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/offline/fr").text
    scripts = [*re.findall(r'<script[^>]* src="([^"]+)"', page), "/offline/worker.js"]
    assert [one.rpartition("/")[2] for one in scripts] == ["offline-page.js", "worker.js"]
    sizes = [len(client.get(one, headers={"Accept-Encoding": "br"}).data) for one in scripts]
    assert sizes[0] <= 19_700, sizes
    assert sum(sizes) <= 20_480, sizes
    assert "<script>" not in page
