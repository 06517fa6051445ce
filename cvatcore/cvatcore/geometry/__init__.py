"""Pure functions on flat point lists, in pixels of the upright frame. NumPy and shapely load with the first call."""

from cvatcore.geometry.box import Box, bounding_box, box_area
from cvatcore.geometry.coco import (
    coco_counts,
    counts_area,
    counts_box,
    counts_of_pixels,
    decode_counts,
    encode_counts,
    mask_of_counts,
)
from cvatcore.geometry.mask import (
    Mask,
    clip_mask,
    crop_mask,
    intersect_masks,
    mask_of_pixels,
    mask_pixels,
    mask_points,
    read_mask,
    subtract_mask,
    unite_masks,
)
from cvatcore.geometry.points import MAX_PIXELS, points_problem
from cvatcore.geometry.raster import raster_counts, rasterize

__all__ = [
    "MAX_PIXELS",
    "Box",
    "Mask",
    "bounding_box",
    "box_area",
    "clip_mask",
    "coco_counts",
    "counts_area",
    "counts_box",
    "counts_of_pixels",
    "crop_mask",
    "decode_counts",
    "encode_counts",
    "intersect_masks",
    "mask_of_counts",
    "mask_of_pixels",
    "mask_pixels",
    "mask_points",
    "points_problem",
    "raster_counts",
    "rasterize",
    "read_mask",
    "subtract_mask",
    "unite_masks",
]
