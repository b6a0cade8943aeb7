"""What a party signed an agreement with (a drawing, a picture, the scan of the paper): sealed under the key ring.

It is nobody's file, so no data key of a case fits; but whoever had it could sign other papers with it. The seal names
the row and the text that was signed: under another agreement or another text it does not open.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from referral.foundation import sealing
from referral.foundation.media import Media
from referral.foundation.tables import new_id
from referral.partners.models import Agreement, AgreementSignature
from referral.partners.rules.agreements import Side, SignatureMethod

SHOWN = frozenset({SignatureMethod.DRAWN, SignatureMethod.PICTURE})
"""Ways that leave a picture of the signature, which stands on the page and on the paper."""


def keep(given: Media | None, text_hash: str) -> dict[str, Any]:
    """The columns of a new signature that hold what it was given with; its id alone without anything."""
    row_id = new_id()
    if given is None:
        return {"id": row_id}
    return {
        "id": row_id,
        "file_hash": hashlib.sha256(given.data).hexdigest(),
        "media_type": given.media_type,
        "content": sealing.seal_secret_bytes(_purpose(row_id, text_hash), given.data),
        "sealed": True,
    }


def content(row: AgreementSignature) -> bytes | None:
    """What a party signed with, None where it was only declared.

    Raises `sealing.Tampered` when it is not what was kept under this text.
    """
    if row.content is None:
        return None
    data = sealing.open_secret_bytes(_purpose(row.id, row.text_hash), row.content) if row.sealed else row.content
    if not hmac.compare_digest(hashlib.sha256(data).hexdigest(), row.file_hash):
        raise sealing.Tampered("this is not what the agreement was signed with")
    return data


def pictures(one: Agreement) -> Mapping[Side, bytes]:
    """The pictures of the signatures that stand under an agreement, by party."""
    found = {row.side: content(row) for row in one.signatures if row.method in SHOWN}
    return {side: data for side, data in found.items() if data}


def _purpose(row_id: UUID, text_hash: str) -> str:
    return f"agreement_signature:{row_id}|{text_hash}"
