"""What can be wrong with the keyframes of one track, whoever asks: the end of a sentence, or nothing."""

from __future__ import annotations

from cvatcore.edit.shape_check import elements_problem, geometry_problem, number_problem
from cvatcore.schema import Keyframe, Track


def keyframe_problem(keyframe: Keyframe) -> str:
    """What is wrong with one keyframe alone."""
    if problem := number_problem(frame=keyframe.frame, z_order=keyframe.z_order):
        return problem
    if keyframe.type == "tag":
        return "is a tag, which cannot be tracked"
    return geometry_problem(keyframe.type, keyframe.points, keyframe.rotation)


def keyframes_problem(track: Track) -> str:
    """What is wrong with a track's keyframes together: one a frame, all of them its own and of one type."""
    frames: set[int] = set()
    for keyframe in track.keyframes:
        if keyframe.track != track.id:
            return f"holds a keyframe of track {keyframe.track}"
        if keyframe.frame in frames:
            return f"has two keyframes on frame {keyframe.frame}"
        frames.add(keyframe.frame)
        if keyframe.type != track.keyframes[0].type:
            first = track.keyframes[0]
            return (
                f"is a {first.type} on frame {first.frame} and a {keyframe.type} on frame {keyframe.frame}; "
                "all keyframes are of one type"
            )
    return ""


def track_elements_problem(track: Track) -> str:
    """What is wrong with the joints of a skeleton's track."""
    kind = track.keyframes[0].type if track.keyframes else "skeleton"
    return elements_problem(kind, track.elements)
