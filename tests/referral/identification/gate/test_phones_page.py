"""The page of the own phones: a key shown once, its QR code as ODK Collect reads it, revoked at once, nobody else's."""

from __future__ import annotations

import base64
import json
import re
import zlib
from datetime import timedelta

import pytest
from flask import Flask

from referral.errors import RuleViolation
from referral.extensions import db
from referral.identification.actions import phones
from referral.identification.models import DeviceToken
from tests.conftest import NOW
from tests.page_client import PageClient
from tests.referral.identification.gate.parcels import sender
from tests.signing_in import sign_in


@pytest.fixture
def agent(app: Flask) -> PageClient:
    client = PageClient(app, sign_in=sign_in)
    client.sign_in("agent")
    return client


def test_a_phone_is_added_its_key_shown_once_and_only_its_hash_kept(app: Flask, agent: PageClient) -> None:
    agent.get("/account/phones")
    page = agent.submit("name", name="Samsung bleu")
    token = re.search(r"<code>((?:[a-z2-9]{5}-){5}[a-z2-9])</code>", page.html)
    assert token is not None
    assert page.tree.first("figure").first("svg") is not None
    again = agent.get("/account/phones")
    assert "Samsung bleu" in again.text
    assert token[1] not in again.html
    with app.app_context():
        row = db.session.query(DeviceToken).one()
        assert token[1] not in (row.name, row.token_hash)
        assert phones.recognise("AGENT ", token[1].upper().replace("-", " ")) is not None
        for name, key in (("gestion", token[1]), ("agent", token[1][:-1]), ("agent", ""), ("", token[1])):
            assert phones.recognise(name, key) is None


def test_the_code_holds_the_settings_as_collect_reads_them() -> None:
    code = phones.settings_code("https://mnr.example/", "agent", "abc", "MNR")
    settings = json.loads(zlib.decompress(base64.b64decode(code)))
    assert settings["general"] == {
        "protocol": "odk_default",
        "server_url": "https://mnr.example/",
        "username": "agent",
        "password": "abc",
    }
    assert settings["project"] == {"name": "MNR"}


def test_a_revoked_phone_is_refused_and_shown_as_revoked(app: Flask, agent: PageClient) -> None:
    with app.app_context():
        _phone, token = phones.add("Perdu", actor=sender(), now=NOW)
        db.session.commit()
    agent.get("/account/phones")
    assert "révoqué" in agent.submit("Révoquer").text
    with app.app_context():
        assert phones.recognise("agent", token) is None


def test_a_user_who_is_disabled_or_may_no_longer_fill_in_forms_is_refused(app: Flask) -> None:
    with app.app_context():
        agent, boss = sender(), sender("chef")
        _one, token = phones.add("x", actor=agent, now=NOW)
        _two, other = phones.add("y", actor=boss, now=NOW)
        db.session.flush()
        assert phones.recognise("agent", token) is not None
        assert phones.recognise("chef", other) is None
        agent.active = False
        db.session.flush()
        assert phones.recognise("agent", token) is None


def test_a_phone_needs_a_name_and_there_are_not_too_many(app: Flask, agent: PageClient) -> None:
    agent.get("/account/phones")
    assert agent.submit("name", name="  ").status == 422
    with app.app_context():
        for number in range(phones.MOST):
            phones.add(f"n{number}", actor=sender(), now=NOW)
            db.session.flush()
        with pytest.raises(RuleViolation):
            phones.add("one too many", actor=sender(), now=NOW)


def test_the_last_use_is_noted_to_the_hour(app: Flask) -> None:
    with app.app_context():
        phone, _token = phones.add("x", actor=sender(), now=NOW)
        assert phones.is_due(phone, NOW)
        phones.note_use(phone, now=NOW)
        assert not phones.is_due(phone, NOW + timedelta(minutes=59))
        assert phones.is_due(phone, NOW + timedelta(hours=1))
