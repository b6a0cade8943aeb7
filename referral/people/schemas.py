"""What may be typed into the search, and about family, safe contact and the protection of a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from referral.foundation.ticks import Tick
from referral.people.contact import SafeContact, Way
from referral.people.duplicates import PairState, Side
from referral.people.relations import NEW, Authority, LinkKind, Protection, Tracing
from sop.vocabulary import N_

CHOOSE = N_("Choose an answer.")
FILL_IN = N_("Please fill this in.")
TOO_LONG = N_("This text is too long.")
WHOLE_TIME = N_("Enter a time, for example 08:30.")
BOTH_HOURS = N_("Enter both hours, or neither.")
WHO = N_("Enter the code of the other file, or a name or a description.")
AGREE = N_("Nobody is looked for against the person’s will: ask first, then tick this.")


class SearchSchema(Schema):
    """A few words: a case code, a name, a service, a step."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    q = fields.String(
        required=True, validate=validate.Length(2, 120, error=N_("Type two letters at least, 120 at most."))
    )


def text(longest: int) -> fields.String:
    """A text of at most so many characters; empty is allowed."""
    return fields.String(load_default="", validate=validate.Length(max=longest, error=TOO_LONG))


def member(kind: Any, *, required: bool = True, only: Any = None) -> fields.Enum[Any]:
    """One member of a closed set."""
    checks = [validate.OneOf(only, error=CHOOSE)] if only else []
    messages: dict[str, Any] = {"required": CHOOSE, "unknown": CHOOSE}
    return fields.Enum(kind, by_value=True, required=required, validate=checks, error_messages=messages)


class _Typed(Schema):
    """What a page posts: spaces around texts go, empty inputs count as not given."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    @pre_load
    def stripped(self, data: Mapping[str, str], **_options: Any) -> dict[str, str]:
        """Only what was given."""
        given = {name: str(data[name]).strip() for name in self.load_fields if name in data}
        return {name: value for name, value in given.items() if value}


class LinkSchema(_Typed):
    """A relative, a guardian or a companion; `code` is that of another file."""

    kind = member(LinkKind)
    code = text(24)
    name = text(200)
    contact = text(300)
    note = text(2_000)
    authority = member(Authority, required=False)
    tracing = member(Tracing, only=NEW)
    same_household = Tick()

    @validates_schema
    def known(self, values: Mapping[str, Any], **_options: Any) -> None:
        """Somebody must be meant."""
        if not any(values.get(one) for one in ("code", "name", "note")):
            raise ValidationError({"name": [WHO]})


class ChangeSchema(LinkSchema):
    """The same, said anew; a search needs the person's word, which is ticked once."""

    tracing = member(Tracing)
    agreed = Tick()

    def __init__(self, *, before: Tracing, possible: tuple[Tracing, ...], agreed: bool, has_file: bool) -> None:
        super().__init__()
        self.before, self.possible, self.was_agreed, self.has_file = before, possible, agreed, has_file

    @validates_schema
    def known(self, values: Mapping[str, Any], **_options: Any) -> None:
        """Somebody must be meant; who has a file of their own needs no words."""
        if not self.has_file:
            super().known(values)

    @validates_schema
    def moves(self, values: Mapping[str, Any], **_options: Any) -> None:
        """The search goes on as the table of moves allows."""
        wanted = values.get("tracing")
        if wanted is not None and wanted is not self.before and wanted not in self.possible:
            raise ValidationError({"tracing": [CHOOSE]})
        if wanted is Tracing.SOUGHT and not (self.was_agreed or values["agreed"]):
            raise ValidationError({"agreed": [AGREE]})


