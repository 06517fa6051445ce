"""Polygons and polylines that interpolation treats in an odd way."""

from cvatcore.schema import Keyframe, Track
from cvatcore.tracks import keyframes_of


def curves_of(track: Track) -> list[Keyframe]:
    """The keyframes of polygons and polylines."""
    return [keyframe for keyframe in keyframes_of(track) if keyframe.type in {"polygon", "polyline"}]


def has_points_twice(track: Track) -> bool:
    """Whether a curve of it has a point twice: between two keyframes it is thinned, as in CVAT, even where it rests."""
    return any(
        len(set(zip(key.points[0::2], key.points[1::2], strict=True))) < len(key.points) // 2
        for key in curves_of(track)
    )
