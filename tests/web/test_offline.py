from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from cvatcore.workspace import Workspace
from kit.daemon import Running, start_daemon
from kit.editor import Editor, page_of


@pytest.fixture
def port() -> int:
    """A port that is free, so that a daemon can come back to the page that is open."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def first(workspace: Workspace, port: int) -> Iterator[Running]:
    started = start_daemon(workspace.root, port=port)
    yield started
    if started.process.poll() is None:
        started.stop()


def count(workspace: Workspace, job: int) -> int:
    with Workspace(workspace.root) as opened:
        return len(opened.job(job).annotations.shapes)


def test_boxes_drawn_while_the_daemon_is_down_are_saved(
    browser: Browser, workspace: Workspace, first: Running, port: int
) -> None:
    with page_of(browser, first) as page:
        editor = Editor(page, first.url)
        editor.open(task=1, job=1, frame=0)
        editor.draw((10, 10, 60, 60))
        editor.expect_save_state("^saved")
        first.stop()
        editor.draw((100, 100, 160, 160))
        editor.draw((200, 100, 260, 160))
        editor.expect_save_state("offline|retrying")
        editor.expect_objects(3)
        assert count(workspace, 1) == 1
        second = start_daemon(workspace.root, port=port)
        try:
            editor.expect_save_state("^saved")
            assert count(workspace, 1) == 3
            page.reload()
            editor.ready()
            editor.expect_objects(3)
        finally:
            second.stop()


def test_boxes_of_a_page_that_was_closed_while_offline_are_saved(
    browser: Browser, workspace: Workspace, first: Running, port: int
) -> None:
    with page_of(browser, first) as page:
        editor = Editor(page, first.url)
        editor.open(task=1, job=1, frame=0)
        first.kill()
        editor.draw((100, 100, 160, 160))
        editor.expect_save_state("offline|retrying")
        page.close()
        second = start_daemon(workspace.root, port=port)
        try:
            again = Editor(page.context.new_page(), second.url)
            again.open(task=1, job=1, frame=0)
            again.expect_objects(1)
            again.expect_save_state("^saved")
            assert count(workspace, 1) == 1
        finally:
            second.stop()


def test_without_a_network_work_goes_on(browser: Browser, workspace: Workspace, first: Running) -> None:
    with page_of(browser, first) as page:
        editor = Editor(page, first.url)
        editor.open(task=1, job=1, frame=0)
        page.context.set_offline(True)
        editor.draw((100, 100, 160, 160))
        editor.draw((200, 100, 260, 160))
        page.keyboard.press("Control+z")
        editor.expect_save_state("offline|retrying")
        editor.expect_objects(1)
        page.context.set_offline(False)
        editor.expect_save_state("^saved")
        assert count(workspace, 1) == 1


def test_an_edit_that_could_not_be_saved_survives_a_reload(
    browser: Browser, workspace: Workspace, first: Running
) -> None:
    with page_of(browser, first) as page:
        editor = Editor(page, first.url)
        editor.open(task=1, job=1, frame=0)
        page.route("**/changes", lambda route: route.abort())
        editor.draw((100, 100, 160, 160))
        editor.draw((200, 100, 260, 160))
        editor.expect_save_state("offline|retrying")
        page.keyboard.press("n")
        editor.select(300, 300)  # The first corner of a third box, which is not drawn yet.
        page.reload()
        editor.ready()
        editor.expect_objects(2)
        editor.expect_save_state("offline|retrying")
        assert count(workspace, 1) == 0
        page.unroute("**/changes")
        editor.expect_save_state("^saved")
        assert count(workspace, 1) == 2


def test_edits_wait_for_the_session_when_it_is_lost(browser: Browser, workspace: Workspace, first: Running) -> None:
    with page_of(browser, first) as page:
        editor = Editor(page, first.url)
        editor.open(task=1, job=1, frame=0)
        page.context.clear_cookies()
        editor.draw((100, 100, 160, 160))
        expect(page.get_by_text("Your session has ended")).to_be_visible()
        editor.expect_save_state("session ended, 1 edit waiting")
        editor.expect_objects(1)
        again = page.context.new_page()
        again.goto(f"{first.url}/?token={first.token}")
        editor.expect_save_state("^saved")
        expect(page.get_by_text("Your session has ended")).to_have_count(0)
        assert count(workspace, 1) == 1


def test_nothing_is_saved_twice_when_an_answer_is_lost(browser: Browser, workspace: Workspace, first: Running) -> None:
    with page_of(browser, first) as page:
        editor = Editor(page, first.url)
        editor.open(task=1, job=1, frame=0)
        lost: list[str] = []

        def lose(route: object) -> None:
            from playwright.sync_api import Route

            assert isinstance(route, Route)
            if lost:
                route.continue_()
                return
            route.fetch()  # The daemon saves, and the page never hears of it.
            lost.append(route.request.url)
            route.abort()

        page.route("**/changes", lose)
        editor.draw((100, 100, 160, 160))
        editor.expect_save_state("^saved")
        assert len(lost) == 1
        assert count(workspace, 1) == 1
