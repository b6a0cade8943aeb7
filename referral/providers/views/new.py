"""A new entry: the form, what is like it in the directory, and what waits for the coordination."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from directory.duplicates import Pair
from directory.taxonomy import Visibility
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.idempotency import idempotent
from referral.partners.models import Organization
from referral.providers import new_form, queries
from referral.providers.actions import adding
from referral.providers.new_models import NewEntry
from referral.providers.queries import newcomers
from referral.providers.queries.doubles import in_full
from referral.providers.schemas import Reading
from referral.providers.side_by_side import ORGANIZATION, Compared, side_by_side
from referral.providers.upkeep_schemas import uuid_or_none
from referral.providers.views import bp
from referral.providers.views.doubles import words
from referral.providers.views.upkeep import COORDINATE

EDIT = Permission.DIRECTORY_EDIT
COMPARED = ("name", "needs", "types", "where", "contacts", "areas", "languages")
"""What is put side by side: what the form of a new entry asks."""


@bp.route("/directory/new", methods=["GET", "POST"])
@requires(EDIT)
@idempotent
def new_entry() -> Any:
    """The form of a new entry; for the coordination of the organisation that it chose, or of a new one."""
    host = _host()
    if host is None and request.args.get("organization") != new_form.NEW:
        return _whose()
    sites = new_form.sites_of(newcomers.sites(host.id, own=host.id == actor().organization_id) if host else [])
    if request.method == "GET":
        return _page(host, sites, Reading(new_form.present(sites), {}, 0))
    demonstration = host.demonstration if host else False
    reading = new_form.read(
        request.form, sites, queries.known_places(), new_organization=host is None, demonstration=demonstration
    )
    if reading.errors:
        return _page(host, sites, reading), 422
    found = _alike(reading.values, host)
    if not {key for key, _pair in _keyed(found)} <= new_form.seen_of(request.form):
        return _page(host, sites, reading, found), 422
    return _kept(reading.values, host, dict(_keyed(found)))


def _host() -> Organization | None:
    """Whose entry it is: the own organisation's, or the one that the coordination chose; 404 for any other."""
    if not can(COORDINATE):
        return db.session.scalar(newcomers.hosts(actor())) or abort(404)
    chosen = request.args.get("organization", "")
    if chosen in ("", new_form.NEW):
        return None
    key = uuid_or_none(chosen) or abort(404)
    return db.session.scalar(newcomers.hosts(actor()).where(Organization.id == key)) or abort(404)


def _whose() -> Any:
    if request.method == "POST":
        abort(404)
    find = request.args.get("find", "")[:80]
    return render_template("providers/new_whose.html", rows=newcomers.hosts_named(find, actor()), find=find)


Found = dict[str, list[Any]]


def _alike(said: Mapping[str, Any], host: Organization | None) -> Found:
    """The entries and the organisations that may be the one that was typed."""
    site = adding.site_of(said)
    pcode = site.pcode if site else said["place"]["pcode"] if said["place"] else ""
    entries = newcomers.alike(adding.compared_by(said, host, pcode), actor())
    houses = []
    if host is None and "organization" in said:
        asked = said["organization"] | {name: said["contact"][name] for name in ("phone", "email")}
        houses = newcomers.alike_organizations(asked, actor())
    return {"entries": entries, "houses": houses}


def _keyed(found: Found) -> list[tuple[UUID, Pair]]:
    return [
        *((one.service.id, one.pair) for one in found["entries"]),
        *((one.id, pair) for pair, one in found["houses"]),
    ]


def _kept(said: dict[str, Any], host: Organization | None, pairs: Mapping[UUID, Pair]) -> Any:
    stamp: dict[str, Any] = {"actor": actor(), "now": clock.now()}
    if can(COORDINATE):
        place = adding.add(said, host, pairs, **stamp)
        flash(_("The entry is in the directory. Now complete it: hours, whom it takes, how to refer."), "success")
        if place.service.visibility is Visibility.RESTRICTED:
            return redirect(url_for("providers.upkeep"), code=303)
        return redirect(url_for("providers.edit_service", place_id=place.id), code=303)
    asked = adding.ask_for(said, host or abort(404), apart=pairs, **stamp)
    flash(_("Thank you. The coordination reads the new entry before anybody finds it."), "success")
    return redirect(url_for("providers.own", _anchor=f"n-{asked.id}"), code=303)


