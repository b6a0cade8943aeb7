"""What the case team may type with an act on a referral that was sent."""

from __future__ import annotations

from marshmallow import fields, validate

from referral.referrals.rules import RECALL_REASONS, DeclineReason, ReferralAction, ServiceResult
from referral.referrals.schemas.answering import CHOOSE, LONGEST_NOTE, TOO_LONG, NoteSchema, one_of
from sop.vocabulary import N_

ANSWER = N_("Write the information that the service asked for.")


class InformSchema(NoteSchema):
    """The information asked for: words are needed."""

    note = fields.String(
        required=True, error_messages={"required": ANSWER}, validate=validate.Length(1, LONGEST_NOTE, error=TOO_LONG)
    )


class RecallSchema(NoteSchema):
    """Why the referral is taken back."""

    reason = one_of(DeclineReason, validate=validate.OneOf(RECALL_REASONS, error=CHOOSE))


class CloseSchema(NoteSchema):
    """What the person says of the service received."""

    reason = one_of(ServiceResult)


SCHEMAS: dict[ReferralAction, type[NoteSchema]] = {
    ReferralAction.PROVIDE_INFO: InformSchema,
    ReferralAction.RECALL: RecallSchema,
    ReferralAction.CLOSE: CloseSchema,
}


def follow_schema(action: ReferralAction) -> NoteSchema:
    """The schema of an act of the sender."""
    return SCHEMAS.get(action, NoteSchema)()
