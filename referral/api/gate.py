"""The way in: how often one address may ask, and how what it asks is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import Request, abort, request
from flask_smorest import Blueprint
from sqlalchemy.exc import IntegrityError
from webargs.flaskparser import FlaskParser

from referral.api.problems import Refused
from referral.extensions import db, will_write
from referral.foundation import clock
from referral.foundation.transactions import begin_writing, commit_now
from referral.partners.actions import count_try

PLACES: dict[Any, str] = {"query": "query", "json": "body"}
UNKNOWN = "Unknown field."


class Parser(FlaskParser):
    """Reads parameters strictly: the schema says what is done with those that it does not know."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {"query": None, "json": None}

    def load_json(self, req: Request, schema: Any) -> Any:  # noqa: ARG002 - as the library calls it
        """The body; 415 for another type, 400 for what is no JSON."""
        if not req.is_json:
            abort(415)
        try:
            return json.loads(req.get_data())
        except (ValueError, RecursionError):
            abort(400)

    def handle_error(self, error: Any, req: Any, schema: Any, **_: Any) -> NoReturn:  # noqa: ARG002
        """Say which parameters are not taken."""
        found = error.messages if isinstance(error.messages, dict) else {}
        raise Refused(
            [
                {"in": PLACES.get(place, "body"), "name": name, "code": code}
                for place, errors in found.items()
                for name, code in _flat(errors)
            ]
        )


def _flat(errors: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Names of what is wrong, parts of it after a dot."""
    if isinstance(errors, dict):
        for key, value in errors.items():
            part = "" if key == "_schema" else str(key)[:100]
            yield from _flat(value, ".".join(filter(None, (name, part))))
    else:
        yield name, "unknown" if UNKNOWN in errors else "invalid"


class JsonBlueprint(Blueprint):
    """A blueprint of the API whose parameters are read by our parser."""

    ARGUMENTS_PARSER = Parser()


def _free() -> bool:
    return count_try("api", str(request.remote_addr), now=clock.now())


def count() -> None:
    """Before each request: so many a minute from one address. The answer itself is then only read."""
    begin_writing()
    try:
        free = _free()
        commit_now()
    except IntegrityError:  # another request of the same address was the first at the same moment
        db.session.rollback()
        free = _free()
        commit_now()
    will_write.set(False)
    if not free:
        abort(429)
