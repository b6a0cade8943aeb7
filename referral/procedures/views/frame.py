"""What every page about a version needs: the version itself or 404, its tabs, what it waits for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import abort, current_app, request, url_for

from referral.foundation import clock
from referral.foundation.access import actor, can
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.procedures import pictures, queries, rules, tabs
from referral.procedures.actions import library
from referral.procedures.documents import Edition, Parts
from referral.procedures.models import ProcedureVersion
from referral.procedures.printing import Order, Paper
from referral.procedures.rules import DRAFTS, VersionAction, VersionState
from referral.procedures.words import decision_words
from sop.flowchart import Flowchart
from sop.form_index import code_of
from sop.vocabulary import Message

Link = Callable[[str], str | None]
"""What a finding or a comment names (a step or an arrow) -> the address of its line on the drawing's page."""


def find(version_id: UUID) -> ProcedureVersion:
    """The version, or 404 when it is not one that this user may see; locked where it is written."""
    one = queries.visible_version(actor(), version_id, lock=request.method == "POST")
    return one or abort(404)


def find_draft(version_id: UUID) -> ProcedureVersion:
    """A version whose text may still change; of any other the form is not there."""
    one = find(version_id)
    return one if one.state in DRAFTS else abort(404)


def framed(one: ProcedureVersion) -> dict[str, Any]:
    """What the frame of the pages about a version shows (`version` is the application's own in every template)."""
    return {"edition": one, "tabs": tabs.tabs_of(one, (request.endpoint or "").removesuffix("_post"))}


def moves(one: ProcedureVersion) -> list[tuple[VersionAction, str, list[Message]]]:
    """The moves that this user may make now: each with the address of its page, and what stands against it."""
    at, today = queries.standing(one), clock.today()
    found = []
    if can(Permission.PROCEDURE_EDIT):
        for action in rules.open_moves(at):
            url = url_for("procedures.move", version_id=one.id, action=action.value)
            found.append((action, url, rules.refusals(action, at, today)))
    if can(Permission.PROCEDURE_APPROVE) and one.state is VersionState.CONSULTATION:
        url = url_for("procedures.approve", version_id=one.id)
        found.append((VersionAction.APPROVE, url, rules.refusals(VersionAction.APPROVE, at, today)))
    return found


def address(one: ProcedureVersion, page: str) -> str:
    """Where a page of the version's drawing is."""
    return url_for("procedures.version", version_id=one.id, page=None if page == "main" else page) + "#drawing"


def linker(one: ProcedureVersion, flowchart: Flowchart | None) -> Link:
    """Leads from what a finding names to the line of that step under the drawing."""
    homes = pictures.homes(flowchart) if flowchart else {}

    def link(where: str) -> str | None:
        step = where.partition("→")[0]
        if step not in homes:
            return None
        page = None if homes[step] == "main" else homes[step]
        return url_for("procedures.version", version_id=one.id, page=page) + f"#s-{quote(step)}"

    return link


def order_of(one: ProcedureVersion, paper: Paper) -> Order:
    """What belongs to a version on paper, in the reader's language; 404 for a drawing that is not read yet.

    Arrows of a draft that lead nowhere are left out: its checks name them.
    """
    flowchart = pictures.drawable(queries.chart_of(one) or abort(404))
    forms = {code_of(form.name): form for form in queries.active_forms()}
    texts = library(current_app.config["SETTINGS"].country) / "text"
    parts = Parts(
        queries.assessment_of(one).table, {code: queries.form(form.id) for code, form in forms.items()}, texts
    )
    edition = Edition(one.number, one.content_hash, one.decision_on, decision_words(one.decision_number))
    content = (one.triage_hash, *(forms[code].content_hash for code in sorted(forms)))
    return Order(paper, edition, page_language(), content, flowchart, parts)
