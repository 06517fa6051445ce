"""Damage of every kind: found with file and line, repaired without losing anything, and no one else is disturbed."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cvatcore import ChangeSet, Workspace
from cvatcore.errors import InvalidDocument, StorageFailed
from cvatcore.schema import Keyframe, Track
from cvatcore.workspace.upkeep.findings import Finding
from cvatcore.workspace.upkeep.fsck import check_workspace, last_check, record_check
from cvatcore.workspace.upkeep.repairing import repair
from kit.annotated import annotated, assert_sound, box, git, numbers, put
from kit.command import cvat

SHARD = "tasks/1/annotations/1/0.jsonl"


def track(number: int, *frames: int) -> Track:
    keys = tuple(Keyframe(frame=frame, track=number, type="rectangle", points=(1.0, 1.0, 5.0, 5.0)) for frame in frames)
    return Track(id=number, label="car", keyframes=keys)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with two jobs: boxes 1, 2, 3 and track 4 in the first, box 5 in the second."""
    with annotated(tmp_path, segment_size=50, amend_seconds=0) as workspace:
        git(tmp_path, "commit", "-qam", "settings")
        put(workspace.job(1), box(1, 0), box(2, 1))
        workspace.job(1).apply(ChangeSet(shapes=(box(3, 40),), tracks=(track(4, 2, 35),)))
        put(workspace.job(2), box(5, 60))
    return tmp_path


def found(root: Path, *, mend: bool = False) -> list[Finding]:
    with Workspace(root) as workspace:
        checked = check_workspace(workspace)
        return list(repair(workspace, checked) if mend else checked.findings)


def kinds(root: Path) -> set[str]:
    return {finding.kind for finding in found(root) if finding.is_fault}


def test_a_sound_workspace_has_no_findings(root: Path) -> None:
    assert found(root) == []
    assert cvat("fsck", workspace=root).code == 0


def edit(root: Path, path: str, change: Callable[[bytes], bytes]) -> None:
    place = root / path
    place.write_bytes(change(place.read_bytes()))


@pytest.mark.parametrize(
    ("path", "data", "line"),
    [
        (SHARD, b'{"frame":0,"id":1,"type":"rectangle","label":"car"}\n{"frame":1,"id":\n', 2),
        (SHARD, b"<<<<<<< ours\n=======\n>>>>>>> theirs\n", 1),
        ("tasks/1/annotations/1/tracks.jsonl", b"\0" * 40, 1),
        ("tasks/1/task.json", b'{"id": 7}', 0),
        ("tasks/1/jobs/1.json", b"", 1),
        ("tasks/1/jobs/2.json", b'{\n"id":3,"start":0,"stop":1}', 0),
        ("tasks/1/manifest.jsonl", b"{}\n", 1),
        ("members.toml", b"members = 4\n", 0),
    ],
)
@pytest.mark.parametrize("is_committed", [False, True])
def test_a_broken_file_is_replaced_by_its_last_good_version(
    root: Path, path: str, data: bytes, line: int, is_committed: bool
) -> None:
    good = (root / path).read_bytes()
    (root / path).write_bytes(data)
    if is_committed:
        git(root, "commit", "-qam", "broken by hand")
    (finding,) = (one for one in found(root) if one.is_fault)
    assert (finding.kind, finding.path) == ("broken-file", path)
    assert finding.line in {line, 0} or line == 0
    done = [one for one in found(root, mend=True) if one.kind == "broken-file"]
    assert [one.is_fault for one in done] == [False]
    assert (root / path).read_bytes() == good
    assert [one for one in found(root) if one.is_fault] == []
    (kept,) = (one for one in (root / ".cvat/quarantine").rglob("*") if one.is_file())
    assert kept.read_bytes() == data
    assert_sound(root)


def test_one_broken_shard_leaves_the_rest_alone(root: Path) -> None:
    (root / SHARD).write_bytes(b"{nonsense\n")
    with Workspace(root) as workspace:
        with pytest.raises(InvalidDocument, match=f"{SHARD}:1"):
            workspace.job(1).annotations  # noqa: B018  it is read
        assert numbers(workspace.job(2).annotations) == [5]
        put(workspace.job(2), box(6, 61))
        assert numbers(workspace.job(2).annotations) == [5, 6]
        workspace.job(1).update(state="completed")


