"""What lists can be searched, filtered and sorted by, against CVAT's table of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from cvatd.routes import ENDPOINTS
from kit import cvat_schema

LISTS = ["projects", "tasks", "jobs", "labels", "users", "issues", "comments"]

NEWER = {"tasks": {"media_type", "validation_mode"}, "jobs": {"media_type", "mode", "parent_job_id"}}
"""What servers after 2.7.6 can besides."""

OF_ORGANIZATIONS = {"X-Organization", "org", "org_id"}


def parameters(name: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in cvat_schema.document()["paths"][f"/api/{name}"]["get"]["parameters"]}


def fields(parameter: dict[str, Any]) -> set[str]:
    named = re.search(r"Available \w+: \[(.*?)\]", parameter["description"], re.DOTALL)
    assert named
    return set(re.findall(r"'(\w+)'", named[1]))


@pytest.mark.skipif(not cvat_schema.is_here(), reason="CVAT's OpenAPI document is not here")
@pytest.mark.parametrize("name", LISTS)
def test_lists_have_the_fields_of_cvats(client: TestClient, name: str) -> None:
    known = parameters(name)
    (endpoint,) = (one for one in ENDPOINTS if (one.method, one.path) == ("GET", f"/api/{name}"))
    newer = NEWER.get(name, set())
    assert set(endpoint.query) - newer == set(known) - OF_ORGANIZATIONS
    for field in fields(known["filter"]) | newer:
        answer = client.get(f"/api/{name}", params={"filter": json.dumps({"!": {"var": field}})})
        assert answer.status_code == 200, (field, answer.text)
    for field in fields(known["sort"]):
        assert client.get(f"/api/{name}", params={"sort": f"-{field},{field}"}).status_code == 200, field
    answer = client.get(f"/api/{name}", params={"filter": json.dumps({"!": {"var": "nothing"}})})
    assert (answer.status_code, answer.json()) == (400, ["filter: 'nothing' term is not supported"])


@pytest.fixture
def tasks(client: TestClient, workspace: Workspace, tmp_path: Path) -> TestClient:
    """Beside `street` (1): `alpha` (2, of the project Rivers) and `beta` (3)."""
    workspace.create_task("alpha", labels=["x"], data=[tmp_path / "pictures"], project="Rivers", subset="train")
    workspace.create_task("beta", labels=["y"], data=[tmp_path / "pictures"], subset="test")
    return client


def ids(client: TestClient, url: str) -> list[int]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=RIVERS", [2]),
        ("search=river train", [2]),
        ("search=river beta", []),
        ("search=annotation", [3, 2, 1]),
        ("search=interpolation", []),
        ("search=2d", [3, 2, 1]),
        ("search=3d", []),
        ("search=person", [3, 2, 1]),
        ("name=alpha", [2]),
        ("name=Alpha", []),
        ("project_name=Rivers", [2]),
        ("project_id=1", [2]),
        ("id=1", [3, 2, 1]),
        ("updated_date=2020-01-01T00:00:00Z", [3, 2, 1]),
        ("nonsense=1", [3, 2, 1]),
        ("media_type=image", [3, 2, 1]),
        ("sort=name", [2, 3, 1]),
        ("sort=-name", [1, 3, 2]),
        ("sort=nonsense", [3, 2, 1]),
        ("sort=--name", [3, 2, 1]),
        ("page_size=2", [3, 2]),
        ("page_size=2&page=2", [1]),
        ("page_size=all", [3, 2, 1]),
        ("page_size=-3", [3, 2, 1]),
    ],
)
def test_tasks_are_found(tasks: TestClient, query: str, found: list[int]) -> None:
    assert ids(tasks, f"/api/tasks?{query}") == found


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("/api/jobs?search=rivers", [3]),
        ("/api/jobs?search=street new", [2, 1]),
        ("/api/jobs?search=ground_truth", []),
        ("/api/jobs?task_id=1&stage=annotation", [2, 1]),
        ("/api/jobs?task_id=7", []),
        ("/api/jobs?type=ground_truth", []),
        ("/api/jobs?id=1&task_id=1", [2, 1]),
        ("/api/jobs?mode=interpolation", []),
        ("/api/projects?id=9", [1]),
        ("/api/projects?search=rIv", [1]),
        ("/api/projects?status=completed", []),
        ("/api/users?is_active=false", []),
    ],
)
def test_others_are_found(tasks: TestClient, url: str, found: list[int]) -> None:
    assert sorted(ids(tasks, url), reverse=True) == found


def test_labels_are_listed_by_id(tasks: TestClient) -> None:
    by_id = ids(tasks, "/api/labels")
    assert by_id == sorted(by_id)
    assert ids(tasks, "/api/labels?sort=-id") == by_id[::-1]
    assert ids(tasks, "/api/labels?id=1") == by_id
    assert len(ids(tasks, "/api/labels?task_id=1&search=CAR")) == 1


@pytest.mark.parametrize(
    ("url", "status", "body"),
    [
        ("/api/tasks?project_id=x", 400, {"project_id": ["Enter a number."]}),
        ("/api/tasks?page=2", 404, {"detail": "Invalid page."}),
        ("/api/tasks?page=0", 404, {"detail": "Invalid page."}),
        ("/api/tasks?page=x", 404, {"detail": "Invalid page."}),
        ("/api/tasks?filter={", 400, ["filter: Json syntax should be used"]),
        (
            "/api/labels?task_id=1&job_id=1",
            400,
            ["job_id, task_id and project_id parameters cannot be used together"],
        ),
    ],
)
def test_wrong_queries_are_told(tasks: TestClient, url: str, status: int, body: object) -> None:
    answer = tasks.get(url)
    assert (answer.status_code, answer.json()) == (status, body)


def test_neighbouring_pages_keep_the_query(tasks: TestClient) -> None:
    answer = tasks.get("/api/tasks?page_size=1&sort=name&org=&page=2").json()
    assert answer["count"] == 3
    assert answer["previous"] == "http://127.0.0.1:8080/api/tasks?page_size=1&sort=name&org=&page=1"
    assert answer["next"] == "http://127.0.0.1:8080/api/tasks?page_size=1&sort=name&org=&page=3"
    assert [one["name"] for one in tasks.get(answer["next"]).json()["results"]] == ["street"]
