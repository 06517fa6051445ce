from __future__ import annotations

import json
import random
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from cvatcore.workspace import Workspace
from cvatd.server import _listening
from kit.daemon import daemon, start_daemon
from kit.pictures import write_picture

NOTHING = ["--no-open", "--port", "0"]


def run(*arguments: str, cwd: Path, answer: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cvatd", *arguments],
        cwd=cwd,
        input=answer,
        stdin=subprocess.DEVNULL if answer is None else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_starts_answers_and_stops(workspace: Workspace) -> None:
    note = workspace.root / ".cvat" / "daemon.json"
    with daemon(workspace.root) as running:
        assert stat.S_IMODE(note.stat().st_mode) == 0o600
        assert json.loads(note.read_text(encoding="utf-8"))["pid"] == running.process.pid
        with running.client() as client:
            assert client.get("/api/tasks").json()["count"] == 1
        assert f"token={running.token}" in running.output.read_text(encoding="utf-8")
        assert running.stop() == 0
    assert not note.exists()


def test_an_open_feed_does_not_hold_it_up(workspace: Workspace) -> None:
    from kit.events import Listener

    with daemon(workspace.root) as running:
        listener = Listener(running)
        listener.next(kind="hello")
        assert running.stop() == 0
        listener.close()


def test_a_second_daemon_is_told_of_the_first(workspace: Workspace) -> None:
    with daemon(workspace.root) as running:
        second = run(str(workspace.root), *NOTHING, cwd=workspace.root)
        assert second.returncode == 7
        assert running.url in second.stderr
        assert "Traceback" not in second.stderr
        with running.client() as client:
            assert client.get("/api/tasks").status_code == 200


def test_a_killed_daemon_leaves_its_place(workspace: Workspace) -> None:
    running = start_daemon(workspace.root)
    running.kill()
    with daemon(workspace.root) as again, again.client() as client:
        assert client.get("/api/tasks").status_code == 200


def test_a_taken_port_is_one_sentence(workspace: Workspace) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run(str(workspace.root), "--no-open", "--port", str(port), cwd=workspace.root)
    assert ended.returncode == 7
    assert f"Port {port} on 127.0.0.1 is taken" in ended.stderr
    assert "--port" in ended.stderr
    assert not (workspace.root / ".cvat" / "daemon.json").exists()


def test_a_taken_port_makes_no_workspace(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = run(".", "--yes", "--no-open", "--port", str(taken.getsockname()[1]), cwd=tmp_path)
    assert ended.returncode == 7
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["missing"], 10, "missing does not exist"),
        (["."], 10, "holds no pictures or videos"),
        ([".", "--host", "0.0.0.0"], 2, "serves this one alone"),
        (["--nonsense"], 2, "unrecognized arguments"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    ended = run(*arguments, *NOTHING, cwd=tmp_path)
    assert ended.returncode == code, ended.stderr
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_local_folder_that_is_none_is_one_sentence(workspace: Workspace) -> None:
    workspace.close()
    local = workspace.root / ".cvat"
    local.rename(workspace.root / "aside")
    local.touch()
    ended = run(str(workspace.root), *NOTHING, cwd=workspace.root)
    assert ended.returncode == 8
    assert str(local) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_newer_workspace_is_left_alone(workspace: Workspace) -> None:
    settings = workspace.root / "cvat.toml"
    settings.write_text("format = 2\nname = 'x'\nnovelty = true\n", encoding="utf-8")
    ended = run(str(workspace.root), *NOTHING, cwd=workspace.root)
    assert ended.returncode == 11
    assert "format 2" in ended.stderr


def test_the_first_run_in_a_folder_of_pictures_and_videos(tmp_path: Path) -> None:
    from kit.samples import photo, video

    folder = tmp_path / "my photos"
    folder.mkdir()
    for source in (photo("astronaut.png"), photo("coffee.png"), video("bikes.mp4")):
        (folder / source.name).write_bytes(source.read_bytes())
    with daemon(folder, "--yes", "--labels", "car,person") as running, running.client() as client:
        said = running.output.read_text(encoding="utf-8")
        assert "2 pictures and 1 video (bikes.mp4)" in said
        assert "/tasks/1/jobs/1?frame=0&token=" in said
        tasks = client.get("/api/tasks?sort=id").json()["results"]
        assert [(task["name"], task["mode"]) for task in tasks] == [
            ("my photos", "annotation"),
            ("bikes", "interpolation"),
        ]
        assert [label["name"] for label in client.get("/api/labels?task_id=2").json()["results"]] == ["car", "person"]
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    assert "tasks" not in status
    assert ".cvat" not in status


def test_nobody_to_ask_is_said(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png")
    ended = run(".", *NOTHING, cwd=tmp_path)
    assert ended.returncode == 2
    assert "--yes" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_a_broken_picture_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"this is no picture")
    ended = run(".", "--yes", *NOTHING, cwd=tmp_path)
    assert ended.returncode == 2
    assert "b.png" in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.png"]


def test_every_acknowledged_box_survives_kills(workspace: Workspace) -> None:
    """Two hundred saves, the daemon killed at random moments among them."""
    chance = random.Random(4)
    kept: set[int] = set()
    saved = kills = 0
    running = start_daemon(workspace.root)
    with running.client() as client:
        labels = client.get("/api/labels?job_id=1").json()["results"]
        first = client.post("/api/cvatd/ids?count=1000").json()["first"]
    while len(kept) < 200:
        killer = threading.Timer(chance.uniform(0.05, 1.2), running.kill)
        killer.start()
        with running.client() as client:
            try:
                while len(kept) < 200:
                    number = first + saved
                    box: dict[str, Any] = {
                        "id": number,
                        "type": "rectangle",
                        "frame": chance.randrange(5),
                        "label_id": labels[0]["id"],
                        "points": [1, 2, 3 + saved, 4],
                    }
                    change = {"put": {"shapes": [box]}, "delete": []}
                    client.post("/api/cvatd/jobs/1/changes", json=change).raise_for_status()
                    kept.add(number)
                    saved += 1
            except httpx.TransportError:
                saved += 1  # Not acknowledged: it may be there or not.
        killer.cancel()
        killer.join()
        if running.process.poll() is not None:
            kills += 1
            running = start_daemon(workspace.root)
    running.stop()
    with Workspace(workspace.root) as reopened:
        found = {shape.id for shape in reopened.job(1).annotations.shapes}
    assert kept <= found
    assert kills > 0
    fsck = subprocess.run(["git", "fsck", "--strict"], cwd=workspace.root, capture_output=True, text=True, check=False)
    assert (fsck.returncode, [line for line in fsck.stderr.splitlines() if "error" in line]) == (0, [])
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=workspace.root, capture_output=True, text=True, check=True
    )
    assert status.stdout == ""
    assert list((workspace.root / ".cvat" / "tmp").glob("*")) == []


def test_answers_are_sent_at_once() -> None:
    with _listening("127.0.0.1", 0) as listener:
        # What decides whether asyncio sets TCP_NODELAY; without it a client that keeps its connection waits 40 ms.
        assert listener.proto == socket.IPPROTO_TCP
