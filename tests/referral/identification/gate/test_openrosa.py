"""ODK Collect against the application as it is served: challenge, list, form, HEAD, multipart, parts, replay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from referral.cases.models import Case
from referral.extensions import db
from referral.identification import queries
from referral.identification.actions import phones
from referral.identification.models import Attachment, DeviceToken, Submission, SubmissionState
from sop.instances import write_instance
from tests.conftest import NOW, close, make_app
from tests.referral.identification.gate.odk import OdkClient, running
from tests.referral.identification.gate.parcels import VERSION, photo, publish_form, recording, sender, the_form
from tests.referral.identification.walk import ADULT, furnish

LIST = "{http://openrosa.org/xforms/xformsList}"
FILES = {"IMG_1.jpg": ("image/jpeg", photo()), "r.ogg": ("audio/ogg", recording())}


@dataclass
class Served:
    """The application, its port and a phone's token."""

    app: Flask
    port: int
    token: str

    def client(self) -> OdkClient:
        """A phone that has answered the challenge."""
        client = OdkClient(self.port, "agent", self.token)
        client.challenged = True
        return client

    def count(self, kind: type[Any]) -> int:
        with self.app.app_context():
            found = db.session.scalar(select(func.count()).select_from(kind)) or 0
            db.session.remove()
        return found


@pytest.fixture(scope="module")
def served(database_server: object | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    app = make_app(database_server, tmp_path_factory.mktemp("served"), "served_odk")
    furnish(app)
    with app.app_context():
        publish_form()
        _phone, token = phones.add("Téléphone bleu", actor=sender(), now=NOW)
        db.session.commit()
        db.session.remove()
    with running(app) as port:
        yield Served(app, port, token)
    close(app)


pytestmark = pytest.mark.application


def filled(instance_id: UUID | None = None, **answers: Any) -> bytes:
    """A filled-in form as a phone writes it."""
    given = ADULT | {"wound": "IMG_1.jpg", "account": "r.ogg"} | answers
    return write_instance(the_form(), given, instance_id or uuid4())


def test_a_phone_meets_the_challenge_then_finds_where_to_send_and_how_much(served: Served) -> None:
    answer = OdkClient(served.port, "agent", served.token).sign_in()
    assert answer.status == 204
    assert answer.headers["Location"] == f"http://127.0.0.1:{served.port}/submission"
    assert int(answer.headers["X-OpenRosa-Accept-Content-Length"]) == 32 * 1024 * 1024
    assert answer.headers["X-OpenRosa-Version"] == "1.0"
    assert answer.headers["Date"].endswith(" GMT")


def test_the_form_in_force_is_listed_with_its_hash_and_fetched(served: Served) -> None:
    client = served.client()
    listed = client.get("/formList?verbose=true")
    assert listed.headers["Content-Type"].startswith("text/xml")
    assert listed.xml.tag == f"{LIST}xforms"
    (one,) = listed.xml
    told = {part.tag.removeprefix(LIST): part.text for part in one}
    assert (told["formID"], told["version"], told["name"]) == ("cmr_identification", VERSION, "Identification")
    assert "manifestUrl" not in told
    form = client.get(str(told["downloadUrl"]))
    assert told["hash"] == "md5:" + hashlib.md5(form.body, usedforsecurity=False).hexdigest()
    assert b'ref="/data/evidence/wound"' in form.body or b"/evidence/wound" in form.body
    assert len(client.get("/formList?formID=cmr_identification").xml) == 1
    assert len(client.get("/formList?formID=other").xml) == 0
    assert len(client.get("/forms/cmr_identification/manifest").xml) == 0
    for missing in ("/forms/other.xml", "/forms/other/manifest", "/forms/cmr_identification/media/x.csv"):
        assert client.get(missing).status == 404
        assert client.get(missing).message.startswith("Il n’y a rien ici")


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "chunked"])
def test_a_form_with_two_attachments_is_stored_once_however_often_it_is_sent(served: Served, chunked: bool) -> None:
    client, instance_id = served.client(), uuid4()
    before = served.count(Case)
    first = client.submit(filled(instance_id), FILES, chunked=chunked)
    assert (first.status, first.message[:5]) == (201, "Reçu.")
    for _ in range(2):
        assert client.submit(filled(instance_id), FILES).status == 202
    assert served.count(Case) == before + 1
    with served.app.app_context():
        row = db.session.get_one(Submission, instance_id)
        assert row.state is SubmissionState.SUBMITTED
        assert [one.path for one in queries.attachments(instance_id)] == ["account", "wound"]
        assert db.session.scalar(select(DeviceToken.last_used_at)) == NOW
        db.session.remove()


