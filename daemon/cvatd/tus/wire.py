"""The headers of TUS 1.0.0, read and written, as CVAT's clients send and expect them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from starlette.responses import Response

from cvatd.refusals import Refused

VERSION = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"

_MAX_DIGITS = 18


class TusRefused(Refused):
    """A resumable upload that is refused: the body is a sentence, as in CVAT; `headers` may tell the right offset."""

    def __init__(self, status: int, sentence: str, *, offset: int | None = None) -> None:
        super().__init__(status, sentence)
        self.body = sentence
        self.headers = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
        if offset is not None:
            self.headers["Upload-Offset"] = str(offset)


def tus_headers(*, origin: str, max_size: int) -> dict[str, str]:
    """The headers that all answers have.

    Args:
        origin: from where pages may read them: this daemon, as the client names it.
        max_size: of one file, in bytes.
    """
    return {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": "",
        "Tus-Max-Size": str(max_size),
        "Cache-Control": "no-store",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "PATCH,HEAD,GET,POST,OPTIONS",
        "Access-Control-Allow-Headers": (
            "Tus-Resumable,upload-length,upload-metadata,Location,Upload-Offset,content-type"
        ),
        "Access-Control-Expose-Headers": (
            "Tus-Resumable,upload-length,upload-metadata,Location,Upload-Offset,Upload-Filename"
        ),
    }


def tus_answer(status: int, headers: Mapping[str, str]) -> Response:
    """An answer without a body."""
    return Response(status_code=status, headers=dict(headers))


def check_version(headers: Mapping[str, str]) -> None:
    """Refuse clients of another version of the protocol; one that names none is taken for this one's.

    Errors: TusRefused with 412.
    """
    if headers.get("tus-resumable", VERSION).strip() != VERSION:
        raise TusRefused(412, f"Only version {VERSION} of TUS is spoken here.")


def read_number(headers: Mapping[str, str], name: str) -> int:
    """A header that is a number of bytes.

    Errors: TusRefused with 400.
    """
    text = headers.get(name, "").strip()
    if not text.isascii() or not text.isdecimal() or len(text) > _MAX_DIGITS:
        raise TusRefused(400, f"The header {name} is no number of bytes.")
    return int(text)


def read_metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """What a client says of its file: words, and texts in base 64.

    Errors: TusRefused with 400.
    """
    found: dict[str, str] = {}
    for item in headers.get("upload-metadata", "").split(","):
        name, _, value = item.strip().partition(" ")
        if name:
            try:
                found[name] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
            except (binascii.Error, ValueError):
                raise TusRefused(
                    400, f"The value of {name[:100]!r} in Upload-Metadata is no text in base 64."
                ) from None
    return found
