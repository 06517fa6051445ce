"""Mending a repository: broken objects written again from wherever their content still is, references from logs."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.store.files import read_file
from cvatcore.store.upkeep import HistoryFault
from cvatsync.remote.program import git_environment, git_program
from cvatsync.upkeep.reflogs import read_log

if TYPE_CHECKING:
    import pygit2

_FETCH_SECONDS = 600


class Mending:
    """One attempt to mend a repository."""

    def __init__(self, repository: pygit2.Repository, common: Path, *, quarantine: Path) -> None:
        self._repo = repository
        self._common = common
        self._quarantine = quarantine

    def mend(self, faults: list[HistoryFault]) -> dict[str, str]:
        """Returns by the name of a fault what was done about it."""
        done: dict[str, str] = {}
        objects = [fault for fault in faults if fault.kind == "missing-object"]
        for fault in objects:
            if fault.path:
                self._set_aside(Path(fault.path))
        for fault in objects:
            said = self._write_again(fault)
            if said:
                done[fault.name] = said
        self._write_staged_trees()
        left = [fault for fault in objects if fault.name not in done]
        if left and any(not self._is_there(fault.name) for fault in left):
            self._fetch_again()
        for fault in left:
            if self._is_there(fault.name):
                done[fault.name] = "written again, from what is staged or from a remote"
            elif fault.path:
                done[fault.name] = ""
        mended: dict[str, str] = {}
        for fault in faults:
            if fault.kind != "broken-reference":
                continue
            branch = self._branch_of(fault.name)
            if branch in mended or (commit := self._last_commit_of(branch)):
                if branch not in mended:
                    mended[branch] = commit
                    self._set_aside(self._common / branch)
                    self._repo.references.create(branch, commit, force=True)
                done[fault.name] = f"set to {mended[branch][:12]}, the newest commit of its log that is whole"
        return {name: said for name, said in done.items() if said}

    def _set_aside(self, path: Path) -> None:
        target = self._quarantine / "git" / path.relative_to(self._common)
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            try:
                os.chmod(path, 0o644)  # Windows moves no read-only file.
                shutil.move(path, target)
            except PermissionError:
                shutil.copyfile(path, target)
                path.unlink()

    def _write_again(self, fault: HistoryFault) -> str:
        """A file of the working tree may have the very content."""
        import pygit2
        from pygit2.enums import ObjectType

        place = Path(self._repo.workdir) / fault.used_as
        if not fault.used_as or not place.is_file():
            return ""
        data = read_file(place) or b""
        if str(pygit2.hash(data)) != fault.name:
            return ""
        self._repo.write(ObjectType.BLOB, data)
        return f"written again from {fault.used_as}"

    def _write_staged_trees(self) -> None:
        """The index names all files of its trees, and so those of the newest commit where nothing else is staged."""
        import pygit2

        with contextlib.suppress(pygit2.GitError, KeyError, ValueError):
            index = self._repo.index
            index.read(True)
            # Without what it remembers of trees, which says that they are there.
            again = pygit2.Index()
            for entry in index:
                again.add(entry)
            again.write_tree(self._repo)

    def _fetch_again(self) -> None:
        """Ask the remotes for all that they have, as if nothing were here."""
        program = git_program()
        if program is None:
            return
        for remote in self._repo.remotes.names():
            command = [program, "-C", str(self._repo.workdir), "fetch", "--quiet", "--refetch", str(remote)]
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run(command, capture_output=True, check=False, timeout=_FETCH_SECONDS, env=git_environment())

    def _is_there(self, name: str) -> bool:
        import pygit2

        try:
            pygit2.Repository(self._repo.path).read(pygit2.Oid(hex=name))
        except (KeyError, pygit2.GitError, ValueError):
            return False
        return True

    def _branch_of(self, name: str) -> str:
        """The reference to set: for HEAD the branch that it stands for."""
        text = (read_file(Path(self._repo.path) / "HEAD") or b"").decode(errors="replace").strip()
        return text.removeprefix("ref: ") if name == "HEAD" and text.startswith("ref: ") else name

    def _last_commit_of(self, name: str) -> str:
        """The newest commit of a reference's log that can be read with its tree; empty when there is none."""
        import pygit2

        for line in reversed(read_log(self._common / "logs" / name)):
            with contextlib.suppress(KeyError, pygit2.GitError, ValueError):
                found: object = self._repo[line.after]
                if isinstance(found, pygit2.Commit):
                    self._repo.read(found.tree_id)
                    return line.after
        return ""
