from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from cvatcore import protocol as wire
from cvatcore.protocol.profiles import newer_fields
from cvatd.clients import Client, client_of

AGENTS = [
    ("", False, "2.7.6"),
    ("python-requests/2.31.0", False, "2.7.6"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", False, "2.7.6"),
    ("cvat_sdk/2.7.6", False, "2.7.6"),
    ("cvat_sdk/2.4.0", False, "2.7.6"),
    ("cvat_sdk/1.9.0", False, "2.7.6"),
    ("cvat_sdk/2.8.0", False, "2.8.0"),
    ("cvat_sdk/2.9.1", True, "2.9.0"),
    ("cvat_sdk/2.20.0", True, "2.20.0"),
    ("cvat_cli/2.80.0 cvat_sdk/2.80.0 Python-urllib3/2.0", True, "2.80.0"),
    ("cvat_sdk/2.200.0", True, "2.80.0"),
    ("cvat_sdk/3.1.0", True, "2.80.0"),
    ("xcvat_sdk/2.80.0", False, "2.7.6"),
    ("cvat_sdk/99999999999.1", False, "2.7.6"),
]


@pytest.mark.parametrize(("agent", "newer", "version"), AGENTS)
def test_clients_are_told_by_their_agent(agent: str, newer: bool, version: str) -> None:
    client = client_of({"user-agent": agent})
    assert (client.takes_newer_fields, client.version) == (newer, version)


def test_without_an_agent_it_is_the_oldest() -> None:
    assert client_of({}) == Client()


KINDS = [
    ("/api/server/about", wire.About),
    ("/api/users/self", wire.User),
    ("/api/tasks/1", wire.TaskRead),
    ("/api/jobs/1", wire.JobRead),
    ("/api/tasks/1/data/meta", wire.DataMetaRead),
    ("/api/jobs/2/data/meta", wire.DataMetaRead),
]


@pytest.mark.parametrize(("url", "kind"), KINDS, ids=[url for url, _ in KINDS])
def test_newer_clients_are_told_more(client: TestClient, url: str, kind: type[wire.TaskRead]) -> None:
    newer = newer_fields(kind)
    assert newer
    assert set(client.get(url).json()) & newer == set()
    assert newer <= set(client.get(url, headers={"User-Agent": "cvat_sdk/2.80.0"}).json())


def test_lists_are_of_the_same_profile(client: TestClient) -> None:
    (old,) = client.get("/api/tasks").json()["results"]
    (new,) = client.get("/api/tasks", headers={"User-Agent": "cvat_sdk/2.20.0"}).json()["results"]
    assert set(new) - set(old) == newer_fields(wire.TaskRead)
    assert (new["media_type"], new["project_name"], new["validation_mode"]) == ("image", None, None)
    jobs = client.get("/api/jobs", headers={"User-Agent": "cvat_sdk/2.20.0"}).json()["results"]
    assert [job["task_name"] for job in jobs] == ["street", "street"]
