"""The OpenRosa 1.0 interface of ODK Collect and KoboCollect: blank forms out, filled-in forms in.

Each request shows a phone's own token (HTTP Basic, which is safe over TLS alone; Digest is not offered, because it
needs the token in clear on the server). Answers to errors are OpenRosa messages in the user's language.
https://docs.getodk.org/openrosa/ and https://github.com/getodk/docs/tree/master/docs (form list, submission, manifest).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

import flask_babel
from flask import Blueprint, Response, abort, current_app, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException

from referral.errors import SENTENCES, RuleViolation
from referral.extensions import csrf, db
from referral.foundation import clock
from referral.foundation.access import actor, largest_body, public
from referral.foundation.i18n import translate
from referral.foundation.transactions import SAFE, begin_writing, commit_now, reading
from referral.identification import gate
from referral.identification.actions import phones
from referral.identification.rules import Channel
from referral.identification.schemas import moment_of
from referral.identification.xforms import PhoneForm, for_phones, form_for_phones
from referral.partners.actions import count_try
from referral.procedures import queries as procedures
from sop.forms import Form
from sop.instances import Instance, read_instance
from sop.questions import Kind
from sop.vocabulary import N_, Message
from sop.xml_gate import Unimportable

bp = Blueprint("openrosa", __name__)
csrf.exempt(bp)  # a phone has no session: every request shows its token
log = logging.getLogger("mnr")

LIST = "http://openrosa.org/xforms/xformsList"
MANIFEST = "http://openrosa.org/xforms/xformsManifest"
MESSAGE = "http://openrosa.org/http/response"
FILE = "xml_submission_file"
INCOMPLETE = "*isIncomplete*"
NO_FILE = Message("no_form_file", N_("The form itself is missing in what was sent (xml_submission_file)."))
NO_ID = Message("no_instance_id", N_("The form has no instanceID of the kind “uuid:…”."))
AN_EDIT = Message("an_edit", N_("A form that was sent cannot be replaced from a phone. Correct it in the system."))
WRONG_TOKEN = N_("This phone is not known here, or it was revoked. Add it again on your account’s page.")


@bp.before_request
def recognise() -> None:
    """Whose phone it is; a stranger is asked for the token, and wrong ones are counted."""
    shown = request.authorization
    if shown is None or shown.type != "basic" or not shown.username:
        abort(401)
    now, found = clock.now(), phones.recognise(shown.username, shown.password or "")
    if found is None:
        begin_writing()
        free = count_try("phone", f"{request.remote_addr}|{shown.username.strip().lower()[:120]}", now=now)
        commit_now()
        abort(401 if free else 429)
    g.phone, g._login_user = found  # noqa: SLF001 - where Flask-Login keeps who acts in this request
    flask_babel.refresh()
    if phones.is_due(g.phone, now):
        if request.method in SAFE:
            begin_writing()
        phones.note_use(db.session.merge(g.phone), now=now)
    commit_now()
    if request.mimetype == "multipart/form-data":
        request.max_content_length = largest_body()


@bp.after_request
def say_openrosa(response: Response) -> Response:
    """The headers that the interface asks for."""
    response.headers["X-OpenRosa-Version"] = "1.0"
    response.headers["X-OpenRosa-Accept-Content-Length"] = str(largest_body())
    response.date = clock.now()
    return response


@bp.get("/formList")
@public
def form_list() -> Any:
    """The blank forms in force; `?formID=` one of them, `?verbose=` with a description."""
    wanted, verbose = request.args.get("formID"), "verbose" in request.args
    listed = [one for one in for_phones() if wanted in (None, one.form.id)]
    return _xml(f'<xforms xmlns="{LIST}">{"".join(_listed(one, verbose) for one in listed)}</xforms>')


def _listed(one: PhoneForm, verbose: bool) -> str:
    parts = {
        "formID": one.form.id,
        "name": one.form.title,
        "version": one.form.version,
        "hash": f"md5:{_md5(one.xform)}",
        "downloadUrl": _address("openrosa.form", form_id=one.form.id),
    }
    if verbose:
        parts["descriptionText"] = one.form.title
    if one.files:
        parts["manifestUrl"] = _address("openrosa.manifest", form_id=one.form.id)
    return f"<xform>{_elements(parts)}</xform>"


@bp.get("/forms/<form_id>.xml")
@public
def form(form_id: str) -> Any:
    """A blank form."""
    return _xml(_wanted(form_id).xform, declared=True)


@bp.get("/forms/<form_id>/manifest")
@public
def manifest(form_id: str) -> Any:
    """The files that a blank form reads."""
    files = _wanted(form_id).files
    listed = (
        _elements(
            {
                "filename": name,
                "hash": f"md5:{_md5(text)}",
                "downloadUrl": _address("openrosa.media", form_id=form_id, name=name),
            }
        )
        for name, text in files.items()
    )
    return _xml(f'<manifest xmlns="{MANIFEST}">{"".join(f"<mediaFile>{one}</mediaFile>" for one in listed)}</manifest>')


@bp.get("/forms/<form_id>/media/<name>")
@public
def media(form_id: str, name: str) -> Any:
    """One file that a blank form reads."""
    files = _wanted(form_id).files
    if name not in files:
        abort(404)
    return Response(files[name], mimetype="text/csv")


def _wanted(form_id: str) -> PhoneForm:
    return next((one for one in for_phones() if one.form.id == form_id), None) or abort(404)


@bp.route("/submission", methods=["HEAD"])
@public
def announce() -> Any:
    """Where to send, and how much at once."""
    return "", 204, {"Location": _address("openrosa.announce")}


@bp.post("/submission")
@public
def submission() -> Any:
    """Receive a filled-in form, or a part of it; it is stored once however often it is sent."""
    instance, instance_id = _instance()
    with reading():
        version = form_for_phones(instance.form_id, instance.version)
        if version is None:
            raise RuleViolation(gate.UNKNOWN_FORM, status=422)
        parcel = gate.examined(_parcel(instance, instance_id, procedures.form(version.id)))
    receipt = gate.receive(parcel, actor=db.session.merge(actor(), load=True), now=clock.now())
    return _message(said(receipt), "submit_success"), 202 if receipt.again else 201


def _instance() -> tuple[Instance, UUID]:
    """The XML of the submission, read, and its id; raises what the sender is told."""
    sent = request.files.get(FILE)
    data = sent.read() if sent is not None else request.form.get(FILE, "").encode("utf-8", "replace")
    if not data:
        raise RuleViolation(NO_FILE, status=400)
    instance = read_instance(data)
    if instance.instance_id is None:
        raise RuleViolation(NO_ID, status=422)
    if instance.meta.get("deprecatedID"):
        raise RuleViolation(AN_EDIT, status=422)
    return instance, instance.instance_id


def _parcel(instance: Instance, instance_id: UUID, form: Form) -> gate.Parcel:
    files = {one.filename or name: one.read() for name, one in request.files.items(multi=True) if name != FILE}
    answers = instance.answers(form)
    return gate.Parcel(
        instance_id=instance_id,
        form=instance.form_id,
        version=instance.version,
        answers=answers,
        attachments=files,
        channel=Channel.ODK,
        started_at=_noted(form, answers, Kind.START),
        finished_at=_noted(form, answers, Kind.END),
        device=str(g.phone.id),
        more=request.form.get(INCOMPLETE, "").lower() == "yes",
    )


def _noted(form: Form, answers: Mapping[str, Any], kind: Kind) -> datetime | None:
    name = next((one.name for one in form if one.type is kind), "")
    return moment_of(answers.get(name), clock.zone())


def said(receipt: gate.Receipt) -> str:
    """What the phone shows: no name, no answer."""
    if receipt.case is not None:
        return _("Received. The file has the code %(code)s.", code=receipt.case.code)
    if receipt.note is not None:
        return _("Received and kept as your draft. %(why)s", why=translate(receipt.note))
    if receipt.outcome is gate.Outcome.ERASED:
        return _("This form was received before and erased since.")
    count = len(receipt.errors)
    if not count:
        return _("Received and kept as your draft. Finish it in the system.")
    return ngettext(
        "Received and kept as your draft: one answer is to be completed in the system.",
        "Received and kept as your draft: %(num)d answers are to be completed in the system.",
        count,
    )


def _address(endpoint: str, **values: Any) -> str:
    return f"{server_address()}{url_for(endpoint, **values)}"


def server_address() -> str:
    """What a phone is told to call: the public address in production, else the one that was just used."""
    settings = current_app.config["SETTINGS"]
    return settings.base_url if settings.production else request.host_url.rstrip("/")


def _elements(parts: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items())


def _md5(text: str) -> str:
    """The interface asks for MD5; nothing relies on it but whether a phone fetches a form again."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _xml(body: str, *, declared: bool = False) -> Response:
    head = "" if declared else '<?xml version="1.0" encoding="UTF-8"?>\n'
    return Response(head + body, content_type="text/xml; charset=utf-8")


