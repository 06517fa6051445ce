"""Requests that no client should send: each is answered with a sentence, and nothing of them breaks the workspace."""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from cvatd.call import Endpoint
from cvatd.routes import ENDPOINTS
from kit.conflicts import leave_conflict, points
from kit.daemon import in_process
from kit.pictures import write_picture

OFFERED = [endpoint for endpoint in ENDPOINTS if endpoint.path != "/api/cvatd/events"]
"""The feed never ends."""

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"]

NUMBERS = [
    "0",
    "-1",
    "007",
    str(2**53),
    str(2**63),
    str(10**18),
    str(10**30),
    "9" * 300,
    "9" * 5000,
    "1.0",
    "1_0",
    " 1",
]
TEXTS = ["", "x", "\0", "%00", "٣", "²", "../1", "all", "-id,name,,", "\ud7ff\U0001f697", "a" * 3000, "[1]", "true"]

ODD: list[Any] = [
    *(None, True, 0, -1, 1.5, 2**31, 2**53, 2**63, 2**64, 10**30, 1e308, -0.0, "", "x", "\0", "é\u2028", "y" * 5000),
    *([], {}, [[]], [None], [1e308] * 4, {"id": 1}),
]

RAW = [
    b"",
    b"null",
    b"{",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"NaN",
    b'{"delete": [1e999]}',
    b"[" * 50_000,
    b'{"put":' * 50_000,
]

HEADERS: list[dict[str, str]] = [
    {},
    {"Range": "bytes=5-2,-1,9999-"},
    {"If-None-Match": '*, "x"'},
    {"Accept": "application/x; version=9", "Content-Type": "multipart/form-data; boundary=x"},
    {"Cookie": "a={1}; =; cvatd_session_8080=%00"},
    {"Expect": "nonsense", "X-HTTP-Method-Override": "DELETE"},
]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A task of two pictures with one job; what happens to it stays for the next request."""
    folder = tmp_path_factory.mktemp("fuzz")
    for number in range(2):
        write_picture(folder / "pictures" / f"{number}.png", (8, 6))
    with Workspace.init(folder / "ws") as made:
        made.create_task("street", labels=["car"], data=[folder / "pictures"])
        leave_conflict(made, "1" * 16, points(base=1, ours=2, theirs=3), number=5, frame=0)
        yield made


@pytest.fixture(scope="module")
def attacked(fuzzed: Workspace) -> Iterator[TestClient]:
    with in_process(fuzzed) as client:
        yield client


def valid_body(endpoint: Endpoint) -> Any:
    box = {"id": 5, "type": "rectangle", "frame": 0, "label_id": 1, "points": [1, 2, 3, 4], "attributes": []}
    shape = {"type": "rectangle", "frame": 1, "points": [1, 2, 3, 4], "outside": False}
    track = {"id": 7, "frame": 0, "label_id": 1, "group": 0, "shapes": [shape], "elements": []}
    data = {"version": 0, "tags": [{"id": 6, "frame": 0, "label_id": 1}], "shapes": [box], "tracks": [track]}
    if endpoint.path == "/api/labels/{id}":
        asked = {"name": "a", "input_type": "text", "values": [], "default_value": "", "mutable": False}
        return {"name": "car", "color": "#112233", "type": "any", "svg": "", "attributes": [asked]}
    if endpoint.path == "/api/tasks":
        return {
            "name": "new",
            "labels": [{"name": "car", "attributes": []}],
            "segment_size": 2,
            "overlap": 1,
            "subset": "",
        }
    if endpoint.path == "/api/tasks/{id}":
        return {"name": "street", "subset": "train", "assignee_id": None}
    if endpoint.path == "/api/tasks/{id}/data":
        return {
            "image_quality": 70,
            "server_files": ["a.png"],
            "job_file_mapping": [["a.png"]],
            "frame_filter": "step=2",
        }
    if endpoint.path.endswith("/resolve"):
        return {"choice": "theirs"}
    if endpoint.path.endswith("/undo"):
        return {"revision": "1" * 40}
    if endpoint.path.endswith("/changes"):
        return {"client": "me", "put": data, "delete": [8, 9]}
    return data if endpoint.path.endswith("/annotations") else {"state": "new", "stage": "annotation", "assignee": None}


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to each value inside another."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield from places(below, (*at, key))


def replaced(value: Any, at: tuple[str | int, ...], by: Any) -> Any:
    if not at:
        return by
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = replaced(value[at[0]], at[1:], by)
    return copy


@st.composite
def bodies(draw: st.DrawFn, endpoint: Endpoint) -> bytes:
    """A good body with something odd in one or two places, or no JSON at all."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(RAW) | st.binary(max_size=20))
    body = valid_body(endpoint)
    for _ in range(draw(st.integers(1, 2))):
        body = replaced(body, draw(st.sampled_from(list(places(body)))), draw(st.sampled_from(ODD)))
    return json.dumps(body).encode()


