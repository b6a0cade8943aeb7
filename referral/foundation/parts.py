"""Forms with more parts than a request may have: told apart from what is too large in bytes, so that a page can say it.

Werkzeug answers both with the same 413. Here the parts are counted as they arrive, before one too many is decoded.
"""

from __future__ import annotations

import io
from typing import IO, Any

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser


class TooManyParts(RequestEntityTooLarge):
    """A form with more than `most` parts."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most


class CountingParser(FormDataParser):
    """Werkzeug's parser; more parts than `max_form_parts` are `TooManyParts`."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        """Form and files of a body."""
        boundary = (options or {}).get("boundary", "")
        if mimetype == "multipart/form-data" and boundary.isascii() and boundary and self.max_form_parts is not None:
            stream = io.BufferedReader(_Counted(stream, boundary.encode(), self.max_form_parts), 1 << 16)
        return super().parse(stream, mimetype, content_length, options)


class _Counted(io.RawIOBase):
    """A stream that counts the lines with which parts begin, also where one is read in two pieces."""

    def __init__(self, stream: IO[bytes], boundary: bytes, most: int) -> None:
        self._stream, self._mark, self._most = stream, b"--" + boundary + b"\r\n", most
        self._tail, self._found = b"", 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        seen = self._tail + data
        self._found += seen.count(self._mark)
        self._tail = seen[1 - len(self._mark) :]
        if self._found > self._most:
            raise TooManyParts(self._most)
        buffer[: len(data)] = data
        return len(data)
