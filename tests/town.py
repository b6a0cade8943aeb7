"""A whole town in one database: every role on both sides of one case, before and after it was handed over.

    town = build_town()        inside an application context; commit afterwards
    town.at["case"]            ids by name, for addresses;  town.people  the accounts

The first responder `responder` (police) entered everything; the case was handed over to `manager` of the social
service.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from directory.area_notices import CrisisKind, Effect
from directory.mandates import MandateRole
from directory.taxonomy import Disclosure, Visibility
from referral.cases.actions import opening, progress, steps
from referral.cases.models import Case, CaseTask
from referral.cases.queries.shortlist import shortlist
from referral.cases.rules import ApprovalKind, TaskKind
from referral.consent.actions import emergencies, marking, orders
from referral.consent.emergencies import EmergencyReason
from referral.consent.mark_models import MarkWay
from referral.consent.mark_schemas import Mark
from referral.consent.models import Consent, DecisionRecord
from referral.consent.orders import OrderKind, RequestWay
from referral.extensions import db
from referral.foundation import outbox, signed_links
from referral.foundation.grants import Role
from referral.foundation.media import Media
from referral.foundation.outbox import MessageState
from referral.foundation.spreadsheets import read_table
from referral.foundation.tables import new_id
from referral.identification import actions as identification
from referral.identification.actions import listing, phones
from referral.identification.models import SubmissionState
from referral.partners.actions import agreeing
from referral.partners.models import AgreementSignature
from referral.partners.rules import AgreementState, OrganizationKind, Side, SignatureMethod
from referral.people.actions import add_person, relatives
from referral.people.duplicates import FoundBy, PairState, undo_until
from referral.people.models import PersonMerge, PersonPair
from referral.procedures import actions as procedures
from referral.procedures.queries import active_form, active_version
from referral.procedures.rules import Anchor, AnchorKind, VersionAction
from referral.providers.actions import (
    add_mandate,
    add_period,
    announce,
    confirm_none,
    employing,
    keep_draft,
    merge_entries,
    notify,
    open_campaign,
    open_task,
    report,
    submit,
    submit_organization,
    undertake,
)
from referral.providers.actions.adding import ask_for
from referral.providers.actions.joining import merge as join_houses
from referral.providers.actions.reminding import PURPOSE
from referral.providers.doubles_models import OrganizationPair, ServicePair
from referral.providers.models import ImportBatch, ServiceAtLocation, ServiceStaff
from referral.providers.rules import NoticeKind, Origin, PeriodKind, ReportKind, Section, TaskReason, TrustLevel
from referral.providers.upkeep_models import ConfirmationLink, EntityRevision
from referral.referrals.actions import answering, sending, shortlisting
from referral.referrals.rules import ReferralAction
from referral.rights.actions import asking, breaching, holding
from referral.rights.breaches import BreachKind
from referral.rights.holding import HoldReason
from referral.rights.models import ReaderReview, RetentionReview, RightsRequest, StopNotice, Withdrawal
from referral.rights.queries import withdrawals
from referral.rights.readers import IdentityCheck, Reader
from referral.rights.rules import Requester, RequestKind, RequestState
from referral.rights.stopping import Channel
from sop.vocabulary import Category, Need
from tests import builders, case_forms
from tests.conftest import NOW
from tests.referral.consent.marks.pictures import png
from tests.sop.bpmn_texts import REFERRAL, bpmn

MISCONDUCT = "Zéphirine-a-vu"
"""What somebody reported about the refuge's people."""
KEPT_NOTE = "rappeler-tante-Ndolé"
"""What the case manager noted on a service kept for the case."""

STAFF: tuple[tuple[str, Role, str | None], ...] = (
    ("responder", Role.FIRST_RESPONDER, "police"),
    ("patrol", Role.FIRST_RESPONDER, "police"),
    ("manager", Role.CASE_MANAGER, "team"),
    ("colleague", Role.CASE_MANAGER, "team"),
    ("outsider", Role.CASE_MANAGER, "far"),
    ("supervisor", Role.SUPERVISOR, "team"),
    ("boss", Role.SUPERVISOR, "far"),
    ("focal", Role.PROVIDER, "hospital"),
    ("nurse", Role.PROVIDER, "hospital"),
    ("midwife", Role.PROVIDER, "hospital"),
    ("clerk", Role.PROVIDER, "hospital"),
    ("warden", Role.PROVIDER, "refuge"),
    ("coordinator", Role.COORDINATOR, None),
    ("committee", Role.COMMITTEE, None),
    ("officer", Role.DATA_OFFICER, None),
    ("admin", Role.ADMINISTRATOR, None),
)
"""Who works where. focal, nurse and midwife are listed on the hospital's service, clerk is not; warden is elsewhere."""

