"""The history of a workspace as git commits, made through libgit2 without starting git."""

from __future__ import annotations

import os
import posixpath
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.errors import Busy, Conflict, NotAWorkspace, NotFound
from cvatcore.store import Amend, Author, Prepared, Trailers, parse_trailers
from cvatsync.refusals import refusals_translated

if TYPE_CHECKING:
    import pygit2

Changes = Mapping[str, "bytes | None"]


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
        found = pygit2.discover_repository(str(root))
        if found is not None:
            return pygit2.Repository(found)
        if not create:
            raise NotAWorkspace(f"{root} is not in a git repository.", hint="Make a workspace with: cvat init.")
        return pygit2.init_repository(str(root), initial_head=_first_branch())


def _first_branch() -> str:
    import pygit2

    try:
        name: str = pygit2.Config.get_global_config()["init.defaultBranch"]
    except (KeyError, OSError):
        return "main"
    return name


class GitHistory:
    """Commits on the checked-out branch that change only the paths they are given.

    A person's own staged and unstaged edits of other files stay as they are.
    """

    def __init__(self, repository: pygit2.Repository, root: Path) -> None:
        self._repo = repository
        self._lock = threading.Lock()  # A libgit2 repository must not be used by two threads at once.
        prefix = os.path.relpath(root.resolve(), Path(repository.workdir).resolve())
        self._folder = Path(repository.path)
        self._prefix = "" if prefix == "." else prefix.replace(os.sep, "/") + "/"

    def head(self) -> str:
        """The id of the newest commit, or empty before the first one."""
        with self._lock:
            return self._head()

    def prepare(
        self,
        files: Changes,
        *,
        message: Callable[[Trailers], str],
        author: Author,
        amend: Amend | None,
    ) -> Prepared:
        """Write a commit with these files changed on top of the newest one; nothing points to it yet."""
        import pygit2

        with self._lock, refusals_translated(Path(self._repo.workdir)):
            check_at_rest(self._repo)
            head = self._head()
            tip = self._commit(head) if head else None
            inside = {self._inside(path): data for path, data in files.items()}
            made_objects: list[pygit2.Oid] = []
            tree = self._edit_tree(tip.tree if tip else None, inside, made_objects)
            if tip is not None and tree == tip.tree.id:
                return Prepared(commit=head, expected=head)
            now = int(time.time())
            signature = pygit2.Signature(author.name, author.email, now, _utc_offset(now))
            before: Trailers = {}
            parents = [tip.id] if tip else []
            made = signature
            if tip is not None and amend is not None and self._may_amend(tip, author, amend, now):
                before = parse_trailers(tip.message)
                parents = list(tip.parent_ids)
                made = tip.author
            oid = self._repo.create_commit(None, made, signature, message(before), tree, parents)
            made_objects.append(oid)
            return Prepared(commit=str(oid), expected=head, written=tuple(object_files(self._repo, made_objects)))

    def publish(self, prepared: Prepared) -> tuple[Path, ...]:
        """Move the branch to a prepared commit, if it is still where it was."""
        if prepared.commit == prepared.expected:
            return ()
        with self._lock, refusals_translated(Path(self._repo.workdir)):
            name = self._branch()
            with self._repo.transaction() as transaction:
                # The lock keeps a `git commit` of the user out between the look and the move.
                transaction.lock_ref(name)
                if self._head() != prepared.expected:
                    raise Conflict(
                        "The branch moved while a change was being saved.",
                        hint="Try again: nothing was changed.",
                    )
                transaction.set_target(name, prepared.commit, message="cvat: save")
            file = (self._folder if name == "HEAD" else _common_folder(self._folder)) / name
            return file, file.parent

    def contains(self, commit: str) -> bool:
        """Whether a commit is the newest or one of its ancestors."""
        with self._lock:
            head = self._head()
            if head == commit:
                return True
            return bool(head) and commit in self._repo and self._repo.descendant_of(head, commit)

    def read(self, path: str) -> bytes | None:
        """A file as the newest commit has it, or None."""
        import pygit2

        with self._lock:
            head = self._head()
            if not head:
                return None
            try:
                blob = self._commit(head).tree[self._inside(path)]
            except KeyError:
                return None
            return blob.data if isinstance(blob, pygit2.Blob) else None

    def settle(self, paths: Iterable[str]) -> tuple[Path, ...]:
        """Bring git's index to the working tree for these paths, and only for them."""
        with self._lock, refusals_translated(Path(self._repo.workdir)):
            index = self._repo.index
            index.read(False)
            for path in paths:
                full = self._inside(path)
                if (Path(self._repo.workdir) / full).exists():
                    index.add(full)
                elif full in index:
                    index.remove(full)
            index.write()
            return self._folder / "index", self._folder

    def identity(self) -> Author | None:
        """The `user.name` and `user.email` of git's settings."""
        with self._lock:
            try:
                signature = self._repo.default_signature
            except KeyError:
                return None
            return Author(name=signature.name, email=signature.email)

    def close(self) -> None:
        """Free the repository's file handles."""
        with self._lock:
            self._repo.free()

    def _inside(self, path: str) -> str:
        """A path of the workspace as the repository has it; `../x` lies beside a workspace that is a folder of it."""
        return posixpath.normpath(self._prefix + path)

    def _head(self) -> str:
        return "" if self._repo.head_is_unborn else str(self._repo.head.target)

    def _branch(self) -> str:
        """The reference that a commit moves: the branch, or HEAD itself when it is detached."""
        head = self._repo.lookup_reference("HEAD")
        return head.target if isinstance(head.target, str) else "HEAD"

    def _commit(self, oid: str) -> pygit2.Commit:
        import pygit2

        found = self._repo.get(oid)
        if not isinstance(found, pygit2.Commit):
            raise NotFound(f"There is no commit {oid} in {self._repo.workdir}.")
        return found

    def _edit_tree(self, tree: pygit2.Tree | None, changes: Changes, made: list[pygit2.Oid]) -> pygit2.Oid:
        """Write the tree with the changes; `made` collects the objects written."""
        import pygit2
        from pygit2.enums import FileMode

        builder = self._repo.TreeBuilder(tree) if tree is not None else self._repo.TreeBuilder()
        below: dict[str, dict[str, bytes | None]] = {}
        for path, data in changes.items():
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, {})[rest] = data
            elif data is not None:
                blob = self._repo.create_blob(data)
                made.append(blob)
                builder.insert(name, blob, FileMode.BLOB)
            elif builder.get(name) is not None:
                builder.remove(name)
        for name, inner in below.items():
            entry = tree[name] if tree is not None and name in tree else None
            below_tree = entry if isinstance(entry, pygit2.Tree) else None
            subtree = self._edit_tree(below_tree, inner, made)
            if len(self._repo[subtree]):
                builder.insert(name, subtree, FileMode.TREE)
            elif builder.get(name) is not None:
                builder.remove(name)
        written = builder.write()
        made.append(written)
        return written

    def _may_amend(self, tip: pygit2.Commit, author: Author, amend: Amend, now: int) -> bool:
        if amend.seconds <= 0 or len(tip.parent_ids) > 1:
            return False
        if (tip.author.name, tip.author.email) != (author.name, author.email):
            return False
        if not 0 <= now - tip.author.time <= amend.seconds:
            return False
        if parse_trailers(tip.message).get("Cvat-Key") != amend.key:
            return False
        return not self._is_referred_to(tip)

    def _is_referred_to(self, tip: pygit2.Commit) -> bool:
        """Whether a remote has the commit, or another branch or a tag stands on it."""
        own = self._branch()
        for reference in self._repo.references.iterator():
            if reference.name == own or not isinstance(reference.target, type(tip.id)):
                continue
            target = reference.peel().id
            if target == tip.id:
                return True
            if reference.name.startswith("refs/remotes/") and self._repo.descendant_of(target, tip.id):
                return True
        return False


def check_at_rest(repository: pygit2.Repository) -> None:
    """Refuse to touch a branch while the user is in the middle of something.

    Errors: Busy while a merge, rebase or the like is under way.
    """
    from pygit2.enums import RepositoryState

    state = repository.state()
    if state != RepositoryState.NONE:
        what = state.name.lower().split("_")[0]
        raise Busy(
            f"A {what} is under way in {repository.workdir}.",
            hint=f"Finish it or run: git {what} --abort.",
        )


def object_files(repository: pygit2.Repository, objects: Iterable[pygit2.Oid]) -> Iterable[Path]:
    """Where loose objects lie, and the folders that list them."""
    root = _common_folder(Path(repository.path)) / "objects"
    for oid in objects:
        name = str(oid)
        folder = root / name[:2]
        yield folder / name[2:]
        yield folder
    yield root


def _common_folder(folder: Path) -> Path:
    """Where branches and objects lie: the repository's folder, or a linked worktree's main one."""
    link = folder / "commondir"
    return (folder / link.read_text().strip()).resolve() if link.is_file() else folder


def _utc_offset(now: int) -> int:
    """This machine's offset from UTC in minutes, as git records it."""
    return int(time.localtime(now).tm_gmtoff // 60)
