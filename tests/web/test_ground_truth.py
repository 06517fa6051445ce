"""A job of ground truth in the page: its frames only."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from cvatcore.workspace import Workspace
from kit.daemon import daemon
from kit.editor import Editor, page_of
from kit.pictures import write_picture


def test_the_page_goes_from_one_of_its_frames_to_the_next(browser: Browser, tmp_path: Path) -> None:
    for number in range(8):
        write_picture(tmp_path / "photos" / f"{number}.png", (320, 240))
    with Workspace.init(tmp_path / "ws") as workspace:
        task = workspace.create_task("street", labels=["car"], data=[tmp_path / "photos"])
        job = task.add_ground_truth([2, 3, 6])
        with daemon(workspace.root) as running, page_of(browser, running) as page:
            page.goto(f"{running.url}/tasks/{task.id}")
            expect(page.get_by_text("ground truth", exact=True)).to_be_visible()
            editor = Editor(page, running.url)
            editor.open(task=task.id, job=job.id)
            editor.expect_frame(2)
            editor.draw((40, 40, 100, 90))
            editor.expect_save_state("^Saved")
            for key, frame in (("f", 3), ("f", 6), ("d", 3)):
                page.keyboard.press(key)
                editor.expect_frame(frame)
            editor.open(task=task.id, job=job.id, frame=7)
            editor.expect_frame(6)
        assert [shape.frame for shape in job.annotations.shapes] == [2]
        assert task.annotations.shapes == ()
