"""A watched folder while a job is open in a page: the frames come, and nothing that is there moves."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Browser, expect

from cvatcore.workspace import Workspace
from cvatcore.workspace.watching import watch_folder
from kit.daemon import start_daemon
from kit.editor import Editor, page_of
from kit.pictures import write_picture

LONG_AGO = 1_700_000_000
SECONDS = 60_000
"""In ms: the machine may be busy."""


def photo(folder: Path, number: int) -> None:
    """A picture with a shade of its own, taken long ago."""
    path = write_picture(folder / f"{number:04}.png", (160, 120), mode="L", color=number % 200 + 20)
    os.utime(path, (LONG_AGO, LONG_AGO))


def test_photos_are_dropped_while_a_page_is_open_and_the_daemon_is_killed(browser: Browser, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    for number in range(5):
        photo(drop, number)
    with Workspace.init(tmp_path / "ws") as workspace:
        task = workspace.create_task("street", labels=["car"], data=[drop])
        watch_folder(task, drop)
        running = start_daemon(workspace.root)
        try:
            with page_of(browser, running) as page:
                editor = Editor(page, running.url)
                editor.open(task=1, job=1, frame=4)
                editor.draw((20, 20, 60, 60))
                editor.expect_save_state("Saved")
                slider = page.get_by_role("slider", name="Frame")
                for number in range(5, 300):
                    photo(drop, number)
                expect(slider).not_to_have_attribute("max", "4", timeout=SECONDS)
                running.kill()
                for number in range(300, 500):
                    photo(drop, number)
                running = start_daemon(workspace.root, port=int(running.url.rpartition(":")[2]))
                expect(slider).to_have_attribute("max", "499", timeout=SECONDS)
                editor.expect_frame(4)
                editor.expect_objects(1)
                page.keyboard.press("End")
                editor.expect_frame(499)
                editor.expect_objects(0)
                name = task.manifest.images[499].path
                assert abs(editor.pixel(80, 60)[0] - (int(name[:4]) % 200 + 20)) < 4
        finally:
            running.stop()
        names = [image.path for image in task.manifest.images]
        assert names[:5] == [f"{number:04}.png" for number in range(5)]
        assert sorted(names) == [f"{number:04}.png" for number in range(500)]
        (job,) = task.jobs
        assert [shape.frame for shape in job.annotations.shapes] == [4]
