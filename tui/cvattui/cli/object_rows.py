"""Objects of jobs as `cvat object ls` prints them: chosen by frames and by a filter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

import msgspec

from cvatcore.errors import InvalidInput, NotFound
from cvatcore.filters import FilterSubject, Predicate, present_names, shape_subject
from cvatcore.geometry import bounding_box
from cvatcore.schema import Shape, Track
from cvatcore.tracks import keyframe_numbers, settle, track_shapes, tracked_shape

if TYPE_CHECKING:
    from cvatcore import JobView, Workspace


class ObjectSummary(msgspec.Struct, frozen=True):
    """One line of `cvat object ls`. Stable: fields are added, never renamed (docs/json.md)."""

    id: int
    job_id: int
    kind: str
    """`shape`, `track` or `tag`."""
    type: str
    """The type of shape."""
    label: str
    start_frame: int
    stop_frame: int
    """Of a track: the last frame on which it is seen, the end of its job where it never leaves the picture."""
    keyframes: int
    """0 for what is on one frame only."""
    occluded: bool
    box: tuple[float, ...]
    """Left, top, right and bottom in pixels; nothing for a tag. Of a track: where it is first seen."""
    attributes: Mapping[str, str]


class Frames(msgspec.Struct, frozen=True):
    """The frames that are asked for, both ends included."""

    start: int
    stop: int


def parse_frames(text: str) -> Frames:
    """Read `7` or `5-9`.

    Errors: InvalidInput.
    """
    start, dash, stop = text.partition("-")
    if not start.isdecimal() or (dash and not stop.isdecimal()) or len(text) > 30:
        raise InvalidInput(f"{text!r} is no frame.", hint="Give one like 7, or a range like 5-9.")
    frames = Frames(int(start), int(stop) if dash else int(start))
    if frames.stop < frames.start:
        raise InvalidInput(f"The frames {text} end before they start.", hint=f"Like: {frames.stop}-{frames.start}.")
    return frames


def find_jobs(workspace: Workspace, where: str) -> list[JobView]:
    """The job of a number, or the jobs of a task that is named, or meant by `task:<id>`.

    Errors: NotFound.
    """
    if where.isdecimal():
        try:
            job = workspace.job(int(where))
            job.document  # noqa: B018  says so when there is none
        except NotFound as error:
            raise NotFound(
                error.message, hint=f"A number is a job's; for a task say its name, or task:{where}."
            ) from None
        return [job]
    task = where.removeprefix("task:")
    return list(workspace.tasks[int(task) if task != where and task.isdecimal() else where].jobs)


def object_rows(
    jobs: Iterable[JobView], *, frames: Frames | None = None, passes: Predicate[FilterSubject] | None = None
) -> Iterator[ObjectSummary]:
    """The objects of jobs, job by job, by frame and id.

    A track is looked at where it is seen: on its keyframes among the frames asked for, and on the first of those.
    """
    for job in jobs:
        annotations, names, last = job.annotations, present_names(job.labels), job.stop
        rows = [
            _shape_row(shape, job.id, names)
            for shape in annotations.shapes
            if (frames is None or frames.start <= shape.frame <= frames.stop) and _fits(shape, names, passes)
        ]
        for track in annotations.tracks:
            if (row := _track_row(track, job.id, names, frames, last, passes)) is not None:
                rows.append(row)
        rows.sort(key=lambda row: (row.start_frame, row.id))
        yield from rows


def _fits(
    shape: Shape,
    names: Mapping[str, str],
    passes: Predicate[FilterSubject] | None,
    *,
    kind: Literal["track"] | None = None,
) -> bool:
    return passes is None or passes(shape_subject(shape, kind=kind, names=names))


def _shape_row(shape: Shape, job: int, names: Mapping[str, str]) -> ObjectSummary:
    return ObjectSummary(
        id=shape.id,
        job_id=job,
        kind="tag" if shape.type == "tag" else "shape",
        type=shape.type,
        label=names.get(shape.label, shape.label),
        start_frame=shape.frame,
        stop_frame=shape.frame,
        keyframes=0,
        occluded=shape.occluded,
        box=_box(shape),
        attributes=shape.attributes,
    )


def _track_row(
    track: Track,
    job: int,
    names: Mapping[str, str],
    frames: Frames | None,
    last: int,
    passes: Predicate[FilterSubject] | None,
) -> ObjectSummary | None:
    keys = keyframe_numbers(track)
    if not keys:
        return None  # It is nowhere, which `cvat validate` tells.
    # It is seen to the end of its job, or to keyframes beyond it, where clients put them.
    end = max(last, keys[-1])
    wanted = Frames(max(frames.start, keys[0]), min(frames.stop, end)) if frames else Frames(keys[0], end)
    shown = next((shape for shape in _seen(track, keys, wanted) if _fits(shape, names, passes, kind="track")), None)
    if shown is None:
        return None
    own = settle(track.keyframes)
    if own and own[-1].outside:
        end = own[-1].frame - 1
    row = _shape_row(shown, job, names)
    return msgspec.structs.replace(row, kind="track", start_frame=keys[0], stop_frame=end, keyframes=len(keys))


def _seen(track: Track, keys: list[int], wanted: Frames) -> Iterator[Shape]:
    """The track on its keyframes among the frames wanted and on the first of those, where it is seen."""
    if wanted.stop < wanted.start:
        return
    numbers = [number for number in keys if wanted.start < number <= wanted.stop]
    if not track.elements:
        # Its keyframes are its states: nothing has to be worked out between them.
        states = {state.frame: state for state in settle(track.keyframes)}
        if wanted.start in states:
            numbers.insert(0, wanted.start)
        else:
            yield from (item.shape for item in track_shapes(track, start=wanted.start, stop=wanted.start))
        for number in numbers:
            if not states[number].outside:
                yield tracked_shape(track, states[number])
        return
    for number in [wanted.start, *numbers]:
        yield from (item.shape for item in track_shapes(track, start=number, stop=number))


def _box(shape: Shape) -> tuple[float, ...]:
    if shape.elements:
        points = tuple(n for element in shape.elements if not element.outside for n in element.points)
        found = bounding_box("points", points) if points else None
    else:
        found = bounding_box(shape.type, shape.points, rotation=shape.rotation)
    return tuple(round(number, 2) for number in found) if found else ()
