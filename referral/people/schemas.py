"""What may be typed into the search."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from sop.vocabulary import N_


class SearchSchema(Schema):
    """A few words: a case code, a name, a service, a step."""

    class Meta:
        """Other fields are not ours."""

        unknown = EXCLUDE

    q = fields.String(
        required=True, validate=validate.Length(2, 120, error=N_("Type two letters at least, 120 at most."))
    )
