"""Clones of one workspace over a bare repository."""

import os
import subprocess
from pathlib import Path

import msgspec
import pytest

import cvatsync
from cvatcore import ChangeSet, Workspace
from cvatcore.edit.label_attributes import add_attribute, remove_attribute
from cvatcore.errors import Conflict, InvalidInput, RemoteFailed, UnsupportedVersion
from cvatcore.schema import Attribute, ConflictDocument, FieldConflict, Issue
from cvatcore.store import decode_json
from cvatcore.workspace.labels import LabelSet
from cvatcore.workspace.leftover.pending import adopt_pending
from kit.team import bare_repository, draw, git, ids, shared_workspace, snapshot


def clone(remote: Path, folder: Path) -> Workspace:
    return Workspace(cvatsync.clone(str(remote), folder))


def clean(root: Path) -> bool:
    return git(root, "status", "--porcelain") == "" and git(root, "fsck", "--no-dangling") == ""


def test_different_jobs_of_three_people_all_arrive(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = clone(remote, tmp_path / "ines")
    tom = clone(remote, tmp_path / "tom")
    drawn = {draw(person, job=job).id for job, person in enumerate((mara, ines, tom))}
    reports = [cvatsync.sync(person.root) for person in (mara, ines, tom, mara, ines)]
    assert [report.merged for report in reports] == [False, True, True, False, False]
    for person in (mara, ines, tom):
        assert ids(person) == sorted(drawn)
        assert len(drawn) == 3
        assert clean(person.root)
    assert len({git(person.root, "rev-parse", "HEAD", "origin/main") for person in (mara, ines, tom)}) == 1
    assert git(remote, "fsck", "--no-dangling") == ""
    # Every save of everybody is in the history of each.
    assert git(mara.root, "log", "--format=%s", "--no-merges").count("1 added") == 3


def test_different_shards_of_one_job_merge(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = clone(remote, tmp_path / "ines")
    first, second = draw(mara, job=0, frame=3), draw(ines, job=0, frame=40)
    cvatsync.sync(mara.root)
    report = cvatsync.sync(ines.root)
    job = mara.tasks["street"].jobs[0]
    assert report.changed == (f"tasks/1/annotations/{job.id}/0.jsonl",)
    assert (report.received, report.sent) == (1, 2)
    assert ids(ines) == sorted((first.id, second.id))
    assert clean(ines.root)


def test_the_same_shard_on_both_sides_merges_object_by_object(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = clone(remote, tmp_path / "ines")
    drawn = [draw(mara, job=1, frame=3).id, draw(ines, job=1, frame=4).id, draw(ines, job=2).id]
    cvatsync.sync(mara.root)
    report = cvatsync.sync(ines.root)
    assert report.conflicts == 0
    cvatsync.sync(mara.root)
    assert ids(mara) == ids(ines) == sorted(drawn)
    assert clean(ines.root)
    assert clean(mara.root)


def test_two_values_of_one_field_are_kept_and_the_work_goes_on(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    first = draw(mara, job=0)
    cvatsync.sync(mara.root)
    ines = clone(remote, tmp_path / "ines")
    for person, right in ((mara, 50.0), (ines, 60.0)):
        job = person.tasks["street"].jobs[0]
        job.apply(ChangeSet(shapes=(msgspec.structs.replace(first, points=(1.0, 2.0, right, 40.0)),)))
    mara.tasks["street"].jobs[0].update(state="in progress")
    cvatsync.sync(mara.root)
    report = cvatsync.sync(ines.root)
    assert report.conflicts == 1
    assert "1 conflict" in report.summary
    job = ines.tasks["street"].jobs[0]
    assert job.annotations.shapes[0].points == (1.0, 2.0, 60.0, 40.0)
    assert job.state == "in progress"
    found = [path for path in report.changed if "/conflicts/" in path or "/issues/" in path]
    assert len(found) == 2
    conflict = decode_json((ines.root / found[0]).read_bytes(), ConflictDocument, path=found[0])
    issue = decode_json((ines.root / found[1]).read_bytes(), Issue, path=found[1])
    assert (conflict.kind, conflict.number, conflict.job) == ("shape", first.id, job.id)
    assert conflict.fields == (
        FieldConflict("points", list(first.points), [1.0, 2.0, 60.0, 40.0], [1.0, 2.0, 50.0, 40.0]),
    )
    assert (issue.conflict, issue.frame, issue.job) == (conflict.id, first.frame, job.id)
    # The other side gets the same files, and meets nothing any more.
    assert cvatsync.sync(mara.root).conflicts == 0
    assert snapshot(mara.root)[0] == snapshot(ines.root)[0]
    assert clean(ines.root)


def test_the_same_change_on_both_sides_is_no_conflict(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = clone(remote, tmp_path / "ines")
    draw(ines, job=1)
    for person in (mara, ines):
        person.tasks["street"].jobs[0].update(state="completed")
    cvatsync.sync(mara.root)
    assert cvatsync.sync(ines.root).merged
    assert ines.tasks["street"].jobs[0].state == "completed"
    assert clean(ines.root)


@pytest.mark.parametrize("first", ["deleted", "worked in"])
def test_a_removed_task_that_somebody_worked_in_stays_whole(tmp_path: Path, first: str) -> None:
    mara, remote = shared_workspace(tmp_path)
    old = draw(mara, job=1)
    cvatsync.sync(mara.root)
    ines = clone(remote, tmp_path / "ines")
    mara.tasks["street"].delete()
    new = draw(ines, job=0)
    for person in (mara, ines, mara) if first == "deleted" else (ines, mara, ines):
        cvatsync.sync(person.root)
    assert ids(ines) == ids(mara) == sorted((old.id, new.id))
    assert snapshot(mara.root) == snapshot(ines.root)
    assert clean(mara.root)
    assert clean(ines.root)


def test_a_task_that_others_removed_goes(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    draw(mara, job=0)
    cvatsync.sync(mara.root)
    ines = clone(remote, tmp_path / "ines")
    mara.tasks["street"].delete()
    cvatsync.sync(mara.root)
    cvatsync.sync(ines.root)
    assert len(ines.tasks) == 0
    assert not (ines.root / "tasks").exists()
    assert clean(ines.root)


def test_edits_that_are_not_committed_stay(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = clone(remote, tmp_path / "ines")
    draw(mara, job=0)
    cvatsync.sync(mara.root)
    members, notes = ines.root / "members.toml", ines.root / "notes.txt"
    members.write_bytes(members.read_bytes() + b"\n# by hand\n")
    notes.write_text("mine", encoding="utf-8")
    git(ines.root, "add", "notes.txt")
    draw(ines, job=1)
    cvatsync.sync(ines.root)
    assert len(ids(ines)) == 2
    assert members.read_bytes().endswith(b"# by hand\n")
    assert git(ines.root, "status", "--porcelain").splitlines() == ["M members.toml", "A  notes.txt"]


@pytest.mark.parametrize("staged", [False, True], ids=["edited", "staged"])
def test_an_edit_in_the_way_stops_and_stays(tmp_path: Path, staged: bool) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = clone(remote, tmp_path / "ines")
    job = mara.tasks["street"].jobs[0]
    job.update(state="completed")
    cvatsync.sync(mara.root)
    path = ines.root / job.path
    path.write_bytes(path.read_bytes().replace(b'"stop": 63', b'"stop": 62'))
    if staged:
        git(ines.root, "add", job.path)
    before = snapshot(ines.root)
    with pytest.raises(Conflict, match=job.path):
        cvatsync.sync(ines.root)
    assert snapshot(ines.root) == before


def test_an_unknown_file_in_the_way_stops_and_stays(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = clone(remote, tmp_path / "ines")
    draw(mara, job=0)
    cvatsync.sync(mara.root)
    path = ines.root / f"tasks/1/annotations/{mara.tasks['street'].jobs[0].id}"
    path.parent.mkdir(parents=True)
    path.write_text("a file where a folder shall be", encoding="utf-8")
    before = snapshot(ines.root)
    with pytest.raises(Conflict, match="edited here"):
        cvatsync.sync(ines.root)
    assert snapshot(ines.root) == before


def test_an_edit_equal_to_what_comes_is_not_in_the_way(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = clone(remote, tmp_path / "ines")
    job = mara.tasks["street"].jobs[0]
    job.update(state="completed")
    cvatsync.sync(mara.root)
    (ines.root / job.path).write_bytes((mara.root / job.path).read_bytes())
    cvatsync.sync(ines.root)
    assert clean(ines.root)


def test_the_first_sync_with_an_empty_remote_sets_the_upstream(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    assert git(mara.root, "rev-parse", "--abbrev-ref", "main@{upstream}") == "origin/main"
    assert git(remote, "rev-parse", "main") == git(mara.root, "rev-parse", "main")
    report = cvatsync.sync(mara.root)
    assert report.is_empty
    assert "Nothing to do" in report.summary


def test_a_save_after_a_sync_does_not_amend_what_was_sent(tmp_path: Path) -> None:
    mara, _ = shared_workspace(tmp_path)
    draw(mara, job=0)
    sent = cvatsync.sync(mara.root).commit
    draw(mara, job=0, frame=1)
    assert git(mara.root, "rev-parse", "HEAD^") == sent
    # And again where the remote took the commit, but its answer was lost.
    git(mara.root, "update-ref", "refs/cvat/offered", "HEAD")
    offered = git(mara.root, "rev-parse", "HEAD")
    draw(mara, job=0, frame=2)
    assert git(mara.root, "rev-parse", "HEAD^") == offered


def test_a_sync_without_a_remote_says_how_to_add_one(tmp_path: Path) -> None:
    Workspace.init(tmp_path).close()
    with pytest.raises(InvalidInput) as caught:
        cvatsync.sync(tmp_path)
    assert caught.value.hint.endswith("git remote add origin URL")


def test_a_detached_head_is_refused(tmp_path: Path) -> None:
    mara, _ = shared_workspace(tmp_path)
    git(mara.root, "checkout", "-q", "--detach")
    with pytest.raises(Conflict, match="No branch"):
        cvatsync.sync(mara.root)


def test_another_history_is_refused(tmp_path: Path) -> None:
    _, remote = shared_workspace(tmp_path / "one")
    Workspace.init(tmp_path / "two").close()
    git(tmp_path / "two", "remote", "add", "origin", str(remote))
    before, far = snapshot(tmp_path / "two"), snapshot(remote)
    with pytest.raises(Conflict, match="another history"):
        cvatsync.sync(tmp_path / "two")
    assert (snapshot(tmp_path / "two"), snapshot(remote)) == (before, far)


def test_a_remote_that_vanished(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    draw(mara, job=0)
    remote.rename(tmp_path / "elsewhere.git")
    before = snapshot(mara.root)
    with pytest.raises(RemoteFailed, match="no such folder"):
        cvatsync.sync(mara.root)
    assert snapshot(mara.root) == before


def test_a_remote_that_is_no_repository(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    (remote / "HEAD").unlink()
    with pytest.raises(RemoteFailed):
        cvatsync.sync(mara.root)


def test_a_newer_format_is_not_brought_in(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = clone(remote, tmp_path / "ines")
    settings = mara.root / "cvat.toml"
    settings.write_bytes(settings.read_bytes().replace(b"format = 1", b"format = 2"))
    git(mara.root, "commit", "-qam", "a newer program")
    git(mara.root, "push", "-q")
    before = snapshot(ines.root)
    with pytest.raises(UnsupportedVersion):
        cvatsync.sync(ines.root)
    assert snapshot(ines.root) == before


@pytest.mark.parametrize("name", [".cvat/ids.json", "sub/.GIT/config"])
def test_a_file_that_must_not_be_written_here_is_refused(tmp_path: Path, name: str) -> None:
    mara, remote = shared_workspace(tmp_path)
    ines = clone(remote, tmp_path / "ines")
    blob = git(mara.root, "hash-object", "-w", "members.toml")
    *folders, file = name.split("/")
    entry = f"100644 blob {blob}\t{file}"
    for folder in reversed(folders):
        tree = mktree(mara.root, entry)
        entry = f"040000 tree {tree}\t{folder}"
    root = mktree(mara.root, git(mara.root, "ls-tree", "HEAD") + "\n" + entry)
    commit = git(mara.root, "commit-tree", root, "-p", "HEAD", "-m", "bad")
    git(mara.root, "push", "-q", "origin", f"{commit}:refs/heads/main")
    before = snapshot(ines.root)
    with pytest.raises(InvalidInput, match="must not be written"):
        cvatsync.sync(ines.root)
    assert snapshot(ines.root) == before
    assert not (ines.root / ".cvat/ids.json").exists()


def mktree(root: Path, entries: str) -> str:
    done = subprocess.run(["git", "mktree"], cwd=root, input=entries + "\n", capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_workspace_that_is_a_folder_of_a_repository(tmp_path: Path) -> None:
    remote = bare_repository(tmp_path / "team.git")
    outer = tmp_path / "mara"
    outer.mkdir()
    git(outer, "init", "-q")
    (outer / "README.md").write_text("one", encoding="utf-8")
    git(outer, "add", ".")
    git(outer, "commit", "-qm", "readme")
    Workspace.init(outer / "labels").close()
    git(outer, "remote", "add", "origin", str(remote))
    cvatsync.sync(outer / "labels")
    ines = cvatsync.clone(str(remote), tmp_path / "ines")
    assert ines == tmp_path / "ines" / "labels"
    (outer / "README.md").write_text("two", encoding="utf-8")
    (outer / "run.sh").write_text("#!/bin/sh\n", encoding="utf-8")
    (outer / "run.sh").chmod(0o755)
    (outer / "latest").symlink_to("run.sh")
    git(outer, "add", ".")
    git(outer, "commit", "-qm", "more")
    cvatsync.sync(outer / "labels")
    report = cvatsync.sync(ines)
    assert report.changed == ("../README.md", "../latest", "../run.sh")
    assert os.access(tmp_path / "ines/run.sh", os.X_OK)
    assert os.readlink(tmp_path / "ines/latest") == "run.sh"
    cvatsync.switch(ines, "before", create=True, start="HEAD~1")
    assert not (tmp_path / "ines/run.sh").exists()
    assert not (tmp_path / "ines/latest").is_symlink()
    assert clean(tmp_path / "ines")
    cvatsync.switch(ines, "main")
    assert os.access(tmp_path / "ines/run.sh", os.X_OK)
    assert (tmp_path / "ines/README.md").read_text(encoding="utf-8") == "two"
    assert clean(tmp_path / "ines")


def test_an_attribute_that_one_deleted_and_the_other_gave_a_value_comes_back(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    color = Attribute(id=0, name="color", input_type="select", values=("red", "blue"), default_value="red")
    size = Attribute(id=0, name="size", input_type="text")
    for attribute in (color, size):
        LabelSet(mara, task=1).apply(lambda known, new=attribute: add_attribute(known, "car", new))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    old = draw(mara, job=0)
    mara.tasks[1].jobs[0].apply(ChangeSet(shapes=(msgspec.structs.replace(old, attributes={"color": "red"}),)))
    cvatsync.sync(mara.root)
    ines = clone(remote, tmp_path / "ines")
    for name in ("color", "size"):
        LabelSet(mara, task=1).apply(lambda known, gone=name: remove_attribute(known, "car", gone))  # type: ignore[misc]  # as above
    drawn = draw(ines, job=1)
    ines.tasks[1].jobs[1].apply(ChangeSet(shapes=(msgspec.structs.replace(drawn, attributes={"color": "blue"}),)))
    for person in (mara, ines, mara):
        assert not cvatsync.sync(person.root).conflicts
    for person in (mara, ines):
        task = person.tasks[1]
        assert [one.name for one in task.labels[0].attributes] == ["color"]
        assert task.labels[0].attributes[0].values == ("red", "blue")
        assert task.jobs[0].annotations.shapes[0].attributes == {}
        assert task.jobs[1].annotations.shapes[0].attributes == {"color": "blue"}
        assert clean(person.root)


def test_so_it_does_after_a_merge_of_git(tmp_path: Path) -> None:
    mara, remote = shared_workspace(tmp_path)
    color = Attribute(id=0, name="color", input_type="text")
    LabelSet(mara, task=1).apply(lambda known: add_attribute(known, "car", color))
    cvatsync.sync(mara.root)
    ines = clone(remote, tmp_path / "ines")
    LabelSet(mara, task=1).apply(lambda known: remove_attribute(known, "car", "color"))
    cvatsync.sync(mara.root)
    drawn = draw(ines, job=1)
    ines.tasks[1].jobs[1].apply(ChangeSet(shapes=(msgspec.structs.replace(drawn, attributes={"color": "blue"}),)))
    git(ines.root, "pull", "--no-rebase", "--no-edit")
    assert not ines.tasks[1].labels[0].attributes
    # The next command makes good what a merge of single files cannot see.
    assert adopt_pending(ines).labels == ("car",)
    assert adopt_pending(ines).commit == ""
    assert [one.name for one in ines.tasks[1].labels[0].attributes] == ["color"]
