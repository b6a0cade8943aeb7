"""Pages of rights: `requests`, `own_file`, `adults` and `withdrawing` for the case team; `stopping` for recipients;
`linked` for the person; `answering`, `holding` and `registers` for the data officer.
"""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("rights", __name__)

from referral.rights.views import (  # noqa: E402 - their pages
    adults,  # noqa: F401
    answering,  # noqa: F401
    holding,  # noqa: F401
    linked,  # noqa: F401
    own_file,  # noqa: F401
    registers,  # noqa: F401
    requests,  # noqa: F401
    stopping,  # noqa: F401
    withdrawing,  # noqa: F401
)
