"""Projects made, changed and removed over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore import Shape
from cvatcore.workspace import Workspace
from kit.annotated import git

CAR = {
    "name": "car",
    "attributes": [{"name": "color", "mutable": False, "input_type": "select", "values": ["red", "blue"]}],
}
_NODE = (
    '<circle cx="{0}" cy="{0}" data-type="element node" data-element-id="{1}" data-node-id="{1}" '
    'data-label-name="{2}"/>'
)
BODY = {
    "name": "body",
    "type": "skeleton",
    "sublabels": [{"name": "nose", "type": "points"}, {"name": "hip", "type": "points", "color": "#00ff00"}],
    "svg": _NODE.format(20, 1, "nose") + _NODE.format(60, 2, "hip"),
}


def commits(workspace: Workspace) -> int:
    return int(git(workspace.root, "rev-list", "--count", "HEAD"))


def make(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/api/projects", json={"name": "city", **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_project_is_made_with_all_that_can_be_said_of_it(client: TestClient, workspace: Workspace) -> None:
    bob = workspace.add_member("bob")
    before = commits(workspace)
    made = make(
        client,
        labels=[CAR, BODY],
        bug_tracker="https://bugs.example",
        owner_id=bob.id,
        assignee_id=bob.id,
        task_subsets=["passed over"],
        source_storage={"location": "local"},
        target_storage={"location": "local", "cloud_storage_id": None},
    )
    assert commits(workspace) == before + 1
    assert client.get(made["url"]).json() == made
    assert (made["bug_tracker"], made["owner"]["username"], made["assignee"]["id"]) == (
        "https://bugs.example",
        "bob",
        bob.id,
    )
    assert (made["task_subsets"], made["dimension"], made["tasks"]["count"]) == ([], None, 0)
    source, target = made["source_storage"], made["target_storage"]
    assert source == {"id": source["id"], "location": "local", "cloud_storage_id": None}
    assert source["id"] != target["id"]
    car, body = client.get(made["labels"]["url"]).json()["results"]
    assert (car["project_id"], "task_id" in car, car["type"]) == (made["id"], False, "any")
    assert [joint["name"] for joint in body["sublabels"]] == ["nose", "hip"]
    assert f'data-label-id="{body["sublabels"][1]["id"]}"' in body["svg"]
    bare = make(client)
    assert (bare["bug_tracker"], bare["target_storage"], bare["assignee"]) == ("", None, None)


def test_a_project_is_changed(client: TestClient, workspace: Workspace) -> None:
    bob = workspace.add_member("bob")
    made = make(client, labels=[CAR], assignee_id=bob.id, source_storage={"location": "local"})
    url = f"/api/projects/{made['id']}"
    change = {"name": "town", "assignee_id": None, "owner_id": bob.id, "bug_tracker": "b", "source_storage": None}
    answer = client.patch(url, json=change)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert (changed["name"], changed["assignee"], changed["bug_tracker"]) == ("town", None, "b")
    assert (changed["owner"]["id"], changed["source_storage"]) == (bob.id, None)
    before = commits(workspace)
    assert client.patch(url, json={"task_subsets": [], "name": "town"}).json() == changed
    assert commits(workspace) == before
    assert client.get("/api/projects?assignee=bob").json()["count"] == 0


def test_labels_of_a_project_change_with_the_objects_of_its_tasks(client: TestClient, workspace: Workspace) -> None:
    made = make(client, labels=[CAR, BODY, {"name": "gone"}, {"name": "person"}])
    url = f"/api/projects/{made['id']}"
    labels = {label["name"]: label for label in client.get(made["labels"]["url"]).json()["results"]}
    moved = client.patch("/api/tasks/1", json={"project_id": made["id"]})
    assert moved.status_code == 200, moved.text
    workspace.job(1).add(Shape(0, 0, "rectangle", "car", points=(1, 1, 5, 5)))
    items = [
        {
            "id": labels["car"]["id"],
            "name": "vehicle",
            "color": "",
            "attributes": [
                {"name": "color", "mutable": True, "input_type": "select", "values": ["red", "green"]},
                {"name": "plate", "mutable": False, "input_type": "text", "values": []},
            ],
        },
        {"id": labels["gone"]["id"], "deleted": True},
        {"name": "tram", "color": "#112233"},
        {
            "id": labels["body"]["id"],
            "type": "any",
            "sublabels": [{"id": labels["body"]["sublabels"][0]["id"], "name": "nase"}],
        },
    ]
    answer = client.patch(url, json={"labels": items})
    assert answer.status_code == 200, answer.text
    assert answer.json()["labels"]["count"] == 4
    after = {label["name"]: label for label in client.get(made["labels"]["url"]).json()["results"]}
    assert set(after) == {"vehicle", "body", "tram", "person"}
    assert after["vehicle"]["id"] == labels["car"]["id"]
    old, new = labels["car"]["attributes"][0], after["vehicle"]["attributes"][0]
    assert (new["id"], new["values"], new["mutable"]) == (old["id"], ["red", "green"], True)
    assert after["vehicle"]["attributes"][1]["name"] == "plate"
    assert after["body"]["type"] == "skeleton"
    assert [joint["name"] for joint in after["body"]["sublabels"]] == ["nase", "hip"]
    assert workspace.job(1).annotations.shapes[0].label == "vehicle"


def test_a_label_that_was_read_can_be_sent_back(client: TestClient, workspace: Workspace) -> None:
    made = make(client, labels=[CAR, BODY])
    before = commits(workspace)
    for label in client.get(made["labels"]["url"]).json()["results"]:
        answer = client.patch(f"/api/labels/{label['id']}", json=label)
        assert (answer.status_code, answer.json()) == (200, label)
        answer = client.patch(f"/api/projects/{made['id']}", json={"labels": [label]})
        assert answer.status_code == 200, answer.text
        assert client.get(f"/api/labels/{label['id']}").json() == label
    assert commits(workspace) == before, "nothing differs"
    body = client.get(made["labels"]["url"]).json()["results"][1]
    moved = {"svg": body["svg"].replace('cx="20"', 'cx="25"')}
    assert 'cx="25"' in client.patch(f"/api/labels/{body['id']}", json=moved).json()["svg"]


def test_what_projects_are_refused(client: TestClient, workspace: Workspace) -> None:
    made = make(client, labels=[CAR])
    car = client.get(made["labels"]["url"]).json()["results"][0]["id"]
    before = commits(workspace)
    unique = ["All label names must be unique"]
    twice = {**BODY, "sublabels": [{"name": "nose"}, {"name": "nose"}]}
    for body, said in (
        ({}, {"name": ["This field is required."]}),
        ({"name": " "}, {"name": ["This field may not be blank."]}),
        ({"name": "x" * 257}, {"name": ["Ensure this field has no more than 256 characters."]}),
        ({"name": "x", "labels": [CAR, CAR]}, unique),
        ({"name": "x", "labels": [twice]}, unique),
        ({"name": "x", "labels": [{"color": "#ff0000"}]}, {"labels": [{"name": ["This field is required."]}]}),
        ({"name": "x", "assignee_id": 99}, {"assignee_id": ['Invalid pk "99" - object does not exist.']}),
        (
            {"name": "x", "target_storage": {"location": "cloud_storage", "cloud_storage_id": 5}},
            ["The specified cloud storage #5 does not exist."],
        ),
        (
            {"name": "x", "target_storage": {"location": "moon"}},
            {"target_storage": {"location": ['"moon" is not a valid choice.']}},
        ),
    ):
        answer = client.post("/api/projects", json=body)
        assert (answer.status_code, answer.json()) == (400, said)
    changes: list[tuple[list[dict[str, Any]], int, Any]] = [
        ([{"deleted": True}], 400, {"labels": [{"non_field_errors": ["Deleted label must have an ID"]}]}),
        ([{"id": 999, "name": "x"}], 404, {"detail": "Not found label with id #999 to change"}),
        ([{"name": "car"}], 400, unique),
        ([{"id": car, "name": ""}], 400, {"labels": [{"name": ["This field may not be blank."]}]}),
    ]
    for items, status, answer_of in changes:
        answer = client.patch(f"/api/projects/{made['id']}", json={"name": "other", "labels": items})
        assert (answer.status_code, answer.json()) == (status, answer_of)
    assert commits(workspace) == before
    assert client.patch("/api/projects/99", json={}).status_code == 404
    assert client.delete("/api/projects/99").status_code == 404


def test_a_project_goes_with_its_tasks(client: TestClient, workspace: Workspace) -> None:
    made = make(client, labels=[CAR])
    inside = client.post("/api/tasks", json={"name": "night", "project_id": made["id"], "labels": []}).json()
    assert client.delete(f"/api/projects/{made['id']}").status_code == 204
    assert client.get(f"/api/projects/{made['id']}").status_code == 404
    assert client.get(f"/api/tasks/{inside['id']}").status_code == 404
    assert client.get("/api/tasks/1").status_code == 200
    git(workspace.root, "revert", "--no-edit", "HEAD")
    assert client.get(f"/api/tasks/{inside['id']}").json()["project_id"] == made["id"]


def test_previews(client: TestClient) -> None:
    made = make(client, labels=[{"name": "car"}, {"name": "person"}])
    assert client.get(f"/api/projects/{made['id']}/preview").status_code == 404
    client.patch("/api/tasks/1", json={"project_id": made["id"]}).raise_for_status()
    answer = client.get(f"/api/projects/{made['id']}/preview")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")


@pytest.mark.parametrize("body", [b"[]", b'{"labels": {}}', b'{"labels": [5]}', b'{"name": 5}', b'{"owner_id": "x"}'])
def test_bodies_of_a_wrong_shape(client: TestClient, body: bytes) -> None:
    made = make(client)
    for method, url in (("POST", "/api/projects"), ("PATCH", f"/api/projects/{made['id']}"), ("PATCH", "/api/tasks/1")):
        assert client.request(method, url, content=body).status_code == 400
