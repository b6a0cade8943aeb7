"""What the API gives, as components of its OpenAPI description.

Children of a service (phones, schedules …) are described by HSDS itself and by the patches of the profile; here stands
that they are lists of objects with an id.
"""

from __future__ import annotations

from typing import Any

from directory.hsds_profile import PATCHES, TAXONOMY
from directory.taxonomy import Status

Schema = dict[str, Any]

ABOUT: Schema = {
    "summary": "Public services of the national referral mechanism, in the words of Open Referral HSDS 3.1.",
    "description": (
        "Only what is public is served, whoever asks. A place that is kept confidential is given as its arrondissement "
        "alone. Lists are ordered by id; follow the `next` link, or ask `after` an id, and a page stays the same while "
        "entries are added. Answers carry an ETag and Last-Modified. Errors are problem details (RFC 9457)."
    ),
}
CODES: dict[int, str] = {
    200: "As asked.",
    304: "Nothing changed since.",
    400: "The body is no JSON.",
    404: "Nothing there, or nothing that everybody may read.",
    410: "The service has ended; `replaced_by` says where to look instead.",
    415: "The body must be JSON.",
    422: "A parameter is not known, or has a value that it does not take.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
}
TEXT: Schema = {"type": "string"}
ID: Schema = {"type": "string", "format": "uuid"}
URI: Schema = {"type": "string", "format": "uri"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
CHILDREN: Schema = {"type": "array", "items": {"type": "object", "required": ["id"], "properties": {"id": ID}}}
TEXTS = (
    "alternate_name", "url", "email", "interpretation_services", "application_process", "fees_description",
    "eligibility_description", "alert",
)  # fmt: skip
LISTS = (
    "phones", "schedules", "service_areas", "languages", "cost_options", "required_documents", "contacts", "capacities",
    "attributes",
)  # fmt: skip


def _object(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


def _of(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _own(name: str) -> dict[str, Schema]:
    """What the national profile adds to a schema, where it needs no other schema to say it."""
    added: dict[str, Schema] = PATCHES[f"{name}.json"].get("properties", {})
    return {key: value for key, value in added.items() if "$ref" not in str(value)}


def components() -> dict[str, Schema]:
    """Every component by its name."""
    found = {**_entries(), **_terms(), **_about()}
    for name in ("Service", "ServiceAtLocation", "Organization", "Taxonomy", "TaxonomyTerm"):
        found[f"{name}Page"] = _page(name)
    return found


def _page(name: str) -> Schema:
    counts = ("total_items", "total_pages", "page_number", "size")
    flags = ("first_page", "last_page", "empty")
    return _object(
        (*counts, *flags, "contents"),
        **dict.fromkeys(counts, COUNT),
        **dict.fromkeys(flags, FLAG),
        next_after={**ID, "description": "`after` of the next page (national profile)."},
        contents={"type": "array", "items": _of(name)},
    )


def _entries() -> dict[str, Schema]:
    service = _object(
        ("id", "name"),
        id=ID, name=TEXT, description=TEXT, status={"type": "string", "enum": [one.value for one in Status]},
        minimum_age=NUMBER, maximum_age=NUMBER, assured_date=DAY, last_modified=MOMENT,
        organization=_of("Organization"), service_at_locations={"type": "array", "items": _of("ServiceAtLocation")},
        match={"type": "string", "enum": ["yes", "unknown"], "description": "Fits, or must be verified (searches)."},
        **dict.fromkeys(TEXTS, TEXT), **dict.fromkeys(LISTS, CHILDREN), **_own("service"),
    )  # fmt: skip
    place = _object(
        ("id",),
        id=ID, description=TEXT, location=_of("Location"), service=_of("Service"), phones=CHILDREN, schedules=CHILDREN,
        service_areas=CHILDREN, contacts=CHILDREN, capacities=CHILDREN, **_own("service_at_location"),
    )  # fmt: skip
    location = _object(
        ("id", "location_type"),
        id=ID, location_type={"type": "string", "enum": ["physical", "postal", "virtual"]}, name=TEXT, description=TEXT,
        latitude=NUMBER, longitude=NUMBER, external_identifier=TEXT, external_identifier_type=TEXT, addresses=CHILDREN,
        accessibility=CHILDREN, phones=CHILDREN, languages=CHILDREN, schedules=CHILDREN, **_own("location"),
    )  # fmt: skip
    organization = _object(
        ("id", "name", "description"),
        id=ID, name=TEXT, alternate_name=TEXT, description=TEXT, email=TEXT, website=TEXT, phones=CHILDREN,
        funding=CHILDREN,
        parent_organization_id=ID, services={"type": "array", "items": _of("Service")}, **_own("organization"),
    )  # fmt: skip
    return {"Service": service, "ServiceAtLocation": place, "Location": location, "Organization": organization}


def _terms() -> dict[str, Schema]:
    taxonomy = _object(("id", "name", "description"), id=ID, name=TEXT, description=TEXT, uri=URI, version=TEXT)
    term = _object(
        ("id", "name", "description"),
        id=ID, code=TEXT, name=TEXT, description=TEXT, parent_id=ID, taxonomy=TEXT, taxonomy_id=ID, language=TEXT,
        **_own("taxonomy_term"),
    )  # fmt: skip
    return {"Taxonomy": taxonomy, "TaxonomyTerm": term}


def _about() -> dict[str, Schema]:
    publisher = _object((), name=TEXT)
    base = _object(
        ("version", "profile", "openapi_url"),
        version=TEXT, profile=URI, openapi_url=URI, description=TEXT, publisher=publisher,
    )  # fmt: skip
    profile = _object(
        ("name", "version", "hsds_version", "patches"),
        name={"type": "string", "const": TAXONOMY}, version=TEXT, hsds_version=TEXT, standard=URI, license=TEXT,
        patches={"type": "object", "additionalProperties": URI},
    )  # fmt: skip
    return {
        "Base": base, "Profile": profile, "Patch": {"type": "object"}, "Problem": _problem(),
        "Description": _object(("openapi", "info", "paths")),
    }  # fmt: skip


def _problem() -> Schema:
    error = _object(
        ("in", "name", "code"),
        **{"in": {"type": "string", "enum": ["query", "body"]}},
        name=TEXT, code={"type": "string", "enum": ["unknown", "invalid"]},
    )  # fmt: skip
    return _object(
        ("type", "title", "status", "detail"),
        type={"type": "string", "format": "uri-reference"}, title=TEXT, status={"type": "integer"}, detail=TEXT,
        reference={**TEXT, "description": "The number under which our log knows it."}, id=ID,
        replaced_by=_object(("id", "url"), id=ID, url=URI), errors={"type": "array", "items": error},
    )  # fmt: skip
