"""Documents as answers: with their ETag, when they last changed, the way to the next page, small on the line.

Everything here may be read by everybody, so it may be kept and compressed.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from flask import Response, g, request
from werkzeug.urls import iri_to_uri

from directory.hsds_writing import Document, Profile
from referral.api.problems import address
from referral.api.queries import Listed, Page
from referral.api.schemas import Asked
from referral.foundation import clock
from referral.providers import stamp

WORTH_IT = 1_000
SETTLED = timedelta(seconds=2)
"""Only a moment this long past tells one state from the next: HTTP's dates know whole seconds."""
KEPT = "no-cache"


def document(found: Any, *, modified: datetime | None = None, link: str = "") -> Response:
    """JSON; a reader who has it already is told so (304)."""
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    answer = Response(body, mimetype="application/json")
    tag = hashlib.sha256(body).hexdigest()[:32]
    if link:
        answer.headers["Link"] = f'<{iri_to_uri(link)}>; rel="next"'
    if len(body) >= WORTH_IT and "gzip" in request.accept_encodings:
        answer.set_data(gzip.compress(body, 5, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
        tag += "gzip"
    answer.vary.add("Accept-Encoding")
    if request.method not in ("GET", "HEAD"):
        return answer
    g.open_data = True
    answer.headers["Cache-Control"] = KEPT
    answer.set_etag(tag)
    if modified is not None and modified <= clock.now() - SETTLED:
        answer.last_modified = modified
    answer.make_conditional(request)
    return answer


def one(found: Listed) -> Response:
    """One entry."""
    return document(found.documents[0], modified=changed(found))


def many(found: Listed, asked: Asked) -> Response:
    """One page. The national profile also says after which id the next one begins."""
    page = found.page
    head: Document = {**page.head, "size": len(found.documents)}
    if page.next is not None and asked.profile is Profile.CM:
        head["next_after"] = str(page.next)
    return document({**head, "contents": found.documents}, modified=changed(found), link=_next(page))


def changed(found: Listed) -> datetime | None:
    """When the answer may have become what it is: the last writing, or a number of places that nobody believes now."""
    _stamp, written = stamp.latest()
    return None if written is None else max(written, found.lapsed or written)


def _next(page: Page) -> str:
    if request.method == "POST" or page.next is None:
        return ""
    given = {name: value for name, value in request.args.items() if name not in ("page", "after")}
    return address(str(request.endpoint), **given, after=page.next)
