"""Making tasks over HTTP as CVAT's clients do."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx2 as httpx

from kit.pictures import write_picture


def new_task(client: httpx.Client, **more: Any) -> int:
    """A task without data, with the label car."""
    answer = client.post("/api/tasks", json={"name": "new", "labels": [{"name": "car"}]} | more)
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["id"]
    return number


def picture(folder: Path, name: str, *, width: int = 8) -> bytes:
    """The bytes of a small picture."""
    path = folder / "pictures-to-send" / Path(name).name
    write_picture(path, (width, 6))
    return path.read_bytes()


def parts(*files: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Files as a form has them, numbered as CVAT's clients do."""
    return [
        (f"client_files[{number}]", (name, data, "application/octet-stream"))
        for number, (name, data) in enumerate(files)
    ]


def wait(client: httpx.Client, task: int) -> dict[str, Any]:
    """Ask for the status until the task is made or not, and return it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        status: dict[str, Any] = client.get(f"/api/tasks/{task}/status").json()
        if status["state"] in {"Finished", "Failed"}:
            return status
        # Another thread works: there is nothing to be told by, so look again shortly.
        time.sleep(0.01)
    raise AssertionError("the task was not made")


def frame_names(client: httpx.Client, task: int) -> list[str]:
    """The names of a task's frames."""
    return [frame["name"] for frame in client.get(f"/api/tasks/{task}/data/meta").json()["frames"]]
