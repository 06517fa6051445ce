from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from cvatd.negotiation import wants_gzip
from kit.daemon import PORT, TOKEN, in_process

FAR = ("192.0.2.7", 50000)


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/vnd.cvat+json", 200),
        ("application/vnd.cvat+json; version=2.0", 200),
        ('application/vnd.cvat+json;version="2.0", application/json', 200),
        ("application/vnd.cvat+json; version=1.0", 406),
        ("application/json;version=3", 406),
        ("application/vnd.cvat+json; version=1.0, application/vnd.cvat+json; version=2.0", 200),
        ("text/html;version=7, */*;q=0.1", 200),
    ],
)
def test_another_version_is_not_to_be_had(client: TestClient, accept: str, status: int) -> None:
    answer = client.get("/api/tasks/1", headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/vnd.cvat+json"
    assert answer.headers["x-request-id"]
    if status == 406:
        assert answer.json() == {"detail": 'Invalid version in "Accept" header.'}


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/vnd.cvat+json", 200),
        ("text/plain", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
def test_bodies_are_json(client: TestClient, kind: str, status: int) -> None:
    answer = client.patch("/api/tasks/1", content=b'{"name": "lane"}', headers={"Content-Type": kind})
    assert answer.status_code == status
    assert client.get("/api/tasks/1").json()["name"] == ("lane" if status == 200 else "street")
    if status == 415:
        assert answer.json() == {"detail": f'Unsupported media type "{kind}" in request.'}


def test_no_body_has_no_type(client: TestClient) -> None:
    assert client.patch("/api/tasks/1", headers={"Content-Type": "text/plain"}).status_code == 200


def test_options_tell_what_can_be_done(client: TestClient) -> None:
    answer = client.options("/api/tasks/1")
    assert answer.status_code == 200
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"
    assert answer.json()["renders"] == ["application/vnd.cvat+json"]
    assert answer.json()["parses"] == ["application/json"]


def test_far_clients_get_what_they_ask_for_compressed(client: TestClient, workspace: Workspace) -> None:
    box = {"type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4]}
    client.put("/api/jobs/1/annotations", json={"shapes": [box] * 200}).raise_for_status()
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept-Encoding": "gzip"}
    near = client.get("/api/jobs/1/annotations", headers=headers)
    far_client = TestClient(client.app, base_url=f"http://127.0.0.1:{PORT}", headers=headers, client=FAR)
    with far_client.stream("GET", "/api/jobs/1/annotations") as far:
        raw = b"".join(far.iter_raw())
    assert "content-encoding" not in near.headers
    assert (far.headers["content-encoding"], far.headers["content-length"]) == ("gzip", str(len(raw)))
    assert "Accept-Encoding" in far.headers["vary"]
    assert json.loads(gzip.decompress(raw)) == near.json()
    assert len(raw) < len(near.content) / 5
    for url, asked in (
        ("/api/jobs/1/annotations", "identity"),
        ("/api/jobs/1/annotations", "gzip;q=0"),
        ("/api/tasks/1/status", "gzip"),
        ("/api/tasks/1/data?type=frame&number=0&quality=original", "gzip"),
    ):
        assert "content-encoding" not in far_client.get(url, headers={"Accept-Encoding": asked}).headers, url


def test_downloads_are_never_compressed() -> None:
    body = Response(b"x" * 5000, media_type="application/json")
    assert wants_gzip(body, {"accept-encoding": "br, gzip"}, FAR[0])
    body.headers["Content-Disposition"] = 'attachment; filename="a.json"'
    assert not wants_gzip(body, {"accept-encoding": "gzip"}, FAR[0])


@pytest.mark.parametrize(
    "path",
    [
        "cloudstorages",
        "webhooks/3",
        "quality/reports",
        "analytics/reports",
        "events",
        "lambda/functions",
        "consensus/x",
    ],
)
def test_what_comes_later_says_so(client: TestClient, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        answer = client.request(method, f"/api/{path}")
        assert answer.status_code == 501
        assert answer.json()["detail"].endswith("not served by this version of cvatd.")
    assert client.get("/api/cloudstoragesx").status_code == 404


def test_strangers_learn_nothing_of_what_comes_later(tmp_path: Path) -> None:
    with Workspace.init(tmp_path / "ws") as made, in_process(made, token="") as stranger:
        assert stranger.get("/api/webhooks").status_code == 401
