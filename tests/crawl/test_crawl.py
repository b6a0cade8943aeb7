"""No forbidden word reaches anybody: every role and relation × every state of consent × every channel.

tests/crawl/scene.py makes the cases, tests/crawl/walking.py asks for every page, tests/crawl/expected.py says by hand
what may be read. What is met must be exactly that, so that a page that shows nothing to its own reader fails too.
"""

from __future__ import annotations

import email
import email.policy
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from directory.autonomy import Autonomy
from referral.cases.models import Case
from referral.consent.actions import emergencies
from referral.consent.emergencies import Conclusion, EmergencyReason
from referral.consent.exceptional_models import EmergencyAccess
from referral.extensions import db
from referral.foundation import jobs, notices, sealing
from referral.foundation.outbox import OutboxMessage
from referral.partners.actions import change_password
from referral.partners.models import User
from referral.providers import actions
from referral.providers.actions import hiding, suspending
from referral.providers.models import Service, ServiceAtLocation
from referral.providers.rules import Origin, ReportKind, ReportState
from referral.rights.actions import breaching
from referral.rights.breaches import BreachKind
from sop.vocabulary import Need
from tests.conftest import close, make_app
from tests.crawl.expected import BY_NEED, NOTHING, ON_PAGES, RELATION, SHARED, expected
from tests.crawl.scene import STATES, WALK, Builder, Country, sealed, word, words_in
from tests.crawl.walking import EVERYWHERE, NOT_HERE, READERS, READING, Reader, Report, addresses
from tests.page_client import PageClient
from tests.referral.identification.walk import ADULT, submitted
from tests.signing_in import sign_in
from tests.test_access_matrix import ROWS
from tests.test_leaks import Remembering

pytestmark = [pytest.mark.application, pytest.mark.slow]

TEMPLATES = {
    "referral_received", "referral_moved", "referral_recalled", "prefile_received", "case_assigned",
    "directory_confirm", "agreement_ending", "agreement_stopped", "consent_ends", "consent_over", "consent_adult",
    "consent_stopped", "stop_unconfirmed", "file_erased", "emergency_opened", "emergency_tell", "emergency_overdue",
    "account_suspended", "order_received", "request_due", "breach_due", "data_officer_missing", "vacancy_ending",
    "directory_confirm_vacancies", "gap_due", "autonomy_granted", "autonomy_called", "autonomy_over", "autonomy_fell",
    "hold_due", "hold_over", "password_changed", "entry_hidden",
    "organization_suspended", "suspension_lifted",
}  # fmt: skip
"""What leaves by mail for what happens in this country; there is no other way out, and no SMS."""

COMBINATIONS = {
    "page": 485, "refusal": 479, "redirect": 102, "title": 554, "link": 554, "header": 555, "paper": 67,
    "metadata": 67, "table": 8, "data": 20, "mail": 170,
}  # fmt: skip
ALL_COMBINATIONS = 3061
"""How many (role, relation, state) were walked in each channel. A reader, a state or a page less, and it is another."""


@dataclass
class World:
    """All that was read, sent and logged."""

    app: Flask
    country: Country
    reports: dict[str, Report]
    log: list[str]
    folder: Path