class ContactSchema(_Typed):
    """How the person wants to be reached."""

    way = member(Way)
    sms = fields.Boolean(load_default=False, truthy={"yes"}, falsy={"no"}, error_messages={"invalid": CHOOSE})
    visits = fields.Boolean(load_default=False, truthy={"yes"}, falsy={"no"}, error_messages={"invalid": CHOOSE})
    begins = fields.Time(format="%H:%M", error_messages={"invalid": WHOLE_TIME, "format": WHOLE_TIME})
    ends = fields.Time(format="%H:%M", error_messages={"invalid": WHOLE_TIME, "format": WHOLE_TIME})
    through = text(200)
    through_phone = text(60)
    say = text(200)

    @validates_schema
    def whole(self, values: Mapping[str, Any], **_options: Any) -> None:
        """Hours come in pairs, and a go-between has a name."""
        if ("begins" in values) != ("ends" in values):
            raise ValidationError({"ends" if "begins" in values else "begins": [BOTH_HOURS]})
        if values.get("way") is Way.THROUGH and not values["through"]:
            raise ValidationError({"through": [FILL_IN]})

    @post_load
    def contact(self, values: dict[str, Any], **_options: Any) -> SafeContact:
        """Only what belongs to the way chosen is kept."""
        way: Way = values["way"]
        if way is Way.NEVER:
            return SafeContact(way)
        if way is Way.THROUGH:
            return SafeContact(way, through=values["through"], through_phone=values["through_phone"])
        begins, ends = values.get("begins"), values.get("ends")
        return SafeContact(way, values["sms"], values["visits"], begins, ends, say=values["say"])


class ProtectionSchema(_Typed):
    """Why a name is kept."""

    why = member(Protection)


REASON = N_("Say in a few words why: whoever reads the file later needs it.")


class PairFilterSchema(Schema):
    """Which pairs are shown; what is not understood is as if it were not there."""

    class Meta:
        """Other parameters are not ours."""

        unknown = EXCLUDE

    state = fields.String(load_default="")
    after = fields.String(load_default="")

    @post_load
    def typed(self, values: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Codes become members and identifiers."""
        state = next((one for one in PairState if one.value == values["state"]), None)
        try:
            after = UUID(values["after"])
        except ValueError:
            after = None
        return {"state": state, "after": after}


class AnswerSchema(Schema):
    """What a reviewer says about a pair; "different" is remembered, so it needs a reason."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    answer = fields.String(
        required=True,
        validate=validate.OneOf(
            [PairState.SAME, PairState.DIFFERENT, PairState.NOT_SURE], error=N_("Choose an answer.")
        ),
        error_messages={"required": N_("Choose an answer.")},
    )
    reason = fields.String(load_default="", validate=validate.Length(max=2_000, error=N_("This text is too long.")))

    @validates_schema
    def with_reason(self, values: Mapping[str, Any], **_options: Any) -> None:
        """Ask why where the answer is remembered."""
        if values.get("answer") == PairState.DIFFERENT and not values["reason"].strip():
            raise ValidationError({"reason": [REASON]})

    @post_load
    def typed(self, values: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Codes become members."""
        return values | {"answer": PairState(values["answer"]), "reason": values["reason"].strip()}


class JoinSchema(Schema):
    """A reason, and for each answer that differs the side that is kept."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    reason = fields.String(load_default="")
    seen = fields.String(load_default="")

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = list(names)

    @pre_load
    def gather(self, data: Mapping[str, Any], **_options: Any) -> dict[str, Any]:
        """The sides beside the rest."""
        self.sides = {name: str(data.get(f"keep-{name}", "")) for name in self.names}
        return {"reason": str(data.get("reason", "")).strip(), "seen": str(data.get("seen", ""))[:64]}

    @validates_schema
    def complete(self, values: Mapping[str, Any], **_options: Any) -> None:
        """Nothing is chosen for the reviewer."""
        missing = {
            f"keep-{name}": [N_("Choose an answer.")] for name, side in self.sides.items() if side not in set(Side)
        }
        if not values["reason"]:
            missing["reason"] = [REASON]
        elif len(values["reason"]) > 2_000:
            missing["reason"] = [N_("This text is too long.")]
        if missing:
            raise ValidationError(missing)

    @post_load
    def typed(self, values: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Codes become members."""
        return values | {"choices": {name: Side(side) for name, side in self.sides.items()}}
