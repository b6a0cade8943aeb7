"""Takes out of a recording where, when and with what it was made; picture and sound stay bit for bit.

What a container is known to need for being played is kept, everything else goes: a field that nobody here has heard of
may say who filmed where. Where the container holds positions (MP4, WebM, Ogg) nothing moves, what goes is overwritten
in its place; elsewhere the file is put together anew from its frames. What cannot be read to the end is refused.
The picture and the sound themselves are not looked into.
"""

from __future__ import annotations

from referral.foundation.recordings import frames, matroska, mp4, ogg
from referral.foundation.recordings.bounds import Uncleanable

__all__ = ["Uncleanable", "cleaned"]

_WAYS = {
    "mp4": mp4.cleaned,
    "webm": matroska.cleaned,
    "ogg": ogg.cleaned,
    "mpeg": frames.cleaned_mp3,
    "amr": frames.cleaned_amr,
    "wav": frames.cleaned_wav,
}


def cleaned(family: str, data: bytes) -> bytes:
    """The recording without what describes it; raises `Uncleanable`.

    `family`: mp4 (also M4A, 3GP and MOV), webm (also Matroska), ogg, mpeg (MP3), amr, wav.
    """
    try:
        return _WAYS[family](data)
    except (IndexError, ValueError, OverflowError) as error:
        raise Uncleanable(str(error)) from error