HEB, JUR, MED, PSY, TEH = Need.HEB, Need.JUR, Need.MED, Need.PSY, Need.TEH

Words = Mapping[Category, Mapping[str, Any]]


@dataclass
class Town:
    """Ids by name."""

    at: dict[str, Any] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)


def build_town(
    sealed: Words | None = None, waiting: Words | None = None, typed: Mapping[str, str] | None = None
) -> Town:
    """Everybody and everything; `sealed` is what is known of the person of the case, `waiting` of those of the
    pre-files (by default the builders' words), `typed` what stands in the draft.
    """
    builders.make_procedure()
    houses = {
        "team": builders.make_organization("Affaires sociales (démonstration)", mandates=["ENF"]),
        "far": builders.make_organization("Affaires sociales du Nord (démonstration)", region="CM007"),
        "police": builders.make_organization("Police aux frontières (démonstration)", kind=OrganizationKind.JUSTICE),
        "hospital": builders.make_organization("Hôpital (démonstration)", kind=OrganizationKind.HEALTH),
        "refuge": builders.make_organization("Foyer (démonstration)"),
    }
    users = {
        name: builders.make_user(role, houses.get(house or ""), name, email=f"{name}@example.cm")
        for name, role, house in STAFF
    }
    town = Town(people={name: user.id for name, user in users.items()})
    town.at |= {f"{name}_house": house.id for name, house in houses.items()}
    _directory(town, houses, users)
    _published(town)
    _doubles(town, users)
    _identifications(town, houses, users, waiting, typed or {"family_name": "Zoukoumbélé"})
    _case(town, houses, users, sealed)
    _agreements(town, houses, users)
    _rights(town, users)

    _exceptions(town, users)
    _new_case(town, houses, users)
    _case_forms(town, houses, users, sealed or builders.WORDS)
    _pairs(town, users)
    _notice(town, users)
    _versions(town, users)
    return town


def _directory(town: Town, houses: dict[str, Any], users: dict[str, Any]) -> None:
    """A public service of the hospital, and a refuge that only named people may see."""
    staff = tuple(users[name] for name in ("focal", "nurse", "midwife"))
    place = builders.make_service(houses["hospital"], MED, PSY, HEB, JUR, TEH, staff=staff, capacity_available=9)
    refuge = builders.make_service(houses["refuge"], HEB, staff=(users["warden"],), name="Foyer Étoile (démonstration)")
    refuge.service.visibility = Visibility.RESTRICTED
    refuge.location.disclosure = Disclosure.ON_REQUEST
    refuge.location.address = "17 ruelle des Lauriers-Roses"
    db.session.flush()
    town.at |= {"place": place.id, "refuge": refuge.id}
    _private_sector(town, users)
    _upkeep(town, users, place, refuge)


def _private_sector(town: Town, users: dict[str, Any]) -> None:
    """A workshop with a vacancy, a member of an employers' federation."""
    house = builders.make_organization("Atelier (démonstration)", kind=OrganizationKind.EMPLOYER)
    federation = builders.make_organization("Groupement (démonstration)", kind=OrganizationKind.FEDERATION)
    workshop = builders.make_service(house, Need.ECO, name="Atelier de soudure (démonstration)")
    stamp = {"actor": users["coordinator"], "now": NOW}
    vacancy = employing.announce(
        workshop, "Apprenti soudeur", 2, valid_until=NOW.date(), contact="", direct=True, **stamp
    )
    member = employing.join(federation, house.id, starts_on=NOW.date(), ends_on=None, **stamp)
    town.at |= {"workshop": workshop.id, "vacancy": vacancy.id, "federation": federation.id, "membership": member.id}


