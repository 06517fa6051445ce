"""Tasks made with a job of ground truth, as new clients ask for it; what is said of media in the words of CVAT."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.media.share import set_share
from cvatcore.workspace import Workspace
from kit.creating import frame_names, new_task, parts, picture, wait

FINISH = {"Upload-Finish": "", "Content-Type": "application/json"}


def _attach(client: TestClient, tmp_path: Path, params: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    task = new_task(client, segment_size=2)
    url = f"/api/tasks/{task}/data/"
    files = parts(*((f"{number}.png", picture(tmp_path, f"{number}.png")) for number in range(5)))
    assert client.post(url, headers={"Upload-Multiple": ""}, files=files).status_code == 200
    answer = client.post(url, headers=FINISH, json={"image_quality": 70, "validation_params": params})
    if answer.status_code != 202:
        return task, answer.json()
    return task, wait(client, task)


def test_a_task_with_ground_truth(client: TestClient, tmp_path: Path) -> None:
    params = {"mode": "gt", "frame_selection_method": "manual", "frames": ["3.png", "1.png"]}
    task, status = _attach(client, tmp_path, params)
    assert status["state"] == "Finished", status
    (job,) = client.get(f"/api/jobs?task_id={task}&type=ground_truth").json()["results"]
    assert client.get(f"/api/jobs/{job['id']}/data/meta").json()["included_frames"] == [1, 3]
    assert client.get(f"/api/jobs?task_id={task}").json()["count"] == 4


def test_frames_that_are_too_many_leave_nothing(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    params = {"mode": "gt", "frame_selection_method": "random_uniform", "frame_count": 5}
    task, status = _attach(client, tmp_path, params)
    assert status["state"] == "Failed"
    assert "must be lesser than the number of the task frames (5)" in status["message"]
    assert not workspace.tasks[task].size
    assert not workspace.tasks[task].jobs


def test_a_pool_is_refused_at_once(client: TestClient, tmp_path: Path) -> None:
    params = {"mode": "gt_pool", "frame_selection_method": "random_uniform", "frame_count": 5}
    _, body = _attach(client, tmp_path, params)
    assert "cannot be made yet" in body["validation_params"]["mode"][0]


MANIFEST = b'{"version":"1.1"}\n{"type":"images"}\n{"name":"a","extension":".png","width":8,"height":6}\n'


@pytest.mark.parametrize(
    ("files", "fields", "said"),
    [
        ({"m.jsonl": MANIFEST, "n.jsonl": MANIFEST}, {}, "Only one manifest file can be attached to data"),
        ({"m.jsonl": b"{}"}, {}, "Invalid manifest was uploaded"),
        ({"m.jsonl": MANIFEST}, {"sorting_method": "random"}, "It isn't supported to upload manifest file"),
        ({"film.mp4": b"x"}, {}, "Only one video or many images can be used simultaneously"),
        ({}, {"job_file_mapping": json.dumps([["b.png"]])}, "b.png (missing), a.png (extra)"),
        (
            {},
            {"job_file_mapping": json.dumps([["a.png"]]), "start_frame": "1"},
            "job_file_mapping cannot be used with start_frame",
        ),
    ],
)
def test_media_that_make_no_task(
    client: TestClient, tmp_path: Path, files: dict[str, bytes], fields: dict[str, str], said: str
) -> None:
    task = new_task(client)
    sent = parts(("a.png", picture(tmp_path, "a.png")), *files.items())
    assert client.post(f"/api/tasks/{task}/data", data=fields, files=sent).status_code == 202
    assert said in wait(client, task)["message"]


def test_what_of_the_share_is_taken(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    share = tmp_path / "share"
    (share / "day").mkdir(parents=True)
    for name in ("a.png", "b.png", "c.png"):
        (share / "day" / name).write_bytes(picture(tmp_path, name))
    set_share(workspace.root, share)
    task = new_task(client)
    body = {"image_quality": 70, "server_files": ["day/"], "server_files_exclude": ["day/b.png"]}
    answer = client.post(f"/api/tasks/{task}/data/", json=body)
    assert answer.status_code == 202
    assert (answer.json()["server_files"], answer.json()["server_files_exclude"]) == (["day/"], ["day/b.png"])
    assert wait(client, task)["state"] == "Finished"
    assert frame_names(client, task) == ["a.png", "c.png"]
    missing = client.post(f"/api/tasks/{new_task(client)}/data/", json={"server_files": ["none.png"]})
    assert missing.status_code == 400
    assert "none.png" in missing.json()["server_files"][0]
