"""Conflicts over HTTP, and what the other pages hear of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore import ChangeSet, Workspace
from cvatcore.schema import FieldConflict, Keyframe, Track
from cvatd.watcher import events_of
from kit.annotated import annotated, box, put
from kit.conflicts import leave_conflict, points
from kit.daemon import daemon, in_process
from kit.events import Listener

ONE, TWO, THREE = "1111111111111111", "abcdef2222222222", "3333333333333333"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with annotated(tmp_path / "ws", segment_size=50) as opened:
        put(opened.job(1), box(7, 5, at=20.0))
        leave_conflict(
            opened, ONE, FieldConflict("label", "car", "car", "person"), points(base=1, ours=20, theirs=30), number=7,
            frame=5,
        )  # fmt: skip
        yield opened


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with in_process(workspace) as opened:
        yield opened


def listed(client: TestClient, query: str = "") -> list[Any]:
    answer = client.get(f"/api/cvatd/conflicts{query}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["count"] == len(body["results"])
    return list(body["results"])


def test_a_conflict_in_words_and_shapes(client: TestClient) -> None:
    (found,) = listed(client, "?job=1")
    assert {key: found[key] for key in ("id", "kind", "status", "what", "object_id", "frame", "can_keep_both")} == {
        "id": ONE,
        "kind": "shape",
        "status": "open",
        "what": "rectangle 7 (car)",
        "object_id": 7,
        "frame": 5,
        "can_keep_both": True,
    }
    assert [field["title"] for field in found["fields"]] == ["label", "position"]
    assert found["fields"][1]["theirs"] == "30, 30 – 40, 50"
    assert (found["base"]["points"], found["base"]["label_id"]) == ([1, 1, 11, 21], 1)
    assert (found["theirs"]["points"], found["theirs"]["label_id"]) == ([30, 30, 40, 50], 2)


def test_of_all_jobs_there_are_no_shapes(client: TestClient) -> None:
    (found,) = listed(client)
    assert found["theirs"] is None
    assert listed(client, "?task=1") == listed(client)
    assert listed(client, "?job=2") == []


def test_what_is_asked_for_wrongly(client: TestClient) -> None:
    assert client.get("/api/cvatd/conflicts?job=9").status_code == 404
    assert client.get("/api/cvatd/conflicts?task=9").status_code == 404
    assert client.get("/api/cvatd/conflicts?job=x").status_code == 400
    for number, body, status in (
        (ONE, {"choice": "mine"}, 400),
        (ONE, {}, 400),
        ("9", {"choice": "ours"}, 404),
        ("zz", {"choice": "ours"}, 404),
    ):
        assert client.post(f"/api/cvatd/conflicts/{number}/resolve", json=body).status_code == status, (number, body)
    assert len(listed(client)) == 1


def test_resolving_answers_with_the_commit(client: TestClient, workspace: Workspace) -> None:
    answer = client.post(f"/api/cvatd/conflicts/{ONE[:4]}/resolve", json={"choice": "both"})
    assert answer.status_code == 200
    body = answer.json()
    assert body["revision"] == workspace.store.history.head()
    assert {shape.id for shape in workspace.job(1).annotations.shapes} == {7, *body["added"]}
    assert listed(client) == []


def test_a_choice_is_taken_back_and_made_again(client: TestClient, workspace: Workspace) -> None:
    revision = client.post(f"/api/cvatd/conflicts/{ONE}/resolve", json={"choice": "theirs"}).json()["revision"]
    answer = client.post("/api/cvatd/undo", json={"revision": revision})
    assert (answer.status_code, answer.json()["kept"]) == (200, [])
    assert [one["id"] for one in listed(client)] == [ONE]
    assert workspace.job(1).annotations.shapes[0].points[0] == 20.0
    again = client.post("/api/cvatd/undo", json={"revision": answer.json()["revision"]})
    assert again.status_code == 200
    assert listed(client) == []
    assert workspace.job(1).annotations.shapes[0].points[0] == 30.0
    assert client.post("/api/cvatd/undo", json={"revision": "1" * 40}).status_code == 404


def test_what_is_gone_is_not_found(client: TestClient, workspace: Workspace) -> None:
    workspace.job(1).apply(ChangeSet(delete=frozenset({7})))
    (found,) = listed(client, "?job=1")
    assert (found["status"], found["theirs"], found["can_keep_both"]) == ("gone", None, False)
    answer = client.post(f"/api/cvatd/conflicts/{ONE}/resolve", json={"choice": "theirs"})
    assert answer.status_code == 404
    assert "which is gone" in answer.json()["detail"]
    assert client.post(f"/api/cvatd/conflicts/{ONE}/resolve", json={"choice": "ours"}).status_code == 200


def test_keyframes_are_drawn_as_the_track_is_there(client: TestClient, workspace: Workspace) -> None:
    keys = tuple(
        Keyframe(frame=frame, track=9, type="rectangle", points=(at, at, at + 10, at + 20))
        for frame, at in ((0, 2.0), (40, 10.0))
    )
    workspace.job(1).apply(ChangeSet(tracks=(Track(id=9, label="car", keyframes=keys),)))
    leave_conflict(workspace, TWO, points(base=5, ours=10, theirs=30), kind="keyframe", number=9, frame=40)
    leave_conflict(workspace, THREE, FieldConflict("label", "car", "car", "person"), kind="track", number=9, frame=0)
    found = {one["id"]: one for one in listed(client, "?job=1")}
    assert found[TWO]["base"]["points"] == [5, 5, 15, 25]
    assert found[TWO]["theirs"]["points"] == [30, 30, 40, 50]
    assert found[THREE]["theirs"]["points"] == [2, 2, 12, 22]
    assert found[THREE]["theirs"]["label_id"] == 2


def test_the_watcher_tells_of_conflicts_that_a_merge_brings() -> None:
    paths = [f"tasks/1/conflicts/{ONE}.json", "tasks/1/issues/7.json", f"conflicts/{TWO}.json"]
    assert [(event.kind, event.task_id) for event in events_of(paths)] == [
        ("conflicts", 1),
        ("issues", 1),
        ("conflicts", 0),
    ]


def test_every_page_hears_of_it(workspace: Workspace) -> None:
    with daemon(workspace.root) as running:
        listener = Listener(running)
        listener.next(kind="hello")
        with Workspace(workspace.root) as other:
            leave_conflict(other, TWO, FieldConflict("name", "w", "w", "v"), kind="settings", task=0, job=0)
        assert listener.next(kind="conflicts")["task_id"] == 0
        with running.client() as client:
            client.post(f"/api/cvatd/conflicts/{ONE}/resolve", json={"choice": "theirs"}).raise_for_status()
        assert listener.next(kind="conflicts")["task_id"] == 1
        assert listener.next(kind="annotations")["job_id"] == 1
        listener.close()
