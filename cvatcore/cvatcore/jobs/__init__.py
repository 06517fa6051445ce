"""The jobs of a task: objects cut to them, put together, stitched. Pure functions; numpy loads when it is needed."""

from cvatcore.jobs.appending import Appended, append_jobs
from cvatcore.jobs.cutting import Segment, cut, cut_track, with_own_ids
from cvatcore.jobs.merging import SAME_SHAPE, SAME_TRACK, Merged, Part, merge
from cvatcore.jobs.stitches import Border, How, Pair, Stitch
from cvatcore.jobs.stitching import LEAST, stitch
from cvatcore.jobs.truth_frames import named_frames, random_frames, random_frames_per_job

__all__ = [
    "LEAST",
    "SAME_SHAPE",
    "SAME_TRACK",
    "Appended",
    "Border",
    "How",
    "Merged",
    "Pair",
    "Part",
    "Segment",
    "Stitch",
    "append_jobs",
    "cut",
    "cut_track",
    "merge",
    "named_frames",
    "random_frames",
    "random_frames_per_job",
    "stitch",
    "with_own_ids",
]
