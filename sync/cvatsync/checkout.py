"""A workspace together with the git repository that it is checked out from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import Conflict, NotAWorkspace
from cvatcore.store.layout import SETTINGS
from cvatcore.workspace import Workspace
from cvatcore.workspace.initialize import decode_settings
from cvatsync.history import open_repository
from cvatsync.landing import Landing
from cvatsync.refusals import refusals_translated
from cvatsync.trees import bytes_of, node_at

if TYPE_CHECKING:
    import pygit2


class Checkout(msgspec.Struct, frozen=True):
    """What every command of git works on."""

    workspace: Workspace
    repository: pygit2.Repository
    landing: Landing

    @property
    def prefix(self) -> str:
        """The folder of the workspace in the repository with a slash at its end; empty when they are the same."""
        return self.landing.prefix

    @property
    def head(self) -> str:
        """The newest commit.

        Errors: Conflict before the first one.
        """
        if self.repository.head_is_unborn:
            raise Conflict(
                "Nothing is committed on this branch yet.", hint="Commit the workspace: git add . && git commit."
            )
        return str(self.repository.head.target)

    def tree(self, commit: str) -> pygit2.Tree:
        """The files of a commit; none of the empty id."""
        import pygit2

        if not commit:
            return self.repository[self.repository.TreeBuilder().write()].peel(pygit2.Tree)
        return self.repository[commit].peel(pygit2.Tree)

    def check_workspace(self, tree: pygit2.Tree, *, named: str) -> None:
        """Refuse to bring files here of which this program could make no workspace.

        Errors: NotAWorkspace, UnsupportedVersion, InvalidDocument.
        """
        settings = bytes_of(node_at(tree, self.prefix + SETTINGS))
        if settings is None:
            raise NotAWorkspace(
                f"{named} holds no workspace: it has no {self.prefix}{SETTINGS}.",
                hint="Nothing was changed. Check the name, or use git itself for branches without a workspace.",
            )
        decode_settings(settings, place=f"{SETTINGS} of {named}")


@contextmanager
def open_checkout(root: Path) -> Iterator[Checkout]:
    """Open the workspace that `root` is or lies in, with its repository.

    Errors: NotAWorkspace, UnsupportedVersion, InvalidDocument.
    """
    with Workspace(root) as workspace, checkout_of(workspace) as checkout:
        yield checkout


@contextmanager
def checkout_of(workspace: Workspace) -> Iterator[Checkout]:
    """The repository of a workspace that is open already.

    Errors: NotAWorkspace.
    """
    with refusals_translated(workspace.root):
        repository = open_repository(workspace.root)
    try:
        prefix = os.path.relpath(workspace.root, Path(repository.workdir).resolve())
        landing = Landing(
            repository=repository,
            store=workspace.store,
            prefix="" if prefix == "." else prefix.replace(os.sep, "/") + "/",
        )
        yield Checkout(workspace=workspace, repository=repository, landing=landing)
    finally:
        repository.free()
