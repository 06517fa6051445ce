"""`cvat task guide` and `cvat project guide`."""

import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from cvatcore import Workspace
from kit.command import cvat
from kit.tasks import labels, make_task, numbered_pictures


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with the task `street` and the project `cars`."""
    with Workspace.init(tmp_path / "w") as workspace:
        make_task(workspace, numbered_pictures(3), labels=labels("car"))
        workspace.create_project("cars", labels=["car"])
    return tmp_path / "w"


@pytest.mark.parametrize("words", [("task", "guide", "street"), ("project", "guide", "cars")])
def test_a_guide_is_set_shown_and_removed(root: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    file, picture = tmp_path / "guide.md", tmp_path / "car.png"
    file.write_bytes(b"\xef\xbb\xbf# Cars\r\n")
    Image.new("RGB", (20, 10)).save(picture)
    assert cvat(*words, workspace=root).code == 4
    assert cvat(*words, "--set", file, workspace=root).code == 0
    assert cvat(*words, workspace=root).out == "# Cars\n"
    done = cvat(*words, "--add", picture, workspace=root)
    assert done.code == 0, done.err
    told = cvat(*words, "--json", workspace=root).json
    (asset,) = told["assets"]
    assert done.out == f"![car.png](/api/assets/{asset['id']})\n"
    assert (told["markdown"], asset["type"]) == ("# Cars\n", "png")
    assert cvat(*words, "--rm", "--yes", workspace=root).code == 0
    assert cvat(*words, workspace=root).code == 4
    assert cvat("undo", workspace=root).code == 0
    assert cvat(*words, workspace=root).out == "# Cars\n"


def test_the_text_may_come_from_stdin(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("größer\n".encode()), encoding="utf-8"))
    assert cvat("task", "guide", "street", "--set", "-", workspace=root).code == 0
    assert cvat("task", "guide", "1", workspace=root).out == "größer\n"


def test_bad_input_says_so(root: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt"
    spoilt.write_bytes(b"\xff\xfe")
    for arguments, code in (
        (("task", "guide", "nowhere"), 4),
        (("project", "guide", "nowhere"), 4),
        (("task", "guide", "street", "--set", tmp_path / "none.md"), 4),
        (("task", "guide", "street", "--set", spoilt), 2),
        (("task", "guide", "street", "--add", spoilt), 2),
        (("task", "guide", "street", "--rm", "--add", spoilt), 2),
        (("task", "guide", "street", "--rm", "--yes"), 4),
    ):
        done = cvat(*arguments, workspace=root)
        assert done.code == code, arguments
        assert "Traceback" not in done.err
