"""What a stranger or a user may type about their account."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate


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
