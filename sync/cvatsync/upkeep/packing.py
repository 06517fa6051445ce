"""Less room for the same history: loose objects into packs, what amended saves left behind away.

Safe beside other git programs: an object goes only once it lies in a pack, or when nothing at all can name it. What
could name it (references, logs, indexes, the newest operations) is looked at again while no writer of ours is at work;
an object that another program has touched a moment ago, as git does with one that it is about to use, stays.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import Busy
from cvatcore.store.files import make_durable
from cvatcore.store.upkeep import Cleaned, Space
from cvatsync.upkeep.object_walk import Reached
from cvatsync.upkeep.reflogs import drop_lines, log_files
from cvatsync.upkeep.roots import find_roots, git_folders, is_at_rest

if TYPE_CHECKING:
    import pygit2

Writing = Callable[[], AbstractContextManager[object]]
"""Keeps the writers of the workspace out for a moment."""

_TOUCHED_SECONDS = 5.0
"""An object that was touched so lately may be in use."""

_OLD_SECONDS = 14 * 24 * 3600.0
"""What nothing names is kept for so long, as git does."""

_AT_ONCE = 256
"""Objects that are removed while writers wait: some milliseconds."""

_PACK_PARTS = (".pack", ".idx", ".rev", ".bitmap", ".mtimes")
_HEX = 38


class Objects:
    """The folder of a repository's objects."""

    def __init__(self, repository: pygit2.Repository, common: Path) -> None:
        self._repo = repository
        self._common = common
        self.folder = common / "objects"
        self.packs = self.folder / "pack"
        self._newest: Path | None = None
        """The pack that was written last."""

    def loose(self) -> Iterator[tuple[bytes, Path]]:
        """Loose objects by id, with their files."""
        for number in range(256):
            start = f"{number:02x}"
            with contextlib.suppress(FileNotFoundError), os.scandir(self.folder / start) as entries:
                for entry in entries:
                    if len(entry.name) == _HEX:
                        with contextlib.suppress(ValueError):
                            yield bytes.fromhex(start + entry.name), Path(entry.path)

    def pack_files(self) -> list[Path]:
        """The packs that are ours to replace: not those that are kept on purpose, or promised by a remote."""
        if not self.packs.is_dir():
            return []
        return sorted(
            path
            for path in self.packs.glob("*.pack")
            if not path.with_suffix(".keep").exists() and not path.with_suffix(".promisor").exists()
        )

    def space(self) -> Space:
        """How much room they take."""
        loose = [path.stat().st_size for _, path in self.loose()]
        packs = list(self.packs.glob("*.pack")) if self.packs.is_dir() else []
        parts = [part.stat().st_size for pack in packs for part in self.packs.glob(f"{pack.stem}.*")]
        return Space(loose=len(loose), packs=len(packs), bytes=sum(loose) + sum(parts))

    def clean(self, *, keep: Callable[[], Iterable[str]], whole: bool, writing: Writing) -> Cleaned:
        """As `Upkeep.clean`.

        Errors: Busy, StorageFailed, pygit2.GitError.
        """
        if not is_at_rest(self._common):
            raise Busy("A merge, rebase or the like is under way in this repository.", hint="Finish it, then clean up.")
        before = self.space()
        alive = Reached(self._repo)

        def look_again() -> None:
            alive.add([*find_roots(self._repo, self._common).ids, *map(bytes.fromhex, keep())])

        doomed, dropped = self._drop(alive, look_again, writing)
        self._pack(alive, doomed, look_again, writing, whole=whole)
        return Cleaned(before=before, after=self.space(), dropped_saves=dropped)

    def _drop(self, alive: Reached, look_again: Callable[[], None], writing: Writing) -> tuple[set[bytes], int]:
        """Remove what only saves have that were amended since.

        Returns the objects that were removed, or lie in a pack still, and how many saves they were of. Afterwards
        `alive` has all that something names.
        """
        roots = find_roots(self._repo, self._common)
        recently = time.time() - _TOUCHED_SECONDS
        saves = {bytes.fromhex(line.after) for lines in roots.saves.values() for line in lines}
        young = {commit for commit in saves if self._touched(commit) > recently}
        alive.add([*roots.ids, *young])
        look_again()
        gone = saves - alive.ids
        if not gone or alive.broken or self._is_partial():
            # What a walk could not read might have led to what is about to go.
            return set(), 0
        dead = Reached(self._repo)
        dead.ids |= alive.ids
        dead.add(gone)
        doomed = dead.ids - alive.ids
        with writing():
            if not is_at_rest(self._common):
                alive.ids |= doomed
                return set(), 0
            look_again()
            doomed -= alive.ids
            gone &= doomed
            names = {commit.hex() for commit in gone}
            for path, name in log_files(git_folders(self._common)):
                # HEAD is each worktree's own, branches are the repository's.
                folder = path.parent.parent if name == "HEAD" else self._common
                drop_lines(path, lock=folder / f"{name}.lock", scratch=self._common, gone=names)
            self._forget_graph()
        # The commits first: wherever this is cut off, none is left that misses a part. Few at a time, so that no save
        # waits; one that wrote the very content of something doomed has touched it.
        waste = sorted(((number, path) for number, path in self.loose() if number in doomed), key=_commits_first(gone))
        for start in range(0, len(waste), _AT_ONCE):
            with writing():
                for number, path in waste[start : start + _AT_ONCE]:
                    if self._touched(number) < recently:
                        _remove(path)
        return doomed, len(gone)

    def _pack(
        self, alive: Reached, doomed: set[bytes], look_again: Callable[[], None], writing: Writing, *, whole: bool
    ) -> None:
        """Put loose objects into a pack, with `whole` those of the other packs, too; what lies in a pack is removed."""
        loose = dict(self.loose())
        wanted = {number for number in loose if number in alive.ids and self._is_sound(number)}
        touched = {pack: pack.stat().st_mtime for pack in self.pack_files()} if whole else {}
        old = {pack: set(pack_index(pack.with_suffix(".idx"))) for pack in touched}
        old = {pack: numbers for pack, numbers in old.items() if numbers}
        if len(old) > 1 or wanted or any(not numbers.isdisjoint(doomed) for numbers in old.values()):
            wanted = wanted.union(*old.values()) - doomed
            self._write_pack(wanted)
        if old and self._packed().issuperset(wanted):
            with writing():
                # A save that wrote the very content of something doomed has found it in its old pack.
                look_again()
                is_free = doomed.isdisjoint(alive.ids)
                for pack in old.keys() - {self._newest} if is_free and self._newest is not None else ():
                    if pack.stat().st_mtime == touched[pack]:  # Git touches a pack that it found something in.
                        # That would name packs that are gone; git makes it anew.
                        (self.packs / "multi-pack-index").unlink(missing_ok=True)
                        for ending in _PACK_PARTS:
                            _remove(pack.with_suffix(ending))
        packed = self._packed()
        old_age = time.time() - _OLD_SECONDS
        for number, path in loose.items():
            is_old = number not in alive.ids and self._touched(number) < old_age and not self._is_partial()
            if number in packed or is_old:
                _remove(path)

    def _write_pack(self, wanted: set[bytes]) -> None:
        import pygit2

        builder = pygit2.PackBuilder(self._repo)
        for number in sorted(wanted):
            builder.add(pygit2.Oid(raw=number))
        known = set(self.packs.glob("*.pack"))
        self.packs.mkdir(parents=True, exist_ok=True)
        builder.write(str(self.packs))
        made = set(self.packs.glob("*.pack")) - known
        make_durable([*made, *(path.with_suffix(".idx") for path in made), self.packs])
        # Where the same objects were packed the same way, it has the name of the one that is there.
        self._newest = next(iter(made), None) or max(known, key=lambda path: path.stat().st_mtime)

    def _packed(self) -> set[bytes]:
        return {number for path in self.packs.glob("*.pack") for number in pack_index(path.with_suffix(".idx"))}

    def _touched(self, number: bytes) -> float:
        """When a loose object was written or touched last; 0 for one that is not loose."""
        name = number.hex()
        try:
            return (self.folder / name[:2] / name[2:]).stat().st_mtime
        except OSError:
            return 0.0

    def _is_sound(self, number: bytes) -> bool:
        import pygit2

        try:
            self._repo.read(pygit2.Oid(raw=number))
        except (KeyError, pygit2.GitError, ValueError):
            return False  # Broken: it stays where `cvat fsck` finds it.
        return True

    def _is_partial(self) -> bool:
        """Whether objects may be missing on purpose: then reachability cannot be told."""
        shallow = (self._common / "shallow").exists()
        return shallow or any(self.packs.glob("*.promisor") if self.packs.is_dir() else ())

    def _forget_graph(self) -> None:
        """Git's list of commits, which it makes anew, would name those that are gone."""
        (self.folder / "info/commit-graph").unlink(missing_ok=True)
        graphs = self.folder / "info/commit-graphs"
        for path in graphs.iterdir() if graphs.is_dir() else ():
            path.unlink(missing_ok=True)


def _commits_first(commits: set[bytes]) -> Callable[[tuple[bytes, Path]], bool]:
    return lambda one: one[0] not in commits


def _remove(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        try:
            path.unlink()
        except PermissionError:  # Windows removes no read-only file.
            os.chmod(path, 0o666)
            path.unlink()


def pack_index(path: Path) -> list[bytes]:
    """The ids of the objects in a pack, from its index (version 2)."""
    data = path.read_bytes()
    if data[:8] != b"\xfftOc\x00\x00\x00\x02":
        return []  # Of another version: what is in it stays there.
    count = int.from_bytes(data[8 + 255 * 4 : 8 + 256 * 4])
    start = 8 + 256 * 4
    return [data[at : at + 20] for at in range(start, start + count * 20, 20)]
