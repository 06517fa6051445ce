"""Frames that are added to a task over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from cvatcore.media.share import set_share
from cvatcore.protocol import ChangeEvent
from cvatcore.workspace import Workspace
from cvatcore.workspace.task import TaskView
from cvatd.feed import Feed
from kit.creating import frame_names, parts, picture
from kit.pictures import picture_bytes, write_archive, write_picture, write_video

FRAMES = "/api/cvatd/tasks/1/frames"


def send(client: TestClient, *files: tuple[str, bytes], task: int = 1) -> None:
    sent = client.post(f"/api/cvatd/tasks/{task}/frames/files", files=parts(*files))
    assert sent.status_code == 200, sent.text


def add(client: TestClient, **body: Any) -> httpx.Response:
    return client.post(FRAMES, json=body)


def test_uploaded_files_come_behind_the_frames(
    client: TestClient, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[ChangeEvent] = []
    monkeypatch.setattr(Feed, "publish", lambda feed, event: told.append(event))
    before = frame_names(client, 1)
    assert client.post(f"{FRAMES}/files", headers={"Upload-Start": "true"}).status_code == 202
    send(client, ("10.png", picture(tmp_path, "10.png")), ("2.png", picture(tmp_path, "2.png", width=9)))
    send(client, ("left/1.png", picture(tmp_path, "1.png", width=7)))
    answer = add(client, sorting_method="natural")
    assert answer.status_code == 200, answer.text
    jobs = [job.id for job in workspace.tasks[1].jobs]
    assert answer.json() == {"start_frame": 10, "count": 3, "known": 0, "jobs": [3]}
    assert jobs == [1, 2, 3]
    assert frame_names(client, 1) == [*before, "street/2.png", "street/10.png", "street/left/1.png"]
    assert [workspace.tasks[1].frames.array(frame).shape[1] for frame in (10, 11, 12)] == [9, 8, 7]
    assert {("task", 0), ("tasks", 0), ("job", 3)} <= {(event.kind, event.job_id or 0) for event in told}
    assert not list((workspace.root / ".cvat" / "uploads").iterdir())


def test_what_the_task_has_is_passed_over(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    for wanted in (1, 0):
        send(client, ("a.png", picture(tmp_path, "a.png")))
        answer = add(client).json()
        assert (answer["count"], answer["known"], answer["start_frame"]) == (wanted, 1 - wanted, 11 - wanted)
    assert workspace.tasks[1].size == 11
    assert [path.name for path in (workspace.root / "media").iterdir()] == ["street"]


def test_an_archive_gives_its_pictures(client: TestClient, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "more.zip", {"b.png": picture_bytes(), "a.png": picture_bytes((9, 6))})
    send(client, ("more.zip", archive.read_bytes()))
    assert add(client).json()["count"] == 2
    assert [name.rpartition("/")[2] for name in frame_names(client, 1)[-2:]] == ["a.png", "b.png"]


def test_files_of_the_share_stay_where_they_are(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    for name in ("day/1.png", "day/2.png", "night/3.png"):
        write_picture(tmp_path / "share" / name)
    nothing = add(client, server_files=["day/"])
    assert (nothing.status_code, list(nothing.json())) == (400, ["server_files"])
    set_share(workspace.root, tmp_path / "share")
    assert add(client, server_files=["day/"], server_files_exclude=["day/1.png"]).json()["count"] == 1
    assert frame_names(client, 1)[-1] == "day/2.png"
    assert not (workspace.root / "media").exists() or not list((workspace.root / "media").iterdir())
    assert add(client, server_files=["../pictures"]).status_code == 400
    assert add(client, server_files=["none.png"]).status_code == 400


def test_what_is_refused_leaves_nothing(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    video = write_video(tmp_path / "film.mp4", 3).read_bytes()
    cases = {
        "cut.png": (picture(tmp_path, "cut.png")[:-20], "cut.png"),
        "film.mp4": (video, "video"),
        "notes.txt": (b"hello", "notes.txt"),
    }
    for name, (content, words) in cases.items():
        send(client, ("good.png", picture(tmp_path, "good.png")), (name, content))
        answer = add(client)
        assert answer.status_code == 400, answer.text
        assert words in answer.text
        assert str(workspace.root) not in answer.text
        assert workspace.tasks[1].size == 10
        assert not list((workspace.root / ".cvat" / "uploads").iterdir())
    assert add(client).text.count("No media data found") == 1
    send(client, ("good.png", picture(tmp_path, "good.png")))
    assert add(client, server_files=["a.png"]).status_code == 400
    assert client.post(f"{FRAMES}/files", json={}).status_code == 415
    assert client.post(f"{FRAMES}/files", files=[("other", ("a.png", b"x", "image/png"))]).status_code == 400
    assert client.post("/api/cvatd/tasks/9/frames", json={}).status_code == 404
    assert add(client, sorting_method="none").status_code == 400


def test_a_task_of_a_video_gets_none(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    workspace.create_task("film", labels=["car"], data=[write_video(tmp_path / "film.mp4", 3)])
    send(client, ("a.png", picture(tmp_path, "a.png")), task=2)
    answer = client.post("/api/cvatd/tasks/2/frames", json={})
    assert (answer.status_code, "those of a video" in answer.text) == (400, True)


def test_one_at_a_time(
    client: TestClient, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = TaskView.add_frames
    refused: list[int] = []

    def add_frames(self: TaskView, inputs: Any, **more: Any) -> Any:
        refused.append(add(client).status_code)
        started = client.post(f"{FRAMES}/files", headers={"Upload-Start": "true"})
        refused.append(started.status_code)
        return real(self, inputs, **more)

    monkeypatch.setattr(TaskView, "add_frames", add_frames)
    send(client, ("a.png", picture(tmp_path, "a.png")))
    assert add(client).json()["count"] == 1
    assert refused == [409, 409]
    assert workspace.tasks[1].size == 11
