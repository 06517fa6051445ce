"""Pure functions on flat point lists, in pixels of the upright frame."""

from cvatcore.geometry.box import Box, bounding_box, box_area
from cvatcore.geometry.points import points_problem

__all__ = ["Box", "bounding_box", "box_area", "points_problem"]
