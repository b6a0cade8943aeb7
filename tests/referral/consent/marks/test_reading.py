"""What comes in as the mark of a consent: painted anew or cleaned, or refused at its field."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage

from referral.consent.mark_models import MarkWay
from referral.consent.mark_schemas import MarkReading, read_mark
from referral.foundation.drawings import LONGEST
from referral.foundation.media import Limits
from sop.vocabulary import Message
from tests.recordings import SECRETS, real
from tests.referral.consent.marks.pictures import drawn, png
from tests.referral.identification.gate.parcels import photo

pytestmark = pytest.mark.once


def reading(mark: str, *, drawn: str = "", **files: bytes) -> MarkReading:
    sent = {name: FileStorage(io.BytesIO(data), filename="Awa Ngo.jpg") for name, data in files.items()}
    return read_mark({"mark": mark, "drawn": drawn}, sent, Limits(picture=100_000, recording=100_000))


def codes(found: MarkReading) -> dict[str, str]:
    return {name: message.code for name, message in found.errors.items()}


def test_a_drawn_signature_is_kept_as_a_picture() -> None:
    found = reading("signature", drawn=drawn())
    assert found.mark is not None
    assert (found.mark.way, found.mark.media.media_type, found.errors) == (MarkWay.DRAWN, "image/png", {})
    with Image.open(io.BytesIO(found.mark.media.data)) as image:
        assert image.size == (800, 320)
        assert image.convert("L").getextrema() == (17, 255)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (drawn(png(ink=False)), "mark_empty"),
        (drawn(photo()), "mark_broken"),
        (drawn(png()[:400]), "mark_broken"),
        ("data:image/svg+xml;base64,PHN2Zy8+", "mark_broken"),
        ("data:image/png;base64,####", "mark_broken"),
        ("data:image/png;base64,AAAAA", "mark_broken"),
        ("data:image/png;base64," + "A" * LONGEST, "mark_broken"),
        ('"><script>alert(1)</script>', "mark_broken"),
    ],
)
def test_what_is_no_signature_is_refused_and_not_shown_again(text: str, code: str) -> None:
    found = reading("signature", drawn=text)
    assert (found.mark, codes(found), found.drawn) == (None, {"drawn": code}, "")


def test_either_drawn_or_on_paper_and_not_both() -> None:
    assert codes(reading("signature", drawn=drawn(), signed_sheet=photo())) == {"signed_sheet": "mark_twice"}


@pytest.mark.parametrize(
    ("mark", "name", "way"),
    [("signature", "signed_sheet", MarkWay.SHEET), ("thumbprint", "thumbprint_photo", MarkWay.THUMBPRINT)],
)
def test_a_photo_loses_where_and_with_what_it_was_taken(mark: str, name: str, way: MarkWay) -> None:
    sent = photo(size=(640, 480))
    assert b"Marque Secrete" in sent
    found = reading(mark, **{name: sent})
    assert found.mark is not None
    assert (found.mark.way, found.mark.media.media_type) == (way, "image/jpeg")
    assert b"Marque" not in found.mark.media.data
    assert b"Awa" not in found.mark.media.data
    with Image.open(io.BytesIO(found.mark.media.data)) as image:
        assert dict(image.getexif()) == {}


@pytest.mark.parametrize("name", ["tagged.mp3", "phone.3gp", "vorbis.ogg", "sound.wav", "sound.m4a"])
def test_a_recording_loses_what_describes_it(name: str) -> None:
    found = reading("oral", recording=real(name))
    assert found.mark is not None, codes(found)
    assert found.mark.way is MarkWay.RECORDING
    assert found.mark.media.media_type.startswith("audio/")
    assert not [secret for secret in SECRETS if secret in found.mark.media.data]


@pytest.mark.parametrize(
    ("mark", "name", "data", "code"),
    [
        ("oral", "recording", b"OggS" + b"\0" * 200, "recording_unreadable"),
        ("oral", "recording", b"%PDF-1.7 ...", "file_type"),
        ("oral", "recording", b"", "file_empty"),
        ("oral", "recording", b"OggS" + b"\0" * 100_000, "file_too_large"),
        ("signature", "signed_sheet", b"%PDF-1.7 ...", "not_a_picture"),
        ("thumbprint", "thumbprint_photo", b"MZ program", "not_a_picture"),
    ],
)
def test_what_cannot_be_cleaned_is_refused_at_its_field(mark: str, name: str, data: bytes, code: str) -> None:
    found = reading(mark, **{name: data})
    assert (found.mark, codes(found)) == (None, {name: code})


def test_files_of_a_way_that_was_not_chosen_are_left_out() -> None:
    found = reading("oral", drawn=drawn(), signed_sheet=photo(), thumbprint_photo=b"nonsense")
    assert found == MarkReading()
    assert reading("", drawn=drawn()) == MarkReading()


def test_a_good_file_is_asked_for_once_more_when_something_else_is_wrong() -> None:
    missing = {"free": Message("free", "Say so.")}
    good = reading("thumbprint", thumbprint_photo=photo())
    assert good.beside({}) == {}
    assert {name: one.code for name, one in good.beside(missing).items()} == {
        "free": "free", "thumbprint_photo": "file_again",
    }  # fmt: skip
    assert list(reading("signature", drawn=drawn()).beside(missing)) == ["free"]
