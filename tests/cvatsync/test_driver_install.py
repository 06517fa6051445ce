"""Where git learns of the merge driver: settings of the repository, and attributes of the workspace's files only."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import cvatsync
from cvatcore import Workspace
from cvatcore.store.attributes import driver_lines
from cvatsync.driver_install import check_drivers, driver_settings, install_drivers
from kit.team import draw, git, shared_workspace

OLD_ATTRIBUTES = "*.json text eol=lf\n*.jsonl text eol=lf\n*.toml text eol=lf\n"
SHARD = "tasks/1/annotations/1/0.jsonl"


def driver_of(top: Path, path: str) -> str:
    return git(top, "check-attr", "merge", "--", path).rpartition(": ")[2]


def settings_of(top: Path) -> dict[str, str]:
    lines = git(top, "config", "--local", "--get-regexp", r"^(merge|diff)\.cvat").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def test_a_new_workspace_and_a_clone_have_the_drivers(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = cvatsync.clone(str(remote), tmp_path / "ines")
    for root in (mara.root, ines):
        assert settings_of(root) == driver_settings()
        assert driver_of(root, SHARD) == "cvat"
        assert check_drivers(root) == ()
        assert git(root, "status", "--porcelain") == ""
    assert not (ines / ".git/info/attributes").exists()


@pytest.mark.parametrize("inside", ["my data/böxes [1]", 'a"b*/x'])
def test_only_files_of_the_workspace_are_given_to_the_driver(tmp_path: Path, inside: str) -> None:
    git(tmp_path, "init", "-q")
    with Workspace.init(tmp_path / inside) as workspace:
        assert driver_of(tmp_path, f"{inside}/{SHARD}") == "cvat"
        assert driver_of(tmp_path, f"{inside}/tasks/1/annotations/1/8192/8192.jsonl") == "cvat"
        assert driver_of(tmp_path, f"{inside}/cvat.toml") == "cvat"
        others = ("pyproject.toml", "other.json", SHARD, f"{inside}/notes.json", f"{inside}/x/cvat.toml")
        assert [driver_of(tmp_path, path) for path in others] == ["unspecified"] * len(others)
        assert check_drivers(workspace.root) == ()


@pytest.mark.parametrize("inside", ["", "my data/böxes [1]", 'a"b*/x'])
def test_a_workspace_of_an_older_program_gets_them_with_the_first_change(tmp_path: Path, inside: str) -> None:
    git(tmp_path, "init", "-q")
    root = tmp_path / inside
    Workspace.init(root).close()
    (root / ".gitattributes").write_text(OLD_ATTRIBUTES, encoding="utf-8")
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "old")
    for name in driver_settings():
        git(tmp_path, "config", "--unset", name)
    info = tmp_path / ".git/info/attributes"
    info.parent.mkdir(exist_ok=True)
    info.write_text("*.txt merge=union", encoding="utf-8")
    assert len(check_drivers(root)) == 2
    with Workspace(root) as workspace:
        assert len(check_drivers(root)) == 2, "a reader writes nothing"
        workspace.add_member("ines")
    assert check_drivers(root) == ()
    path = f"{inside}/{SHARD}" if inside else SHARD
    assert driver_of(tmp_path, path) == "cvat"
    assert driver_of(tmp_path, "mine.txt") == "union"
    assert (root / ".gitattributes").read_text(encoding="utf-8") == OLD_ATTRIBUTES
    assert git(tmp_path, "status", "--porcelain") == ""
    install_drivers(root)
    assert info.read_text(encoding="utf-8").count("# Merged by objects") == 1


def test_settings_follow_the_python_that_writes(tmp_path: Path) -> None:
    with Workspace.init(tmp_path) as workspace:
        gone = driver_settings("/gone/python")
        for name, value in gone.items():
            git(tmp_path, "config", name, value)
        assert check_drivers(tmp_path) != ()
        workspace.close()
    with Workspace(tmp_path) as workspace:
        workspace.add_member("ines")
    assert settings_of(tmp_path) == driver_settings()


def test_settings_that_cannot_be_written_stop_no_save(tmp_path: Path) -> None:
    Workspace.init(tmp_path).close()
    git(tmp_path, "config", "merge.cvat.driver", "mine")
    (tmp_path / ".git/config.lock").touch()
    with Workspace(tmp_path) as workspace:
        workspace.add_member("ines")
    assert git(tmp_path, "config", "merge.cvat.driver") == "mine"
    assert git(tmp_path, "log", "-1", "--format=%s") == "Add ines"


@pytest.mark.skipif(os.name == "nt", reason="a link needs rights there")
def test_a_python_at_a_path_with_blanks_and_quotes(tmp_path: Path) -> None:
    folder = tmp_path / "it's 100% my $HOME"
    folder.mkdir()
    python = folder / "py thon"
    python.symlink_to(sys.executable)
    settings = driver_settings(str(python))
    repository = tmp_path / "repository"
    mara, _ = shared_workspace(tmp_path)
    git(tmp_path, "clone", "-q", str(mara.root), str(repository))
    for name, value in settings.items():
        git(repository, "config", name, value)
    draw(mara, job=0, frame=3)
    with Workspace(repository) as other:
        other.store._swept = True
        draw(other, job=0, frame=4)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for command in (["pull", "-q", "--no-rebase", "--no-edit"], ["diff", "HEAD~1", "HEAD"]):
        done = subprocess.run(
            ["git", *command], cwd=repository, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    assert "+frame 3  #" in done.stdout


def test_lines_for_a_folder_are_those_of_its_own() -> None:
    assert driver_lines("a/b/").replace("/a/b/", "/") == driver_lines()
    assert all(line.startswith(("/", "#")) for line in driver_lines().splitlines())
