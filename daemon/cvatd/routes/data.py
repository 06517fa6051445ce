"""Frames, chunks, context images and previews.

A picture that is not on this machine is shown as a placeholder, with 200 and the frame's number in `X-Cvatd-Missing`:
people go on annotating. In quality `original`, which is for data sets, it is a 404: nobody trains on placeholders.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import IO

import msgspec
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse

from cvatcore.errors import InvalidDocument, MissingMedia
from cvatcore.media import Picture, Quality
from cvatcore.media.chunks import ZIP_TYPE, ChunkPlan, chunk_kind, chunk_size, is_for_a_file, write_pictures
from cvatcore.media.context_images import context_archive
from cvatcore.media.own_files import OwnFile, large_file
from cvatcore.media.tags import picture_tag
from cvatcore.schema import included_frames
from cvatcore.workspace import JobView, TaskView
from cvatd.call import Call, Endpoint, Lane
from cvatd.refusals import FieldErrors
from cvatd.routes.data_meta import NO_DATA, with_data

CACHE_SECONDS = 300
"""A browser asks again after this time whether a frame is still the same."""

MISSING = "X-Cvatd-Missing"
"""The header with the numbers of frames that are placeholders, counted in the task, with commas between."""

_IN_MEMORY = 32 << 20
_PIECE = 256 << 10
"""In bytes, of what is sent from a file."""


class _Asked(msgspec.Struct, frozen=True):
    """Whose frames are asked for: a task's, or those of a job's range."""

    task: TaskView
    start: int
    stop: int
    """The last one; both are counted in the task."""
    included: frozenset[int] | None = None
    """Of a job of ground truth, which of them it has."""
    is_job: bool = False


def task_data(call: Call) -> Response:
    """`GET /tasks/{id}/data`."""
    task = with_data(call.workspace.tasks[call.number()])
    return _data(call, _Asked(task, 0, task.size - 1))


def job_data(call: Call) -> Response:
    """`GET /jobs/{id}/data`."""
    return _data(call, _asked_of_job(call.workspace.job(call.number())))


def task_preview(call: Call) -> Response:
    """`GET /tasks/{id}/preview`: its first frame."""
    return _preview(call, call.workspace.tasks[call.number()], number=0)


def job_preview(call: Call) -> Response:
    """`GET /jobs/{id}/preview`: its first frame."""
    job = call.workspace.job(call.number())
    return _preview(call, job.task, number=(included_frames(job.document) or (job.start,))[0])


def project_preview(call: Call) -> Response:
    """`GET /projects/{id}/preview`: that of its first task."""
    project = call.workspace.project(call.number())
    for task in call.workspace.tasks:
        with contextlib.suppress(InvalidDocument):  # It is told in lists; the preview is that of the next.
            if task.document.project == project.id:
                return _preview(call, task, number=0)
    return PlainTextResponse("There is no task in the project.", status_code=404)


def context_image(call: Call) -> Response:
    """`GET /cvatd/tasks/{id}/context/{number}/{index}`: one context image, counted from 0, as JPEG."""
    task, number = call.workspace.tasks[call.number()], call.number("number")
    picture = task.frames.context_image(number, call.number("index"), placeholder=True)
    return _answer(picture, number=number, tag=hashlib.blake2b(picture.data, digest_size=16).hexdigest())


def lane_of_data(query: Mapping[str, str]) -> Lane:
    """Where a question for data waits: chunks take long, a frame goes past them."""
    return "chunks" if query.get("type") == "chunk" else "media"


def lane_of_pictures(_: Mapping[str, str]) -> Lane:
    """Where all wait that may have to decode something."""
    return "media"


def _asked_of_job(job: JobView) -> _Asked:
    document = job.document
    included = included_frames(document)
    return _Asked(
        task=with_data(job.task),
        start=document.start,
        stop=min(document.stop, job.task.size - 1),
        included=None if included is None else frozenset(included),
        is_job=True,
    )


def _data(call: Call, asked: _Asked) -> Response:
    kind = call.query.get("type")
    if kind not in {"chunk", "frame", "context_image", "preview"}:
        raise FieldErrors(["Data type not specified or has wrong value"])
    quality = _quality(call)
    if kind == "preview":
        return _preview(call, asked.task, number=min(asked.included or (asked.start,)))
    number = call.query_int("number")
    if kind == "chunk":
        return _chunk(call, asked, number, quality)
    if number is None:
        raise FieldErrors(["Number is not specified"])
    _check_frame(asked, number)
    if kind == "frame":
        return _frame(call, asked.task, number, quality)
    reader = asked.task.frames
    if not reader.context(number):
        return Response(status_code=404)
    return Response(context_archive(reader, number), media_type=ZIP_TYPE)


def _quality(call: Call) -> Quality:
    quality = call.query.get("quality", "compressed")
    if quality == "compressed":
        return "compressed"
    if quality == "original":
        return "original"
    raise FieldErrors(["Wrong quality value"])


def _check_frame(asked: _Asked, number: int) -> None:
    if asked.start <= number <= asked.stop and (asked.included is None or number in asked.included):
        return
    if asked.is_job:
        raise FieldErrors("The frame number doesn't belong to the job")
    raise FieldErrors(f"The frame number should be in the [{asked.start}, {asked.stop}] range")


def _frame(call: Call, task: TaskView, number: int, quality: Quality) -> Response:
    def make() -> Picture | OwnFile:
        reader, data = task.frames, task.document.data
        large = large_file(reader, data, task.manifest, number) if quality == "original" else None
        return large or reader.frame(number, quality=quality, placeholder=quality == "compressed")

    return _tagged(call, task, number, manner=f"{quality} {task.document.data.image_quality}", make=make)


def _preview(call: Call, task: TaskView, *, number: int) -> Response:
    if not task.size:
        return PlainTextResponse(NO_DATA, status_code=404)
    return _tagged(call, task, number, manner="preview", make=lambda: task.frames.preview(number, placeholder=True))


def _tagged(call: Call, task: TaskView, number: int, *, manner: str, make: Callable[[], Picture | OwnFile]) -> Response:
    """A picture with a tag of its file's identity: nothing is read for who has it already."""
    try:
        tag = picture_tag(task.frames, task.manifest, (number,), manner=manner)
    except MissingMedia:
        tag = ""
    if tag and f'"{tag}"' in call.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=_caching(tag))
    return _answer(make(), number=number, tag=tag)


