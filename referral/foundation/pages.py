"""Templates with plain globals: a page imports a dozen files of macros, and each import looks at all globals."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Pages(Environment):
    """Flask's environment, whose globals are complete before the first page is made.

    Jinja chains the globals so that some may be added later, and walks the chain in Python at every import of macros.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template, as one dict."""
        return {**self.globals, **(d or {})}
