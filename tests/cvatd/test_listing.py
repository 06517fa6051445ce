"""JSON filters of lists, in CVAT's form, and what is said of those that are none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace


@pytest.fixture
def tasks(client: TestClient, workspace: Workspace, tmp_path: Path) -> TestClient:
    """Beside `street` (1): `alpha` (2, of the project P) and `beta` (3)."""
    workspace.create_task("alpha", labels=["x"], data=[tmp_path / "pictures"], project="P", subset="train")
    workspace.create_task("beta", labels=["x"], data=[tmp_path / "pictures"], subset="test")
    return client


def var(name: str) -> dict[str, str]:
    return {"var": name}


def found(client: TestClient, url: str, filter: object) -> list[int]:
    answer = client.get(url, params={"filter": json.dumps(filter), "sort": "id"})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["results"]]


def test_tasks_are_filtered_by_every_operator(tasks: TestClient) -> None:
    name, number, project = var("name"), var("id"), var("project_id")
    for logic, expected in (
        ({"and": [{"==": [name, "alpha"]}]}, [2]),
        ({"==": [name, "ALPHA"]}, []),
        ({"!": {"==": [name, "alpha"]}}, [1, 3]),
        ({"in": ["eta", name]}, [3]),
        ({"in": [name, ["street", "beta"]]}, [1, 3]),
        ({"in": [number, [1, 2]]}, [1, 2]),
        ({"<=": [2, number, 3]}, [2, 3]),
        ({"and": [{">": [number, 1]}, {"<": [number, 3]}]}, [2]),
        ({"or": [{">=": [number, 3]}, {"<=": [number, 1]}]}, [1, 3]),
        (project, [2]),
        ({"!!": project}, [2]),
        ({"!": project}, [1, 3]),
        ({"==": [project, 1]}, [2]),
        ({"==": [var("project_name"), "P"]}, [2]),
        ({"==": [var("subset"), "train"]}, [2]),
        ({"==": [var("owner"), "test.person"]}, [1, 2, 3]),
        ({"!": var("assignee")}, [1, 2, 3]),
        ({"==": [var("status"), "annotation"]}, [1, 2, 3]),
        ({"==": [var("mode"), "annotation"]}, [1, 2, 3]),
        ({"==": [var("dimension"), "3d"]}, []),
    ):
        assert found(tasks, "/api/tasks", logic) == expected, logic


def test_times_are_compared_as_they_are_shown(tasks: TestClient) -> None:
    task = tasks.get("/api/tasks/2").json()
    moment = task["updated_date"]
    assert found(tasks, "/api/tasks", {"==": [var("updated_date"), moment]}) == [2]
    assert found(tasks, "/api/tasks", {">=": [var("updated_date"), moment]}) == [2, 3]
    assert found(tasks, "/api/tasks", {"<=": ["2001-01-01T00:00:00Z", var("updated_date"), "2002-01-01"]}) == []
    job = tasks.get("/api/jobs/1").json()
    assert 1 in found(tasks, "/api/jobs", {"<=": [var("updated_date"), job["updated_date"]]})


def test_jobs_labels_and_people_are_filtered(tasks: TestClient) -> None:
    assert found(tasks, "/api/jobs", {"==": [var("task_name"), "street"]}) == [1, 2]
    assert found(tasks, "/api/jobs", {"and": [{"==": [var("state"), "new"]}, {">": [var("task_id"), 1]}]}) == [3, 4]
    assert found(tasks, "/api/jobs", {"==": [var("project_name"), "P"]}) == [3]
    assert found(tasks, "/api/labels?task_id=1", {"in": ["ers", var("name")]}) == [2]
    assert found(tasks, "/api/labels?task_id=1", var("parent")) == []
    assert found(tasks, "/api/users", {"==": [var("username"), "test.person"]}) == [1]
    assert found(tasks, "/api/users", {"==": [var("username"), "somebody"]}) == []


def test_filters_meet_the_other_parameters_and_pages(tasks: TestClient) -> None:
    query = {"filter": json.dumps({">": [var("id"), 1]}), "page_size": "1", "sort": "name"}
    page = tasks.get("/api/tasks", params=query).json()
    assert (page["count"], [task["name"] for task in page["results"]]) == (2, ["alpha"])
    assert [task["name"] for task in tasks.get(page["next"]).json()["results"]] == ["beta"]
    assert tasks.get("/api/tasks", params={**query, "search": "bet", "page_size": "9"}).json()["count"] == 1
    assert tasks.get("/api/tasks?filter=").json()["count"] == 3


@pytest.mark.parametrize(
    ("filter", "words"),
    [
        ("{", "filter: Json syntax should be used"),
        ("name", "filter: Json syntax should be used"),
        ("5", "filter: Json syntax should be used"),
        ("{}", "filter shouldn't be empty"),
        ("[]", "filter shouldn't be empty"),
        ('{"==":[{"var":"colour"},"red"]}', "filter: 'colour' term is not supported"),
        (
            '{"xor":[{"var":"name"},"a"]}',
            "filter: xor operation with [{'var': 'name'}, 'a'] arguments is not implemented",
        ),
        ('{"==":[{"var":"name"}]}', "filter: == operation with [{'var': 'name'}] arguments is not implemented"),
        ('{">=":[1,{"var":"id"},2]}', "filter: >= operation with [1, {'var': 'id'}, 2] arguments is not implemented"),
    ],
)
def test_a_wrong_filter_is_refused_in_cvats_words(client: TestClient, filter: str, words: str) -> None:
    answer = client.get("/api/tasks", params={"filter": filter})
    assert (answer.status_code, answer.json()) == (400, [words])


@pytest.mark.parametrize(
    "filter",
    [
        '{"==":[{"var":"id"},"many"]}',
        '{"<":[{"var":"name"},"a"]}',
        '{"<":[{"var":"updated_date"},"yesterday"]}',
        '{"!":' * 400 + "1" + "}" * 400,
        '{"and":' * 2000,
    ],
)
def test_other_wrong_filters_are_told_too(client: TestClient, filter: str) -> None:
    answer = client.get("/api/tasks", params={"filter": filter})
    assert answer.status_code == 400
    (sentence,) = answer.json()
    assert sentence.startswith("filter: ")


def test_a_number_that_is_none_is_refused(client: TestClient) -> None:
    assert client.get("/api/tasks?project_id=x").json() == {"project_id": ["Enter a number."]}
    assert client.get("/api/labels?parent_id=x").status_code == 400
    assert client.get("/api/tasks?status=annotation").json()["count"] == 1
