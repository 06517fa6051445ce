"""Waiting for the disk."""

import errno
import os
import threading
from pathlib import Path

import pytest

from cvatcore.errors import StorageFailed
from cvatcore.store.files import make_durable


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    made = [tmp_path / str(number) for number in range(20)]
    for path in made:
        path.write_bytes(b"x")
    return made


@pytest.mark.parametrize("count", [0, 1, 2, 20])
def test_every_file_is_asked_for_once(paths: list[Path], monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(os.fstat(handle).st_ino))
    wanted = paths[:count]
    make_durable([*wanted, *wanted, paths[0].with_name("missing")])
    assert sorted(flushed) == sorted(path.stat().st_ino for path in wanted)


def test_one_that_fails_is_told_when_all_are_done(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    lock, calls = threading.Lock(), 0

    def failing(handle: int) -> None:
        nonlocal calls
        with lock:
            calls += 1
            if calls == 3:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(StorageFailed, match="disk is full"):
        make_durable(paths)
    assert calls == len(paths)
