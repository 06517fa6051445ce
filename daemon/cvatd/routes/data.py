"""Frames, chunks, previews and what is known of them.

A picture that is not on this machine is shown as a placeholder, with 200 and the frame's number in `X-Cvatd-Missing`:
people go on annotating. In quality `original`, which is for data sets, it is a 404: nobody trains on placeholders.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Literal

from starlette.responses import Response

from cvatcore.errors import InvalidInput
from cvatcore.media import Picture
from cvatcore.protocol import DataMetaRead
from cvatcore.workspace import TaskView
from cvatd.call import Call, Endpoint
from cvatd.reads import chunk_size, data_meta
from cvatd.refusals import FieldErrors

Quality = Literal["compressed", "original"]

CACHE_SECONDS = 300
"""A browser asks again after this time whether a frame is still the same."""

MISSING = "X-Cvatd-Missing"
"""The header with the numbers of frames that are placeholders, counted in the task, with commas between."""

_SUFFIXES = {"image/jpeg": ".jpeg", "image/png": ".png", "image/webp": ".webp", "image/bmp": ".bmp"}


def task_meta(call: Call) -> DataMetaRead:
    """`GET /tasks/{id}/data/meta`."""
    task = call.workspace.tasks[call.number()]
    return data_meta(task.manifest, task.document)


def job_meta(call: Call) -> DataMetaRead:
    """`GET /jobs/{id}/data/meta`."""
    job = call.workspace.job(call.number())
    return data_meta(job.task.manifest, job.task.document, start=job.start, stop=job.stop)


def task_preview(call: Call) -> Response:
    """`GET /tasks/{id}/preview`."""
    return _picture(call.workspace.tasks[call.number()].frames.preview(0, placeholder=True), number=0)


def job_preview(call: Call) -> Response:
    """`GET /jobs/{id}/preview`."""
    job = call.workspace.job(call.number())
    return _picture(job.task.frames.preview(job.start, placeholder=True), number=job.start)


def task_data(call: Call) -> Response:
    """`GET /tasks/{id}/data`."""
    task = call.workspace.tasks[call.number()]
    return _data(call, task, start=0, stop=task.size - 1, whose="task")


def job_data(call: Call) -> Response:
    """`GET /jobs/{id}/data`."""
    job = call.workspace.job(call.number())
    return _data(call, job.task, start=job.start, stop=job.stop, whose="job")


def _data(call: Call, task: TaskView, *, start: int, stop: int, whose: str) -> Response:
    kind = call.query.get("type")
    if kind not in {"chunk", "frame"}:
        raise FieldErrors(["Data type not specified or has wrong value"])
    number = call.query_int("number")
    if number is None:
        raise FieldErrors(["Number is not specified"])
    quality = _quality(call)
    if kind == "frame":
        if not start <= number <= stop:
            if whose == "job":
                raise FieldErrors("The frame number doesn't belong to the job")
            raise FieldErrors(f"The frame number should be in the [{start}, {stop}] range")
        picture = task.frames.frame(number, quality=quality, placeholder=quality == "compressed")
        return _picture(picture, number=number)
    return _chunk(task, number, start=start, stop=stop, quality=quality)


def _quality(call: Call) -> Quality:
    quality = call.query.get("quality", "compressed")
    if quality == "compressed":
        return "compressed"
    if quality == "original":
        return "original"
    raise FieldErrors(["Wrong quality value"])


def _chunk(task: TaskView, number: int, *, start: int, stop: int, quality: Quality) -> Response:
    """A stored zip of the frames `[number * chunk, (number + 1) * chunk)` of the task."""
    size = chunk_size(task.manifest)
    first, last = start // size, stop // size
    if not first <= number <= last:
        raise FieldErrors(f"The chunk number should be in  the [{first}, {last}] range")
    buffer = io.BytesIO()
    frames = range(number * size, min((number + 1) * size, task.size))
    missing: list[int] = []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for index, frame in enumerate(frames):
            picture = task.frames.frame(frame, quality=quality, placeholder=quality == "compressed")
            if picture.missing:
                missing.append(frame)
            name = f"{index:06d}{_suffix(picture)}"
            archive.writestr(zipfile.ZipInfo(name), picture.data)
    headers = {MISSING: ",".join(map(str, missing))} if missing else {}
    return Response(buffer.getvalue(), media_type="application/zip", headers=headers)


def _suffix(picture: Picture) -> str:
    known = _SUFFIXES.get(picture.media_type)
    if known is None:
        raise InvalidInput(f"A chunk cannot hold {picture.media_type}.")
    return known


def _picture(picture: Picture, *, number: int) -> Response:
    if picture.missing:
        # Not kept by browsers: the picture may be there the next time.
        headers = {MISSING: str(number), "Cache-Control": "no-store"}
        return Response(picture.data, media_type=picture.media_type, headers=headers)
    tag = hashlib.blake2b(picture.data, digest_size=16).hexdigest()
    headers = {"ETag": f'"{tag}"', "Cache-Control": f"private, max-age={CACHE_SECONDS}"}
    return Response(picture.data, media_type=picture.media_type, headers=headers)


ENDPOINTS = (
    Endpoint("GET", "/api/tasks/{id}/data/meta", task_meta, "A task's frames", answers=DataMetaRead),
    Endpoint("GET", "/api/jobs/{id}/data/meta", job_meta, "A job's frames", answers=DataMetaRead),
    Endpoint(
        "GET",
        "/api/tasks/{id}/data",
        task_data,
        "A frame or chunk of a task",
        media_type="image/*",
        query=("type", "number", "quality"),
    ),
    Endpoint(
        "GET",
        "/api/jobs/{id}/data",
        job_data,
        "A frame or chunk of a job; frames are numbered in the task",
        media_type="image/*",
        query=("type", "number", "quality"),
    ),
    Endpoint("GET", "/api/tasks/{id}/preview", task_preview, "A small picture", media_type="image/jpeg"),
    Endpoint("GET", "/api/jobs/{id}/preview", job_preview, "A small picture", media_type="image/jpeg"),
)
