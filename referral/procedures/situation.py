"""What lies over a version's drawing: open cases, delays, gaps; figures of 1 to 4 and what tells them are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

from flask_babel import gettext

from referral.foundation.i18n import in_language, translate
from referral.statistics.tables import SMALLEST
from sop.findings import Finding
from sop.flowchart import Flowchart
from sop.places import Gazetteer
from sop.track import track_of
from sop.vocabulary import N_, Need

Standing = Mapping[str, tuple[int, int]]


class Over(StrEnum):
    """What may lie over the drawing."""

    CASES = "cases"
    DELAYS = "delays"
    GAPS = "gaps"

    @property
    def label(self) -> str:
        """English label, a message id."""
        return LABELS[self]


LABELS: Mapping[Over, str] = {
    Over.CASES: N_("Open cases"),
    Over.DELAYS: N_("Overdue"),
    Over.GAPS: N_("Needs without a service"),
}


def counted(standing: Standing) -> dict[str, int]:
    """Steps at which enough cases stand to be told.

    >>> counted({"N01": (0, 4), "N02": (3, 5)})
    {'N02': 5}
    """
    return {step: number for step, (_, number) in standing.items() if number >= SMALLEST}


def late(standing: Standing) -> dict[str, tuple[int, int]]:
    """Steps at which neither those that are overdue nor the others are few enough to be somebody.

    >>> late({"N01": (4, 20), "N02": (5, 10), "N03": (17, 20), "N04": (6, 6), "N05": (0, 9)})
    {'N02': (5, 10), 'N04': (6, 6)}
    """
    return {
        step: (overdue, number)
        for step, (overdue, number) in standing.items()
        if overdue >= SMALLEST and not 0 < number - overdue < SMALLEST
    }


def without_service(flowchart: Flowchart, findings: Iterable[Finding], places: Gazetteer) -> dict[str, list[str]]:
    """Pathway -> names of the regions from which no service takes people; an empty list: from none of them."""
    pathways, regions = track_of(flowchart).pathways, [place.pcode for place in places.regions]
    found: dict[str, list[str]] = {}
    for finding in findings:
        if finding.code == "COVERAGE_GAP":
            found.setdefault(pathways[str(finding.message.values["need"])], []).append(
                in_language(places[str(finding.message.values["region"])].name)
            )
    return {step: [] if len(names) == len(regions) else names for step, names in found.items()}


TITLES: Mapping[str, str] = {
    "COVERAGE_UNKNOWN": N_("Regions whose services nobody has listed"),
    "NO_AGREEMENT": N_("Services without an agreement under which data may be sent"),
    "NO_ACTOR": N_("Actors that the procedure names and the directory does not"),
    "BOTTLENECK": N_("Too few places"),
    "SPOF": N_("What hangs on one organisation"),
}


def grouped(findings: Iterable[Finding], places: Gazetteer) -> list[tuple[str, list[Finding]]]:
    """What was found beside the gaps, in words, one title for each kind; kinds that were not found are left out."""
    found = [named(each, places) for each in findings]
    groups = [(title, [each for each in found if each.code == code]) for code, title in TITLES.items()]
    return [(title, some) for title, some in groups if some]


def actors_of(flowchart: Flowchart) -> frozenset[str]:
    """The institutions that the pathways of a flowchart name, in any language."""
    named_there = (text for step in flowchart.steps.values() for text in step.actors.values())
    return frozenset(name.strip() for text in named_there for name in text.split(",")) - {""}


def named(finding: Finding, places: Gazetteer) -> Finding:
    """The same with needs and regions in words instead of codes."""

    def region(written: str) -> str:
        code, space, more = written.partition(" ")  # the last one may say how many more there are
        return (in_language(places[code].name) if code in places else code) + space + more

    def place(pair: str) -> str:
        need, _, code = pair.partition("/")
        words = {"need": _need(need), "region": region(code)}
        return gettext("%(need)s (%(region)s)", **words) if code else pair

    readers: Mapping[str, Callable[[str], str]] = {"need": _need, "region": region, "places": _each(place)}
    values = {
        name: readers[name](str(value)) if name in readers else value for name, value in finding.message.values.items()
    }
    return replace(finding, message=replace(finding.message, values=values))


def _need(code: str) -> str:
    return translate(Need(code)) if code in set(Need) else code


def _each(read: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: ", ".join(read(one) for one in text.split(", "))
