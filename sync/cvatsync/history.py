"""The history of a workspace as git commits, made through libgit2 without starting git."""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import Busy, Conflict, CvatError, NotAWorkspace, NotFound
from cvatcore.store import Amend, Author, Prepared, Trailers, parse_trailers
from cvatsync.commit_bytes import author_line, encode_commit, encode_signature
from cvatsync.loose_objects import LooseObjects
from cvatsync.refusals import refusals_translated
from cvatsync.tree_writing import Changes, write_tree
from cvatsync.working_index import WorkingIndex, is_running, lock_holder

if TYPE_CHECKING:
    import pygit2

_NOTHING = "0" * 40

_CLOCK_STEP_NS = 10_000_000
_LONGEST_CHANGE_NS = 10_000_000_000

_UNDER_WAY = {
    "MERGE": ("merge", "--abort"),
    "REVERT": ("revert", "--abort"),
    "CHERRYPICK": ("cherry-pick", "--abort"),
    "BISECT": ("bisect", "reset"),
    "REBASE": ("rebase", "--abort"),
    "APPLY": ("am", "--abort"),
}
"""By the first word of libgit2's state: the git command, and what ends it."""


def open_history(root: Path, *, create: bool = False) -> GitHistory:
    """The git history of the workspace at `root`, in a repository there or in a folder above.

    Errors: NotAWorkspace when there is no repository and `create` is false.
    """
    return GitHistory(open_repository(root, create=create), root)


def open_repository(root: Path, *, create: bool = False) -> pygit2.Repository:
    """The repository that holds `root`.

    Errors: NotAWorkspace when there is none and `create` is false.
    """
    import pygit2

    with refusals_translated(root):
        if os.name == "nt":
            # Loose objects are read-only files, and Windows flushes only what it may write: git has to do it.
            pygit2.option(pygit2.enums.Option.ENABLE_FSYNC_GITDIR, True)
        found = pygit2.discover_repository(str(root))
        if found is not None:
            repository = pygit2.Repository(found)
            if repository.is_bare:
                raise NotAWorkspace(f"{root} is in a bare git repository, which has no files to work on.")
            return repository
        if not create:
            raise NotAWorkspace(f"{root} is not in a git repository.", hint="Make a workspace with: cvat init.")
        return pygit2.init_repository(str(root), initial_head=_first_branch())


def _first_branch() -> str:
    import pygit2

    try:
        return pygit2.Config.get_global_config()["init.defaultBranch"] or "main"
    except (KeyError, OSError):
        return "main"


