"""The procedure as a text to read and to comment on, paragraph by paragraph."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from flask import render_template

from referral.foundation.access import can, requires
from referral.foundation.grants import Permission
from referral.procedures import queries
from referral.procedures.printing import Paper, book
from referral.procedures.rules import Anchor, AnchorKind, VersionState
from referral.procedures.views import bp
from referral.procedures.views.frame import find, framed, linker, order_of


@bp.get("/versions/<uuid:version_id>/text")
@requires(Permission.PROCEDURE_READ)
def text(version_id: UUID) -> str:
    """The same document as on paper, as a page; each paragraph can be linked to, and commented on while one may."""
    one = find(version_id)
    order = order_of(one, Paper.DOCUMENT)
    open_now = one.state is VersionState.CONSULTATION and one.consultation_closed_at is None
    comments = queries.comments_of(one.id) if one.consultation_opened_at else []
    anchors = [Anchor.parse(comment.anchor) for comment in comments]
    return render_template(
        "procedures/text.html",
        **framed(one),
        book=book(order),
        writes=open_now and can(Permission.PROCEDURE_COMMENT),
        said=Counter(one.place for one in anchors if one and one.kind is AnchorKind.PARAGRAPH),
        link=linker(one, order.flowchart),
    )