def _message(text: str, nature: str) -> Response:
    return _xml(
        f'<OpenRosaResponse xmlns="{MESSAGE}"><message nature="{nature}">{escape(text)}</message></OpenRosaResponse>'
    )


def _refused(status: int, text: str) -> tuple[Response, int]:
    db.session.rollback()
    log.warning("answer status=%s endpoint=%s", status, request.endpoint)
    return _message(text, "submit_error"), status


@bp.errorhandler(HTTPException)
def _http(error: HTTPException) -> Any:
    status = error.code or HTTPStatus.BAD_REQUEST
    if status == HTTPStatus.UNAUTHORIZED:
        response, _status = _refused(status, _(WRONG_TOKEN))
        response.www_authenticate = WWWAuthenticate("basic", {"realm": "MNR", "charset": "UTF-8"})
        return response, status
    title, way_on = SENTENCES.get(status, SENTENCES[400])
    return _refused(status, f"{_(title)}. {_(way_on)}")


@bp.errorhandler(RuleViolation)
def _rule(error: RuleViolation) -> Any:
    return _refused(error.status, translate(error.message))


@bp.errorhandler(Unimportable)
def _unreadable(error: Unimportable) -> Any:
    return _refused(400, translate(error.message))


@bp.errorhandler(OperationalError)
def _busy(_error: OperationalError) -> Any:
    title, way_on = SENTENCES[503]
    return _refused(503, f"{_(title)}. {_(way_on)}")
