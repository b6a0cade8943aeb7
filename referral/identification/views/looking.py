"""Before a new identification: has the person a file already? What is typed stands in no address and no log."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from marshmallow import ValidationError

from referral.foundation import audit, clock
from referral.foundation.access import actor, requires
from referral.foundation.grants import Permission
from referral.foundation.transactions import commit_now
from referral.identification.schemas import SoughtSchema
from referral.identification.views import bp
from referral.partners.actions import count_try
from referral.people.matching import Identity
from referral.people.queries.looking import Looked, look

ASKED = ("family_name", "given_names", "born", "phone", "document", "register", "code")


@bp.get("/identifications/new")
@requires(Permission.IDENTIFICATION_FILL)
def new() -> Any:
    """Ask first what is known of the person; the way past it stays open."""
    return _page({}, {})


@bp.post("/identifications/new")
@requires(Permission.IDENTIFICATION_FILL)
def look_first() -> Any:
    """The few files that may be this person's, and the button that makes a new one with what was typed."""
    typed = {name: request.form.get(name, "").strip()[:200] for name in ASKED}
    try:
        sought = SoughtSchema().load(request.form)
    except ValidationError as error:
        return _page(typed, error.messages_dict), 422
    user, now = actor(), clock.now()
    if not count_try("person_search", str(user.id), now=now):
        audit.record("person.search.limit", actor=user, now=now)
        commit_now()
        return _page(typed, {}, slow=True), 429
    found = look(user, _identity(sought), code=sought["code"])
    audit.record("person.search", actor=user, now=now, code="found" if found.hits else "none")
    for hit in found.hits:
        audit.record("case.found", actor=user, now=now, case_id=hit.case.id, subject=hit.case)
    return _page(typed, {}, found=_hinted(found, user, now))


def _hinted(found: Looked, user: Any, now: Any) -> Looked:
    """The same without the hint at other organisations where this user has had enough of them."""
    if not found.elsewhere:
        return found
    allowed = count_try("person_hint", str(user.id), now=now)
    audit.record("person.hint", actor=user, now=now, code="told" if allowed else "limit")
    return found if allowed else Looked(found.hits, [])


def _identity(sought: dict[str, Any]) -> Identity:
    return Identity(
        family=sought["family_name"],
        given=sought["given_names"],
        birth_date=sought["birth_date"],
        birth_year=sought["birth_year"],
        phones=(sought["phone"],) if sought["phone"] else (),
        document=sought["document"],
        external=(sought["register"],) if sought["register"] else (),
    )


def _page(typed: dict[str, str], errors: Any, *, found: Looked | None = None, slow: bool = False) -> str:
    return render_template("identification/new.html", typed=typed, errors=errors, found=found, slow=slow)
