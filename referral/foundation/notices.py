"""What notices say: templates that can hold codes only, so that a message on the wrong phone tells nothing.

A notice never names a person, a need or a place: it says that something waits, under which code, and to sign in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import force_locale, gettext

from referral.foundation import signed_links
from referral.foundation.codes import NotACode
from sop.vocabulary import N_

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,39}")
COUNT = re.compile(r"[0-9]{1,6}")
LINKED = re.compile(r"[A-Z]{3,12}:[0-9a-f]{32}(?: [A-Z]{3,12}:[0-9a-f]{32}){0,11}")
PARAMETERS: dict[str, re.Pattern[str]] = {
    "case_code": CODE,
    "reference": CODE,
    "count": COUNT,
    "links": LINKED,
    "vacancies": COUNT,
}
"""The only things a notice may be told, and how each must look. `links`: kinds and ids; tokens are made on leaving."""


@dataclass(frozen=True, slots=True)
class Link:
    """A kind of link that a notice may hold: its label (a message id), what it is for, the path before its token."""

    label: str
    purpose: str
    path: str


LINKS: dict[str, Link] = {}


def register_link(kind: str, label: str, *, purpose: str, path: str) -> None:
    """Let notices hold links of a kind; a blueprint says which."""
    LINKS[kind] = Link(label, purpose, path)


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
    "directory_confirm": Template(
        N_("Is your directory entry still right?"),
        N_(
            "Sections of your entry are to be confirmed: %(count)s. One link for each; no password is needed. "
            "Open it and say “Nothing has changed”, or correct it.\n\n%(links)s\n\n"
            "The links work once, for 14 days. You can also sign in and open “My entry”."
        ),
        frozenset({"count", "links"}),
    ),
    "directory_confirm_vacancies": Template(
        N_("Is your directory entry still right?"),
        N_(
            "Sections of your entry are to be confirmed: %(count)s. One link for each; no password is needed. "
            "Open it and say “Nothing has changed”, or correct it.\n\n%(links)s\n\n"
            "The links work once, for 14 days.\n\n"
            "Your vacancies that end soon: %(vacancies)s. After their last day they disappear by themselves. Sign in, "
            "open “My entry”, then “Vacancies”: prolong those that still hold, withdraw those that are filled."
        ),
        frozenset({"count", "links", "vacancies"}),
    ),
    "vacancy_ending": Template(
        N_("A vacancy ends soon"),
        N_(
            "Your vacancies that end soon: %(vacancies)s. After their last day they disappear by themselves. Sign in, "
            "open “My entry”, then “Vacancies”: prolong those that still hold, withdraw those that are filled."
        ),
        frozenset({"vacancies"}),
    ),
    "entry_hidden": Template(
        N_("An entry of the directory was hidden"),
        N_(
            "A keeper has hidden an entry of the directory at once.\n\n"
            "Please sign in, open “Directory”, then “To be confirmed”, and call."
        ),
        frozenset(),
    ),
    "gap_due": Template(
        N_("A gap is yours to close"),
        N_(
            "Gaps in the coverage of services that you or your organisation promised to close, and whose day is near "
            "or over: %(count)s.\n\n"
            "Please sign in and open “My entry”, or “Coverage” if you work for the coordination."
        ),
        frozenset({"count"}),
    ),
    "autonomy_granted": Template(
        N_("Your organisation publishes at once from now on"),
        N_(
            "Your organisation keeps its directory entries well: from now on what you change is published without "
            "being read first. Name, needs, visibility and whether the address is shown are still read by the "
            "coordination.\n\nIf confirmations are missed, this ends by itself. See “My entry”."
        ),
        frozenset(),
    ),
    "autonomy_over": Template(
        N_("Changes of your directory entries are read first"),
        N_(
            "From now on the coordination reads again some of the changes of your directory entries before they are "
            "published, because confirmations were missed or entries were wrong, or because it decided so.\n\n"
            "Please sign in and open “My entry”: it says what is to be confirmed."
        ),
        frozenset(),
    ),
    "autonomy_called": Template(
        N_("The coordination will call you about your directory entries"),
        N_(
            "From now on the coordination calls your organisation as soon as a confirmation of its directory entries "
            "is due. You can still confirm yourself, under “My entry”."
        ),
        frozenset(),
    ),
    "autonomy_fell": Template(
        N_("Organisations are no longer autonomous"),
        N_(
            "Organisations that published without being read first have missed confirmations, or their entries were "
            "wrong: they are as usual again. Number: %(count)s.\n\nPlease sign in and open “Autonomy”."
        ),
        frozenset({"count"}),
    ),
    "organization_suspended": Template(
        N_("Your organisation is suspended from the network"),
        N_(
            "From now on none of your services is offered for a new referral. Referrals that you received before go "
            "on: the people in them are expected.\n\nThe coordination says why: please call it."
        ),
        frozenset(),
    ),
    "suspension_lifted": Template(
        N_("The suspension of your organisation has ended"),
        N_(
            "Your services are offered for referrals again.\n\n"
            "Please sign in and open “My entry”: it says what is to be confirmed."
        ),
        frozenset(),
    ),
    "agreement_ending": Template(
        N_("An agreement ends soon"),
        N_(
            "An agreement reaches its last day soon. After it nothing is shared under it.\n\n"
            "Agreement: %(reference)s\nReferrals that would stop: %(count)s\n\n"
            "Please sign in, open “Agreements” and see whether it is to be renewed."
        ),
        frozenset({"reference", "count"}),
    ),
    "agreement_stopped": Template(
        N_("A referral of yours has lost its agreement"),
        N_(
            "The agreement under which this referral was sent is no longer in force: the service sees nothing more.\n\n"
            "Case: %(case_code)s\nReferral: %(reference)s\n\n"
            "Please sign in and look for another way for the person."
        ),
        frozenset({"case_code", "reference"}),
    ),
    "consent_ends": Template(
        N_("A consent ends soon"),
        N_(
            "A consent in this case ends soon; afterwards the recipient sees nothing more. If the person still "
            "wants it, ask again.\n\nCase: %(case_code)s\nDays left: %(count)s\n\nPlease sign in."
        ),
        frozenset({"case_code", "count"}),
    ),
    "consent_over": Template(
        N_("A consent has ended"),
        N_(
            "A consent in this case has ended: the recipient sees nothing more. If the person still wants it, "
            "ask again.\n\nCase: %(case_code)s\n\nPlease sign in."
        ),
        frozenset({"case_code"}),
    ),
    "consent_adult": Template(
        N_("Somebody has come of age: ask again"),
        N_(
            "The person of this case was a minor when consent was given, and is an adult now. That consent no longer "
            "counts: ask them yourself.\n\nCase: %(case_code)s\n\nPlease sign in."
        ),
        frozenset({"case_code"}),
    ),
    "consent_stopped": Template(
        N_("Consent was withdrawn: please stop"),
        N_(
            "The person of this case has withdrawn consent, wholly or in part. Stop using what you received, give it "
            "back or destroy it, on paper too, and confirm it under “Data to destroy”.\n\nCase: %(case_code)s"
        ),
        frozenset({"case_code"}),
    ),
    "stop_unconfirmed": Template(
        N_("A stop is not confirmed yet"),
        N_(
            "Consent was withdrawn, and the recipient has not confirmed that it gave back or destroyed what it "
            "received.\n\nCase: %(case_code)s\n\nPlease sign in and open “Data to destroy”."
        ),
        frozenset({"case_code"}),
    ),
    "request_due": Template(
        N_("A request about a file is nearly late"),
        N_(
            "A person asked something about their file, and the day of the answer is near or over.\n\n"
            "Case: %(case_code)s\n\nPlease sign in and open “Rights”."
        ),
        frozenset({"case_code"}),
    ),
    "breach_due": Template(
        N_("The Authority was not told of a breach yet"),
        N_(
            "A breach is in the log and the time to tell the Authority is nearly or wholly over.\n\n"
            "Number: %(reference)s\n\nPlease sign in and open “Rights”, then “Breaches”."
        ),
        frozenset({"reference"}),
    ),
    "hold_due": Template(
        N_("A legal hold is to be looked at again"),
        N_(
            "A file is kept by a legal hold, and the day on which somebody looks at it again is near or over.\n\n"
            "Case: %(case_code)s\n\nPlease sign in and open “Rights”, then “Legal holds”."
        ),
        frozenset({"case_code"}),
    ),
    "hold_over": Template(
        N_("A legal hold has ended"),
        N_(
            "The last day of a legal hold is past. If the file must be kept for longer, place a new hold.\n\n"
            "Case: %(case_code)s\n\nPlease sign in and open “Rights”, then “Legal holds”."
        ),
        frozenset({"case_code"}),
    ),
    "file_erased": Template(
        N_("A file was erased: please do the same"),
        N_(
            "The file of a case of which you received a part was erased. Please destroy what you hold about it, on "
            "paper too, and keep only what the law asks you to keep.\n\nCase: %(case_code)s"
        ),
        frozenset({"case_code"}),
    ),
    "emergency_opened": Template(
        N_("An emergency access was opened"),
        N_(
            "Somebody opened a case because a life is in danger.\n\nCase: %(case_code)s\n\n"
            "Somebody else reviews it. Please sign in."
        ),
        frozenset({"case_code"}),
    ),
    "emergency_tell": Template(
        N_("Tell the person about an emergency access"),
        N_(
            "Somebody opened this case because a life is in danger. The person is to be told, as soon as it is "
            "safe.\n\nCase: %(case_code)s\n\nPlease sign in."
        ),
        frozenset({"case_code"}),
    ),
    "emergency_overdue": Template(
        N_("The review of an emergency access is overdue"),
        N_(
            "The time for it is over and nobody has reviewed it.\n\n"
            "Case: %(case_code)s\n\nPlease sign in and review it."
        ),
        frozenset({"case_code"}),
    ),
    "data_officer_missing": Template(
        N_("Appoint a data officer"),
        N_(
            "An emergency access waits for a review, and no data officer has an active account. As long as there is "
            "none, only the coordination can review it. Please appoint a data officer."
        ),
        frozenset(),
    ),
    "account_suspended": Template(
        N_("An account was suspended"),
        N_(
            "Two emergency accesses of one account were found not to be justified. The account is suspended. "
            "Please sign in: the register names it."
        ),
        frozenset(),
    ),
    "order_received": Template(
        N_("An authority has asked for information"),
        N_(
            "A request of an authority was registered.\n\nReference: %(reference)s\n\n"
            "Please sign in to see what is to be done."
        ),
        frozenset({"reference"}),
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
        if "links" in values:
            values["links"] = "\n".join(map(_linked, values["links"].split()))
        body = "\n\n".join((gettext(template.body) % values, settings.base_url + "/", gettext(FOOTER)))
    return Notice(f"[{settings.product_name}] {subject}", body + "\n")


def _linked(written: str) -> str:
    """A link with its token, which exists from here on only."""
    kind, _, link_id = written.partition(":")
    link, settings = LINKS[kind], current_app.config["SETTINGS"]
    return f"{gettext(link.label)}\n{settings.base_url}{link.path}{signed_links.token(link.purpose, UUID(hex=link_id))}"
