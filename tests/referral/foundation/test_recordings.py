"""Recordings lose who, where, when and with what; picture and sound stay; what cannot be read is refused."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from referral.foundation.media import Limits, Unacceptable, examine
from referral.foundation.recordings import Uncleanable, cleaned
from sop.questions import Kind
from tests.recordings import SECRETS, crc, real, small_ogg

pytestmark = pytest.mark.once

FAMILIES = {
    "video.mp4": "mp4", "iphone.mov": "mp4", "fragmented.mp4": "mp4", "sound.m4a": "mp4", "phone.3gp": "mp4",
    "opus.ogg": "ogg", "vorbis.ogg": "ogg", "flac.ogg": "ogg", "sound.webm": "webm", "live.webm": "webm",
    "vorbis.webm": "webm", "tagged.mp3": "mpeg", "sound.amr": "amr", "sound.wav": "wav",
}  # fmt: skip
SILENT = {"sound.amr"}
"""Its container can say nothing."""


def told(data: bytes) -> list[bytes]:
    """What a recording gives away."""
    return [secret for secret in SECRETS if secret in data]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_real_recording_says_nothing_any_more(name: str) -> None:
    data = real(name)
    assert bool(told(data)) != (name in SILENT)
    clean = cleaned(FAMILIES[name], data)
    assert told(clean) == []
    assert cleaned(FAMILIES[name], clean) == clean


def behind(mark: bytes, skipped: int = 0) -> Callable[[bytes], bytes]:
    """What comes behind a mark."""
    return lambda data: data[data.rindex(mark) + len(mark) + skipped :]


def frames(data: bytes) -> bytes:
    """The sound of an MP3: from its first frame on, without the 128 bytes of a tag at the end."""
    start = data.index(b"\xff\xe3") if b"\xff\xe3" in data else data.index(b"\xff\xf3")
    return data[start : -128 if data[-128:].startswith(b"TAG") else None]


def between(start: bytes, end: bytes) -> Callable[[bytes], bytes]:
    """What lies between two marks, or behind the first."""
    return lambda data: data[data.index(start) :].partition(end)[0]


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("phone.3gp", between(b"mdat", b"moov")),
        ("sound.m4a", between(b"mdat", b"moov")),
        ("video.mp4", between(b"mdat", b"moov")),
        ("iphone.mov", between(b"mdat", b"moov")),
        ("fragmented.mp4", between(b"mdat", b"mfra")),
        ("opus.ogg", behind(b"OggS")),
        ("vorbis.ogg", behind(b"OggS")),
        ("flac.ogg", behind(b"OggS")),
        ("sound.webm", between(b"\x1fC\xb6u", b"\x1cS\xbbk")),
        ("live.webm", between(b"\x1fC\xb6u", b"\x1cS\xbbk")),
        ("tagged.mp3", frames),
        ("sound.wav", behind(b"data")),
        ("sound.amr", bytes),
    ],
)
def test_picture_and_sound_stay_byte_for_byte(name: str, sound: Callable[[bytes], bytes]) -> None:
    data = real(name)
    assert len(sound(data)) > 200
    assert sound(cleaned(FAMILIES[name], data)) == sound(data)


def test_a_track_that_is_neither_picture_nor_sound_goes_with_its_samples() -> None:
    data = real("video.mp4")
    at = data.rindex(b"soun")
    strange = data[:at] + b"meta" + data[at + 4 :]
    clean = cleaned("mp4", strange)
    sound = cleaned("mp4", data)
    assert len(clean) == len(data)
    assert clean.count(b"trak") == 1
    pictures = data.index(b"x264")
    assert clean[pictures : pictures + 100] == data[pictures : pictures + 100]
    changed = sum(one != other for one, other in zip(clean, sound, strict=True))
    assert changed > 500, "the samples of the track are overwritten as well"


def test_a_track_whose_samples_cannot_be_found_is_refused() -> None:
    data = real("fragmented.mp4")
    at = data.rindex(b"soun")
    with pytest.raises(Uncleanable):
        cleaned("mp4", data[:at] + b"meta" + data[at + 4 :])


def test_comments_of_ogg_are_overwritten_and_the_pages_signed_anew() -> None:
    data = small_ogg(b"ndolo" * 90, b"LOCATION=+03.8667", vendor=b"Marque Secrete")
    clean = cleaned("ogg", data)
    assert told(clean) == []
    assert len(clean) == len(data)
    second, third = (clean.index(b"OggS", at) for at in (10, clean.index(b"OggS", 10) + 4))
    page = clean[second:third]
    assert int.from_bytes(page[22:26], "little") == crc(page[:22] + bytes(4) + page[26:])
    assert clean[third:] == data[data.rindex(b"OggS") :]


def test_tags_before_behind_and_between_the_frames_of_an_mp3_go() -> None:
    sound = cleaned("mpeg", real("tagged.mp3"))
    half = sound.index(sound[:2], len(sound) // 2)
    tag = b"ID3\x04\0\0\0\0\0\x0dAwa au marche"
    data = tag + tag + sound[:half] + tag + sound[half:] + b"APETAGEX" + b"Awa au marche" + b"TAG" + b"Awa".ljust(125)
    assert cleaned("mpeg", data) == sound


def test_what_follows_the_sound_of_amr_and_wav_goes() -> None:
    assert cleaned("amr", real("sound.amr") + b"\xff" + SECRETS[0]) == real("sound.amr")
    wav = real("sound.wav")
    assert cleaned("wav", wav + b"LIST\x0e\0\0\0" + SECRETS[0] + b"\0") == cleaned("wav", wav)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_damaged_recording_is_cleaned_or_refused_and_never_breaks_anything(name: str) -> None:
    chance, data = random.Random(name), real(name)  # noqa: S311
    for _ in range(60):
        broken = bytearray(data[: chance.randrange(len(data))] if chance.random() < 0.3 else data)
        for _ in range(chance.randint(1, 12)):
            if broken:
                broken[chance.randrange(len(broken))] = chance.choice((0, 1, 127, 128, 255))
        try:
            cleaned(FAMILIES[name], bytes(broken))
        except Uncleanable:
            continue


HOSTILE = {
    "a box around itself": ("mp4", b"\0\0\0\x08ftyp" + b"\0\0\0\x08moov" * 3),
    "a box larger than the file": ("mp4", b"\0\0\0\x08ftyp\x7f\xff\xff\xffmoov"),
    "nothing but the type": ("mp4", b"\0\0\0\x18ftypM4A " + bytes(16)),
    "no stream": ("ogg", b"OggS\0\2" + bytes(60)),
    "a codec nobody knows": ("ogg", small_ogg(b"x").replace(b"OpusHead", b"OpusHea?")),
    "half a stream": ("ogg", small_ogg(b"x")[:50]),
    "only a header": ("webm", b"\x1aE\xdf\xa3\x80"),
    "an endless number": ("webm", b"\x1aE\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff"),
    "a free bit rate": ("mpeg", b"\xff\xfb\x00\x00" * 40),
    "no frame": ("mpeg", b"ID3\x04\0\0\0\0\0\0" + b"x" * 99),
    "several channels": ("amr", b"#!AMR_MC1.0\n" + bytes(40)),
    "no sound": ("wav", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0" + bytes(16)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_cleaned_is_refused(name: str) -> None:
    with pytest.raises(Uncleanable):
        cleaned(*HOSTILE[name])


def test_a_sender_is_told_what_to_do_with_a_recording_that_cannot_be_cleaned() -> None:
    with pytest.raises(Unacceptable) as refusal:
        examine(Kind.AUDIO, b"OggS\0\2" + bytes(60), Limits())
    assert refusal.value.message.code == "recording_unreadable"
    assert refusal.value.message.text.startswith("This recording cannot be read well enough")
