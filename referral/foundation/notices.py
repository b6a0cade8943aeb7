"""What notices say: templates that can hold codes only, so that a message on the wrong phone tells nothing.

A notice never names a person, a need or a place: it says that something waits, under which code, and to sign in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext

from referral.foundation.codes import NotACode
from sop.vocabulary import N_

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,39}")
COUNT = re.compile(r"[0-9]{1,6}")
PARAMETERS: dict[str, re.Pattern[str]] = {"case_code": CODE, "reference": CODE, "count": COUNT}
"""The only things a notice may be told, and how each must look."""


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body (English message ids) and the parameters that both may use."""

    subject: str
    body: str
    parameters: frozenset[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """A rendered notice."""

    subject: str
    body: str


TEMPLATES: dict[str, Template] = {
    "referral_received": Template(
        N_("A referral waits for your answer"),
        N_(
            "A referral was sent to your service.\n\n"
            "Case: %(case_code)s\nReferral: %(reference)s\n\n"
            "Please sign in to acknowledge it and answer."
        ),
        frozenset({"case_code", "reference"}),
    ),
    "referral_moved": Template(
        N_("News on a referral"),
        N_(
            "The service has answered or moved on with a referral of yours.\n\n"
            "Case: %(case_code)s\nReferral: %(reference)s\n\n"
            "Please sign in to see what happened and what to do next."
        ),
        frozenset({"case_code", "reference"}),
    ),
    "referral_recalled": Template(
        N_("A referral was recalled"),
        N_(
            "A referral to your service was recalled; please do nothing more about it.\n\n"
            "Case: %(case_code)s\nReferral: %(reference)s"
        ),
        frozenset({"case_code", "reference"}),
    ),
    "prefile_received": Template(
        N_("A new file waits for base consent"),
        N_("A new identification was submitted to your organisation.\n\nReference: %(reference)s\n\nPlease sign in."),
        frozenset({"reference"}),
    ),
    "case_assigned": Template(
        N_("A case was assigned to you"),
        N_("You are now the case manager of a case.\n\nCase: %(case_code)s\n\nPlease sign in."),
        frozenset({"case_code"}),
    ),
    "password_changed": Template(
        N_("Your password was changed"),
        N_("The password of your account was changed. If it was not you, tell your administrator at once."),
        frozenset(),
    ),
}
FOOTER = N_("This notice holds no personal data. Please do not answer it.")


def check(code: str, parameters: Mapping[str, object]) -> dict[str, str]:
    """The parameters as text; raises `NotACode` for anything that the template or the house does not allow."""
    template = TEMPLATES[code]
    if set(parameters) != template.parameters:
        raise NotACode(f"the notice {code} takes {', '.join(sorted(template.parameters)) or 'nothing'}")
    texts = {name: str(value) for name, value in parameters.items()}
    for name, text in texts.items():
        if not PARAMETERS[name].fullmatch(text):
            raise NotACode(f"{name} is not a code")
    return texts


def render(code: str, parameters: Mapping[str, Any], language: str) -> Notice:
    """The notice in the recipient's language; raises KeyError when the template is not known."""
    template, settings = TEMPLATES[code], current_app.config["SETTINGS"]
    values = check(code, parameters)
    with force_locale(language if language in settings.languages else settings.default_language):
        subject = gettext(template.subject)
        body = "\n\n".join((gettext(template.body) % values, settings.base_url + "/", gettext(FOOTER)))
    return Notice(f"[{settings.product_name}] {subject}", body + "\n")
