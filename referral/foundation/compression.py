"""Pages are compressed for slow lines, but only when the reader, not another site, asked for them.

Compressing a page that holds both a secret and what a stranger chose lets the stranger guess the secret from lengths
(BREACH). Browsers say who asked in `Sec-Fetch-Site`; without it, or from another site, the page goes out as it is.
"""

from __future__ import annotations

import gzip

import brotli  # type: ignore[import-untyped]
from flask import Response, request

ASKED_BY_THE_READER = frozenset({"same-origin", "none"})
WORTH_IT = 1_000
QUALITY = 4


def compress(response: Response) -> Response:
    """Compress one HTML answer when that is safe and worth it."""
    asked = request.headers.get("Sec-Fetch-Site") in ASKED_BY_THE_READER
    plain = response.mimetype == "text/html" and not response.is_streamed and "Content-Encoding" not in response.headers
    if not (asked and plain):
        return response
    body = response.get_data()
    accepted = request.accept_encodings
    if len(body) < WORTH_IT:
        return response
    if "br" in accepted:
        response.set_data(brotli.compress(body, quality=QUALITY))
        response.headers["Content-Encoding"] = "br"
    elif "gzip" in accepted:
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    response.vary.update(["Accept-Encoding", "Sec-Fetch-Site"])
    return response
