"""Photos, recordings and files from outside: told by their bytes, not by their name; pictures are painted anew.

A picture is decoded and encoded again, so that neither the place nor the camera that a phone writes into it is kept,
and nothing that hides behind the picture. Its size in pixels is known before a single one is decoded. A recording keeps
its picture and sound, and loses what describes them (`recordings`).
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Final

from PIL import Image, ImageOps

from referral.foundation.recordings import Uncleanable, cleaned
from sop.questions import Kind
from sop.vocabulary import N_, Message

MOST_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 3_000
"""Pixels: a photo of a document stays legible, a telephone's twelve megapixels become five."""

MEGABYTE: Final = 1024 * 1024
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
PICTURES: Final = {"JPEG": ("image/jpeg", "jpg"), "PNG": ("image/png", "png"), "WEBP": ("image/jpeg", "jpg")}
"""What is decoded, and what it becomes."""

EXTENSIONS: Final = {
    "image/jpeg": "jpg", "image/png": "png", "audio/ogg": "ogg", "audio/webm": "webm", "audio/mpeg": "mp3",
    "audio/mp4": "m4a", "audio/amr": "amr", "audio/wav": "wav", "video/mp4": "mp4", "video/webm": "webm",
    "video/ogg": "ogv", "application/pdf": "pdf",
}  # fmt: skip


class Unacceptable(ValueError):
    """A file that is not kept; `message` says why, in words for whoever sent it."""

    def __init__(self, code: str, text: str, **values: object) -> None:
        self.message = Message(code, text, values)
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes: one picture, one recording or other file, everything of one form."""

    picture: int = 10 * MEGABYTE
    recording: int = 20 * MEGABYTE
    together: int = 30 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Media:
    """A file that may be kept."""

    media_type: str
    data: bytes = field(repr=False)

    @property
    def extension(self) -> str:
        """How its name ends."""
        return EXTENSIONS[self.media_type]


def examine(kind: Kind, data: bytes, limits: Limits) -> Media:
    """The file as it is kept for a question of this kind; raises `Unacceptable`."""
    if not data:
        raise Unacceptable("file_empty", N_("This file is empty. Choose it again."))
    if kind is Kind.IMAGE or (kind is Kind.FILE and _picture(data)):
        _within(data, limits.picture)
        return repainted(data)
    _within(data, limits.recording)
    family = _family(data)
    if kind is Kind.FILE and family == "application/pdf":
        return Media(family, data)
    wanted = "video" if kind is Kind.VIDEO else "audio"
    found = f"{wanted}/{family}"
    if found not in EXTENSIONS:
        raise Unacceptable("file_type", _EXPECTED[kind])
    try:
        return Media(found, cleaned(family, data))
    except Uncleanable as error:
        raise Unacceptable("recording_unreadable", UNREADABLE) from error


UNREADABLE: Final = N_(
    "This recording cannot be read well enough to take out where and with what it was made. Record it again, or save "
    "it as MP4, WebM, OGG, MP3 or WAV."
)
_EXPECTED: Final = {
    Kind.AUDIO: N_("A sound recording is expected here: OGG, WebM, MP3, M4A, AMR or WAV."),
    Kind.VIDEO: N_("A video is expected here: MP4 or WebM."),
    Kind.FILE: N_("A PDF, a picture or a sound recording is expected here."),
}
AGAIN: Final = N_("Choose this file once more: a browser does not keep it when something else has to be corrected.")
NOT_A_PICTURE: Final = N_("A picture is expected here: JPEG, PNG or WebP.")


def _within(data: bytes, most: int) -> None:
    if len(data) > most:
        text = N_("This file is too large: at most %(most)d MB are possible.")
        raise Unacceptable("file_too_large", text, most=most // MEGABYTE)


def _picture(data: bytes) -> bool:
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return webp or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _family(data: bytes) -> str:
    """What kind of recording the first bytes announce; "" for what is not accepted."""
    if data[4:8] == b"ftyp":
        return "mp4"
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    starts = (
        (b"OggS", "ogg"), (b"\x1aE\xdf\xa3", "webm"), (b"ID3", "mpeg"), (b"#!AMR", "amr"),
        (b"%PDF-", "application/pdf"),
    )  # fmt: skip
    named = next((name for start, name in starts if data.startswith(start)), "")
    return named or ("mpeg" if _mp3_frame(data) else "")


def _mp3_frame(data: bytes) -> bool:
    """An MPEG audio frame of layer III with a bit rate and a sampling rate that exist."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:
        return False
    return data[2] >> 4 not in (0, 15) and (data[2] >> 2) & 3 != 3


def repainted(data: bytes) -> Media:
    """A picture decoded and encoded again, upright, without its metadata; raises `Unacceptable`."""
    if not _picture(data):
        raise Unacceptable("not_a_picture", NOT_A_PICTURE)
    try:
        with Image.open(io.BytesIO(data), formats=tuple(PICTURES)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            media_type, _ = PICTURES[str(image.format)]
            painted = _pixels(image, media_type)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unacceptable("too_many_pixels", N_("This picture has too many pixels. Make it smaller first.")) from None
    except Exception as error:
        raise Unacceptable("not_a_picture", NOT_A_PICTURE) from error
    output = io.BytesIO()
    if media_type == "image/png":
        painted.save(output, "PNG", optimize=False)
    else:
        painted.save(output, "JPEG", quality=85)
    return Media(media_type, output.getvalue())


def _pixels(image: Image.Image, media_type: str) -> Image.Image:
    """Nothing but the pixels, upright and no larger than needed."""
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    transparent = media_type == "image/png" and upright.has_transparency_data
    plain = upright.convert("RGBA" if transparent else "RGB")
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    return clean
