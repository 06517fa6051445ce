"""A disk that is full or read-only, and others who hold what is needed: a sentence, and nothing half-written."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cvatcore import ChangeSet, Workspace
from cvatcore.errors import Busy, CvatError, StorageFailed
from cvatcore.store import WriteLock
from kit.annotated import annotated, assert_sound, box, git, numbers, put
from kit.tree import ROOT

BEFORE = (box(1, 0), box(2, 40))
AFTER = (box(1, 70), box(3, 99))
CHANGE = ChangeSet(shapes=AFTER, delete=frozenset({2}))


@pytest.mark.parametrize("call", ["fsync", "replace", "unlink", "open", "mkdir"])
def test_no_space_at_any_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """The n-th call of the operating system fails, for every n until the save gets through."""
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        lock = threading.Lock()
        for failing in range(1, 60):
            put(job, *BEFORE)
            job.apply(ChangeSet(delete=frozenset({3})))
            before, left, failed = job.annotations.shapes, failing, False
            real = getattr(os, call)

            def full(*given: Any, real: Any = real, **named: Any) -> Any:
                nonlocal left, failed
                with lock:
                    left -= not str(given[0]).endswith("write.lock")
                    if not left:
                        left, failed = -1, True
                        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return real(*given, **named)

            with monkeypatch.context() as patch:
                patch.setattr(os, call, full)
                error = saving(workspace, CHANGE)
            assert error is None or isinstance(error, StorageFailed)
            assert error is None or "disk is full" in error.message
            found = Workspace(tmp_path)
            assert found.job(1).annotations.shapes in (before, AFTER)
            assert found.job(1).annotations.shapes == AFTER or error is not None
            found.close()
            assert job.annotations.shapes in (before, AFTER)
            assert_sound(tmp_path)
            if not failed:
                return
        pytest.fail("the save never got through")


def saving(workspace: Workspace, change: ChangeSet) -> CvatError | None:
    try:
        workspace.job(1).apply(change)
    except CvatError as error:
        return error
    return None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(["mount", *options], check=False, capture_output=True)
    except OSError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip("this account may not mount a small file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_is_really_full(small_disk: Path) -> None:
    with annotated(small_disk) as workspace:
        job = workspace.job(1)
        put(job, *BEFORE)
        filler = small_disk / ".cvat" / "filler"
        refused = 0
        for room in range(0, 96 * 1024, 8 * 1024):
            before = job.annotations.shapes
            with open(filler, "wb") as file:
                fill(file.fileno())
                file.truncate(max(0, file.tell() - room))
            change = box(10 + room, 50, at=float(room))
            error = saving(workspace, ChangeSet(shapes=(change,)))
            refused += error is not None
            assert error is None or isinstance(error, StorageFailed)
            assert error is None or "disk is full" in error.message
            assert job.annotations.shapes in (before, (*before, change))
            assert change in job.annotations.shapes or error is not None
            filler.unlink()
        put(job, box(9_999_999))
        assert refused
        assert 9_999_999 in numbers(job.annotations)
        assert_sound(small_disk)


def fill(handle: int) -> None:
    for size in (65536, 4096):
        with contextlib.suppress(OSError):
            while True:
                os.write(handle, b"x" * size)


READS_ONLY = """
import os, sys, tomllib  # Loaded as long as all may be read.
sys.path.insert(0, sys.argv[2])
from cvatcore import Workspace
from cvatcore.errors import StorageFailed
from cvatcore.workspace.statistics import job_statistics
from kit.annotated import box, put
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
with Workspace(sys.argv[1]) as workspace:
    print(len(workspace.job(1).annotations.shapes))
    assert job_statistics(workspace.job(1)).objects == 2
    try:
        put(workspace.job(1), box(5))
    except StorageFailed as error:
        print(error.message)
"""


@pytest.mark.skipif(os.name == "nt", reason="permissions of folders are POSIX's")
@pytest.mark.parametrize("state", ["sound", "crashed", "without its local folder"])
def test_a_read_only_workspace_is_read(tmp_path: Path, state: str) -> None:
    folder = tmp_path / "ours"
    with annotated(folder) as workspace:
        put(workspace.job(1), *BEFORE)
    if state == "without its local folder":
        shutil.rmtree(folder / ".cvat")
    if state == "crashed":
        (folder / ".cvat/journal.json").write_text('{"commit":"","before":"","paths":[]}', encoding="utf-8")
    for above in (tmp_path, *tmp_path.parents):
        if above.stat().st_uid == os.getuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o055)
    inside = [folder, *folder.rglob("*")]
    for path in inside:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        command = [sys.executable, "-c", READS_ONLY, str(folder), str(ROOT / "tests")]
        done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    finally:
        for path in inside:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.returncode == 0, done.stderr
    count, message = done.stdout.splitlines()
    assert count == "2"
    assert "cannot be written" in message


SAVES = """
import sys
sys.path.insert(0, sys.argv[2])
from cvatcore import Workspace
from kit.annotated import box, put
first = int(sys.argv[3])
with Workspace(sys.argv[1]) as workspace:
    for number in range(first, first + 15):
        put(workspace.job(1), box(number, 3))
