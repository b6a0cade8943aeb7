"""What marks a consent, as it comes in: a signature drawn on the screen, a photo, a recording. Nothing is required.

Pictures are painted anew and recordings cleaned (`foundation.media`), so that neither place nor device is kept. A PDF
is not taken: nobody can say what else is in it, and a picture can be printed on the person's copy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from referral.consent.mark_models import MarkWay
from referral.foundation import drawings, media
from referral.foundation.drawings import FIELD as DRAWN
from referral.foundation.media import AGAIN, Limits, Media, Unacceptable
from sop.questions import Kind
from sop.vocabulary import N_, Message

FILES: Mapping[str, tuple[str, MarkWay, Kind]] = {
    "signature": ("signed_sheet", MarkWay.SHEET, Kind.IMAGE),
    "thumbprint": ("thumbprint_photo", MarkWay.THUMBPRINT, Kind.IMAGE),
    "oral": ("recording", MarkWay.RECORDING, Kind.AUDIO),
}
"""The file that goes with each way of marking; what was chosen for another one is left out."""

NOTHING = N_("Nothing came in: sign on the screen, or choose the file.")
EMPTY = N_("Nothing is drawn: sign again, or attach a photo of the signed sheet.")
BROKEN = N_("The drawn signature did not arrive whole: sign again, or attach a photo of the signed sheet.")
TWICE = N_("Keep one of the two: the drawn signature, or the photo of the signed sheet.")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is kept, and how it came about."""

    way: MarkWay
    media: Media


@dataclass(frozen=True, slots=True)
class MarkReading:
    """What came in, and what is wrong with it by field. `drawn` is what the page may show again."""

    mark: Mark | None = None
    errors: dict[str, Message] = field(default_factory=dict)
    drawn: str = ""
    sent: str = ""

    def beside(self, errors: Mapping[str, Any]) -> dict[str, Any]:
        """All errors of the form; a good file is asked for once more, because no browser keeps it."""
        found = {**errors, **self.errors}
        if found and self.sent:
            found.setdefault(self.sent, Message("file_again", AGAIN))
        return found


def read_mark(form: Mapping[str, str], files: Mapping[str, Any], limits: Limits) -> MarkReading:
    """The mark of a posted consent form, by the way of marking that was chosen; `files` as a request holds them."""
    if form.get("mark", "") not in FILES:
        return MarkReading()
    name, way, kind = FILES[form["mark"]]
    sent = files.get(name)
    data = sent.read() if sent else b""
    text = form.get(DRAWN, "") if way is MarkWay.SHEET else ""
    if text and data:
        return MarkReading(errors={name: Message("mark_twice", TWICE)}, drawn=drawings.shown(text))
    if text:
        return _drawn(text)
    if not sent or not (data or sent.filename):
        return MarkReading()
    try:
        return MarkReading(Mark(way, media.examine(kind, data, limits)), sent=name)
    except Unacceptable as refused:
        return MarkReading(errors={name: refused.message})


def _drawn(text: str) -> MarkReading:
    """A signature that a page of ours has drawn; never more than a picture, and never an empty one."""
    try:
        return MarkReading(Mark(MarkWay.DRAWN, drawings.read(text)), drawn=text)
    except drawings.Empty:
        return MarkReading(errors={DRAWN: Message("mark_empty", EMPTY)})
    except drawings.Broken:
        return MarkReading(errors={DRAWN: Message("mark_broken", BROKEN)})
