"""Pages of the procedure.

`reading` shows what is in force, `library` the versions and one of them, `drafting` writes drafts, `consulting` holds
comments and answers, `deciding` moves versions on, `studying` holds real cases against one. A page about one version
more: a module like these, and a line in `referral.procedures.tabs`.
"""

from __future__ import annotations

from flask import Blueprint

from referral.procedures import words

bp = Blueprint("procedures", __name__, url_prefix="/procedure")
words.register(bp)

from referral.procedures.views import (  # noqa: E402
    consulting,  # noqa: F401 - their pages
    deciding,  # noqa: F401
    drafting,  # noqa: F401
    library,  # noqa: F401
    reading,  # noqa: F401
    studying,  # noqa: F401
)
