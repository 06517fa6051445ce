"""The operation log over HTTP: looked at, undone, redone."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore import ChangeSet, Shape, Workspace
from cvatcore.store import Author
from kit.annotated import box, numbers, put
from kit.daemon import daemon
from kit.events import Listener


def operations(client: TestClient, query: str = "") -> dict[str, Any]:
    answer = client.get(f"/api/cvatd/operations{query}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def there(workspace: Workspace) -> list[int]:
    return numbers(workspace.job(1).annotations)


def test_the_operations_newest_first(client: TestClient, workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    revision = put(workspace.job(1), box(2))
    listed = operations(client)
    newest = listed["results"][0]
    assert (newest["subject"], newest["after"], newest["undone"]) == ("street, job 1: 1 added", revision, False)
    assert (newest["author"], newest["email"]) == ("Test Person", "person@example.org")
    assert newest["time"].endswith("Z")
    assert (listed["next_undo"], listed["next_redo"]) == (newest["id"], "")
    assert len(listed["results"]) == 4
    assert len(operations(client, "?limit=2")["results"]) == 2


@pytest.mark.parametrize("limit", ["0", "-1", "x", "100000"])
def test_a_wrong_limit(client: TestClient, limit: str) -> None:
    assert client.get(f"/api/cvatd/operations?limit={limit}").status_code == 400


def test_undo_and_redo(client: TestClient, workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    put(workspace.job(1), box(2))
    first = operations(client)["results"][0]["id"]
    answer = client.post("/api/cvatd/undo")
    assert answer.status_code == 200
    undone = answer.json()
    assert (undone["kind"], undone["of"], undone["subject"]) == ("undo", first, "street, job 1: 1 added")
    assert undone["revision"] == workspace.store.history.head()
    assert there(workspace) == [1]
    listed = operations(client)
    assert listed["next_redo"] == undone["operation"] == listed["results"][0]["id"]
    assert [one["undone"] for one in listed["results"][:3]] == [False, True, False]
    redone = client.post("/api/cvatd/redo").json()
    assert (redone["kind"], redone["of"]) == ("redo", undone["operation"])
    assert there(workspace) == [1, 2]


def test_one_operation_whatever_came_later(client: TestClient, workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    operation = operations(client)["results"][0]["id"]
    workspace.job(1).apply(ChangeSet(shapes=(box(1, at=9.0),)), author=Author("Noah", "noah@team"))
    answer = client.post("/api/cvatd/undo", json={"operation": operation[:6]}).json()
    assert (answer["revision"], answer["kept"]) == ("", ["Object 1 of job 1 stays, since it was changed later."])
    assert there(workspace) == [1]


def test_what_was_done_as_a_commit(client: TestClient, workspace: Workspace) -> None:
    revision = put(workspace.job(1), box(1))
    put(workspace.job(1), box(2))
    assert client.post("/api/cvatd/undo", json={"revision": revision}).status_code == 200
    assert there(workspace) == [2]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"operation": "nope"}, 404),
        ({"revision": "1" * 40}, 404),
        ({"operation": "1", "revision": "1"}, 400),
        ({"operation": 7}, 400),
        ([], 400),
    ],
)
def test_what_cannot_be_undone(client: TestClient, workspace: Workspace, body: object, status: int) -> None:
    put(workspace.job(1), box(1))
    head = workspace.store.history.head()
    assert client.post("/api/cvatd/undo", json=body).status_code == status
    assert workspace.store.history.head() == head


def test_nothing_to_undo_is_a_sentence(client: TestClient) -> None:
    assert client.post("/api/cvatd/redo").json() == {"detail": "There is nothing to redo."}
    assert client.post("/api/cvatd/undo").status_code == 200  # The task.
    answer = client.post("/api/cvatd/undo")
    assert (answer.status_code, "nothing to undo" in answer.json()["detail"]) == (404, True)


def test_open_pages_hear_of_it(workspace: Workspace) -> None:
    workspace.job(1).add(Shape(frame=0, id=0, type="rectangle", label="car", points=(1.0, 2.0, 9.0, 9.0)))
    with daemon(workspace.root) as running, running.client() as browser:
        listener = Listener(running)
        listener.next(kind="hello")
        assert browser.post("/api/cvatd/undo").status_code == 200
        event = listener.next(kind="annotations")
        assert (event["task_id"], event["job_id"]) == (1, 1)
        listener.close()
    assert there(workspace) == []
