"""Finding the files of guides by their UUIDs, without reading all guides each time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cvatcore.errors import NotFound
from cvatcore.store.files import MISSING
from cvatcore.store.layout import asset_path
from cvatcore.workspace.review.guide_view import GuideView

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class AssetPlaces:
    """Remembers whose guide has a file: none ever moves."""

    def __init__(self) -> None:
        self._owners: dict[str, tuple[int, int]] = {}

    def find(self, workspace: Workspace, asset: str) -> GuideView:
        """The guide that has the file of that UUID, in small letters.

        Errors: NotFound.
        """
        if _UUID.fullmatch(asset):
            for task, project in self._owners_to_look_at(workspace, asset):
                path = asset_path(asset, "json", task=task, project=project)
                if workspace.store.files.stamp(path) != MISSING:
                    self._owners[asset] = task, project
                    return GuideView(workspace, task=task, project=project)
            self._owners.pop(asset, None)
        raise NotFound(f"There is no asset {asset}.")

    def _owners_to_look_at(self, workspace: Workspace, asset: str) -> Iterator[tuple[int, int]]:
        known = self._owners.get(asset)
        if known is not None:
            yield known
        for project in reversed(workspace.project_numbers()):
            yield 0, project
        for task in reversed(workspace.task_numbers()):
            yield task, 0
