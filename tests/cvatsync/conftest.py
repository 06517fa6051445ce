"""What merges of trees need."""

from collections.abc import Iterator

import pygit2
import pytest


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pygit2.Repository]:
    repository = pygit2.init_repository(str(tmp_path_factory.mktemp("repository")))
    yield repository
    repository.free()


@pytest.fixture(params=["", "labels/street/"], ids=["root", "folder"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)
