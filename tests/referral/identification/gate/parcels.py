"""What a phone sends: answers that make a file, photos and recordings made here, and the form that asks for them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from PIL import Image
from sqlalchemy import update

import sop
from referral.extensions import db
from referral.identification.gate import Parcel
from referral.identification.rules import Channel
from referral.partners import queries as partners
from referral.partners.models import User
from referral.procedures.models import FormVersion
from sop.forms import Form, compile_form
from sop.workbooks import read_workbook
from sop.xform import xform
from tests.conftest import NOW
from tests.recordings import small_ogg
from tests.referral.identification.walk import ADULT

VERSION = "2026-11-28-photo"
_made: dict[str, Any] = {}


def source() -> str:
    """The library's form with one more screen: a photo (C6), a recording (C9), and members with a portrait (C2)."""
    text = (Path(sop.__file__).parent / "library/cameroon/forms/identification.md").read_text(encoding="utf-8")
    lines = text.replace("| cmr_identification | 2 |", f"| cmr_identification | {VERSION} |").splitlines()
    rows = [
        _row("begin group", "evidence", "Pièces", "Evidence", ""),
        _row("image", "wound", "Photo", "Photo", "C6"),
        _row("audio", "account", "Récit", "Account", "C9"),
        _row("begin repeat", "members", "Membre", "Member", ""),
        _row("text", "member_name", "Nom", "Name", "C2"),
        _row("image", "member_photo", "Portrait", "Portrait", "C2"),
        _row("end repeat", "", "", "", ""),
        _row("end group", "", "", "", ""),
    ]
    last = max(at for at, line in enumerate(lines) if line.startswith("| | end group"))
    return "\n".join([*lines[: last + 1], *rows, *lines[last + 1 :]]) + "\n"


def _row(kind: str, name: str, french: str, english: str, category: str) -> str:
    return f"| | {kind} | {name} | {french} | {english} |" + " |" * 11 + f" {category} | |"


def publish_form() -> FormVersion:
    """The form above as the active version; the library's own stays as an older one."""
    if not _made:
        _made.update(form=compile_form(source(), reference=False), xform=xform(read_workbook(source())))
    form = _made["form"]
    db.session.execute(update(FormVersion).where(FormVersion.name == "identification").values(active=False))
    version = FormVersion(
        name="identification",
        form_id=form.id,
        title=form.title,
        number=form.version,
        content_hash=form.hash,
        compiled=form.to_json(),
        xform=_made["xform"],
        active=True,
        imported_at=NOW,
        published_at=NOW,
    )
    db.session.add(version)
    db.session.flush()
    return version


def the_form() -> Form:
    """The form of the scene."""
    return _made["form"]


def sender(name: str = "agent") -> User:
    """The first responder."""
    user = partners.user_by_name(name)
    assert user is not None
    return user


def photo(colour: str = "red", *, size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG that says where it was taken and with what."""
    image = Image.new("RGB", size, colour)
    exif = Image.Exif()
    exif[0x010F] = "Marque Secrete"
    exif.get_ifd(0x8825).update({1: "N", 2: (3.0, 52.0, 1.0), 3: "E", 4: (11.0, 31.0, 5.0)})
    output = io.BytesIO()
    image.save(output, "JPEG", exif=exif, comment=b"Awa au marche")
    return output.getvalue()


def recording(words: bytes = b"ndolo") -> bytes:
    """A sound in Ogg that says nothing about itself, so that it is kept as it is."""
    return small_ogg(words * 40)


def parcel(answers: dict[str, Any] | None = None, **parts: Any) -> Parcel:
    """A complete form of an adult, with a photo and a recording."""
    values: dict[str, Any] = {
        "instance_id": uuid4(),
        "form": the_form().id,
        "version": VERSION,
        "answers": ADULT | {"wound": "IMG_Awa.jpg", "account": "récit.ogg"} if answers is None else answers,
        "attachments": {"IMG_Awa.jpg": photo(), "récit.ogg": recording()},
        "channel": Channel.ODK,
        "device": "collect:Ab12",
    }
    return Parcel(**{**values, **parts})


def an_id() -> UUID:
    """A new instance id."""
    return uuid4()
