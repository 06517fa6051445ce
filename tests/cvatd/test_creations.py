"""The making of tasks in the background: ended, cancelled, gone on with by the next daemon."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from cvatcore.errors import InvalidInput, StorageFailed
from cvatcore.protocol.creation import DataRequest
from cvatcore.workspace import Workspace
from cvatcore.workspace.task import TaskView
from cvatd import creations as module
from cvatd.creation_records import Creation, CreationFiles, new_id, now
from cvatd.receiving import UploadLimits
from cvatd.refusals import Refused
from cvatd.uploads import Uploads
from kit.creating import frame_names, new_task, parts, picture, wait
from kit.daemon import daemon, in_process
from kit.web_server import web_server

Attach = Callable[..., str]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Two events: set when a task is about to be made of its media, and to be set to let it go on."""
    reached, go = threading.Event(), threading.Event()
    real = TaskView.attach

    def attach(self: TaskView, data: Any, *, progress: Any = None, **more: Any) -> str:
        reached.set()
        assert go.wait(20)
        return real(self, data, progress=progress, **more)

    monkeypatch.setattr(TaskView, "attach", attach)
    return reached, go


def test_one_is_cancelled(
    client: TestClient, workspace: Workspace, tmp_path: Path, held: tuple[threading.Event, threading.Event]
) -> None:
    reached, go = held
    task = new_task(client)
    sent = client.post(f"/api/tasks/{task}/data", files=parts(("a.png", picture(tmp_path, "a.png"))))
    number = sent.json()["rq_id"]
    assert reached.wait(20)
    assert client.get(f"/api/requests/{number}").json()["status"] == "started"
    assert client.get("/api/requests?status=started&action=create&target=task").json()["count"] == 1
    assert client.get(f"/api/requests?task_id={task + 1}").json()["count"] == 0
    again = client.post(f"/api/tasks/{task}/data", files=parts(("a.png", b"x")))
    assert again.status_code == 409
    assert client.post(f"/api/requests/{number}/cancel").status_code == 200
    go.set()
    assert wait(client, task) == {"state": "Failed", "message": module.CANCELLED, "progress": 0.0}
    assert workspace.tasks[task].size == 0
    assert list((workspace.root / "media").iterdir()) == []
    assert client.post(f"/api/requests/{number}/cancel").status_code == 400
    assert client.post("/api/requests/none/cancel").status_code == 404
    assert client.get("/api/requests/none").status_code == 404


def test_one_that_waits_is_cancelled_at_once(
    client: TestClient, workspace: Workspace, tmp_path: Path, held: tuple[threading.Event, threading.Event]
) -> None:
    _, go = held
    tasks = [new_task(client, name=f"task {number}") for number in range(module.AT_ONCE + 1)]
    files = parts(("a.png", picture(tmp_path, "a.png")))
    numbers = [client.post(f"/api/tasks/{task}/data", files=files).json()["rq_id"] for task in tasks]
    waiting = client.get("/api/requests?status=queued").json()["results"]
    last = waiting[0]["id"] if waiting else numbers[-1]
    task = tasks[numbers.index(last)]
    assert client.post(f"/api/requests/{last}/cancel").status_code == 200
    assert client.get(f"/api/requests/{last}").json()["message"] == module.CANCELLED
    again = client.post(f"/api/tasks/{task}/data", files=files)
    assert again.status_code == 202
    go.set()
    assert all(wait(client, one)["state"] == "Finished" for one in tasks)
    assert client.get(f"/api/requests/{last}").json()["status"] == "failed"


def test_the_next_daemon_goes_on(
    workspace: Workspace, tmp_path: Path, held: tuple[threading.Event, threading.Event]
) -> None:
    reached, go = held
    with in_process(workspace) as client:
        task = new_task(client)
        client.post(f"/api/tasks/{task}/data", files=parts(("a.png", picture(tmp_path, "a.png"))))
        assert reached.wait(20)
        threading.Timer(0.1, go.set).start()  # While the daemon ends.
    assert workspace.tasks[task].size == 0
    assert [path.name for path in (workspace.root / "media").iterdir()] == ["new"]
    with in_process(workspace) as client:
        assert wait(client, task)["state"] == "Finished"
        assert frame_names(client, task) == ["a.png"]
        (request,) = client.get("/api/requests").json()["results"]
        assert request["status"] == "finished"


