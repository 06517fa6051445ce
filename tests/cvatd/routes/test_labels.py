"""Labels over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore import Label, Shape, Workspace
from cvatcore.edit.label_edits import add_labels, rename_label
from cvatcore.schema import Project
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import project_path
from cvatcore.workspace.labels import LabelSet
from kit.annotated import git
from kit.daemon import daemon
from kit.events import Listener
from kit.labels import skeleton_label


@pytest.fixture
def body(workspace: Workspace) -> dict[str, int]:
    """A skeleton in task 1: ids by name, its own and its joints'."""
    new = skeleton_label("nose", "hip", edges=[("nose", "hip")], id=500)
    saved = LabelSet(workspace, task=1).apply(lambda known: add_labels(known, [new]))
    label = saved.labels[-1]
    return {label.name: label.id, **{joint.name: joint.id for joint in label.sublabels}}


def test_a_template_names_its_joints_by_id(client: TestClient, body: dict[str, int]) -> None:
    (answer,) = client.get("/api/labels?name=body").json()["results"]
    assert [f'data-label-id="{body[name]}"' in answer["svg"] for name in ("nose", "hip")] == [True, True]
    assert "data-label-name" not in answer["svg"]
    assert client.get(f"/api/labels/{body['body']}").json() == answer
    joint = client.get(f"/api/labels/{body['nose']}").json()
    assert (joint["name"], joint["has_parent"], joint["parent_id"]) == ("nose", True, body["body"])
    assert "svg" not in joint


def test_what_a_stranger_wrote_into_a_template_is_not_passed_on(
    client: TestClient, workspace: Workspace, body: dict[str, int]
) -> None:
    document = workspace.root / "tasks" / "1" / "task.json"
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("<line ", "<script>alert(1)</script><line onload='x' ", 1), encoding="utf-8")
    svg = client.get(f"/api/labels/{body['body']}").json()["svg"]
    assert "<line " in svg
    assert "script" not in svg
    assert "onload" not in svg
    document.write_text(text.replace("<line ", "<line <", 1), encoding="utf-8")
    assert client.get(f"/api/labels/{body['body']}").json()["svg"] == ""


def test_labels_of_a_project_without_tasks(client: TestClient, workspace: Workspace) -> None:
    made = Project(
        id=7, name="city", created="2026-01-02T03:04:05Z", labels=(Label(id=70, name="bus", color="#000000"),)
    )
    workspace.store.commit({project_path(7): encode_json(made)}, message=plain_message("city"), author=workspace.author)
    (label,) = client.get("/api/labels?project_id=7").json()["results"]
    assert (label["id"], label["project_id"], "task_id" in label) == (70, 7, False)
    assert client.get("/api/labels").json()["count"] == 3
    assert client.patch("/api/labels/70", json={"name": "tram"}).json()["name"] == "tram"


def test_a_label_is_changed_with_its_objects_in_one_commit(client: TestClient, workspace: Workspace) -> None:
    workspace.job(1).add(Shape(0, 0, "rectangle", "car", points=(1, 1, 5, 5)))
    before = int(git(workspace.root, "rev-list", "--count", "HEAD"))
    asked = {"name": "color", "input_type": "select", "values": ["red", "blue"], "mutable": False}
    answer = client.patch("/api/labels/1", json={"name": "vehicle", "color": "#ABCDEF", "attributes": [asked]})
    assert answer.status_code == 200, answer.text
    label = answer.json()
    assert (label["id"], label["name"], label["color"]) == (1, "vehicle", "#abcdef")
    assert [(one["name"], one["default_value"]) for one in label["attributes"]] == [("color", "red")]
    assert int(git(workspace.root, "rev-list", "--count", "HEAD")) == before + 1
    assert client.get("/api/jobs/1/annotations").json()["shapes"][0]["label_id"] == 1
    assert workspace.job(1).annotations.shapes[0].label == "vehicle"
    wider = {"name": "color", "values": ["red", "blue", "green"]}
    again = client.patch("/api/labels/1", json={"attributes": [wider, {"name": "note"}], "color": ""}).json()
    assert [(one["name"], one["values"]) for one in again["attributes"]] == [
        ("color", ["red", "blue", "green"]),
        ("note", []),
    ]
    assert again["attributes"][0]["id"] == label["attributes"][0]["id"]
    assert again["color"] != "#abcdef"


