"""The gate for what an agreement is signed with: drawn on the screen, a picture of the signature, the scanned paper.

On the screen neither is required: where nothing can be drawn and there is no camera, the declaration signs alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from referral.foundation import drawings, media
from referral.foundation.drawings import FIELD as DRAWN
from referral.foundation.media import AGAIN, Limits, Media, Unacceptable
from referral.partners.rules.agreements import SignatureMethod
from referral.partners.schemas.agreements import Reading, read_signature
from sop.questions import Kind
from sop.vocabulary import N_, Message

EMPTY = Message("drawing_empty", N_("Nothing is drawn: sign again, or attach a picture of your signature."))
BROKEN = Message(
    "drawing_broken", N_("The drawn signature did not arrive whole: sign again, or attach a picture of your signature.")
)
TOO_LARGE = Message(
    "drawing_too_large", N_("The drawing is too large: clear it and sign again, or attach a picture of your signature.")
)
TWICE = Message("drawing_twice", N_("Keep one of the two: the drawn signature, or the picture of your signature."))
NOT_PAPER = Message("file_type", N_("A PDF or a picture of the signed paper is expected here."))
OTHER_TEXT = Message(
    "other_text", N_("The text has changed since you opened this page. Read it again, then sign it again.")
)
_HASH = re.compile(r"[0-9a-f]{64}")


def read_on_screen(posted: Mapping[str, str], files: Mapping[str, Any], limits: Limits, *, today: date) -> Reading:
    """Who signs with an account of the party, in which function, and with what."""
    reading = read_signature(posted, today=today, on_screen=True)
    drawn, (data, chosen) = posted.get(DRAWN, ""), _sent(files, "picture")
    method, given = SignatureMethod.SCREEN, None
    reading.typed[DRAWN] = drawings.shown(drawn)
    if drawn and chosen:
        reading.errors["picture"] = TWICE
    elif drawn:
        method, given = SignatureMethod.DRAWN, _drawing(drawn, reading)
    elif chosen:
        method, given = SignatureMethod.PICTURE, _file("picture", Kind.IMAGE, data, limits, reading)
    return _whole(reading, posted, method, given)


def read_on_paper(posted: Mapping[str, str], files: Mapping[str, Any], limits: Limits, *, today: date) -> Reading:
    """Who has signed the paper, when, for which party, and its scan: a PDF or a picture."""
    reading = read_signature(posted, today=today, on_screen=False)
    scan = _file("file", Kind.FILE, _sent(files, "file")[0], limits, reading)
    if scan is not None and scan.media_type.startswith("audio/"):
        reading.errors["file"] = NOT_PAPER
    return _whole(reading, posted, SignatureMethod.SCAN, scan)


def under_another_text(reading: Reading) -> None:
    """Take back what was signed with, and say why: it was given for a text that has changed since."""
    reading.typed.update({DRAWN: "", "declared": False})
    reading.errors.clear()
    reading.errors["text"] = OTHER_TEXT


def _whole(reading: Reading, posted: Mapping[str, str], method: SignatureMethod, given: Media | None) -> Reading:
    text = posted.get("text", "")
    reading.values.update(method=method, given=given, text=text if _HASH.fullmatch(text) else "")
    name = {SignatureMethod.PICTURE: "picture", SignatureMethod.SCAN: "file"}.get(method)
    if reading.errors and given is not None and name is not None:
        reading.errors.setdefault(name, Message("file_again", AGAIN))
    return reading


def _sent(files: Mapping[str, Any], name: str) -> tuple[bytes, bool]:
    """The bytes of a file, and whether one was chosen at all: an empty one was."""
    sent = files.get(name)
    data = sent.read() if sent else b""
    return data, bool(data or (sent and sent.filename))


def _file(name: str, kind: Kind, data: bytes, limits: Limits, reading: Reading) -> Media | None:
    try:
        return media.examine(kind, data, limits)
    except Unacceptable as refused:
        reading.errors[name] = refused.message
        return None


def _drawing(drawn: str, reading: Reading) -> Media | None:
    """The picture that was drawn; one that is refused is not shown again, so that the pad is free."""
    try:
        return drawings.read(drawn)
    except drawings.Empty:
        reading.errors[DRAWN] = EMPTY
    except drawings.Broken:
        reading.errors[DRAWN] = TOO_LARGE if len(drawn) > drawings.LONGEST else BROKEN
    reading.typed[DRAWN] = ""
    return None
