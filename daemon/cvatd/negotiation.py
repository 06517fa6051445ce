"""What client and server agree on in headers: the version of the API, types of bodies, compression, methods."""

from __future__ import annotations

import ipaddress
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from starlette.responses import Response

from cvatd.refusals import Refused, encode_body

if TYPE_CHECKING:
    from cvatd.call import Endpoint

JSON = "application/vnd.cvat+json"
"""CVAT's media type; it is what clients ask for."""

VERSION = "2.0"
"""The version of the API that a client may ask for in `Accept`."""

SMALLEST = 1024
"""Bytes from which on an answer is worth compressing."""

_OURS = frozenset({JSON, "application/json", "application/*", "*/*"})
_VERSION = re.compile(r"\bversion\s*=\s*\"?([^\s;,\"]*)")
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json")


def check_accept(headers: Mapping[str, str]) -> None:
    """Refuse who wants nothing but another version of the API.

    Errors: Refused with 406.
    """
    accept = headers.get("accept", "")
    if "version" not in accept:
        return
    wanted = [
        found[1] if (found := _VERSION.search(parameters)) else VERSION
        for kind, _, parameters in (one.partition(";") for one in accept.lower().split(","))
        if kind.strip() in _OURS
    ]
    if wanted and VERSION not in wanted:
        raise Refused(406, 'Invalid version in "Accept" header.')


def check_body_type(endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> None:
    """Refuse a body that says it is something else than the operation takes; without a word it counts as JSON.

    Errors: Refused with 415.
    """
    if endpoint.takes is None or endpoint.streams or not body:
        return
    said = headers.get("content-type", "")
    if said and not _JSON.fullmatch(said.partition(";")[0].strip().lower()):
        raise Refused(415, f'Unsupported media type "{said[:200]}" in request.')


def allowed_methods(methods: Mapping[str, Endpoint]) -> str:
    """The header `Allow` of a path."""
    extra = {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    return ", ".join(sorted({*methods, *extra}))


def describe(methods: Mapping[str, Endpoint]) -> Response:
    """The answer to `OPTIONS`: what can be done at a path, in the words of Django's REST framework."""
    endpoints = list(methods.values())
    parses = ["application/json"] if any(one.takes is not None for one in endpoints) else []
    if any(one.streams for one in endpoints):
        parses.append("multipart/form-data")
    body = {
        "name": endpoints[0].summary,
        "description": "; ".join(f"{one.method}: {one.summary}" for one in endpoints),
        "renders": [JSON],
        "parses": parses,
    }
    return Response(encode_body(body), media_type=JSON, headers={"Allow": allowed_methods(methods)})


def wants_gzip(answer: Response, headers: Mapping[str, str], peer: str) -> bool:
    """Whether an answer is to be compressed: JSON of some length, for a client elsewhere that asks for it.

    Between programs of one machine compressing takes longer than sending, and files are never compressed: clients keep
    them as they come.
    """
    return (
        len(getattr(answer, "body", b"")) >= SMALLEST  # Streams and files have none.
        and bool(_JSON.match(answer.headers.get("content-type", "")))
        and not {"content-disposition", "content-encoding"} & set(answer.headers)
        and _accepts_gzip(headers.get("accept-encoding", ""))
        and _is_elsewhere(peer)
    )


def gzipped(answer: Response) -> Response:
    """An answer compressed; what it is called in caches says so."""
    packer = zlib.compressobj(level=4, wbits=31)
    answer.body = packer.compress(answer.body) + packer.flush()
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Content-Length"] = str(len(answer.body))
    answer.headers.add_vary_header("Accept-Encoding")
    tag = answer.headers.get("etag", "")
    if tag.startswith('"'):
        answer.headers["ETag"] = f"W/{tag}"
    return answer


def _accepts_gzip(accepted: str) -> bool:
    for one in accepted.lower().split(","):
        name, _, quality = one.partition(";")
        if name.strip() in {"gzip", "*"}:
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", quality)
    return False


def _is_elsewhere(peer: str) -> bool:
    """Whether an address is of another machine."""
    try:
        return not ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False  # A socket of this machine has none.


def chosen_type(headers: Mapping[str, str], kinds: Sequence[str]) -> str:
    """The first of some media types that `Accept` names; the first of all where it names none of them."""
    named = {one.partition(";")[0].strip() for one in headers.get("accept", "").lower().split(",")}
    return next((kind for kind in kinds if kind in named), kinds[0])
