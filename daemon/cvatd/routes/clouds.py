"""A task's point clouds for the page: points that a browser can draw at once, and a picture from above."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from starlette.responses import Response

from cvatcore.errors import NotFound
from cvatcore.media.cloud.pcd import recentred_pcd
from cvatcore.workspace import TaskView
from cvatd.call import Call, Endpoint, Lane
from cvatd.routes.data import CACHE_SECONDS, MISSING

ORIGIN = "X-Cvatd-Origin"
"""The header with what has to be added to the points to have them in the file's coordinates: `x,y,z`."""

SIDE = 1024
"""Of the picture from above, in pixels."""


def cloud(call: Call) -> Response:
    """`GET /cvatd/tasks/{id}/clouds/{number}`: numbers have four bytes, which is why it is brought to the origin."""
    task, number = _task_of_clouds(call)
    frame = task.frames.frame(number, quality="original")
    tag = _tag(frame.data)
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={CACHE_SECONDS}"}
    if tag in call.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    data, origin = recentred_pcd(frame.data, name=task.manifest.frame_name(number))
    headers[ORIGIN] = ",".join(f"{value:.0f}" for value in origin)
    return Response(data, media_type="application/octet-stream", headers=headers)


def cloud_from_above(call: Call) -> Response:
    """`GET /cvatd/tasks/{id}/clouds/{number}/top`."""
    task, number = _task_of_clouds(call)
    picture = task.frames.from_above(number, side=SIDE, placeholder=True)
    if picture.missing:
        # Not kept by browsers: the cloud may be there the next time.
        headers = {MISSING: str(number), "Cache-Control": "no-store"}
        return Response(picture.data, media_type=picture.media_type, headers=headers)
    tag = _tag(picture.data)
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={CACHE_SECONDS}"}
    if tag in call.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(picture.data, media_type=picture.media_type, headers=headers)


def _task_of_clouds(call: Call) -> tuple[TaskView, int]:
    task = call.workspace.tasks[call.number()]
    if task.manifest.dimension != "3d":
        raise NotFound(f"Task {task.id} has no point clouds.")
    return task, call.number("number")


def _lane(_: Mapping[str, str]) -> Lane:
    return "media"


def _tag(data: bytes) -> str:
    return f'"{hashlib.blake2b(data, digest_size=16).hexdigest()}"'


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/cvatd/tasks/{id}/clouds/{number}",
        cloud,
        "A point cloud as binary PCD near the origin, where it was in the header X-Cvatd-Origin",
        media_type="application/octet-stream",
        lane=_lane,
    ),
    Endpoint(
        "GET",
        "/api/cvatd/tasks/{id}/clouds/{number}/top",
        cloud_from_above,
        "A picture of a point cloud from above",
        media_type="image/jpeg",
        lane=_lane,
    ),
)
