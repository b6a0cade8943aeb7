"""What the text of the rules lets each one see at a moment, looked up in a list of what happened, and nothing kept.

An event is (moment, name, facts). Written from the table of codes and its boundary rules (last days count, thirty days
after the service, twenty-four hours) and not from the rules of the product: every set is spelled out here again, and
each answer is read from the end of the story, not from the state of any row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

SENSITIVE = {"C6", "C7", "C7N", "C8", "C9", "C10", "C11", "C13", "C15"}
HEALTH_MINIMUM = {"C1", "C2", "C6", "C7"}
CHILD_REPORT_MINIMUM = {"C1", "C2", "C3", "C12", "C13"}


class Event(NamedTuple):
    """Something that was done: `facts` are what was said with it."""

    at: datetime
    what: str
    facts: Mapping[str, Any]


class Seen(NamedTuple):
    """An answer: the code, and the categories that are shown."""

    code: str
    categories: frozenset[str] = frozenset()


class Story:
    """What happened to one file, in order, and what follows from it at a moment."""

    def __init__(self, begun: datetime, age: int) -> None:
        self.begun, self.age, self.events = begun, age, list[Event]()

    def add(self, at: datetime, what: str, **facts: Any) -> None:
        """Something happened."""
        self.events.append(Event(at, what, facts))

    def until(self, at: datetime, *names: str, **facts: Any) -> list[Event]:
        """What was done by then under these names and with these facts, latest first."""
        return [
            one
            for one in reversed(self.events)
            if one.at <= at and one.what in names and facts.items() <= one.facts.items()
        ]

    def adult(self, at: datetime) -> bool:
        """Whether the person is of age: at seventeen with a whole year (365 days and a quarter) gone since."""
        return self.age >= 18 or (day(at) - day(self.begun)).days >= 366 * (18 - self.age)

    # --- who sees what ------------------------------------------------------------------------------------------------

    def received(self, at: datetime) -> Seen:
        """The nurse on the page of the latest referral: absolute limits, consent, agreement, then the referral."""
        stopped = self._absolute(at) or self._consent(at)
        if stopped:
            return Seen(stopped)
        package = next(iter(self.until(at, "send"))).facts["package"]
        ticked = self._left(at) & package
        shown = {one for one in ticked if one not in SENSITIVE or one in self._explicit(at)}
        if not shown:
            return Seen("S7" if ticked else "S6")
        stopped, covered = self._agreement(at)
        if stopped or not shown & covered:
            return Seen(stopped or "M5")
        stopped = self._referral(at)
        if stopped:
            return Seen(stopped)
        shown &= covered
        return Seen("F0" if shown == package else "F5", frozenset(shown))

    def urgent(self, at: datetime, number: int) -> Seen | None:
        """The nurse on the page of an emergency access; None once it is over."""
        opened = self.until(at, "open", number=number)[0]
        ends = opened.at + timedelta(hours=min(opened.facts["hours"], 24))
        for one in reversed(self.until(at, "renew", "end", "review", number=number)):
            if one.what == "renew":
                ends = max(ends, min(one.at + timedelta(hours=one.facts["hours"]), opened.at + timedelta(hours=24)))
            else:
                ends = min(ends, one.at)
        return None if at >= ends else self.declared(at, opened.facts, since=opened.at)

    def declared(self, at: datetime, facts: Mapping[str, Any], *, since: datetime | None = None) -> Seen:
        """A hospital declares an emergency, or looks at one that began `since`."""
        waiting = [one.at for one in self.until(at, "open") if not self.until(at, "review", number=one.facts["number"])]
        began = since or min([*waiting, at])
        capable = self.adult(at)
        if self._absolute(at):
            return Seen(self._absolute(at))
        if at - began > timedelta(hours=24):
            return Seen("E5")
        if facts["refused"] and capable and not facts["risk_to_others"]:
            return Seen("E2")
        if capable and not facts["cannot_ask"] and not facts["refused"]:
            return Seen("E8")
        return Seen("E1", frozenset(HEALTH_MINIMUM))

    def ordered(self, at: datetime, number: int) -> Seen:
        """What an authority gets on what it asked."""
        facts = self.until(at, "order", number=number)[0].facts
        checks = self.until(at, "verify", number=number)
        kind = facts["kind"] if not checks or checks[0].facts["genuine"] else "informal"
        if self.until(at, "erase"):
            return Seen("A3")
        if kind == "informal":
            return Seen("L2")
        if kind == "child_report" and self.adult(at):
            return Seen("L5")
        if kind == "judicial" and not checks:
            return Seen("L6")
        within = facts["scope"] - {"C7N"} if kind == "judicial" else CHILD_REPORT_MINIMUM
        shown = facts["asked"] & within
        return Seen({"judicial": "L1", "child_report": "L4"}[kind], frozenset(shown)) if shown else Seen("L7")

    # --- the locks ----------------------------------------------------------------------------------------------------

    def _absolute(self, at: datetime) -> str:
        if len(self.until(at, "review", unjustified=True)) >= 2:
            return "A1"
        return "A3" if self.until(at, "erase") else ""

    def living(self, at: datetime) -> bool:
        """Whether a consent to the hospital can be taken back."""
        return self._given(at) is not None and bool(self._left(at)) and not self.closed_by_the_clock(at)

    def closed_by_the_clock(self, at: datetime) -> bool:
        """Whether the daily run has found the consent past its last day."""
        given = self._given(at)
        runs = self.until(at, "daily")
        return given is not None and any(one.at > given.at and day(one.at) > given.facts["until"] for one in runs)

    def _given(self, at: datetime) -> Event | None:
        said = next(iter(self.until(at, "give", "refuse")), None)
        return said if said and said.what == "give" else None

    def _taken(self, at: datetime) -> set[str]:
        given = self._given(at)
        later = [one for one in self.until(at, "withdraw") if given and self._place(one) > self._place(given)]
        return set().union(*(one.facts["taken"] for one in later))

    def _place(self, event: Event) -> int:
        return next(place for place, one in enumerate(self.events) if one is event)

    def _left(self, at: datetime) -> set[str]:
        given = self._given(at)
        return set(given.facts["categories"]) - self._taken(at) if given else set()

    def _explicit(self, at: datetime) -> set[str]:
        given = self._given(at)
        return set(given.facts["explicit"]) if given else set()

    def _consent(self, at: datetime) -> str:
        given = self._given(at)
        if given is None:
            return "S1"
        if not self._left(at):
            return "S2"
        facts = given.facts
        child = not self.adult(at)
        against = [
            ("S3", facts["until"] < day(at)),
            ("S14", facts["conditional"]),
            ("S15", facts["form_code"] != "F15_consent_referral"),
            ("S8", not facts["understood"] and not facts["interpreter"]),
            ("S9", facts["mark"] != "signature" and not facts["witnessed"]),
            ("S10", child and not facts["assent"]),
            ("S11", child and not facts["guardian"] and not facts["best_interests"]),
            ("S17", not child and facts["given_age"] < 18),
        ]
        return next((code for code, holds in against if holds), "")

    def _agreement(self, at: datetime) -> tuple[str, set[str]]:
        """What the agreement lacks that gets farthest, and what it covers; only one at a time is not over."""
        order = ["M1", "M4", "M8", "M2", "M3", "M5", ""]
        best, covered = "M1", set[str]()
        for made in self.until(at, "draft"):
            code = self._lack(at, made)
            if order.index(code) > order.index(best):
                best, covered = code, set(made.facts["categories"])
        return best, covered

    def _lack(self, at: datetime, made: Event) -> str:
        moves = self.until(at, "sign", "activate", "suspend", "resume", "terminate", number=made.facts["number"])
        names = [one.what for one in moves]
        if "terminate" in names:
            return "M8" if made.facts["since"] > day(at) else "M2"
        if names.count("sign") < 2:
            return "M4" if "sign" in names else "M1"
        if "activate" not in names or made.facts["since"] > day(at):
            return "M8"
        if made.facts["until"] < day(at):
            return "M2"
        if next((name for name in names if name in ("suspend", "resume")), "") == "suspend":
            return "M3"
        return "" if "referral:MED" in made.facts["purposes"] else "M5"

    def _referral(self, at: datetime) -> str:
        sent = next(iter(self.until(at, "send")))
        later = [one for one in self.until(at, "recall", "decline", "deliver") if one.at >= sent.at]
        if any(one.what != "deliver" for one in later):
            return "F2"
        return "F3" if later and (day(at) - day(later[0].at)).days > 30 else ""


def day(at: datetime) -> date:
    """The day on the wall in Douala."""
    return (at + timedelta(hours=1)).date()
