"""Changes to a job's annotations as values: checked, applied, undone; and the operations that make them.

Each operation is a pure function from annotations to the change that it takes.
"""

from cvatcore.edit.as_shapes import shapes_to_tracks, tracks_to_shapes
from cvatcore.edit.attributes import set_attributes
from cvatcore.edit.change import ChangeSet, Counts, apply_change, canonical_change, invert_change
from cvatcore.edit.check import MAX_ID, MAX_OBJECTS, check_change
from cvatcore.edit.convert import ManyParts, convert_objects
from cvatcore.edit.create import create_objects, delete_objects, update_objects
from cvatcore.edit.crop import crop_objects
from cvatcore.edit.frame_size import FrameSize
from cvatcore.edit.group import group_objects, ungroup_objects
from cvatcore.edit.join import join_alike, join_masks
from cvatcore.edit.keyframes import remove_keyframe, set_keyframe, set_occluded, set_outside
from cvatcore.edit.merge import merge_objects
from cvatcore.edit.moving import copy_objects, move_objects
from cvatcore.edit.numbering import TakeIds, ids_above
from cvatcore.edit.order import Order, compact_order, reorder_objects
from cvatcore.edit.propagate import Propagation, propagate_objects
from cvatcore.edit.relabel import change_label, lost_attributes
from cvatcore.edit.remove_range import RangeRemoval, remove_range
from cvatcore.edit.resample import resample_tracks, thin_tracks
from cvatcore.edit.simplify import simplify_shapes
from cvatcore.edit.slice import slice_shape
from cvatcore.edit.split import split_track, split_tracks
from cvatcore.edit.track_fixing import fix_track
from cvatcore.edit.underlying import remove_underlying

__all__ = [
    "MAX_ID",
    "MAX_OBJECTS",
    "ChangeSet",
    "Counts",
    "FrameSize",
    "ManyParts",
    "Order",
    "Propagation",
    "RangeRemoval",
    "TakeIds",
    "apply_change",
    "canonical_change",
    "change_label",
    "check_change",
    "compact_order",
    "convert_objects",
    "copy_objects",
    "create_objects",
    "crop_objects",
    "delete_objects",
    "fix_track",
    "group_objects",
    "ids_above",
    "invert_change",
    "join_alike",
    "join_masks",
    "lost_attributes",
    "merge_objects",
    "move_objects",
    "propagate_objects",
    "remove_keyframe",
    "remove_range",
    "remove_underlying",
    "reorder_objects",
    "resample_tracks",
    "set_attributes",
    "set_keyframe",
    "set_occluded",
    "set_outside",
    "shapes_to_tracks",
    "simplify_shapes",
    "slice_shape",
    "split_track",
    "split_tracks",
    "thin_tracks",
    "tracks_to_shapes",
    "ungroup_objects",
    "update_objects",
]
