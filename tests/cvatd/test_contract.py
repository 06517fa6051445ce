"""Answers against CVAT's own OpenAPI document, where it lies beside the project.

Those of all tests with a daemon in their process are compared (`kit.cvat_schema.check`). Here each of the document's
operations that are served is asked at least once, and the comparison itself is tested.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from cvatcore.media.share import set_share
from cvatcore.store import encode_json, plain_message
from cvatcore.workspace import Workspace
from kit import cvat_schema
from kit.pictures import write_video

pytestmark = pytest.mark.skipif(not cvat_schema.is_here(), reason="CVAT's OpenAPI document is not here")

ASKED = [
    "/api/server/about",
    "/api/users/self",
    "/api/users",
    "/api/tasks",
    "/api/tasks/1",
    "/api/tasks/1/status",
    "/api/tasks/1/data/meta",
    "/api/tasks/1/annotations",
    "/api/jobs?task_id=1",
    "/api/jobs/2",
    "/api/jobs/2/data/meta",
    "/api/jobs/1/annotations/",
    "/api/projects",
    "/api/labels?job_id=1",
    "/api/labels/1",
]


def test_answers_are_cvats(client: TestClient) -> None:
    box = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4]}
    track = {"frame": 0, "label_id": 1, "shapes": [{"type": "rectangle", "frame": 0, "points": [1, 2, 3, 4]}]}
    data = {"tags": [{"frame": 0, "label_id": 1}], "shapes": [box], "tracks": [track]}
    client.put("/api/jobs/1/annotations", json=data).raise_for_status()
    for url in ASKED:
        assert cvat_schema.template_of(url.partition("?")[0]) is not None, url
        assert client.get(url).status_code == 200, url


def test_frames_of_videos_and_of_ground_truth_are_cvats(
    client: TestClient, workspace: Workspace, tmp_path: Path
) -> None:
    film = workspace.create_task("film", labels=["car"], data=[write_video(tmp_path / "v.mp4", 5)])
    job = workspace.job(2)
    truth = msgspec.structs.replace(job.document, type="ground_truth")
    files: dict[str, bytes | None] = {job.path: encode_json(truth)}
    workspace.store.commit(files, message=plain_message("Ground truth"), author=workspace.author)
    for path in (f"tasks/{film.id}", "jobs/2"):
        assert client.get(f"/api/{path}").status_code == 200
        assert client.get(f"/api/{path}/data/meta").status_code == 200
        assert client.patch(f"/api/{path}/data/meta", json={"deleted_frames": [1]}).status_code == 200


def test_tasks_without_frames_projects_and_the_share_are_cvats(
    client: TestClient, workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "share" / "day").mkdir(parents=True)
    (tmp_path / "share" / "a.png").write_bytes(b"x")
    set_share(workspace.root, tmp_path / "share")
    task = workspace.create_task("first", labels=["car"], data=None, project="cars")
    project = task.document.project
    for url in (
        f"/api/tasks/{task.id}",
        f"/api/tasks/{task.id}/status",
        "/api/tasks",
        "/api/projects",
        f"/api/projects/{project}",
        "/api/server/share",
    ):
        assert client.get(url).status_code == 200, url
    assert set(client.get(f"/api/projects/{project}").json()) == cvat_schema.fields_of("ProjectRead")


def test_fields_are_no_fewer_than_cvats(client: TestClient) -> None:
    for name, url in (
        ("TaskRead", "/api/tasks/1"),
        ("JobRead", "/api/jobs/1"),
        ("User", "/api/users/self"),
        ("DataMetaRead", "/api/tasks/1/data/meta"),
        ("About", "/api/server/about"),
    ):
        assert set(client.get(url).json()) == cvat_schema.fields_of(name), name


ABOUT: dict[str, Any] = {"name": "n", "description": "d", "version": "2.7.6"}
LABEL: dict[str, Any] = {"id": 1, "name": "car", "attributes": [], "sublabels": [], "has_parent": False}


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "faults"),
    [
        ("GET", "/api/server/about", 200, ABOUT, 0),
        ("GET", "/api/server/about/", 200, ABOUT | {"logo_url": ""}, 1),
        ("GET", "/api/server/about", 200, {"name": 1}, 3),
        ("GET", "/api/server/about", 203, ABOUT, 1),
        ("GET", "/api/server/about", 400, ["no"], 0),
        ("GET", "/api/labels/7", 200, LABEL, 0),
        ("GET", "/api/labels/7", 200, LABEL | {"sublabels": [{"id": 1}]}, 1),
        ("GET", "/api/labels/7", 200, LABEL | {"parent_id": None}, 0),
        ("GET", "/api/labels/7", 200, LABEL | {"color": None}, 1),
        ("GET", "/api/labels", 200, {"count": 1, "results": [LABEL] * 100, "next": "x", "previous": None}, 1),
        ("PUT", "/api/jobs/1/annotations", 200, {"shapes": [{}]}, 3),
        ("GET", "/api/cvatd/session", 200, {"anything": 1}, 0),
    ],
)
def test_what_is_not_cvats_is_found(method: str, path: str, status: int, body: Any, faults: int) -> None:
    assert len(cvat_schema.problems(method, path, status, body)) == faults


def test_a_client_of_these_tests_compares(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cvatd.routes.server.About", lambda **_: {"name": "n"})
    with pytest.raises(AssertionError, match="not as CVAT"):
        client.get("/api/server/about")
