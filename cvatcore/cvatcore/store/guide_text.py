"""A guide's text as its file has it."""

from __future__ import annotations

from cvatcore.errors import InvalidDocument
from cvatcore.schema.guide import Guide


def decode_guide(data: bytes, *, path: str) -> Guide:
    """Read a guide.

    Errors: InvalidDocument for what is no text.
    """
    try:
        return Guide(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidDocument("The text is not UTF-8.", path=path, line=line, hint="Save it as UTF-8.") from None


def encode_guide(guide: Guide) -> bytes:
    """The bytes of a guide."""
    return guide.markdown.encode()
