"""The pages about one version, in the order of their tabs; a new page is one line more in `TABS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from referral.foundation.access import can
from referral.foundation.grants import Permission
from referral.foundation.navigation import url_of
from referral.procedures.models import ProcedureVersion
from referral.procedures.rules import DRAFTS, VersionState
from sop.vocabulary import N_


def always(_one: ProcedureVersion) -> bool:
    """For pages that every version has."""
    return True


def consulted(one: ProcedureVersion) -> bool:
    """For pages about comments."""
    return one.consultation_opened_at is not None


def readable(one: ProcedureVersion) -> bool:
    """For pages that need a flowchart: a drawing that is not read yet has none."""
    return bool(one.number)


def was_in_force(one: ProcedureVersion) -> bool:
    """For pages about the cases that followed it."""
    return one.state in (VersionState.ACTIVE, VersionState.RETIRED)


def draft(one: ProcedureVersion) -> bool:
    """For pages that change the text."""
    return one.state in DRAFTS


def imported(one: ProcedureVersion) -> bool:
    """For the questions about an imported drawing, while the text may still change."""
    return one.answers is not None and draft(one)


@dataclass(frozen=True, slots=True)
class Tab:
    """A page about a version: its endpoint (which takes `version_id`), its name (a message id), for whom and when."""

    endpoint: str
    label: str
    permission: Permission = Permission.PROCEDURE_READ
    fits: Callable[[ProcedureVersion], bool] = always


TABS: tuple[Tab, ...] = (
    Tab("procedures.version", N_("Drawing and steps")),
    Tab("procedures.text", N_("Text"), fits=readable),
    Tab("procedures.checks", N_("Checks"), fits=readable),
    Tab("procedures.version_triage", N_("Triage table")),
    Tab("procedures.diff", N_("Differences"), fits=readable),
    Tab("procedures.deviations", N_("Regional model"), fits=readable),
    Tab("procedures.situation", N_("Situation"), Permission.STATISTICS_READ, readable),
    Tab("procedures.simulation", N_("Simulation"), Permission.STATISTICS_READ, readable),
    Tab("procedures.conformance", N_("Closed cases"), Permission.STATISTICS_READ, was_in_force),
    Tab("procedures.consultation", N_("Consultation"), fits=consulted),
    Tab("procedures.wizard", N_("Questions about the drawing"), Permission.PROCEDURE_EDIT, imported),
    Tab("procedures.edit", N_("Edit the text"), Permission.PROCEDURE_EDIT, draft),
)


def tabs_of(one: ProcedureVersion, here: str) -> list[tuple[str, str, bool]]:
    """Address, name and whether it is this page, for each tab that the signed-in user may open."""
    found = [(tab, url_of(tab.endpoint, version_id=one.id)) for tab in TABS if can(tab.permission) and tab.fits(one)]
    return [(url, tab.label, tab.endpoint == here) for tab, url in found if url]