def test_parts_come_in_several_posts_and_make_one_file(served: Served) -> None:
    client, instance_id = served.client(), uuid4()
    before = served.count(Case)
    for name in FILES:
        answer = client.submit(filled(instance_id), {name: FILES[name]}, more=name != "r.ogg")
        assert answer.status in (201, 202)
        assert served.count(Case) == before + (name == "r.ogg")
    assert served.count(Case) == before + 1


def test_ten_posts_of_one_form_at_the_same_moment_store_it_once(served: Served) -> None:
    instance_id = uuid4()
    xml, before = filled(instance_id), served.count(Case)

    def send(_number: int) -> int:
        return served.client().submit(xml, FILES).status

    with ThreadPoolExecutor(5) as threads:
        statuses = sorted(threads.map(send, range(10)))
    assert statuses == [201] + [202] * 9
    assert served.count(Case) == before + 1


def test_what_is_incomplete_is_received_and_the_phone_is_told_so(served: Served) -> None:
    answer = served.client().submit(filled(sex="", wound="", account=""), {})
    assert answer.status == 201
    assert "brouillon" in answer.message


def test_other_answers_under_the_same_id_and_an_edit_are_refused_in_words(served: Served) -> None:
    client, instance_id = served.client(), uuid4()
    client.submit(filled(instance_id), FILES)
    other = client.submit(filled(instance_id, given_names="Autre"), FILES)
    assert (other.status, other.message) == (
        409,
        "Ce formulaire a déjà été reçu avec d’autres réponses. Le premier est conservé.",
    )
    edit = filled().replace(b"</orx:meta>", b"<orx:deprecatedID>uuid:1</orx:deprecatedID></orx:meta>")
    assert client.submit(edit, FILES).status == 422


def test_a_revoked_phone_and_a_disabled_user_are_refused_at_once(served: Served) -> None:
    with served.app.app_context():
        agent = sender()
        phone, token = phones.add("Perdu", actor=agent, now=NOW)
        db.session.commit()
        client = OdkClient(served.port, "agent", token)
        client.challenged = True
        assert client.get("/formList").status == 200
        phones.revoke(phone, actor=agent, now=NOW)
        db.session.commit()
        assert client.get("/formList").status == 401
        agent.active = False
        db.session.commit()
        assert served.client().get("/formList").status == 401
        agent.active = True
        db.session.commit()
        db.session.remove()
    assert served.client().get("/formList").status == 200


def test_guesses_are_slowed_down_and_a_good_phone_still_gets_through(served: Served) -> None:
    client = OdkClient(served.port, "gestion", "wrong-" + "a" * 21)
    client.challenged = True
    assert [client.get("/formList").status for _ in range(7)] == [401] * 5 + [429] * 2
    assert served.client().get("/formList").status == 200


def test_no_answer_and_no_name_of_a_file_is_logged(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        served.client().submit(filled(), FILES)
        served.client().submit(filled(sex="martien"), {"IMG_1.jpg": ("image/jpeg", b"none")})
        served.client().submit(b"<Zoukoumb", {})
    assert not [word for word in ("Zoukoumb", "IMG_1", "martien", served.token) if word in caplog.text]


def test_the_library_form_is_offered_without_a_stored_xform(served: Served) -> None:
    from referral.identification import xforms
    from referral.procedures.models import FormVersion

    with served.app.app_context():
        version = db.session.scalar(
            select(FormVersion).where(~FormVersion.active, FormVersion.name == "identification")
        )
        assert version is not None
        assert "<h:html" in (version.xform or xforms._from_library(version))
        db.session.remove()


def test_nothing_of_the_attachments_stands_in_the_database_file(served: Served) -> None:
    assert served.count(Attachment) > 0
    for path in Path(served.app.config["SETTINGS"].instance).glob("served_odk.sqlite*"):
        content = path.read_bytes()
        assert b"OggS" not in content
        assert b"Zoukoumb" not in content
