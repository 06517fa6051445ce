"""Annotations of a job in CVAT's verbs, each of them one change set (docs/adr/0002)."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cvatcore.edit import ChangeSet, fix_track
from cvatcore.protocol import (
    ChangeEvent,
    LabeledData,
    LabeledImage,
    LabeledShape,
    LabeledTrack,
    LabelTable,
    from_wire,
    to_wire,
)
from cvatcore.schema import Annotations, Element, Keyframe, Shape, Track
from cvatcore.workspace import JobView, Workspace
from cvatd.call import Call, Endpoint
from cvatd.refusals import FieldErrors

MAX_NAMED = 200
"""A change event names this many objects at the most; a larger change makes clients fetch again."""


def read(call: Call) -> LabeledData:
    """`GET /jobs/{id}/annotations`."""
    job = call.workspace.job(call.number())
    return to_wire(job.annotations, LabelTable(job.labels))


def replace(call: Call) -> LabeledData:
    """`PUT`: these objects take the place of all. All get new ids, as in CVAT."""
    job = call.workspace.job(call.number())
    table = LabelTable(job.labels)
    shapes, tracks = _numbered(call.workspace, *wire_objects(call.decode(LabeledData), table), fresh=True)
    job.replace(shapes, tracks)
    _publish(call, job, None)
    return _echo(shapes, tracks, table)


def change(call: Call) -> LabeledData:
    """`PATCH ?action=create|update|delete`.

    Unlike CVAT, `update` keeps the ids: an object's history hangs on them.
    """
    action = call.query.get("action")
    if action not in {"create", "update", "delete"}:
        raise FieldErrors(["Please specify a correct 'action' for the request"])
    job = call.workspace.job(call.number())
    data = call.decode(LabeledData)
    if action == "delete":
        job.apply(ChangeSet(delete=frozenset(wire_ids(data))))
        _publish(call, job, wire_ids(data))
        return data
    table = LabelTable(job.labels)
    shapes, tracks = _numbered(call.workspace, *wire_objects(data, table), fresh=action == "create")
    job.apply(ChangeSet(shapes=shapes, tracks=tracks))
    _publish(call, job, own_ids(shapes, tracks))
    return _echo(shapes, tracks, table)


def clear(call: Call) -> None:
    """`DELETE`: removes all; git has them still."""
    job = call.workspace.job(call.number())
    job.replace(())
    _publish(call, job, None)


def wire_objects(data: LabeledData, table: LabelTable) -> tuple[tuple[Shape, ...], tuple[Track, ...]]:
    """The objects of a request as they are to be stored: tracks begin where they say."""
    shapes, tracks = from_wire(data, table)
    return shapes, tuple(fix_track(track) for track in tracks)


def wire_ids(data: LabeledData) -> list[int]:
    """The ids in a request, of objects without those of their elements."""
    items: list[LabeledImage | LabeledShape | LabeledTrack] = [*data.tags, *data.shapes, *data.tracks]
    return [item.id for item in items if item.id]


def own_ids(shapes: Iterable[Shape], tracks: Iterable[Track]) -> list[int]:
    """The ids of objects, without those of their elements."""
    return [shape.id for shape in shapes] + [track.id for track in tracks]


def _echo(shapes: tuple[Shape, ...], tracks: tuple[Track, ...], table: LabelTable) -> LabeledData:
    return to_wire(Annotations(shapes=shapes, tracks=tracks), table)


def _publish(call: Call, job: JobView, objects: list[int] | None) -> None:
    if objects is not None and len(objects) > MAX_NAMED:
        objects = None
    call.context.feed.publish(ChangeEvent("annotations", task_id=job.task.id, job_id=job.id, objects=objects))


def _numbered(
    workspace: Workspace, shapes: tuple[Shape, ...], tracks: tuple[Track, ...], *, fresh: bool
) -> tuple[tuple[Shape, ...], tuple[Track, ...]]:
    """The objects with ids for those that have none, or with new ids for all."""
    items: list[Shape | Track] = [*shapes, *tracks]
    needed = sum(_missing(item, fresh=fresh) for item in items)
    if not needed:
        return shapes, tracks
    first = workspace.store.ids.take("object", needed)
    numbers = iter(range(first, first + needed))
    return (
        tuple(_number_shape(shape, numbers, fresh=fresh) for shape in shapes),
        tuple(_number_track(track, numbers, fresh=fresh) for track in tracks),
    )


def _missing(item: Shape | Track | Element, *, fresh: bool) -> int:
    own = int(fresh or not item.id)
    if isinstance(item, Element):
        return own
    elements: list[Element | Track] = [*item.elements]
    return own + sum(_missing(element, fresh=fresh) for element in elements)


def _number_shape(shape: Shape, numbers: Iterable[int], *, fresh: bool) -> Shape:
    if not _missing(shape, fresh=fresh):
        return shape
    number = shape.id if shape.id and not fresh else _take(numbers)
    elements = tuple(
        element if element.id and not fresh else msgspec.structs.replace(element, id=_take(numbers))
        for element in shape.elements
    )
    return msgspec.structs.replace(shape, id=number, elements=elements)


def _number_track(track: Track, numbers: Iterable[int], *, fresh: bool) -> Track:
    if not _missing(track, fresh=fresh):
        return track
    number = track.id if track.id and not fresh else _take(numbers)
    return msgspec.structs.replace(
        track,
        id=number,
        elements=tuple(_number_track(e, numbers, fresh=fresh) for e in track.elements),
        keyframes=tuple(_keyframe_of(keyframe, number) for keyframe in track.keyframes),
    )


def _keyframe_of(keyframe: Keyframe, track: int) -> Keyframe:
    return msgspec.structs.replace(keyframe, track=track)


def _take(numbers: Iterable[int]) -> int:
    return next(iter(numbers))


ENDPOINTS = (
    Endpoint("GET", "/api/jobs/{id}/annotations", read, "A job's annotations", answers=LabeledData),
    Endpoint(
        "PUT",
        "/api/jobs/{id}/annotations",
        replace,
        "Replace a job's annotations",
        answers=LabeledData,
        takes=LabeledData,
    ),
    Endpoint(
        "PATCH",
        "/api/jobs/{id}/annotations",
        change,
        "Create, update or delete objects",
        answers=LabeledData,
        takes=LabeledData,
        query=("action",),
    ),
    Endpoint("DELETE", "/api/jobs/{id}/annotations", clear, "Remove a job's annotations"),
)
