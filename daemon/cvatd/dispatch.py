"""From an HTTP request to a route function and back: body limits, threads, JSON, errors."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, StringConvertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from cvatcore.errors import CvatError
from cvatcore.protocol.profiles import as_of_2_7
from cvatcore.workspace.acting import acting_as
from cvatd.asker import SCOPE
from cvatd.call import Answer, Call, Context, Endpoint, Lane
from cvatd.clients import client_of
from cvatd.negotiation import JSON as JSON
from cvatd.negotiation import allowed_methods, check_accept, check_body_type, describe, gzipped, wants_gzip
from cvatd.refusals import Refused, Throttled, encode_body, refusal
from cvatd.tus.partials import FILE_ID

MAX_BODY = 256 * 1024 * 1024
"""The largest body of a request in bytes: about a million shapes."""

MAX_WRITERS = 8
"""Requests that may change something at once. They wait for each other and for other programs that write, up to half a
minute, in threads; of those there are 40, and the others go on reading."""

MAX_UPLOADS = 6
"""Requests whose bodies are taken at once. They are as slow as their senders, and hold up nobody else."""

STALLED_SECONDS = 60.0
"""How long nothing may come of a body before its sender is given up."""

DRAINED_BYTES = 128 * 1024 * 1024
"""How much of a body that is refused is still taken: most clients read an answer only when all has left."""

MAX_IN_LANE: dict[Lane, int] = {"media": 12, "chunks": 3}
"""Requests for media that are answered at once: the others wait outside of those threads."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_PIECE = 256 * 1024
_FREE = contextlib.nullcontext()
_log = logging.getLogger("cvatd")
_NOT_FOR_OTHERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
"""Keeps pages of other programs of this machine, to which the cookie is sent too, from showing what is answered."""

_encoder = msgspec.json.Encoder()


class _NumberConvertor(IntegerConvertor):
    """A number of a path; one of more digits than any id has is no number, and the path not found."""

    regex = "[0-9]{1,18}"


class _ConflictConvertor(StringConvertor):
    """The id of a conflict, or the beginning of one."""

    regex = "[0-9a-fA-F]{1,16}"


class _FileConvertor(StringConvertor):
    """The id of a file that is uploaded in parts."""

    regex = FILE_ID


class _RequestConvertor(StringConvertor):
    """The id of something that is done in the background."""

    regex = "[A-Za-z0-9_.=:-]{1,200}"


register_url_convertor("file", _FileConvertor())
register_url_convertor("request", _RequestConvertor())
register_url_convertor("number", _NumberConvertor())
register_url_convertor("conflict", _ConflictConvertor())


def routes_of(endpoints: Sequence[Endpoint], context: Context) -> list[Route]:
    """The routes of endpoints, each with and without a trailing slash, grouped by path."""
    grouped: dict[str, dict[str, Endpoint]] = {}
    for endpoint in endpoints:
        grouped.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    routes: list[Route] = []
    writers, uploads = asyncio.Semaphore(MAX_WRITERS), asyncio.Semaphore(MAX_UPLOADS)
    lanes = {lane: asyncio.Semaphore(most) for lane, most in MAX_IN_LANE.items()}
    for path, methods in grouped.items():
        serve = _server(methods, context, writers, uploads, lanes)
        pattern = re.sub(r"\{(\w+)\}", _with_kind, path)
        for variant in (pattern, pattern + "/"):
            # Other methods come here too, to be refused in CVAT's words.
            routes.append(Route(variant, serve, methods=[*METHODS]))
    return routes


def _with_kind(parameter: re.Match[str]) -> str:
    """A parameter of a path as Starlette writes it: a number, but for those that are not."""
    name = parameter[1]
    return f"{{{name}:{_KINDS.get(name, 'number')}}}"


_KINDS = {"conflict": "conflict", "rq_id": "request", "file_id": "file", "uuid": "uuid"}


def json_response(body: object, *, status: int = 200) -> Response:
    """A JSON answer with the headers that CVAT's clients expect."""
    data = _encoder.encode(body) if isinstance(body, msgspec.Struct) else encode_body(body)
    return Response(data, status_code=status, media_type=JSON)


def error_response(error: CvatError) -> Response:
    """The answer to a request that failed."""
    status, body = refusal(error)
    answer = json_response(body, status=status)
    if isinstance(error, Refused):
        answer.headers.update(error.headers)
    if status == 503:
        answer.headers["Retry-After"] = "1"
    if isinstance(error, Throttled):
        answer.headers["Retry-After"] = str(error.seconds)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Token"
    return answer


