"""The gate of the directory API: what may stand after the question mark, and in the body of a search.

Whatever is not a parameter of ours is refused: a misspelt `modified_after` would else answer with the whole directory.
In an address everything is text; in a body a number is a number and a yes is a boolean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from marshmallow import RAISE, Schema, fields, post_load, validate

from directory.criteria import OLDEST
from directory.hsds_writing import Profile
from directory.question import CONDITIONS, MOST_CODES, SEXES
from directory.taxonomy import NEEDS, TERM_LABELS, Facet

USUAL, MOST = 50, 200
LAST_PAGE = 1_000_000
LONGEST = 100
LANGUAGES = ("fr", "en")
CODE = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a list: which page, of what. `person` holds coded facts only, and comes in a body alone."""

    page: int = 1
    per_page: int = USUAL
    after: UUID | None = None
    search: str = ""
    format: str = "json"
    profile: Profile = Profile.CM
    organization_id: UUID | None = None
    taxonomy_id: UUID | None = None
    taxonomy_term_id: UUID | None = None
    modified_after: datetime | None = None
    full: bool = False
    minimal: bool = False
    parent_id: UUID | None = None
    top_only: bool = False
    lang: str = ""
    need: str | None = None
    place: str = ""
    person: Mapping[str, Any] | None = None
    conditions: tuple[str, ...] = ()

    @property
    def for_somebody(self) -> bool:
        """Whether services are looked for that take a person, or serve a place."""
        return bool(self.person is not None or self.need or self.place.strip() or self.conditions)


def _typed(field: fields.Field[Any]) -> bool:
    return bool(getattr(field.root, "typed", False))


class Whole(fields.Integer):
    """A whole number: digits in an address, a JSON number in a body."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:  # noqa: ARG002
        if _typed(self):
            if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value // 1:
                return int(value)
        elif isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
            return int(value)
        raise self.make_error("invalid")


class Flag(fields.Boolean):
    """`true` or `false`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:  # noqa: ARG002
        if isinstance(value, bool) and _typed(self):
            return value
        if value in ("true", "false") and not _typed(self):
            return bool(value == "true")
        raise self.make_error("invalid", input=value)


class Id(fields.UUID):
    """An id, written with its hyphens."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> UUID:
        if not isinstance(value, str) or len(value) != 36 or value.count("-") != 4:
            raise self.make_error("invalid_uuid")
        found = super()._deserialize(value, attr, data, **kwargs)
        if found is None:
            raise self.make_error("invalid_uuid")
        return found


class Moment(fields.DateTime):
    """A moment (RFC 3339) or a day; without a zone it is UTC. A plus sign that became a space is read as one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ARG002
        try:
            text = str(value).strip()
            text = text.replace(" ", "+") if "T" in text else text
            found = datetime.fromisoformat(text) if isinstance(value, str) else None
            if found is not None:
                return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.make_error("invalid", input=value, obj_type="date-time")


class Strict(Schema):
    """Refuses what it does not know."""

    class Meta:
        """Nothing else is accepted."""

        unknown = RAISE


def _said(text: str, **more: Any) -> dict[str, Any]:
    return {"description": text, **more}


class ProfileSchema(Strict):
    """Which profile the answer is written in."""

    profile = fields.Enum(
        Profile, by_value=True,
        metadata=_said("`hsds` for plain HSDS, `hsds-cm` (as without it) for the national profile."),
    )  # fmt: skip

    @post_load
    def asked(self, values: dict[str, Any], **_: Any) -> Asked:
        """The values as what is asked."""
        return Asked(**values)


class LanguageSchema(ProfileSchema):
    """And in which language words come first."""

    lang = fields.String(
        validate=validate.OneOf(LANGUAGES), metadata=_said("The language of names where HSDS knows one only.")
    )


