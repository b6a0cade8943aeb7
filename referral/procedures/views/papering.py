"""A form on paper: the blank sheets to fill by hand, each print with a number of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _

from referral.foundation.access import requires
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.paper import House, Stamp
from referral.foundation.transactions import commit_now
from referral.procedures import form_versions
from referral.procedures.form_paper import Blank, blank_form, paper_number
from referral.procedures.form_versions import SHORT
from referral.procedures.models import FormVersion
from referral.procedures.views import bp
from referral.procedures.views.forming import file_of, find_form
from referral.procedures.views.library import download


@bp.get("/forms/<uuid:version_id>/form.pdf")
@requires(Permission.PROCEDURE_READ)
def form_pdf(version_id: UUID) -> Any:
    """The blank form in the reader's language; of a draft without the code that types it in."""
    one = find_form(version_id)
    blank, name, lang = (
        Blank(form_versions.content_of(one), one.content_hash, _stamp(one)),
        file_of(one),
        page_language(),
    )
    commit_now()
    answer = download(blank_form(blank, lang=lang, house=_house(one)), "application/pdf", f"{name}-{lang}.pdf")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _stamp(one: FormVersion) -> Stamp | None:
    if one.published_at is None:
        return None
    number = paper_number()
    base = current_app.config["SETTINGS"].base_url
    return Stamp(f"{base}/identifications/paper/{one.content_hash[:SHORT]}/{number}", number)


def _house(one: FormVersion) -> House:
    settings = current_app.config["SETTINGS"]
    notice = _("Demonstration: invented organisations") if settings.demo else ""
    return House(
        name=settings.product_name, notice=_("DRAFT, not to be filled in") if one.published_at is None else notice
    )
