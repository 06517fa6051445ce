"""The rules of single objects, each a small function that says what is wrong, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from cvatcore.edit import MAX_ID
from cvatcore.geometry import bounding_box, points_problem
from cvatcore.schema import Element, Keyframe, Label, Manifest, Shape, Track
from cvatcore.store.layout import shard_path, shard_start
from cvatcore.validate.finding import Finding
from cvatcore.validate.rules import (
    BAD_ID,
    BAD_POINTS,
    DEGENERATE_BOX,
    FRAME_OUTSIDE_JOB,
    OUTSIDE_IMAGE,
    UNKNOWN_ATTRIBUTE,
    UNKNOWN_LABEL,
    WRONG_SHARD,
    Rule,
)

TOLERANCE = 0.01
"""In pixels: coordinates are rounded on their way through other tools."""

_WITH_AREA = frozenset(["rectangle", "ellipse", "mask", "polygon"])


class Surroundings(msgspec.Struct, frozen=True):
    """What an object is judged by."""

    task: int
    job: int
    start: int
    stop: int
    """The job's frames, both included."""
    labels: Mapping[str, Label]
    """By name, former names too."""
    manifest: Manifest | None
    """None when it cannot be read: then no rule asks for the size of a frame."""


def label_map(labels: tuple[Label, ...]) -> dict[str, Label]:
    """Labels by each name that finds them; a present name comes before a former one."""
    former = {alias: label for label in labels for alias in label.aliases}
    return former | {label.name: label for label in labels}


def id_problem(item: Shape | Element | Track, around: Surroundings) -> str:
    """An id that is no id."""
    return "" if 0 < item.id <= MAX_ID else f"The id {item.id} is not between 1 and 2^53 - 1."


def label_problem(item: Shape | Element | Track, around: Surroundings) -> str:
    """A label that the task, or the skeleton, does not have."""
    if item.label in around.labels:
        return ""
    known = ", ".join(sorted({label.name for label in around.labels.values()})) or "none"
    return f"The label {item.label!r} is not among: {known}."


def attribute_problem(item: Shape | Element | Track, around: Surroundings) -> str:
    """An attribute that the label does not have."""
    if not item.attributes or (label := around.labels.get(item.label)) is None:
        return ""
    unknown = item.attributes.keys() - {attribute.name for attribute in label.attributes}
    return f"The label {label.name!r} has no attribute {min(unknown)!r}." if unknown else ""


def points_rule(item: Shape | Element | Keyframe, around: Surroundings) -> str:
    """Points that the type of shape cannot have."""
    problem = points_problem(item.type, item.points)
    if problem:
        return f"This {item.type} {problem}."
    return "" if 0 <= item.rotation <= 360 else f"The rotation {item.rotation} is not within 0 to 360."


def degenerate(item: Shape | Element | Keyframe, around: Surroundings) -> str:
    """A shape with an area that has none, or whose corners are in the wrong order."""
    if item.type not in _WITH_AREA or points_problem(item.type, item.points):
        return ""
    if item.type == "rectangle":
        x1, y1, x2, y2 = item.points
    elif (box := bounding_box(item.type, item.points)) is not None:
        x1, y1, x2, y2 = box
    else:
        return ""
    return "" if x2 > x1 and y2 > y1 else f"This {item.type} is {x2 - x1:g} x {y2 - y1:g} pixels."


def outside_image(item: Shape | Keyframe, around: Surroundings) -> str:
    """A shape that reaches out of its frame. A turned one may, as long as its middle does not; a cuboid may."""
    return _outside(item, item.frame, around)


def outside_job(item: Shape | Keyframe, around: Surroundings) -> str:
    """An object on a frame that its job does not have."""
    if around.start <= item.frame <= around.stop:
        return ""
    return f"Frame {item.frame} is not in job {around.job}, which has the frames {around.start} to {around.stop}."


SHAPE_RULES: tuple[tuple[Rule, Callable[[Shape, Surroundings], str]], ...] = (
    (BAD_ID, id_problem),
    (UNKNOWN_LABEL, label_problem),
    (UNKNOWN_ATTRIBUTE, attribute_problem),
    (BAD_POINTS, points_rule),
    (DEGENERATE_BOX, degenerate),
    (OUTSIDE_IMAGE, outside_image),
    (FRAME_OUTSIDE_JOB, outside_job),
)

