"""Is the repository whole, what mends it, what makes it smaller: git under `cvat fsck`, `cvat gc`, `cvat doctor`."""

from __future__ import annotations

import contextlib
import importlib.metadata
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.store.upkeep import Cleaned, HistoryFault, Space
from cvatsync.driver_install import check_drivers
from cvatsync.history import common_folder, open_repository
from cvatsync.refusals import refusals_translated
from cvatsync.remote.program import git_environment, git_program
from cvatsync.upkeep.mending import Mending
from cvatsync.upkeep.object_walk import Reached
from cvatsync.upkeep.packing import Objects
from cvatsync.upkeep.reflogs import SCRATCH
from cvatsync.upkeep.roots import git_folders, is_at_rest
from cvatsync.working_index import is_running, lock_holder

if TYPE_CHECKING:
    import pygit2

_GIT_SECONDS = 600
_NO_NEWS = ("notice:", "dangling ", "Checking ", "warning in ", "Verifying ")


def open_upkeep(root: Path) -> GitUpkeep:
    """The upkeep of the repository that holds the workspace at `root`.

    Errors: NotAWorkspace.
    """
    return GitUpkeep(open_repository(root), root)


class GitUpkeep:
    """Works with a repository of its own."""

    def __init__(self, repository: pygit2.Repository, root: Path) -> None:
        self._repo = repository
        self._root = root
        self._common = common_folder(Path(repository.path))
        self._objects = Objects(repository, self._common)

    def check(self, *, commits: Iterable[str] = ()) -> list[HistoryFault]:
        """Read every object that a reference or one of these commits has; where git is installed, ask it, too."""
        import pygit2

        faults: dict[str, HistoryFault] = {}

        def missing(number: bytes, path: str, why: str) -> None:
            name = number.hex()
            place = self._common / "objects" / name[:2] / name[2:]
            faults[name] = HistoryFault(
                kind="missing-object",
                name=name,
                message=_sentence(
                    f"The object {name} " + (f"cannot be read: {why}" if place.exists() else "is missing")
                ),
                path=str(place) if place.exists() else "",
                used_as=path,
            )

        with refusals_translated(self._common):
            # A repository that has read an object keeps it in memory, and would not see what became of the file.
            fresh = pygit2.Repository(self._repo.path)
            reached = Reached(fresh, missing=missing, reads_files=True)
            roots: list[bytes] = []
            for name, target in self._references():
                if target is None:
                    place = self._common / name
                    faults[name] = HistoryFault(
                        kind="broken-reference",
                        name=name,
                        message=f"The reference {name} names no commit.",
                        path=str(place) if name != "HEAD" and place.is_file() else "",
                    )
                else:
                    roots.append(target)
            reached.add(roots)
            # What operations name may have been dropped by a clean-up of git's: that is no fault.
            reached.add(bytes.fromhex(one) for one in commits if one in fresh)
            fresh.free()
        if not faults:
            faults |= {fault.name: fault for fault in self._ask_git()}
        return list(faults.values())

    def mend(self, faults: Iterable[HistoryFault], *, quarantine: Path) -> dict[str, str]:
        """Mend what can be mended, from the working tree, the index, logs and remotes."""
        with refusals_translated(self._common):
            return Mending(self._repo, self._common, quarantine=quarantine).mend(list(faults))

    def space(self) -> Space:
        """How the objects lie on the disk."""
        with refusals_translated(self._common):
            return self._objects.space()

    def clean(
        self, *, keep: Callable[[], Iterable[str]], whole: bool, writing: Callable[[], AbstractContextManager[object]]
    ) -> Cleaned:
        """Pack loose objects, and drop what saves that amend each other have left behind."""
        with refusals_translated(self._common):
            return self._objects.clean(keep=keep, whole=whole, writing=writing)

    def locks(self) -> Mapping[Path, float]:
        """Git's lock files with their age in seconds, but for those that a process of ours holds just now."""
        found: dict[Path, float] = {}
        for folder in git_folders(self._common):
            for path in [*folder.glob("*.lock"), *(folder / "refs").rglob("*.lock")]:
                holder = lock_holder(path)
                if holder and is_running(holder):
                    continue
                age = _age(path)
                if age is not None:
                    # The process that made it is gone, however long ago that was.
                    found[path] = float("inf") if holder else age
        return found

    def leftovers(self) -> Mapping[Path, float]:
        """Files that git programs which died have left among the objects, with their age in seconds."""
        objects = self._common / "objects"
        patterns = (
            "tmp_obj*",
            "??/tmp_obj*",
            "pack/tmp_*",
            "pack/.tmp-*",
            "pack/pack_git2_*",
            "pack/*.lock",
            "??/*.lock",
        )
        found = {path: _age(path) for pattern in patterns for path in objects.glob(pattern)}
        found |= {path: _age(path) for path in self._common.glob(f"{SCRATCH}-*.tmp")}
        return {path: age for path, age in found.items() if age is not None}

    def describe(self) -> Mapping[str, str]:
        """For a report: versions, branch, state, counts of objects."""
        import pygit2

        program = git_program()
        version = "not installed"
        if program is not None:
            done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10)
            version = done.stdout.strip().removeprefix("git version ") or "does not run"
        with refusals_translated(self._common):
            space = self._objects.space()
            head = "none yet" if self._repo.head_is_unborn else str(self._repo.head.target)[:12]
            kind = "detached" if self._repo.head_is_detached else "on a branch"
            state = "at rest" if is_at_rest(self._common) else "something is under way"
            remotes = len(list(self._repo.remotes.names()))
        drivers = check_drivers(self._root)
        return {
            "git": version,
            "libgit2": f"{pygit2.LIBGIT2_VERSION} (pygit2 {importlib.metadata.version('pygit2')})",
            "head": f"{head}, {kind}",
            "state": state,
            "worktrees": str(len(git_folders(self._common))),
            "remotes": str(remotes),
            "merge drivers": " ".join(drivers) or "installed",
            "objects": f"{space.loose} loose, {space.packs} packs, {space.bytes / 1e6:.1f} MB",
        }

    def close(self) -> None:
        """Free the repository's file handles."""
        self._repo.free()

    def _references(self) -> Iterable[tuple[str, bytes | None]]:
        """The references, with what they stand on: None for those that stand on nothing that can be read."""
        import pygit2

        names = {
            path.relative_to(self._common).as_posix() for path in (self._common / "refs").rglob("*") if path.is_file()
        }
        names = {name for name in names if not name.endswith(".lock")} | {"HEAD"}
        with contextlib.suppress(pygit2.GitError):  # One of them is broken: the files are all looked at.
            names |= set(self._repo.references)
        for name in sorted(names):
            try:
                target = self._repo.references[name].resolve().target
            except KeyError:
                if name != "HEAD" or not self._is_unborn():
                    yield name, None
            except (pygit2.GitError, ValueError):
                yield name, None
            else:
                yield name, target.raw if isinstance(target, pygit2.Oid) and target in self._repo else None

    def _is_unborn(self) -> bool:
        import pygit2

        try:
            return self._repo.head_is_unborn
        except pygit2.GitError:
            return False

    def _ask_git(self) -> Iterable[HistoryFault]:
        program = git_program()
        if program is None:
            return
        command = [program, "-C", str(self._repo.workdir), "fsck", "--no-dangling", "--no-progress"]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=_GIT_SECONDS,
                env=git_environment(),
            )
        except (OSError, subprocess.TimeoutExpired):
            return
        for line in (done.stdout + done.stderr).splitlines():
            if line.strip() and not line.startswith(_NO_NEWS):
                yield HistoryFault(kind="git-fsck", name=line, message=_sentence(f"Git says: {line}"))


def _age(path: Path) -> float | None:
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except OSError:
        return None


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
