"""Bodies in `multipart/form-data`, taken piece by piece: files go to where they are kept, fields are short."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from cvatcore.errors import InvalidInput
from cvatd.refusals import Refused

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_FIELD_BYTES = 16 * 1024 * 1024
"""What all fields of a form hold together: the names of the files of a hundred thousand jobs, say."""

MAX_FIELDS = 200_000


class Sink(Protocol):
    """Where one file of a form goes."""

    def write(self, data: bytes | memoryview) -> object:
        """Take the next piece."""

    def close(self) -> None:
        """The file is whole."""


OpenFile = Callable[[str, str], Sink]
"""Gets the name of the field and the name of the file, as the client gave them."""


class FormField(msgspec.Struct, frozen=True):
    """One value of a form that is no file."""

    name: str
    value: str


def is_multipart(content_type: str) -> bool:
    """Whether a body is a form of several parts."""
    return content_type.partition(";")[0].strip().lower() == "multipart/form-data"


def read_form(pieces: Iterable[bytes], *, content_type: str, open_file: OpenFile) -> list[FormField]:
    """Read a form to its end and return its fields in their order.

    Errors: InvalidInput for a form that is broken or cut off; Refused with 413 for fields that are too long; what
    `open_file` and its sinks raise. Sinks of files that are not whole are left open.
    """
    _, options = parse_options_header(content_type.encode("latin-1", "replace"))
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise InvalidInput("Multipart form parse error - Invalid boundary in multipart: None")
    form = _Form(open_file)
    try:
        parser = MultipartParser(boundary, form.callbacks)
        for piece in pieces:
            parser.write(piece)
        parser.finalize()
    except FormParserError as error:
        raise InvalidInput(f"Multipart form parse error - {error}") from None
    if not form.is_whole:
        raise InvalidInput("Multipart form parse error - The form ends before its last boundary.")
    return form.fields


class _Form:
    """What is known of a form so far."""

    def __init__(self, open_file: OpenFile) -> None:
        self.fields: list[FormField] = []
        self.is_whole = False
        self._open_file = open_file
        self._headers: dict[str, bytes] = {}
        self._header, self._value = b"", b""
        self._name = ""
        self._sink: Sink | None = None
        self._text: list[bytes] = []
        self._bytes = 0
        self.callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin,
            "on_header_field": self._add_header,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._open,
            "on_part_data": self._add,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._headers, self._text, self._sink = {}, [], None

    def _add_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._header.decode("latin-1").lower()] = self._value
        self._header, self._value = b"", b""

    def _open(self) -> None:
        kind, options = parse_options_header(self._headers.get("content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise InvalidInput("Multipart form parse error - A part has no name.")
        self._name = _decoded(options[b"name"])
        if b"filename" in options:
            self._sink = self._open_file(self._name, _decoded(options[b"filename"]))

    def _add(self, data: bytes, start: int, end: int) -> None:
        if self._sink is not None:
            self._sink.write(memoryview(data)[start:end])
            return
        self._bytes += end - start
        if self._bytes > MAX_FIELD_BYTES:
            raise Refused(413, f"The fields of the form are longer than {MAX_FIELD_BYTES} bytes.")
        self._text.append(data[start:end])

    def _end(self) -> None:
        if self._sink is not None:
            self._sink.close()
            self._sink = None
            return
        if len(self.fields) >= MAX_FIELDS:
            raise Refused(413, f"The form has more than {MAX_FIELDS} fields.")
        self.fields.append(FormField(self._name, _decoded(b"".join(self._text))))

    def _finish(self) -> None:
        self.is_whole = True


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        shown = data[:80].decode("utf-8", "backslashreplace")
        raise InvalidInput(f"Multipart form parse error - {shown!r} is not valid UTF-8.") from None
