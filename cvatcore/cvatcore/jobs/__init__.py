"""The jobs of a task: objects cut to them and put together again. Pure functions; numpy is loaded when it is needed."""

from cvatcore.jobs.cutting import Segment, cut, cut_track, with_own_ids
from cvatcore.jobs.merging import SAME_SHAPE, SAME_TRACK, Merged, Part, merge

__all__ = [
    "SAME_SHAPE",
    "SAME_TRACK",
    "Merged",
    "Part",
    "Segment",
    "cut",
    "cut_track",
    "merge",
    "with_own_ids",
]