class GitHistory:
    """Commits on the checked-out branch that change only the paths they are given.

    A person's own staged and unstaged edits of other files stay as they are.
    """

    def __init__(self, repository: pygit2.Repository, root: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._repo = repository
        self._clock = clock
        self._lock = threading.Lock()  # A libgit2 repository must not be used by two threads at once.
        prefix = os.path.relpath(root.resolve(), Path(repository.workdir).resolve())
        self._folder = Path(repository.path)
        self._folder_of_objects = objects_folder(repository)
        self._objects = LooseObjects(repository, self._folder_of_objects)
        self._index = WorkingIndex(repository)
        self._prefix = "" if prefix == "." else prefix.replace(os.sep, "/") + "/"
        self._own: tuple[str, frozenset[str]] = ("", frozenset())
        """The last commit made here, and what other references stood on before it was made."""
        self._before: tuple[str, frozenset[str]] = ("", frozenset())
        """The same of the last one that was prepared."""

    def head(self) -> str:
        """The id of the newest commit, or empty before the first one."""
        with self._using():
            return self._head()

    def branch(self) -> str:
        """The name of the branch that is checked out; empty when a single commit is."""
        with self._using():
            name = self._branch()
            return "" if name == "HEAD" else name.removeprefix("refs/heads/")

    def prepare(
        self,
        files: Changes,
        *,
        message: Callable[[Trailers], str],
        author: Author,
        amend: Amend | None,
        onto: str | None = None,
    ) -> Prepared:
        """Write a commit with these files changed on top of the newest one; nothing points to it yet."""
        with self._using():
            self._index.wait()
            check_at_rest(self._repo)
            head = self._head()
            if onto is not None and onto != head:
                raise _branch_moved()
            tip = self._commit(head) if head else None
            inside = {self._inside(path): data for path, data in files.items()}
            self._objects.taken()  # Those of a save that failed.
            root = tip.tree_id.raw if tip else b""
            tree = write_tree(self._objects, root, inside)
            if tree == root:
                return Prepared(commit=head, expected=head)
            signature = signature_of(author, int(self._clock()))
            before: Trailers = {}
            parents = [tip.id] if tip else []
            made = encode_signature(signature)
            others = frozenset(self._other_targets())
            if tip is not None and amend is not None and self._may_amend(tip, signature, amend, others=others):
                before = parse_trailers(tip.message)
                parents = list(tip.parent_ids)
                made = author_line(tip)
            data = encode_commit(tree, parents, author=made, committer=signature, message=message(before))
            commit = self._objects.write_commit(data).hex()
            self._before = commit, others
            written = tuple(object_files(self._folder_of_objects, self._objects.taken()))
            return Prepared(commit=commit, expected=head, written=written)

    def publish(self, prepared: Prepared) -> tuple[Path, ...]:
        """Move the branch to a prepared commit, if it is still where it was; or HEAD to another branch.

        Git's index stays locked until `settle` or `let_go`: a `git commit` that starts in between would commit
        the tree from before the change.
        """
        if not prepared.branch and prepared.commit == prepared.expected:
            return ()
        with self._using():
            self._index.hold()
            try:
                return self._check_out(prepared) if prepared.branch else self._move(prepared)
            except BaseException:
                self._index.let_go()
                raise

    def _move(self, prepared: Prepared) -> tuple[Path, ...]:
        """Let the branch stand at a prepared commit."""
        name = self._branch()
        prepared_here, others = self._before
        if prepared_here != prepared.commit:
            others = frozenset(self._other_targets())
        with self._repo.transaction() as transaction:
            # The lock keeps a `git commit` of the user out between the look and the move.
            transaction.lock_ref(name)
            if self._head() != prepared.expected:
                raise _branch_moved()
            transaction.set_target(name, prepared.commit, message="cvat: save")
        self._own = prepared.commit, others
        file = (self._folder if name == "HEAD" else common_folder(self._folder)) / name
        return file, *file.parents[: name.count("/") + 1]

    def _check_out(self, prepared: Prepared) -> tuple[Path, ...]:
        """Let HEAD stand for another branch, if both are where they were."""
        name = f"refs/heads/{prepared.branch}"
        here = self._branch().removeprefix("refs/heads/")
        with self._repo.transaction() as transaction:
            transaction.lock_ref("HEAD")
            transaction.lock_ref(name)
            target = self._repo.references.get(name)
            if self._head() != prepared.expected or target is None or str(target.target) != prepared.commit:
                raise _branch_moved()
            # In git's words, which `git switch -` reads.
            left = prepared.expected if here == "HEAD" else here
            transaction.set_symbolic_target("HEAD", name, message=f"checkout: moving from {left} to {prepared.branch}")
        return self._folder / "HEAD", self._folder

    def contains(self, commit: str) -> bool:
        """Whether a commit is the newest or one of its ancestors."""
        with self._using():
            head = self._head()
            if head == commit:
                return True
            return bool(head) and commit in self._repo and self._repo.descendant_of(head, commit)

    def read(self, path: str, *, commit: str = "") -> bytes | None:
        """A file as a commit has it (the newest one, if none is named), or None."""
        import pygit2

        with self._using():
            found: object = self._repo.get(commit or self._head() or _NOTHING)
            if not isinstance(found, pygit2.Commit):
                return None
            try:
                blob = found.tree[self._inside(path)]
            except KeyError:
                return None
            return blob.data if isinstance(blob, pygit2.Blob) else None

    def settle(self, paths: Iterable[str]) -> tuple[Path, ...]:
        """Bring git's index to the working tree for these paths, and only for them."""
        with self._using():
            return self._index.settle([self._inside(path) for path in paths])

    def let_go(self) -> None:
        """Give git's index free, if `publish` has left it locked."""
        with self._lock:
            self._index.let_go()

    def break_locks(self, *, begun_ns: int, branch: str = "") -> None:
        """Remove git's lock files that a writer left who died in a change begun then (ns since 1970).

        `branch` is the one that it was about to check out. A change takes milliseconds: a lock that was made later is
        somebody else's.
        """
        with self._using():
            here = self._branch()
            moved = [(self._folder if here == "HEAD" else common_folder(self._folder)) / here]
            if branch:
                moved.append(common_folder(self._folder) / "refs/heads" / branch)
            for path in (
                self._index.lock_path,
                self._folder / "HEAD.lock",
                *(file.with_name(file.name + ".lock") for file in moved),
            ):
                with contextlib.suppress(FileNotFoundError):
                    holder = lock_holder(path)
                    # File systems count time in steps, so one step before counts too.
                    is_ours = -_CLOCK_STEP_NS <= path.stat().st_mtime_ns - begun_ns <= _LONGEST_CHANGE_NS
                    if not is_running(holder) if holder else is_ours:
                        path.unlink()

    def prepare_merges(self) -> None:
        """Tell git's settings of the merge driver, where they do not name this program's."""
        import pygit2

        from cvatsync.driver_install import tell_repository

        with self._lock, contextlib.suppress(pygit2.GitError, OSError, CvatError):
            tell_repository(self._repo, Path(self._repo.workdir) / self._prefix)

    def identity(self) -> Author | None:
        """The `user.name` and `user.email` of git's settings."""
        with self._using():
            try:
                signature = self._repo.default_signature
            except KeyError:
                return None
            return Author(name=signature.name, email=signature.email)

    def close(self) -> None:
        """Free the repository's file handles."""
        with self._lock:
            self._index.close()
            self._repo.free()

    @contextlib.contextmanager
    def _using(self) -> Iterator[None]:
        with self._lock, refusals_translated(Path(self._repo.workdir)):
            yield

    def _inside(self, path: str) -> str:
        """A path of the workspace as the repository has it; `../x` lies beside a workspace that is a folder of it."""
        return posixpath.normpath(self._prefix + path)

    def _head(self) -> str:
        import pygit2

        try:
            return str(self._repo.head.target)
        except pygit2.GitError:
            if self._repo.head_is_unborn:
                return ""
            raise

    def _branch(self) -> str:
        """The reference that a commit moves: the branch, or HEAD itself when it is detached."""
        head = self._repo.lookup_reference("HEAD")
        return head.target if isinstance(head.target, str) else "HEAD"

    def _commit(self, oid: str) -> pygit2.Commit:
        import pygit2

        found: object = self._repo.get(oid)
        if not isinstance(found, pygit2.Commit):
            raise NotFound(f"There is no commit {oid} in {self._repo.workdir}.")
        return found

    def _may_amend(self, tip: pygit2.Commit, author: pygit2.Signature, amend: Amend, *, others: frozenset[str]) -> bool:
        return (
            amend.seconds > 0
            and len(tip.parent_ids) <= 1
            and (tip.author.name, tip.author.email) == (author.name, author.email)
            and 0 <= author.time - tip.author.time <= amend.seconds
            and parse_trailers(tip.message).get("Cvat-Key") == amend.key
            and not self._is_referred_to(tip, others)
        )

    def _is_referred_to(self, tip: pygit2.Commit, others: frozenset[str]) -> bool:
        """Whether a remote, another branch or a tag has the commit: then others may build on it."""
        oid = str(tip.id)
        own, older = self._own
        # What a reference stood on before the commit was made cannot have it among its ancestors: no walk is needed.
        unknown = others - (older if own == oid else frozenset())
        return any(target == oid or self._repo.descendant_of(target, oid) for target in unknown)

    def _other_targets(self) -> Iterator[str]:
        """The commits that references other than the checked-out branch stand on."""
        import pygit2

        own = self._branch()
        for reference in self._repo.references.iterator():
            if reference.name == own or isinstance(reference.target, str):
                continue
            try:
                yield str(reference.peel(pygit2.Commit).id)
            except (pygit2.GitError, KeyError, ValueError):
                continue  # A tag of something that is no commit.


def check_at_rest(repository: pygit2.Repository) -> None:
    """Refuse to touch a branch while the user is in the middle of something.

    Errors: Busy while a merge, rebase or the like is under way.
    """
    from pygit2.enums import RepositoryState

    state = RepositoryState(repository.state())
    if state != RepositoryState.NONE:
        command, end = _UNDER_WAY[state.name.partition("_")[0]]
        raise Busy(
            f"A git {command} is under way in {repository.workdir}.", hint=f"Finish it or run: git {command} {end}."
        )
    lock = Path(repository.path) / "index.lock"
    if lock.exists():
        raise Busy(
            f"Another git command is at work in {repository.workdir}.",
            hint=f"Wait for it; if there is none, remove {lock}.",
        )


def objects_folder(repository: pygit2.Repository) -> Path:
    """Where a repository keeps its objects."""
    return common_folder(Path(repository.path)) / "objects"


def object_files(folder: Path, objects: Iterable[pygit2.Oid]) -> Iterable[Path]:
    """Where loose objects lie in the folder of a repository's objects, and the folders that list them."""
    for oid in objects:
        name = str(oid)
        inner = folder / name[:2]
        yield inner / name[2:]
        yield inner
    yield folder


def common_folder(folder: Path) -> Path:
    """Where branches and objects lie: the repository's folder, or a linked worktree's main one."""
    link = folder / "commondir"
    return (folder / link.read_text(encoding="utf-8").strip()).resolve() if link.is_file() else folder


def signature_of(author: Author, now: int) -> pygit2.Signature:
    """A person and a time (seconds since 1970) as git's commits have them."""
    import pygit2

    # Git's commits cannot hold these, and refuse an empty name.
    name, email = (re.sub(r"[<>\x00-\x1f]+", " ", text).strip() for text in (author.name, author.email))
    return pygit2.Signature(name or "annotator", email or "annotator@localhost", now, _utc_offset(now))


def _branch_moved() -> Conflict:
    return Conflict("The branch moved while a change was being saved.", hint="Try again: nothing was changed.")


def _utc_offset(now: int) -> int:
    """This machine's offset from UTC in minutes, as git records it."""
    return int(time.localtime(now).tm_gmtoff // 60)
