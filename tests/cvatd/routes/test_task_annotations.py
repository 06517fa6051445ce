"""Annotations of whole tasks: frames 0 to 4 and 5 to 9 in two jobs, without an overlap."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from kit.annotated import git

URL = "/api/tasks/1/annotations"
KINDS = ("tags", "shapes", "tracks")


@pytest.fixture
def car(client: TestClient) -> int:
    labels = client.get("/api/labels?task_id=1").json()["results"]
    return int(next(label["id"] for label in labels if label["name"] == "car"))


def box(label: int, *, frame: int = 0, **fields: Any) -> dict[str, Any]:
    return {"type": "rectangle", "frame": frame, "label_id": label, "points": [1.5, 2, 30, 40.25], **fields}


def track(label: int, *places: tuple[int, float], **fields: Any) -> dict[str, Any]:
    shapes = [{"type": "rectangle", "frame": frame, "points": [x, 0, x + 10, 10]} for frame, x in places]
    return {"frame": places[0][0], "label_id": label, "shapes": shapes, **fields}


def states(found: dict[str, Any]) -> list[tuple[int, float, bool]]:
    return [(shape["frame"], shape["points"][0], shape["outside"]) for shape in found["shapes"]]


def test_a_task_starts_empty(client: TestClient) -> None:
    for url in (URL, URL + "/"):
        assert client.get(url).json() == {"version": 0, "tags": [], "shapes": [], "tracks": []}


def test_put_deals_to_the_jobs_and_answers_the_whole(client: TestClient, car: int) -> None:
    data = {
        "version": 3,
        "tags": [{"frame": 4, "label_id": car}, {"frame": 99, "label_id": car}],
        "shapes": [box(car, frame=4, id=999), box(car, frame=5, id=999)],
        "tracks": [track(car, (0, 0), (8, 80))],
    }
    put = client.put(URL, json=data)
    assert put.status_code == 200
    answer = put.json()
    assert answer == client.get(URL).json()
    assert [tag["frame"] for tag in answer["tags"]] == [4]
    assert [shape["frame"] for shape in answer["shapes"]] == [4, 5]
    assert [states(item) for item in answer["tracks"]] == [
        [(0, 0, False), (5, 0, True)],
        [(5, 50, False), (8, 80, False)],
    ]
    first, second = (client.get(f"/api/jobs/{job}/annotations").json() for job in (1, 2))
    assert [[len(job[kind]) for kind in KINDS] for job in (first, second)] == [[1, 1, 1], [0, 1, 1]]
    assert states(first["tracks"][0]) == [(0, 0, False)]
    assert (second["tracks"][0]["frame"], states(second["tracks"][0])) == (5, [(5, 50, False), (8, 80, False)])
    ids = [item["id"] for kind in KINDS for item in answer[kind]]
    assert len(ids) == len(set(ids))
    assert 999 not in ids


def test_put_replaces_and_delete_clears(client: TestClient, workspace: Workspace, car: int) -> None:
    client.put(URL, json={"shapes": [box(car), box(car, frame=9)]})
    client.put(URL, json={"shapes": [box(car, frame=7)]})
    assert [shape["frame"] for shape in client.get(URL).json()["shapes"]] == [7]
    assert client.delete(URL).status_code == 204
    assert client.get(URL).json()["shapes"] == []
    assert "1 removed" in git(workspace.root, "log", "-1", "--format=%s")


def test_patch_creates_updates_and_deletes(client: TestClient, car: int) -> None:
    answer = client.patch(URL, params={"action": "create"}, json={"shapes": [box(car, id=999), box(car, frame=8)]})
    made, other = answer.json()["shapes"]
    assert made["id"] != 999
    moved = {**made, "points": [5, 6, 7, 8], "frame": 6}
    (updated,) = client.patch(URL, params={"action": "update"}, json={"shapes": [moved]}).json()["shapes"]
    assert (updated["id"], updated["points"], updated["frame"]) == (made["id"], [5, 6, 7, 8], 6)
    assert [shape["id"] for shape in client.get("/api/jobs/2/annotations").json()["shapes"]] == [
        made["id"],
        other["id"],
    ]
    (created,) = client.patch(URL, params={"action": "create"}, json={"shapes": [updated]}).json()["shapes"]
    assert created["id"] not in {made["id"], other["id"]}
    gone = client.patch(URL, params={"action": "delete"}, json={"shapes": [updated, other, {**other, "id": 12345}]})
    assert [shape["id"] for shape in gone.json()["shapes"]] == [made["id"], other["id"], 12345]
    assert [shape["id"] for shape in client.get(URL).json()["shapes"]] == [created["id"]]


def test_an_action_must_be_named(client: TestClient) -> None:
    answer = client.patch(URL, json={})
    assert (answer.status_code, answer.json()) == (400, ["Please specify a correct 'action' for the request"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"shapes": [box(99)]}, ["label_id `99` is invalid"]),
        ({"shapes": [{"type": "rectangle", "label_id": 1}]}, {"shapes": [{"frame": ["This field is required."]}]}),
    ],
)
def test_a_wrong_request_is_refused_in_cvats_words(
    client: TestClient, workspace: Workspace, body: object, expected: object
) -> None:
    before = workspace.store.history.head()
    for answer in (client.put(URL, json=body), client.patch(URL, params={"action": "create"}, json=body)):
        assert (answer.status_code, answer.json()) == (400, expected)
    assert workspace.store.history.head() == before


def test_unknown_tasks_are_not_found(client: TestClient) -> None:
    for method in ("GET", "PUT", "DELETE"):
        assert client.request(method, "/api/tasks/77/annotations", json={}).status_code == 404


def test_all_jobs_change_in_one_commit(client: TestClient, workspace: Workspace, car: int) -> None:
    before = int(git(workspace.root, "rev-list", "--count", "HEAD"))
    client.put(URL, json={"shapes": [box(car), box(car, frame=9)]})
    assert int(git(workspace.root, "rev-list", "--count", "HEAD")) == before + 1
    assert git(workspace.root, "log", "-1", "--format=%s").strip() == "street, 2 jobs: 2 added"
