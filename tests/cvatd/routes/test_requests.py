"""Requests in the background, as new clients ask for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from kit.creating import new_task, parts, picture, wait
from kit.people import add_person, by_key, log_in


@pytest.fixture
def made(client: TestClient, tmp_path: Path) -> list[tuple[int, str]]:
    """Tasks and the requests that made them: two that went well, and one of nothing between them."""
    found: list[tuple[int, str]] = []
    for name in ("a.png", "", "b.png"):
        task = new_task(client)
        files = parts((name, picture(tmp_path, name))) if name else None
        sent = client.post(f"/api/tasks/{task}/data", files=files, json=None if files else {"image_quality": 70})
        assert sent.status_code == 202
        wait(client, task)
        found.append((task, sent.json()["rq_id"]))
    return found


def ids(client: TestClient, query: str) -> list[str]:
    answer = client.get(f"/api/requests?{query}")
    assert answer.status_code == 200, answer.text
    assert {"count", "next", "previous", "results"} == set(answer.json())
    return [one["id"] for one in answer.json()["results"]]


def test_one_that_went_well(client: TestClient, made: list[tuple[int, str]]) -> None:
    task, number = made[0]
    read = client.get(f"/api/requests/{number}").json()
    assert (read["id"], read["status"], read["message"], read["progress"]) == (number, "finished", "", 1.0)
    assert read["operation"] == {
        "type": "create:task",
        "target": "task",
        "project_id": None,
        "task_id": task,
        "job_id": None,
        "org_id": None,
        "format": None,
        "function_id": None,
        "lightweight": None,
    }
    assert read["created_date"] <= read["started_date"] <= read["finished_date"] < read["expiry_date"]
    assert set(read["owner"]) == {"id", "username"}
    assert (read["result_url"], read["result_id"]) == (None, None)


def test_lists(client: TestClient, made: list[tuple[int, str]]) -> None:
    numbers = [number for _, number in made]
    assert ids(client, "") == numbers[::-1]
    assert ids(client, "sort=created_date") == numbers
    assert ids(client, "sort=-created_date") == numbers[::-1]
    assert ids(client, "sort=status,created_date") == [numbers[1], numbers[0], numbers[2]]
    assert ids(client, "status=failed") == [numbers[1]]
    assert ids(client, f"task_id={made[2][0]}") == [numbers[2]]
    assert ids(client, "action=create&target=task") == numbers[::-1]
    assert ids(client, "action=export") == []
    assert ids(client, "job_id=1") == ids(client, "project_id=1") == ids(client, "format=COCO 1.0") == []
    logic = json.dumps({"and": [{"==": [{"var": "status"}, "finished"]}]})
    assert ids(client, f"filter={logic}&page_size=1&page=2") == [numbers[0]]
    assert client.get("/api/requests?page=9").status_code == 404
    assert client.get("/api/requests?task_id=x").status_code == 400


def test_what_is_over_cannot_be_cancelled(client: TestClient, made: list[tuple[int, str]]) -> None:
    for _, number in made:
        answer = client.post(f"/api/requests/{number}/cancel")
        assert answer.status_code == 400
        assert "can be cancelled" in answer.json()[0]
    assert client.post("/api/requests/unknown/cancel").status_code == 404
    assert client.get("/api/requests/unknown").status_code == 404


def test_people_see_their_own(
    client: TestClient, workspace: Workspace, made: list[tuple[int, str]], tmp_path: Path
) -> None:
    add_person(workspace, "worker-one", role="worker")
    add_person(workspace, "worker-two", role="worker")
    keys = {name: by_key(log_in(client, name)) for name in ("worker-one", "worker-two")}
    client.cookies.clear()
    task = new_task(client)
    files = parts(("a.png", picture(tmp_path, "a.png")))
    sent = client.post(f"/api/tasks/{task}/data", files=files, headers=keys["worker-one"])
    if sent.status_code == 403:
        pytest.skip("workers may not give tasks their media here")
    number = sent.json()["rq_id"]
    wait(client, task)

    def seen(name: str) -> Any:
        return client.get("/api/requests", headers=keys[name]).json()["count"]

    assert (seen("worker-one"), seen("worker-two")) == (1, 0)
    assert client.get(f"/api/requests/{number}", headers=keys["worker-one"]).status_code == 200
    assert client.get(f"/api/requests/{number}", headers=keys["worker-two"]).status_code == 404
    assert client.post(f"/api/requests/{number}/cancel", headers=keys["worker-two"]).status_code == 404
    assert client.get(f"/api/requests/{made[0][1]}", headers=keys["worker-one"]).status_code == 404
    assert client.get("/api/requests").json()["count"] == len(made) + 1
    assert client.get(f"/api/requests/{number}").json()["owner"]["username"] == "worker-one"
