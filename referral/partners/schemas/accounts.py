"""What a stranger or a user may type about their account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from referral.foundation.outbox import MessageState


class SignInSchema(Schema):
    """Name and password; nothing is said about which of the two is wrong."""

    class Meta:
        """Other fields (CSRF, what is kept for later) are not ours."""

        unknown = EXCLUDE

    username = fields.String(required=True, validate=validate.Length(1, 120))
    password = fields.String(required=True, validate=validate.Length(1, 256))


class CodeSchema(Schema):
    """The six digits of the second factor."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    code = fields.String(required=True, validate=validate.Regexp(r"^\s*\d{3}\s?\d{3}\s*$"))


class PasswordSchema(Schema):
    """The present password and the new one, twice."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    present = fields.String(required=True, validate=validate.Length(1, 256))
    new = fields.String(required=True, validate=validate.Length(1, 300))
    again = fields.String(required=True, validate=validate.Length(1, 300))


class NoticeFilterSchema(Schema):
    """The filters of the list of notices as they stand in the URL."""

    class Meta:
        """Other parameters are not ours."""

        unknown = EXCLUDE

    state = fields.Enum(MessageState, by_value=True, load_default=None)
    before = fields.Integer(validate=validate.Range(1, 2**53), load_default=None)

    def read(self, arguments: Mapping[str, str]) -> dict[str, Any]:
        """What the query string says; what is not a code of ours narrows nothing."""
        nothing: dict[str, Any] = {"state": None, "before": None}
        try:
            return nothing | self.load({name: value for name, value in arguments.items() if value})
        except ValidationError as error:
            return nothing | (error.valid_data if isinstance(error.valid_data, dict) else {})
