"""Tracks as what they show: their states and shapes on any frame. Pure functions; numpy is loaded when it is needed."""

from cvatcore.tracks.rows import Outside, TrackRows, row_states, track_rows
from cvatcore.tracks.settling import keyframe_numbers, keyframes_of, settle, track_type
from cvatcore.tracks.shapes import (
    Tracked,
    bare_state,
    element_states,
    is_hidden,
    state_at,
    state_of,
    track_shapes,
    tracked_element,
    tracked_shape,
)
from cvatcore.tracks.table import TrackTable

__all__ = [
    "Outside",
    "TrackRows",
    "TrackTable",
    "Tracked",
    "bare_state",
    "element_states",
    "is_hidden",
    "keyframe_numbers",
    "keyframes_of",
    "row_states",
    "settle",
    "state_at",
    "state_of",
    "track_rows",
    "track_shapes",
    "track_type",
    "tracked_element",
    "tracked_shape",
]
