"""Base consent: the text to read aloud, and what the person, or who stands for a child, answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from referral.cases.models import Case
from referral.consent.actions.base import FORM_CHILD, form_code, record_base_consent
from referral.consent.mark_schemas import MarkReading, read_mark
from referral.consent.queries import translations
from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.formatting import language_name
from referral.foundation.grants import Permission
from referral.foundation.i18n import page_language
from referral.foundation.idempotency import idempotent
from referral.identification.queries import prefiles as queries
from referral.identification.rules import assent_needed, consent_answers
from referral.identification.schemas import BaseConsentSchema
from referral.identification.views import bp
from referral.identification.views.prefile import own_prefile
from sop.texts import Text, load_text


@bp.get("/prefiles/<uuid:case_id>/consent")
@requires(Permission.BASE_CONSENT_RECORD, reads_person=True)
def base_consent(case_id: UUID) -> Any:
    """The text to read aloud, in the language asked for (`?text=en`), and the answer."""
    case = own_prefile(case_id)
    audit.record("base_consent.ask", actor=actor(), now=clock.now(), case_id=case.id, subject=case)
    return _page(case, request.args.get("text", ""))


@bp.post("/prefiles/<uuid:case_id>/consent")
@requires(Permission.BASE_CONSENT_RECORD, uploads=True)
@idempotent
def base_consent_post(case_id: UUID) -> Any:
    """Record the answer: it opens the case, goes back to the best interests, or erases."""
    case = own_prefile(case_id, lock=True)
    asked = [one for part in queries.asked_categories(case) for one in part]
    language = _language(request.form.get("text", request.form.get("language", "")))
    mark, values, errors = _mark(), {}, {}
    try:
        values = _schema(case, asked).load(request.form)
    except ValidationError as error:
        errors = error.messages_dict
    if errors := mark.beside(errors):
        return _page(case, language, errors=errors), 422
    stamp = {"actor": actor(), "today": clock.today(), "now": clock.now()}
    answer = record_base_consent(case, values, asked=asked, text=_text(case, language), mark=mark.mark, **stamp)
    return _after(case, answer)


def _mark() -> MarkReading:
    """What this consent is marked with; a refusal is not marked."""
    if request.form.get("answer") == "no":
        return MarkReading()
    return read_mark(request.form, request.files, current_app.config["SETTINGS"].upload_limits)


def _after(case: Case, answer: str) -> Any:
    """Where base consent leads: out of the file, or back to it when a child refused."""
    if answer != "refused":
        words = _("The case %(code)s is open. %(organisation)s takes over, and your access ends here.")
        flash(words % {"code": case.code, "organisation": case.organization.name}, "success")
    elif case.erased_at is None:
        flash(_("The refusal is recorded. The child’s best interests must be looked at again."), "warning")
        return redirect(url_for(".prefile", case_id=case.id), 303)
    else:
        flash(_("The refusal is recorded; what was written down is erased. Hand out the information sheet."), "success")
    return redirect(url_for(".index"), 303)


def _page(case: Case, language: str, *, errors: Any = None) -> Any:
    plain, sensitive = queries.asked_categories(case)
    code, language = form_code(case), _language(language)
    return render_template(
        "identification/base_consent.html",
        case=case,
        child=code == FORM_CHILD,
        assent=assent_needed(case.facts.get("age")),
        answers=_answers(case),
        plain=plain,
        sensitive=sensitive,
        recipients=queries.base_recipients(case, actor()),
        text=_text(case, language),
        language=language,
        spoken=queries.spoken_language(case),
        **_explained(case, code, language),
        typed=request.form,
        chosen=request.form.getlist("categories"),
        errors=errors or {},
    )


def _explained(case: Case, code: str, language: str) -> dict[str, Any]:
    """In which languages it may be explained, and which of them is chosen beforehand."""
    open_to = translations.reviewed(code)
    own = [(one, language_name(one)) for one in current_app.config["SETTINGS"].languages]
    others = [pair for pair in translations.translatable() if pair[0] in open_to]
    interview = str(case.facts.get("language", ""))
    return {
        "explained": [*own, *others],
        "interview_reviewed": interview in open_to,
        "chosen_language": request.form.get("language") or (interview if interview in open_to else language),
    }


def _language(choice: str) -> str:
    languages = current_app.config["SETTINGS"].languages
    return choice if choice in languages else page_language()


def _text(case: Case, language: str) -> Text:
    return load_text(form_code(case), language, current_app.config["SETTINGS"].country)


def _answers(case: Case) -> tuple[str, ...]:
    return consent_answers(child=form_code(case) == FORM_CHILD, refusals=queries.refusals(case))


def _schema(case: Case, asked: list[Any]) -> BaseConsentSchema:
    languages, code = current_app.config["SETTINGS"].languages, form_code(case)
    return BaseConsentSchema(
        asked=asked,
        languages=languages,
        child=code == FORM_CHILD,
        answers=_answers(case),
        reviewed=translations.reviewed(code),
    )
