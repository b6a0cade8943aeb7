"""The gate for XML: what is not plain, small and honest about its encoding does not pass, and says why."""

from __future__ import annotations

import pytest

from sop.xml_gate import Unimportable, read

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<lolz>&lol2;</lolz>"""


def declared(encoding: str, text: str = "<a>é</a>") -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY"),
        (b" \r\n\t ", "EMPTY"),
        (b"\x00\x00", "EMPTY"),
        (b"not xml at all", "NOT_XML"),
        (b"PK\x03\x04 a zip", "NOT_XML"),
        (b"<a><b></a>", "NOT_XML"),
        (b"<a/><b/>", "NOT_XML"),
        (b"<x:a/>", "NOT_XML"),
        (b"<a>\x00</a>", "NOT_XML"),
        (b"<a>&undeclared;</a>", "NOT_XML"),
        (BOMB, "DTD"),
        (b"<!DOCTYPE a><a/>", "DTD"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "DTD"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DTD"),
        (b"<a>" + b" " * 2_999_993 + b"</a>", "TOO_LARGE"),
        (b"<a>" + b"<b/>" * 20_000 + b"</a>", "TOO_MANY"),
        (b"<a>" * 101 + b"</a>" * 101, "TOO_DEEP"),
        (declared("utf-8").encode("iso-8859-1"), "ENCODING"),
        (declared("iso-8859-1").encode(), "ENCODING"),
        (declared("utf-16").encode(), "ENCODING"),
        (declared("us-ascii").encode(), "ENCODING"),
        (declared("utf-8").encode("utf-16"), "ENCODING"),
        (b"\xef\xbb\xbf" + declared("iso-8859-1").encode(), "ENCODING"),
        (declared("utf-7").encode("ascii", "ignore"), "ENCODING"),
        (declared("rot13").encode("ascii", "ignore"), "ENCODING"),
    ],
)
def test_what_is_refused_says_why(data: bytes, code: str) -> None:
    with pytest.raises(Unimportable) as refused:
        read(data)
    assert refused.value.message.code == code
    assert "%" not in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-16", "utf-16-le", "iso-8859-1", "ISO-8859-15", "windows-1252"])
def test_declared_encodings_are_read(encoding: str) -> None:
    data = declared(encoding).encode(encoding)
    assert read(data).text == "é"


def test_a_byte_order_mark_or_nothing_means_utf_8() -> None:
    assert read(b"\xef\xbb\xbf<a>\xc3\xa9</a>").text == "é"
    assert read(b"<a>\xc3\xa9</a>").text == "é"


def test_the_limits_can_be_reached() -> None:
    assert len(read(b"<a>" + b"<b/>" * 19_999 + b"</a>").children) == 19_999
    assert len(list(read(b"<a>" * 100 + b"</a>" * 100).walk())) == 100
    assert len(read(b"<a>" + b" " * 1_999_993 + b"</a>").text) == 1_999_993


def test_too_many_elements_stop_the_reading_before_the_rest_is_looked_at() -> None:
    with pytest.raises(Unimportable) as refused:
        read(b"<a>" + b"<b/>" * 20_000 + b"\n<not well formed")
    assert refused.value.message.code == "TOO_MANY"


def test_names_namespaces_and_places_come_back() -> None:
    root = read(b'<p:a xmlns:p="urn:p" xmlns="urn:d" q="1" p:q="2">one<b/>two\n<c/></p:a>')
    assert (root.namespace, root.name, root.text) == ("urn:p", "a", "onetwo\n")
    assert (root.get("q"), root.get("q", "urn:p"), root.get("r")) == ("1", "2", None)
    assert [(one.namespace, one.name, one.line) for one in root.children] == [("urn:d", "b", 1), ("urn:d", "c", 2)]
