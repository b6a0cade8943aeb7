"""What a machine is told when something is wrong: problem details (RFC 9457) in the language that it accepts."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _

from referral.foundation.i18n import translate
from sop.vocabulary import N_, Message

MEDIA = "application/problem+json"
ENDED = "urn:hsds-cm:problem:ended"
DETAILS: dict[int, str] = {
    400: N_("The body is not JSON that can be read."),
    404: N_("There is nothing at this address, or nothing that everybody may read."),
    405: N_("This address is not used with that method."),
    410: N_("This service has ended. Where another one took its place, its address is given."),
    415: N_("Send the search as JSON (application/json)."),
    422: N_("A parameter is not known, or has a value that it does not take."),
    429: N_("Too many requests from one address. Wait as long as Retry-After says."),
}
HAS_ENDED = N_("This service has ended")
WAIT = "1"


class Refused(Exception):
    """Parameters that are not taken: where each stands (`query` or `body`), its name, `unknown` or `invalid`."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("refused")
        self.errors = errors


def problem(status: int, title: str, detail: str, **members: Any) -> Response:
    """One problem as an answer. Never stored by anybody on the way."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    answer = Response(json.dumps(body), status, mimetype=MEDIA)
    answer.vary.add("Accept-Language")
    if status == 429:
        answer.headers["Retry-After"] = WAIT
    methods = getattr(request.routing_exception, "valid_methods", None)
    if status == 405 and methods:
        answer.headers["Allow"] = ", ".join(sorted(methods))
    return answer


def voice(status: int, reference: str, title: str, sentence: str | None) -> Response:
    """What the house says of an error, for machines; see `referral.errors.VOICES`."""
    detail = sentence or (_(DETAILS[status]) if status in DETAILS else _(title))
    return problem(status, _(title), detail, reference=reference)


def refused(errors: list[dict[str, str]], detail: str = "") -> Response:
    """422 with each parameter that was not taken."""
    title = _("Something is not right in what was asked")
    return problem(422, title, detail or _(DETAILS[422]), errors=errors)


def wrong(field: str, message: Message) -> Response:
    """422 for a fact about a person that cannot be understood."""
    name = field if field in ("need", "conditions") else f"person.{field}"
    return refused([{"in": "body", "name": name, "code": "invalid"}], translate(message))


def nowhere(message: Message) -> Response:
    """404 for a place that is none, or several."""
    return problem(404, _("There is no such place"), translate(message))


def ended(service_id: UUID, successor: UUID | None) -> Response:
    """410 with the id of what ended, and where to look instead."""
    more: dict[str, Any] = {"type": ENDED, "id": str(service_id)}
    if successor is not None:
        more["replaced_by"] = {"id": str(successor), "url": address("api.service", service_id=successor)}
    return problem(410, _(HAS_ENDED), _(DETAILS[410]), **more)


def replaced(organization_id: UUID, successor: UUID) -> Response:
    """410 for an organisation that another one is shown for."""
    link = {"id": str(successor), "url": address("api.organization", organization_id=successor)}
    return problem(410, _(HAS_ENDED), _(DETAILS[410]), type=ENDED, id=str(organization_id), replaced_by=link)


def address(endpoint: str, **values: Any) -> str:
    """The public address of one of our endpoints: that of the settings, whatever host a request names."""
    base: str = current_app.config["SETTINGS"].base_url
    return base + url_for(endpoint, **values)
