"""How the command line starts and ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cvatcore import Workspace
from cvattui.cli import failures
from kit.command import cvat, cvat_process
from kit.fresh import loads


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Workspace.init(tmp_path / "w").root


def test_help_names_every_command() -> None:
    done = cvat("--help")
    assert done.code == 0
    named = [line.split()[0] for line in done.out.partition("Commands:")[2].splitlines() if line.strip()]
    assert " ".join(named) == (
        "init export import formats clone sync pull push branch switch merge conflicts resolve "
        "log show diff blame tag undo redo restore stats validate fsck gc doctor serve tui demo "
        "task project job issue label object media share watch manifest user token"
    )


@pytest.mark.parametrize(
    "command", ["task", "job", "object", "init", "export", "import", "clone", "sync", "validate", "demo"]
)
def test_every_command_has_help(command: str) -> None:
    done = cvat(command, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: cvat {command}")


def test_version() -> None:
    done = cvat_process("--version")
    assert done.code == 0
    assert done.out.split()[0] == "cvat"
    assert done.err == ""


def test_the_daemons_own_help_is_that_of_serve() -> None:
    done = cvat_process("serve", "--help")
    assert done.code == 0, done.err
    assert "cvatd" in done.out
    assert "--port" in done.out


def test_listing_tasks_loads_neither_media_nor_git(root: Path) -> None:
    code = f"import sys\nsys.argv = ['cvat', '-C', {str(root)!r}, 'task', 'ls']\nfrom cvattui.cli import main\nmain()"
    assert loads(code, "av", "PIL", "pygit2", "textual", "starlette", "datumaro", "lmdb", "rich") == []


def test_the_workspace_is_the_folder_around_and_C_names_another(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "deep" / "down").mkdir(parents=True)
    monkeypatch.chdir(root / "deep" / "down")
    assert cvat("task", "ls").code == 0
    monkeypatch.chdir(root.parent)
    assert cvat("task", "ls").code == 10
    assert cvat("task", "ls", workspace=root).code == 0


def test_init_makes_a_workspace_once(tmp_path: Path) -> None:
    done = cvat("init", tmp_path / "new", "--name", "street scenes")
    assert done.code == 0, done.err
    assert done.out == f"{tmp_path / 'new'}\n"
    assert 'name = "street scenes"' in (tmp_path / "new" / "cvat.toml").read_text(encoding="utf-8")
    again = cvat("init", tmp_path / "new")
    assert again.code == 5
    assert "workspace already" in again.err


def test_not_a_workspace(tmp_path: Path) -> None:
    done = cvat("job", "ls", workspace=tmp_path)
    assert (done.code, done.out) == (10, "")
    sentence, hint = done.err.splitlines()
    assert sentence == f"cvat: {tmp_path} is not in a workspace."
    assert "cvat init" in hint


def test_a_workspace_of_a_newer_version_is_left_alone(root: Path) -> None:
    (root / "cvat.toml").write_text('format = 2\nname = "later"\nnew_thing = 1\n', encoding="utf-8")
    done = cvat("task", "ls", workspace=root)
    assert done.code == 11
    assert "format 2" in done.err
    assert "Update" in done.err


def test_settings_that_cannot_be_read_are_named_with_their_file(root: Path) -> None:
    (root / "cvat.toml").write_text('format = 1\nname = "x"\nnoise = 1\n', encoding="utf-8")
    done = cvat("task", "ls", workspace=root)
    assert done.code == 12
    assert "cvat.toml" in done.err


def test_an_unknown_command_is_a_usage_error() -> None:
    done = cvat("taks", "ls")
    assert done.code == 2
    assert "taks" in done.err


def test_an_unexpected_error_is_one_sentence_and_a_file_to_report(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("cvattui.cli.task.open_workspace", lambda context, at: 1 / 0)
    done = cvat("task", "ls", workspace=root)
    assert done.code == failures.INTERNAL_ERROR
    assert "ZeroDivisionError" in done.err
    assert "Traceback" not in done.err
    (report,) = tmp_path.glob("cvat-error-*.log")
    assert str(report) in done.err
    assert "Traceback" in report.read_text(encoding="utf-8")


def test_developers_can_see_where_an_error_came_from(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(failures.SHOW_TRACEBACK, "1")
    done = cvat("task", "show", "nothing", workspace=root)
    assert done.code == 4
    assert "Traceback" in done.err


def test_ctrl_c_ends_with_130(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(context: object, at: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cvattui.cli.task.open_workspace", interrupt)
    done = cvat("task", "ls", workspace=root)
    assert done.code == failures.INTERRUPTED
    assert "Traceback" not in done.err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGPIPE; a closed pipe is an OSError there")
def test_a_reader_that_goes_away_is_no_error_worth_a_word(root: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-c", "from cvattui.cli import main; main()", "-C", str(root), "task", "ls", "--json"],
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.stderr == b""
    assert done.returncode == failures.BROKEN_PIPE == 128 + signal.SIGPIPE


def test_the_terminal_ui_needs_a_terminal(root: Path) -> None:
    done = cvat("tui", root)
    assert done.code == 2
    assert "cvat job ls" in done.err


def test_a_program_of_its_own_prints_utf8_where_the_locale_is_poor(root: Path) -> None:
    done = cvat_process("-C", root, "task", "ls", env={"LC_ALL": "C", "PYTHONIOENCODING": "utf-8"})
    assert done.code == 0, done.err
