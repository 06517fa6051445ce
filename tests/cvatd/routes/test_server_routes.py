from __future__ import annotations

import re

import pytest
import yaml
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from kit.daemon import in_process

KINDS = [
    ("/api/schema", "*/*", "application/vnd.oai.openapi"),
    ("/api/schema/", "application/yaml", "application/yaml"),
    ("/api/schema", "application/json", "application/json"),
    ("/api/schema?scheme=json", "*/*", "application/vnd.oai.openapi+json"),
    ("/api/schema?scheme=yaml", "application/json", "application/vnd.oai.openapi"),
]


@pytest.mark.parametrize(("url", "accept", "kind"), KINDS)
def test_the_description_is_yaml_and_json(client: TestClient, url: str, accept: str, kind: str) -> None:
    answer = client.get(url, headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == kind
    document = yaml.safe_load(answer.text)
    assert document == answer.json()
    assert "/api/tasks/{id}" in document["paths"]


@pytest.mark.parametrize("url", ["/api/docs", "/api/docs/", "/api/swagger", "/api/swagger/"])
def test_the_page_of_the_api_needs_nothing_else(client: TestClient, url: str) -> None:
    answer = client.get(url)
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert re.findall(r"<(?:script|link|img|iframe)\b|src=|https?://|url\(", answer.text) == []
    paths = client.get("/api/schema").json()["paths"]
    assert [path for path in paths if path not in answer.text] == []
    places = set(re.findall(r'id="([^"]+)"', answer.text))
    assert set(re.findall(r'href="#([^"]+)"', answer.text)) <= places


def test_what_is_described_is_escaped() -> None:
    from cvatd.api_page import api_page

    odd = {
        "info": {"title": "<b>", "version": "1", "description": "&"},
        "paths": {"/api/x": {"get": {"summary": "<script>", "responses": {"200": {"description": "<i>"}}}}},
        "components": {"schemas": {"A": {"description": "<u>", "properties": {"a": {"enum": ["<s>"]}}}}},
    }
    page = api_page(odd)
    assert re.findall(r"<script|<b>:|<i>|<u>|<s>", page) == []


def test_formats_are_named_as_in_cvat(client: TestClient) -> None:
    found = client.get("/api/server/annotation/formats").json()
    assert {"name": "COCO 1.0", "ext": "JSON, ZIP", "version": "1.0", "enabled": True, "dimension": "2d"} in found[
        "importers"
    ]
    assert {"CVAT for images 1.1", "CVAT for video 1.1", "COCO 1.0"} <= {one["name"] for one in found["exporters"]}
    assert "CVAT 1.1" in {one["name"] for one in found["importers"]}
    assert "CVAT 1.1" not in {one["name"] for one in found["exporters"]}


def test_plugins_and_health(client: TestClient) -> None:
    assert set(client.get("/api/server/plugins").json().values()) == {False}
    answer = client.get("/api/server/health/?format=json")
    assert answer.status_code == 200
    assert set(answer.json().values()) == {"working"}


def test_strangers_may_read_what_the_server_is(workspace: Workspace) -> None:
    with in_process(workspace, token="") as stranger:
        for path in ("server/about", "server/health", "schema", "docs", "swagger"):
            assert stranger.get(f"/api/{path}").status_code == 200, path
        for path in ("server/plugins", "server/annotation/formats", "server/share"):
            assert stranger.get(f"/api/{path}").status_code == 401, path
