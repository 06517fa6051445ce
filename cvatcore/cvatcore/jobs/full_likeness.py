"""How alike shapes of any kind are: what CVAT leaves out when it merges jobs, and stitching does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from cvatcore.geometry import point_similarity, points_problem, shape_iou_matrix
from cvatcore.geometry.interpolation import Dimension
from cvatcore.jobs.likeness import Likeness, boxes_alike
from cvatcore.jobs.matching import Pairs, joined_pairs
from cvatcore.schema import Shape


def full_likeness(dimension: Dimension = "2d") -> Likeness:
    """By what two shapes of one kind have in common (`geometry.shape_iou`), and skeletons joint by joint.

    The similarity of skeletons is that of the joints that both show, times the share of these in those of either.
    Shapes whose points contradict themselves, which only a damaged file has, are like nothing.
    """

    def pairs(earlier: Sequence[Shape], later: Sequence[Shape]) -> Pairs:
        found = [boxes_alike(earlier, later, upright=True)] if dimension == "2d" else []
        found += _by_kind(earlier, later, dimension)
        return joined_pairs([some for some in found if len(some)])

    return pairs


def _by_kind(earlier: Sequence[Shape], later: Sequence[Shape], dimension: Dimension) -> Iterator[Pairs]:
    """The pairs of all kinds but boxes that are both upright."""
    here, there = _groups(earlier), _groups(later)
    for key in here.keys() & there.keys():
        left, right = here[key], there[key]
        ones, others = [earlier[index] for index in left], [later[index] for index in right]
        if key[2] == "skeleton":
            similarity = [[_poses_alike(one, other) for other in others] for one in ones]
            yield _pairs(left, right, similarity)
        elif key[2] != "rectangle" or dimension == "3d":
            yield _pairs(left, right, shape_iou_matrix(ones, others, dimension=dimension).tolist())
        elif any(shape.rotation for shape in (*ones, *others)):
            similarity = shape_iou_matrix(ones, others).tolist()
            for row, one in enumerate(ones):
                if not one.rotation:
                    similarity[row] = [
                        value if other.rotation else 0.0 for value, other in zip(similarity[row], others, strict=True)
                    ]
            yield _pairs(left, right, similarity)


def _pairs(left: Sequence[int], right: Sequence[int], similarity: Sequence[Sequence[float]]) -> Pairs:
    """What of a matrix is more than nothing."""
    import numpy as np

    matrix = np.array(similarity, dtype=np.float64)
    rows, columns = np.nonzero(matrix > 0)
    return Pairs(np.array(left)[rows], np.array(right)[columns], matrix[rows, columns])


def _groups(shapes: Sequence[Shape]) -> dict[tuple[int, str, str], list[int]]:
    """The places of shapes by frame, label and kind."""
    groups: dict[tuple[int, str, str], list[int]] = {}
    for index, shape in enumerate(shapes):
        if shape.type == "tag" or points_problem(shape.type, shape.points):
            continue
        groups.setdefault((shape.frame, shape.label, shape.type), []).append(index)
    return groups


def _poses_alike(one: Shape, other: Shape) -> float:
    here, there = _joints(one), _joints(other)
    common = sorted(here.keys() & there.keys())
    if not common:
        return 0.0
    first, second = (tuple(chain.from_iterable(joints[label] for label in common)) for joints in (here, there))
    return point_similarity(first, second) * len(common) / len(here.keys() | there.keys())


def _joints(shape: Shape) -> dict[str, tuple[float, ...]]:
    return {element.label: element.points for element in shape.elements if not element.outside}
