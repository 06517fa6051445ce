"""Answers against CVAT's own OpenAPI document, where it lies beside the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft4Validator
from starlette.testclient import TestClient

from cvatcore.media.share import set_share
from cvatcore.store import encode_json, plain_message
from cvatcore.workspace import Workspace
from kit.pictures import write_video

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT.parent / "shared" / "reference" / "cvat-schema-2.7.6.yml"

pytestmark = pytest.mark.skipif(not DOCUMENT.is_file(), reason="CVAT's OpenAPI document is not here")

OPERATIONS = [
    ("/api/server/about", "/api/server/about"),
    ("/api/users/self", "/api/users/self"),
    ("/api/users", "/api/users"),
    ("/api/tasks", "/api/tasks"),
    ("/api/tasks/{id}", "/api/tasks/1"),
    ("/api/projects", "/api/projects"),
    ("/api/tasks/{id}/status", "/api/tasks/1/status"),
    ("/api/jobs", "/api/jobs?task_id=1"),
    ("/api/jobs/{id}", "/api/jobs/2"),
    ("/api/labels", "/api/labels?job_id=1"),
    ("/api/labels/{id}", "/api/labels/1"),
    ("/api/issues", "/api/issues"),
    ("/api/issues/{id}", "/api/issues/1"),
    ("/api/comments", "/api/comments"),
    ("/api/comments/{id}", "/api/comments/2"),
    ("/api/tasks/{id}/data/meta", "/api/tasks/1/data/meta"),
    ("/api/jobs/{id}/data/meta", "/api/jobs/2/data/meta"),
    ("/api/jobs/{id}/annotations/", "/api/jobs/1/annotations"),
    ("/api/tasks/{id}/annotations/", "/api/tasks/1/annotations"),
]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    return loaded


def schema_of(document: dict[str, Any], path: str) -> dict[str, Any]:
    content = document["paths"][path]["get"]["responses"]["200"]["content"]
    return {**content["application/vnd.cvat+json"]["schema"], "components": document["components"]}


def _allow_null(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [_allow_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    inner = {key: _allow_null(value) for key, value in node.items()}
    if inner.pop("nullable", False):
        return {"anyOf": [inner, {"type": "null"}]}
    return inner


@pytest.mark.parametrize(("path", "url"), OPERATIONS, ids=[path for path, _ in OPERATIONS])
def test_answers_are_cvats(client: TestClient, document: dict[str, Any], path: str, url: str) -> None:
    box = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4]}
    track = {"frame": 0, "label_id": 1, "shapes": [{"type": "rectangle", "frame": 0, "points": [1, 2, 3, 4]}]}
    data = {"tags": [{"frame": 0, "label_id": 1}], "shapes": [box], "tracks": [track]}
    client.put("/api/jobs/1/annotations", json=data).raise_for_status()
    issue = {"frame": 0, "position": [1, 2], "job": 1, "message": "look", "assignee": 1}
    client.post("/api/issues", json=issue).raise_for_status()
    answer = client.get(url)
    assert answer.status_code == 200
    schema = _allow_null(schema_of(document, path))
    problems = [f"{error.json_path}: {error.message}" for error in Draft4Validator(schema).iter_errors(answer.json())]
    assert problems == []


def test_frames_of_videos_and_of_ground_truth_are_cvats(
    client: TestClient, workspace: Workspace, document: dict[str, Any], tmp_path: Path
) -> None:
    film = workspace.create_task("film", labels=["car"], data=[write_video(tmp_path / "v.mp4", 5)])
    job = workspace.job(2)
    truth = msgspec.structs.replace(job.document, type="ground_truth")
    files: dict[str, bytes | None] = {job.path: encode_json(truth)}
    workspace.store.commit(files, message=plain_message("Ground truth"), author=workspace.author)
    schema = _allow_null(schema_of(document, "/api/tasks/{id}/data/meta"))
    for path in (f"tasks/{film.id}", "jobs/2"):
        for answer in (
            client.get(f"/api/{path}/data/meta"),
            client.patch(f"/api/{path}/data/meta", json={"deleted_frames": [1]}),
        ):
            assert answer.status_code == 200
            assert [error.message for error in Draft4Validator(schema).iter_errors(answer.json())] == []
    for resource, url in (("tasks", f"/api/tasks/{film.id}"), ("jobs", "/api/jobs/2")):
        schema = _allow_null(schema_of(document, f"/api/{resource}/{{id}}"))
        assert [error.message for error in Draft4Validator(schema).iter_errors(client.get(url).json())] == []


def test_fields_are_no_more_and_no_less_than_cvats(client: TestClient, document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, url in (("TaskRead", "/api/tasks/1"), ("JobRead", "/api/jobs/1"), ("About", "/api/server/about")):
        assert set(client.get(url).json()) == set(schemas[name]["properties"]), name


def test_tasks_without_frames_projects_and_the_share_are_cvats(
    client: TestClient, workspace: Workspace, document: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "share" / "day").mkdir(parents=True)
    (tmp_path / "share" / "a.png").write_bytes(b"x")
    set_share(workspace.root, tmp_path / "share")
    task = workspace.create_task("first", labels=["car"], data=None, project="cars")
    project = task.document.project
    for path, url in (
        ("/api/tasks/{id}", f"/api/tasks/{task.id}"),
        ("/api/tasks/{id}/status", f"/api/tasks/{task.id}/status"),
        ("/api/tasks", "/api/tasks"),
        ("/api/projects", "/api/projects"),
        ("/api/projects/{id}", f"/api/projects/{project}"),
        ("/api/server/share", "/api/server/share"),
    ):
        schema = _allow_null(schema_of(document, path))
        problems = [error.message for error in Draft4Validator(schema).iter_errors(client.get(url).json())]
        assert problems == [], path
    fields = set(document["components"]["schemas"]["ProjectRead"]["properties"])
    assert set(client.get(f"/api/projects/{project}").json()) == fields
