"""The driver as a program: what it imports, what it leaves to git, how it tells."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Shape
from cvatcore.schema import Manifest, encode_manifest
from cvatcore.store import Shard, encode_shard
from cvatcore.store.pending import blob_id, read_notes
from cvatsync.driver import find_workspace, main
from cvatsync.driver_bases import join_bases, split_bases
from cvatsync.driver_text import readable
from kit.fresh import modules_loaded_by
from kit.tasks import numbered_pictures, pictures
from kit.team import git

SHARD = "tasks/1/annotations/1/0.jsonl"
MANIFEST = "tasks/1/manifest.jsonl"
HEAVY = {"numpy", "pygit2", "typer", "lmdb", "filelock", "subprocess", "concurrent.futures", "logging", "cvatcore.edit"}


def shard(**left: float) -> bytes:
    """A shard of boxes by name and left edge: `b3=1.0`."""
    shapes = (
        Shape(
            frame=int(name[1:]), id=int(name[1:]), type="rectangle", label="car", points=(float(at), 0.0, at + 5.0, 5.0)
        )
        for name, at in left.items()
    )
    return encode_shard(Shard(shapes=tuple(shapes)))


class Files:
    """A repository as git leaves it while it runs the driver: three temporary files in its top folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        git(folder, "init", "-q")
        (folder / "cvat.toml").write_text('format = 1\nname = "x"\n', encoding="utf-8")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "workspace")
        monkeypatch.chdir(folder)

    def merge(self, path: str, base: bytes, ours: bytes, theirs: bytes) -> tuple[int, bytes]:
        for name, data in (("O", base), ("A", ours), ("B", theirs)):
            (self.folder / name).write_bytes(data)
        code = main(["merge", "O", "A", "B", path])
        return code, (self.folder / "A").read_bytes()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    return Files(tmp_path, monkeypatch)


def test_a_merge_loads_only_what_it_needs(files: Files) -> None:
    for name, data in (("O", shard(b1=0, b2=0)), ("A", shard(b1=1, b2=0)), ("B", shard(b1=0, b2=2))):
        (files.folder / name).write_bytes(data)
    code = f"import os\nos.chdir({str(files.folder)!r})\nfrom cvatsync.driver import main\n"
    loaded = modules_loaded_by(code + f"assert main(['merge', 'O', 'A', 'B', {SHARD!r}]) == 0")
    assert (files.folder / "A").read_bytes() == shard(b1=1, b2=2)
    assert sorted(loaded & HEAVY) == []
    assert sorted(name for name in loaded if name.startswith("cvatcore.workspace")) == []


def test_showing_a_file_loads_nothing_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(shard(b1=0))
    code = f"from cvatsync.driver import main\nassert main(['textconv', {str(tmp_path / 'x')!r}]) == 0"
    loaded = modules_loaded_by(code)
    assert sorted(name for name in loaded if name.startswith(("cvatcore", "msgspec", "typing"))) == []


