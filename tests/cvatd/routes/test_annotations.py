from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace


def box(label: int, *, frame: int = 0, **fields: Any) -> dict[str, Any]:
    return {"type": "rectangle", "frame": frame, "label_id": label, "points": [1.5, 2, 30, 40.25], **fields}


def without_ids(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: without_ids(value) for key, value in data.items() if key not in {"id", "version"}}
    if isinstance(data, list):
        return [without_ids(item) for item in data]
    return data


@pytest.fixture
def car(client: TestClient) -> int:
    labels = client.get("/api/labels?job_id=1").json()["results"]
    return int(next(label["id"] for label in labels if label["name"] == "car"))


def test_a_job_starts_empty(client: TestClient) -> None:
    assert client.get("/api/jobs/1/annotations").json() == {"version": 0, "tags": [], "shapes": [], "tracks": []}


def test_put_and_get_agree(client: TestClient, car: int) -> None:
    data = {
        "version": 7,
        "tags": [{"frame": 1, "label_id": car}],
        "shapes": [box(car, frame=2, occluded=True, z_order=3, group=4, rotation=12.5, source="auto")],
        "tracks": [
            {
                "frame": 0,
                "label_id": car,
                "shapes": [
                    {"type": "rectangle", "frame": 0, "points": [1, 2, 3, 4]},
                    {"type": "rectangle", "frame": 4, "points": [2, 3, 4, 5], "outside": True},
                ],
            }
        ],
    }
    put = client.put("/api/jobs/1/annotations", json=data).json()
    got = client.get("/api/jobs/1/annotations/").json()
    assert without_ids(put) == without_ids(got)
    (shape,) = got["shapes"]
    assert shape["points"] == [1.5, 2, 30, 40.25]
    assert (shape["occluded"], shape["z_order"], shape["group"]) == (True, 3, 4)
    assert (shape["rotation"], shape["source"], shape["elements"]) == (12.5, "auto", [])
    assert got["tags"][0]["frame"] == 1
    assert [key["outside"] for key in got["tracks"][0]["shapes"]] == [False, True]


def test_put_replaces_and_delete_clears(client: TestClient, car: int) -> None:
    client.put("/api/jobs/1/annotations", json={"shapes": [box(car), box(car)]})
    client.put("/api/jobs/1/annotations", json={"shapes": [box(car, frame=1)]})
    assert [shape["frame"] for shape in client.get("/api/jobs/1/annotations").json()["shapes"]] == [1]
    assert client.delete("/api/jobs/1/annotations").status_code == 204
    assert client.get("/api/jobs/1/annotations").json()["shapes"] == []


def test_patch_creates_updates_and_deletes(client: TestClient, car: int) -> None:
    url = "/api/jobs/1/annotations"
    (made,) = client.patch(url, params={"action": "create"}, json={"shapes": [box(car, id=999)]}).json()["shapes"]
    assert made["id"] != 999
    moved = {**made, "points": [5, 6, 7, 8]}
    (updated,) = client.patch(url, params={"action": "update"}, json={"shapes": [moved]}).json()["shapes"]
    assert (updated["id"], updated["points"]) == (made["id"], [5, 6, 7, 8])
    assert len(client.get(url).json()["shapes"]) == 1
    gone = client.patch(url, params={"action": "delete"}, json={"shapes": [moved]})
    assert gone.json()["shapes"][0]["id"] == made["id"]
    assert client.get(url).json()["shapes"] == []


