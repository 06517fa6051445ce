"""Clones: whole, or nothing at all."""

from pathlib import Path

import pytest

import cvatsync
from cvatcore import Workspace
from cvatcore.errors import Conflict, CvatError, NotAWorkspace, RemoteFailed, UnsupportedVersion
from kit.team import bare_repository, draw, git, ids, shared_workspace


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_clone_has_it_all_and_ids_of_its_own(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    first = draw(mara, job=0)
    cvatsync.sync(mara.root)
    seen: list[tuple[int, int]] = []
    root = cvatsync.clone(
        remote.as_uri(), tmp_path / "new" / "ines", progress=lambda done, total: seen.append((done, total))
    )
    assert root == tmp_path / "new" / "ines"
    assert seen[-1][0] == seen[-1][1] > 0
    with Workspace(root) as ines:
        assert ids(ines) == [first.id]
        assert draw(ines, job=1).id >> 32 > 0
    assert first.id >> 32 == 0
    assert git(root, "status", "--porcelain", "--branch") == "## main...origin/main [ahead 1]"


@pytest.mark.parametrize("there", [False, True], ids=["no folder", "empty folder"])
def test_the_folder_may_exist_when_it_is_empty(tmp_path: Path, there: bool) -> None:
    _, remote = shared_workspace(tmp_path)
    target = tmp_path / "ines"
    if there:
        target.mkdir()
    assert cvatsync.clone(str(remote), target) == target
    assert git(target, "status", "--porcelain") == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ines", "mara", "team.git"]


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    _, remote = shared_workspace(tmp_path)
    target = tmp_path / "ines"
    target.mkdir()
    (target / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict, match="not empty"):
        cvatsync.clone(str(remote), target)
    assert everything(target) == ["notes.txt"]


def plain(folder: Path) -> str:
    source = folder / "plain"
    source.mkdir()
    git(source, "init", "-q")
    git(source, "commit", "-q", "--allow-empty", "-m", "nothing")
    return str(source)


def newer(folder: Path) -> str:
    workspace = Workspace.init(folder / "plain")
    settings = workspace.root / "cvat.toml"
    settings.write_bytes(settings.read_bytes().replace(b"format = 1", b"format = 9"))
    git(workspace.root, "commit", "-qam", "newer")
    workspace.close()
    return str(workspace.root)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda folder: str(bare_repository(folder / "plain")), NotAWorkspace),
        (plain, NotAWorkspace),
        (newer, UnsupportedVersion),
        (lambda folder: str(folder / "plain"), RemoteFailed),
        (lambda folder: (folder / "plain").as_uri(), RemoteFailed),
    ],
    ids=["empty", "no workspace", "newer", "nowhere", "nowhere by URL"],
)
@pytest.mark.parametrize("there", [False, True], ids=["no folder", "empty folder"])
def test_what_cannot_be_cloned_leaves_nothing(
    tmp_path: Path, make: object, error: type[CvatError], there: bool
) -> None:
    assert callable(make)
    url = make(tmp_path)
    target = tmp_path / "a" / "b"
    if there:
        target.mkdir(parents=True)
    with pytest.raises(error) as caught:
        cvatsync.clone(url, target)
    assert ".clone-" not in caught.value.message
    assert everything(tmp_path / "a") == (["b"] if there else [])
    assert (tmp_path / "a").exists() == there


def test_an_interruption_leaves_nothing(tmp_path: Path) -> None:
    _, remote = shared_workspace(tmp_path)

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cvatsync.clone(str(remote), tmp_path / "x" / "ines", progress=interrupt)
    assert not (tmp_path / "x").exists()
