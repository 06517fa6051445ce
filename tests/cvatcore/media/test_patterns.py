import glob
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvatcore.media import scan
from cvatcore.media.given_videos import list_videos
from cvatcore.media.patterns import matches
from kit.pictures import write_picture

NAMES = ("a.jpg", "b/a.jpg", "b/c/a.png", "b/c/d/a.jpg", "b/c.jpg/e.jpg", "x[1]/a.jpg", "B/a.JPG", "e.mp4")

parts = st.sampled_from(["**", "*", "b", "c", "c*", "*.jpg", "a.*", "[ab]*", "?", "x[[]1]"])


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(asked=st.lists(parts, min_size=1, max_size=4))
def test_without_links_they_match_what_those_of_python_do(tree: Path, asked: list[str]) -> None:
    pattern = tree.joinpath(*asked)
    found = matches(pattern)
    assert found == sorted(set(found))
    wanted = {Path(name) for name in glob.glob(str(pattern), recursive=True)}
    if asked[-1] == "**":
        # What lies in folders is asked for; that glob names these too is of no use.
        wanted = {path for path in wanted if path.is_file()}
        found = [path for path in found if path.is_file()]
    assert set(found) == wanted


def test_circles_of_links_give_a_file_no_second_name(tmp_path: Path) -> None:
    write_picture(tmp_path / "photos" / "in" / "a.png")
    for number in range(3):
        os.symlink("..", tmp_path / "photos" / "in" / f"up-{number}")
    for pattern in ("photos/**/*.png", "photos/**", "**/*.png"):
        assert scan([tmp_path / pattern], root=tmp_path).manifest.size == 1
    video = tmp_path / "photos" / "in" / "v.mp4"
    video.write_bytes(b"video")
    assert list_videos([tmp_path / "photos" / "**" / "*.mp4"]) == (video,)


def test_folders_behind_links_count(tmp_path: Path) -> None:
    write_picture(tmp_path / "elsewhere" / "a.png")
    (tmp_path / "photos").mkdir()
    os.symlink(tmp_path / "elsewhere", tmp_path / "photos" / "linked")
    assert matches(tmp_path / "photos" / "**" / "*.png") == [tmp_path / "photos" / "linked" / "a.png"]