def test_a_daemon_that_was_killed_goes_on(workspace: Workspace, tmp_path: Path) -> None:
    """What the record says and what lies on the disk may be one step apart, at each of the steps."""
    files = CreationFiles(workspace.root)
    tasks: list[int] = []
    with in_process(workspace) as client:
        tasks = [new_task(client, name=name) for name in ("queued", "moved", "done", "gone")]
    uploads = Uploads(workspace.root)
    for number, task in enumerate(tasks):
        one = Creation(
            id=new_id(task),
            task=task,
            owner="",
            request=DataRequest(),
            created=now(),
            names=("a.png",),
            status="started",
        )
        with uploads.receiving(task) as receiving:
            writer = receiving.open("a.png")
            writer.write(picture(tmp_path, "a.png"))
            writer.close()
        if number in {1, 2}:
            place = workspace.root / "media" / f"m{number}"
            place.parent.mkdir(exist_ok=True)
            os.rename(uploads.folder(task), place)
            one = Creation(**{**_fields(one), "place": f"media/m{number}"})
        if number == 3:
            uploads.drop(task)
        files.write(one)
    with in_process(workspace) as client:
        states = [wait(client, task) for task in tasks]
        assert [status["state"] for status in states] == ["Finished", "Finished", "Finished", "Failed"]
        assert "is gone" in states[3]["message"]
        assert all(frame_names(client, task) == ["a.png"] for task in tasks[:3])
    assert not any((workspace.root / ".cvat" / "uploads").iterdir())


def _fields(one: Creation) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__struct_fields__}


def test_a_process_that_is_killed(tmp_path: Path) -> None:
    with Workspace.init(tmp_path / "ws") as made:
        root = made.root
    with daemon(root) as running, running.client() as client:
        task = client.post("/api/tasks", json={"name": "new", "labels": [{"name": "car"}]}).json()["id"]
        sent = client.post(f"/api/tasks/{task}/data", files=parts(("a.png", picture(tmp_path, "a.png"))))
        assert sent.status_code == 202
        running.kill()
    with daemon(root) as running, running.client() as client:
        while (status := client.get(f"/api/tasks/{task}/status").json())["state"] not in {"Finished", "Failed"}:
            pass
        assert status["state"] == "Finished"
        assert client.get(f"/api/tasks/{task}").json()["size"] == 1


def test_addresses(workspace: Workspace, tmp_path: Path) -> None:
    with web_server() as server:
        urls = [server.file(f"/{folder}/1.png", picture(tmp_path, "1.png", width=8 + folder)) for folder in range(2)]
        with in_process(workspace) as client:
            task = new_task(client)
            assert client.post(f"/api/tasks/{task}/data", json={"remote_files": urls}).status_code == 202
            status = wait(client, task)
            assert status["state"] == "Failed"
            assert "private network" in status["message"]
            assert server.asked == []
        with in_process(workspace, allow_private_urls=True) as client:
            for wrong, said in (
                ([server.url + "/none.png"], "404 Not Found"),
                (["ftp://example.org/a.png"], "Unsupported URL scheme: ftp. Only http and https are supported"),
            ):
                client.post(f"/api/tasks/{task}/data", json={"remote_files": [urls[0], *wrong]})
                assert said in wait(client, task)["message"]
                assert not (workspace.root / "media").exists()
            client.post(f"/api/tasks/{task}/data", json={"remote_files": urls})
            assert wait(client, task)["state"] == "Finished"
            assert frame_names(client, task) == ["1.png", "1_1.png"]
            assert workspace.tasks[task].document.data.sources[0].path == "media/new"


def test_kinds_of_media_do_not_mix(client: TestClient, tmp_path: Path) -> None:
    task = new_task(client)
    client.post(f"/api/tasks/{task}/data", data={"remote_files[0]": "http://x/a.png"}, files=parts(("a.png", b"x")))
    assert wait(client, task)["message"] == "Combined data types are not supported"