def _server(
    methods: dict[str, Endpoint],
    context: Context,
    writers: asyncio.Semaphore,
    uploads: asyncio.Semaphore,
    lanes: Mapping[Lane, asyncio.Semaphore],
) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        try:
            endpoint = methods.get(request.method) or (methods.get("GET") if request.method == "HEAD" else None)
            check_accept(request.headers)
            if endpoint is None and request.method == "OPTIONS":
                return _finished(describe(methods))
            if endpoint is None:
                raise Refused(405, f'Method "{request.method}" not allowed.')
            call = Call(
                context=context,
                path=request.path_params,
                query=dict(request.query_params),
                headers=request.headers,
                body=b"" if endpoint.streams else await _read_body(request),
                base=f"{request.url.scheme}://{request.headers.get('host', '')}",
                url=str(request.url),
                asker=request.scope[SCOPE],
                pieces=_pieces(request, asyncio.get_running_loop()) if endpoint.streams else iter(()),
            )
            check_body_type(endpoint, request.headers, call.body)
            lane = lanes.get(endpoint.lane(call.query), _FREE) if endpoint.method in SAFE else writers
            async with uploads if endpoint.streams else lane:
                answer = _answer(await run_in_threadpool(_handled, endpoint, call), call, endpoint)
            if request.method == "HEAD" and isinstance(answer, StreamingResponse):
                answer = Response(headers=answer.headers)  # A feed would never end, and nobody reads it.
        except CvatError as error:
            answer = error_response(error)
        except ClientDisconnect:
            answer = Response(status_code=499)
        except Exception:  # noqa: BLE001  the last line of defence: a person gets a sentence, the log the trace
            _log.exception("%s %s failed", request.method, request.url.path)
            answer = error_response(Refused(503, "cvatd could not answer; its log says why. Nothing was lost."))
        if answer.status_code == 405:
            answer.headers["Allow"] = allowed_methods(methods)
        if wants_gzip(answer, request.headers, request.client.host if request.client else ""):
            answer = await run_in_threadpool(gzipped, answer)
        return _finished(answer)

    return serve


def _finished(answer: Response) -> Response:
    answer.headers["X-Request-Id"] = str(uuid.uuid4())
    answer.headers.update(_NOT_FOR_OTHERS)
    return answer


def _answer(answer: Answer, call: Call, endpoint: Endpoint) -> Response:
    if answer is None:
        return Response(status_code=204)
    if isinstance(answer, Response):
        tag = answer.headers.get("etag")
        if tag and tag in call.headers.get("if-none-match", ""):
            headers = {"ETag": tag, "Cache-Control": answer.headers.get("cache-control", "")}
            return Response(status_code=304, headers=headers)
        return answer
    if isinstance(answer, msgspec.Struct) and not client_of(call.headers).takes_newer_fields:
        answer = as_of_2_7(answer)
    return json_response(answer, status=endpoint.status)


def _handled(endpoint: Endpoint, call: Call) -> Answer:
    """The answer of an endpoint."""
    try:
        with acting_as(call.asker.person):
            return endpoint.handler(call)
    except CvatError:
        taken = 0
        with contextlib.suppress(CvatError, ClientDisconnect):
            for piece in call.pieces:
                taken += len(piece)
                if taken > DRAINED_BYTES:
                    break
        raise


def _pieces(request: Request, loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """The body as it comes in, for a handler in a thread of the pool.

    Errors: ClientDisconnect when its sender is gone, Refused with 408 when nothing comes any more.
    """
    stream = request.stream()

    async def take() -> tuple[bytes, bool]:
        # What goes from the loop to another thread costs the same whether it is much or little.
        parts: list[bytes] = []
        size = 0
        while size < _PIECE:
            async with asyncio.timeout(STALLED_SECONDS):
                part = await anext(stream, None)
            if part is None:
                return b"".join(parts), True
            parts.append(part)
            size += len(part)
        return b"".join(parts), False

    is_last = False
    while not is_last:
        try:
            piece, is_last = asyncio.run_coroutine_threadsafe(take(), loop).result()
        except TimeoutError:
            raise Refused(408, f"Nothing came of the request for {STALLED_SECONDS:.0f} seconds.") from None
        if piece:
            yield piece


async def _read_body(request: Request) -> bytes:
    """The whole body.

    Errors: Refused with 413 above the limit, without reading on.
    """
    declared = request.headers.get("content-length", "0")
    too_large = Refused(413, f"The request is larger than {MAX_BODY} bytes.")
    if not declared.isdecimal() or int(declared) > MAX_BODY:
        raise too_large
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            raise too_large
        parts.append(part)
    return b"".join(parts)
