"""Jobs of ground truth over HTTP."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from kit.annotated import git

MANUAL = {"task_id": 1, "type": "ground_truth", "frame_selection_method": "manual", "frames": [7, 2, 4]}


def make(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/api/jobs", json={**MANUAL, **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_job_of_chosen_frames(client: TestClient, workspace: Workspace) -> None:
    bob = workspace.add_member("bob")
    made = make(client, assignee=bob.id)
    assert (made["type"], made["start_frame"], made["stop_frame"], made["frame_count"]) == ("ground_truth", 0, 9, 3)
    assert (made["status"], made["stage"], made["state"]) == ("annotation", "annotation", "new")
    assert made["assignee"]["username"] == "bob"
    assert client.get(made["url"]).json() == made
    assert client.get("/api/jobs?type=ground_truth").json()["count"] == 1
    assert client.get("/api/tasks/1").json()["jobs"]["count"] == 3
    meta = client.get(f"/api/jobs/{made['id']}/data/meta").json()
    assert (meta["included_frames"], meta["size"], len(meta["frames"])) == ([2, 4, 7], 3, 10)
    assert [frame["name"] for frame in meta["frames"][1:4]] == ["placeholder.jpg", "002.png", "placeholder.jpg"]
    assert client.get(f"/api/jobs/{made['id']}/data?type=frame&number=4").status_code == 200
    strange = client.get(f"/api/jobs/{made['id']}/data?type=frame&number=3")
    assert (strange.status_code, strange.json()) == (400, "The frame number doesn't belong to the job")
    chunk = client.get(f"/api/jobs/{made['id']}/data?type=chunk&number=0")
    with zipfile.ZipFile(io.BytesIO(chunk.content)) as archive:
        sizes = [Image.open(io.BytesIO(archive.read(name))).size for name in sorted(archive.namelist())]
    assert [number for number, size in enumerate(sizes) if size != (1, 1)] == [2, 4, 7]
    own = client.get(f"/api/jobs/{made['id']}/data?type=chunk&index=0")
    with zipfile.ZipFile(io.BytesIO(own.content)) as archive:
        assert [Image.open(io.BytesIO(archive.read(name))).size for name in archive.namelist()] == [(80, 60)] * 3
    beyond = client.get(f"/api/jobs/{made['id']}/data?type=chunk&index=1")
    assert (beyond.status_code, beyond.json()) == (400, ["The chunk number should be in  the [0, 0] range"])
    first = client.get("/api/tasks/1/data?type=frame&number=2")
    assert client.get(f"/api/jobs/{made['id']}/preview").status_code == first.status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"frame_selection_method": "random_uniform", "frame_count": 3, "seed": 42},
        {"frame_selection_method": "random_uniform", "frame_count": 3, "random_seed": 42},
        {"frame_selection_method": "random_uniform", "frame_share": 0.3, "random_seed": 42},
    ],
)
def test_a_seed_gives_cvats_frames(client: TestClient, asked: dict[str, Any]) -> None:
    made = make(client, frames=None, **asked)
    assert client.get(f"/api/jobs/{made['id']}/data/meta").json()["included_frames"] == [3, 5, 7]


def test_frames_of_each_job(client: TestClient) -> None:
    made = make(client, frames=None, frame_selection_method="random_per_job", frames_per_job_share=0.4)
    frames = client.get(f"/api/jobs/{made['id']}/data/meta").json()["included_frames"]
    assert [sum(first <= frame < first + 5 for frame in frames) for first in (0, 5)] == [2, 2]


def test_its_objects_are_not_the_tasks(client: TestClient) -> None:
    made = make(client)
    box = {"type": "rectangle", "frame": 4, "label_id": 1, "points": [1, 2, 3, 4]}
    url = f"/api/jobs/{made['id']}/annotations"
    client.put(url, json={"tags": [], "shapes": [box], "tracks": []}).raise_for_status()
    assert len(client.get(url).json()["shapes"]) == 1
    assert client.get("/api/tasks/1/annotations").json()["shapes"] == []
    client.put("/api/tasks/1/annotations", json={"tags": [], "shapes": [], "tracks": []}).raise_for_status()
    assert len(client.get(url).json()["shapes"]) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"type": "annotation"}, ["Unexpected job type 'annotation'"]),
        ({"type": "other"}, {"type": ['"other" is not a valid choice.']}),
        ({"task_id": 77}, {"task_id": ['Invalid pk "77" - object does not exist.']}),
        ({"frames": []}, ["The list of frames cannot be empty"]),
        ({"frames": [1, 1]}, ["Frames must not repeat"]),
        ({"frames": [1, 11, 12]}, ["The following frames are not included in the task: 11,12"]),
        ({"frames": None}, {"frames": ["This field is required."]}),
        ({"frames": [1, -1]}, {"frames": {"1": ["Ensure this value is greater than or equal to 0."]}}),
        ({"frame_selection_method": "best"}, ["Unexpected frame selection method 'best'"]),
        ({"frame_selection_method": "random_uniform"}, {"frame_count": ["This field is required."]}),
        (
            {"frame_selection_method": "random_uniform", "frame_count": 10},
            ["The number of frames requested (10) must be lesser than the number of the task frames (10)"],
        ),
        ({"assignee": 99}, {"assignee": ['Invalid pk "99" - object does not exist.']}),
        ({"stage": "other"}, {"stage": ['"other" is not a valid choice.']}),
    ],
)
def test_what_is_refused(client: TestClient, fields: dict[str, Any], said: Any) -> None:
    answer = client.post("/api/jobs", json={**MANUAL, **fields})
    assert (answer.status_code, answer.json()) == (400, said)
    assert client.get("/api/jobs").json()["count"] == 2


def test_a_task_has_one_and_needs_frames(client: TestClient, workspace: Workspace) -> None:
    make(client)
    again = client.post("/api/jobs", json=MANUAL)
    assert (again.status_code, again.json()) == (400, ["A task can have only 1 ground truth job"])
    empty = workspace.create_task("empty", labels=["car"], data=None).id
    early = client.post("/api/jobs", json={**MANUAL, "task_id": empty})
    assert (early.status_code, early.json()) == (
        400,
        ["This task has no data attached yet. Please set up task data and try again"],
    )


def test_its_deleted_frames_are_among_its_own(client: TestClient) -> None:
    made = make(client)
    client.patch("/api/tasks/1/data/meta", json={"deleted_frames": [3, 4]}).raise_for_status()
    url = f"/api/jobs/{made['id']}/data/meta"
    client.patch(url, json={"deleted_frames": [5, 7]}).raise_for_status()
    assert client.get("/api/tasks/1/data/meta").json()["deleted_frames"] == [3, 7]
    assert client.patch(url, json={"deleted_frames": []}).status_code == 200
    assert client.get("/api/tasks/1/data/meta").json()["deleted_frames"] == [3]


def test_only_ground_truth_is_removed(client: TestClient, workspace: Workspace) -> None:
    made = make(client)
    refused = client.delete("/api/jobs/1")
    assert (refused.status_code, refused.json()) == (400, ["Only ground truth jobs can be removed"])
    assert client.delete(f"/api/jobs/{made['id']}").status_code == 204
    assert client.get(f"/api/jobs/{made['id']}").status_code == 404
    assert make(client)["id"] != made["id"]
    git(workspace.root, "revert", "--no-edit", "HEAD")
    assert client.get("/api/tasks/1").json()["jobs"]["count"] == 2


def test_stages_states_and_what_follows(client: TestClient) -> None:
    def patch(number: int, **fields: Any) -> tuple[str, str, str]:
        job = client.patch(f"/api/jobs/{number}", json=fields).json()
        return job["stage"], job["state"], job["status"]

    assert patch(1, state="in progress") == ("annotation", "in progress", "annotation")
    assert patch(1, stage="validation") == ("validation", "new", "validation")
    assert patch(1, stage="acceptance", state="completed") == ("acceptance", "completed", "completed")
    task = client.get("/api/tasks/1").json()
    assert (task["status"], task["jobs"]["completed"], task["jobs"]["validation"]) == ("annotation", 1, 0)
    assert patch(2, stage="validation", state="rejected") == ("validation", "rejected", "validation")
    task = client.get("/api/tasks/1").json()
    assert (task["status"], task["jobs"]["completed"], task["jobs"]["validation"]) == ("validation", 1, 1)
    assert patch(2, stage="acceptance") == ("acceptance", "new", "validation")
    assert patch(2, state="completed") == ("acceptance", "completed", "completed")
    assert client.get("/api/tasks/1").json()["status"] == "completed"
    bad = client.patch("/api/jobs/1", json={"state": "done"})
    assert (bad.status_code, bad.json()) == (400, {"state": ['"done" is not a valid choice.']})


def test_numbers_beyond_all_bounds(client: TestClient) -> None:
    huge = "1" + "0" * 6000
    for url, body in (
        ("/api/jobs", '{"type": "ground_truth", "task_id": %s}'),
        ("/api/jobs", '{"type": "ground_truth", "task_id": 1, "frame_selection_method": "manual", "frames": [%s]}'),
        ("/api/jobs", '{"type": "ground_truth", "task_id": 1, "frame_selection_method": "random_uniform", "seed": %s}'),
        ("/api/projects", '{"name": "x", "owner_id": %s}'),
        ("/api/projects", '{"name": "x", "labels": [{"id": %s}]}'),
        ("/api/tasks", '{"name": "x", "project_id": %s}'),
    ):
        for number in (huge, "1e400", "99999999999999999999"):
            assert client.post(url, content=body % number).status_code == 400
