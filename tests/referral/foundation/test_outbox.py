"""The outbox: notices leave after the act, once, in order, in the reader's language, and tell nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from referral.config import Environment
from referral.extensions import db
from referral.foundation import audit, jobs, notices, outbox
from referral.foundation.audit import AuditLine
from referral.foundation.codes import NotACode
from referral.foundation.outbox import MessageState, OutboxMessage
from referral.foundation.transports import Smtp, Undelivered
from tests.referral.foundation.bare import NOW, at_the_same_moment
from tests.referral.foundation.mail_sink import mail_sink

CODES = {"case_code": "CM-LT-2026-00042", "reference": "R-7K2M-9Q"}
USER = SimpleNamespace(id=UUID(int=7), language="fr", email="accueil@example.cm")


def put(address: str = "accueil@example.cm", **values: Any) -> OutboxMessage:
    message = outbox.queue("referral_received", now=NOW, address=address, **(CODES | values))
    db.session.commit()
    return message


def files(app: Flask) -> list[EmailMessage]:
    folder = app.config["SETTINGS"].instance / "outbox"
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]


def states() -> list[tuple[str, int, str]]:
    """What the table says now; no lock is held while the test waits."""
    db.session.commit()
    columns = (OutboxMessage.state, OutboxMessage.attempts, OutboxMessage.error_code)
    rows = [tuple(row) for row in db.session.execute(select(*columns).order_by(OutboxMessage.id))]
    db.session.commit()
    return rows


def test_a_notice_leaves_as_a_file_in_the_readers_language(app: Flask) -> None:
    outbox.queue("referral_received", now=NOW, user=USER, **CODES)
    outbox.queue("referral_received", now=NOW, user=USER, language="en", **CODES)
    db.session.commit()
    assert outbox.work_once(NOW) == 2
    french, english = files(app)
    assert french["Subject"] == "[MNR] Un référencement attend votre réponse"
    assert english["Subject"] == "[MNR] A referral waits for your answer"
    assert french["To"] == "accueil@example.cm"
    body = french.get_content()
    assert "Dossier\N{NO-BREAK SPACE}: CM-LT-2026-00042" in body
    assert "Référencement\N{NO-BREAK SPACE}: R-7K2M-9Q" in body
    assert "http" in body
    assert states() == [("sent", 1, ""), ("sent", 1, "")]
    assert outbox.work_once(NOW) == 0


def test_a_notice_of_an_act_that_was_taken_back_never_leaves(app: Flask) -> None:
    outbox.queue("referral_received", now=NOW, user=USER, **CODES)
    db.session.rollback()
    assert outbox.work_once(NOW) == 0
    assert files(app) == []


@pytest.mark.parametrize(
    "parameters",
    [
        {**CODES, "name": "Awa"},
        {**CODES, "need": "VBG"},
        {"case_code": "CM-LT-2026-00042"},
        {},
        {**CODES, "reference": "Awa Bello"},
        {**CODES, "reference": "Awa"},
        {**CODES, "reference": "R-1\nBcc: x@y.cm"},
        {**CODES, "reference": "A" * 41},
        {**CODES, "reference": None},
    ],
)
def test_only_the_codes_of_the_template_may_stand_in_a_notice(app: Flask, parameters: dict[str, Any]) -> None:
    with pytest.raises(NotACode):
        outbox.queue("referral_received", now=NOW, user=USER, **parameters)


def test_every_template_names_only_allowed_parameters_and_uses_each() -> None:
    for template in notices.TEMPLATES.values():
        assert template.parameters <= set(notices.PARAMETERS)
        filled = template.body % {name: f"<{name}>" for name in template.parameters}
        assert all(f"<{name}>" in filled for name in template.parameters)
        assert "%" not in template.subject


@pytest.mark.parametrize("address", ["a b@example.cm", "x@y.cm\nBcc: z@y.cm", "x@y.cm,z@y.cm", "nobody", "<x@y.cm>"])
def test_an_address_that_could_smuggle_something_is_not_used(app: Flask, address: str) -> None:
    put(address)
    assert outbox.work_once(NOW) == 0
    assert states() == [("failed", 1, "NO_ADDRESS")]


def test_a_demonstration_user_without_an_address_still_gets_a_file(app: Flask) -> None:
    outbox.queue("case_assigned", now=NOW, user=SimpleNamespace(id=UUID(int=9), language="fr"), case_code="CM-1")
    db.session.commit()
    assert outbox.work_once(NOW) == 1
    assert files(app)[0]["To"].startswith(str(UUID(int=9)))


def test_production_without_a_mail_server_keeps_notices_waiting(app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], environment=Environment.PRODUCTION)
    try:
        put()
        assert outbox.work_once(NOW) == 0
        assert states() == [("queued", 0, "")]
    finally:
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], environment=Environment.TEST)


def test_notices_leave_in_the_order_of_writing(app: Flask) -> None:
    for number in range(30):
        put(reference=f"R-{number:03d}")
    assert outbox.work_once(NOW) == 30
    bodies = [mail.get_content() for mail in files(app)]
    assert [f"R-{number:03d}" in body for number, body in enumerate(bodies)] == [True] * 30


class Refusing:
    """A way out that is closed for a while."""

    sender = "mnr@example.cm"

    def __init__(self, code: str = "CLOSED", *, final: bool = False) -> None:
        self.error, self.tries = (code, final), 0

    def deliver(self, message: EmailMessage, number: int) -> None:
        self.tries += 1
        raise Undelivered(self.error[0], final=self.error[1])


def test_a_failed_try_waits_twice_as_long_each_time_and_ends_after_eight(app: Flask) -> None:
    put()
    closed, moment = Refusing(), NOW
    for minutes in (1, 2, 4, 8, 16, 32, 64):
        outbox.work_once(moment, closed)
        tries = closed.tries
        outbox.work_once(moment + timedelta(minutes=minutes, seconds=-1), closed)
        assert closed.tries == tries, "not yet"
        moment += timedelta(minutes=minutes)
    assert states() == [("queued", 7, "CLOSED")]
    outbox.work_once(moment, closed)
    assert states() == [("failed", 8, "CLOSED")]
    outbox.work_once(moment + timedelta(days=30), closed)
    assert closed.tries == 8


def test_a_refusal_for_good_is_not_tried_again(app: Flask) -> None:
    put()
    outbox.work_once(NOW, Refusing("SMTP_550", final=True))
    assert states() == [("failed", 1, "SMTP_550")]


def test_one_that_fails_does_not_hold_up_the_others(app: Flask) -> None:
    put("x y")
    put()
    assert outbox.work_once(NOW) == 1
    assert [state for state, _, _ in states()] == ["failed", "sent"]


def test_a_message_whose_worker_died_is_tried_again_after_the_lease_under_the_same_id(app: Flask) -> None:
    class Dying:
        sender = "mnr@example.cm"
        seen: list[str] = []

        def deliver(self, message: EmailMessage, number: int) -> None:
            self.seen.append(message["Message-ID"])
            if len(self.seen) == 1:
                raise KeyboardInterrupt

    put()
    dying = Dying()
    with pytest.raises(KeyboardInterrupt):
        outbox.work_once(NOW, dying)
    db.session.rollback()
    assert outbox.work_once(NOW + timedelta(minutes=4), dying) == 0
    assert outbox.work_once(NOW + timedelta(minutes=5), dying) == 1
    assert dying.seen[0] == dying.seen[1]


def test_several_workers_never_send_the_same_notice(app: Flask) -> None:
    for number in range(90):
        outbox.queue("referral_received", now=NOW, user=USER, case_code="CM-1", reference=f"R-{number:03d}")
    db.session.commit()

    class Counting:
        sender = "mnr@example.cm"

        def __init__(self) -> None:
            self.numbers: list[int] = []

        def deliver(self, message: EmailMessage, number: int) -> None:
            self.numbers.append(number)

    counting = Counting()
    sent = at_the_same_moment(app, [lambda: outbox.work_once(NOW, counting)] * 4)
    assert sum(sent) == 90
    assert len(counting.numbers) == 90
    assert len(set(counting.numbers)) == 90
    assert {state for state, _, _ in states()} == {"sent"}


# A real SMTP server


def test_a_notice_travels_by_smtp(app: Flask) -> None:
    put()
    with mail_sink() as sink:
        assert outbox.work_once(NOW, Smtp(sink.url, "unused@example.cm")) == 1
        (mail,) = sink.mails
    assert (mail["From"], mail["To"]) == ("mnr@example.cm", "accueil@example.cm")
    assert mail["Subject"] == "[MNR] Un référencement attend votre réponse"
    assert "CM-LT-2026-00042" in mail.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_mail_servers_answers_are_kept_as_codes(app: Flask) -> None:
    put("unknown@example.cm")
    put("later@example.cm")
    with mail_sink() as sink:
        smtp = Smtp(sink.url, "")
        outbox.work_once(NOW, smtp)
        assert states() == [("failed", 1, "SMTP_550"), ("queued", 1, "SMTP_451")]
        sink.busy = False
        assert outbox.work_once(NOW + timedelta(minutes=1), smtp) == 1
    assert states()[1] == ("sent", 2, "")


def test_a_mail_server_that_does_not_answer_is_tried_later(app: Flask) -> None:
    put()
    with mail_sink() as sink:
        url = sink.url
    outbox.work_once(NOW, Smtp(url, ""))
    assert states() == [("queued", 1, "SMTP_UNREACHABLE")]


def test_a_server_without_encryption_gets_nothing_when_encryption_was_asked_for(app: Flask) -> None:
    put()
    with mail_sink() as sink:
        outbox.work_once(NOW, Smtp(sink.url.replace("smtp://", "smtp+starttls://user:secret@"), ""))
        assert sink.mails == []
    assert states()[0][0] == "queued"


@pytest.mark.parametrize("url", ["http://host", "smtp:", "host:25", "smtp+tls://host"])
def test_an_address_of_a_mail_server_that_cannot_be_read_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="MNR_MAIL_URL"):
        Smtp(url, "")


# The worker


def test_one_round_of_the_worker_sends_and_seals(app: Flask) -> None:
    put()
    audit.record("case.read", actor=None, now=NOW)
    db.session.commit()
    assert jobs.work_once(NOW) == 1
    report = audit.verify(NOW)
    assert (report.ok, report.sealed, report.unsealed) == (True, 1, 0)


def test_the_worker_works_until_it_is_stopped_and_finishes_what_is_left(app: Flask) -> None:
    app.extensions["mnr.clock"] = lambda: NOW
    stop = Event()

    def work() -> None:
        with app.app_context():
            jobs.work_forever(stop, tick=0.02)

    thread = Thread(target=work)
    thread.start()
    put()
    for _ in range(50):
        if states() == [("sent", 1, "")]:
            break
        stop.wait(0.1)
    audit.record("late", actor=None, now=NOW)
    db.session.commit()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert states() == [("sent", 1, "")]
    assert db.session.scalars(select(AuditLine.number)).all() == [1]


def test_a_failing_job_stops_neither_the_others_nor_the_worker(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.extensions["mnr.clock"] = lambda: NOW
    done: list[str] = []

    def fail(now: object) -> int:
        raise RuntimeError("Awa Bello")

    def succeed(now: object) -> int:
        done.append("x")
        stop.set()
        return 1

    stop = Event()
    jobs.work_forever(stop, tick=0.01, jobs={"a": jobs.Job("a", 0, fail), "b": jobs.Job("b", 0, succeed)})
    assert done
    assert "job a failed: RuntimeError" in caplog.text
    assert "Awa" not in caplog.text


def test_audit_lines_are_sealed_at_least_every_minute() -> None:
    assert jobs.JOBS["audit"].every <= 60


def test_the_folder_of_the_demonstration_is_not_for_everybody(app: Flask) -> None:
    put()
    outbox.work_once(NOW)
    folder: Path = app.config["SETTINGS"].instance / "outbox"
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.stat().st_mode & 0o077 for path in folder.iterdir()] == [0]
    assert MessageState("sent").label == "sent"