@pytest.mark.parametrize("damage", [None, b"", b"nonsense"])
def test_a_broken_folder_of_the_history_is_named_and_written_again(root: Path, damage: bytes | None) -> None:
    name = git(root, "rev-parse", "HEAD:tasks/1").strip()
    path = root / ".git/objects" / name[:2] / name[2:]
    path.chmod(0o644)
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    with Workspace(root) as workspace:
        assert numbers(workspace.job(1).annotations) == [1, 2, 3, 4]
        with pytest.raises(StorageFailed, match="Git failed"):
            put(workspace.job(1), box(9))
        assert numbers(workspace.job(1).annotations) == [1, 2, 3, 4]
    assert kinds(root) == {"history"}
    assert "cvat fsck" in cvat("job", "set", "1", "--state", "completed", workspace=root).err
    assert not any(one.is_fault for one in found(root, mend=True))
    with Workspace(root) as workspace:
        put(workspace.job(1), box(9))
    assert kinds(root) == set()


@pytest.mark.parametrize("damage", [b"", b"nonsense\n", b"0" * 40 + b"\n"])
def test_a_branch_that_names_nothing_is_set_again(root: Path, damage: bytes) -> None:
    head = git(root, "rev-parse", "HEAD")
    (root / ".git/refs/heads/main").write_bytes(damage)
    with Workspace(root) as workspace:
        assert numbers(workspace.job(1).annotations) == [1, 2, 3, 4]
    assert kinds(root) == {"history"}
    assert cvat("fsck", "--repair", workspace=root).code == 0
    assert git(root, "rev-parse", "HEAD") == head
    assert kinds(root) == set()


@pytest.mark.parametrize("path", ["tasks/1/task.json", "tasks/1/jobs/1.json", "tasks/1/manifest.jsonl"])
def test_what_is_missing_comes_back(root: Path, path: str) -> None:
    before = (root / path).read_bytes()
    (root / path).unlink()
    git(root, "commit", "-qam", "removed by hand")
    findings = [one for one in found(root) if one.is_fault]
    assert [(one.kind, one.path) for one in findings] == [("missing-file", path)]
    assert not any(one.is_fault for one in found(root, mend=True))
    assert (root / path).read_bytes() == before
    assert_sound(root)


def test_lines_go_to_the_file_of_their_frames(root: Path) -> None:
    lines = (root / "tasks/1/annotations/1/32.jsonl").read_bytes()
    edit(root, SHARD, lambda data: data + lines)
    (root / "tasks/1/annotations/1/32.jsonl").unlink()
    with Workspace(root) as workspace:
        before = workspace.job(1).annotations
    assert "wrong-file" in kinds(root)
    assert not any(one.is_fault for one in found(root, mend=True))
    with Workspace(root) as workspace:
        assert workspace.job(1).annotations == before
    assert (root / "tasks/1/annotations/1/32.jsonl").read_bytes() == lines
    assert kinds(root) == set()


def test_of_two_objects_with_one_id_one_gets_another(root: Path) -> None:
    edit(root, SHARD, lambda data: data + data.splitlines(keepends=True)[0].replace(b"[1.0,", b"[2.0,"))
    (finding,) = (one for one in found(root) if one.is_fault)
    assert (finding.kind, finding.path, finding.line) == ("id-twice", SHARD, data_line(root, 1))
    assert not any(one.is_fault for one in found(root, mend=True))
    with Workspace(root) as workspace:
        shapes = workspace.job(1).annotations.shapes
    assert len(shapes) == 4
    assert len({shape.id for shape in shapes}) == 4
    assert sorted(shape.points[0] for shape in shapes if shape.frame == 0) == [1.0, 2.0]
    assert kinds(root) == set()


def data_line(root: Path, number: int) -> int:
    """The last line of the shard that has an id."""
    lines = (root / SHARD).read_text(encoding="utf-8").splitlines()
    return max(at for at, line in enumerate(lines, start=1) if f'"id":{number},' in line)


def test_a_line_that_is_there_twice_is_one_object(root: Path) -> None:
    edit(root, SHARD, lambda data: data + data.splitlines(keepends=True)[0])
    assert kinds(root) == {"id-twice"}
    assert not any(one.is_fault for one in found(root, mend=True))
    with Workspace(root) as workspace:
        assert numbers(workspace.job(1).annotations) == [1, 2, 3, 4]


def test_keyframes_get_their_track_back(root: Path) -> None:
    with Workspace(root) as workspace:
        before = workspace.job(1).annotations.tracks
    (root / "tasks/1/annotations/1/tracks.jsonl").unlink()
    assert kinds(root) == {"incomplete-track"}
    assert not any(one.is_fault for one in found(root, mend=True))
    with Workspace(root) as workspace:
        assert workspace.job(1).annotations.tracks == before
    assert kinds(root) == set()