def _page(host: Organization | None, sites: new_form.Sites, reading: Reading, found: Found | None = None) -> str:
    return render_template(
        "providers/new_entry.html", host=host, typed=reading.typed, errors=reading.errors,
        coordinates=can(COORDINATE), apart=" ".join(str(key) for key, _pair in _keyed(found)) if found else "",
        houses=found["houses"] if found else [], lines=_beside(reading.values, host, found) if found else [],
        **new_form.choices(sites), **words(),
    )  # fmt: skip


def _beside(said: Mapping[str, Any], host: Organization | None, found: Found) -> list[tuple[Any, list[Compared]]]:
    """Each entry that is alike, beside the new one."""
    house = host or adding.new_organization(said["organization"])
    new = adding.drafted(said, house, adding.site_of(said), now=clock.now())
    both = in_full([one.service.id for one in found["entries"]])
    return [(one, _lines(side_by_side(new, both[one.service.id]))) for one in found["entries"]]


def _lines(every: list[Compared]) -> list[Compared]:
    return [one for one in every if one.name in COMPARED or one.label == ORGANIZATION]


@bp.get("/directory/new/<uuid:entry_id>")
@requires(EDIT)
def new_entry_asked(entry_id: UUID) -> Any:
    """A new entry as it was asked for, with what is like it."""
    return _asked(_find(entry_id))


@bp.post("/directory/new/<uuid:entry_id>")
@requires(COORDINATE)
@idempotent
def decide_new_entry(entry_id: UUID) -> Any:
    """Take it into the directory, or refuse it with a reason."""
    asked = _find(entry_id)
    stamp: dict[str, Any] = {"actor": actor(), "now": clock.now()}
    if request.form.get("do") == "refuse":
        reason = new_form.reason_of(request.form)
        if not reason:
            return _asked(asked, missing=True), 422
        adding.refuse(asked, reason, **stamp)
        flash(_("Refused. The organisation reads your reason."), "success")
        return redirect(url_for("providers.proposals"), code=303)
    pairs = dict(_keyed(_alike(asked.said, asked.organization)))
    if not pairs.keys() <= new_form.seen_of(request.form):
        return _asked(asked), 422
    adding.take(asked, pairs, **stamp)
    flash(_("Published."), "success")
    return redirect(url_for("providers.proposals"), code=303)


@bp.post("/directory/new/<uuid:entry_id>/withdraw")
@requires(EDIT)
@idempotent
def withdraw_new_entry(entry_id: UUID) -> Any:
    """The organisation does not ask for it any more."""
    if can(COORDINATE):
        abort(404)
    adding.withdraw(_find(entry_id), actor=actor(), now=clock.now())
    flash(_("Taken away: nobody has seen it but the coordination."), "success")
    return redirect(url_for("providers.own"), code=303)


def _find(entry_id: UUID) -> NewEntry:
    query = newcomers.visible_new(actor()).where(NewEntry.id == entry_id, NewEntry.decided_at.is_(None))
    if request.method == "POST":
        query = query.with_for_update(of=NewEntry)
    return db.session.scalar(query) or abort(404)


def _asked(asked: NewEntry, *, missing: bool = False) -> str:
    said, host = asked.said, asked.organization
    found = _alike(said, host)
    new = adding.drafted(said, host, adding.site_of(said), now=clock.now())
    return render_template(
        "providers/new_asked.html", asked=asked, lines=_beside(said, host, found), houses=[], missing=missing,
        apart=" ".join(str(key) for key, _pair in _keyed(found)), coordinates=can(COORDINATE),
        facts=_lines(side_by_side(new, new)), service=new, place=new.places[0], **words(),
    )  # fmt: skip
