"""Static files: read once, compressed once, kept in memory, under URLs that change with their content.

`site.css` is made here: the rules of Bootstrap whose classes our templates and scripts use (about a tenth of it), then
`static/theme.css`. On a line of 250 kbit/s the whole of Bootstrap alone would cost 0.7 s of the first page. Scripts
that belong together are joined (`SCRIPTS`).
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import brotli  # type: ignore[import-untyped]
from bootstrap_wrapper import get_bootstrap_css_dir
from flask import Flask, Response, abort, request

from referral.config import ROOT
from referral.foundation.access import public
from referral.foundation.scripts import squeezed

PREFIX = "/static/"
FOREVER = "public, max-age=31536000, immutable"
BUNDLE = "site.css"
LOGIC = tuple(
    f"form/{part}.js" for part in ("values", "patterns", "functions", "trees", "answers", "places", "filling", "model")
)
SCRIPTS = {
    "app.js": ("hiding.js", "frame.js"),
    "live-form.js": (*LOGIC, "form-view.js", "live.js"),
    "offline-page.js": ("hiding.js", *LOGIC, "form-view.js", "outbox.js", "offline.js"),
}
"""Scripts that are joined from parts, in this order: one answer instead of eleven, and smaller together."""
NOT_SERVED = frozenset({"theme.css"}).union(*SCRIPTS.values())
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/manifest+json")

_WORD = re.compile(r"[A-Za-z_][\w-]*")
_CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
_NEGATION = re.compile(r":not\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file: its bytes as they are and compressed, and the digest that stands in its URL."""

    name: str
    type: str
    body: bytes
    digest: str
    brotli: bytes | None
    gzip: bytes | None


def init_app(app: Flask) -> None:
    """Load the static folder, answer `/static/…` from memory and give templates `asset(name)`."""
    assets = load(ROOT / "static", ROOT / "templates")
    app.extensions["mnr.assets"] = assets

    def serve(filename: str) -> Response:
        """A static file; with its digest in the URL it may be kept for ever."""
        first, _, rest = filename.partition("/")
        asset = assets.get(rest)
        if asset is not None and first == asset.digest:
            return answer(asset, FOREVER)
        asset = assets.get(filename)
        if asset is None:
            abort(404)
        return answer(asset, "no-cache")

    app.add_url_rule(f"{PREFIX}<path:filename>", "static", public(serve))
    app.jinja_env.globals["asset"] = lambda name: f"{PREFIX}{assets[name].digest}/{name}"


def answer(asset: Asset, cache: str) -> Response:
    """The HTTP answer for an asset, in the best encoding that the browser accepts."""
    accepted = request.accept_encodings
    response = Response(asset.body, content_type=asset.type)
    for encoding, body in (("br", asset.brotli), ("gzip", asset.gzip)):
        if body is not None and encoding in accepted:
            response.data = body
            response.headers["Content-Encoding"] = encoding
            break
    response.headers["Cache-Control"] = cache
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(asset.digest + response.headers.get("Content-Encoding", ""))
    response.make_conditional(request)
    return response


def load(folder: Path, templates: Path) -> dict[str, Asset]:
    """All files of `folder` by their path, and the bundle of styles."""
    bodies = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    words = frozenset().union(
        *(_words(path) for path in templates.rglob("*.html")), *(_words(path) for path in folder.rglob("*.js"))
    )
    bootstrap = _bootstrap(words)
    for name in [one for one in bodies if one.endswith(".js")]:
        bodies[name] = f"{squeezed(bodies[name].decode())}\n".encode()
    for name, parts in SCRIPTS.items():
        bodies[name] = b"".join(bodies.get(part, b"") for part in parts)
    bodies[BUNDLE] = (bootstrap + squeeze(bodies.get("theme.css", b"").decode())).encode()
    return {name: packed(name, body) for name, body in bodies.items() if name not in NOT_SERVED}


@lru_cache(maxsize=4)
def _bootstrap(words: frozenset[str]) -> str:
    return prune((get_bootstrap_css_dir() / "bootstrap.min.css").read_text("utf-8"), words)


@lru_cache(maxsize=256)
def packed(name: str, body: bytes) -> Asset:
    """An asset of these bytes, compressed as far as it goes; its type is told by the name."""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if kind == "text/javascript":
        kind = "application/javascript"
    digest = hashlib.sha256(name.encode() + b"\0" + body).hexdigest()[:16]
    full = f"{kind}; charset=utf-8" if kind.startswith(("text/", "application/javascript")) else kind
    if not kind.startswith(COMPRESSIBLE):
        return Asset(name, full, body, digest, None, None)
    return Asset(name, full, body, digest, brotli.compress(body), gzip.compress(body, 9, mtime=0))


def _words(path: Path) -> frozenset[str]:
    return frozenset(_WORD.findall(path.read_text("utf-8")))


def squeeze(css: str) -> str:
    """Take comments and needless spaces out of a style sheet.

    >>> squeeze("/* why */ a, b {\\n  color: red;\\n}\\n")
    'a,b{color:red}'
    """
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    css = re.sub(r":\s+(?=[^{}]*[;}])", ":", css)
    return css.replace(";}", "}").strip()


def prune(css: str, words: frozenset[str]) -> str:
    """Keep the rules of a minified style sheet that can apply to pages using the classes in `words`.

    Rules without a class stay; the dark theme and animations go.

    >>> prune(".a,.b:not(.c){x:1}.d .a{x:2}@media print{.b{x:3}.d{x:4}}p{x:5}", frozenset({"b", "a"}))
    '.a,.b:not(.c){x:1}@media print{.b{x:3}}p{x:5}'
    """
    return "".join(_pruned(css, words))


def _pruned(css: str, words: frozenset[str]) -> Iterator[str]:
    for prelude, block in _rules(css):
        if prelude.startswith("@media"):
            inner = prune(block, words)
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif not prelude.startswith("@"):
            kept = [selector for selector in _selectors(prelude) if _may_apply(selector, words)]
            if kept:
                yield f"{','.join(kept)}{{{block}}}"


def _may_apply(selector: str, words: frozenset[str]) -> bool:
    if "data-bs-theme=dark" in selector:
        return False
    return words.issuperset(_CLASS.findall(_NEGATION.sub("", selector)))


def _selectors(prelude: str) -> Iterator[str]:
    """The selectors of a list, split at commas outside brackets."""
    depth, start = 0, 0
    for index, character in enumerate(prelude):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            yield prelude[start:index]
            start = index + 1
    yield prelude[start:]


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """The rules of a minified style sheet as (prelude, block)."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    position = 0
    while (brace := css.find("{", position)) >= 0:
        prelude = css[position:brace].rpartition(";")[2].strip()
        depth, end = 1, brace + 1
        while depth:
            closing, opening = css.find("}", end), css.find("{", end)
            if 0 <= opening < closing:
                depth, end = depth + 1, opening + 1
            else:
                depth, end = depth - 1, closing + 1
        yield prelude, css[brace + 1 : end - 1]
        position = end
