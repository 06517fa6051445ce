from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import cvatsync
from cvatcore import Workspace
from cvatcore.errors import Conflict, InvalidInput, MissingMedia, NotFound, StorageFailed
from cvatcore.media.pointers import is_pointer_text
from cvatcore.workspace.media_mapping import map_media
from cvatsync.lfs import sources_outside, track_media, untrack_media
from kit.annotated import assert_sound
from kit.git_lfs import provide_git_lfs
from kit.pictures import picture_bytes, write_archive, write_picture, write_video
from kit.team import bare_repository, git, snapshot


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A task over three pictures beside the workspace."""
    for name in ("a 1.png", "b/2.png", "b/3.jpg"):
        write_picture(tmp_path / "photos" / name, (40, 30))
    (tmp_path / "photos/notes.txt").write_text("not a picture", encoding="utf-8")
    with Workspace.init(tmp_path / "ws") as made:
        made.create_task("street", labels=["car"], data=[tmp_path / "photos"])
        yield made


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return provide_git_lfs(tmp_path / "lfs", monkeypatch)


def in_git(root: Path, path: str) -> bytes:
    return git(root, "cat-file", "blob", f"HEAD:{path}").encode()


def test_without_git_lfs_nothing_is_changed(workspace: Workspace) -> None:
    before = snapshot(workspace.root)
    with pytest.raises(NotFound, match="Git LFS is not installed") as caught:
        track_media(workspace.tasks["street"], copy=True)
    assert "git-lfs.com" in caught.value.hint
    assert snapshot(workspace.root) == before


def test_media_outside_are_copied_only_when_told(workspace: Workspace, server: Path, tmp_path: Path) -> None:
    task = workspace.tasks["street"]
    assert sources_outside(task) == (str(tmp_path / "photos"),)
    before = snapshot(workspace.root)
    with pytest.raises(InvalidInput, match="outside the workspace"):
        track_media(task)
    assert snapshot(workspace.root) == before
    steps: list[tuple[int, int]] = []
    report = track_media(task, copy=True, progress=lambda done, total: steps.append((done, total)))
    assert (report.files, report.copied) == (3, True)
    assert len(steps) == 3
    assert steps[-1][0] == steps[-1][1] > 1000
    assert task.document.data.sources[0].path == "media/photos"
    assert task.media.missing == ()
    assert sorted(path.name for path in (workspace.root / "media/photos").rglob("*.*")) == ["2.png", "3.jpg", "a 1.png"]
    for path in ("media/photos/a 1.png", "media/photos/b/2.png", "media/photos/b/3.jpg"):
        assert is_pointer_text(in_git(workspace.root, path) + b"\n")
    assert len(list(server.iterdir())) == 2, "two of the three are alike"
    assert_sound(workspace.root)
    assert git(workspace.root, "log", "-1", "--format=%an %s").startswith("Test Person Keep the media of street")
    assert track_media(task).commit == "", "there is nothing more to do"


def test_a_clone_shows_placeholders_until_they_are_fetched(workspace: Workspace, server: Path, tmp_path: Path) -> None:
    task = workspace.tasks["street"]
    track_media(task, copy=True)
    remote = bare_repository(tmp_path / "team.git")
    git(workspace.root, "remote", "add", "origin", str(remote))
    cvatsync.sync(workspace.root)
    with Workspace(cvatsync.clone(str(remote), tmp_path / "clone")) as clone:
        (theirs,) = clone.tasks
        assert theirs.media.missing == (0, 1, 2)
        assert [source.remedy for source in theirs.media.sources] == ["git lfs pull"]
        shown = theirs.frames.frame(1, placeholder=True)
        assert (shown.width, shown.height, shown.missing) == (40, 30, "b/2.png")
        with pytest.raises(MissingMedia) as caught:
            theirs.frames.array(0)
        assert caught.value.hint == "Fetch them: git lfs pull."
        with pytest.raises(MissingMedia, match="3 of 3 frames"):
            untrack_media(theirs)
        git(clone.root, "lfs", "install")
        git(clone.root, "lfs", "pull")
        assert list(theirs.media.missing) == []
        assert (theirs.frames.array(0) == task.frames.array(0)).all()


def test_pictures_that_were_fetched_are_no_edits(workspace: Workspace, server: Path, tmp_path: Path) -> None:
    """Git has pointers and the folder the contents: a sync that changes or removes them is not held up by that."""
    task = workspace.tasks["street"]
    track_media(task, copy=True)
    remote = bare_repository(tmp_path / "team.git")
    git(workspace.root, "remote", "add", "origin", str(remote))
    cvatsync.sync(workspace.root)
    with Workspace(cvatsync.clone(str(remote), tmp_path / "clone")) as clone:
        (theirs,) = clone.tasks
        git(clone.root, "lfs", "install")
        git(clone.root, "lfs", "pull")
        write_picture(workspace.root / "media/photos/b/2.png", (40, 31))
        git(workspace.root, "commit", "-qam", "a better picture")
        cvatsync.sync(workspace.root)
        cvatsync.sync(clone.root)
        assert theirs.media.missing == (1,)
        git(clone.root, "lfs", "pull")
        assert list(theirs.media.missing) == []
        edited = clone.root / "media/photos/b/3.jpg"
        kept = edited.read_bytes()
        edited.write_bytes(kept[:-1] + b"x")
        untrack_media(task)
        cvatsync.sync(workspace.root)
        with pytest.raises(Conflict, match=r"b/3\.jpg\."):
            cvatsync.sync(clone.root)
        edited.write_bytes(kept)
        cvatsync.sync(clone.root)
        assert list(theirs.media.missing) == [0, 1, 2]


def test_media_are_taken_out_again(workspace: Workspace, server: Path) -> None:
    task = workspace.tasks["street"]
    track_media(task, copy=True)
    files = snapshot(workspace.root)[0]
    report = untrack_media(task)
    assert report.files == 3
    assert git(workspace.root, "ls-files", "media") == ""
    assert task.media.missing == ()
    after = snapshot(workspace.root)[0]
    assert {path for path in files if files[path] != after[path]} == {".gitattributes", ".gitignore"}
    assert "lfs" not in after[".gitattributes"].decode()
    assert "/media/\n" in after[".gitignore"].decode()
    assert_sound(workspace.root)
    with pytest.raises(InvalidInput, match="not in git"):
        untrack_media(task)


def test_media_of_two_tasks_stay_for_the_other(workspace: Workspace, server: Path) -> None:
    task = workspace.tasks["street"]
    track_media(task, copy=True)
    workspace.create_task("second", labels=["x"], data=[workspace.root / "media/photos"])
    with pytest.raises(Conflict, match="Task 2 has the same media"):
        untrack_media(task)


@pytest.mark.parametrize("kind", ["video", "archive"])
def test_one_file_is_tracked_by_its_name(tmp_path: Path, server: Path, kind: str) -> None:
    with Workspace.init(tmp_path / "ws") as workspace:
        (workspace.root / "films").mkdir()
        if kind == "video":
            path = write_video(workspace.root / "films/a.mp4", 3)
        else:
            path = write_archive(workspace.root / "films/a.zip", {"1.png": picture_bytes()})
        task = workspace.create_task("film", labels=["x"], data=[path])
        report = track_media(task)
        assert (report.files, report.copied) == (1, False)
        assert git(workspace.root, "ls-files", "films") == f"films/{path.name}"
        assert_sound(workspace.root)


def test_what_git_lfs_refuses_leaves_all_as_it_was(
    workspace: Workspace, server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(workspace.root)
    monkeypatch.setenv("GIT_LFS_FAILS", "1")
    with pytest.raises(StorageFailed, match="git add failed"):
        track_media(workspace.tasks["street"], copy=True)
    assert snapshot(workspace.root) == before
    assert not list((workspace.root / "media").glob("*"))
    assert_sound(workspace.root)
    monkeypatch.delenv("GIT_LFS_FAILS")
    git(workspace.root, "config", "filter.lfs.clean", "cat")
    with pytest.raises(StorageFailed, match="did not take"):
        track_media(workspace.tasks["street"], copy=True)
    assert snapshot(workspace.root) == before
    assert_sound(workspace.root)


def test_edits_of_a_person_are_not_taken_along(workspace: Workspace, server: Path) -> None:
    task = workspace.tasks["street"]
    attributes = workspace.root / ".gitattributes"
    kept = attributes.read_bytes()
    attributes.write_bytes(kept + b"*.md text\n")
    with pytest.raises(Conflict, match="not committed"):
        track_media(task, copy=True)
    attributes.write_bytes(kept)
    (workspace.root / "README.md").write_text("mine", encoding="utf-8")
    git(workspace.root, "add", "README.md")
    with pytest.raises(Conflict, match=r"README\.md is staged"):
        track_media(task, copy=True)
    assert git(workspace.root, "diff", "--cached", "--name-only") == "README.md"


def test_missing_media_cannot_be_tracked(workspace: Workspace, server: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").rename(tmp_path / "moved")
    with pytest.raises(MissingMedia, match="3 of 3 frames"):
        track_media(workspace.tasks["street"], copy=True)
    map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved")
    assert track_media(workspace.tasks["street"], copy=True).copied
    assert workspace.tasks["street"].document.data.sources[0].path == "media/moved"


def test_a_workspace_within_a_repository(tmp_path: Path, server: Path) -> None:
    git(tmp_path, "init", "-q", "repo")
    write_picture(tmp_path / "repo/data/media/x/1.png")
    with Workspace.init(tmp_path / "repo/data") as workspace:
        task = workspace.create_task("street", labels=["x"], data=[tmp_path / "repo/data/media/x"])
        assert track_media(task).files == 1
        assert git(tmp_path / "repo", "ls-files", "data/media") == "data/media/x/1.png"
        assert_sound(workspace.root)


def test_context_images_are_tracked_with_their_frames(tmp_path: Path, server: Path) -> None:
    names = ["1.png", "related_images/1_png/a.jpg", "related_images/1_png/gone.jpg"]
    with Workspace.init(tmp_path / "ws") as workspace:
        folder = workspace.root / "media/photos"
        for name in names:
            write_picture(folder / name)
        workspace.create_task("street", labels=["car"], data=[folder])
        task = workspace.tasks["street"]
        assert task.frames.context(0) == tuple(names[1:])
        (folder / names[2]).unlink()
        assert track_media(task).files == 2
        for name in names[:2]:
            assert is_pointer_text(in_git(workspace.root, f"media/photos/{name}") + b"\n")
        assert_sound(workspace.root)
        assert untrack_media(task).files == 2
        assert task.frames.context_image(0, 0).width == 8
