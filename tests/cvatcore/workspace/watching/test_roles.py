"""What files of a folder are to a task, by their names."""

from hypothesis import given
from hypothesis import strategies as st

from cvatcore.workspace.watching.roles import roles


def test_pictures_of_a_task_of_pictures() -> None:
    told = roles(["a.jpg", "b.bin", "c.ply"], dimension="2d")
    assert (set(told.frames), told.left_out) == ({"a.jpg"}, ("b.bin", "c.ply"))


def test_the_first_files_say_what_a_task_has() -> None:
    assert set(roles(["a.jpg", "model.bin"], dimension="").frames) == {"a.jpg"}
    told = roles(["a.pcd", "a.png", "stray.png"], dimension="")
    assert (set(told.frames), told.related, told.left_out) == ({"a.pcd"}, {"a.pcd": ("a.png",)}, ("stray.png",))


def test_pictures_among_point_clouds_are_context_images_or_nothing() -> None:
    assert roles(["a.png"], dimension="3d").left_out == ("a.png",)
    told = roles(["a.png", "related_images/b_pcd/c.png"], dimension="3d")
    assert (set(told.frames), told.left_out) == (set(), ("a.png", "related_images/b_pcd/c.png"))


def test_context_images_of_pictures() -> None:
    told = roles(["a.jpg", "related_images/a_jpg/1.jpg", "related_images/b_jpg/1.jpg"], dimension="2d")
    assert set(told.frames) == {"a.jpg"}
    assert told.related == {"a.jpg": ("related_images/a_jpg/1.jpg",)}
    assert told.left_out == ("related_images/b_jpg/1.jpg",)


files = st.sampled_from(
    ["a.jpg", "b.jpg", "a.pcd", "b.bin", "related_images/a_jpg/1.jpg", "related_images/x_jpg/2.jpg"]
)


@given(st.sets(files), st.sampled_from(["", "2d", "3d"]))
def test_each_file_is_one_thing(names: set[str], dimension: str) -> None:
    told = roles(sorted(names), dimension=dimension)  # type: ignore[arg-type]  # one of the three
    related = {image for images in told.related.values() for image in images}
    assert set(told.frames) | related | set(told.left_out) == names
    assert not set(told.frames) & (related | set(told.left_out))
    assert not related & set(told.left_out)