class ListSchema(ProfileSchema):
    """Which page of a list. `page` and `after` exclude one another: `after` wins."""

    search = fields.String(
        validate=validate.Length(max=LONGEST),
        metadata=_said("Words, all of which must be met: accents, plurals, small typos and synonyms are forgiven."),
    )
    page = Whole(validate=validate.Range(1, LAST_PAGE), metadata=_said("The number of the page, from 1."))
    per_page = Whole(
        validate=validate.Range(1, MOST), metadata=_said(f"Entries a page; {USUAL} without it, {MOST} at most.")
    )
    after = Id(
        metadata=_said("Begin after this id: the page stays the same whatever is added before it. Wins over `page`.")
    )
    format = fields.String(validate=validate.OneOf(["json"]), metadata=_said("`json`, the only one."))


class TaxonomiesSchema(ListSchema):
    """The list of taxonomies."""


class TermsSchema(ListSchema, LanguageSchema):
    """The list of terms."""

    taxonomy_id = Id(metadata=_said("Terms of this taxonomy."))
    parent_id = Id(metadata=_said("Terms under this term."))
    top_only = Flag(metadata=_said("Terms that are under no other."))


class OrganizationsSchema(ListSchema):
    """The list of organisations."""

    taxonomy_id = Id(metadata=_said("With a service that has a term of this taxonomy."))
    taxonomy_term_id = Id(metadata=_said("With a service that has this term, or one under it."))
    full = Flag(metadata=_said("With the ids and names of their services."))


class PlacesSchema(ListSchema):
    """The list of services at locations."""

    organization_id = Id(metadata=_said("Of this organisation."))
    taxonomy_id = Id(metadata=_said("With a term of this taxonomy."))
    taxonomy_term_id = Id(metadata=_said("With this term, or one under it."))
    modified_after = Moment(metadata=_said("Changed at this moment or later; without a zone it is UTC."))
    full = Flag(metadata=_said("With all that belongs to them."))


class ServicesSchema(PlacesSchema):
    """The list of services."""

    modified_after = Moment(
        metadata=_said(
            "Changed at this moment or later; without a zone it is UTC. "
            "Services that ended since are then listed too, with the status `defunct` and no more than their name."
        )
    )
    minimal = Flag(metadata=_said("Id, name, status and `last_modified` alone."))


def _codes(pattern: str, **metadata: Any) -> fields.List[Any]:
    one = fields.String(validate=validate.Regexp(pattern))
    return fields.List(one, validate=validate.Length(max=MOST_CODES), metadata=metadata)


def _terms(facet: Facet) -> fields.List[Any]:
    one = fields.String(validate=validate.OneOf(sorted(TERM_LABELS[facet])))
    return fields.List(one, validate=validate.Length(max=MOST_CODES))


class Typed:
    """A body: a number is a number there."""

    typed = True


class PersonSchema(Typed, Strict):
    """Coded facts about a person. Names have no place here. What is not said is not asked."""

    age = Whole(validate=validate.Range(0, OLDEST), metadata=_said("In whole years."))
    sex = fields.String(validate=validate.OneOf(SEXES))
    status = _terms(Facet.STATUS)
    vulnerabilities = _terms(Facet.VULNERABILITY)
    languages = _codes(r"^[a-z]{3}$", description="ISO 639-3.")
    documents = _codes(CODE, description="Papers that the person holds; an empty list says none.")


class OrganizationSearchSchema(Typed, OrganizationsSchema):
    """The same as in the address of the list of organisations."""


class PlaceSearchSchema(Typed, PlacesSchema):
    """The same as in the address of the list of services at locations."""


class ServiceSearchSchema(Typed, ServicesSchema):
    """The same as in the address of the list of services, and for whom, in the body, where no log keeps it."""

    need = fields.String(validate=validate.OneOf(sorted(NEEDS)), metadata=_said("The code of a need."))
    place = fields.String(
        validate=validate.Length(max=80), metadata=_said("A P-code or the name of a place: services there or for it.")
    )
    person = fields.Nested(PersonSchema)
    conditions = fields.List(
        fields.String(validate=validate.OneOf(sorted(CONDITIONS))),
        validate=validate.Length(max=len(CONDITIONS)),
        metadata=_said("What must be known to hold: open now, room, language, free of charge, vacancies …"),
    )

    @post_load
    def asked(self, values: dict[str, Any], **_: Any) -> Asked:
        """The values as what is asked."""
        return Asked(**{**values, "conditions": tuple(values.get("conditions", ()))})
