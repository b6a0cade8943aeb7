"""Which page serves which step of the procedure: a table. What is not in it is recorded on `cases.step`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

from referral.cases.models import Case, CaseNeed
from referral.cases.queries.overview import NeedLine
from referral.referrals.models import Referral
from sop.agenda import Todo
from sop.vocabulary import N_

GENERIC = "cases.step"


@dataclass(frozen=True, slots=True)
class StepPage:
    """The endpoints that serve a step, the first that can be reached wins; and the words of the button."""

    endpoints: tuple[str, ...]
    button: str


STEP_PAGES: Mapping[str, StepPage] = {
    "G01": StepPage(("identification.base_consent",), N_("Record the consent")),
    "G02": StepPage(("identification.base_consent",), N_("Record the consent")),
    "X01": StepPage(("identification.prefile",), N_("Record the emergency referral")),
    "X02": StepPage(("identification.prefile",), N_("Record the notice to MINAS")),
    "G03": StepPage(("referrals.specific_consent",), N_("Record the consent")),
    "G04": StepPage(("referrals.specific_consent",), N_("Record the consent")),
    "R01": StepPage(("referrals.choose",), N_("Choose a service")),
    "G05": StepPage(("referrals.consent", "referrals.choose"), N_("Record the person’s choice")),
    "D09": StepPage(("referrals.preview", "referrals.choose"), N_("Check before sending")),
    "X03": StepPage(("referrals.preview", "referrals.choose"), N_("Check and send")),
    "W01": StepPage(("referrals.show",), N_("Open the referral")),
    "R05": StepPage(("referrals.show",), N_("Open the referral")),
    "D11": StepPage(("referrals.show",), N_("Record what the person says")),
}
"""Steps with a page of their own; they cannot be recorded on the general page, where nothing would be checked."""

BUTTONS: Mapping[str, str] = {
    "N04": N_("Record the best interests"),
    "N07": N_("Record the assessment"),
    "N08": N_("Build the plan"),
    "N09": N_("Record the follow-up"),
    "N10": N_("Check the closing"),
    "R02": N_("Record what was found"),
    "R03": N_("Record the help and the gap"),
    "R04": N_("Record the reminder"),
}
"""Words of the button for steps of the general page; others get the plain ones."""

WHEN_LATE: Mapping[str, str] = {"W01": N_("Record that nobody answered")}
"""Steps that are served by somebody else, and that the case team may record once their time is over."""

PLACE_NAMES = ("service_id", "service_at_location_id", "place_id")
OPEN = N_("Open the referral")
PLAIN = N_("Record this step")


@dataclass(frozen=True, slots=True)
class Way:
    """Where a button leads and what it says."""

    url: str
    label: str


def has_own_page(step: str, *, late: bool) -> bool:
    """Whether the general page must leave this step alone.

    >>> has_own_page("X03", late=True), has_own_page("W01", late=True), has_own_page("N07", late=False)
    (True, False, False)
    """
    return step in STEP_PAGES and not (late and step in WHEN_LATE)


def way_to(case: Case, item: Todo, line: NeedLine | None) -> Way | None:
    """The page on which this is done; None when the application has no such page, or while another need goes first."""
    if item.held_by:
        return None
    if not has_own_page(item.step, late=item.overdue):
        label = WHEN_LATE.get(item.step) or BUTTONS.get(item.step, PLAIN)
        return Way(url_for(GENERIC, case_id=case.id, step=item.step, of=line.need.id if line else None), label)
    return own_page(case, item.step, line)


def own_page(case: Case, step: str, line: NeedLine | None) -> Way | None:
    """The first page of a step's own that exists and whose address can be filled in."""
    page = STEP_PAGES[step]
    known = _known(case, line.need if line else None, line)
    urls = (_url(endpoint, known) for endpoint in page.endpoints)
    url = next((one for one in urls if one is not None), None)
    return Way(url, page.button) if url else None


def line_ways(case: Case, line: NeedLine) -> tuple[Way, ...]:
    """Where the row of a need leads: what is to be done, and its referral."""
    ways = [way_to(case, line.todo, line)] if line.todo else []
    url = referral_url(line.referral) if line.referral else None
    if url is not None and all(way is None or way.url != url for way in ways):
        ways.append(Way(url, OPEN))
    return tuple(way for way in ways if way is not None)


def referral_url(referral: Referral) -> str | None:
    """The page of a referral, where the application has one."""
    return _url("referrals.show", {"referral_id": referral.id, "case_id": referral.case_id})


def _known(case: Case, need: CaseNeed | None, line: NeedLine | None) -> dict[str, Any]:
    """Everything that the address of a page may ask for."""
    known: dict[str, Any] = {"case_id": case.id}
    if need is not None:
        known |= {"need_id": need.id, "need": need.need.value, "code": need.need.value}
    if line is not None and line.referral is not None:
        place = line.referral.service_at_location_id
        known |= {
            "referral_id": line.referral.id,
            "service_id": place,
            "service_at_location_id": place,
            "place_id": place,
        }
    return known


def _url(endpoint: str, known: Mapping[str, Any]) -> str | None:
    if endpoint not in current_app.view_functions:
        return None
    rules = current_app.url_map.iter_rules(endpoint)
    rule = next((rule for rule in rules if rule.arguments <= known.keys()), None)
    return url_for(endpoint, **{name: known[name] for name in rule.arguments}) if rule else None
