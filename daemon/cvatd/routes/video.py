"""A task's video in segments that the page decodes itself."""

from __future__ import annotations

from starlette.responses import Response

from cvatcore.media import located
from cvatcore.media.video.segments import Coding, VideoSegments
from cvatcore.protocol import VideoRead
from cvatd.call import Call, Endpoint
from cvatd.refusals import FieldErrors
from cvatd.routes.data import CACHE_SECONDS, lane_of_pictures


def task_video(call: Call) -> VideoRead:
    """`GET /cvatd/tasks/{id}/video`: how it is coded and cut."""
    task = call.workspace.tasks[call.number()]
    manifest = task.manifest
    layout = _segments(call).layout()
    index = layout.index
    width, height = index.coded_size
    return VideoRead(
        codec=layout.codec,
        width=width,
        height=height,
        quarter_turns=index.quarter_turns,
        length=index.length,
        start=manifest.start,
        stop=manifest.source_frame(max(manifest.size - 1, 0)),
        step=manifest.step,
        fps=index.fps,
        key_frames=[segment.key for segment in layout.segments],
        first_frames=[segment.first for segment in layout.segments],
        transcoded_run=layout.run,
        transcoded_codec=layout.run_codec,
        transcoded_width=layout.run_size[0],
        transcoded_height=layout.run_size[1],
    )


def video_segment(call: Call) -> Response:
    """`GET /cvatd/tasks/{id}/video/{segment}`."""
    segments = _segments(call)
    coding = _coding(call)
    number = call.number("segment")
    tag = f'"{segments.tag(number, coding=coding)}"'
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={CACHE_SECONDS}"}
    if tag in call.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(segments.segment(number, coding=coding), media_type="video/mp4", headers=headers)


def _segments(call: Call) -> VideoSegments:
    task = call.workspace.tasks[call.number()]
    here = located(task.document.data, call.workspace.media_map, task=task.id)
    return VideoSegments(here, task.manifest, root=call.workspace.root, cache=call.workspace.cache)


def _coding(call: Call) -> Coding:
    coding = call.query.get("codec", "source")
    if coding == "source":
        return "source"
    if coding == "h264":
        return "h264"
    raise FieldErrors({"codec": ['"source" or "h264" is expected.']})


ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/cvatd/tasks/{id}/video",
        task_video,
        "How to play a task's video",
        answers=VideoRead,
        lane=lane_of_pictures,
    ),
    Endpoint(
        "GET",
        "/api/cvatd/tasks/{id}/video/{segment}",
        video_segment,
        "A part of a task's video as fragmented MP4; the times in it are frame numbers",
        media_type="video/mp4",
        query=("codec",),
        lane=lane_of_pictures,
    ),
)