def test_modules_of_the_repository_are_not_taken_for_ours(files: Files) -> None:
    for name in ("msgspec.py", "cvatsync.py", "cvatcore.py", "json.py"):
        (files.folder / name).write_text("raise SystemExit('the repository ran its own code')\n", encoding="utf-8")
    for name, data in (("O", shard(b1=0)), ("A", shard(b1=1)), ("B", shard(b1=0, b2=0))):
        (files.folder / name).write_bytes(data)
    from cvatsync.driver_install import driver_settings

    command = driver_settings()["merge.cvat.driver"]
    for name, value in (("%O", "O"), ("%A", "A"), ("%B", "B"), ("%P", SHARD)):
        command = command.replace(name, value)
    done = subprocess.run(["sh", "-c", command], cwd=files.folder, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (files.folder / "A").read_bytes() == shard(b1=1, b2=0)


def test_without_this_python_git_merges_by_lines(files: Files) -> None:
    from cvatsync.driver_install import driver_settings

    settings = driver_settings(str(files.folder / "gone %A/bin/python"))
    command = settings["merge.cvat.driver"]
    assert "gone %%A/bin" in command
    (files.folder / "O").write_text("1\n2\n3\n4\n5\n", encoding="utf-8")
    (files.folder / "A").write_text("a\n2\n3\n4\n5\n", encoding="utf-8")
    (files.folder / "B").write_text("1\n2\n3\n4\nb\n", encoding="utf-8")
    for name, value in (("%O", "O"), ("%A", "A"), ("%B", "B"), ("%P", SHARD)):
        command = command.replace("%%A", "%").replace(name, value)
    done = subprocess.run(["sh", "-c", command], cwd=files.folder, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (files.folder / "A").read_text(encoding="utf-8") == "a\n2\n3\n4\nb\n"


def test_both_sides_appended_frames(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    base = numbered_pictures(4)
    ours = Manifest(images=(*base.images, *pictures("a.jpg").images))
    theirs = Manifest(images=(*base.images, *pictures("b.jpg").images))
    code, left = files.merge(MANIFEST, *map(encode_manifest, (base, ours, theirs)))
    assert code == 1
    assert b"<<<<<<< ours" in left
    told = capsys.readouterr().err
    assert "cvat: tasks/1/manifest.jsonl: both sides added frames" in told
    assert "cvat sync, or cvat merge BRANCH" in told


def test_one_side_appended_frames_and_the_other_filled_in_checksums(files: Files) -> None:
    import msgspec

    base = numbered_pictures(4)
    first = msgspec.structs.replace(base.images[0], checksum="sha256:" + "0" * 64)
    ours = Manifest(images=(first, *base.images[1:]))
    theirs = Manifest(images=(*base.images, *pictures("b.jpg").images))
    code, left = files.merge(MANIFEST, *map(encode_manifest, (base, ours, theirs)))
    assert code == 0
    assert left == encode_manifest(Manifest(images=(*ours.images, *pictures("b.jpg").images)))


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_broken_side_is_named_with_its_line(files: Files, capsys: pytest.CaptureFixture[str], side: str) -> None:
    broken = shard(b1=9, b2=0) + b"<<<<<<< HEAD\n"
    sound = shard(b1=0, b2=7)
    sides = (broken, sound) if side == "ours" else (sound, broken)
    code, left = files.merge(SHARD, shard(b1=0, b2=0), *sides)
    assert code == 1
    told = capsys.readouterr().err
    assert f"cvat: {SHARD} ({side}):3: A conflict marker of git stands here." in told
    assert b"<<<<<<< HEAD" in left, "nothing of either side is lost"
    assert b'"points":[7.0' in left


def test_files_of_a_newer_format_are_left_to_git(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    base, ours, theirs = (
        f'format = {number}\nname = "{name}"\n'.encode() for number, name in ((1, "x"), (1, "y"), (2, "x"))
    )
    code, _ = files.merge("cvat.toml", base, ours, theirs)
    assert code == 1
    assert "Update cvatd." in capsys.readouterr().err


def test_comments_in_settings_stay(files: Files) -> None:
    base = b'format = 1\n# What it is called.\nname = "x"\n\n\n# How long they are one.\n[save]\namend_seconds = 1\n'
    ours = base.replace(b'"x"', b'"y"  # as Mara says')
    theirs = base.replace(b"= 1\n", b"= 2\n").replace(b"format = 2", b"format = 1")
    code, left = files.merge("cvat.toml", base, ours, theirs)
    assert (code, left) == (0, ours.replace(b"amend_seconds = 1", b"amend_seconds = 2"))


def test_values_that_met_are_noted(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    code, left = files.merge(SHARD, shard(b1=0, b2=0), shard(b1=1, b2=0), shard(b1=2, b2=5))
    assert (code, left) == (0, shard(b1=1, b2=5))
    (note,) = read_notes(files.folder).values()
    assert (note.path, note.result, note.head) == (SHARD, blob_id(left), git(files.folder, "rev-parse", "HEAD"))
    assert git(files.folder, "hash-object", "A") == note.result
    assert note.conflicts[0].fields[0].theirs == [2.0, 0.0, 7.0, 5.0]
    assert "1 conflict, kept ours. See: cvat conflicts." in capsys.readouterr().err
    files.merge(SHARD, shard(b1=0, b2=0), shard(b1=1, b2=0), shard(b1=2, b2=5))
    assert len(read_notes(files.folder)) == 1


def test_without_a_workspace_values_that_met_are_left_to_git(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    (files.folder / "cvat.toml").unlink()
    code, left = files.merge(f"data/{SHARD}", shard(b1=0), shard(b1=1), shard(b1=2))
    assert code == 1
    assert b"<<<<<<< ours" in left
    assert "no workspace to note it in" in capsys.readouterr().err


def test_the_workspace_of_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_workspace(f"a/b/{SHARD}") == (None, SHARD)
    assert find_workspace("a/b.txt") == (None, "a/b.txt")
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/cvat.toml").touch()
    assert find_workspace(f"a/b/{SHARD}") == ("a/b", SHARD)
    (tmp_path / "cvat.toml").touch()
    assert find_workspace(SHARD) == (".", SHARD)
    assert find_workspace("a/b/cvat.toml") == ("a/b", "cvat.toml")


@given(st.lists(st.binary(), min_size=1, max_size=5))
def test_several_ancestors_in_one_file(bases: list[bytes]) -> None:
    joined = join_bases(bases)
    assert split_bases(joined) == tuple(dict.fromkeys(bases))
    assert join_bases([joined, *bases]) == joined


def test_an_unknown_command_says_what_there_is() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "cvatsync.driver", "merge", "O"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "started by git" in done.stderr


def test_lines_in_words() -> None:
    lines = b"\n".join(
        (
            b'{"frame":3,"id":17,"type":"rectangle","label":"car","points":[1.0,2.0,30.5,40.0],"occluded":true,'
            b'"attributes":{"color":"dark red"}}',
            b'{"frame":3,"track":18,"type":"rectangle","points":[1.0,2.0,3.0,4.0],"outside":true}',
            b'{"id":18,"label":"car","frame":3,"group":2}',
            b'{"name":"a/b","extension":".jpg","width":640,"height":480,"bytes":99}',
            b"<<<<<<< HEAD",
            b'{"frame":3,"id":17,"type"',
            b"[1]",
        )
    )
    assert readable(lines).decode().splitlines() == [
        'frame 3  #17  rectangle  car  1,2,30.5,40  occluded  color="dark red"',
        "frame 3  track 18  rectangle  1,2,3,4  outside",
        "track 18  from frame 3  car  group=2",
        "a/b.jpg  640x480  bytes=99",
        "<<<<<<< HEAD",
        '{"frame":3,"id":17,"type"',
        "[1]",
    ]


@given(st.lists(st.floats(0, 1000, width=32), min_size=25, max_size=60), st.integers(0, 24))
def test_a_long_list_of_points_that_changes_is_shown_differently(points: list[float], place: int) -> None:
    changed = [*points]
    changed[place] += 1.0
    lines = [
        readable(encode_shard(Shard(shapes=(Shape(frame=0, id=1, type="mask", label="car", points=tuple(one)),))))
        for one in (points, changed)
    ]
    assert lines[0] != lines[1]
    assert max(map(len, lines)) < 600
