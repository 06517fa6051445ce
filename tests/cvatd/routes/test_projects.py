from __future__ import annotations

from starlette.testclient import TestClient

from cvatcore.workspace import Workspace


def test_projects_and_their_tasks(client: TestClient, workspace: Workspace) -> None:
    assert client.get("/api/projects").json() == {"count": 0, "next": None, "previous": None, "results": []}
    for name, subset in (("a", "train"), ("b", "test"), ("c", "train")):
        workspace.create_task(name, labels=["bus"] if name == "a" else [], data=None, project="cars", subset=subset)
    (listed,) = client.get("/api/projects?search=CAR&page_size=all").json()["results"]
    project = client.get(listed["url"]).json()
    assert project == listed
    assert (project["name"], project["dimension"], project["owner"]["username"]) == ("cars", "2d", "test.person")
    assert project["task_subsets"] == ["train", "test"]
    assert project["tasks"]["count"] == client.get(project["tasks"]["url"]).json()["count"] == 3
    assert project["labels"]["count"] == client.get(project["labels"]["url"]).json()["count"] == 1
    assert client.get("/api/projects?name=other").json()["count"] == 0
    assert client.get("/api/projects/99").status_code == 404