def test_uploads_are_bounded(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, limits=UploadLimits(file_bytes=10, task_bytes=15, task_files=2))

    def send(name: str, size: int) -> None:
        with uploads.receiving(1) as receiving:
            writer = receiving.open(name)
            writer.write(b"x" * size)
            writer.close()

    with pytest.raises(Refused, match="larger"):
        send("a.png", 11)
    send("a.png", 9)
    with pytest.raises(Refused, match="larger"):
        send("b.png", 7)
    send("b.png", 1)
    with pytest.raises(Refused, match="up to 2"):
        send("c.png", 1)
    with pytest.raises(StorageFailed, match="no room"), uploads.receiving(1, declared=1 << 60):
        pass
    assert uploads.names(1) == ("a.png", "b.png")
    assert Uploads(tmp_path).names(1) == ("a.png", "b.png")


def test_names_that_are_one_on_this_system(tmp_path: Path) -> None:
    """As on macOS and Windows: the file is there, under a name that the list does not have."""
    uploads = Uploads(tmp_path)
    (uploads.folder(1)).mkdir(parents=True)
    (uploads.folder(1) / "b.png").write_bytes(b"other")

    def send() -> None:
        with uploads.receiving(1) as receiving:
            receiving.open("a.png").close()
            receiving.open("b.png").close()

    with pytest.raises(InvalidInput, match=r"filename collision: 'b\.png'"):
        send()
    assert uploads.names(1) == ()
    assert [path.name for path in uploads.folder(1).iterdir()] == ["b.png"]
    (uploads.folder(1) / "b.png").write_bytes(b"")
    send()
    assert uploads.names(1) == ("a.png", "b.png")


def test_nothing_comes_to_what_is_being_made(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    with uploads.receiving(1) as receiving:
        receiving.open("a.png").close()
        with pytest.raises(Refused, match="still being uploaded"):
            uploads.close(1)
    assert uploads.close(1) == ("a.png",)
    with pytest.raises(Refused, match="being made"), uploads.receiving(1):
        pass
    uploads.open(1)
    with uploads.receiving(1) as receiving:
        receiving.open("b.png").close()
    assert uploads.close(1) == ("a.png", "b.png")
    uploads.drop(1)
    assert uploads.close(1) == ()


def test_an_upload_that_is_given_up_is_removed(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    with uploads.receiving(1) as receiving:
        receiving.open("a.png").close()
    with contextlib.suppress(ConnectionError), uploads.receiving(1) as receiving:
        receiving.open("b.png").write(b"x")
        raise ConnectionError
    assert uploads.names(1) == ("a.png",)
    assert [path.name for path in (tmp_path / ".cvat" / "uploads" / "1").iterdir() if "incoming" in path.name] == []
    assert uploads.clean() == []
    assert uploads.clean(older_than=-1, busy=frozenset([1])) == []
    assert uploads.clean(older_than=-1) == ["1"]
    assert not (tmp_path / ".cvat" / "uploads" / "1").exists()
    assert uploads.names(1) == ()


@pytest.mark.parametrize("is_between", [True, False])
def test_what_is_removed_while_it_comes_in_counts_no_more(tmp_path: Path, is_between: bool) -> None:
    uploads = Uploads(tmp_path)

    def send() -> None:
        with uploads.receiving(1) as receiving:
            receiving.open("a.png").close()
            uploads.drop(1)
            if is_between:
                receiving.open("b.png").close()

    with pytest.raises(Refused, match="begun anew"):
        send()
    assert uploads.names(1) == ()
    assert not (tmp_path / ".cvat" / "uploads" / "1").exists()
    with uploads.receiving(1) as receiving:
        receiving.open("c.png").close()
    assert uploads.close(1) == ("c.png",)


def test_records_that_cannot_be_read_do_no_harm(tmp_path: Path) -> None:
    files = CreationFiles(tmp_path)
    good = Creation(id=new_id(1), task=1, owner="", request=DataRequest(), created=now(), status="finished")
    old = Creation(id=new_id(2), task=2, owner="", request=DataRequest(), created="2001-01-01T", status="failed")
    files.write(good)
    files.write(old)
    folder = tmp_path / ".cvat" / "requests"
    (folder / f"{new_id(3)}.json").write_bytes(b"{")
    (folder / "other.json").write_bytes(b"{}")
    assert files.read() == [good]
    assert not (folder / f"{old.id}.json").exists()
