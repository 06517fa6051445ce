from __future__ import annotations

import stat
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from cvatd.security import load_credentials
from kit.daemon import TOKEN, in_process

UNSAFE = [
    ("POST", "/api/cvatd/ids"),
    ("POST", "/api/cvatd/jobs/1/changes"),
    ("PATCH", "/api/jobs/1"),
    ("PUT", "/api/jobs/1/annotations"),
    ("PATCH", "/api/jobs/1/annotations?action=create"),
    ("DELETE", "/api/jobs/1/annotations"),
    ("DELETE", "/api/tasks/1"),
    ("POST", "/api/tasks"),
    ("PATCH", "/api/tasks/1"),
    ("POST", "/api/tasks/1/data/"),
    ("POST", "/api/requests/x/cancel"),
]


def test_everything_but_the_public_needs_credentials(workspace: Workspace) -> None:
    with in_process(workspace, token="") as client:
        for path in ("/api/tasks", "/api/jobs/1/annotations", "/api/cvatd/session", "/api/cvatd/events"):
            answer = client.get(path)
            assert answer.status_code == 401, path
            assert answer.headers["WWW-Authenticate"] == "Token"
            assert answer.json() == {"detail": "Authentication credentials were not provided."}
        for path in ("/api/server/about", "/api/server/about/", "/api/server/health", "/api/schema"):
            assert client.get(path).status_code == 200, path


def test_a_wrong_token_is_refused(workspace: Workspace) -> None:
    with in_process(workspace, token="wrong") as client:
        assert client.get("/api/tasks").status_code == 401
        assert client.get("/api/tasks", headers={b"Authorization": b"Bearer \xe9"}).status_code == 401


def _session(client: TestClient) -> None:
    answer = client.get(f"/tasks/1?frame=3&token={TOKEN}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/tasks/1?frame=3"
    # CVAT's clients read cookies only where the last attribute has a value.
    assert answer.headers["set-cookie"].rsplit("; ", 1)[-1] == "SameSite=Strict"
    (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
    assert cookie["httponly"]


def test_the_link_starts_a_session_that_reads(workspace: Workspace) -> None:
    with in_process(workspace, token="") as client:
        _session(client)
        assert client.get("/api/tasks").json()["count"] == 1


def test_cookies_of_other_programs_do_no_harm(workspace: Workspace) -> None:
    with in_process(workspace, token="") as client:
        _session(client)
        (own,) = (f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
        client.cookies.clear()
        for others in ('a={"json": [1, 2]}', "=", "é", 'x="unclosed', "a b=c"):
            headers = {b"Cookie": f"{others}; {own}".encode()}
            assert client.get("/api/tasks", headers=headers).status_code == 200, others


@pytest.mark.parametrize("text", [b"", b"short", b"z" * 64, b"\xff" * 64, b"0" * 63])
def test_a_damaged_secret_is_made_anew(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "secret").write_bytes(text)
    first = load_credentials(tmp_path / "secret")
    assert load_credentials(tmp_path / "secret").is_session(first.session)


def test_answers_are_nobody_elses(client: TestClient) -> None:
    for path in ("/api/tasks", "/api/jobs/1/data?type=frame&number=0", "/api/jobs/99"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(("method", "path"), UNSAFE)
def test_unsafe_requests_of_a_session_need_the_csrf_token(workspace: Workspace, method: str, path: str) -> None:
    with in_process(workspace, token="") as client:
        _session(client)
        before = workspace.store.history.head()
        answer = client.request(method, path, json={"state": "completed"})
        assert answer.status_code == 403
        assert answer.json()["detail"].startswith("CSRF Failed")
        assert client.request(method, path, headers={"X-CSRFToken": "0" * 64}, json={}).status_code == 403
        assert workspace.store.history.head() == before


def test_the_csrf_token_comes_with_the_session(workspace: Workspace) -> None:
    with in_process(workspace, token="") as client:
        _session(client)
        csrf = client.get("/api/cvatd/session").json()["csrf"]
        answer = client.patch("/api/jobs/1", json={"state": "completed"}, headers={"X-CSRFToken": csrf})
        assert answer.json()["state"] == "completed"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1:9999", "localhost", "", "[::1"])
def test_other_host_names_are_refused(client: TestClient, host: str) -> None:
    assert client.get("/api/server/about", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST:8080"])
def test_names_of_this_machine_are_served(client: TestClient, host: str) -> None:
    assert client.get("/api/server/about", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:9999", "null", "http://["])
def test_other_origins_are_refused(client: TestClient, origin: str) -> None:
    assert client.get("/api/tasks", headers={"Origin": origin}).status_code == 403


def test_the_own_origin_is_served(client: TestClient) -> None:
    assert client.get("/api/tasks", headers={"Origin": "http://127.0.0.1:8080"}).status_code == 200


def test_a_link_never_leads_elsewhere(workspace: Workspace) -> None:
    with in_process(workspace, token="") as client:
        answer = client.get(f"//evil.example/?token={TOKEN}", follow_redirects=False)
        assert not answer.headers.get("location", "/").startswith("//")


def test_sessions_outlive_a_restart_and_tokens_do_not(tmp_path: Path) -> None:
    first = load_credentials(tmp_path / "secret")
    second = load_credentials(tmp_path / "secret")
    assert second.is_session(first.session)
    assert second.is_csrf(first.csrf)
    assert second.clone == first.clone != load_credentials(tmp_path / "another").clone
    assert not second.is_token(first.token)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
