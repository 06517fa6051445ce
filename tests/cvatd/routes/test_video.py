"""A task's video as segments over HTTP."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from kit.daemon import in_process
from kit.pictures import Pixels, read_number, write_picture, write_video

LENGTH = 50


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    write_picture(tmp_path / "a.png")
    write_video(tmp_path / "a.mp4", LENGTH, options={"x264-params": "open-gop=1:keyint=12:bframes=3:scenecut=0"})
    with Workspace.init(tmp_path) as made:
        made.create_task("video", labels=["x"], data=[tmp_path / "a.mp4"])
        made.create_task("picture", labels=["x"], data=[tmp_path / "a.png"])
        yield made


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with in_process(workspace) as made:
        yield made


def shown(data: bytes) -> dict[int, Pixels]:
    """The frames of a segment by number."""
    with av.open(io.BytesIO(data), "r") as container:
        assert str(container.streams.video[0].time_base) == "1/30000"
        frames: list[Any] = list(container.decode(video=0))
    return {frame.pts // 1000: frame.to_ndarray(format="rgb24") for frame in frames if not frame.pts % 1000}


def test_how_to_play_it(client: TestClient) -> None:
    told = client.get("/api/cvatd/tasks/1/video").json()
    assert told == {
        "codec": "avc1.64000a",
        "width": 64,
        "height": 48,
        "quarter_turns": 0,
        "length": LENGTH,
        "start": 0,
        "stop": LENGTH - 1,
        "step": 1,
        "fps": 25.0,
        "key_frames": [0, 36],
        "first_frames": [0, 33],
        "transcoded_run": 24,
        "transcoded_codec": "avc1.64000a",
        "transcoded_width": 64,
        "transcoded_height": 48,
    }


def test_times_are_frame_numbers(client: TestClient) -> None:
    source = [client.get(f"/api/cvatd/tasks/1/video/{number}") for number in range(2)]
    assert {answer.headers["content-type"] for answer in source} == {"video/mp4"}
    frames = [shown(answer.content) for answer in source]
    # Frames 33 to 35 refer to the segment before.
    assert (list(frames[0]), list(frames[1])) == (list(range(33)), list(range(36, LENGTH)))
    runs = [shown(client.get(f"/api/cvatd/tasks/1/video/{number}?codec=h264").content) for number in range(3)]
    assert [list(run) for run in runs] == [list(range(24)), list(range(24, 48)), [48, 49]]
    for found in (*frames, *runs):
        assert {number: read_number(pixels) for number, pixels in found.items()} == {number: number for number in found}


def test_a_segment_is_not_made_again_for_who_has_it(client: TestClient, tmp_path: Path) -> None:
    answer = client.get("/api/cvatd/tasks/1/video/0")
    assert answer.headers["cache-control"].startswith("private")
    again = client.get("/api/cvatd/tasks/1/video/0", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    write_video(tmp_path / "a.mp4", LENGTH, options={"g": "10"})
    other = client.get("/api/cvatd/tasks/1/video/0", headers={"If-None-Match": answer.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("1/video/2", 404, "There is no segment 2; the video has 2"),
        ("1/video/3?codec=h264", 404, "There is no segment 3; the video has 3"),
        ("1/video/0?codec=vp9", 400, "is expected"),
        ("2/video", 404, "The task has pictures, and no video."),
        ("2/video/0", 404, "The task has pictures, and no video."),
        ("3/video", 404, "There is no task 3"),
    ],
)
def test_what_is_not_there(client: TestClient, path: str, status: int, words: str) -> None:
    answer = client.get(f"/api/cvatd/tasks/{path}")
    assert answer.status_code == status
    assert words in answer.text


def test_a_video_that_is_gone(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").unlink()
    for path in ("1/video", "1/video/0", "1/video/0?codec=h264"):
        answer = client.get(f"/api/cvatd/tasks/{path}")
        assert (answer.status_code, "a.mp4 is missing" in answer.text) == (404, True)
