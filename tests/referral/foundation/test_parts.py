"""More parts than a request may have are told apart from too many bytes, and said in the reader's language."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

from referral import errors
from referral.extensions import csrf
from referral.foundation.access import public
from referral.foundation.parts import CountingParser, TooManyParts
from tests.referral.foundation.framed import make_framed_app

MOST = 5


def body(count: int, boundary: str = "x", value: str = "v") -> bytes:
    """A form of so many parts."""
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="n"\r\n\r\n{value}\r\n'
    return (part * count + f"--{boundary}--\r\n").encode()


class Slowly(io.BytesIO):
    """A stream that comes in small pieces, so that boundaries lie across them."""

    def __init__(self, data: bytes, piece: int) -> None:
        super().__init__(data)
        self.piece = piece

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(self.piece, size) if size and size > 0 else self.piece)


def parse(data: bytes, boundary: str = "x", piece: int = 10_000) -> Any:
    parser = CountingParser(max_form_memory_size=1000, max_form_parts=MOST)
    return parser.parse(Slowly(data, piece), "multipart/form-data", len(data), {"boundary": boundary})


@pytest.mark.parametrize("piece", [1, 3, 7, 10_000])
@pytest.mark.parametrize("boundary", ["x", "----WebKitFormBoundaryAbC"])
def test_as_many_as_are_allowed_pass_and_one_more_is_named(boundary: str, piece: int) -> None:
    _, form, _ = parse(body(MOST, boundary), boundary, piece)
    assert form.getlist("n") == ["v"] * MOST
    with pytest.raises(TooManyParts) as refusal:
        parse(body(MOST + 1, boundary), boundary, piece)
    assert refusal.value.most == MOST


def test_what_is_too_large_in_bytes_is_not_said_to_have_too_many_parts() -> None:
    with pytest.raises(RequestEntityTooLarge) as refusal:
        parse(body(1, value="v" * 2000))
    assert not isinstance(refusal.value, TooManyParts)


@pytest.fixture(scope="module")
def framed(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = make_framed_app(tmp_path_factory.mktemp("framed"))
    app.config["MAX_FORM_PARTS"] = MOST
    errors.init_app(app)
    take = csrf.exempt(public(lambda: str(len(request.form))))
    app.add_url_rule("/take", "take", take, methods=["POST"])
    return app


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        ("fr", "Cette page a plus de champs qu’on ne peut en envoyer à la fois", "Au plus 5 champs sont possibles."),
        ("en", "This page has more fields than can be sent at once", "At most 5 fields are possible."),
    ],
)
def test_the_page_says_so_in_the_language_of_the_reader(
    framed: Flask, language: str, title: str, sentence: str
) -> None:
    headers = {"Accept-Language": language}
    sent = {"data": body(MOST + 1), "content_type": "multipart/form-data; boundary=x", "headers": headers}
    answer = framed.test_client().post("/take", **sent)
    assert answer.status_code == 413
    assert title in answer.text
    assert sentence in answer.text


def test_a_page_within_the_bounds_is_taken(framed: Flask) -> None:
    sent = {"data": body(MOST), "content_type": "multipart/form-data; boundary=x"}
    assert framed.test_client().post("/take", **sent).status_code == 200