@pytest.fixture(scope="module")
def world(database_server: object | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A country whose commits are real, after everybody has read in it and everything that sends mail has happened."""
    folder = tmp_path_factory.mktemp("crawl")
    app = make_app(database_server, folder, "crawl")
    logger, handler = logging.getLogger(), Remembering()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        with app.app_context():
            country = Builder().build()
            db.session.commit()
        app.extensions["mnr.clock"] = lambda: WALK
        with app.test_request_context():
            asked = list(addresses(app, country))
        reports = {name: Reader(app, name, country).walk(asked) for name in READERS}
        happen(app, country)
        yield World(app, country, reports, handler.lines, folder)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        close(app)


def happen(app: Flask, country: Country) -> None:
    """An identification is handed in, emergencies are found unjustified, and the days go by with the worker at work."""
    client = PageClient(app)
    sign_in(client, "responder")
    typed = {name: said for part in sealed("waiting").values() for name, said in part.items() if name in ADULT}
    assert submitted(client, ADULT | typed).status == 200
    with app.app_context():
        names = ("clerk", "nurse", "officer", "coordinator")
        people = {name: db.session.get_one(User, country.people[name]) for name in names}
        case = db.session.get_one(Case, country.at["order"]["case_id"][0])
        answers = {"cannot_ask": True, "refused": False, "risk_to_others": False}
        emergencies.open_access(
            case, EmergencyReason.INJURY, word("order", "EMR"), answers, hours=1, actor=people["clerk"], now=WALK
        )
        change_password(people["clerk"], people["clerk"].password_hash, now=WALK)
        db.session.commit()
        breaching.report(
            BreachKind.LOST, discovered_at=WALK, persons=None, categories=(), high_risk=True,
            words=word("order", "EMR"), actor=people["officer"], now=WALK,
        )  # fmt: skip
        db.session.commit()
        oversee(people["coordinator"], people["nurse"])
        for days in (0, 1, 4, 16, 29):
            jobs.work_once(WALK + timedelta(days=days))
        for access in db.session.scalars(select(EmergencyAccess)):
            late = WALK + timedelta(days=16)
            emergencies.review(access, Conclusion.UNJUSTIFIED, word("order", "EMR"), actor=people["officer"], now=late)
        late = WALK + timedelta(days=30)
        people["officer"].active = False
        db.session.flush()
        emergencies.open_access(
            case, EmergencyReason.INJURY, word("order", "EMR"), answers, hours=1, actor=people["nurse"], now=late
        )
        db.session.commit()
        jobs.work_once(late)


def oversee(coordinator: User, nurse: User) -> None:
    """A gap is promised; an organisation is called first, then left alone; reports on it were right; it hides."""
    for need in Need:
        if not any(need.value in one.needs for one in db.session.scalars(select(Service))):
            actions.confirm_none(need, "CM010", "", actor=coordinator, now=WALK)
            owner = {"user_id": coordinator.id, "organization_id": None, "due_on": WALK.date() + timedelta(25)}
            actions.undertake(need, "CM010", **owner, promise="", actor=coordinator, now=WALK)
            break
    for hours, level in ((1, Autonomy.ACCOMPANIED), (0, Autonomy.AUTONOMOUS)):
        said_at = WALK - timedelta(hours=hours)
        actions.set_autonomy(nurse.organization, level, "", actor=coordinator, now=said_at)
    theirs = select(ServiceAtLocation).join(Service).where(Service.organization_id == nurse.organization_id)
    place = db.session.scalars(theirs.order_by(ServiceAtLocation.id)).first()
    for _number in range(2):
        said = actions.report(place, ReportKind.HOURS, "", actor=coordinator, now=WALK)
        actions.answer(said, ReportState.CORRECTED, "", actor=coordinator, now=WALK)
    suspending.suspend(nurse.organization, "", actor=coordinator, now=WALK)
    suspending.lift(nurse.organization, actor=coordinator, now=WALK)
    hiding.hide(place, "", origin=Origin.PARTNER, actor=nurse, now=WALK)
    db.session.commit()


def test_every_reader_has_a_role_and_a_relation_and_every_state_an_expectation() -> None:
    assert tuple(RELATION) == READERS
    assert tuple(SHARED) == STATES


def test_every_page_about_somebody_is_asked_for(world: World) -> None:
    """An endpoint that needs something which no case here has must be named among those that others walk."""
    with world.app.test_request_context():
        walked = {endpoint for _state, endpoint, _address in addresses(world.app, world.country)}
    missing = {endpoint for endpoint, method, _variant in ROWS if method == "GET"} - walked
    rules = {rule.endpoint: rule.arguments for rule in world.app.url_map.iter_rules()}
    assert {endpoint for endpoint in missing if not rules[endpoint] & NOT_HERE} == set()


@pytest.mark.parametrize("reader", READERS)
def test_everybody_reads_what_is_theirs_and_nothing_else(world: World, reader: str) -> None:
    met: dict[tuple[str, str], set[str]] = {}
    for state, kind, endpoint, _channel in world.reports[reader].met:
        met.setdefault((state, endpoint), set()).add(kind)
    assert met == expected(reader)


@pytest.mark.parametrize("reader", READERS)
def test_words_stand_on_pages_and_papers_alone(world: World, reader: str) -> None:
    """Never in an address, a link, a title, a header, the name of a file, the metadata of a paper, a table …"""
    elsewhere = {one: at for one, at in world.reports[reader].met.items() if one[3] not in ON_PAGES}
    assert elsewhere == {}


def test_what_may_say_anything_about_somebody_was_asked_for_in_every_state(world: World) -> None:
    posts_and_prints = {"people.reveal", "rights.open_linked_file"}
    said = {endpoint for report in world.reports.values() for _, _, endpoint, _ in report.met}
    assert said <= READING | posts_and_prints


def test_of_a_case_with_many_referrals_each_page_shows_the_minimum_of_its_need(world: World) -> None:
    shown: dict[str, set[str]] = {need: set() for need in BY_NEED}
    needs = {str(number): need for number, need in world.country.needs.items()}
    for reader in ("focal", "nurse", "manager"):
        for (state, kind, endpoint, _channel), where in world.reports[reader].met.items():
            if state == "wide" and endpoint.startswith("referrals.s") and endpoint != "referrals.shortlist":
                for address in where:
                    shown[needs[address.split("/")[2]]].add(kind)
    assert shown == {need: set(kinds.split()) for need, kinds in BY_NEED.items()}


def test_of_nobody_is_a_word_met_under_another_case(world: World) -> None:
    """Each address is of one case: the words of another one there are somebody else's."""
    of = {
        str(one): state
        for state, at in world.country.at.items()
        for ids in at.values()
        for one in ids
        if len(str(one)) > 20
    }
    strange = {
        (reader, state, address)
        for reader, report in world.reports.items()
        for (state, *_), where in report.met.items()
        for address in where
        for number in re.findall(r"[0-9a-f-]{36}|(?<=/own-file/)[\w-]{22,}", address)
        if of.get(number, state) != state
    }
    assert strange == set()


def test_no_answer_was_a_failure_or_a_door_shut_for_asking_too_often(world: World) -> None:
    assert {status for report in world.reports.values() for status in report.statuses} <= {200, 303, 401, 404, 409}


def test_how_much_was_walked(world: World) -> None:
    """Who leaves a role, a relation, a state or a channel out changes a number here."""
    walked = {
        (*RELATION[reader], state, channel)
        for reader, report in world.reports.items()
        for state, channel in report.walked
    } | mailed(world)
    assert Counter(channel for *_, channel in walked) == COMBINATIONS
    assert len(walked) == ALL_COMBINATIONS
    assert {state for _, _, state, _ in walked} == {*STATES, EVERYWHERE}
    signed_in = READERS[4:]
    assert all({state for state, _ in world.reports[one].walked} == {*STATES, EVERYWHERE} for one in signed_in)


def mailed(world: World) -> set[tuple[str, str, str, str]]:
    """Who was written to about the case of which state."""
    with world.app.app_context():
        names = {number: name for name, number in world.country.people.items()}
        codes = {db.session.get_one(Case, at["case_id"][0]).code: state for state, at in world.country.at.items()}
        rows = db.session.scalars(select(OutboxMessage)).all()
        return {
            (*RELATION[names[one.recipient_id]], codes[one.parameters["case_code"]], "mail")
            for one in rows
            if one.recipient_id and one.parameters.get("case_code") in codes
        }


def test_every_kind_of_notice_was_sent_and_none_says_a_word_a_need_or_a_place(world: World) -> None:
    with world.app.app_context():
        rows = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        kept = [(one.template, str(one.parameters), one.address) for one in rows]
    assert {template for template, _, _ in kept} == TEMPLATES == set(notices.TEMPLATES)
    assert words_in(" ".join(f"{said} {address}" for _, said, address in kept)) == set()
    letters = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((world.folder / "outbox").glob("*.eml"))
    ]
    assert len(letters) == len(kept), "each row left as a letter"
    for letter in letters:
        assert list(letter.iter_attachments()) == []
        said = "\n".join((*(f"{name}: {value}" for name, value in letter.items()), letter.get_content()))
        assert words_in(said) == words_in(letter.as_string()) == set()
        assert [need for need in Need if re.search(rf"\b{need.value}\b", said)] == []
        assert "Maison" not in said


def test_no_line_of_any_log_says_a_word(world: World) -> None:
    assert len(world.log) > 5000, "nothing was logged: the test would prove nothing"
    assert words_in("\n".join(world.log)) == set()


def test_what_was_planted_is_there_to_be_found(world: World) -> None:
    """Every category of a living case, therapy notes included, can be opened with its key; of the dead ones none."""
    with world.app.app_context():
        held = {}
        for state, at in world.country.at.items():
            case = db.session.get_one(Case, at["case_id"][0])
            opened = sealing.read_many((case.person_id, case.id), sealing.held(case.person_id, case.id))
            held[state] = {kind for of, kind in words_in(str(opened)) if of == state} - {"KIN"}
    whole = {kind for _, kind in words_in(str(sealed("given")))}
    assert {state: kinds for state, kinds in held.items() if kinds != whole} == {"refused": NOTHING, "erased": NOTHING}
    assert "C7N" in whole
