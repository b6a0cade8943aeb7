"""What a column of somebody's table may mean, and a first guess by its heading or its HXL tag.

A mapping is `column → field`; a column of one of several tables is written `table.heading`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from directory.places import fold
from directory.tables import Table
from directory.vocabulary import N_

FIELDS: dict[str, str] = {
    "service.id": N_("Service: number in the source"),
    "service.name": N_("Service: name"),
    "service.alternate_name": N_("Service: other name"),
    "service.description": N_("Service: description"),
    "service.status": N_("Service: status"),
    "service.url": N_("Service: web address"),
    "service.email": N_("Service: e-mail"),
    "service.phone": N_("Service: telephone"),
    "service.minimum_age": N_("Service: minimum age"),
    "service.maximum_age": N_("Service: maximum age"),
    "service.eligibility_description": N_("Service: who is taken"),
    "service.application_process": N_("Service: how to be admitted"),
    "service.fees_description": N_("Service: fees"),
    "service.alert": N_("Service: notice"),
    "service.assured_date": N_("Service: day of the last confirmation"),
    "service.ends": N_("Service: last day (it has ended afterwards)"),
    "service.language": N_("Service: languages"),
    "service.document": N_("Service: documents to bring"),
    "service.term": N_("Service: kind (mapped to needs)"),
    "service.condition": N_("Service: condition of admission"),
    "service.note": N_("Service: added to the description with its heading"),
    "service.area": N_("Area served: name"),
    "service.area_pcode": N_("Area served: P-code"),
    "organization.id": N_("Organisation: number in the source"),
    "organization.name": N_("Organisation: name"),
    "organization.description": N_("Organisation: description"),
    "organization.email": N_("Organisation: e-mail"),
    "organization.website": N_("Organisation: web address"),
    "organization.phone": N_("Organisation: telephone"),
    "location.id": N_("Place: number in the source"),
    "location.name": N_("Place: name"),
    "location.address": N_("Place: street"),
    "location.city": N_("Place: town"),
    "location.country": N_("Place: country (two letters)"),
    "location.pcode": N_("Place: P-code"),
    "location.latitude": N_("Place: latitude"),
    "location.longitude": N_("Place: longitude"),
    "location.phone": N_("Place: telephone"),
    "location.description": N_("Place: description"),
    "hours.osm": N_("Hours: as one text (Mo-Fr 08:00-15:30)"),
    "hours.days": N_("Hours: days"),
    "hours.opens": N_("Hours: opens at"),
    "hours.closes": N_("Hours: closes at"),
}
"""Code of a field -> what it is called, a message id."""

PARTS: dict[str, str] = {
    "attributes": FIELDS["service.term"], "capacities": N_("Free places"), "cost_options": N_("Cost"),
    "hours": N_("Opening hours"), "languages": FIELDS["service.language"], "latitude": FIELDS["location.latitude"],
    "location": N_("Place"), "organization": N_("Organisation"), "phones": FIELDS["service.phone"],
    "required_documents": FIELDS["service.document"], "schedules": N_("Opening hours"),
    "service_areas": FIELDS["service.area"], "service_at_locations": N_("Place"),
}  # fmt: skip
"""Parts of an HSDS service that a remark may be about -> what they are called."""


def label_of(field: str) -> str:
    """Return what a field of a remark is called (a message id); the field itself where it has no other name.

    >>> label_of("minimum_age"), label_of("organization.name"), label_of("x")
    ('Service: minimum age', 'Organisation: name', 'x')
    """
    return FIELDS.get(field) or FIELDS.get(f"service.{field}") or PARTS.get(field, field)


WORDS: dict[str, str] = {
    "service.id": "service uuid|service id|identifiant du service|identifiant du service dans la source|source id",
    "service.name": "service name|nom du service|service|genre d activite|activity|activite|activity type",
    "service.alternate_name": "service alternate name|alternate name",
    "service.description": "service description|description|description de l activite|comments|comments redacted",
    "service.status": "service status|status|statut",
    "service.url": "service url|url|site web|site internet",
    "service.email": "service email|email|courriel|e mail",
    "service.phone": "phone|phones|telephone|service phone|tel",
    "service.minimum_age": "service min age|minimum age|age minimum|age minimal",
    "service.maximum_age": "service max age|maximum age|age maximum|age maximal",
    "service.eligibility_description": "eligibility|eligibility description|conditions d acces|intake criteria",
    "service.application_process": "service additional information|application process|referral method|procedure",
    "service.fees_description": "fees|frais|cout|tarif|fees description",
    "service.assured_date": "assured date|verifie le|date de verification",
    "service.ends": "end date|ends on|date de fin|date fin|fin",
    "service.language": "languages|langues|langue",
    "service.document": "required documents|documents demandes|registration type requirement|pieces a fournir",
    "service.term": "service problem codes|sector|secteur|sous secteur|category|categorie|taxonomy",
    "service.condition": "service immigration status|service incarceration status|service military status|nationality",
    "service.note": "commentaires|remarques|notes|indicators",
    "service.area": "service areas|service area|zone|zone couverte|prefecture|region|coverage",
    "service.area_pcode": "p code|pcode|code arrondissement|code departement|adm2 pcode",
    "organization.id": "organization uuid|organization id|identifiant de l organisation",
    "organization.name": "organization name|organisation|organization|partner|partenaire|nom de l organisation",
    "organization.description": "organization description",
    "organization.email": "organization email",
    "organization.website": "organization url|organization website",
    "location.id": "location uuid|location id",
    "location.name": "location name|lieu|site|nom du lieu",
    "location.address": "location address|address|adresse|addr full",
    "location.city": "city|ville|localite",
    "location.latitude": "lat|latitude",
    "location.longitude": "lon|lng|longitude|long",
    "location.phone": "location phones",
    "hours.osm": "opening hours|horaires",
    "hours.days": "availability day|days|jours",
    "hours.opens": "office open at|opens at|ouvre a",
    "hours.closes": "office close at|closes at|ferme a",
}
BY_WORD = {word: code for code, words in WORDS.items() for word in words.split("|")}
TAGS: tuple[tuple[str, frozenset[str], str], ...] = (
    ("service", frozenset({"id"}), "service.id"),
    ("service", frozenset(), "service.name"),
    ("activity", frozenset({"description"}), "service.description"),
    ("activity", frozenset(), "service.name"),
    ("org", frozenset({"impl"}), ""),
    ("org", frozenset({"funding"}), ""),
    ("org", frozenset({"type"}), ""),
    ("org", frozenset({"acronym"}), ""),
    ("org", frozenset(), "organization.name"),
    ("sector", frozenset(), "service.term"),
    ("subsector", frozenset(), "service.term"),
    ("beneficiary", frozenset(), "service.eligibility_description"),
    ("adm3", frozenset({"code"}), "service.area_pcode"),
    ("adm2", frozenset({"code"}), "service.area_pcode"),
    ("adm3", frozenset(), "service.area"),
    ("adm2", frozenset(), "service.area"),
    ("loc", frozenset(), "location.name"),
    ("geo", frozenset({"lat"}), "location.latitude"),
    ("geo", frozenset({"lon"}), "location.longitude"),
    ("status", frozenset(), "service.status"),
    ("date", frozenset({"verified"}), "service.assured_date"),
    ("date", frozenset({"end"}), "service.ends"),
    ("contact", frozenset({"phone"}), "service.phone"),
    ("contact", frozenset({"email"}), "service.email"),
    ("meta", frozenset({"comments"}), "service.note"),
)
SINGLE = frozenset(
    {"service.id", "service.name", "organization.id", "organization.name", "location.id", "location.name",
     "location.latitude", "location.longitude", "service.minimum_age", "service.maximum_age", "service.status",
     "service.ends"}
)  # fmt: skip
"""Fields that only one column of a table can be."""


def of_tag(tag: str) -> str:
    """Return the field of an HXL tag, empty when it is none of ours.

    >>> of_tag("#activity +type"), of_tag("#adm2 +code"), of_tag("#date +start")
    ('service.name', 'service.area_pcode', '')
    """
    base, *attributes = re.split(r"\s*\+\s*", tag.strip().lstrip("#").lower())
    here = set(attributes)
    return next((field for name, wanted, field in TAGS if name == base and wanted <= here), "")


def of_heading(heading: str) -> str:
    """Return the field that a heading is usually the name of, empty when it could be anything.

    >>> of_heading("service_min_age"), of_heading("Genre d'activité"), of_heading("Couleur")
    ('service.minimum_age', 'service.name', '')
    """
    plain = re.sub(r"[^a-z0-9]+", " ", fold(heading)).strip()
    return BY_WORD.get(plain, "")


def column(table: Table, heading: str, many: bool) -> str:
    """The name under which a column is mapped: with its table where a file has several."""
    return f"{table.name}.{heading}" if many else heading


def suggested(tables: Sequence[Table]) -> dict[str, str]:
    """A first mapping of the columns, tags before headings; each single field is given once a table."""
    found: dict[str, str] = {}
    for table in tables:
        here: dict[str, str] = {}
        for place, heading in enumerate(table.headings):
            tag = table.tags[place] if place < len(table.tags) else ""
            field = of_tag(tag) if tag else of_heading(heading)
            if heading and field and not (field in SINGLE and field in here.values()):
                here[heading] = field
        found |= {column(table, one, len(tables) > 1): field for one, field in _owned(here).items()}
    return found


def _owned(here: dict[str, str]) -> dict[str, str]:
    """In a table of places or organisations a telephone, an address and the like are theirs, not a service's."""
    if "service.name" in here.values():
        return here
    owner = "location" if any(field.startswith("location.") for field in here.values()) else "organization"
    theirs = {one: f"{owner}.{field.removeprefix('service.')}" for one, field in here.items()}
    return {one: theirs[one] if theirs[one] in FIELDS else field for one, field in here.items()}


def doubled(tables: Sequence[Table], mapping: Mapping[str, str]) -> dict[str, str]:
    """Columns that are told to be what only one column can be -> the column of the same table that already is."""
    found: dict[str, str] = {}
    for table in tables:
        taken: dict[str, str] = {}
        for heading in filter(None, table.headings):
            name = column(table, heading, len(tables) > 1)
            field = mapping.get(name, "")
            if field in SINGLE and taken.setdefault(field, name) != name:
                found[name] = taken[field]
    return found


def unnamed(tables: Sequence[Table], mapping: Mapping[str, str]) -> list[str]:
    """What no column is told to be although every service needs it: the name, the organisation's name (fields)."""
    said = {field for one in tables for field in of_table(one, mapping, len(tables) > 1)}
    missing = [] if "service.name" in said else ["service.name"]
    return missing if {"organization.name", "organization.id"} & said else [*missing, "organization.name"]


def of_table(table: Table, mapping: Mapping[str, str], many: bool) -> dict[str, list[str]]:
    """Field -> headings of this table that mean it."""
    found: dict[str, list[str]] = {}
    for heading in table.headings:
        field = mapping.get(column(table, heading, many), "") if heading else ""
        if field in FIELDS:
            found.setdefault(field, []).append(heading)
    return found
