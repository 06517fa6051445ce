"""Fetch, clone and push through libgit2, without starting git."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvatcore.errors import RemoteFailed
from cvatsync.refusals import refusals_translated
from cvatsync.remote.credentials import Credentials
from cvatsync.remote.failures import not_cloned, not_fetched, not_pushed
from cvatsync.remote.program import Progress, is_race

if TYPE_CHECKING:
    import pygit2

_CONNECT_MILLISECONDS = 20_000
_ANSWER_MILLISECONDS = 120_000


def fetch_by_library(remote: pygit2.Remote, refspecs: list[str], *, progress: Progress | None) -> None:
    """Fetch. Errors: RemoteFailed, StorageFailed."""
    address = remote.url or ""
    with _talking(address, not_fetched) as credentials:
        remote.fetch(refspecs, callbacks=_callbacks(credentials, progress=progress), proxy=True)


def clone_by_library(address: str, folder: Path, *, progress: Progress | None) -> None:
    """Clone without a working tree's files. Errors: RemoteFailed, StorageFailed."""
    import pygit2

    with _talking(address, not_cloned) as credentials:
        repository = pygit2.init_repository(str(folder))
        remote = repository.remotes.create("origin", address)
        callbacks = _callbacks(credentials, progress=progress)
        remote.fetch(callbacks=callbacks, proxy=True)
        heads = remote.list_heads(connect=False)
        branch = _default_branch({head.name: head for head in heads if head.name})
        if branch:
            repository.references.create("refs/remotes/origin/HEAD", f"refs/remotes/origin/{branch}", force=True)
            repository.set_head(f"refs/heads/{branch}")
            tip = repository.references[f"refs/remotes/origin/{branch}"].target
            repository.references.create(f"refs/heads/{branch}", tip)
            repository.config[f"branch.{branch}.remote"] = "origin"
            repository.config[f"branch.{branch}.merge"] = f"refs/heads/{branch}"
        repository.free()


def push_by_library(remote: pygit2.Remote, *, source: str, ref: str, progress: Progress | None = None) -> str:
    """Push, never forced. Returns why, when somebody else was faster; else an empty text.

    Errors: RemoteFailed for any other refusal.
    """
    address = remote.push_url or remote.url or ""
    refused: list[str] = []
    try:
        with _talking(address, not_pushed) as credentials:
            callbacks = _callbacks(credentials, progress=progress, refused=refused.append)
            remote.push([f"{source}:{ref}"], callbacks=callbacks, proxy=True)
    except RemoteFailed as error:
        # libgit2 looks at the remote's branch before it sends, and speaks of it in its own words.
        if "not present locally" in error.message or "non-fastforwardable" in error.message:
            return "non-fast-forward"
        raise
    if not refused:
        return ""
    if is_race(refused[0]):
        return refused[0]
    raise not_pushed(address, refused[0])


@contextmanager
def _talking(address: str, failure: Callable[[str, str], RemoteFailed]) -> Iterator[Credentials]:
    import pygit2

    pygit2.settings.server_connect_timeout = _CONNECT_MILLISECONDS
    pygit2.settings.server_timeout = _ANSWER_MILLISECONDS
    credentials = Credentials(address)
    try:
        yield credentials
        credentials.report(accepted=True)
    except (pygit2.GitError, KeyError, ValueError) as error:
        text = str(error)
        if "no space left" in text.lower() or "permission denied" in text.lower():
            with refusals_translated(Path()):
                raise
        raise failure(address, text.removeprefix("remote error: ")) from None


def _default_branch(heads: dict[str, Any]) -> str:
    """The branch that a remote's HEAD stands for, or empty for a remote without commits."""
    prefix = "refs/heads/"
    head = heads.get("HEAD")
    if head is not None:
        target = getattr(head, "symref_target", None)
        if target and target in heads:
            return str(target).removeprefix(prefix)
        # Old servers do not say: then the branch that stands where HEAD stands.
        for name in (f"{prefix}main", f"{prefix}master", *sorted(heads)):
            if name.startswith(prefix) and name in heads and heads[name].oid == head.oid:
                return str(name).removeprefix(prefix)
    names = [name for name in sorted(heads) if name.startswith(prefix)]
    return str(names[0]).removeprefix(prefix) if len(names) == 1 else ""


def _callbacks(
    credentials: Credentials,
    *,
    progress: Progress | None = None,
    refused: Callable[[str], None] | None = None,
) -> pygit2.RemoteCallbacks:
    import pygit2

    class Callbacks(pygit2.RemoteCallbacks):
        def credentials(self, url, username_from_url, allowed_types):  # type: ignore[no-untyped-def]  # libgit2's
            return credentials.answer(username_from_url, allowed_types)

        def transfer_progress(self, stats):  # type: ignore[no-untyped-def]  # libgit2's
            if progress is not None:
                progress(stats.received_objects, stats.total_objects)

        def push_transfer_progress(self, objects_pushed, total_objects, bytes_pushed):  # type: ignore[no-untyped-def]  # libgit2's
            if progress is not None:
                progress(objects_pushed, total_objects)

        def push_update_reference(self, refname, message):  # type: ignore[no-untyped-def]  # libgit2's
            if message is not None and refused is not None:
                refused(message)

    return Callbacks()
