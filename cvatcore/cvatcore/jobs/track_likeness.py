"""How alike tracks of two jobs are on the frames that both jobs have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatcore.geometry.interpolation import Dimension
from cvatcore.jobs.likeness import Likeness
from cvatcore.jobs.matching import Pairs, joined_pairs, no_pairs
from cvatcore.schema import Shape, Track
from cvatcore.tracks import TrackTable, is_hidden, keyframes_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]
    Flags = NDArray[np.bool_]


def alike_tracks(
    earlier: Sequence[Track],
    later: Sequence[Track],
    *,
    start: int,
    stop: int,
    likeness: Likeness,
    dimension: Dimension = "2d",
) -> Pairs:
    """The pairs of tracks of one label that are alike at all on the frames from `start` to `stop`, both included.

    Their similarity is the mean of that of their shapes, over the frames that either of them has one on. Those outside
    of the picture count at keyframes, and are like others that are outside only. No more keyframes are needed than
    those that say where a track is on these frames.
    """
    import numpy as np

    if not earlier or not later or start > stop:
        return no_pairs()
    here, there = (_Window(tracks, start, stop, dimension) for tracks in (earlier, later))
    found: list[Pairs] = []
    for outside in (False, True):
        one, other = here.shapes(outside=outside), there.shapes(outside=outside)
        if one and other:
            pairs = likeness(one, other)
            left = np.array([shape.id for shape in one])[pairs.left]
            right = np.array([shape.id for shape in other])[pairs.right]
            found.append(Pairs(left, right, pairs.similarity))
    return _means(joined_pairs(found), here.present, there.present)


def _means(pairs: Pairs, here: Flags, there: Flags) -> Pairs:
    """Pairs of shapes as pairs of tracks; the flags say by track and frame whether there is anything."""
    import numpy as np

    both, place = np.unique(pairs.left * len(there) + pairs.right, return_inverse=True)
    left, right = both // len(there), both % len(there)
    total = np.bincount(place, weights=pairs.similarity, minlength=len(both))
    frames = np.array(
        [np.count_nonzero(here[one] | there[other]) for one, other in zip(left, right, strict=True)], dtype=np.int64
    )
    return Pairs(left, right, total / np.maximum(frames, 1))


class _Window:
    """Tracks on a few frames, as shapes whose ids are the places of the tracks in the list."""

    def __init__(self, tracks: Sequence[Track], start: int, stop: int, dimension: Dimension) -> None:
        import numpy as np

        placed = [msgspec.structs.replace(track, id=place) for place, track in enumerate(tracks)]
        table = TrackTable(placed, dimension=dimension)
        ends = {(track.id, key.frame) for track in placed for key in keyframes_of(track) if key.outside}
        self.present = np.zeros((len(tracks), stop - start + 1), dtype=np.bool_)
        self._shapes: dict[bool, list[Shape]] = {False: [], True: []}
        for frame in range(start, stop + 1):
            for shape in table.on(frame, outside=bool(ends)):
                hidden = is_hidden(shape)
                if not hidden or (shape.id, frame) in ends:
                    self.present[shape.id, frame - start] = True
                    self._shapes[hidden].append(shape)

    def shapes(self, *, outside: bool) -> list[Shape]:
        """Those in the picture, or those outside of it at a keyframe."""
        return self._shapes[outside]
