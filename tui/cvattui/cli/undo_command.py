"""The line that a command prints so that what it did can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvatcore import Workspace

_LOOKED_AT = 50
"""Operations of other programs that may have come in between."""


def undo_command(workspace: Workspace, commit: str) -> str:
    """What takes back the operation that ended in a commit, for a shell; empty when there was no commit."""
    if not commit:
        return ""
    for operation in workspace.operations(limit=_LOOKED_AT):
        if operation.after == commit:
            return f'cvat -C "{workspace.root}" undo --operation {operation.id}'
    return f'git -C "{workspace.root}" revert --no-edit {commit}'  # The log could not be written, or was cleared.
