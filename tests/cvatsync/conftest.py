"""What merges of trees need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import pygit2


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pygit2.Repository]:
    import pygit2  # Not above: this file is read before HOME is moved, and libgit2 reads settings when it is loaded.

    repository = pygit2.init_repository(str(tmp_path_factory.mktemp("repository")))
    yield repository
    repository.free()


@pytest.fixture(params=["", "labels/street/"], ids=["root", "folder"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)
