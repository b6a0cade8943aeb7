"""Security headers on every answer, and `no-store` on everything that is neither a static file nor open data."""

from __future__ import annotations

import io
from typing import IO, Any

from flask import Flask, Request, Response, current_app, g, request

from referral.foundation.compression import compress
from referral.foundation.parts import CountingParser

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}

HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "X-Robots-Tag": "noindex, nofollow",
}
KEPT = "private, max-age=31536000, immutable"
"""Of an answer without anybody's data, at an address that changes with it: the reader's own browser may keep it."""
TWO_YEARS = "max-age=63072000; includeSubDomains"


class InMemory(Request):
    """A request whose files stay in memory, bounded as bodies are: nothing unsealed is written into temporary files."""

    form_data_parser_class = CountingParser

    def _get_file_stream(self, *_args: Any, **_options: Any) -> IO[bytes]:
        return io.BytesIO()


def init_app(app: Flask) -> None:
    """Compress and add the headers after every request; register it first, so that it runs last."""
    app.request_class = InMemory
    app.after_request(secure)
    app.after_request(compress)


def secure(response: Response) -> Response:
    """Put the headers on one answer."""
    response.headers.extend(HEADERS)
    if current_app.config["SETTINGS"].production:
        response.headers["Strict-Transport-Security"] = TWO_YEARS
    open_to_all = request.endpoint == "static" or g.get("open_data", False)
    kept = open_to_all or response.headers.get("Cache-Control") == KEPT
    if not kept or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response