"""


def test_two_programs_that_save_at_once_lose_nothing(tmp_path: Path) -> None:
    annotated(tmp_path).close()
    commands = [[sys.executable, "-c", SAVES, str(tmp_path), str(ROOT / "tests"), str(first)] for first in (100, 200)]
    running = [subprocess.Popen(command) for command in commands]
    assert [process.wait(60) for process in running] == [0, 0]
    with Workspace(tmp_path) as workspace:
        assert numbers(workspace.job(1).annotations) == [*range(100, 115), *range(200, 215)]
    assert_sound(tmp_path)


def test_threads_that_save_and_read_at_once(tmp_path: Path) -> None:
    """Each reader sees an object that moves between two shards exactly once, at any moment."""
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1, 0))
        done = threading.Event()

        def read() -> int:
            looks = 0
            while not done.is_set():
                assert numbers(workspace.job(1).annotations).count(1) == 1
                looks += 1
            return looks

        def save(first: int) -> None:
            for number in range(first, first + 10):
                put(workspace.job(1), box(number, 3), box(1, 99 * (number % 2)))

        with ThreadPoolExecutor(4) as pool:
            readers = [pool.submit(read) for _ in range(2)]
            writers = [pool.submit(save, first) for first in (100, 200)]
            try:
                for writer in writers:
                    writer.result()
            finally:
                done.set()
            assert all(reader.result() > 0 for reader in readers)
        assert numbers(workspace.job(1).annotations) == [1, *range(100, 110), *range(200, 210)]
        assert_sound(tmp_path)


MOVES = """
import sys
sys.path.insert(0, sys.argv[2])
from cvatcore import Workspace
from kit.annotated import box, put
with Workspace(sys.argv[1]) as workspace:
    for number in range(40):
        put(workspace.job(1), *(box(one, (one * 7 + number * 41) % 100) for one in range(1, 6)))
"""


def test_a_reader_in_another_program_sees_all_of_a_save_or_nothing(tmp_path: Path) -> None:
    """Each save moves five objects from some shards to others."""
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), *(box(number, number) for number in range(1, 6)))
        command = [sys.executable, "-c", MOVES, str(tmp_path), str(ROOT / "tests")]
        seen: set[tuple[int, ...]] = set()
        with subprocess.Popen(command) as writer:
            while writer.poll() is None:
                whole = workspace.job(1).annotations
                assert numbers(whole) == [1, 2, 3, 4, 5]
                frames = {shape.id: shape.frame for shape in whole.shapes}
                seen.add(tuple(frames[one] for one in sorted(frames)))
        assert writer.returncode == 0
    saved = {tuple((one * 7 + number * 41) % 100 for one in range(1, 6)) for number in range(40)}
    assert seen <= saved | {(1, 2, 3, 4, 5)}
    assert len(seen) > 1


HOLD = """
import sys
from pathlib import Path
from cvatcore.store import WriteLock
with WriteLock(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_lock_held_by_another_program_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "write.lock"
    arguments = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        lock = WriteLock(path)
        with pytest.raises(Busy, match="Another program is writing"), lock.held(wait=0.01):
            pass
        holder.communicate("go\n")
    with lock.held(wait=5), lock.held(wait=0):
        pass


def test_a_git_command_that_holds_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1))
        lock = tmp_path / ".git/index.lock"
        lock.touch()
        with pytest.raises(Busy, match="Another git command"):
            put(workspace.job(1), box(2))
        assert numbers(workspace.job(1).annotations) == [1]
        lock.unlink()

        history, real = workspace.store.history, workspace.store.history.settle

        def settle(paths: Iterable[str]) -> tuple[Path, ...]:
            lock.touch()  # Git takes it just then.
            return real(paths)

        with monkeypatch.context() as patch:
            patch.setattr(history, "settle", settle)
            put(workspace.job(1), box(2))
        assert numbers(workspace.job(1).annotations) == [1, 2]
        lock.unlink(missing_ok=True)
        put(workspace.job(1), box(3))
        assert git(tmp_path, "status", "--porcelain") == ""
