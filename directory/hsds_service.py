"""The parts of an HSDS service that say what, for whom, at what price, and with how much room."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any

from directory import fields
from directory.fields import Notes
from directory.hsds_profile import audience_of, own_capacity
from directory.places import fold
from directory.profile import Capacity, CostOption, Language, RequiredDocument, ServiceArea
from directory.taxonomy import ISO_639_1, KEPT_GROUPS, LANGUAGE_LABELS, CapacityStatus, Group, Status
from directory.vocabulary import N_

URN = "urn:pcode:"
UNKNOWN_PCODE = N_("a P-code that is not in the list of places: the area is kept by its name")


def status(row: Mapping[str, Any], notes: Notes) -> Status | None:
    """Return the status; none is *not known*, an unknown one refuses the row."""
    value = row.get("status")
    if value is None or value == "":
        notes.warn("status", "status_missing", N_("status missing: read as not known"))
        return None
    if not isinstance(value, str) or value not in list(Status):
        notes.error("status", "unknown_status", N_("unknown status"))
        return None
    return Status(value)


BY_NAME = {fold(name): code for code, name in LANGUAGE_LABELS.items()}


def languages(row: Mapping[str, Any], notes: Notes) -> tuple[Language, ...]:
    """Return the languages by their three-letter codes; those without code or known name are left out."""
    found = []
    for one in fields.rows(row, "languages", notes):
        quiet = Notes()
        code = fields.text(one, "code", quiet, 20).lower()[:3].rstrip("-_")
        code = ISO_639_1.get(code, code) or BY_NAME.get(fold(fields.text(one, "name", quiet, fields.NAME_LIMIT)), "")
        if code.isalpha():
            found.append(Language(code))
    return tuple(dict.fromkeys(found))


def costs(row: Mapping[str, Any], notes: Notes) -> tuple[CostOption, ...]:
    """Return the prices."""
    found = []
    for one in fields.rows(row, "cost_options", notes):
        amount = fields.number(one, "amount")
        if amount is not None and amount < 0:
            notes.warn("cost_options", "negative_amount", N_("negative amount, left out"))
            amount = None
        currency = fields.text(one, "currency", notes, 20).upper()
        text = fields.text(one, "option", notes)
        found.append(CostOption(text, amount, currency, fields.text(one, "amount_description", notes)))
    return tuple(found)


def documents(row: Mapping[str, Any], notes: Notes) -> tuple[RequiredDocument, ...]:
    """Return what a person must bring."""
    found = fields.rows(row, "required_documents", notes)
    texts = [(fields.text(one, "document", notes), fields.url(one, "uri", notes)) for one in found]
    return tuple(RequiredDocument(document, uri) for document, uri in texts if document)


def areas(row: Mapping[str, Any], notes: Notes, known: Container[str] | None = None) -> tuple[ServiceArea, ...]:
    """Return where the service acts; a P-code stands in the `uri`.

    An area whose P-code is not `known` stays by its name, because nobody can read the code; without a name by its code.
    """
    found = []
    for one in fields.rows(row, "service_areas", notes):
        uri = one.get("uri")
        pcode = uri[len(URN) :] if isinstance(uri, str) and uri.startswith(URN) and len(uri) < 40 else ""
        name = fields.text(one, "name", notes, 1000)
        if pcode and known is not None and pcode not in known and name not in ("", pcode):
            notes.warn("service_areas", "unknown_pcode", UNKNOWN_PCODE)
            pcode = ""
        if name or pcode:
            found.append(ServiceArea(pcode, "" if pcode else name, one.get("on_request") is True))
    return tuple(dict.fromkeys(found))


def capacity(row: Mapping[str, Any], notes: Notes) -> Capacity | None:
    """The first capacity of each audience that says how much is available and when that was known."""
    found: dict[Group, Capacity] = {}
    for one in fields.rows(row, "capacities", notes):
        audience = audience_of(one)
        if audience is None:
            notes.warn("capacities", "unknown_audience", N_("places for an unknown audience, left out"))
        elif audience not in found and (read := _capacity(one, notes)):
            found[audience] = replace(read, audience=audience)
    groups = tuple(found[one] for one in KEPT_GROUPS if one in found)
    base = found.get(Group.EVERYBODY)
    if base is None:
        return Capacity(groups=groups) if groups else None
    return replace(base, groups=groups)


def _capacity(one: Mapping[str, Any], notes: Notes) -> Capacity | None:
    available, updated = fields.number(one, "available"), fields.moment(one, "updated", notes)
    if updated is None or (available is None and "status" not in one):
        return None
    if available is not None and not 0 <= available <= 10**6:
        notes.warn("capacities", "bad_capacity", N_("impossible capacity, left out"))
        return None
    unit = one.get("unit")
    name = fields.text(unit, "name", Notes(), 60) if isinstance(unit, dict) else ""
    maximum = fields.number(one, "maximum")
    found = Capacity(
        _room(available),
        int(available) if available is not None else None,
        int(maximum) if maximum is not None and 0 <= maximum <= 10**6 else None,
        fold(name) or "place",
        updated,
        valid_until=fields.moment(one, "valid_until", notes),
        description=fields.text(one, "description", notes),
    )
    return own_capacity(found, one)


def _room(available: float | None) -> CapacityStatus:
    if available is None:
        return CapacityStatus.UNKNOWN
    return CapacityStatus.AVAILABLE if available else CapacityStatus.FULL