def _doubles(town: Town, users: dict[str, Any]) -> None:
    """Two pairs of entries that may be one service; of the second one entry stands for the other."""
    pairs = []
    for _ in range(2):
        two = [builders.make_service(builders.make_organization(), HEB).service.id for _side in range(2)]
        pair = ServicePair(first_id=min(two), second_id=max(two), score=0.9, shared=["phone"], found_at=NOW)
        db.session.add(pair)
        db.session.flush()
        pairs.append(pair)
    made = merge_entries(pairs[1], pairs[1].first_id, version=pairs[1].version, actor=users["coordinator"], now=NOW)
    town.at |= {"twins": pairs[0].id, "joined": made.id}
    houses = []
    for _ in range(2):
        two = [builders.make_service(builders.make_organization(), HEB).service.organization_id for _side in range(2)]
        pair_of = OrganizationPair(first_id=min(two), second_id=max(two), score=0.9, shared=["phone"], found_at=NOW)
        db.session.add(pair_of)
        db.session.flush()
        houses.append(pair_of)
    stamp = {"version": houses[1].version, "actor": users["coordinator"], "now": NOW}
    shown = join_houses(houses[1], houses[1].first_id, chosen={}, seen="", **stamp)
    town.at |= {"twin_houses": houses[0].id, "joined_houses": shown.id}


def _published(town: Town) -> None:
    """What the public API gives: a service whose street nobody may know, and one that ended."""
    house = builders.make_organization("Maison des jeunes (démonstration)")
    place, closed = (
        builders.make_service(house, Need.ECO, name=f"Atelier {one} (démonstration)") for one in ("A", "B")
    )
    place.location.disclosure, place.location.address = Disclosure.ARRONDISSEMENT, "17 ruelle des Lauriers-Roses"
    place.service.visibility = closed.service.visibility = Visibility.PUBLIC
    closed.service.archived = True
    named = db.session.get_one(ServiceAtLocation, town.at["refuge"])
    db.session.flush()
    town.at |= {"api_published": place.service.id, "api_published_place": place.id, "api_published_house": house.id}
    town.at |= {"api_refuge": named.service.id, "api_refuge_place": named.id, "api_closed": closed.service.id}
    town.at["api_refuge_house"] = named.service.organization_id


LISTED = "Organisation,Service\nCroix-Rouge,Écoute\n"


