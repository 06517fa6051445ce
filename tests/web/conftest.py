from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from cvatcore.workspace import Workspace
from kit.daemon import Running, daemon
from kit.editor import Editor, chromium, page_of
from kit.samples import photo, video


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Three photographs (task 1, job 1) and a video (task 2, job 2) with the labels car and person."""
    with Workspace.init(tmp_path / "ws") as made:
        photos = [photo(name) for name in ("astronaut.png", "coffee.png", "chelsea.png")]
        made.create_task("photos", labels=["car", "person"], data=photos)
        made.create_task("bikes", labels=["car", "person"], data=[video("bikes.mp4")])
        yield made


@pytest.fixture
def running(workspace: Workspace) -> Iterator[Running]:
    with daemon(workspace.root) as started:
        yield started


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    with page_of(browser, running) as opened:
        yield opened


@pytest.fixture
def editor(page: Page, running: Running) -> Editor:
    return Editor(page, running.url)
