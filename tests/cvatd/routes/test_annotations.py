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


def test_tracks_begin_where_they_say(client: TestClient, workspace: Workspace) -> None:
    """CVAT's "track fixing": what is stored and what is answered is the fixed track."""
    fill_skeleton_labels(workspace)
    labels = client.get("/api/labels?job_id=1").json()["results"]
    body = next(label for label in labels if label["name"] == "body")
    car = next(label["id"] for label in labels if label["name"] == "car")
    joint = {"frame": 3, "label_id": body["sublabels"][0]["id"]}
    late = {"type": "points", "frame": 4, "points": [1, 2]}
    data = {
        "tracks": [
            {"frame": 1, "label_id": car, "shapes": [track_box(3), track_box(4, outside=True)]},
            {"frame": 4, "label_id": car, "shapes": [track_box(2)]},
            {
                "frame": 2,
                "label_id": body["id"],
                "shapes": [{"type": "skeleton", "frame": 3}],
                "elements": [{**joint, "shapes": [late]}],
            },
        ]
    }
    put = client.put("/api/jobs/1/annotations", json=data).json()
    got = client.get("/api/jobs/1/annotations").json()
    assert put == got
    first, second, third = got["tracks"]
    assert [(shape["frame"], shape["outside"]) for shape in first["shapes"]] == [(1, True), (3, False), (4, True)]
    assert (second["frame"], [shape["frame"] for shape in second["shapes"]]) == (2, [2])
    assert [shape["frame"] for shape in third["shapes"]] == [2]
    (knee,) = third["elements"]
    assert (knee["frame"], [(s["frame"], s["outside"]) for s in knee["shapes"]]) == (2, [(2, True), (4, False)])
    again = client.put("/api/jobs/1/annotations", json=got).json()
    assert without_ids(again) == without_ids(got)


def test_attributes_of_tracks_have_their_places(client: TestClient, workspace: Workspace) -> None:
    """Immutable ones are the track's, mutable ones the keyframes'; elsewhere they are refused in CVAT's words."""
    fill_skeleton_labels(workspace)
    labels = client.get("/api/labels?job_id=1").json()["results"]
    car = next(label for label in labels if label["name"] == "car")
    still, moving = (attribute["id"] for attribute in car["attributes"])

    def put(of_track: int, of_shape: int) -> Any:
        shape = {**track_box(0), "attributes": [{"spec_id": of_shape, "value": "y"}]}
        track = {
            "frame": 0,
            "label_id": car["id"],
            "attributes": [{"spec_id": of_track, "value": "x"}],
            "shapes": [shape],
        }
        return client.put("/api/jobs/1/annotations", json={"tracks": [track]})

    assert put(still, moving).status_code == 200
    (track,) = client.get("/api/jobs/1/annotations").json()["tracks"]
    assert track["attributes"] == [{"spec_id": still, "value": "x"}]
    assert track["shapes"][0]["attributes"] == [{"spec_id": moving, "value": "y"}]
    for answer, wrong in ((put(moving, moving), moving), (put(still, still), still)):
        assert (answer.status_code, answer.json()) == (400, [f"spec_id `{wrong}` is invalid"])


def track_box(frame: int, **fields: Any) -> dict[str, Any]:
    return {"type": "rectangle", "frame": frame, "points": [1, 2, 3, 4], **fields}


def fill_skeleton_labels(workspace: Workspace) -> None:
    """Give the task the label `body` with a joint, and `car` an attribute that stays and one that changes."""
    import msgspec

    from cvatcore.schema import Attribute, Label
    from cvatcore.store import encode_json

    task = workspace.tasks["street"].document
    attributes = (Attribute(id=1, name="make"), Attribute(id=2, name="speed", mutable=True))
    car, person = task.labels
    knee = Label(id=91, name="knee", color="#111111", type="points")
    body = Label(id=90, name="body", color="#222222", type="skeleton", sublabels=(knee,))
    labels = (msgspec.structs.replace(car, attributes=attributes), person, body)
    path = workspace.root / "tasks/1/task.json"
    path.write_bytes(encode_json(msgspec.structs.replace(task, labels=labels)))


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
        (
            {"shapes": [box(1, frame=-1), box(1), box(1, rotation=400), box(1)]},
            {
                "shapes": [
                    {"frame": ["Ensure this value is greater than or equal to 0."]},
                    {},
                    {"rotation": ["Ensure this value is less than or equal to 360."]},
                    {},
                ]
            },
        ),
        (
            {"shapes": [{**box(1), "points": [1, "a", 3, None]}], "tags": [{"label_id": 1}]},
            {
                "shapes": [{"points": {n: ["Value must be a float or an integer"] for n in ("1", "3")}}],
                "tags": [{"frame": ["This field is required."]}],
            },
        ),
        (
            {"tracks": [{"frame": 0, "label_id": 1, "shapes": [{"frame": 0}, {"type": "mask", "frame": "x"}]}]},
            {
                "tracks": [
                    {"shapes": [{"type": ["This field is required."]}, {"frame": ["A valid integer is required."]}]}
                ]
            },
        ),
        (
            {"shapes": [box(1, elements=[{"type": "points", "frame": 0}], attributes=[{"value": "x"}])]},
            {
                "shapes": [
                    {
                        "attributes": [{"spec_id": ["This field is required."]}],
                        "elements": [{"label_id": ["This field is required."]}],
                    }
                ]
            },
        ),
        ({"shapes": [box(1, label_id=None)]}, {"shapes": [{"label_id": ["This field may not be null."]}]}),
    ],
)
def test_a_wrong_request_is_refused_in_cvats_words(client: TestClient, body: object, expected: object) -> None:
    for method, url in (("PUT", ""), ("PATCH", "?action=create"), ("PATCH", "?action=update")):
        answer = client.request(method, f"/api/jobs/1/annotations{url}", json=body)
        assert (answer.status_code, answer.json()) == (400, expected)
    changed = client.post("/api/cvatd/jobs/1/changes", json={"put": body})
    assert changed.status_code == 400
    assert changed.json() == expected or changed.json() == {"put": expected}


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
