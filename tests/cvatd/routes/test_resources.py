from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace


def test_about(client: TestClient) -> None:
    answer = client.get("/api/server/about")
    assert answer.headers["content-type"] == "application/vnd.cvat+json"
    assert answer.json()["version"] == "2.7.6"
    assert "x-request-id" in answer.headers


def test_the_owner_is_the_person_of_git(client: TestClient) -> None:
    me = client.get("/api/users/self").json()
    assert (me["username"], me["first_name"], me["email"]) == ("test.person", "Test", "person@example.org")
    assert client.get("/api/users").json()["results"][0]["id"] == me["id"]
    assert client.get(me["url"]).json()["username"] == "test.person"
    assert client.get("/api/users/55").status_code == 404


def test_a_task_and_its_jobs(client: TestClient) -> None:
    task = client.get("/api/tasks/1").json()
    assert (task["name"], task["size"], task["mode"], task["segment_size"]) == ("street", 10, "annotation", 5)
    assert task["jobs"]["count"] == 2
    assert task["owner"]["username"] == "test.person"
    jobs = client.get(task["jobs"]["url"]).json()
    assert [(job["id"], job["start_frame"], job["stop_frame"]) for job in jobs["results"]] == [(2, 5, 9), (1, 0, 4)]
    assert {job["state"] for job in jobs["results"]} == {"new"}


def test_labels_have_colours_and_numbers(client: TestClient) -> None:
    labels = client.get("/api/labels?task_id=1").json()["results"]
    assert [label["name"] for label in labels] == ["car", "person"]
    assert len({label["color"] for label in labels}) == 2
    assert client.get("/api/labels?job_id=2").json()["results"] == labels
    assert client.get("/api/labels?job_id=2&task_id=1").status_code == 400
    assert client.get("/api/labels?task_id=9").status_code == 404
    assert client.get("/api/labels?task_id=x").status_code == 400


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"state": "completed"}, {"state": "completed", "stage": "annotation", "status": "annotation"}),
        ({"stage": "acceptance", "state": "completed"}, {"status": "completed"}),
        ({"stage": "validation"}, {"state": "new", "stage": "validation", "status": "validation"}),
        ({"assignee": 1}, {}),
    ],
)
def test_a_job_is_changed(client: TestClient, change: dict[str, Any], expected: dict[str, Any]) -> None:
    client.patch("/api/jobs/1", json={"state": "in progress"})
    answer = client.patch("/api/jobs/1", json=change)
    assert answer.status_code == 200
    assert {**answer.json(), **expected} == answer.json()
    assert client.get("/api/jobs/1").json() == answer.json()


def test_an_assignee_comes_and_goes(client: TestClient, workspace: Workspace) -> None:
    bob = workspace.add_member("bob")
    assert client.patch("/api/jobs/1", json={"assignee": bob.id}).json()["assignee"]["username"] == "bob"
    assert client.get("/api/jobs?assignee=bob").json()["count"] == 1
    assert client.patch("/api/jobs/1", json={"assignee": None}).json()["assignee"] is None


@pytest.mark.parametrize("change", [{"state": "done"}, {"stage": 3}, {"assignee": 99}, {"assignee": "bob"}])
def test_a_wrong_change_of_a_job_changes_nothing(
    client: TestClient, workspace: Workspace, change: dict[str, Any]
) -> None:
    before = workspace.store.history.head()
    answer = client.patch("/api/jobs/1", json=change)
    assert answer.status_code == 400
    assert set(answer.json()) == set(change)
    assert workspace.store.history.head() == before