def test_every_open_page_hears_of_it(workspace: Workspace) -> None:
    with daemon(workspace.root) as running, running.client() as asker:
        listener = Listener(running)
        listener.next(kind="hello")
        asker.patch("/api/labels/1", json={"name": "vehicle"}).raise_for_status()
        assert listener.next(kind="task")["task_id"] == 1
        assert listener.next(kind="annotations")["job_id"] == 1
        with Workspace(workspace.root) as other:
            LabelSet(other, task=1).apply(lambda known: rename_label(known, "vehicle", "wagon"))
        assert listener.next(kind="task")["task_id"] == 1, "the watcher tells of a change by the command line"
        listener.close()


def test_a_label_is_removed_with_its_objects(client: TestClient, workspace: Workspace) -> None:
    workspace.job(1).add(Shape(0, 0, "rectangle", "car", points=(1, 1, 5, 5)))
    assert client.delete("/api/labels/1").status_code == 204
    assert client.get("/api/labels/1").status_code == 404
    assert client.get("/api/jobs/1/annotations").json()["shapes"] == []
    git(workspace.root, "revert", "--no-edit", "HEAD")
    assert client.get("/api/labels/1").json()["name"] == "car"
    assert len(client.get("/api/jobs/1/annotations").json()["shapes"]) == 1


@pytest.mark.parametrize(
    ("number", "change", "status", "says"),
    [
        (1, {"deleted": True}, 400, "DELETE method"),
        (1, {"name": "person"}, 400, "All label names must be unique"),
        (1, {"name": "x" * 65}, 400, "64"),
        (1, {"name": 3}, 400, "name"),
        (1, {"color": "red"}, 400, "'red'"),
        (1, {"type": "blob"}, 400, "'blob'"),
        (1, {"attributes": [{"name": "a", "input_type": "list"}]}, 400, "input_type"),
        (1, {"attributes": [{"name": "a", "input_type": "select"}]}, 400, "no values"),
        (99, {"name": "x"}, 404, "99"),
        ("nose", {"name": "x"}, 400, "Sublabels cannot be modified"),
    ],
)
def test_refusals(
    client: TestClient,
    workspace: Workspace,
    body: dict[str, int],
    number: int | str,
    change: dict[str, Any],
    status: int,
    says: str,
) -> None:
    head = git(workspace.root, "rev-parse", "HEAD")
    answer = client.patch(f"/api/labels/{body[number] if isinstance(number, str) else number}", json=change)
    assert answer.status_code == status, answer.text
    assert says in answer.text
    assert git(workspace.root, "rev-parse", "HEAD") == head


def test_a_joint_is_not_removed_alone(client: TestClient, body: dict[str, int]) -> None:
    answer = client.delete(f"/api/labels/{body['nose']}")
    assert answer.status_code == 400
    assert "Sublabels cannot be deleted" in answer.text
    assert client.delete("/api/labels/99").status_code == 404


def test_a_skeleton_keeps_its_type(client: TestClient, body: dict[str, int]) -> None:
    assert client.patch(f"/api/labels/{body['body']}", json={"type": "any"}).json()["type"] == "skeleton"
    assert client.patch("/api/labels/1", json={"type": "skeleton"}).json()["type"] == "any"
    answer = client.patch(f"/api/labels/{body['body']}", json={"name": "person two"}).json()
    assert f'data-label-id="{body["nose"]}"' in answer["svg"]
