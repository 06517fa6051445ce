from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from cvatcore.workspace import Workspace
from kit.daemon import in_process
from kit.pictures import write_picture


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Ten pictures in two jobs with the labels car and person: task 1, jobs 1 and 2."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(10):
        write_picture(pictures / f"{number:03d}.png", (80, 60))
    with Workspace.init(tmp_path / "ws", name="test") as made:
        made.create_task("street", labels=["car", "person"], data=[pictures], segment_size=5)
        yield made


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    """The owner's client."""
    with in_process(workspace) as made:
        yield made
