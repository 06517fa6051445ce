"""The requests of a resumable upload, for whichever address takes files."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlsplit

from starlette.responses import Response

from cvatd.call import Call, Endpoint
from cvatd.tus.resumable import Destination, Sent, append, create, look
from cvatd.tus.wire import (
    CONTENT_TYPE,
    TusRefused,
    check_version,
    read_metadata,
    read_number,
    tus_answer,
    tus_headers,
)

Find = Callable[[Call], Destination]
"""Says where the files of a request's address go; raises where there is nothing to send files for."""


def is_creation(call: Call) -> bool:
    """Whether a `POST` announces a file."""
    return "upload-length" in call.headers


def create_file(call: Call, destination: Destination) -> Response:
    """Answer a `POST` that announces a file.

    Errors: TusRefused, StorageFailed.
    """
    check_version(call.headers)
    given = read_metadata(call.headers).get("filename", "")
    sent = create(call.context.uploads, destination, given=given, length=read_number(call.headers, "upload-length"))
    headers = _headers(call)
    headers["Location"] = f"{_origin(call)}{urlsplit(call.url).path.rstrip('/')}/{sent.id}"
    return tus_answer(201, headers | _name(sent))


def tus_endpoints(path: str, find: Find, *, what: str) -> tuple[Endpoint, ...]:
    """What a resumable upload needs beside the `POST` of its address.

    Args:
        path: the address that takes files.
        find: where they go.
        what: what they are, for the description.
    """

    def options(call: Call) -> Response:
        find(call)
        return tus_answer(204, _headers(call))

    def head(call: Call) -> Response:
        sent = look(call.context.uploads, find(call), call.text("file_id"))
        return tus_answer(200, _headers(call) | _progress(sent) | {"Upload-Length": str(sent.length)})

    def patch(call: Call) -> Response:
        check_version(call.headers)
        content_type = call.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().lower() != CONTENT_TYPE:
            raise TusRefused(415, f'Unsupported media type "{content_type[:200]}" in request.')
        offset = read_number(call.headers, "upload-offset")
        sent = append(call.context.uploads, find(call), call.text("file_id"), offset=offset, pieces=call.pieces)
        return tus_answer(204, _headers(call) | _progress(sent))

    one = f"{path}/{{file_id}}"
    return (
        Endpoint("OPTIONS", path, options, f"How {what} can be sent in parts", media_type="*/*"),
        Endpoint("HEAD", one, head, f"How much came of {what}", media_type="*/*"),
        Endpoint("PATCH", one, patch, f"Send the next bytes of {what}", streams=True),
    )


def _headers(call: Call) -> dict[str, str]:
    return tus_headers(origin=_origin(call), max_size=call.context.uploads.limits.file_bytes)


def _origin(call: Call) -> str:
    """This daemon as the client names it; an `Origin` that comes here was found to be it."""
    return call.headers.get("origin", "") or call.base


def _name(sent: Sent) -> dict[str, str]:
    # Headers are in Latin-1: a name of other letters is as in an address. Clients hand it back as it is.
    name = sent.name if sent.name.isascii() else quote(sent.name)
    return {"Upload-Filename": name}


def _progress(sent: Sent) -> dict[str, str]:
    return {"Upload-Offset": str(sent.offset)} | _name(sent)
