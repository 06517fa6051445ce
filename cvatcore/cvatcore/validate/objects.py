"""The lines of annotation files, one by one, each held against its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cvatcore.edit import MAX_ID
from cvatcore.schema import Element, Keyframe, Label, Shape, Track
from cvatcore.store.layout import shard_path, shard_start
from cvatcore.validate.finding import Finding
from cvatcore.validate.geometry_rules import (
    bad_elements,
    bad_number,
    bad_points,
    bad_track_number,
    degenerate,
    outside_frame,
    outside_image,
    outside_job,
)
from cvatcore.validate.label_rules import (
    attribute_value,
    label_type,
    misplaced_name,
    track_attribute,
    unknown_attribute,
    unknown_label,
    unknown_name,
    wrong_value,
)
from cvatcore.validate.rules import (
    ATTRIBUTE_VALUE,
    BAD_ELEMENTS,
    BAD_ID,
    BAD_NUMBER,
    BAD_POINTS,
    DEGENERATE_BOX,
    FRAME_OUTSIDE_JOB,
    LABEL_TYPE,
    MISPLACED_ATTRIBUTE,
    OUTSIDE_IMAGE,
    UNKNOWN_ATTRIBUTE,
    UNKNOWN_LABEL,
    WRONG_SHARD,
    Rule,
)
from cvatcore.validate.surroundings import Surroundings


def bad_id(item: Shape | Element | Track, around: Surroundings) -> str:
    """An id that is no id."""
    return "" if 0 < item.id <= MAX_ID else f"The id {item.id} is not between 1 and 2^53 - 1."


SHAPE_RULES: tuple[tuple[Rule, Callable[[Shape, Surroundings], str]], ...] = (
    (BAD_ID, bad_id),
    (UNKNOWN_LABEL, unknown_label),
    (LABEL_TYPE, label_type),
    (UNKNOWN_ATTRIBUTE, unknown_attribute),
    (ATTRIBUTE_VALUE, attribute_value),
    (BAD_ELEMENTS, bad_elements),
    (BAD_NUMBER, bad_number),
    (BAD_POINTS, bad_points),
    (DEGENERATE_BOX, degenerate),
    (OUTSIDE_IMAGE, outside_image),
    (FRAME_OUTSIDE_JOB, outside_job),
)

KEYFRAME_RULES: tuple[tuple[Rule, Callable[[Keyframe, Surroundings], str]], ...] = (
    (BAD_NUMBER, bad_number),
    (BAD_POINTS, bad_points),
    (DEGENERATE_BOX, degenerate),
    (OUTSIDE_IMAGE, outside_image),
    (FRAME_OUTSIDE_JOB, outside_job),
)

TRACK_RULES: tuple[tuple[Rule, Callable[[Track, Surroundings], str]], ...] = (
    (BAD_ID, bad_id),
    (UNKNOWN_LABEL, unknown_label),
    (UNKNOWN_ATTRIBUTE, unknown_attribute),
    (MISPLACED_ATTRIBUTE, track_attribute),
    (ATTRIBUTE_VALUE, attribute_value),
    (BAD_NUMBER, bad_track_number),
)

ELEMENT_RULES: tuple[tuple[Rule, Callable[[Element, Surroundings], str]], ...] = (
    (BAD_ID, bad_id),
    (UNKNOWN_LABEL, unknown_label),
    (LABEL_TYPE, label_type),
    (UNKNOWN_ATTRIBUTE, unknown_attribute),
    (ATTRIBUTE_VALUE, attribute_value),
    (BAD_NUMBER, bad_number),
    (BAD_POINTS, bad_points),
    (DEGENERATE_BOX, degenerate),
)


def check_shape_line(shape: Shape, around: Surroundings, *, path: str, line: int) -> Iterator[Finding]:
    """What is wrong with a shape of a shard, and with its elements."""
    for rule, problem_of in SHAPE_RULES:
        if problem := problem_of(shape, around):
            yield rule.broken(problem, path=path, line=line, frame=shape.frame, object=shape.id)
    if not shape.elements:
        return
    inner = around.inside(shape.label)
    for element in shape.elements:
        problems = [(rule, problem) for rule, find in ELEMENT_RULES if (problem := find(element, inner))]
        if problem := outside_frame(element, shape.frame, around):
            problems.append((OUTSIDE_IMAGE, problem))
        for rule, problem in problems:
            yield rule.broken(problem, path=path, line=line, frame=shape.frame, object=element.id)


def check_keyframe_line(
    keyframe: Keyframe, label: Label | None, around: Surroundings, *, path: str, line: int
) -> Iterator[Finding]:
    """What is wrong with a keyframe of a shard; `label` is its track's, None where that is not known."""
    problems = [(rule, problem) for rule, find in KEYFRAME_RULES if (problem := find(keyframe, around))]
    if keyframe.attributes:
        values = keyframe.attributes
        problems.append((UNKNOWN_ATTRIBUTE, unknown_name(values, label)))
        problems.append((MISPLACED_ATTRIBUTE, misplaced_name(values, label, mutable=False)))
        problems.append((ATTRIBUTE_VALUE, wrong_value(values, label)))
    for rule, problem in problems:
        if problem:
            yield rule.broken(problem, path=path, line=line, frame=keyframe.frame, object=keyframe.track)


def check_place(item: Shape | Keyframe, around: Surroundings, *, first: int, path: str, line: int) -> Iterator[Finding]:
    """Whether a line stands in the shard of its frame; this one starts at frame `first`."""
    if shard_start(item.frame) != first and item.frame >= 0:
        right = shard_path(around.task, around.job, shard_start(item.frame))
        problem = f"Frame {item.frame} belongs in {right}."
        number = item.id if isinstance(item, Shape) else item.track
        yield WRONG_SHARD.broken(problem, path=path, line=line, frame=item.frame, object=number)


def check_track_line(track: Track, around: Surroundings, *, path: str, line: int) -> Iterator[Finding]:
    """What is wrong with one line of `tracks.jsonl`."""
    for rule, problem_of in TRACK_RULES:
        if problem := problem_of(track, around):
            yield rule.broken(problem, path=path, line=line, object=track.id)
    if not track.elements:
        return
    inner = around.inside(track.label)
    for element in track.elements:
        yield from check_track_line(element, inner, path=path, line=line)
