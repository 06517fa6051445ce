"""The canonical text of documents: what is equal has equal bytes, and a diff reads well."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from cvatcore.errors import InvalidDocument

Document = TypeVar("Document")


def encode_json(document: msgspec.Struct) -> bytes:
    """JSON with two spaces, the struct's key order, defaults left out, a line feed at the end."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def decode_json(data: bytes, kind: type[Document], *, path: str) -> Document:
    """Read a JSON document.

    Errors: InvalidDocument that names the file and, where it is known, the line.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise InvalidDocument(f"{error}.", path=path, hint=_hint(data)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidDocument(f"{error}.", path=path, line=_error_line(data, str(error)), hint=_hint(data)) from None


def encode_toml(document: msgspec.Struct) -> bytes:
    """TOML in the struct's key order, defaults left out where the struct leaves them out."""
    import tomli_w  # Of every twenty files that the merge driver starts for, hardly one is TOML.

    return tomli_w.dumps(msgspec.to_builtins(document)).encode()


def decode_toml(data: bytes, kind: type[Document], *, path: str) -> Document:
    """Read a TOML document.

    Errors: InvalidDocument that names the file, and the line where the syntax is wrong.
    """
    import tomllib

    try:
        return msgspec.convert(tomllib.loads(data.decode()), type=kind)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        line = _error_line(data, str(error))
        raise InvalidDocument(f"{error}.", path=path, line=line, hint=_hint(data)) from None


def _error_line(data: bytes, message: str) -> int:
    """The line that a parser's message is about, or 0: it names a line, a byte, or the end."""
    if found := re.search(r"at line (\d+)", message):
        return int(found[1])
    if found := re.search(r"\(byte (\d+)\)", message):
        return data.count(b"\n", 0, int(found[1])) + 1
    if "truncated" in message or "at end of document" in message:
        return data.rstrip().count(b"\n") + 1
    return 0


def _hint(data: bytes) -> str:
    if b"<<<<<<< " in data:
        return "The file holds conflict markers of git: choose a side and remove them."
    return "Mend the file by hand, or take the last good version: git checkout HEAD -- FILE."