def _answer(picture: Picture | OwnFile, *, number: int, tag: str) -> Response:
    if isinstance(picture, OwnFile):
        return FileResponse(picture.path, media_type=picture.media_type, headers=_caching(tag) if tag else None)
    if picture.missing:
        # Not kept by browsers: the picture may be there the next time.
        headers = {MISSING: str(number), "Cache-Control": "no-store"}
        return Response(picture.data, media_type=picture.media_type, headers=headers)
    return Response(picture.data, media_type=picture.media_type, headers=_caching(tag) if tag else None)


def _caching(tag: str) -> dict[str, str]:
    return {"ETag": f'"{tag}"', "Cache-Control": f"private, max-age={CACHE_SECONDS}"}


def _chunk(call: Call, asked: _Asked, number: int | None, quality: Quality) -> Response:
    task = asked.task
    data, manifest = task.document.data, task.manifest
    plan = ChunkPlan(
        numbers=_numbers_of_chunk(call, asked, number),
        kind="imageset" if asked.included is not None else chunk_kind(data, manifest, quality),
        quality=quality,
        image_quality=data.image_quality,
    )
    if asked.included is not None:
        plan = msgspec.structs.replace(plan, blank=frozenset(plan.numbers) - asked.included)
    if is_for_a_file(plan, manifest):
        return _from_a_file(task, plan)
    chunk = call.context.chunks.get(task.frames, manifest, plan, kept=task.workspace.cache)
    return Response(chunk.data, media_type=chunk.media_type, headers=_missing(chunk.missing))


def _numbers_of_chunk(call: Call, asked: _Asked, number: int | None) -> range | tuple[int, ...]:
    """The frames of a chunk: of the task's, by `number`; or of those that a job is cut into itself, by `index`.

    The chunks that ground truth is cut into itself have its frames only, as with newer servers.
    """
    size = chunk_size(asked.task.document.data, asked.task.manifest)
    index = call.query_int("index") if asked.is_job else None
    if number is None and index is None:
        raise FieldErrors(["Number is not specified"])
    if number is not None and index is not None:
        raise FieldErrors(["Only one of number and index can be specified"])
    if index is None:
        chunk = number or 0
        _check_chunk(asked, chunk, first=asked.start // size, last=asked.stop // size)
        return range(chunk * size, min((chunk + 1) * size, asked.task.size))
    own = range(asked.start, asked.stop + 1) if asked.included is None else tuple(sorted(asked.included))
    _check_chunk(asked, index, first=0, last=(len(own) - 1) // size)
    return own[index * size : (index + 1) * size]


def _check_chunk(asked: _Asked, chunk: int, *, first: int, last: int) -> None:
    if not first <= chunk <= last:
        sentence = f"The chunk number should be in  the [{first}, {last}] range"
        raise FieldErrors([sentence] if asked.included is not None else sentence)


def _from_a_file(task: TaskView, plan: ChunkPlan) -> Response:
    """A chunk that is too large for memory."""
    # It is closed by who reads it to its end.
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  open for longer than this function runs
    try:
        missing = write_pictures(file, task.frames, task.manifest, plan)
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    headers = {"Content-Length": str(size), **_missing(missing)}
    return StreamingResponse(_pieces(file), media_type=ZIP_TYPE, headers=headers)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _missing(numbers: tuple[int, ...]) -> dict[str, str]:
    return {MISSING: ",".join(map(str, numbers))} if numbers else {}


_QUERY = ("type", "number", "quality")

ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/tasks/{id}/data",
        task_data,
        "A frame, a chunk or the context images of a task",
        media_type="image/*",
        query=_QUERY,
        lane=lane_of_data,
    ),
    Endpoint(
        "GET",
        "/api/jobs/{id}/data",
        job_data,
        "A frame, a chunk or the context images of a job; frames are numbered in the task",
        media_type="image/*",
        query=(*_QUERY, "index"),
        lane=lane_of_data,
    ),
    Endpoint(
        "GET",
        "/api/tasks/{id}/preview",
        task_preview,
        "A small picture",
        media_type="image/jpeg",
        lane=lane_of_pictures,
    ),
    Endpoint(
        "GET", "/api/jobs/{id}/preview", job_preview, "A small picture", media_type="image/jpeg", lane=lane_of_pictures
    ),
    Endpoint(
        "GET",
        "/api/projects/{id}/preview",
        project_preview,
        "A small picture",
        media_type="image/jpeg",
        lane=lane_of_pictures,
    ),
    Endpoint(
        "GET",
        "/api/cvatd/tasks/{id}/context/{number}/{index}",
        context_image,
        "One context image of a frame",
        media_type="image/jpeg",
        lane=lane_of_pictures,
    ),
)
