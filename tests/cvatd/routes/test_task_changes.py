"""Tasks changed over HTTP: fields, labels, and into a project."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from cvatcore import Shape
from cvatcore.workspace import Workspace
from kit.annotated import git

UNMAPPED = {"non_field_errors": ["All task or project label names must be mapped to the target project"]}


def commits(workspace: Workspace) -> int:
    return int(git(workspace.root, "rev-list", "--count", "HEAD"))


def project(client: TestClient, *labels: Any) -> int:
    items = [{"name": label} if isinstance(label, str) else label for label in labels]
    answer = client.post("/api/projects", json={"name": "city", "labels": items})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def test_all_fields(client: TestClient, workspace: Workspace) -> None:
    bob = workspace.add_member("bob")
    made = client.post(
        "/api/tasks",
        json={
            "name": "night",
            "labels": [{"name": "car"}],
            "bug_tracker": "https://bugs",
            "owner_id": bob.id,
            "target_storage": {"location": "local"},
        },
    ).json()
    assert (made["bug_tracker"], made["owner"]["username"], made["source_storage"]) == ("https://bugs", "bob", None)
    assert made["target_storage"]["location"] == "local"
    url = f"/api/tasks/{made['id']}"
    change = {"owner_id": None, "bug_tracker": "", "source_storage": {"location": "local"}, "target_storage": None}
    changed = client.patch(url, json=change).json()
    assert (changed["owner"], changed["bug_tracker"], changed["target_storage"]) == (None, "", None)
    assert changed["source_storage"]["location"] == "local"
    assert client.get("/api/tasks?tracker_link=https://bugs").json()["count"] == 0


def test_jobs_have_the_tracker_of_their_project_or_task(client: TestClient) -> None:
    assert client.get("/api/jobs/1").json()["bug_tracker"] is None
    client.patch("/api/tasks/1", json={"bug_tracker": "task"}).raise_for_status()
    assert client.get("/api/jobs/1").json()["bug_tracker"] == "task"
    number = project(client, "car", "person")
    client.patch(f"/api/projects/{number}", json={"bug_tracker": "project"}).raise_for_status()
    client.patch("/api/tasks/1", json={"project_id": number}).raise_for_status()
    assert client.get("/api/jobs/1").json()["bug_tracker"] == "project"


def test_labels_of_a_task_are_changed_with_its_objects(client: TestClient, workspace: Workspace) -> None:
    workspace.job(1).add(Shape(0, 0, "rectangle", "car", points=(1, 1, 5, 5)))
    items = [{"id": 1, "name": "vehicle"}, {"id": 2, "deleted": True}, {"name": "tram"}]
    answer = client.patch("/api/tasks/1", json={"labels": items, "name": "road"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["name"] == "road"
    assert [label["name"] for label in client.get("/api/labels?task_id=1").json()["results"]] == ["vehicle", "tram"]
    assert workspace.job(1).annotations.shapes[0].label == "vehicle"


def test_a_task_comes_into_a_project(client: TestClient, workspace: Workspace) -> None:
    workspace.job(1).add(
        Shape(0, 0, "rectangle", "car", points=(1, 1, 5, 5)), Shape(0, 0, "rectangle", "person", points=(1, 1, 5, 5))
    )
    number = project(client, "walker", "car")
    before = commits(workspace)
    refused = client.patch("/api/tasks/1", json={"project_id": number, "name": "other"})
    assert (refused.status_code, refused.json()) == (400, UNMAPPED)
    assert commits(workspace) == before
    answer = client.patch("/api/tasks/1", json={"project_id": number, "labels": [{"id": 2, "name": "walker"}]})
    assert answer.status_code == 200, answer.text
    assert commits(workspace) == before + 1
    task = answer.json()
    assert (task["project_id"], task["labels"]["count"]) == (number, 2)
    by_id = {label["id"]: label["name"] for label in client.get("/api/labels?task_id=1").json()["results"]}
    shapes = client.get("/api/jobs/1/annotations").json()["shapes"]
    assert [by_id[shape["label_id"]] for shape in shapes] == ["car", "walker"]
    assert client.get(f"/api/projects/{number}").json()["tasks"]["count"] == 1
    assert client.patch("/api/tasks/1", json={"project_id": None}).json()["project_id"] == number
    own = client.patch("/api/tasks/1", json={"labels": [{"name": "x"}]})
    assert (own.status_code, list(own.json())) == (400, ["labels"])


def test_what_keeps_a_task_out_of_a_project(client: TestClient) -> None:
    unknown = client.patch("/api/tasks/1", json={"project_id": 77})
    assert (unknown.status_code, unknown.json()) == (400, ["The specified project #77 does not exist."])
    asked = {"name": "plate", "mutable": False, "input_type": "text", "values": []}
    client.patch("/api/labels/1", json={"attributes": [asked]}).raise_for_status()
    number = project(client, "car", "person")
    refused = client.patch("/api/tasks/1", json={"project_id": number})
    assert (refused.status_code, refused.json()) == (
        400,
        ['Target project does not have "car" label with "plate" attribute'],
    )