KEYFRAME_RULES: tuple[tuple[Rule, Callable[[Keyframe, Surroundings], str]], ...] = (
    (BAD_POINTS, points_rule),
    (DEGENERATE_BOX, degenerate),
    (OUTSIDE_IMAGE, outside_image),
    (FRAME_OUTSIDE_JOB, outside_job),
)

TRACK_RULES: tuple[tuple[Rule, Callable[[Track, Surroundings], str]], ...] = (
    (BAD_ID, id_problem),
    (UNKNOWN_LABEL, label_problem),
    (UNKNOWN_ATTRIBUTE, attribute_problem),
)

ELEMENT_RULES: tuple[tuple[Rule, Callable[[Element, Surroundings], str]], ...] = (
    (BAD_ID, id_problem),
    (UNKNOWN_LABEL, label_problem),
    (UNKNOWN_ATTRIBUTE, attribute_problem),
    (BAD_POINTS, points_rule),
    (DEGENERATE_BOX, degenerate),
)


def check_shard_line(
    item: Shape | Keyframe, around: Surroundings, *, first: int, path: str, line: int
) -> Iterator[Finding]:
    """What is wrong with one line of the shard that starts at frame `first`."""
    number = item.id if isinstance(item, Shape) else item.track
    if isinstance(item, Shape):
        for rule, problem_of in SHAPE_RULES:
            if problem := problem_of(item, around):
                yield rule.broken(problem, path=path, line=line, frame=item.frame, object=number)
        for element in item.elements:
            inner = _inside(around, item.label)
            problems = [(rule, problem) for rule, find in ELEMENT_RULES if (problem := find(element, inner))]
            if problem := _outside(element, item.frame, around):
                problems.append((OUTSIDE_IMAGE, problem))
            for rule, problem in problems:
                yield rule.broken(problem, path=path, line=line, frame=item.frame, object=element.id)
    else:
        for keyframe_rule, keyframe_problem in KEYFRAME_RULES:
            if problem := keyframe_problem(item, around):
                yield keyframe_rule.broken(problem, path=path, line=line, frame=item.frame, object=number)
    if shard_start(item.frame) != first and item.frame >= 0:
        right = shard_path(around.task, around.job, shard_start(item.frame))
        problem = f"Frame {item.frame} belongs in {right}."
        yield WRONG_SHARD.broken(problem, path=path, line=line, frame=item.frame, object=number)


def check_track_line(track: Track, around: Surroundings, *, path: str, line: int) -> Iterator[Finding]:
    """What is wrong with one line of `tracks.jsonl`."""
    for rule, problem_of in TRACK_RULES:
        if problem := problem_of(track, around):
            yield rule.broken(problem, path=path, line=line, object=track.id)
    for element in track.elements:
        yield from check_track_line(element, _inside(around, track.label), path=path, line=line)


def _inside(around: Surroundings, label: str) -> Surroundings:
    """The surroundings of a skeleton's joints."""
    found = around.labels.get(label)
    return msgspec.structs.replace(around, labels=label_map(found.sublabels) if found else {})


def _outside(item: Shape | Element | Keyframe, frame: int, around: Surroundings) -> str:
    manifest = around.manifest
    if item.outside or manifest is None or not 0 <= frame < manifest.size or item.type == "cuboid":
        return ""
    if points_problem(item.type, item.points):
        return ""
    if item.type == "rectangle":
        box = item.points
    elif (found := bounding_box(item.type, item.points)) is not None:
        box = found
    else:
        return ""
    width, height = manifest.frame_size(frame)
    x1, y1, x2, y2 = box
    if item.rotation:
        x1 = x2 = (x1 + x2) / 2
        y1 = y2 = (y1 + y2) / 2
    if min(x1, y1, x2, y2) >= -TOLERANCE and max(x1, x2) <= width + TOLERANCE and max(y1, y2) <= height + TOLERANCE:
        return ""
    return f"This {item.type} reaches to {x1:g},{y1:g} … {x2:g},{y2:g} in a frame of {width} x {height} pixels."
