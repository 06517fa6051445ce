"""The rules of points and frames, each a small function that says what is wrong, or nothing."""

from __future__ import annotations

from cvatcore.edit.shape_check import elements_problem, number_problem
from cvatcore.geometry import bounding_box, points_problem
from cvatcore.schema import Element, Keyframe, Shape, Track
from cvatcore.validate.surroundings import Surroundings

TOLERANCE = 0.01
"""In pixels: coordinates are rounded on their way through other tools."""

_WITH_AREA = frozenset(["rectangle", "ellipse", "mask", "polygon"])


def bad_points(item: Shape | Element | Keyframe, around: Surroundings) -> str:
    """Points that the type of shape cannot have."""
    problem = points_problem(item.type, item.points)
    if problem:
        return f"This {item.type} {problem}."
    if item.type == "tag" and isinstance(item, Keyframe):
        return "A tag cannot be tracked."
    return "" if 0 <= item.rotation <= 360 else f"The rotation {item.rotation} is not within 0 to 360."


def bad_number(item: Shape | Element | Keyframe, around: Surroundings) -> str:
    """A number beyond what clients can hold; frames have a rule of their own."""
    if isinstance(item, Shape):
        problem = number_problem(z_order=item.z_order, group=item.group, score=item.score)
    else:
        problem = number_problem(z_order=item.z_order)
    return f"This {item.type} {problem}." if problem else ""


def bad_track_number(track: Track, around: Surroundings) -> str:
    """As `bad_number`, of a track, whose frame has no other rule."""
    problem = number_problem(frame=track.frame, group=track.group)
    return f"Track {track.id} {problem}." if problem else ""


def bad_elements(shape: Shape, around: Surroundings) -> str:
    """Elements that the shape cannot have."""
    if not shape.elements or not (problem := elements_problem(shape.type, shape.elements)):
        return ""
    return f"Object {shape.id} {problem}."


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
    return outside_frame(item, item.frame, around)


def outside_job(item: Shape | Keyframe, around: Surroundings) -> str:
    """An object on a frame that its job does not have."""
    if around.start <= item.frame <= around.stop:
        # A track may begin between the frames of ground truth, and be seen on those behind.
        if around.frames is None or isinstance(item, Keyframe) or item.frame in around.frames:
            return ""
        return f"Frame {item.frame} is none of those of job {around.job}, which is ground truth."
    return f"Frame {item.frame} is not in job {around.job}, which has the frames {around.start} to {around.stop}."


def outside_frame(item: Shape | Element | Keyframe, frame: int, around: Surroundings) -> str:
    """As `outside_image`, on a frame that the item itself does not name."""
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
