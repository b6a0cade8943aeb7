"""The consent page and what was typed into it, for a service and for the consents asked beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, render_template, request
from marshmallow import Schema, ValidationError

from referral.cases.models import Case
from referral.consent import requirements, wording
from referral.consent.mark_schemas import MarkReading, read_mark
from referral.consent.queries import translations
from referral.consent.readings import long_code
from referral.consent.requirements import Answer, Asked, Choice
from referral.consent.wording import words_for
from referral.foundation.i18n import page_language
from referral.referrals.models import Referral
from referral.referrals.views.ways import case_url
from sop.vocabulary import MINIMUM, N_, SENSITIVE, Category, Need

MARKS = (
    ("signature", N_("signature")),
    ("thumbprint", N_("thumbprint")),
    ("oral", N_("spoken, before a witness")),
)
CHOICES = (
    (Choice.CONSENT, N_("Yes, to what is ticked below")),
    (Choice.OTHER_PROVIDER, N_("The person prefers another service")),
    (Choice.STOP, N_("The person wants no service for this need")),
)
BEFOREHAND = (
    (Choice.CONSENT, N_("Yes, the person agrees")),
    (Choice.STOP, N_("No, or not now: nothing is passed on")),
)
TYPED = (
    "choice", "interpreter", "interpreter_name", "understood", "free", "assent", "guardian", "best_interests",
    "representative", "mark", "witness", "drawn",
)  # fmt: skip


def errors_of(schema: Schema, form: Any) -> tuple[Any, dict[str, Any]]:
    """What a form says, or nothing and what is wrong with it, by field."""
    try:
        return schema.load(form), {}
    except ValidationError as error:
        return None, dict(error.messages_dict)


def posted_mark(answer: Answer | None) -> MarkReading:
    """What the consent of this form is marked with; a refusal is not marked."""
    if answer is not None and answer.choice is not Choice.CONSENT:
        return MarkReading()
    return read_mark(request.form, request.files, current_app.config["SETTINGS"].upload_limits)


def consent_page(
    case: Case,
    need: Need,
    asked: Asked,
    *,
    referral: Referral | None = None,
    offered: tuple[Category, ...] = (),
    errors: Mapping[str, Any] | None = None,
) -> str:
    """The page that asks, with what was typed kept."""
    purpose = wording.purpose_of(need) if referral else wording.SPECIFIC[need][0]
    form, posted = request.form, request.method == "POST"
    text = wording.text_of(purpose, page_language())
    return render_template(
        "referrals/consent.html",
        case=case,
        need=need,
        asked=asked,
        referral=referral,
        text=text,
        choices=CHOICES if referral else BEFOREHAND,
        marks=MARKS,
        languages=_languages(asked, form.get("language", "")),
        groups=_groups(need, offered),
        ticked=form.getlist("categories") if posted else _preselected(need),
        posted=posted,
        typed={name: form.get(name, "") for name in TYPED},
        until=form if posted else requirements.months_later(asked.today, requirements.USUAL_MONTHS),
        language=form.get("language", "") if posted else long_code(str(case.facts.get("language", ""))),
        errors=errors or {},
        case_url=case_url(case),
        blocks=words_for(text, child=asked.child),
    )


def _preselected(need: Need) -> list[str]:
    """The need's minimum; what is sensitive is never ticked beforehand."""
    return [one.value for one in MINIMUM[need] if one not in SENSITIVE]


def _groups(need: Need, offered: tuple[Category, ...]) -> dict[str, list[tuple[str, Any]]]:
    """The categories as three lists of choices: needed, needed and sensitive, more if the person wants it."""
    minimum = MINIMUM[need]
    groups: dict[str, list[tuple[str, Any]]] = {"plain": [], "sensitive": [], "more": []}
    for one in offered:
        kind = "more" if one not in minimum else "sensitive" if one in SENSITIVE else "plain"
        groups[kind].append((one.value, one))
    return groups


def _languages(asked: Asked, typed: str) -> list[tuple[str, Any]]:
    """The house's languages, those with a reviewed translation, and what was typed, so that it is not lost."""
    open_to = asked.languages | asked.reviewed | {typed}
    return [("", "–"), *((code, label) for code, label in translations.spoken() if code in open_to)]


def language_label(code: str) -> Any:
    """The name of a language by the form's own list; the code where it is not there."""
    return dict(translations.spoken()).get(code, code)
