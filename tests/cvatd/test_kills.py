"""Writers and daemons that are killed at random moments: what was acknowledged is there, and nobody has to help.

`CVAT_KILLS` says how many; the gate takes few.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

import cvatsync.upkeep.upkeep  # noqa: F401  loaded before the fork, so that the kill falls into the work
from cvatcore import ChangeSet, Workspace
from cvatcore.errors import Busy, Conflict, CvatError, StorageFailed
from cvatcore.workspace.upkeep.cleaning import clean
from cvatcore.workspace.upkeep.fsck import check_workspace
from cvatsync.upkeep import packing
from kit.annotated import annotated, assert_sound, box, git
from kit.daemon import Running, start_daemon

KILLS = int(os.environ.get("CVAT_KILLS", "12"))

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="forks, so that a kill falls into the work"),
    pytest.mark.timeout(60 + 3 * KILLS),
]

Told = dict[int, float]
"""By the id of an object, where it is."""

Tell = Callable[[str], None]


def saving(root: Path, tell: Tell, *, seed: int, first: int) -> None:
    """Save until the end comes; what was acknowledged is told."""
    chance = random.Random(seed)
    with Workspace(root) as workspace:
        job = workspace.job(1 + first // 1000 % 2)
        frames = range(job.start, job.stop + 1)
        mine = [shape.id for shape in job.annotations.shapes if shape.id // 1000 == first // 1000]
        tell("ready")
        while True:
            with contextlib.suppress(Busy, Conflict, StorageFailed):
                if mine and chance.random() < 0.3:
                    number = mine[chance.randrange(len(mine))]
                    job.apply(ChangeSet(delete=frozenset({number})))
                    mine.remove(number)
                    tell(f"deleted {number} 0")
                else:
                    number, at = first + chance.randrange(40), float(chance.randrange(1000))
                    job.apply(ChangeSet(shapes=(box(number, chance.choice(frames), at=at),)))
                    mine = sorted({*mine, number})
                    tell(f"put {number} {at}")


def cleaning(root: Path, tell: Tell, *, seed: int, first: int) -> None:
    """Pack, and pack again."""
    packing._TOUCHED_SECONDS = 0.0
    with Workspace(root) as workspace:
        tell("ready")
        while True:
            with contextlib.suppress(Busy, Conflict, StorageFailed):
                clean(workspace, whole=bool(first % 2))


class Child:
    """A process that does some work until it is killed."""

    def __init__(self, root: Path, work: Callable[..., None], *, seed: int, first: int) -> None:
        self.first = first
        self._heard = b""
        self._reading, writing = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            try:
                os.close(self._reading)
                work(root, lambda text: os.write(writing, f"{text}\n".encode()), seed=seed, first=first)
            except CvatError as error:
                os.write(2, f"{error.message}\n".encode())
            finally:
                os._exit(1)
        os.close(writing)

    def is_ready(self) -> None:
        """Wait until it has opened the workspace, or has ended."""
        ended = time.monotonic() + 20
        while b"ready" not in self._heard and time.monotonic() < ended:
            readable, _, _ = select.select([self._reading], [], [], 0.1)
            if readable and not self._hear():
                return

    def kill(self) -> list[str]:
        """Kill it; what it told."""
        os.kill(self._process, signal.SIGKILL)
        _, status = os.waitpid(self._process, 0)
        assert os.WIFSIGNALED(status), f"it ended by itself: {self._heard!r}"
        while self._hear():
            pass
        os.close(self._reading)
        return self._heard.decode().rpartition("\n")[0].splitlines()

    def _hear(self) -> bytes:
        heard = os.read(self._reading, 65536)
        self._heard += heard
        return heard


def apply_told(alive: Told, lines: list[str]) -> None:
    for line in lines:
        if line == "ready":
            continue
        word, number, at = line.split()
        if word == "put":
            alive[int(number)] = float(at)
        else:
            alive.pop(int(number), None)


def started(root: Path) -> None:
    """A workspace of two jobs; ids up to 20,000 are the test's."""
    with annotated(root, segment_size=50) as workspace:
        workspace.store.ids.take("object", 20_000)


def found(root: Path) -> Told:
    with Workspace(root) as workspace:
        return {shape.id: shape.points[0] for job in (1, 2) for shape in workspace.job(job).annotations.shapes}


def check(root: Path) -> None:
    with Workspace(root) as workspace:
        assert [one.text for one in check_workspace(workspace).findings if one.is_fault] == []
    assert_sound(root)


