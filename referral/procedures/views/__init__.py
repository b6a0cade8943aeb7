"""Pages of the procedure.

`reading` shows what is in force, `library` the versions and one of them, `drafting` writes drafts, `importing` brings
in drawings, `consulting` holds comments and answers, `deciding` moves versions on, `comparing` holds two against each
other, `printing` puts one on paper, `wording` shows its text, `studying` holds real cases against one, `simulating`
lets invented ones walk it, `situating` shows where open ones stand and what is missing. `forming` manages forms,
`previewing` lets one be tried out, `papering` puts one on paper. A page about one version more:
a module like these, and a line in `referral.procedures.tabs`.
"""

from __future__ import annotations

from flask import Blueprint

from referral.procedures import words

bp = Blueprint("procedures", __name__, url_prefix="/procedure")
words.register(bp)

from referral.procedures.views import (  # noqa: E402
    comparing,  # noqa: F401 - their pages
    consulting,  # noqa: F401
    deciding,  # noqa: F401
    drafting,  # noqa: F401
    forming,  # noqa: F401
    importing,  # noqa: F401
    library,  # noqa: F401
    papering,  # noqa: F401
    previewing,  # noqa: F401
    printing,  # noqa: F401
    reading,  # noqa: F401
    simulating,  # noqa: F401
    situating,  # noqa: F401
    studying,  # noqa: F401
    wording,  # noqa: F401
)