def test_counters_from_a_backup_go_on_after_the_last_id(root: Path) -> None:
    with Workspace(root) as workspace:
        put(workspace.job(1), box(workspace.store.ids.take("object")))
    counters = json.loads((root / ".cvat/ids.json").read_bytes())
    counters["next"]["object"] = 2
    (root / ".cvat/ids.json").write_text(json.dumps(counters), encoding="utf-8")
    assert kinds(root) == {"counters"}
    assert not any(one.is_fault for one in found(root, mend=True))
    assert kinds(root) == set()
    (root / ".cvat/ids.json").write_text("{", encoding="utf-8")
    assert kinds(root) == {"counters"}
    found(root, mend=True)
    assert kinds(root) == set()


def test_stale_locks_and_leftovers_are_removed_and_young_ones_stay(root: Path) -> None:
    old = time.time() - 5000
    for path in (
        ".git/index.lock",
        ".git/refs/heads/main.lock",
        ".cvat/tmp/-1-1.tmp",
        ".git/objects/tmp_object_git2_x",
    ):
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).touch()
        os.utime(root / path, (old, old))
    (root / ".git/config.lock").touch()
    assert kinds(root) == {"lock"}
    with Workspace(root) as workspace:
        checked = check_workspace(workspace)
        assert len(checked.stale) == 4
        repair(workspace, checked)
        put(workspace.job(1), box(9))
    assert (root / ".git/config.lock").exists()


def test_a_damaged_cache_is_made_anew(root: Path) -> None:
    with Workspace(root) as workspace:
        workspace.cache.put(b"some", b"value" * 2000)
    assert kinds(root) == set()
    edit(root, ".cvat/cache/data.mdb", lambda data: data.replace(b"value", b"valve"))
    assert kinds(root) == {"cache"}
    assert not any(one.is_fault for one in found(root, mend=True))
    with Workspace(root) as workspace:
        assert workspace.cache.get(b"some") is None
        workspace.cache.put(b"some", b"value")
        assert workspace.cache.get(b"some") == b"value"


def test_what_is_not_committed_is_told_and_left_alone(root: Path) -> None:
    edit(root, SHARD, lambda data: data.replace(b"[1.0,", b"[3.0,"))
    (one,) = found(root)
    assert (one.kind, one.is_fault) == ("not-committed", False)
    edited = (root / SHARD).read_bytes()
    found(root, mend=True)
    assert (root / SHARD).read_bytes() == edited


def test_the_command_tells_and_repairs(root: Path) -> None:
    (root / SHARD).write_bytes(b"{nonsense\n")
    (root / ".cvat/journal.json").write_text("{", encoding="utf-8")
    done = cvat("fsck", "--json", workspace=root)
    assert done.code == 1
    assert not done.json["is_whole"]
    by_kind = {one["kind"]: one for one in done.json["findings"]}
    assert by_kind["broken-file"]["path"] == SHARD
    assert by_kind["journal"]["is_fault"] is False
    assert "1 fault" in cvat("fsck", workspace=root).err
    done = cvat("fsck", "--repair", workspace=root)
    assert done.code == 0
    assert "Repaired" in done.out
    assert cvat("fsck", workspace=root).err == "The workspace is whole.\n"
    with Workspace(root) as workspace:
        assert "no faults left" in last_check(workspace.store.local)
        record_check(workspace, (Finding("cache", "It is broken."),))
        assert "1 faults left" in last_check(workspace.store.local)


def test_gc_and_doctor(root: Path) -> None:
    done = cvat("gc", "--json", workspace=root)
    assert done.code == 0
    assert (done.json["loose_after"], done.json["packs"]) == (0, 1)
    assert "MB now" in cvat("gc", workspace=root).err
    report = cvat("doctor", "--json", workspace=root).json["sections"]
    assert report["workspace"]["jobs"] == "2"
    assert report["git"]["state"] == "at rest"
    text = cvat("doctor", workspace=root).out
    assert "person@example.org" not in text
    assert str(root.parent) not in text
    (root / "cvat.toml").write_text("format = 2\n", encoding="utf-8")
    assert "format 2" in cvat("doctor", workspace=root).out
    for command in ("fsck", "gc"):
        done = cvat(command, workspace=root)
        assert done.code == 11
        assert "format 2" in done.err