def _upkeep(town: Town, users: dict[str, Any], place: Any, refuge: Any) -> None:
    """A link that is good, one that has run out, a call, a proposal, a change made, reports and a campaign."""
    focal, coordinator = users["focal"], users["coordinator"]
    for name, ends in (("good_link", NOW + timedelta(1)), ("old_link", NOW - timedelta(1))):
        link_id = new_id()
        token = signed_links.token(PURPOSE, link_id)
        db.session.add(
            ConfirmationLink(
                id=link_id, token_hash=signed_links.hashed(token), place_id=place.id, section=Section.CONTACTS,
                user_id=focal.id, created_at=NOW - timedelta(7), expires_at=ends,
            )
        )  # fmt: skip
        town.at[name] = token
    call = open_task(place.id, TaskReason.LATE, ["hours"], now=NOW)
    stamp = {"origin": Origin.PARTNER, "actor": focal, "now": NOW}
    submit(place, Section.HOURS, {"on_holidays": "open"}, direct=True, expected_version=place.version, **stamp)
    kept = submit(place, Section.SERVICE, {"alert": "Neuf"}, direct=False, expected_version=place.version, **stamp)
    told = report(place, ReportKind.HOURS, "Fermé le lundi", actor=users["manager"], now=NOW)
    abuse = report(refuge, ReportKind.MISCONDUCT, MISCONDUCT, actor=users["manager"], now=NOW)
    days = {"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(9)}
    scope: dict[str, Any] = {"regions": [], "needs": [], "sections": ["hours"], "places": [place.id]}
    asked = open_campaign(name="Douala", **scope, **days, actor=coordinator, now=NOW)
    town.at["sheet"] = keep_draft("Liste", "liste.csv", LISTED.encode(), actor=coordinator, now=NOW).id
    batch = ImportBatch(source="Liste", imported_at=NOW, services=0, organizations=0, locations=0)
    db.session.add(batch)
    db.session.flush()
    town.at["batch"] = batch.id
    staff = db.session.scalars(select(ServiceStaff.id).where(ServiceStaff.user_id == focal.id)).one()
    revision = db.session.scalars(select(EntityRevision.id)).one()
    town.at |= {"call": call.id, "proposal": kept.id, "told": told.id, "abuse": abuse.id, "campaign": asked.id}
    message = notify(
        place,
        NoticeKind.MESSAGE,
        "Sans rendez-vous jeudi",
        starts_on=NOW.date(),
        ends_on=NOW.date(),
        actor=focal,
        now=NOW,
    )
    shut = builders.make_service(place.service.organization, HEB, name="Dortoir fermé (démonstration)")
    shut.archived = True
    db.session.flush()
    town.at |= {"temp_notice": message.id, "shut": shut.id}
    said = {
        "name": "Équipe de rue (démonstration)", "needs": ["HEB"], "types": [], "languages": [], "areas": ["CM005"],
        "visibility": "network", "site": "", "place": None, "remote": False,
        "contact": {"function": "Accueil", "phone": "+237000000432", "email": ""},
    }  # fmt: skip
    new = ask_for(said, place.service.organization, apart=(), actor=focal, now=NOW)
    hidden = open_task(place.id, TaskReason.HIDDEN, ["service"], now=NOW)
    town.at |= {"asked": new.id, "hidden": hidden.id}
    town.at |= {"staff": staff, "revision": revision, "place_version": place.version}
    checked = confirm_none(Need.RET, "CM007", "", actor=coordinator, now=NOW)
    values = {"role": MandateRole.LEAD, "legal_basis": "Décret", "starts_on": None, "ends_on": None}
    house = place.service.organization_id
    mandate = add_mandate(organization_id=house, need=MED, pcode="CM", **values, actor=coordinator, now=NOW)
    days = {"starts_on": NOW.date(), "ends_on": NOW.date()}
    period = add_period(kind=PeriodKind.RAINS, **days, pcode="", label="", actor=coordinator, now=NOW)
    owner = {"user_id": coordinator.id, "organization_id": None, "due_on": NOW.date()}
    promise = undertake(Need.RET, "CM007", **owner, promise="", actor=coordinator, now=NOW)
    over = {"texts": ("Crue", "Flood"), "pcodes": ["CM006"], "starts_on": NOW.date(), "ends_on": NOW.date()}
    kind = {"kind": CrisisKind.FLOOD, "effect": Effect.CONFIRM, "campaign": "Crue"}
    crisis = announce(**kind, **over, actor=coordinator, now=NOW)
    town.at |= {"crisis": crisis.id}
    town.at |= {"checked": checked.id, "mandate": mandate.id, "period": period.id, "promise": promise.id}
    _house(town, place.service.organization, refuge.service.organization, focal)


def _house(town: Town, house: Any, hidden: Any, focal: Any) -> None:
    """The organisation of the entry, which changed its telephone; the one that is known to named people."""
    said = {"origin": Origin.PARTNER, "trust": TrustLevel.USUAL, "actor": focal, "now": NOW}
    submit_organization(house, {"phones": ["1523"]}, expected_version=house.version, **said)
    changed = db.session.scalars(select(EntityRevision.id).where(EntityRevision.organization_id == house.id)).one()
    town.at |= {"house": house.id, "house_version": house.version, "house_change": changed, "hidden_house": hidden.id}


def _identifications(
    town: Town, houses: dict[str, Any], users: dict[str, Any], sealed: Any, typed: Mapping[str, str]
) -> None:
    """Before the case exists: a draft, pre-files that wait (an adult, danger, a child), and one that was declined."""
    author, team = users["responder"], houses["team"]
    draft = identification.start(actor=author, today=NOW.date(), now=NOW)
    identification.save(draft, typed, screen=draft.screen, actor=author, now=NOW)
    files = {
        "prefile": builders.make_prefile(author, team, sealed),
        "danger": builders.make_prefile(author, team, sealed, immediate_danger=True),
        "child": builders.make_prefile(author, team, sealed, **builders.CHILD),
        "interests": builders.make_prefile(author, team, sealed, **builders.CHILD),
        "declined": builders.make_prefile(author, team),
    }
    for name, passed in (("danger", ("L01", "X01")), ("interests", ("L02", "X02"))):
        for step in passed:
            progress.advance(files[name], step=step, actor=author, now=NOW)
    opening.refuse(files["declined"], actor=author, now=NOW)
    for name, case in (("form_before", files["prefile"]), ("form_declined", files["declined"])):
        town.at[name] = _submitted(case, author)
    town.at["photo_before"] = builders.make_attachment(town.at["form_before"])
    town.at["phone"] = phones.add("Téléphone bleu", actor=author, now=NOW)[0].id
    kept = listing.take_list(
        read_table("Nom;Prénoms\nZoukoumbélé;Awa\n".encode()), actor=author, today=NOW.date(), now=NOW
    )
    town.at["list"] = kept.id
    town.at["old_list"] = listing.take_list(
        read_table("Nom;Prénoms\nMbarga;Jean\n".encode()), actor=author, today=NOW.date(), now=NOW
    ).id
    town.at["rubbish"] = identification.start(actor=author, today=NOW.date(), now=NOW).id
    town.at |= {"draft": draft.id, "draft_screen": draft.screen, "draft_version": draft.version}
    town.at |= {name: file.id for name, file in files.items()}


def _submitted(case: Any, author: Any) -> UUID:
    """The form that a file was made from."""
    form = identification.start(actor=author, today=NOW.date(), now=NOW)
    form.state, form.case_id, form.submitted_at = SubmissionState.SUBMITTED, case.id, NOW
    db.session.flush()
    return form.id


def _case(town: Town, houses: dict[str, Any], users: dict[str, Any], sealed: Any) -> None:
    """A case that was handed over, with one referral in each state that matters."""
    manager = users["manager"]
    needs = [need.value for need in (MED, PSY, HEB, JUR, TEH)]
    words = builders.WORDS if sealed is None else sealed
    case = builders.make_prefile(users["responder"], houses["team"], words, needs=needs, trafficking="strong")
    opening.activate(case, actor=users["responder"], now=NOW)
    case.manager = manager
    progress.advance(case, step="N07", actor=manager, now=NOW, facts={"needs": needs})
    progress.advance(case, step="N08", actor=manager, now=NOW)
    db.session.flush()
    place = db.session.get_one(ServiceAtLocation, town.at["place"])
    agreement = builders.make_agreement(houses["team"], houses["hospital"])
    sent = builders.make_sent_referral(case, place, MED)
    taken = builders.make_sent_referral(case, place, PSY)
    answering.act(taken, ReferralAction.ACCEPT, actor=users["nurse"], now=NOW)
    draft = sending.draft(case, HEB, place, actor=manager, now=NOW)
    task = CaseTask(id=new_id(), case_id=case.id, kind=TaskKind.OTHER, opened_at=NOW, due_at=NOW)
    db.session.add(task)
    sister = {"kind": "sibling", "tracing": "separated", "name": "Zoukoumbélé, sa sœur"}
    link = relatives.add_link(case, sister, other=None, actor=manager, now=NOW)
    db.session.flush()
    town.at |= {
        "form_after": _submitted(case, users["responder"]), "task": task.id, "link": link.id,
        "case": case.id, "code": case.code, "case_version": case.version, "sent": sent.id, "sent_version": sent.version,
        "taken": taken.id, "taken_version": taken.version,
        "prepared": draft.id, "prepared_version": draft.version, "reference": sent.reference,
        "agreement": agreement.id,
    }  # fmt: skip
    _kept(town, case, place, manager)
    town.at["photo_after"] = builders.make_attachment(town.at["form_after"])


def _agreements(town: Town, houses: dict[str, Any], users: dict[str, Any]) -> None:
    """Agreements between the team and the hospital on their way: `sketch` a draft, `talked` under negotiation with a
    remark, `lawyers` with the text at the lawyers, `both` signed on paper.
    """
    remark = None
    for name, state in (
        ("sketch", AgreementState.DRAFT), ("talked", AgreementState.NEGOTIATION),
        ("lawyers", AgreementState.LEGAL_REVIEW), ("both", AgreementState.SIGNED_BOTH),
    ):  # fmt: skip
        undecided = {"decision_number": "", "decision_on": None}
        one = builders.make_agreement(houses["team"], houses["hospital"], state=state, **undecided)
        text = agreeing.text_hash(one)
        town.at |= {name: one.id, f"{name}_version": one.version, f"{name}_text": text}
        if name == "talked":
            remark = agreeing.comment(one, "data", "Trop court.", actor=users["nurse"], now=NOW)
        if name == "both":
            for side in Side:
                one.signatures.append(
                    AgreementSignature(
                        side=side, representative="Dr Démo", signed_on=NOW.date(), method=SignatureMethod.SCAN,
                        text_hash=text, file_hash=hashlib.sha256(b"\xff\xd8\xff").hexdigest(), media_type="image/jpeg",
                        content=b"\xff\xd8\xff",
                        recorded_by_id=users["coordinator"].id, recorded_at=NOW,
                    )
                )  # fmt: skip
    db.session.flush()
    assert remark is not None
    town.at["remark"] = remark.id


def _rights(town: Town, users: dict[str, Any]) -> None:
    """What was asked about the file of the case, an erasure that was granted, a link, a proposal to erase, a breach."""
    case, gone = (db.session.get_one(Case, town.at[name]) for name in ("case", "declined"))
    manager, officer = users["manager"], users["officer"]
    asked = {"requester": Requester.PERSON, "received_on": NOW.date(), "words": "", "actor": manager, "now": NOW}
    correction = asking.ask(case, RequestKind.CORRECTION, **asked)
    erasure = RightsRequest(
        case_id=gone.id, kind=RequestKind.ERASURE, requester=Requester.PERSON, state=RequestState.GRANTED,
        received_on=NOW.date(), due_on=NOW.date(), recorded_by_id=manager.id, recorded_at=NOW,
        decided_by_id=officer.id, decided_at=NOW,
    )  # fmt: skip
    review = RetentionReview(case_id=case.id, categories=["C11"], whole=False, due_on=NOW.date(), proposed_at=NOW)
    db.session.add_all([erasure, review])
    hold = holding.place(
        case, HoldReason.COURT, basis="Ordonnance 12", words="", until=None,
        review_on=NOW.date() + timedelta(days=60), silent=False, actor=officer, now=NOW,
    )  # fmt: skip
    breach = breaching.report(
        BreachKind.LOST, discovered_at=NOW, persons=None, categories=(), high_risk=False, words="Perdu.",
        actor=officer, now=NOW,
    )  # fmt: skip
    stop = Withdrawal(case_id=case.id, channel=Channel.DESK, everything=False, at=NOW, recorded_by_id=manager.id)
    db.session.add(stop)
    db.session.flush()
    told = StopNotice(
        withdrawal_id=stop.id, recipient_id=town.at["hospital_house"], purpose="referral:MED", categories=["C6"],
        whole=False, told_on=NOW.date(), due_on=NOW.date(),
    )  # fmt: skip
    mute = StopNotice(
        withdrawal_id=stop.id, recipient_id=builders.make_organization("Dispensaire (démonstration)").id,
        purpose="referral:MED",
        categories=["C6"], whole=False, told_on=NOW.date(), due_on=NOW.date(),
    )  # fmt: skip
    db.session.add_all([told, mute])
    token, _code = asking.make_link(case, "fr", Reader(Requester.PERSON, IdentityCheck.KNOWN), actor=manager, now=NOW)
    tutor = {"kind": "guardian", "authority": "court", "tracing": "together", "name": "Tutrice (démonstration)"}
    adult = relatives.add_link(case, tutor, other=None, actor=manager, now=NOW)
    weighed = ReaderReview(case_id=case.id, adult_id=adult.id, opened_at=NOW, opened_by_id=manager.id)
    db.session.add(weighed)
    db.session.flush()
    town.at |= {
        "adult": adult.id, "reader_review": weighed.id,
        "correction": correction.id, "erasure": erasure.id, "review": review.id, "breach": breach.id, "own_link": token,
        "withdrawal": stop.id, "stop": told.id, "mute": mute.id, "hold": hold.id, "consent": _signed(case).id,
    }  # fmt: skip


def _signed(case: Case) -> Consent:
    """A living consent of the case, as if it had been signed on the screen."""
    consent = withdrawals.living(case)[0]
    mark = Mark(MarkWay.DRAWN, Media("image/png", png()))
    builders.tamper(consent, **marking.keep(case, mark, now=NOW))
    return consent


EMERGENCY_WORDS, ORDER_WORDS, RUNG_WORDS = "saignement-près-du-quai", "juge-Tchuidjang", "major-Essindi"
"""What was written about an emergency, about orders, and of who rang a first responder; sealed."""


def _exceptions(town: Town, users: dict[str, Any]) -> None:
    """What crosses without consent: an emergency access of the clerk, and requests of authorities in every state."""
    case = db.session.get_one(Case, town.at["case"])
    answers = {"cannot_ask": True, "refused": False, "risk_to_others": False}
    access, decision = emergencies.open_access(
        case, EmergencyReason.INJURY, EMERGENCY_WORDS, answers, hours=1, actor=users["clerk"], now=NOW
    )
    assert access is not None
    words = {"authority": "Tribunal", "signatory": ORDER_WORDS, "number": "12/TPI", "note": "", "dated_on": NOW.date()}
    asked = {"asked": ["C1", "C2"], "scope": ["C1", "C2"]}
    kinds = {
        "order": OrderKind.JUDICIAL, "answerable": OrderKind.JUDICIAL, "adult_report": OrderKind.CHILD_REPORT,
        "informal": OrderKind.INFORMAL,
    }  # fmt: skip
    made = {
        name: orders.register(case, {**words, **asked, "kind": kind}, actor=users["manager"], now=NOW)
        for name, kind in kinds.items()
    }
    nobody = {**words, "way": RequestWay.VISIT, "note": "Avez-vous vu cet homme ?"}
    made["rung"] = orders.register_informal({**nobody, "signatory": RUNG_WORDS}, actor=users["responder"], now=NOW)
    made["nobody"] = orders.register_informal(nobody, actor=users["manager"], now=NOW)
    db.session.flush()
    orders.verify(made["answerable"], genuine=True, words="Greffe appelé", actor=users["supervisor"], now=NOW)
    db.session.flush()
    decided = select(DecisionRecord.id).where(DecisionRecord.actor_id == users["manager"].id).limit(1)
    town.at |= {name: row.id for name, row in made.items()}
    town.at |= {"access": access.id, "clerk_decision": decision.id, "decision": db.session.scalar(decided)}


def _kept(town: Town, case: Case, place: ServiceAtLocation, manager: Any) -> None:
    """A service kept for the case, with a note."""
    shortlisting.keep(case, [place], actor=manager, now=NOW)
    [entry] = shortlist(case.id)
    shortlisting.note(entry, KEPT_NOTE, actor=manager, now=NOW)
    town.at["kept"] = entry.id


def _new_case(town: Town, houses: dict[str, Any], users: dict[str, Any]) -> None:
    """A case that was handed over a little later: its plan (N08) is what there is to do, and waits for approval."""
    case = builders.make_prefile(users["responder"], houses["team"])
    opening.activate(case, actor=users["responder"], now=NOW)
    case.manager = users["manager"]
    progress.advance(case, step="N07", actor=users["manager"], now=NOW, facts={"needs": ["HEB", "MED"]})
    asked = steps.ask_approval(case, ApprovalKind.PLAN, {}, actor=users["manager"], now=NOW)
    db.session.flush()
    town.at |= {"new": case.id, "new_version": case.version, "approval": asked.id}


def _case_forms(town: Town, houses: dict[str, Any], users: dict[str, Any], sealed: Words) -> None:
    """The later case, whose base consent covers names, the assessment and schooling but no trafficking: two finished
    forms of its manager, one that is begun, and the hash of a printed sheet.
    """
    case, manager = db.session.get_one(Case, town.at["new"]), users["manager"]
    covered = {"categories": [Category.C2, Category.C5, Category.C14], "explicit": [], "purpose": "case_management"}
    builders.make_consent(case, houses["team"], MED, actor=manager, **covered)
    words = {name: told for part in sealed.values() for name, told in part.items()}
    told = case_forms.ASSESSMENT | {
        "skills": words.get("work_words", "Couture"),
        "summary": words.get("wishes", "Veut apprendre."),
        "members": [case_forms.MEMBER | {"member_name": words["family_name"]}],
    }
    signs = case_forms.SIGNS | {"observations": words.get("trafficking_words", "Papiers retenus.")}
    note = {"note": words.get("mind_words", "Dort mal.")}
    town.at["finished"] = case_forms.make_case_form(case, "vulnerability_assessment", told).id
    town.at["signs"] = case_forms.make_case_form(case, "trafficking_indicators", signs).id
    begun = case_forms.make_case_form(case, "follow_up", note, finish=False)
    town.at |= {"begun": begun.id, "begun_screen": begun.screen, "begun_version": begun.version}
    db.session.flush()
    town.at["new_version"] = case.version
    sheet = active_form("follow_up")
    assert sheet is not None
    town.at["sheet_hash"], town.at["new_code"] = sheet.content_hash[:12], case.code


def _pairs(town: Town, users: dict[str, Any]) -> None:
    """Two files that may be one person's, and somebody who was joined with the person of the later case."""
    case, new = (db.session.get_one(Case, town.at[name]) for name in ("case", "new"))
    other = add_person({}, {Category.C2: {"family_name": "Zoukoumbélé"}}, now=NOW)
    db.session.flush()
    pairs = [
        PersonPair(
            id=new_id(), first_id=first, second_id=second, weight=20.5, probable=True, state=state, found_at=NOW,
            evidence=["given:close", "phone:exact"], found_by=FoundBy.NIGHTLY,
        )
        for (first, second), state in (
            (sorted((case.person_id, new.person_id)), PairState.OPEN),
            (sorted((new.person_id, other.id)), PairState.SAME),
        )
    ]  # fmt: skip
    db.session.add_all(pairs)
    db.session.flush()
    merge = PersonMerge(
        id=new_id(), kept_id=new.person_id, merged_id=other.id, pair_id=pairs[1].id, merged_at=NOW, reason=b"",
        merged_by_id=users["supervisor"].id, moved={"cases": [], "links": [], "linked": [], "blocks": []},
        facts={"before": {}, "after": {}}, undo_until=undo_until(NOW),
    )  # fmt: skip
    db.session.add(merge)
    db.session.flush()
    town.at |= {"pair": pairs[0].id, "merge": merge.id}


def _notice(town: Town, users: dict[str, Any]) -> None:
    """A notice that could not be sent."""
    failed = outbox.queue("case_assigned", now=NOW, user=users["manager"], case_code=town.at["code"])
    failed.state, failed.error_code = MessageState.FAILED, "refused"
    db.session.flush()
    town.at["notice"] = failed.id


def _versions(town: Town, users: dict[str, Any]) -> None:
    """Versions of the procedure in every state that somebody may or may not see."""
    in_force = active_version()
    assert in_force is not None
    stamp = {"actor": users["coordinator"], "now": NOW}
    kept = {"in_force": in_force, "drafted": procedures.copy_version(in_force, **stamp)}
    kept["drawn"] = procedures.new_drawing(
        b"<bpmn/>", in_force.triage, name="plan.bpmn", media_type="application/xml", **stamp
    )
    kept["imported"] = procedures.import_drawing([("plan.bpmn", bpmn(REFERRAL))], in_force.triage, **stamp)
    for number, name in enumerate(("consulted", "approved", "set_aside"), start=1):
        text = f"{in_force.flowchart}# {name}\n".replace("\n  version: ", f"\n  version: {number}.", 1)
        kept[name] = procedures.new_draft(text, in_force.triage, **stamp)
        _move(kept[name], VersionAction.OPEN_CONSULTATION, stamp)
    comment = procedures.write_comment(
        kept["consulted"], Anchor(AnchorKind.STEP, "N03"), "Trop court.", actor=users["nurse"], now=NOW
    )
    _move(kept["set_aside"], VersionAction.SET_ASIDE, stamp)
    _move(kept["approved"], VersionAction.CLOSE_CONSULTATION, stamp)
    decision = {"number": "012/CP/2026", "decided_on": NOW.date(), "valid_from": None, "today": NOW.date()}
    procedures.approve(
        kept["approved"], **decision, revision=kept["approved"].revision, actor=users["committee"], now=NOW
    )
    db.session.flush()
    town.at |= {name: one.id for name, one in kept.items()} | {"comment": comment.id}
    _forms(town, stamp)
    town.at |= {f"{name}_revision": one.revision for name, one in kept.items()}


def _forms(town: Town, stamp: dict[str, Any]) -> None:
    """The form in force, two drafts of other forms: one that may be published, and one that was withdrawn."""
    active = active_form("identification")
    assert active is not None
    drafts = {}
    for name in ("form_draft", "form_withdrawn"):
        drafts[name], _new = procedures.new_form_draft(f"{name}.md", SMALL_FORM.format(name).encode(), **stamp)
    procedures.withdraw_form(drafts["form_withdrawn"], revision=drafts["form_withdrawn"].revision, **stamp)
    town.at |= {"form_active": active.id, "form_revision": drafts["form_draft"].revision}
    town.at |= {name: one.id for name, one in drafts.items()}
    town.at["form_hash"] = active.content_hash[:12]


SMALL_FORM = """
| settings | form_id | form_title | version |
| | {0} | Petit formulaire | 1 |
| survey | type | name | label::Français (fr) | label::English (en) | category |
| | text | place | Où ? | Where? | C4 |
"""


def _move(one: Any, action: VersionAction, stamp: dict[str, Any]) -> None:
    db.session.flush()
    procedures.move(one, action, revision=one.revision, today=NOW.date(), **stamp)
    db.session.flush()
