"""Issues and comments over HTTP, as CVAT's clients use them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from kit.daemon import start_daemon
from kit.events import Listener


def opened(client: TestClient, **changes: Any) -> dict[str, Any]:
    body = {"frame": 1, "position": [1.5, 2, 3, 4], "job": 1, "message": "look"} | changes
    answer = client.post("/api/issues", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def ids(client: TestClient, url: str) -> list[int]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["results"]]


def test_an_issue_has_all_that_cvat_tells(client: TestClient) -> None:
    me = client.get("/api/users/self").json()
    made = opened(client, assignee=me["id"])
    assert made | {"updated_date": ""} == {
        "id": made["id"],
        "frame": 1,
        "position": [1.5, 2.0, 3.0, 4.0],
        "job": 1,
        "owner": {name: me[name] for name in ("url", "id", "username", "first_name", "last_name")},
        "assignee": made["owner"],
        "created_date": made["created_date"],
        "updated_date": "",
        "resolved": False,
        "comments": {"count": 1, "url": f"http://127.0.0.1:8080/api/comments?issue_id={made['id']}"},
    }
    assert client.get(f"/api/issues/{made['id']}").json() == made
    (comment,) = client.get(made["comments"]["url"]).json()["results"]
    assert (comment["message"], comment["issue"], comment["owner"]) == ("look", made["id"], made["owner"])
    assert comment["updated_date"] == comment["created_date"]


def test_an_issue_is_changed_and_removed(client: TestClient) -> None:
    made = opened(client)
    url = f"/api/issues/{made['id']}"
    me = client.get("/api/users/self").json()
    patched = client.patch(url, json={"resolved": True, "position": [9, 8], "assignee": me["id"], "frame": 3}).json()
    assert (patched["resolved"], patched["position"], patched["frame"]) == (True, [9.0, 8.0], 1)
    assert patched["assignee"]["id"] == client.get("/api/users/self").json()["id"]
    assert client.patch(url, json={"assignee": None}).json()["assignee"] is None
    answer = client.delete(url)
    assert (answer.status_code, answer.content) == (204, b"")
    for method in ("GET", "PATCH", "DELETE"):
        assert client.request(method, url, json={}).status_code == 404
    assert client.post("/api/cvatd/undo").status_code == 200
    assert client.get(url).json()["position"] == [9.0, 8.0]


def test_comments_are_said_changed_and_removed(client: TestClient) -> None:
    made = opened(client)
    answer = client.post("/api/comments", json={"issue": made["id"], "message": "it is a van"})
    assert answer.status_code == 201
    said = answer.json()
    assert client.patch(f"/api/comments/{said['id']}", json={"message": "a bus"}).json()["message"] == "a bus"
    assert client.get(f"/api/comments/{said['id']}").json()["message"] == "a bus"
    assert client.get(f"/api/issues/{made['id']}").json()["comments"]["count"] == 2
    assert client.delete(f"/api/comments/{said['id']}").status_code == 204
    assert client.get(f"/api/comments/{said['id']}").status_code == 404
    assert client.get(f"/api/issues/{made['id']}").json()["comments"]["count"] == 1


def test_a_job_counts_its_issues(client: TestClient) -> None:
    opened(client)
    opened(client, frame=2)
    opened(client, job=2, frame=7)
    jobs = {job["id"]: job["issues"] for job in client.get("/api/jobs").json()["results"]}
    assert {number: issues["count"] for number, issues in jobs.items()} == {1: 2, 2: 1}
    assert len(ids(client, jobs[1]["url"])) == 2


def test_lists_are_filtered_searched_sorted_and_paged(client: TestClient, workspace: Workspace) -> None:
    workspace.add_member("ann")
    ann = next(one for one in client.get("/api/users").json()["results"] if one["username"] == "ann")
    first, second = opened(client)["id"], opened(client, frame=2, assignee=ann["id"])["id"]
    third = opened(client, job=2, frame=7, resolved=True)["id"]
    assert ids(client, "/api/issues") == [third, second, first]
    for query, wanted in {
        "job_id=1": [second, first],
        "task_id=1": [third, second, first],
        "task_id=9": [],
        "job_id=9": [],
        "frame_id=7": [third],
        "resolved=true": [third],
        "resolved=false&sort=id": [first, second],
        "resolved=perhaps": [third, second, first],
        "assignee=ann": [second],
        "search=AN": [second],
        "search=person+ann": [second],
        "search=nobody": [],
        "owner=test.person&sort=-frame_id": [third, second, first],
        "unknown=1": [third, second, first],
        "page_size=1&page=2": [second],
    }.items():
        assert ids(client, f"/api/issues?{query}") == wanted, query
    for logic, wanted in (
        ({"==": [{"var": "resolved"}, True]}, [third]),
        ({"and": [{"==": [{"var": "job_id"}, 1]}, {"<=": [1, {"var": "frame_id"}, 1]}]}, [first]),
        ({"in": ["nn", {"var": "assignee"}]}, [second]),
        ({"!": {"var": "assignee"}}, [third, first]),
    ):
        assert ids(client, f"/api/issues?filter={json.dumps(logic)}") == wanted, logic
    answer = client.get('/api/issues?filter={"==":[{"var":"created_date"},1]}')
    assert (answer.status_code, answer.json()) == (400, ["filter: 'created_date' term is not supported"])
    assert client.get("/api/issues?page=2").status_code == 404


def test_lists_of_comments(client: TestClient) -> None:
    one, two = opened(client), opened(client, job=2, frame=7)
    said = client.post("/api/comments", json={"issue": one["id"], "message": "b"}).json()["id"]
    everything = ids(client, "/api/comments")
    assert everything == sorted(everything, reverse=True)
    assert len(everything) == 3
    assert ids(client, f"/api/comments?issue_id={one['id']}") == [said, everything[2]]
    assert ids(client, "/api/comments?job_id=2") == ids(client, "/api/comments?frame_id=7")
    assert ids(client, f"/api/comments?issue_id={two['id']}&job_id=1") == []
    assert ids(client, "/api/comments?issue_id=99999") == []
    assert len(ids(client, "/api/comments?owner=test.person&search=PERS")) == 3


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"message": ""}, {"message": ["This field may not be blank."]}),
        ({"message": "  "}, {"message": ["This field may not be blank."]}),
        ({"message": None}, {"message": ["This field may not be null."]}),
        ({"job": 99}, {"job": ['Invalid pk "99" - object does not exist.']}),
        ({"assignee": 99}, {"assignee": ['Invalid pk "99" - object does not exist.']}),
        ({"frame": 10}, {"frame": ["Task 1 has no frame 10."]}),
        ({"frame": -1}, {"frame": ["Ensure this value is greater than or equal to 0."]}),
        ({"frame": "x"}, {"frame": ["A valid integer is required."]}),
        ({"position": [1]}, {"position": ["A position is x y of points, and 1 numbers are half a point."]}),
        ({"position": None}, {"position": ["This field may not be null."]}),
    ],
)
def test_bad_issues_are_refused(client: TestClient, changes: dict[str, Any], wrong: dict[str, Any]) -> None:
    body = {"frame": 1, "position": [1, 2], "job": 1, "message": "look"} | changes
    answer = client.post("/api/issues", json=body)
    assert (answer.status_code, answer.json()) == (400, wrong)
    assert ids(client, "/api/issues") == []


def test_what_is_missing_is_named(client: TestClient) -> None:
    required = ["This field is required."]
    wanted = {"frame": required, "position": required, "job": required, "message": required}
    assert client.post("/api/issues", json={}).json() == wanted
    assert client.post("/api/comments", json={}).json() == {"issue": required, "message": required}
    wrong = client.post("/api/comments", json={"issue": 77, "message": "x"})
    assert (wrong.status_code, wrong.json()) == (400, {"issue": ['Invalid pk "77" - object does not exist.']})
    made = opened(client)
    comment = ids(client, "/api/comments")[0]
    for url, body, told in (
        (f"/api/issues/{made['id']}", {"resolved": "x"}, {"resolved": ["Must be a valid boolean."]}),
        (f"/api/issues/{made['id']}", {"position": [1, 2, 3]}, None),
        (f"/api/comments/{comment}", {"message": ""}, {"message": ["This field may not be blank."]}),
    ):
        answer = client.patch(url, json=body)
        assert answer.status_code == 400
        assert told is None or answer.json() == told
    assert client.get(f"/api/issues/{made['id']}").json() == made


def test_a_broken_issue_spoils_no_list(client: TestClient, workspace: Workspace) -> None:
    made = opened(client)
    (workspace.root / "tasks/1/issues/5.json").write_text("{", encoding="utf-8")
    body = client.get("/api/issues").json()
    assert [one["id"] for one in body["results"]] == [made["id"]]
    assert [one["path"] for one in body["unreadable"]] == ["tasks/1/issues/5.json"]
    assert client.get("/api/issues/5").status_code == 503
    assert client.get("/api/jobs/1").json()["issues"]["count"] == 1


def test_pages_are_told_of_issues(workspace: Workspace) -> None:
    daemon = start_daemon(workspace.root)
    listener = Listener(daemon)
    try:
        listener.next(kind="hello")
        with daemon.client() as client:
            body = {"frame": 1, "position": [], "job": 1, "message": "look"}
            made = client.post("/api/issues", json=body).json()
            event = listener.next(kind="issues")
            assert (event["task_id"], event["job_id"]) == (1, 1)
            client.post("/api/comments", json={"issue": made["id"], "message": "b"}).raise_for_status()
            assert listener.next(kind="issues")["job_id"] == 1
            client.delete(f"/api/issues/{made['id']}").raise_for_status()
            assert listener.next(kind="issues")["job_id"] == 1
            client.post("/api/cvatd/undo").raise_for_status()
            assert listener.next(kind="issues")["task_id"] == 1
    finally:
        listener.close()
        daemon.stop()
