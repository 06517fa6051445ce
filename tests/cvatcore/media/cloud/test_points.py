"""Points far away, their files, and what they look like from above."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.media.cloud.pcd import encode_pcd
from cvatcore.media.cloud.points import Cloud, narrowed, recentred
from cvatcore.media.cloud.reading import read_cloud
from cvatcore.media.cloud.top import draw_from_above
from kit.clouds import columns_of, pcd, points_of

GROUND = [20, 23, 29]


def cloud_at(*place: float, count: int = 500) -> Cloud:
    random = np.random.default_rng(3)
    return Cloud(points=random.normal(0, 10, (count, 3)) + np.array(place))


def test_a_cloud_far_from_the_origin_is_brought_to_it() -> None:
    cloud = cloud_at(455_123, 5_411_234, 210)
    near, origin = recentred(cloud)
    assert near.points.dtype == np.float32
    assert abs(np.median(near.points, axis=0)).max() <= 0.5
    assert all(value.is_integer() for value in origin)
    back = near.points.astype(np.float64) + np.array(origin)
    assert abs(back - cloud.points).max() < 1e-4
    # What float32 alone would have made of it:
    assert abs(cloud.points.astype(np.float32) - cloud.points).max() > 0.1


def test_one_stray_echo_does_not_move_the_origin() -> None:
    cloud = cloud_at(455_123, 5_411_234, 210)
    cloud.points[0] = 1e12
    near, _ = recentred(cloud)
    assert abs(np.median(near.points, axis=0)).max() <= 0.5


def test_a_cloud_near_the_origin_stays_where_it_is() -> None:
    columns = columns_of(40)
    cloud = read_cloud(pcd(columns), name="a.pcd")
    near, origin = recentred(cloud)
    assert not any(origin)
    assert np.array_equal(near.points, points_of(columns))
    assert near.intensity is cloud.intensity


def test_an_empty_cloud_stays_where_it_is() -> None:
    assert not any(recentred(Cloud(points=np.empty((0, 3))))[1])


def test_narrowed_keeps_what_four_bytes_cannot_hold() -> None:
    assert narrowed(cloud_at(0, 0, 0)).points.dtype == np.float32
    assert narrowed(cloud_at(0, 1e6, 0)).points.dtype == np.float64


@given(
    st.integers(0, 30),
    st.sampled_from([np.float32, np.float64]),
    st.booleans(),
    st.booleans(),
    st.floats(-1e20, 1e20, allow_nan=False),
)
def test_encoded_clouds_read_the_same(
    count: int, kind: type[np.float32], intense: bool, coloured: bool, at: float
) -> None:
    random = np.random.default_rng(count)
    cloud = Cloud(
        points=(random.normal(size=(count, 3)) * at).astype(kind),
        intensity=random.random(count).astype(np.float32) if intense else None,
        rgb=random.integers(0, 256, (count, 3)).astype(np.uint8) if coloured else None,
    )
    again = read_cloud(encode_pcd(cloud), name="a.pcd")
    assert again.points.dtype == cloud.points.dtype
    assert np.array_equal(again.points, cloud.points)
    for one, other in ((again.intensity, cloud.intensity), (again.rgb, cloud.rgb)):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert np.array_equal(one, other)


def test_from_above_x_is_right_and_y_is_up_and_height_is_colour() -> None:
    random = np.random.default_rng(0)
    spread = random.random((4000, 3)) * 2
    spread[:2000, :2] += 8
    spread[2000:, 2] += 5
    picture = draw_from_above(Cloud(points=spread), side=100)
    assert picture.shape == (100, 100, 3)
    seen = (picture != GROUND).any(axis=2)
    assert seen[:30, 70:].any()
    assert seen[70:, :30].any()
    assert not seen[:45, :45].any()
    assert not seen[55:, 55:].any()
    low, high = (picture[area][seen[area]].mean(axis=0) for area in ((slice(0, 50),), (slice(50, 100),)))
    assert low[2] > low[0]  # Blue below …
    assert high[0] > high[2]  # … and red above.


def test_stray_echoes_do_not_shrink_the_picture() -> None:
    cloud = cloud_at(0, 0, 0, count=5000)
    cloud.points[0], cloud.points[1] = 1e29, -1e6
    picture = draw_from_above(cloud, side=100)
    assert (picture != GROUND).any(axis=2).mean() > 0.2


@pytest.mark.parametrize(
    "points", [np.empty((0, 3)), np.zeros((1, 3)), np.ones((50, 3)) * 1e29, np.linspace(0, 1, 30).reshape(10, 3)]
)
def test_few_points_and_points_in_one_place_can_be_drawn(points: np.ndarray) -> None:
    picture = draw_from_above(Cloud(points=points), side=64)
    assert (picture != GROUND).any() == bool(len(points))


@given(
    st.lists(st.tuples(*[st.floats(-1e30, 1e30, allow_nan=False, exclude_min=True, exclude_max=True)] * 3), max_size=20)
)
def test_any_points_can_be_drawn_and_recentred(points: list[tuple[float, float, float]]) -> None:
    cloud = Cloud(points=np.array(points).reshape(-1, 3))
    assert draw_from_above(cloud, side=32).shape == (32, 32, 3)
    near, _ = recentred(cloud)
    assert np.isfinite(near.points).all()


def test_a_point_far_from_the_origin_is_drawn_in_the_middle() -> None:
    drawn = draw_from_above(Cloud(points=np.array([[0.0, 2.0**52 + 1, 0.0]])), side=32)
    column, row = np.argwhere((drawn != drawn[0, 0]).any(axis=2))[0]
    assert (abs(column - 16) <= 1, abs(row - 16) <= 1) == (True, True)
