"""An undo that dies at any step is done or not done, and the operation log says which."""

import subprocess
import sys
from pathlib import Path

import pytest

from cvatcore import Workspace
from kit.annotated import annotated, assert_sound, box, numbers, put
from kit.tree import ROOT

DIES = """
import os, sys
sys.path.insert(0, sys.argv[2])
from cvatcore import Workspace
from cvatcore.store.store import Store
name, when = sys.argv[3], sys.argv[4]
workspace = Workspace(sys.argv[1])
real = getattr(Store, name)
def dying(*given, **named):
    if when == "before":
        os._exit(9)
    real(*given, **named)
    os._exit(9)
setattr(Store, name, dying)
workspace.undo()
"""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", ["land", "_publish", "_follow", "_finish"])
def test_it_is_done_or_not(tmp_path: Path, name: str, when: str) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1))
        put(workspace.job(1), box(2, 40))
    command = [sys.executable, "-c", DIES, str(tmp_path), str(ROOT / "tests"), name, when]
    assert subprocess.run(command, check=False).returncode == 9
    is_done = (name, when) not in {("land", "before"), ("_publish", "before")}
    with Workspace(tmp_path) as workspace:
        assert numbers(workspace.job(1).annotations) == ([1] if is_done else [1, 2])
        assert (workspace.operations()[0].kind == "undo") == is_done
        # The way on, and the way back, are as if nothing had happened.
        workspace.undo()
        assert numbers(workspace.job(1).annotations) == ([] if is_done else [1])
        for _ in range(2 if is_done else 1):
            workspace.redo()
        assert numbers(workspace.job(1).annotations) == [1, 2]
    assert_sound(tmp_path)