@st.composite
def urls(draw: st.DrawFn, endpoint: Endpoint) -> str:
    odd = st.sampled_from([*NUMBERS, *TEXTS])
    good = st.just("1")
    removes = endpoint.method == "DELETE" and endpoint.path in {"/api/tasks/{id}", "/api/labels/{id}"}
    number = draw(odd if removes else good | odd)
    own = quote(draw(st.just("1111") | odd), safe="")
    path = endpoint.path.replace("{id}", quote(number, safe="")).replace("{conflict}", own) + draw(
        st.sampled_from(["", "", "/", "//"])
    )
    names = st.sampled_from([*endpoint.query, "filter", "type", "number", "token", "page", "format"])
    values = odd | st.sampled_from(["1", "frame", "chunk", "create", "update", "delete", "original"])
    query = draw(st.dictionaries(names, values, max_size=3))
    return path + "?" + "&".join(f"{quote(key)}={quote(value)}" for key, value in query.items())


@pytest.mark.parametrize("endpoint", OFFERED, ids=[f"{e.method} {e.path}" for e in OFFERED])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # The log alone, which is looked at each time.
@given(data=st.data())
def test_every_request_is_answered(
    attacked: TestClient, caplog: pytest.LogCaptureFixture, endpoint: Endpoint, data: st.DataObject
) -> None:
    method = data.draw(st.just(endpoint.method) | st.sampled_from([m for m in METHODS if m != "DELETE"]))
    url = data.draw(urls(endpoint))
    body = data.draw(bodies(endpoint))
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        answer = attacked.request(method, url, content=body, headers=data.draw(st.sampled_from(HEADERS)))
    assert answer.status_code < 500, answer.text
    assert caplog.records == []
    if answer.status_code >= 400 and method not in {"HEAD", "TRACE", "FOO"}:
        assert answer.json(), answer.text


def test_the_workspace_is_whole_after_that(attacked: TestClient, fuzzed: Workspace) -> None:
    saved = attacked.get("/api/jobs/1/annotations")
    assert saved.status_code == 200
    with Workspace(fuzzed.root) as again:
        assert len(again.job(1).annotations.shapes) == len(saved.json()["shapes"]) + len(saved.json()["tags"])
    for command in (["git", "fsck", "--strict"], ["git", "diff", "--exit-code", "HEAD"]):
        subprocess.run(command, cwd=fuzzed.root, check=True, capture_output=True)


PATHS = [
    *("/%00", "/assets/%00", "/" + "a" * 300, "/assets/" + "a" * 300, "/%ff", "/a%0d%0aSet-Cookie:x=y", "//etc/passwd"),
    *("/assets/%2e%2e/%2e%2e/app.py", "/assets/..%2f..%2fapp.py", "/%2e%2e/app.py", "/..%5capp.py", "/assets/link.py"),
    *("/assets", "/assets/", "/api", "/apix", "/index.html/x", "/assets/./../index.html"),
]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_of_the_bundle(workspace: Workspace, tmp_path: Path, path: str) -> None:
    bundle = tmp_path / "_static"
    (bundle / "assets").mkdir(parents=True)
    (bundle / "index.html").write_text("the page", encoding="utf-8")
    (tmp_path / "app.py").write_text("a secret", encoding="utf-8")
    (bundle / "assets" / "link.py").symlink_to(tmp_path / "app.py")
    with in_process(workspace, static=bundle) as client:
        for url in (path, f"{path}?token=the-launch-token"):
            answer = client.get(url, follow_redirects=False)
            assert answer.status_code < 500
            assert "a secret" not in answer.text
            assert set(answer.headers) & {"set-cookie"} == ({"set-cookie"} if answer.status_code == 303 else set())
            assert not answer.headers.get("location", "/").startswith(("//", "/\\"))
