"""Documents written, and files removed, as commits: what a workspace's history is made of beside its saves."""

import msgspec

from cvatcore import Workspace
from cvatcore.store import encode_json, plain_message
from kit.annotated import git


def write(workspace: Workspace, **documents: msgspec.Struct) -> str:
    """Commit documents by path; returns the commit."""
    return workspace.store.commit(
        {path: encode_json(document) for path, document in documents.items()},
        message=plain_message("Write"),
        author=workspace.author,
    )


def remove_files(workspace: Workspace, *folders: str) -> None:
    """Commit that all files of these folders, or these files, go."""
    paths = git(workspace.root, "ls-files", *folders).splitlines()
    workspace.store.commit(dict.fromkeys(paths), message=plain_message("Remove"), author=workspace.author)
