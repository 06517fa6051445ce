import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.geometry import Figure, shape_iou
from cvatcore.geometry.paired import paired_box_iou, paired_iou
from kit.objects import PLAIN, points_of


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    kind = draw(st.sampled_from(PLAIN))
    turned = kind in {"rectangle", "ellipse"}
    return Figure(kind, draw(points_of(kind)), draw(st.sampled_from([0.0, 30.0])) if turned else 0.0)


@given(st.lists(st.tuples(figures(), figures()), max_size=4))
def test_each_pair_is_as_if_it_were_alone(pairs: list[tuple[Figure, Figure]]) -> None:
    found = paired_iou([one for one, _ in pairs], [other for _, other in pairs])
    assert found == pytest.approx([shape_iou(one, other) for one, other in pairs], abs=1e-9)


def test_boxes_row_by_row() -> None:
    first = np.array([(0, 0, 10, 10), (0, 0, 10, 10), (0, 0, 10, 10), (5, 5, 5, 5)], dtype=np.float64)
    second = np.array([(0, 0, 10, 10), (5, 0, 15, 10), (20, 0, 30, 10), (5, 5, 5, 5)], dtype=np.float64)
    assert paired_box_iou(first, second).tolist() == pytest.approx([1.0, 1 / 3, 0.0, 1.0])


def test_what_is_broken_has_no_number() -> None:
    assert paired_iou([Figure("polygon", (1.0, 2.0))], [Figure("rectangle", (0.0, 0.0, 1.0, 1.0))]) == [None]
