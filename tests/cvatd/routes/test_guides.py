"""Guides and their files over HTTP, as CVAT's clients use them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace


def picture(form: str = "PNG", size: tuple[int, int] = (20, 10)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, format=form)
    return out.getvalue()


def written(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/guides", json={"markdown": "# Cars"} | body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_guide_is_written_read_changed_and_removed(client: TestClient) -> None:
    assert client.get("/api/tasks/1").json()["guide_id"] is None
    made = written(client, task_id=1)
    assert (made["task_id"], made["project_id"], made["markdown"]) == (1, None, "# Cars")
    assert client.get(f"/api/guides/{made['id']}").json() == made
    assert client.get("/api/tasks/1").json()["guide_id"] == made["id"]
    assert client.get("/api/jobs/2").json()["guide_id"] == made["id"]
    changed = client.patch(f"/api/guides/{made['id']}", json={"markdown": "other", "task_id": 5}).json()
    assert (changed["id"], changed["task_id"], changed["markdown"]) == (made["id"], 1, "other")
    assert client.delete(f"/api/guides/{made['id']}").status_code == 204
    assert client.get(f"/api/guides/{made['id']}").status_code == 404
    assert client.get("/api/jobs/2").json()["guide_id"] is None
    client.post("/api/cvatd/undo").raise_for_status()
    assert client.get(f"/api/guides/{made['id']}").json()["markdown"] == "other"


def test_jobs_show_the_guide_of_their_project_where_their_task_has_none(
    client: TestClient, workspace: Workspace
) -> None:
    project = workspace.create_project("cars", labels=["car"]).id
    task = workspace.create_task("night", project="cars", data=[workspace.root.parent / "pictures"])
    made = written(client, project_id=project)
    assert client.get(f"/api/projects/{project}").json()["guide_id"] == made["id"]
    job = f"/api/jobs/{task.jobs[0].id}"
    assert client.get(f"/api/tasks/{task.id}").json()["guide_id"] is None
    assert client.get(job).json()["guide_id"] == made["id"]
    own = written(client, task_id=task.id)
    assert client.get(job).json()["guide_id"] == own["id"]


def test_files_are_put_shown_and_removed(client: TestClient) -> None:
    guide = written(client, task_id=1)
    answer = client.post(
        "/api/assets", data={"guide_id": str(guide["id"])}, files={"file": ("car & bus.png", picture())}
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()
    me = client.get("/api/users/self").json()["username"]
    assert (made["filename"], made["guide_id"], made["owner"]["username"]) == ("car & bus.png", guide["id"], me)
    for url in (f"/api/assets/{made['uuid']}", f"/api/assets/{made['uuid']}/public"):
        shown = client.get(url)
        assert (shown.status_code, shown.content) == (200, picture())
        assert shown.headers["content-type"] == "image/png"
        assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert shown.headers["x-content-type-options"] == "nosniff"
    again = client.get(f"/api/assets/{made['uuid']}", headers={"If-None-Match": shown.headers["etag"]})
    assert again.status_code == 304
    assert client.delete(f"/api/assets/{made['uuid']}").status_code == 204
    assert client.get(f"/api/assets/{made['uuid']}").status_code == 404


def test_the_guide_may_be_named_in_the_query(client: TestClient) -> None:
    guide = written(client, task_id=1)
    answer = client.post(f"/api/assets?guide_id={guide['id']}", files={"file": ("a.pdf", b"%PDF-1.7")})
    assert answer.status_code == 201
    shown = client.get(f"/api/assets/{answer.json()['uuid']}")
    assert shown.headers["content-type"] == "application/pdf"
    assert shown.headers["content-disposition"].startswith("attachment")


def test_a_large_picture_is_made_smaller(client: TestClient) -> None:
    guide = written(client, task_id=1)
    answer = client.post(f"/api/assets?guide_id={guide['id']}", files={"file": ("a.jpg", picture("JPEG", (4000, 100)))})
    with Image.open(io.BytesIO(client.get(f"/api/assets/{answer.json()['uuid']}").content)) as image:
        assert image.size == (1920, 48)


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({}, 400, ["One of project_id or task_id must be specified"]),
        ({"task_id": None, "project_id": None}, 400, ["One of project_id or task_id must be specified"]),
        ({"task_id": 1, "project_id": 1}, 400, ["Both project_id and task_id must not be specified"]),
        ({"task_id": 9}, 400, {"task_id": ['Invalid pk "9" - object does not exist.']}),
        ({"project_id": 9}, 400, {"project_id": ['Invalid pk "9" - object does not exist.']}),
        ({"task_id": 0}, 400, {"task_id": ['Invalid pk "0" - object does not exist.']}),
        ({"task_id": "x"}, 400, {"task_id": ["A valid integer is required."]}),
        ({"task_id": 1, "markdown": None}, 400, {"markdown": ["This field may not be null."]}),
        ({"task_id": 1, "markdown": 7}, 400, {"markdown": ["Not a valid string."]}),
    ],
)
def test_bad_guides_are_refused(client: TestClient, body: dict[str, Any], status: int, told: object) -> None:
    answer = client.post("/api/guides", json=body)
    assert (answer.status_code, answer.json()) == (status, told)
    assert client.get("/api/tasks/1").json()["guide_id"] is None


def test_a_task_has_one_guide(client: TestClient) -> None:
    made = written(client, task_id=1)
    answer = client.post("/api/guides", json={"task_id": 1, "markdown": "again"})
    assert (answer.status_code, answer.json()) == (400, ["There is a guide of task 1 already."])
    assert client.get(f"/api/guides/{made['id']}").json()["markdown"] == "# Cars"
    for url in ("/api/guides/77", "/api/guides/0", "/api/guides/999999999999"):
        assert client.get(url).status_code == 404


def test_bad_files_are_refused(client: TestClient) -> None:
    guide = written(client, task_id=1)["id"]
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    wrong = "File is not supported as an asset."

    def told(**request: Any) -> Any:
        answer = client.post("/api/assets", **request)
        assert answer.status_code == 400, answer.text
        return answer.json()

    assert told() == ["Asset file was not provided"]
    assert told(json={"guide_id": guide}) == ["Asset file was not provided"]
    assert told(data={"guide_id": str(guide)}, files={"other": ("a", b"")}) == ["Asset file was not provided"]
    assert told(files={"file": ("a.png", picture())}) == {"guide_id": ["This field is required."]}
    assert told(data={"guide_id": "x"}, files={"file": ("a.png", picture())}) == {"guide_id": ["Enter a number."]}
    assert told(data={"guide_id": "70"}, files={"file": ("a.png", picture())}) == {
        "guide_id": ['Invalid pk "70" - object does not exist.']
    }
    for data in (svg, b"", picture("BMP")):
        (sentence,) = told(data={"guide_id": str(guide)}, files={"file": ("a.png", data)})
        assert sentence.startswith(wrong)
    large = b"%PDF-" + bytes(10 * 1024 * 1024)
    assert told(data={"guide_id": str(guide)}, files={"file": ("a.pdf", large)}) == ["Maximum size of asset is 10 MB"]
    assert client.get("/api/assets/0f8fad5b-d9cb-469f-a165-70867728950e").status_code == 404
    assert client.get("/api/assets/nonsense").status_code == 404
