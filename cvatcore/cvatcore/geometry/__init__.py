"""Pure functions on flat point lists, in pixels of the upright frame. NumPy and shapely load with the first call."""

from cvatcore.geometry.area import shape_area
from cvatcore.geometry.block import block_bounds, block_ground, block_height, block_iou, block_volume
from cvatcore.geometry.box import Box, bounding_box, box_area
from cvatcore.geometry.clip import clip_shape
from cvatcore.geometry.coco import (
    coco_counts,
    counts_area,
    counts_box,
    counts_of_pixels,
    decode_counts,
    encode_counts,
    mask_of_counts,
)
from cvatcore.geometry.contours import HoledPolygon, bridged, mask_polygons
from cvatcore.geometry.convert import CONVERTIBLE, AreaKind, convert_shape
from cvatcore.geometry.ellipse_fit import ellipse_of_mask, ellipse_of_polygon
from cvatcore.geometry.figure import Figure, HasGeometry
from cvatcore.geometry.iou import box_iou_matrix, point_similarity, shape_iou, shape_iou_matrix
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
from cvatcore.geometry.polygon import is_simple, polygon_area, polygon_perimeter, polyline_length
from cvatcore.geometry.raster import raster_counts, rasterize
from cvatcore.geometry.simplify import simplify_polygon, simplify_polyline
from cvatcore.geometry.slicing import slice_mask, slice_polygon

__all__ = [
    "CONVERTIBLE",
    "MAX_PIXELS",
    "AreaKind",
    "Box",
    "Figure",
    "HasGeometry",
    "HoledPolygon",
    "Mask",
    "block_bounds",
    "block_ground",
    "block_height",
    "block_iou",
    "block_volume",
    "bounding_box",
    "box_area",
    "box_iou_matrix",
    "bridged",
    "clip_mask",
    "clip_shape",
    "coco_counts",
    "convert_shape",
    "counts_area",
    "counts_box",
    "counts_of_pixels",
    "crop_mask",
    "decode_counts",
    "ellipse_of_mask",
    "ellipse_of_polygon",
    "encode_counts",
    "intersect_masks",
    "is_simple",
    "mask_of_counts",
    "mask_of_pixels",
    "mask_pixels",
    "mask_points",
    "mask_polygons",
    "point_similarity",
    "points_problem",
    "polygon_area",
    "polygon_perimeter",
    "polyline_length",
    "raster_counts",
    "rasterize",
    "read_mask",
    "shape_area",
    "shape_iou",
    "shape_iou_matrix",
    "simplify_polygon",
    "simplify_polyline",
    "slice_mask",
    "slice_polygon",
    "subtract_mask",
    "unite_masks",
]