def rounds(
    root: Path,
    kills: int,
    *,
    seed: int,
    before: Callable[[], None] = lambda: None,
    make_room: Callable[[], None] = lambda: None,
) -> int:
    """Kill so many processes, up to three at a time, and look after each round."""
    chance = random.Random(seed)
    alive = found(root)
    killed = acknowledged = 0
    while killed < kills:
        before()
        works = [chance.choice([saving, saving, cleaning]) for _ in range(chance.randint(1, 3))]
        children = [
            Child(root, work, seed=chance.randrange(1 << 30), first=2000 + 1000 * nth) for nth, work in enumerate(works)
        ]
        for child in children:
            child.is_ready()
        doubtful = 0
        for child in children:
            threading.Event().wait(chance.uniform(0, 0.1))
            lines = child.kill()
            killed += 1
            acknowledged += max(0, len(lines) - 1)
            apply_told(alive, lines)
            doubtful += 1
        now = found(root)
        # The last change of each that was killed may be there and not have been told.
        differing = {number for number in now.keys() | alive.keys() if now.get(number) != alive.get(number)}
        by_writer = [sum(number // 1000 == child.first // 1000 for number in differing) for child in children]
        assert all(count <= 1 for count in by_writer), (differing, killed)
        assert len(differing) <= doubtful
        alive = now
        if killed % 10 == 0:
            make_room()  # Git itself needs some to look.
            check(root)
    make_room()
    check(root)
    return acknowledged


def test_writers_and_clean_ups_that_are_killed(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    started(tmp_path)
    acknowledged = rounds(tmp_path, KILLS, seed=KILLS)
    assert acknowledged > KILLS / 4
    record_property("acknowledged", acknowledged)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of six megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], check=False, capture_output=True
        )
    except OSError:
        pytest.skip("there is no mount command")
    if done.returncode:
        pytest.skip("this account may not mount a small file system")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_writers_that_are_killed_while_the_disk_fills_up(
    small_disk: Path, record_property: Callable[[str, object], None]
) -> None:
    started(small_disk / "ws")
    filler = small_disk / "filler"
    rooms = itertools.cycle((800_000, 200_000, 20_000))

    def fill() -> None:
        """Leave some room, or hardly any; and make place again for what comes next."""
        filler.unlink(missing_ok=True)
        with Workspace(small_disk / "ws") as workspace, contextlib.suppress(StorageFailed):
            packing._TOUCHED_SECONDS = 0.0
            clean(workspace)
        status = os.statvfs(small_disk)
        room = next(rooms)
        with contextlib.suppress(OSError), open(filler, "wb") as file:
            file.write(b"x" * max(0, status.f_bavail * status.f_frsize - room))

    acknowledged = rounds(
        small_disk / "ws", max(12, KILLS // 10), seed=3, before=fill, make_room=lambda: filler.unlink(missing_ok=True)
    )
    record_property("acknowledged", acknowledged)
    assert acknowledged


class Page(threading.Thread):
    """A page that saves over HTTP until the daemon is gone."""

    def __init__(self, running: Running, nth: int, *, seed: int) -> None:
        super().__init__()
        self._running = running
        self._nth = nth
        self._chance = random.Random(seed)
        self.saved = threading.Event()
        """Set at the first answer."""
        self.told: Told = {}
        self.unanswered: Told = {}
        self.answers = 0

    def run(self) -> None:
        with contextlib.suppress(httpx.TransportError), self._running.client() as client:
            while True:
                number, at = 2000 + self._nth * 1000 + self._chance.randrange(30), float(self._chance.randrange(1000))
                shape = {"id": number, "type": "rectangle", "frame": 50 * (self._nth % 2) + self._chance.randrange(50)}
                shape |= {"label_id": 1, "points": [at, 1, at + 5, 7]}
                self.unanswered = {number: at}
                body = {"put": {"shapes": [shape]}, "delete": []}
                answer = client.post(f"/api/cvatd/jobs/{1 + self._nth % 2}/changes", json=body)
                assert answer.status_code in {200, 503}, answer.text
                if answer.status_code == 200:
                    self.told |= self.unanswered
                    self.answers += 1
                self.unanswered = {}
                self.saved.set()


def test_daemons_that_are_killed(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """SIGKILL of the daemon under saves over HTTP, while a person commits files of their own."""
    root = tmp_path / "ws"
    started(root)
    chance = random.Random(5)
    alive: Told = {}
    kills = max(2, KILLS // 10)
    acknowledged = 0
    for _ in range(kills):
        running = start_daemon(root)
        pages = [Page(running, nth, seed=chance.randrange(1 << 30)) for nth in range(4)]
        for page in pages:
            page.start()
        pages[0].saved.wait(20)
        threading.Event().wait(chance.uniform(0, 0.3))
        running.kill()
        doubtful: Told = {}
        for page in pages:
            page.join()
            alive |= page.told
            doubtful |= page.unanswered
            acknowledged += page.answers
        now = found(root)
        for number in now.keys() | alive.keys():
            # What was sent last and not answered may be there.
            assert now.get(number) in {alive.get(number), doubtful.get(number)}, number
        alive = now
        (root / "notes.txt").write_text(str(chance.random()), encoding="utf-8")
        git(root, "add", "notes.txt")
        git(root, "commit", "-qm", "notes")
    check(root)
    assert git(root, "log", "--format=%s").count("notes") == kills
    record_property("acknowledged", acknowledged)
    assert acknowledged > kills