def test_lists_are_paged_sorted_and_searched(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    for name in ("alpha", "beta", "gamma"):
        workspace.create_task(name, labels=["x"], data=[tmp_path / "pictures"])
    page = client.get("/api/tasks?page_size=3&sort=name").json()
    assert [task["name"] for task in page["results"]] == ["alpha", "beta", "gamma"]
    assert (page["count"], page["previous"]) == (4, None)
    rest = client.get(page["next"]).json()
    assert [task["name"] for task in rest["results"]] == ["street"]
    assert rest["next"] is None
    assert [task["id"] for task in client.get("/api/tasks").json()["results"]] == [4, 3, 2, 1]
    assert client.get("/api/tasks?page_size=all").json()["count"] == 4
    assert client.get("/api/tasks?search=BET").json()["results"][0]["name"] == "beta"
    assert client.get("/api/tasks?name=gamma").json()["count"] == 1
    assert client.get("/api/tasks?page=3&page_size=3").json() == {"detail": "Invalid page."}
    assert client.get("/api/tasks?page=9").status_code == 404


def test_a_task_that_cannot_be_read_does_not_hide_the_others(
    client: TestClient, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.create_task("night", labels=["car"], data=[tmp_path / "pictures"])
    assert "unreadable" not in client.get("/api/tasks").json()
    (workspace.root / "tasks/1/task.json").write_text('{\n  "id": 1,\n<<<<<<< HEAD\n')
    for query in ("", "?page_size=all&sort=name", "?sort=-updated_date"):
        listed = client.get(f"/api/tasks{query}").json()
        assert [task["name"] for task in listed["results"]] == ["night"]
        (broken,) = listed["unreadable"]
        assert (broken["task_id"], broken["path"], broken["line"]) == (1, "tasks/1/task.json", 3)
        assert "conflict markers" in broken["hint"]
    assert [task["id"] for task in client.get("/api/tasks?search=night").json()["results"]] == [2]
    assert client.get('/api/tasks?filter={"==":[{"var":"name"},"night"]}').json()["count"] == 1
    jobs = client.get("/api/jobs").json()
    assert [job["task_id"] for job in jobs["results"]] == [2]
    assert [(one["task_id"], one["job_id"]) for one in jobs["unreadable"]] == [(1, 2), (1, 1)]
    assert client.get("/api/jobs?task_id=1").json()["results"] == []
    assert {label["task_id"] for label in client.get("/api/labels").json()["results"]} == {2}
    assert client.get("/api/tasks/1").status_code == 503


def test_a_removed_task_is_gone_and_in_git(client: TestClient, workspace: Workspace) -> None:
    commit = workspace.store.history.head()
    assert client.delete("/api/tasks/1").status_code == 204
    assert client.get("/api/tasks/1").status_code == 404
    assert client.get("/api/tasks").json()["results"] == []
    import subprocess

    subprocess.run(["git", "checkout", "-q", commit, "--", "tasks"], cwd=workspace.root, check=True)
    assert client.get("/api/tasks/1").json()["name"] == "street"


def test_unknown_paths_and_methods(client: TestClient) -> None:
    assert client.get("/api/nothing").json() == {"detail": "Not found."}
    answer = client.put("/api/tasks")
    assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "PUT" not allowed.'})
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert client.head("/api/cvatd/events").headers["content-type"].startswith("text/event-stream")
    assert client.get(f"/api/tasks/{'9' * 5000}").json() == {"detail": "Not found."}
    assert client.get(f"/api/tasks?page={'9' * 5000}").json() == {"detail": "Invalid page."}
    assert client.get("/api/jobs?task_id=&assignee=").json()["count"] == 2


def test_meta_of_a_task_and_of_a_job(client: TestClient) -> None:
    task = client.get("/api/tasks/1/data/meta").json()
    assert (task["size"], task["start_frame"], task["stop_frame"], len(task["frames"])) == (10, 0, 9, 10)
    assert task["frames"][3] == {
        "width": 80,
        "height": 60,
        "name": "003.png",
        "related_files": 0,
        "has_related_context": False,
    }
    job = client.get("/api/jobs/2/data/meta").json()
    assert (job["size"], job["start_frame"], job["stop_frame"]) == (5, 5, 9)
    assert [frame["name"] for frame in job["frames"]] == [f"{n:03d}.png" for n in range(5, 10)]


def test_frames_are_pictures_and_cached_by_the_browser(client: TestClient) -> None:
    answer = client.get("/api/jobs/2/data?type=frame&number=7&quality=original")
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (80, 60)
    again = client.get(
        "/api/jobs/2/data?type=frame&number=7&quality=original", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("type=frame&number=1", "The frame number doesn't belong to the job"),
        ("type=frame", ["Number is not specified"]),
        ("type=other&number=7", ["Data type not specified or has wrong value"]),
        ("number=7", ["Data type not specified or has wrong value"]),
        ("type=frame&number=7&quality=best", ["Wrong quality value"]),
        ("type=chunk&number=4", "The chunk number should be in  the [0, 0] range"),
    ],
)
def test_wrong_questions_for_data(client: TestClient, query: str, body: object) -> None:
    answer = client.get(f"/api/jobs/2/data?{query}")
    assert (answer.status_code, answer.json()) == (400, body)


def test_a_chunk_holds_its_frames_in_order(client: TestClient) -> None:
    answer = client.get("/api/tasks/1/data?type=chunk&number=0")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == [f"{n:06d}.jpeg" for n in range(10)]
        assert Image.open(archive.open("000009.jpeg")).size == (80, 60)


def test_previews_are_small(client: TestClient) -> None:
    for path in ("/api/tasks/1/preview", "/api/jobs/2/preview"):
        answer = client.get(path)
        assert answer.headers["content-type"] == "image/jpeg"
        assert max(Image.open(io.BytesIO(answer.content)).size) <= 256


def test_a_missing_picture_is_a_marked_placeholder(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "pictures" / "003.png").unlink()
    answer = client.get("/api/tasks/1/data?type=frame&number=3")
    assert (answer.status_code, answer.headers["X-Cvatd-Missing"]) == (200, "3")
    assert answer.headers["cache-control"] == "no-store"
    assert Image.open(io.BytesIO(answer.content)).size == (80, 60)
    assert "X-Cvatd-Missing" not in client.get("/api/tasks/1/data?type=frame&number=4").headers
    chunk = client.get("/api/tasks/1/data?type=chunk&number=0")
    assert chunk.headers["X-Cvatd-Missing"] == "3"
    with zipfile.ZipFile(io.BytesIO(chunk.content)) as archive:
        assert archive.namelist() == [f"{n:06d}.jpeg" for n in range(10)]
    (tmp_path / "pictures" / "000.png").unlink()
    preview = client.get("/api/tasks/1/preview")
    assert (preview.headers["X-Cvatd-Missing"], preview.headers["content-type"]) == ("0", "image/jpeg")


def test_a_placeholder_is_no_original(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "pictures" / "003.png").unlink()
    for query in ("type=frame&number=3", "type=chunk&number=0"):
        answer = client.get(f"/api/tasks/1/data?{query}&quality=original")
        assert answer.status_code == 404
        assert "003.png is missing" in answer.json()["detail"]


def test_what_is_missing_is_told_with_a_remedy(client: TestClient, tmp_path: Path) -> None:
    assert client.get("/api/cvatd/tasks/1/media").json()["missing"] == 0
    (tmp_path / "pictures").rename(tmp_path / "moved")
    told = client.get("/api/cvatd/tasks/1/media").json()
    assert (told["missing"], told["frames"]) == (10, 10)
    (source,) = told["sources"]
    assert (source["first"], source["unfetched"], source["mapped"]) == ("000.png", 0, False)
    assert source["remedy"] == f"cvat media map {tmp_path / 'pictures'} FOLDER"
    assert client.get("/api/cvatd/tasks/9/media").status_code == 404
