from __future__ import annotations

from pathlib import Path

import pytest

from cvatcore import Workspace
from kit.command import cvat
from kit.pictures import write_picture


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace beside the folder `photos` with one picture."""
    write_picture(tmp_path / "photos/day/1.png")
    with Workspace.init(tmp_path / "ws"):
        pass
    return tmp_path / "ws"


def test_a_folder_is_shared_and_no_longer(root: Path, tmp_path: Path) -> None:
    assert cvat("share", "show", workspace=root).err == "Nothing is shared.\n"
    assert cvat("share", "ls", workspace=root).code == 4
    done = cvat("share", "set", tmp_path / "photos", workspace=root)
    assert (done.code, done.out) == (0, f"{tmp_path / 'photos'} is shared.\n")
    assert cvat("share", "show", workspace=root).out == f"{tmp_path / 'photos'}\n"
    assert cvat("share", "show", "--json", workspace=root).json == {"path": str(tmp_path / "photos")}
    assert "day/" in cvat("share", "ls", workspace=root).out
    assert cvat("share", "ls", "day", "--json", workspace=root).json == [{"name": "1.png", "kind": "picture"}]
    assert cvat("share", "rm", workspace=root).code == 0
    assert cvat("share", "rm", workspace=root).code == 4


def test_what_cannot_be_shared(root: Path, tmp_path: Path) -> None:
    for folder in (tmp_path / "none", root, tmp_path, root / ".git"):
        done = cvat("share", "set", folder, workspace=root)
        assert done.code != 0
        assert "Traceback" not in done.err
    cvat("share", "set", tmp_path / "photos", workspace=root)
    done = cvat("share", "ls", "../ws", workspace=root)
    assert done.code == 2
    assert "leaves the share" in done.err
    assert cvat("share", "ls", "none", workspace=root).code == 4
