from __future__ import annotations

from pathlib import Path

import pytest

from cvatcore import Workspace
from cvattui.cli.media import tell_missing
from kit.command import cvat
from kit.git_lfs import provide_git_lfs
from kit.pictures import LFS_POINTER, write_picture
from kit.team import bare_repository, git


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a task of two pictures in `photos`."""
    for number in range(2):
        write_picture(tmp_path / f"photos/{number}.png")
    with Workspace.init(tmp_path / "ws") as workspace:
        workspace.create_task("street", labels=["car"], data=[tmp_path / "photos"])
    return tmp_path / "ws"


def test_what_is_there_is_listed(root: Path, tmp_path: Path) -> None:
    done = cvat("media", "ls", workspace=root)
    assert done.code == 0
    assert str(tmp_path / "photos") in done.out
    assert done.err == ""
    assert cvat("media", "ls", "--missing", workspace=root).err == "No media are missing.\n"
    (row,) = cvat("media", "ls", "street", "--json", workspace=root).json
    assert (row["frames"], row["missing"], row["mapped"], row["remedy"]) == (2, 0, False, "")


def test_what_is_missing_comes_with_a_command_that_works(root: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").rename(tmp_path / "moved")
    done = cvat("media", "ls", "--missing", workspace=root)
    assert done.err.splitlines()[-1].strip() == f"cvat media map {tmp_path / 'photos'} FOLDER"
    mapped = cvat("media", "map", tmp_path / "photos", tmp_path / "moved", "--dry-run", workspace=root)
    assert "would be mapped to" in mapped.out
    mapped = cvat("media", "map", tmp_path / "photos", tmp_path / "moved", workspace=root)
    assert mapped.code == 0
    assert "2 files found" in mapped.out
    assert "by length and size in pixels" in mapped.out
    (row,) = cvat("media", "ls", "--json", workspace=root).json
    assert (row["missing"], row["mapped"], row["place"]) == (0, True, str(tmp_path / "moved"))
    assert str(tmp_path / "moved") in cvat("media", "ls", workspace=root).out
    assert cvat("media", "unmap", tmp_path / "photos", workspace=root).code == 0
    assert cvat("media", "ls", "--json", workspace=root).json[0]["missing"] == 2


def test_what_does_not_match_is_refused_by_name(root: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").rename(tmp_path / "moved")
    write_picture(tmp_path / "moved/1.png", (99, 99))
    done = cvat("media", "map", tmp_path / "photos", tmp_path / "moved", workspace=root)
    assert done.code == 2
    assert "1.png" in done.err
    assert "--force" in done.err
    assert not (root / ".cvat/media.toml").exists()
    done = cvat("media", "map", tmp_path / "photos", tmp_path / "moved", "--force", "--json", workspace=root)
    assert done.code == 0
    assert len(done.json["sources"][0]["differing"]) == 1
    assert cvat("media", "map", "/nowhere", tmp_path / "moved", workspace=root).code == 4
    assert cvat("media", "unmap", "/nowhere", workspace=root).code == 4


def test_a_broken_mapping_is_a_sentence(root: Path) -> None:
    (root / ".cvat/media.toml").write_text("[[map", encoding="utf-8")
    done = cvat("media", "ls", workspace=root)
    assert done.code == 12
    assert ".cvat/media.toml:1" in done.err


def test_a_clone_says_what_it_lacks(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remote = bare_repository(tmp_path / "team.git")
    git(root, "push", "-q", str(remote), "main")
    (tmp_path / "photos").rename(tmp_path / "moved")
    done = cvat("clone", remote, tmp_path / "clone")
    assert done.out == f"{tmp_path / 'clone'}\n"
    assert "Media are missing here: those of 2 frames in 1 task." in done.err
    assert f"street (task 1): 2 of 2 frames, {tmp_path / 'photos'}" in done.err
    assert f"cvat media map {tmp_path / 'photos'} FOLDER" in done.err
    (tmp_path / "moved").rename(tmp_path / "photos")
    assert "missing" not in cvat("clone", remote, tmp_path / "again").err
    tell_missing(root)
    assert capsys.readouterr().err == ""


def test_pointers_are_fetched_and_not_mapped(tmp_path: Path) -> None:
    write_picture(tmp_path / "ws/media/street/0.png")
    with Workspace.init(tmp_path / "ws") as workspace:
        workspace.create_task("street", labels=["car"], data=[tmp_path / "ws/media/street"])
    (tmp_path / "ws/media/street/0.png").write_bytes(LFS_POINTER)
    done = cvat("media", "ls", workspace=tmp_path / "ws")
    assert done.err.splitlines()[-1].strip() == "git lfs pull"


def test_a_task_is_tracked_and_let_go(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = cvat("media", "track", "street", workspace=root)
    assert refused.code == 4
    assert "git-lfs.com" in refused.err
    provide_git_lfs(tmp_path / "lfs", monkeypatch)
    refused = cvat("media", "track", "street", workspace=root)
    assert refused.code == 2
    assert "--copy" in refused.err
    done = cvat("media", "track", "street", "--copy", "--json", workspace=root)
    assert (done.json["files"], done.json["copied"]) == (2, True)
    assert "were in Git LFS already" in cvat("media", "track", "street", workspace=root).out
    assert "no longer in git" in cvat("media", "track", "street", "--untrack", workspace=root).out


def test_checksums_are_recorded(root: Path, tmp_path: Path) -> None:
    done = cvat("media", "checksum", "street", workspace=root)
    assert done.out == "task 1 (street): 2 checksums recorded.\n"
    assert cvat("media", "checksum", "street", "--json", workspace=root).json["recorded"] == 0
    (tmp_path / "photos").rename(tmp_path / "moved")
    mapped = cvat("media", "map", tmp_path / "photos", tmp_path / "moved", workspace=root)
    assert "compared by checksum" in mapped.out
