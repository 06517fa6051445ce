"""Frames and their context images by name: the layouts of the manual, and what holds for any names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.media.context import MAX_CONTEXT, pair
from kit.layouts import LAYOUTS, Layout


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.title)
def test_the_layouts_of_the_manual(layout: Layout) -> None:
    paired = pair(sorted(layout.names))
    assert paired.frames == tuple(sorted(layout.frames))
    assert paired.related == {frame: images for frame, images in layout.frames.items() if images}
    assert paired.strays == layout.strays
    assert paired.surplus == {}
    assert bool(paired.remarks) == bool(layout.strays)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.title)
def test_layouts_below_folders(layout: Layout) -> None:
    """The same in two folders at once, which do not meet."""
    names = [f"{folder}/{name}" for folder in ("one", "one/two") for name in layout.names]
    paired = pair(sorted(names))
    assert paired.related == {
        f"{folder}/{frame}": tuple(f"{folder}/{image}" for image in images)
        for folder in ("one", "one/two")
        for frame, images in layout.frames.items()
        if images
    }


def test_the_first_twelve_are_taken_and_the_others_told() -> None:
    images = [f"related_images/a_jpg/{number:02}.png" for number in range(15)]
    paired = pair(["a.jpg", *reversed(images)])
    assert paired.related == {"a.jpg": tuple(images[:12])}
    assert paired.surplus == {"a.jpg": tuple(images[12:])}
    assert paired.remarks == (
        "a.jpg has 15 context images: only the first 12 are taken, up to related_images/a_jpg/11.png.",
    )


def test_pictures_of_no_frame_are_told() -> None:
    paired = pair(["a.jpg", "related_images/b_jpg/1.png"])
    assert paired.strays == ("related_images/b_jpg/1.png",)
    assert paired.remarks == ("related_images/b_jpg/1.png is a context image of no frame and left out.",)
    paired = pair(["a.pcd", "b.png", "c.png"])
    assert paired.frames == ("a.pcd",)
    assert paired.remarks == ("2 pictures are context images of no frame and left out: b.png …",)


def test_the_order_of_frames_is_kept() -> None:
    assert pair(["b.jpg", "c.jpg", "a.jpg"]).frames == ("b.jpg", "c.jpg", "a.jpg")


def test_names_that_are_nearly_alike() -> None:
    paired = pair(
        [
            "a.b.jpg",
            "related_images/a.b_jpg/1.png",
            "related_images/a_b_jpg/2.png",
            "bare",
            "related_images/bare/3.png",
            "related_images_of_mine/a.jpg",
            "x/related_images",
        ]
    )
    assert paired.related == {"a.b.jpg": ("related_images/a.b_jpg/1.png",), "bare": ("related_images/bare/3.png",)}
    assert paired.strays == ("related_images/a_b_jpg/2.png",)
    assert "related_images_of_mine/a.jpg" in paired.frames
    assert "x/related_images" in paired.frames


def test_a_cloud_among_context_images_is_none() -> None:
    paired = pair(["a.jpg", "related_images/a_jpg/1.pcd", "related_images/a_jpg/2.png"])
    assert paired.frames == ("a.jpg",)
    assert paired.related == {"a.jpg": ("related_images/a_jpg/2.png",)}
    assert paired.strays == ("related_images/a_jpg/1.pcd",)


parts = st.sampled_from(
    ["related_images", "a", "a_pcd", "a_jpg", "b_bin", "data", "velodyne_points", "image_00", "pointcloud", "b"]
)
files = st.sampled_from(["a.jpg", "a.png", "b.jpg", "a.pcd", "b.bin", "b.ply", "a", "c.jpeg", "data.pcd", "A.JPG"])
names = st.builds(lambda folders, file: "/".join([*folders, file]), st.lists(parts, max_size=4), files)


@given(st.lists(names, unique=True, max_size=40))
def test_every_name_comes_to_something(given_names: list[str]) -> None:
    paired = pair(given_names)
    frames, strays = set(paired.frames), set(paired.strays)
    related = {name for images in (*paired.related.values(), *paired.surplus.values()) for name in images}
    assert frames | strays | related == set(given_names)
    assert not frames & strays
    assert not frames & related
    assert not strays & related
    assert paired.related.keys() <= frames
    assert paired.surplus.keys() <= paired.related.keys()
    for images in paired.related.values():
        assert 0 < len(images) <= MAX_CONTEXT
        assert list(images) == sorted(set(images))


@given(st.lists(names, unique=True, max_size=40))
def test_nothing_in_related_images_is_a_frame_and_dimensions_do_not_mix(given_names: list[str]) -> None:
    frames = pair(given_names).frames
    assert not any("related_images" in name.split("/")[:-1] for name in frames)
    assert len({name.endswith((".pcd", ".bin", ".ply")) for name in frames}) <= 1


@given(st.lists(names, unique=True, max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_names_changes_only_that_of_frames(given_names: list[str], random: object) -> None:
    other = sorted(given_names)
    one, two = pair(given_names), pair(other)
    assert sorted(one.frames) == sorted(two.frames)
    assert (one.related, one.strays, one.surplus) == (two.related, two.strays, two.surplus)
    assert list(one.frames) == [name for name in given_names if name in set(one.frames)]


@given(st.lists(names, unique=True, max_size=40))
def test_related_images_are_of_frames_of_their_own_folder_or_below(given_names: list[str]) -> None:
    """A picture never goes to a frame of a folder that is not on the way: recordings do not meet."""
    for frame, images in pair(given_names).related.items():
        for image in images:
            home = image.split("/related_images/")[0] if "/related_images/" in image else ""
            if home:
                assert frame.startswith(home + "/")


def test_many_clouds_and_pictures() -> None:
    many = [f"velodyne_points/data/{number:06}.bin" for number in range(20_000)]
    many += [f"image_{camera:02}/data/{number:06}.png" for camera in range(3) for number in range(20_000)]
    paired = pair(many)
    assert {len(images) for images in paired.related.values()} == {3}
    assert len(paired.related) == 20_000