def test_an_action_must_be_named(client: TestClient) -> None:
    answer = client.patch("/api/jobs/1/annotations", json={})
    assert (answer.status_code, answer.json()) == (400, ["Please specify a correct 'action' for the request"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"shapes": [box(99)]}, ["label_id `99` is invalid"]),
        ({"shapes": [{"type": "rectangle", "label_id": 1}]}, {"shapes": [{"frame": ["This field is required."]}]}),
        (
            {"shapes": [box(1), {**box(1), "type": "blob"}]},
            {"shapes": [{}, {"type": ['"blob" is not a valid choice.']}]},
        ),
        ({"shapes": [box(1, attributes=[{"spec_id": 7, "value": "x"}])]}, ["spec_id `7` is invalid"]),
    ],
)
def test_a_wrong_request_is_refused_in_cvats_words(client: TestClient, body: object, expected: object) -> None:
    answer = client.put("/api/jobs/1/annotations", json=body)
    assert (answer.status_code, answer.json()) == (400, expected)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"shapes": 3}',
        b'{"shapes": [{"type": "rectangle", "frame": -1, "label_id": 1, "points": [1, 2, 3, 4]}]}',
        b'{"shapes": [{"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3]}]}',
        b'{"shapes": [{"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 1e999]}]}',
        b'{"shapes": [{"type": "rectangle", "frame": 0, "label_id": 1, "points": ["a"]}]}',
        b'{"shapes": [{"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4], "rotation": 400}]}',
        b'{"shapes": [{"type": "rectangle", "frame": 99999999999999999999, "label_id": 1}]}',
        b"[" * 100_000,
    ],
)
def test_nothing_wrong_is_stored_or_crashes(client: TestClient, workspace: Workspace, body: bytes) -> None:
    before = workspace.store.history.head()
    for method in ("PUT", "PATCH"):
        answer = client.request(method, "/api/jobs/1/annotations?action=create", content=body)
        assert answer.status_code == 400, answer.text
    assert workspace.store.history.head() == before


def test_unknown_jobs_are_not_found(client: TestClient) -> None:
    for method in ("GET", "PUT", "DELETE"):
        assert client.request(method, "/api/jobs/77/annotations", json={}).status_code == 404


def test_a_change_set_is_atomic_and_can_be_repeated(client: TestClient, workspace: Workspace, car: int) -> None:
    first = client.post("/api/cvatd/ids?count=2").json()["first"]
    url = "/api/cvatd/jobs/1/changes"
    change = {"client": "me", "put": {"shapes": [box(car, id=first), box(car, id=first + 1)]}, "delete": []}
    revision = client.post(url, json=change).json()["revision"]
    assert client.post(url, json=change).json()["revision"] == revision
    assert [shape.id for shape in workspace.job(1).annotations.shapes] == [first, first + 1]
    mixed = {"put": {"shapes": [box(car, id=first, frame=3)]}, "delete": [first + 1, 12345]}
    client.post(url, json=mixed)
    assert [(shape.id, shape.frame) for shape in workspace.job(1).annotations.shapes] == [(first, 3)]
    wrong = {"put": {"shapes": [box(car, id=first + 1), box(99, id=first)]}, "delete": []}
    assert client.post(url, json=wrong).status_code == 400
    assert [(shape.id, shape.frame) for shape in workspace.job(1).annotations.shapes] == [(first, 3)]


def test_a_change_needs_ids(client: TestClient, car: int) -> None:
    answer = client.post("/api/cvatd/jobs/1/changes", json={"put": {"shapes": [box(car)]}})
    assert answer.status_code == 400


def test_ranges_of_ids_never_meet(client: TestClient) -> None:
    ranges = [client.post(f"/api/cvatd/ids?count={count}").json() for count in (1, 1000, 5)]
    taken = [number for r in ranges for number in range(r["first"], r["first"] + r["count"])]
    assert len(taken) == len(set(taken)) == 1006
    for count in ("0", "-1", "x", "100001"):
        assert client.post(f"/api/cvatd/ids?count={count}").status_code == 400


def test_commits_name_author_and_counts(client: TestClient, workspace: Workspace, car: int) -> None:
    client.patch("/api/jobs/2/annotations?action=create", json={"shapes": [box(car, frame=7), box(car, frame=8)]})
    import subprocess

    log = subprocess.run(
        ["git", "log", "-1", "--format=%an|%s"], cwd=workspace.root, capture_output=True, text=True, check=True
    )
    assert log.stdout.strip() == "Test Person|street, job 2: 2 added"


def test_a_broken_shard_is_named_and_nothing_is_lost(client: TestClient, workspace: Workspace, car: int) -> None:
    client.put("/api/jobs/1/annotations", json={"shapes": [box(car)]})
    shard = workspace.root / "tasks/1/annotations/1/0.jsonl"
    good = shard.read_bytes()
    shard.write_bytes(good + b"{broken\n")
    answer = client.get("/api/jobs/1/annotations")
    assert answer.status_code == 503
    assert "tasks/1/annotations/1/0.jsonl:2" in answer.json()["detail"]
    assert client.patch("/api/jobs/1/annotations?action=create", json={"shapes": [box(car)]}).status_code == 503
    shard.write_bytes(good)
    assert len(client.get("/api/jobs/1/annotations").json()["shapes"]) == 1
