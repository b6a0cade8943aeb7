"""Coverage: the matrix, its gaps, overlaps, mandates, what might be, and what it was month by month."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from directory.coverage import Change, Matrix, State
from directory.mandates import MandateRole, findings
from directory.overlap import overlaps
from referral.extensions import db
from referral.foundation import clock
from referral.foundation.access import actor, can, requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language, translate
from referral.foundation.idempotency import idempotent
from referral.providers import actions, coverage_files, coverage_pictures, coverage_schemas, gap_schemas
from referral.providers.actions.promising import TO_CLOSE
from referral.providers.coverage_models import CoverageConfirmation, DirectoryMandate, GapUndertaking
from referral.providers.queries import coverage as queries
from referral.providers.queries import gaps, known_places
from referral.providers.views import bp
from referral.statistics import queries as statistics
from referral.statistics import releases
from referral.statistics.catalogue import REFERRALS_NEED
from referral.statistics.quarters import complete_quarters
from sop.vocabulary import NEED_LABELS, Need

READ, COORDINATE = Permission.STATISTICS_READ, Permission.DIRECTORY_COORDINATE
SHOWN_GAPS = 20
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/directory/coverage")
@requires(READ)
def coverage() -> Any:
    """Needs by place, the map of one need, gaps by demand, distance, what hangs on one organisation."""
    asked = asked_for()
    found = queries.scene(clock.now(), asked.region)
    table = queries.matrix(found)
    quarter, demand = _demand()
    every = queries.gaps(found, table, demand)
    shown = every if request.args.get("all") == "yes" else every[:SHOWN_GAPS]
    return render_template(
        "providers/coverage.html", table=table, gaps=shown, more=len(every) - len(shown), quarter=quarter,
        has_demand=queries.has_demand(quarter), picture=_picture(found, table, asked.need),
        today=clock.today(),
        access=queries.access(found, limit_km=asked.km), fragile=queries.fragile(found, table), **frame(found, asked),
    )  # fmt: skip


@bp.get("/directory/coverage/file.<kind>")
@requires(READ)
def coverage_file(kind: str) -> Any:
    """The matrix as CSV, or with the gaps as XLSX."""
    asked, language = asked_for(), page_language()
    found = queries.scene(clock.now(), asked.region)
    table = queries.matrix(found)
    if kind == "csv":
        body, mime = coverage_files.as_csv(found, table, language), CSV
    elif kind == "xlsx":
        quarter, demand = _demand()
        book = _book(found, queries.gaps(found, table, demand), asked.km)
        body, mime = coverage_files.as_workbook(found, table, book, quarter, language), XLSX
    else:
        abort(404)
    answer = Response(body, content_type=mime)
    answer.headers["Content-Disposition"] = f'attachment; filename="mnr-coverage-{asked.region or "CM"}.{kind}"'
    return answer


def _book(found: queries.Scene, every: list[queries.Gap], km: int) -> coverage_files.Book:
    """Everything that the pages of coverage know of a scene, for the workbook."""
    held = [queries.as_mandate(one) for one in queries.mandates()]
    return coverage_files.Book(
        every, [*gaps.standing_undertakings(), *gaps.closed_undertakings()], queries.access(found, limit_km=km), km,
        queries.fragile(found, queries.matrix(found)), overlaps(found.offers, found.units, found.now),
        findings(held, found.offers, queries.NEEDS, found.units, found.now),
        {str(one): name for one, name in queries.organizations()},
    )  # fmt: skip


@bp.route("/directory/coverage/<need>/<pcode>", methods=["GET", "POST"])
@requires(READ)
@idempotent
def coverage_cell(need: str, pcode: str) -> Any:
    """One need at one place: who is there; nobody, as a person confirms."""
    found, table = scene_of(need, pcode)
    typed, errors = {}, {}
    if request.method == "POST":
        if not can(COORDINATE):
            abort(404)
        reading = coverage_schemas.read_none(request.form)
        if not reading.errors:
            actions.confirm_none(Need(need), pcode, reading.values["note"], actor=actor(), now=clock.now())
            flash(_("Noted: no service, confirmed today. It holds for six months."), "success")
            return redirect(url_for("providers.coverage_cell", need=need, pcode=pcode), code=303)
        typed, errors = reading.typed, reading.errors
    return cell_page(found, table, need, pcode, typed=typed, errors=errors), 422 if errors else 200


def cell_page(found: queries.Scene, table: Matrix, need: str, pcode: str, *, typed: Any, errors: Any) -> str:
    """The page of one need at one place, with what was typed."""
    cell = table.cells[need, pcode]
    standing = gaps.undertakings_in([pcode]).get((need, pcode))
    owners = _owners(standing, typed) if can(COORDINATE) else None
    return render_template(
        "providers/coverage_cell.html", cell=cell, found=found, language=page_language(), need=Need(need),
        offers=[one for one in found.offers if one.service_id in cell.services], typed=typed, errors=errors,
        confirmation=queries.confirmed_in(found).get((need, pcode)), nobody=cell.state in (State.UNKNOWN, State.NONE),
        standing=standing, closed=gaps.closed_undertakings(need, pcode), owners=owners, find=_found_by(),
        to_close=TO_CLOSE, kept_owner=gap_schemas.owner_of(standing) if standing else "",
        today=clock.today(), **_tabs(),
    )  # fmt: skip


def _owners(standing: GapUndertaking | None, typed: Any) -> coverage_schemas.Narrowed:
    """Who may promise: the people of the coordination, then organisations by name."""
    kept = gap_schemas.owner_of(standing) if standing else ""
    people = [(gap_schemas.PERSON + str(one.id), one.full_name) for one in gaps.coordinators()]
    houses = ((gap_schemas.HOUSE + str(one), name) for one, name in queries.organizations())
    found = coverage_schemas.narrowed(houses, _found_by(), chosen=typed.get("owner", kept))
    return coverage_schemas.Narrowed(people + found.choices, found.of)


@bp.post("/directory/coverage/none/<uuid:confirmation_id>")
@requires(COORDINATE)
@idempotent
def withdraw_none(confirmation_id: UUID) -> Any:
    """Take back that nobody is there."""
    row = db.session.get(CoverageConfirmation, confirmation_id) or abort(404)
    if row.withdrawn_at is None:
        actions.withdraw_none(row, actor=actor(), now=clock.now())
    flash(_("Taken back."), "success")
    return redirect(url_for("providers.coverage_cell", need=row.need.value, pcode=row.pcode), code=303)


@bp.route("/directory/coverage/targets", methods=["GET", "POST"])
@requires(COORDINATE)
@idempotent
def coverage_targets() -> Any:
    """How many services a need should have in every region and every département."""
    typed, errors = {}, {}
    if request.method == "POST":
        reading = coverage_schemas.read_target(request.form)
        if not reading.errors:
            actions.set_target(**reading.values, actor=actor(), now=clock.now())
            flash(_("Noted."), "success")
            return redirect(url_for("providers.coverage_targets"), code=303)
        typed, errors = reading.typed, reading.errors
    wanted = {level: queries.targets(level) for level in (1, 2)}
    page = render_template(
        "providers/coverage_targets.html", wanted=wanted, typed=typed, errors=errors,
        need_choices=list(NEED_LABELS.items()), **_tabs(),
    )  # fmt: skip
    return page, 422 if errors else 200


@bp.get("/directory/coverage/overlaps")
@requires(READ)
def coverage_overlaps() -> Any:
    """Organisations that answer one need at the same places."""
    asked = asked_for()
    found = queries.scene(clock.now(), asked.region)
    mine = [one for one in found.offers if asked.need in one.needs]
    pairs = [one for one in overlaps(mine, found.units, clock.now()) if one.need == asked.need]
    return render_template("providers/coverage_overlaps.html", pairs=pairs[:100], **frame(found, asked))


@bp.route("/directory/mandates", methods=["GET", "POST"])
@requires(READ)
@idempotent
def mandates() -> Any:
    """Who is meant to act, where that differs from who does, and a new mandate."""
    asked = asked_for()
    found = queries.scene(clock.now(), asked.region)
    organizations = queries.organizations()
    places = [current_app.config["SETTINGS"].country_code, *queries.units(found.places)]
    find, typed, errors = _found_by(), {}, {}
    if request.method == "POST":
        if not can(COORDINATE):
            abort(404)
        known = [one for one, _name in organizations]
        reading = coverage_schemas.read_mandate(request.form, organizations=known, places=places)
        if not reading.errors:
            actions.add_mandate(**reading.values, actor=actor(), now=clock.now())
            flash(_("Noted."), "success")
            return redirect(url_for("providers.mandates"), code=303)
        typed, errors = reading.typed, reading.errors
    rows = queries.mandates()
    mine = [queries.as_mandate(one) for one in rows if one.need is asked.need]
    names = {str(one): name for one, name in organizations}
    page = render_template(
        "providers/mandates.html", rows=rows, typed=typed, errors=errors, names=names,
        differences=findings(mine, found.offers, [asked.need.value], found.units, clock.now()),
        holders=coverage_schemas.narrowed(organizations, find, chosen=typed.get("organization", "")),
        roles=[(one.value, one.label) for one in MandateRole],
        place_choices=[("", ""), (places[0], _("the whole country"))]
        + [(code, found.name(code, page_language())) for code in places[1:]],
        find=find, today=clock.today(), **frame(found, asked),
    )  # fmt: skip
    return page, 422 if errors else 200


@bp.post("/directory/mandates/<uuid:mandate_id>/remove")
@requires(COORDINATE)
@idempotent
def remove_mandate(mandate_id: UUID) -> Any:
    """Take a mandate off the list."""
    row = db.session.get(DirectoryMandate, mandate_id) or abort(404)
    actions.remove_mandate(row, actor=actor(), now=clock.now())
    flash(_("Removed."), "success")
    return redirect(url_for("providers.mandates"), code=303)


@bp.get("/directory/coverage/what-if")
@requires(READ)
def what_if() -> Any:
    """What a service or an organisation that closes, or a service that opens, would change."""
    asked = asked_for()
    found = queries.scene(clock.now(), asked.region)
    services = {one.service_id: f"{one.name} – {one.organization_name}" for one in found.offers}
    find = _found_by()
    supposed = coverage_schemas.supposed_from(request.args, found.names, services, found.units)
    changes: tuple[Change, ...] = ()
    if supposed.anything:
        changes = queries.supposing(
            found, organization=supposed.organization, service=supposed.service, need=supposed.need,
            pcode=supposed.pcode,
        )  # fmt: skip
    return render_template(
        "providers/what_if.html", supposed=supposed, changes=changes, **frame(found, asked),
        services=coverage_schemas.narrowed(services.items(), find, chosen=supposed.service),
        organizations=coverage_schemas.narrowed(found.names.items(), find, chosen=supposed.organization), find=find,
        place_choices=[("", _("none")), *((code, found.name(code, page_language())) for code in found.units)],
        opens_choices=[("", _("none")), *NEED_LABELS.items()],
    )  # fmt: skip


@bp.get("/directory/coverage/months")
@requires(READ)
def coverage_months() -> Any:
    """What coverage was at the beginning of each month, and what changed since the month before."""
    rows = queries.history()
    found = queries.scene(clock.now())
    return render_template(
        "providers/coverage_months.html", rows=rows, found=found, language=page_language(), states=list(State),
        need_labels=NEED_LABELS, **_tabs(),
    )  # fmt: skip


def scene_of(need: str, pcode: str) -> tuple[queries.Scene, Matrix]:
    """The scene that holds the place, and the row of the need; 404 for what is not ours."""
    if coverage_schemas.need_of(need) is None:
        abort(404)
    found = queries.scene(clock.now(), pcode[:5] if len(pcode) > 5 else "")
    if pcode not in found.units:
        abort(404)
    return found, queries.matrix(found, needs=(need,))


def _demand() -> tuple[str, dict[tuple[str, str], Any]]:
    """The last complete quarter and its published demand, beside what the statistics published as delivered."""
    quarter = complete_quarters(clock.today(), 1)[0]
    organization = actor().organization
    signatory = bool(organization and organization.signatory)
    kept = statistics.releases([quarter], signatory=signatory).get(quarter.code)
    served: dict[str, int] = {}
    if kept is not None:
        table = releases.read(kept, quarter).tables[REFERRALS_NEED]
        found = {need.value: table.at(need.value, "delivered") for need in Need}
        served = {need: int(cell.value) for need, cell in found.items() if cell.value is not None and not cell.reason}
    return quarter.code, queries.demand_of(quarter.code, signatory=signatory, served=served)


def _picture(found: queries.Scene, table: Matrix, need: Need) -> str:
    language = page_language()
    scene = coverage_pictures.state_map(
        translate(NEED_LABELS[need]),
        {unit: table.cells[need.value, unit].state for unit in found.units},
        {unit: found.name(unit, language) for unit in found.units},
        {state: translate(state.label) for state in State},
        queries.outlines(found.units),
    )
    return scene.svg(id_prefix="coverage")


def asked_for() -> coverage_schemas.View:
    """The region, the need and the distance of the address."""
    regions = queries.units(known_places())
    return coverage_schemas.view_from(request.args, regions, queries.LIMITS_KM)


def _found_by() -> str:
    """By what words long lists of names are narrowed."""
    return coverage_schemas.line_of(request.args, "find")[:80]


def frame(found: queries.Scene, asked: coverage_schemas.View) -> dict[str, Any]:
    """What every page of coverage shows: the choice of region and need, names, signs."""
    language = page_language()
    regions = [(code, found.name(code, language)) for code in queries.units(found.places)]
    return {
        "found": found, "asked": asked, "language": language, "region_choices": [("", _("All regions")), *regions],
        "need_choices": list(NEED_LABELS.items()), "need_labels": NEED_LABELS, "marks": coverage_pictures.MARKS,
        "figures": [(one.value, one.label) for one in coverage_schemas.Figure],
        "states": list(State), "limits": [(str(km), f"{km} km") for km in queries.LIMITS_KM], **_tabs(),
    }  # fmt: skip


def _tabs() -> dict[str, Any]:
    return {"tab": request.endpoint, "coordinates": can(COORDINATE)}
