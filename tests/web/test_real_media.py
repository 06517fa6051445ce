"""Real media, given to the command line, uploaded as CVAT's clients do, and uploaded on the page: every way gives the
same frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from cvatcore.workspace import Workspace
from kit.command import cvat
from kit.creating import new_task, wait
from kit.daemon import Running, daemon
from kit.editor import page_of
from kit.real_media import MATERIAL, Material, film
from kit.samples import cockatoo
from kit.task_form import begin, choose, make

COCKATOO = "cockatoo"

Files = tuple[Path, ...]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with Workspace.init(tmp_path_factory.mktemp("real") / "ws") as made:
        return made.root


@pytest.fixture(scope="module")
def running(root: Path) -> Iterator[Running]:
    with daemon(root) as started:
        yield started


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    with page_of(browser, running) as opened:
        yield opened


@pytest.fixture(scope="module", params=[*MATERIAL, COCKATOO])
def material(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Material:
    if request.param != COCKATOO:
        return MATERIAL[request.param](tmp_path_factory.mktemp(request.param))
    path = cockatoo()
    if path is None:
        pytest.skip("cockatoo.mp4 cannot be downloaded")
    return film(path)


def test_given_to_the_command_line(root: Path, running: Running, material: Material) -> None:
    given = [part for path in material.files for part in ("--data", path)]
    done = cvat("task", "create", "command", "--labels", "car", *given, "--json", workspace=root)
    assert done.code == 0, done.err
    with running.client() as client:
        material.check(client, done.json["id"])


def test_uploaded_by_a_client(running: Running, material: Material) -> None:
    with running.client() as client, ExitStack() as opened:
        task = new_task(client)
        files = {
            f"client_files[{number}]": (path.name, opened.enter_context(path.open("rb")))
            for number, path in enumerate(material.files)
        }
        sent = client.post(f"/api/tasks/{task}/data", data={"image_quality": "70"}, files=files)
        assert sent.status_code == 202, sent.text
        assert wait(client, task)["state"] == "Finished"
        material.check(client, task)


def test_uploaded_on_the_page(page: Page, running: Running, material: Material) -> None:
    begin(page, "page", "car")
    choose(page, "Choose files", *material.files)
    make(page)
    task = int(page.url.rpartition("/")[2])
    with running.client() as client:
        material.check(client, task)
