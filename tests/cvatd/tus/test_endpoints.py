"""Resumable uploads over HTTP: what CVAT's clients send, and what others get wrong."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from cvatd.tus.partials import FILE_ID
from kit.creating import frame_names, new_task, parts, picture, wait
from kit.daemon import in_process
from kit.resuming import TUS, address, announce, metadata, send, send_all

FINISH = {"Upload-Finish": "", "Content-Type": "application/json"}


def left(workspace: Workspace) -> list[str]:
    """What lies below the uploads."""
    root = workspace.root / ".cvat" / "uploads"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_task_of_files_that_came_in_parts(client: TestClient, workspace: Workspace, tmp_path: Path) -> None:
    task = new_task(client)
    url = f"/api/tasks/{task}/data/"
    assert client.post(url, headers={"Upload-Start": "", "Content-Type": "application/json"}).status_code == 202
    large = picture(tmp_path, "b.png", width=400)
    origin = {"Origin": "http://localhost:8080"}
    made = client.post(url, headers=TUS | metadata("b.png") | {"Upload-Length": str(len(large))} | origin)
    assert (made.status_code, made.content) == (201, b"")
    assert re.fullmatch(f"http://localhost:8080{url}{FILE_ID}", made.headers["location"])
    assert made.headers["upload-filename"] == "b.png"
    for name, value in (("tus-resumable", "1.0.0"), ("tus-version", "1.0.0"), ("tus-extension", "")):
        assert made.headers[name] == value
    assert int(made.headers["tus-max-size"]) > 1 << 30
    assert made.headers["cache-control"] == "no-store"
    assert made.headers["access-control-allow-origin"] == "http://localhost:8080"
    place = address(made)
    probe = client.head(place, headers=TUS)
    assert probe.status_code == 200
    assert (probe.headers["upload-offset"], probe.headers["upload-length"]) == ("0", str(len(large)))
    first = send(client, place, large[:100], offset=0)
    assert (first.status_code, first.headers["upload-offset"], first.headers["upload-filename"]) == (
        204,
        "100",
        "b.png",
    )
    assert client.head(place).headers["upload-offset"] == "100"
    assert send(client, place, large[100:], offset=100).headers["upload-offset"] == str(len(large))
    client.post(url, headers={"Upload-Multiple": ""}, files=parts(("/x/a.png", picture(tmp_path, "a.png"))))
    done = client.post(url, headers=FINISH, json={"image_quality": 70})
    assert done.status_code == 202, done.text
    assert done.json()["client_files"] == ["b.png", "a.png"]
    assert wait(client, task)["state"] == "Finished"
    assert frame_names(client, task) == ["a.png", "b.png"]
    assert left(workspace) == []
    assert client.head(place).status_code == 404


def test_without_an_origin_the_address_is_the_one_that_was_asked(client: TestClient) -> None:
    made = announce(client, f"/api/tasks/{new_task(client)}/data", "a.png", 5)
    assert made.headers["location"].startswith("http://127.0.0.1:8080/api/tasks/")
    assert "/data/" in made.headers["location"]


def test_options(client: TestClient) -> None:
    task = new_task(client)
    for url in (f"/api/tasks/{task}/data/", f"/api/tasks/{task}/data"):
        answer = client.options(url)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["tus-version"] == "1.0.0"
        assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert client.options("/api/tasks/999/data/").status_code == 404
    assert "tus-version" not in client.options("/api/tasks").headers


def test_names_have_folders(client: TestClient, tmp_path: Path) -> None:
    task = new_task(client)
    url = f"/api/tasks/{task}/data/"
    assert send_all(client, url, "day/1.png", picture(tmp_path, "1.png")) == "day/1.png"
    assert send_all(client, url, "night/1.png", picture(tmp_path, "1.png", width=9)) == "night/1.png"
    assert client.post(url, headers=FINISH).status_code == 202
    assert wait(client, task)["state"] == "Finished"
    assert frame_names(client, task) == ["day/1.png", "night/1.png"]


@pytest.mark.parametrize(
    "name", ["../a.png", "/etc/a.png", "a/../../b.png", "", ".", "..\\a.png", ".git/config", "a\0.png", "x" * 300]
)
def test_names_that_escape(client: TestClient, workspace: Workspace, name: str) -> None:
    answer = announce(client, f"/api/tasks/{new_task(client)}/data/", name, 5)
    assert (answer.status_code, answer.json()) == (400, f"File name {name} is not allowed")
    assert left(workspace) == []


def test_names_of_all_letters(client: TestClient) -> None:
    """They go into a header in the manner of addresses."""
    url = f"/api/tasks/{new_task(client)}/data/"
    made = announce(client, url, "день/ü 1.png", 1)
    assert unquote(made.headers["upload-filename"]) == "день/ü 1.png"
    assert send(client, address(made), b"x", offset=0).status_code == 204
    assert client.post(url, headers=FINISH).json()["client_files"] == ["день/ü 1.png"]


def test_a_name_that_is_there(client: TestClient, workspace: Workspace) -> None:
    url = f"/api/tasks/{new_task(client)}/data/"
    first, second = announce(client, url, "a.tar.gz", 2), announce(client, url, "a.tar.gz", 2)
    assert second.headers["upload-filename"] == "a.tar.gz"  # Neither has it yet.
    assert send(client, address(first), b"11", offset=0).headers["upload-filename"] == "a.tar.gz"
    assert send(client, address(second), b"22", offset=0).headers["upload-filename"] == "a.tar_1.gz"
    third = announce(client, url, "a.tar.gz", 2)
    assert (third.status_code, third.json()) == (409, "File with same name already exists")
    assert announce(client, url, "a.tar.gz/b.png", 2).status_code == 409
    assert [name.partition("/")[2] for name in left(workspace)] == [
        "files/a.tar.gz",
        "files/a.tar_1.gz",
        "names.jsonl",
    ]


@pytest.mark.parametrize("client_is_new", [True, False])
def test_files_of_no_bytes(client: TestClient, client_is_new: bool) -> None:
    """Old clients send nothing more, new ones send nothing once more."""
    url = f"/api/tasks/{new_task(client)}/data/"
    made = announce(client, url, "empty.png", 0)
    if client_is_new:
        answer = send(client, address(made), b"", offset=0)
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, "0")
    assert client.head(address(made)).headers["upload-length"] == "0"
    assert client.post(url, headers=FINISH).json()["client_files"] == ["empty.png"]


def test_the_same_bytes_twice(client: TestClient) -> None:
    url = f"/api/tasks/{new_task(client)}/data/"
    place = address(announce(client, url, "a.png", 4))
    assert send(client, place, b"ab", offset=0).status_code == 204
    again = send(client, place, b"ab", offset=0)
    assert (again.status_code, again.headers["upload-offset"]) == (409, "2")
    assert again.json() == "The offset is 2, not 0."
    assert send(client, place, b"cd", offset=3).status_code == 409
    assert send(client, place, b"cd", offset=2).status_code == 204
    assert send(client, place, b"cd", offset=2).headers["upload-offset"] == "4"
    # It was not heard that the last ones came.
    assert client.head(place).headers["upload-offset"] == "4"
    assert send(client, place, b"", offset=4).status_code == 204
    assert client.post(url, headers=FINISH).json()["client_files"] == ["a.png"]


def test_what_is_no_upload(client: TestClient, workspace: Workspace) -> None:
    task = new_task(client)
    url = f"/api/tasks/{task}/data/"
    place = address(announce(client, url, "a.png", 4))
    other = f"{url}{'0' * 8}-0000-4000-8000-{'0' * 12}"
    assert client.head(other).status_code == 404
    assert send(client, other, b"x", offset=0).status_code == 404
    assert send(client, f"{url}not-an-id", b"x", offset=0).status_code == 404
    assert send(client, place.replace(str(task), str(new_task(client)), 1), b"x", offset=0).status_code == 404
    more = send(client, place, b"12345", offset=0)
    assert (more.status_code, more.headers["upload-offset"]) == (413, "0")
    headers = TUS | {"Content-Type": "application/json", "Upload-Offset": "0"}
    assert client.patch(place, content=b"x", headers=headers).status_code == 415
    headers["Content-Type"] = "application/offset+octet-stream"
    assert client.patch(place, content=b"x", headers=headers | {"Upload-Offset": "-1"}).status_code == 400
    assert client.patch(place, content=b"x", headers=headers | {"Tus-Resumable": "0.2.2"}).status_code == 412
    for length in ("-1", "x", "", "1" * 30, "1.5"):
        assert client.post(url, headers=TUS | metadata("b.png") | {"Upload-Length": length}).status_code == 400
    assert announce(client, url, "b.png", 10**15).status_code == 413
    bad = {"Upload-Metadata": "filename %%%", "Upload-Length": "1"}
    assert client.post(url, headers=TUS | bad).status_code == 400
    assert client.head(place).headers["upload-offset"] == "0"
    assert len(left(workspace)) == 2


def test_what_came_in_part_only_is_told(client: TestClient, tmp_path: Path) -> None:
    task = new_task(client)
    url = f"/api/tasks/{task}/data/"
    data = picture(tmp_path, "a.png")
    place = address(announce(client, url, "a.png", len(data)))
    send(client, place, data[:10], offset=0)
    early = client.post(url, headers=FINISH)
    assert early.status_code == 400
    assert early.json() == [f"'a.png' is not uploaded whole: 10 of {len(data)} bytes came."]
    assert send(client, place, data[10:], offset=10).status_code == 204
    assert client.post(url, headers=FINISH).status_code == 202
    assert announce(client, url, "b.png", 5).status_code in {400, 409}
    assert wait(client, task)["state"] == "Finished"
    assert announce(client, url, "b.png", 5).json() == "Adding more data is not supported"


def test_an_upload_that_begins_again_or_whose_task_goes(client: TestClient, workspace: Workspace) -> None:
    task = new_task(client)
    url = f"/api/tasks/{task}/data/"
    place = address(announce(client, url, "a.png", 4))
    send(client, place, b"ab", offset=0)
    assert client.post(url, headers={"Upload-Start": ""}).status_code == 202
    assert send(client, place, b"cd", offset=2).status_code == 404
    assert left(workspace) == []
    place = address(announce(client, url, "a.png", 4))
    assert client.delete(f"/api/tasks/{task}").status_code == 204
    assert left(workspace) == []
    assert send(client, place, b"ab", offset=0).status_code == 404


def test_the_next_daemon_goes_on(workspace: Workspace, tmp_path: Path) -> None:
    data = picture(tmp_path, "a.png")
    with in_process(workspace) as client:
        task = new_task(client)
        url = f"/api/tasks/{task}/data/"
        place = address(announce(client, url, "a.png", len(data)))
        send(client, place, data[:7], offset=0)
        whole = address(announce(client, url, "b.png", len(data)))
        send(client, whole, data, offset=0)
    with in_process(workspace) as client:
        assert client.head(place).headers["upload-offset"] == "7"
        assert client.head(whole).headers["upload-offset"] == str(len(data))
        assert send(client, whole, b"", offset=len(data)).headers["upload-filename"] == "b.png"
        assert send(client, place, data[7:], offset=7).status_code == 204
        assert client.post(url, headers=FINISH).json()["client_files"] == ["b.png", "a.png"]
        assert wait(client, task)["state"] == "Finished"


def test_two_at_once(client: TestClient, workspace: Workspace) -> None:
    """Whoever has the right offset goes on; the bytes are those of one of them, in their order."""
    task = new_task(client)
    url = f"/api/tasks/{task}/data/"
    for turn in range(5):
        data = bytes([turn]) * 3_000_000
        place = address(announce(client, url, f"{turn}.bin", len(data)))
        with ThreadPoolExecutor(2) as both:
            codes = [both.submit(send, client, place, data, offset=0) for _ in range(2)]
        assert {one.result().status_code for one in codes} <= {204, 409}
        assert client.head(place).headers["upload-offset"] == str(len(data))
        assert (workspace.root / f".cvat/uploads/{task}/files/{turn}.bin").read_bytes() == data
