"""The cache against a dictionary, and against everything that can go wrong with its folder."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import lmdb
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cvatcore.cache import Cache, CacheStats, NullCache, open_cache

CAP = 1 << 20


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    opened = open_cache(tmp_path / "cache", max_bytes=CAP)
    yield opened
    opened.close()


def file_size(folder: Path) -> int:
    return (folder / "data.mdb").stat().st_size


class CacheModel(RuleBasedStateMachine):
    """Values by key in the order of their last use; what the cache holds must be the end of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="cache-"))
        self.cache = open_cache(self.folder, max_bytes=CAP)
        self.model: dict[bytes, bytes] = {}

    keys = st.integers(0, 25).map(lambda number: b"k%d" % number)
    sizes = st.sampled_from([0, 1, 1899, 1900, 4092, 4096, 30_000, 60_000, 80_000])

    @rule(key=keys, size=sizes, seed=st.integers(0, 255))
    def put(self, key: bytes, size: int, seed: int) -> None:
        value = bytes([seed]) * size
        self.cache.put(key, value)
        self.model.pop(key, None)
        self.model[key] = value
        assert self.cache.get(key) == value

    @rule(key=keys)
    def put_too_large(self, key: bytes) -> None:
        self.cache.put(key, b"x" * (CAP // 4))
        self.model.pop(key, None)
        assert self.cache.get(key) is None

    @rule(key=keys)
    def get(self, key: bytes) -> None:
        value = self.cache.get(key)
        assert value in (None, self.model.get(key))
        if value is not None:
            self.model[key] = self.model.pop(key)

    @rule()
    def reopen(self) -> None:
        self.cache.close()
        assert self.cache.get(b"k1") is None
        self.cache = open_cache(self.folder, max_bytes=CAP)

    @invariant()
    def least_recently_used_went_first(self) -> None:
        found = [self.cache.get(key) for key in list(self.model)]
        held = [value is not None for value in found]
        assert held == sorted(held)
        assert all(value in (None, expected) for value, expected in zip(found, self.model.values(), strict=True))
        self.model = dict(list(self.model.items())[held.count(False) :])

    @invariant()
    def stays_below_its_cap(self) -> None:
        stats = self.cache.stats
        assert stats.entries == len(self.model)
        assert sum(map(len, self.model.values())) <= stats.bytes <= CAP
        assert file_size(self.folder) <= CAP

    def teardown(self) -> None:
        self.cache.close()
        shutil.rmtree(self.folder)


TestCacheModel = CacheModel.TestCase
TestCacheModel.settings = settings(stateful_step_count=40)


def test_a_get_saves_an_entry_from_eviction(cache: Cache) -> None:
    for number in range(8):
        cache.put(b"%d" % number, bytes(80_000))
    cache.get(b"0")
    for number in range(8, 12):
        cache.put(b"%d" % number, bytes(80_000))
    assert cache.get(b"0") is not None
    assert cache.get(b"1") is None
    assert cache.stats.evictions > 0


def test_stats_count_hits_and_misses(cache: Cache) -> None:
    cache.put(b"a", b"1")
    cache.get(b"a")
    cache.get(b"b")
    stats = cache.stats
    assert (stats.entries, stats.hits, stats.misses) == (1, 1, 1)


def test_any_key_fits(cache: Cache) -> None:
    cache.put(b"", b"empty")
    cache.put(b"k" * 10_000, b"long")
    assert cache.get(b"") == b"empty"
    assert cache.get(b"k" * 10_000) == b"long"


def test_it_survives_a_restart(tmp_path: Path) -> None:
    first = open_cache(tmp_path, max_bytes=CAP)
    first.put(b"a", b"1")
    first.close()
    second = open_cache(tmp_path, max_bytes=CAP)
    assert second.get(b"a") == b"1"
    second.close()


def test_thousands_of_puts_stay_below_the_cap(cache: Cache, tmp_path: Path) -> None:
    for number in range(2000):
        cache.put(b"%d" % number, os.urandom(100 + number * 37 % 60_000))
        assert cache.get(b"%d" % number) is not None
    assert file_size(tmp_path / "cache") <= CAP


def test_open_twice_in_one_process_is_one_cache(tmp_path: Path) -> None:
    first = open_cache(tmp_path, max_bytes=CAP)
    second = open_cache(tmp_path / ".." / tmp_path.name, max_bytes=CAP)
    first.put(b"a", b"1")
    assert second.get(b"a") == b"1"
    first.close()
    first.close()
    first.put(b"a", b"2")
    assert second.get(b"a") == b"1"
    assert first.stats == CacheStats()
    second.close()
    assert second.get(b"a") is None


def test_several_processes_share_it(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from cvatcore.cache import open_cache
name = sys.argv[2]
cache = open_cache(Path(sys.argv[1]), max_bytes=1 << 20)
for number in range(300):
    value = (b"%d" % number) * 3000
    cache.put(b"%d" % number, value)
    assert cache.get(b"%d" % number) in (None, value), number
cache.put(name.encode(), b"done")
cache.close()
"""
    mine = open_cache(tmp_path, max_bytes=CAP)
    names = ["first", "second", "third"]
    started = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path), name]) for name in names]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert [mine.get(name.encode()) for name in names if mine.get(name.encode())]
    assert mine.get(b"299") == b"299" * 3000
    mine.close()


def test_threads_share_it_and_one_may_close_it(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, max_bytes=CAP)
    wrong: list[bytes] = []
    begun = threading.Barrier(5)

    def work(seed: int) -> None:
        begun.wait()
        for number in range(200):
            key = b"%d" % (number % 50)
            cache.put(key, key * 500)
            if cache.get(key) not in (None, key * 500):
                wrong.append(key)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    begun.wait()
    cache.close()
    for thread in threads:
        thread.join()
    assert not wrong


def _random_bytes(folder: Path) -> None:
    (folder / "data.mdb").write_bytes(os.urandom(100_000))


def _few_bytes(folder: Path) -> None:
    (folder / "data.mdb").write_bytes(b"no")


def _cut_short(folder: Path) -> None:
    size = file_size(folder)
    os.truncate(folder / "data.mdb", size // 2)


def _foreign(folder: Path) -> None:
    (folder / "data.mdb").unlink()
    with lmdb.open(str(folder)) as env, env.begin(write=True) as txn:
        txn.put(b"somebody", b"else")


@pytest.mark.parametrize("damage", [_random_bytes, _few_bytes, _cut_short, _foreign])
def test_what_is_damaged_or_foreign_is_moved_aside(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    cache = open_cache(tmp_path, max_bytes=CAP)
    for number in range(5):
        cache.put(b"%d" % number, os.urandom(50_000))
    cache.close()
    damage(tmp_path)
    spoilt = (tmp_path / "data.mdb").read_bytes()
    cache = open_cache(tmp_path, max_bytes=CAP)
    assert cache.get(b"1") is None
    cache.put(b"1", b"new")
    assert cache.get(b"1") == b"new"
    cache.close()
    assert (tmp_path / "data.mdb.aside").read_bytes() == spoilt


def test_a_flipped_bit_in_a_value_is_not_served(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, max_bytes=CAP)
    cache.put(b"a", b"#" * 50_000)
    cache.close()
    data = (tmp_path / "data.mdb").read_bytes()
    middle = data.index(b"#" * 10_000) + 5000
    (tmp_path / "data.mdb").write_bytes(data[:middle] + b"!" + data[middle + 1 :])
    cache = open_cache(tmp_path, max_bytes=CAP)
    assert cache.get(b"a") is None
    cache.put(b"a", b"#")
    assert cache.get(b"a") == b"#"
    cache.close()


def test_a_smaller_cap_is_kept_by_starting_anew(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, max_bytes=4 * CAP)
    for number in range(20):
        cache.put(b"%d" % number, os.urandom(100_000))
    cache.close()
    assert file_size(tmp_path) > CAP
    cache = open_cache(tmp_path, max_bytes=CAP)
    cache.put(b"a", b"1")
    assert cache.get(b"a") == b"1"
    assert file_size(tmp_path) <= CAP
    assert not (tmp_path / "data.mdb.aside").exists()
    cache.close()


def test_a_folder_that_cannot_be_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = open_cache(tmp_path / "file" / "cache", max_bytes=CAP)
    cache.put(b"a", b"1")
    assert cache.get(b"a") is None
    assert isinstance(cache, NullCache)
    cache.close()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder_is_no_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert isinstance(open_cache(tmp_path, max_bytes=CAP), NullCache)
    tmp_path.chmod(0o700)


def test_a_cap_too_small_for_anything_keeps_nothing(tmp_path: Path) -> None:
    assert isinstance(open_cache(tmp_path, max_bytes=1000), NullCache)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on a file's size is POSIX's")
def test_a_full_disk_is_no_error(tmp_path: Path) -> None:
    # The limit on the size of files stands for the full disk: writes fail from some point on.
    program = """
import resource, signal, sys
from pathlib import Path
from cvatcore.cache import open_cache
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
cache = open_cache(Path(sys.argv[1]), max_bytes=8 << 20)
cache.put(b"before", b"1" * 100_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
values = {b"%d" % number: bytes([number]) * 100_000 for number in range(40)}
for key, value in values.items():
    cache.put(key, value)
found = {key: cache.get(key) for key in values}
assert all(value in (None, values[key]) for key, value in found.items())
assert None in found.values()
cache.close()
"""
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    cache = open_cache(tmp_path, max_bytes=8 << 20)
    assert cache.get(b"before") in (None, b"1" * 100_000)
    cache.put(b"after", b"2")
    assert cache.get(b"after") == b"2"
    cache.close()


def test_the_null_cache_keeps_nothing() -> None:
    cache = NullCache()
    cache.put(b"a", b"1")
    assert cache.get(b"a") is None
    assert cache.stats == CacheStats()
    cache.close()
