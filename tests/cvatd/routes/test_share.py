"""Media of a shared folder, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.media.share import set_share
from cvatcore.workspace import Workspace
from kit.creating import frame_names, new_task, wait
from kit.pictures import write_picture


@pytest.fixture
def share(tmp_path: Path, workspace: Workspace) -> Path:
    """`day/1.png`, `day/2.png`, `day/far/3.png`, `night/1.png`, `notes.txt`; and a link that leads out."""
    place = tmp_path / "share"
    for name in ("day/1.png", "day/2.png", "day/far/3.png", "night/1.png"):
        write_picture(place / name, (8, 6))
    (place / "notes.txt").write_text("x", encoding="utf-8")
    write_picture(tmp_path / "secret.png", (8, 6))
    (place / "out.png").symlink_to(tmp_path / "secret.png")
    return set_share(workspace.root, place)


def test_it_is_listed(client: TestClient, share: Path) -> None:
    assert client.get("/api/server/share?directory=/").json() == [
        {"name": "day", "type": "DIR", "mime_type": "DIR"},
        {"name": "night", "type": "DIR", "mime_type": "DIR"},
        {"name": "notes.txt", "type": "REG", "mime_type": "unknown"},
    ]
    inside = client.get("/api/server/share?directory=day/").json()
    assert [entry["name"] for entry in inside] == ["far", "1.png", "2.png"]
    assert [entry["mime_type"] for entry in inside] == ["DIR", "image", "image"]
    assert [entry["name"] for entry in client.get("/api/server/share?search=ni").json()] == ["night"]
    for wrong in ("/none", "../", "notes.txt", "/day/../..", "\0"):
        answer = client.get("/api/server/share", params={"directory": wrong})
        assert (answer.status_code, answer.json()) == (400, f"{wrong} is an invalid directory")


def test_nothing_is_shared(client: TestClient) -> None:
    assert client.get("/api/server/share").json() == []
    assert client.get("/api/server/share?directory=/x").status_code == 400


def test_a_task_of_a_folder_stays_where_it_is(client: TestClient, workspace: Workspace, share: Path) -> None:
    task = new_task(client)
    answer = client.post(f"/api/tasks/{task}/data", json={"image_quality": 70, "server_files": ["day/"]})
    assert answer.status_code == 202, answer.text
    assert wait(client, task)["state"] == "Finished"
    assert frame_names(client, task) == ["1.png", "2.png", "far/3.png"]
    assert workspace.tasks[task].document.data.sources[0].path == (share / "day").as_posix()
    assert not (workspace.root / "media").exists()
    assert client.get(f"/api/tasks/{task}/data?type=frame&number=2").status_code == 200


def test_it_is_copied_when_that_is_asked_for(client: TestClient, workspace: Workspace, share: Path) -> None:
    task = new_task(client)
    body = {"server_files": ["/day/1.png", "night/1.png"], "copy_data": True}
    assert client.post(f"/api/tasks/{task}/data", json=body).status_code == 202
    assert wait(client, task)["state"] == "Finished"
    assert frame_names(client, task) == ["day/1.png", "night/1.png"]
    assert workspace.tasks[task].document.data.sources[0].path.startswith("media/")


@pytest.mark.parametrize(
    ("exclude", "names"),
    [
        (["day/far/"], ["day/1.png", "day/2.png", "night/1.png"]),
        (["night/", "day/2.png"], ["1.png", "far/3.png"]),
        (["/day/1.png", "elsewhere/"], ["day/2.png", "day/far/3.png", "night/1.png"]),
    ],
)
def test_files_are_left_out(client: TestClient, share: Path, exclude: list[str], names: list[str]) -> None:
    task = new_task(client)
    body = {"server_files": ["day/", "night"], "server_files_exclude": exclude}
    assert client.post(f"/api/tasks/{task}/data", json=body).status_code == 202
    assert wait(client, task)["state"] == "Finished"
    assert frame_names(client, task) == names


def test_a_manifest_stands_for_its_files(client: TestClient, share: Path) -> None:
    lines: list[dict[str, Any]] = [{"version": "1.1"}, {"type": "images"}]
    lines += [{"name": name, "extension": ".png", "width": 8, "height": 6} for name in ("2", "1")]
    (share / "day" / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    for more, names in (
        ({}, ["1.png", "2.png"]),
        ({"sorting_method": "predefined"}, ["2.png", "1.png"]),
        ({"filename_pattern": "1*"}, ["1.png"]),
    ):
        task = new_task(client)
        body = {"server_files": ["day/manifest.jsonl"]} | more
        assert client.post(f"/api/tasks/{task}/data", json=body).status_code == 202
        status = wait(client, task)
        assert status["state"] == "Finished", status
        assert frame_names(client, task) == names


def test_what_leaves_the_share_makes_nothing(
    client: TestClient, workspace: Workspace, share: Path, tmp_path: Path
) -> None:
    task = new_task(client)
    for name in ("../secret.png", "out.png", str(tmp_path / "secret.png"), "day/../../secret.png", "none.png"):
        answer = client.post(f"/api/tasks/{task}/data", json={"server_files": [name]})
        assert answer.status_code in {400, 404}, name
        assert client.get("/api/requests").json()["count"] == 0
    (share / "day" / "deep.png").symlink_to(tmp_path / "secret.png")
    assert client.post(f"/api/tasks/{task}/data", json={"server_files": ["day"]}).status_code == 202
    status = wait(client, task)
    assert status["state"] == "Failed"
    assert "'day/deep.png' leaves the share" in status["message"]
    assert workspace.tasks[task].size == 0
