"""Changes to a job's annotations as values: checked, applied, undone."""

from cvatcore.edit.change import ChangeSet, Counts, apply_change, canonical_change, invert_change
from cvatcore.edit.check import MAX_ID, MAX_OBJECTS, check_change
from cvatcore.edit.track_fixing import fix_track

__all__ = [
    "MAX_ID",
    "MAX_OBJECTS",
    "ChangeSet",
    "Counts",
    "apply_change",
    "canonical_change",
    "check_change",
    "fix_track",
    "invert_change",
]
