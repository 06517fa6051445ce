"""Working without the pictures, and in step with a remote."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

import cvatsync
from cvatcore.workspace import Workspace
from cvatcore.workspace.media_mapping import map_media
from kit.daemon import daemon
from kit.editor import Editor, page_of
from kit.pictures import write_picture
from kit.team import bare_repository, git


def street(folder: Path) -> Workspace:
    """A workspace with a task of three white pictures, which were moved away since."""
    for number in range(3):
        write_picture(folder / f"photos/street {number}.png", (320, 240), mode="L", color=255)
    workspace = Workspace.init(folder / "ws")
    workspace.create_task("street", labels=["car", "person"], data=[folder / "photos"])
    (folder / "photos").rename(folder / "moved")
    return workspace


def test_a_missing_picture_is_annotated_and_comes_when_it_is_found(browser: Browser, tmp_path: Path) -> None:
    with street(tmp_path) as workspace, daemon(workspace.root) as running, page_of(browser, running) as page:
        editor = Editor(page, running.url)
        editor.open(task=1, job=1, frame=1)
        pill = page.get_by_role("button", name="Picture missing")
        expect(pill).to_be_visible()
        assert max(editor.pixel(20, 120)) < 100, "dark, and so no white picture"
        editor.draw((40, 40, 100, 90))
        editor.expect_labels("car")
        expect(page.get_by_test_id("save-state")).to_have_text("Saved")
        (shape,) = workspace.job(1).annotations.shapes
        assert [round(value) for value in shape.points] == [40, 40, 100, 90]

        pill.click()
        expect(page.get_by_text("street 1.png").last).to_be_visible()
        expect(page.get_by_text("No picture of this task is there.")).to_be_visible()
        expect(page.get_by_text(f"cvat media map {tmp_path / 'photos'} FOLDER")).to_be_visible()
        page.keyboard.press("Escape")

        map_media(workspace, str(tmp_path / "photos"), tmp_path / "moved")
        expect(pill).to_have_count(0)
        assert min(editor.pixel(20, 120)) > 200, "the white picture, without loading the page again"
        editor.expect_labels("car")


def test_a_picture_that_was_brought_back_is_seen_when_looked_for(browser: Browser, tmp_path: Path) -> None:
    with street(tmp_path) as workspace, daemon(workspace.root) as running, page_of(browser, running) as page:
        editor = Editor(page, running.url)
        editor.open(task=1, job=1)
        pill = page.get_by_role("button", name="Picture missing")
        pill.click()
        (tmp_path / "moved").rename(tmp_path / "photos")
        page.get_by_role("button", name="Look again").click()
        expect(pill).to_have_count(0)
        assert min(editor.pixel(20, 120)) > 200


def test_syncing_from_the_page(browser: Browser, tmp_path: Path) -> None:
    with street(tmp_path) as workspace, daemon(workspace.root) as running, page_of(browser, running) as page:
        sync = page.get_by_role("button", name=re.compile("^Sync:"))
        expect(page.get_by_text("street").first).to_be_visible()
        expect(sync).to_have_count(0)
        remote = bare_repository(tmp_path / "team.git")
        git(workspace.root, "remote", "add", "origin", str(remote))
        page.reload()
        expect(sync).to_have_text("Not synced yet")
        sync.click()
        page.get_by_role("button", name="Sync now").click()
        expect(sync).to_have_text("Synced just now")
        with Workspace(cvatsync.clone(str(remote), tmp_path / "clone")) as clone:
            assert [task.name for task in clone.tasks] == ["street"]
            clone.tasks["street"].delete()
            cvatsync.sync(clone.root)
        page.get_by_role("button", name="Sync now").click()
        expect(page.get_by_role("link", name=re.compile("street"))).to_have_count(0)
        remote.rename(tmp_path / "away")
        page.get_by_role("button", name="Sync now").click()
        expect(sync).to_have_text("Sync failed")
        expect(page.get_by_role("alert")).to_contain_text("there is no such folder")
