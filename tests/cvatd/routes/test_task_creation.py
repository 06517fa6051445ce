"""Tasks that are made and changed over HTTP; their frames come later."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace

OF_FRAMES = ("data", "size", "data_chunk_size", "data_compressed_chunk_type", "data_original_chunk_type")

LABELS = [
    {"name": "car", "color": "#112233", "attributes": []},
    {
        "name": "person",
        "id": 77,
        "attributes": [
            {"name": "age", "mutable": False, "input_type": "number", "default_value": "1", "values": ["1", "9", "1"]}
        ],
    },
]


def test_a_task_without_data(client: TestClient, workspace: Workspace) -> None:
    answer = client.post("/api/tasks", json={"name": "night", "labels": LABELS, "subset": "train", "image_quality": 50})
    assert answer.status_code == 201, answer.text
    task = answer.json()
    assert (task["name"], task["mode"], task["subset"], task["segment_size"]) == ("night", "", "train", 0)
    assert (task["overlap"], task["dimension"], task["status"]) == (None, "2d", "annotation")
    assert not {*OF_FRAMES, "image_quality"} & set(task)
    assert task["jobs"]["count"] == 0
    labels = client.get(task["labels"]["url"]).json()["results"]
    assert [label["name"] for label in labels] == ["car", "person"]
    assert labels[0]["color"] == "#112233"
    assert labels[1]["id"] != 77
    assert labels[1]["attributes"][0]["values"] == ["1", "9", "1"]
    assert client.get("/api/tasks/").json()["count"] == 2
    assert client.get(task["url"]).json() == task
    assert client.get(f"/api/tasks?search=night&sort=-mode&id={task['id']}").json()["results"] == [task]
    assert client.get(f"/api/jobs?task_id={task['id']}").json()["count"] == 0
    assert workspace.tasks["night"].size == 0


def test_what_is_asked_of_frames_has_an_answer_without_any(client: TestClient) -> None:
    number = client.post("/api/tasks", json={"name": "night", "labels": [{"name": "car"}]}).json()["id"]
    for path in ("preview", "data?type=frame&number=0", "data?type=chunk&number=0", "data/meta", "annotations"):
        answer = client.get(f"/api/tasks/{number}/{path}")
        assert answer.status_code < 500, (path, answer.text)
    assert client.get(f"/api/cvatd/tasks/{number}/media").json()["frames"] == 0
    assert client.delete(f"/api/tasks/{number}").status_code == 204


def test_the_segment_size_is_kept(client: TestClient) -> None:
    task = client.post(
        "/api/tasks", json={"name": "a", "labels": [{"name": "car"}], "segment_size": 5, "overlap": 2}
    ).json()
    assert (task["segment_size"], task["overlap"]) == (5, 2)


def test_labels_of_a_project(client: TestClient, workspace: Workspace) -> None:
    workspace.create_task("first", labels=["bus"], data=None, project="vehicles")
    (project,) = workspace.projects
    body = {"name": "second", "project_id": project.id, "labels": []}
    task = client.post("/api/tasks", json=body).json()
    assert task["project_id"] == project.id
    assert [label["name"] for label in client.get(task["labels"]["url"]).json()["results"]] == ["bus"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"name": "a"}, ["Label set or project_id must be present"]),
        ({"name": "a", "labels": []}, ["Label set or project_id must be present"]),
        (
            {"name": "a", "labels": [{"name": "x"}], "project_id": 1},
            ["Project must have only one of Label set or project_id"],
        ),
        ({"name": "a", "labels": [{"name": "x"}, {"name": "x "}]}, ["All label names must be unique"]),
        ({"name": "a", "project_id": 9}, ["The specified project #9 does not exist."]),
        ({"name": "a", "project_id": 0}, ["The specified project #0 does not exist."]),
        ({"labels": [{"name": "x"}]}, {"name": ["This field is required."]}),
        ({"name": " ", "labels": [{"name": "x"}]}, {"name": ["This field may not be blank."]}),
        (
            {"name": "a" * 257, "labels": [{"name": "x"}]},
            {"name": ["Ensure this field has no more than 256 characters."]},
        ),
        (
            {"name": "a", "labels": [{"name": "x"}], "segment_size": -1},
            {"segment_size": ["Ensure this value is greater than or equal to 0."]},
        ),
        (
            {"name": "a", "labels": [{"name": "x"}], "assignee_id": 99},
            {"assignee_id": ['Invalid pk "99" - object does not exist.']},
        ),
        (
            {"name": "a", "labels": [{"name": "x", "type": "blob"}]},
            ["[0].type: There is no label type 'blob'."],
        ),
    ],
)
def test_a_wrong_body_makes_nothing(client: TestClient, workspace: Workspace, body: Any, expected: Any) -> None:
    before = workspace.store.history.head()
    answer = client.post("/api/tasks", json=body)
    assert (answer.status_code, answer.json()) == (400, expected)
    assert workspace.store.history.head() == before


def test_a_task_is_changed(client: TestClient, workspace: Workspace) -> None:
    bob = workspace.add_member("bob")
    answer = client.patch("/api/tasks/1", json={"name": "road", "subset": "test", "assignee_id": bob.id})
    assert answer.status_code == 200, answer.text
    task = client.get("/api/tasks/1").json()
    assert answer.json() == task
    assert (task["name"], task["subset"], task["assignee"]["username"]) == ("road", "test", "bob")
    assert client.patch("/api/tasks/1", json={"assignee_id": None}).json()["assignee"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"subset": "x" * 65}, "subset"),
        ({"assignee_id": 99}, "assignee_id"),
        ({"bug_tracker": "x" * 2001}, "bug_tracker"),
        ({"owner_id": 99}, "owner_id"),
        ({"labels": [{"name": " "}]}, "labels"),
    ],
)
def test_a_wrong_change_changes_nothing(client: TestClient, workspace: Workspace, body: Any, field: str) -> None:
    before = workspace.store.history.head()
    answer = client.patch("/api/tasks/1", json=body)
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert workspace.store.history.head() == before
    assert client.patch("/api/tasks/9", json={"name": "x"}).status_code == 404
