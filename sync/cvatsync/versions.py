"""Versions of the dataset (annotated tags) go to the remote and come from there with the commits that they name.

What the remote has is kept under `refs/cvat/tags/<remote>/`: a version that was deleted here does not come back, and
one that names something else there is not touched on either side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pygit2

_TAGS = "refs/tags/"


def tags_refspec(remote: str) -> str:
    """What a fetch brings the versions of a remote with."""
    return f"+{_TAGS}*:{_seen(remote)}*"


def known_versions(repository: pygit2.Repository, remote: str) -> set[str]:
    """The versions that a remote had when it was last fetched."""
    folder = _seen(remote)
    return {name.removeprefix(folder) for name in repository.references if name.startswith(folder)}


def take_versions(repository: pygit2.Repository, remote: str, *, known: set[str]) -> tuple[str, ...]:
    """Take over the versions that a remote did not have before; returns their names, sorted."""
    taken = []
    for name in sorted(known_versions(repository, remote) - known):
        if repository.references.get(_TAGS + name) is None:
            target = repository.references[_seen(remote) + name].resolve().target
            repository.references.create(_TAGS + name, target)
            taken.append(name)
    return tuple(taken)


def versions_to_send(repository: pygit2.Repository, remote: str, *, head: str) -> tuple[str, ...]:
    """The versions that a remote lacks, and whose commits it has once it has `head`; sorted.

    Tags without a message are marks of somebody's own, and stay here, as with `git push --follow-tags`.
    """
    import pygit2

    there = known_versions(repository, remote)
    names = []
    for reference in repository.references.iterator():
        name = reference.name.removeprefix(_TAGS)
        if not reference.name.startswith(_TAGS) or name in there:
            continue
        if not isinstance(repository.get(reference.resolve().target), pygit2.Tag):
            continue
        try:
            commit = reference.peel(pygit2.Commit).id
        except (pygit2.GitError, KeyError, ValueError):
            continue  # It names something that is no commit.
        if str(commit) == head or repository.descendant_of(head, commit):
            names.append(name)
    return tuple(sorted(names))


def tag_ref(name: str) -> str:
    """The full name of a version, here and at a remote."""
    return _TAGS + name


def note_sent(repository: pygit2.Repository, remote: str, name: str) -> None:
    """Remember that a remote has a version now."""
    target = repository.references[_TAGS + name].resolve().target
    repository.references.create(_seen(remote) + name, target, force=True)


def _seen(remote: str) -> str:
    return f"refs/cvat/tags/{remote}/"
