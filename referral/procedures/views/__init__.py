"""Pages of the procedure.

`reading` shows what is in force, `library` the versions and one of them, `drafting` writes drafts, `importing` brings
in drawings, `consulting` holds comments and answers, `deciding` moves versions on. A page about one version more: a
module like these, and a line in `referral.procedures.tabs`.
"""

from __future__ import annotations

from flask import Blueprint

from referral.procedures import words

bp = Blueprint("procedures", __name__, url_prefix="/procedure")
words.register(bp)

from referral.procedures.views import consulting, deciding, drafting, importing, library, reading  # noqa: E402, F401 - their pages
