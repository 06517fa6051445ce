"""Frames on the job page: deleted ones, those that come while it is open, context images, point clouds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from cvatcore.workspace import TaskData, Workspace
from kit.clouds import columns_of, pcd
from kit.daemon import daemon
from kit.editor import Editor, page_of
from kit.pictures import write_picture


@contextmanager
def opened(
    browser: Browser, folder: Path, media: Path, *, segment_size: int = 0, frame: int | None = None
) -> Iterator[tuple[Workspace, Editor]]:
    """A task of a folder, and the editor on its first job."""
    with Workspace.init(folder / "ws") as workspace:
        workspace.create_task("street", labels=["car"], data=TaskData(inputs=(media,), segment_size=segment_size))
        with daemon(workspace.root) as running, page_of(browser, running) as page:
            editor = Editor(page, running.url)
            editor.open(task=1, job=1, frame=frame)
            yield workspace, editor


def pictures(folder: Path, count: int, *, first: int = 0) -> Path:
    """Pictures, each with a shade of its own."""
    for number in range(first, first + count):
        write_picture(folder / f"{number:03}.png", (160, 120), mode="L", color=20 * (number % 12) + 20)
    return folder


@contextmanager
def saved(page: Page) -> Iterator[None]:
    """Wait until the deletion that is made in the block is answered."""
    # A job that is begun is patched, too.
    with page.expect_response(
        lambda response: response.request.method == "PATCH" and "/data/meta" in response.url and response.ok
    ):
        yield


def delete_by_button(page: Page) -> None:
    page.get_by_role("button", name="Delete the frame").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete the frame").click()
    # While it closes it still has the keys.
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_deleted_frames_are_stepped_over_and_restored(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, pictures(tmp_path / "photos", 8)) as (workspace, editor):
        page = editor.page
        editor.draw((20, 20, 60, 60))
        editor.expect_save_state("Saved")
        with saved(page):
            delete_by_button(page)
        editor.expect_frame(1)
        page.keyboard.press("f")
        with saved(page):
            page.keyboard.press("Alt+Delete")
        editor.expect_frame(3)
        assert list(workspace.tasks[1].document.data.deleted_frames) == [0, 2]
        page.keyboard.press("d")
        editor.expect_frame(1)
        expect(page.get_by_role("button", name="First frame")).to_be_enabled()
        page.keyboard.press("Home")
        editor.expect_frame(1)

        # The number leads to a deleted frame: it is seen, and nothing can be drawn on it.
        page.get_by_label("Frame number").fill("0")
        page.keyboard.press("Enter")
        editor.expect_frame(0)
        expect(page.get_by_text("This frame is deleted")).to_be_visible()
        editor.expect_objects(0)
        expect(page.get_by_role("toolbar", name="Tools").get_by_role("button", name="Rectangle")).to_be_disabled()
        page.keyboard.press("n")
        expect(page.get_by_text("Nothing is drawn on a deleted frame.")).to_be_visible()
        page.get_by_role("button", name="Restore", exact=True).click()
        expect(page.get_by_text("This frame is deleted")).to_have_count(0)
        editor.expect_labels("car")

        # Undo of the restoring, and of the deletions before it.
        page.keyboard.press("Control+z")
        expect(page.get_by_text("This frame is deleted")).to_be_visible()
        page.keyboard.press("Control+z")
        editor.expect_frame(2)
        with saved(page):
            page.keyboard.press("Control+z")
        editor.expect_frame(0)
        editor.expect_labels("car")
        assert list(workspace.tasks[1].document.data.deleted_frames) == []
        page.keyboard.press("Control+y")
        expect(page.get_by_text("This frame is deleted")).to_be_visible()


def test_deleted_frames_are_seen_in_passing_when_that_is_set(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, pictures(tmp_path / "photos", 5)) as (workspace, editor):
        page = editor.page
        workspace.tasks[1].delete_frames([1, 2])  # by somebody else, with the page open
        page.get_by_role("button", name="Player settings").click()
        expect(page.get_by_text("2 frames of this job are deleted")).to_be_visible()
        page.get_by_role("menuitemcheckbox", name=re.compile("Show deleted frames")).click()
        page.get_by_role("application").click(position={"x": 5, "y": 5})
        for frame in (1, 2, 3):
            page.keyboard.press("f")
            editor.expect_frame(frame)
        page.keyboard.press("d")
        editor.expect_frame(2)
        with saved(page):
            page.keyboard.press("Alt+Delete")
        expect(page.get_by_text("This frame is deleted")).to_have_count(0)
        page.wait_for_url("**frame=2")
        page.reload()
        editor.ready()
        editor.expect_frame(2)
        page.keyboard.press("d")
        editor.expect_frame(1)
        expect(page.get_by_text("This frame is deleted")).to_be_visible()


def test_frames_that_come_while_the_page_is_open(browser: Browser, tmp_path: Path) -> None:
    photos = pictures(tmp_path / "photos", 3)
    with opened(browser, tmp_path, photos, segment_size=5) as (workspace, editor):
        page = editor.page
        page.keyboard.press("n")
        page.mouse.click(*editor.screen(30, 30))  # the first corner: a rectangle is being drawn
        workspace.tasks[1].add_frames([pictures(tmp_path / "more", 6, first=3)])
        expect(page.get_by_text("of 4")).to_be_visible()
        expect(page.get_by_role("slider", name="Frame")).to_have_attribute("max", "4")
        page.mouse.move(*editor.screen(90, 80), steps=3)
        page.mouse.click(*editor.screen(90, 80))
        editor.expect_labels("car")
        page.keyboard.press("End")
        editor.expect_frame(4)
        assert abs(editor.pixel(80, 60)[0] - (20 * 4 + 20)) < 4
        page.get_by_role("link", name="Back to the task").click()
        expect(page.get_by_role("link", name=re.compile("Job #2|#2")).first).to_be_visible()
        workspace.tasks[1].add_frames([pictures(tmp_path / "last", 3, first=9)])
        expect(page.get_by_text(re.compile("#3")).first).to_be_visible()


def test_context_images_beside_the_objects(browser: Browser, tmp_path: Path) -> None:
    photos = pictures(tmp_path / "photos", 2)
    for index in range(5):
        write_picture(photos / f"related_images/000_png/camera {index}.jpg", (200 + index, 100))
    with opened(browser, tmp_path, photos) as (_workspace, editor):
        page = editor.page
        panel = page.get_by_role("region", name="Context images")
        expect(panel.get_by_role("listitem")).to_have_count(3)
        expect(panel.get_by_role("button", name="camera 2.jpg")).to_be_visible()
        panel.get_by_role("button", name="All 5").click()
        expect(panel.get_by_role("listitem")).to_have_count(5)
        panel.get_by_role("button", name="camera 1.jpg").focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("camera 1.jpg (2 of 5)")).to_be_visible()
        page.wait_for_function("() => document.querySelector('[role=dialog] img')?.naturalWidth === 201")
        page.keyboard.press("ArrowRight")
        expect(dialog.get_by_text("camera 2.jpg (3 of 5)")).to_be_visible()
        dialog.get_by_role("button", name="Previous context image").click()
        expect(dialog.get_by_text("camera 1.jpg (2 of 5)")).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        editor.expect_frame(0)
        page.get_by_role("application").click(position={"x": 5, "y": 5})
        page.keyboard.press("f")
        editor.expect_frame(1)
        expect(panel).to_have_count(0)


def test_a_task_of_point_clouds_can_be_looked_at(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "clouds"
    (folder / "related_images/1_pcd").mkdir(parents=True)
    for number in (1, 2):
        (folder / f"{number}.pcd").write_bytes(pcd(columns_of(3000, seed=number)))
    write_picture(folder / "related_images/1_pcd/front.jpg", (200, 100))
    with opened(browser, tmp_path, folder) as (_workspace, editor):
        page = editor.page
        expect(page.get_by_text("The point cloud from above.")).to_be_visible()
        expect(page.get_by_role("region", name="Context images").get_by_role("listitem")).to_have_count(1)
        expect(page.get_by_role("toolbar", name="Tools").get_by_role("button", name="Rectangle")).to_be_disabled()
        page.get_by_role("application").click()
        for key in ("n", "Control+a", "Delete", "h", "f"):
            page.keyboard.press(key)
        editor.expect_frame(1)
        expect(page.get_by_text("cannot be shown")).to_have_count(0)
