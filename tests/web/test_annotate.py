from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cvatcore.workspace import Workspace
from cvatformats import export_task
from kit.editor import Box, Editor

PHOTO: list[Box] = [(40, 50, 200, 220), (250, 30, 330, 90), (100, 300, 480, 500)]
FRAME: Box = (20, 30, 120, 90)


def boxes_of(workspace: Workspace, job: int) -> list[tuple[int, str, list[float]]]:
    with Workspace(workspace.root) as opened:
        return [(shape.frame, shape.label, list(shape.points)) for shape in opened.job(job).annotations.shapes]


def near(points: list[float], box: Box, *, pixels: float = 1.5) -> bool:
    return all(abs(a - b) <= pixels for a, b in zip(points, box, strict=True))


def test_three_boxes_on_a_photo_and_one_in_a_video(workspace: Workspace, editor: Editor, tmp_path: Path) -> None:
    editor.open(task=1, job=1, frame=0)
    for box in PHOTO:
        editor.draw(box)
    editor.expect_objects(3)
    editor.expect_save_state("^saved")
    editor.open(task=2, job=2, frame=100)
    editor.page.keyboard.press("2")
    editor.draw(FRAME)
    editor.expect_objects(1)
    editor.expect_save_state("^saved")

    editor.page.reload()
    editor.ready()
    editor.expect_frame(100)
    editor.expect_objects(1)
    editor.open(task=1, job=1)
    editor.expect_objects(3)

    photos = boxes_of(workspace, 1)
    assert [(frame, label) for frame, label, _ in photos] == [(0, "car")] * 3
    assert all(near(points, box) for (_, _, points), box in zip(photos, PHOTO, strict=True))
    ((frame, label, points),) = boxes_of(workspace, 2)
    assert (frame, label) == (100, "person")
    assert near(points, FRAME)
    _check_history(workspace)
    _check_coco(workspace, tmp_path)


def _check_history(workspace: Workspace) -> None:
    log = subprocess.run(
        ["git", "log", "--format=%an <%ae> %s"], cwd=workspace.root, capture_output=True, text=True, check=True
    ).stdout
    # The page sets a job in progress with its first box; that commit stands between the saves.
    assert added(log, "photos, job 1") == 3
    assert added(log, "bikes, job 2") == 1


def added(log: str, job: str) -> int:
    """How many objects the commits of the person say were added to a job."""
    found = re.findall(rf"^Test Person <person@example.org> {job}: (\d+) added$", log, re.MULTILINE)
    return sum(map(int, found))


def _check_coco(workspace: Workspace, tmp_path: Path) -> None:
    from pycocotools.coco import COCO

    with Workspace(workspace.root) as opened:
        export_task(opened.tasks["photos"], "COCO 1.0", tmp_path / "photos.zip")
        stored = [shape.points for shape in opened.job(1).annotations.shapes]
    with zipfile.ZipFile(tmp_path / "photos.zip") as archive:
        archive.extract("annotations/instances_default.json", tmp_path)
    coco = COCO(str(tmp_path / "annotations" / "instances_default.json"))
    found: list[dict[str, Any]] = coco.loadAnns(coco.getAnnIds())
    expected = [[x1, y1, x2 - x1, y2 - y1] for x1, y1, x2, y2 in stored]
    assert [annotation["bbox"] for annotation in found] == [pytest.approx(box, abs=0.01) for box in expected]
    assert {category["name"] for category in coco.loadCats(coco.getCatIds())} == {"car", "person"}
    assert json.dumps(coco.imgs[1]["file_name"]) == '"astronaut.png"'


def test_move_resize_delete_and_undo(workspace: Workspace, editor: Editor) -> None:
    editor.open(task=1, job=1, frame=0)
    editor.draw((100, 100, 200, 180))
    editor.page.keyboard.press("Escape")
    editor.drag((150, 140), (180, 160))
    editor.expect_save_state("^saved")
    (moved,) = boxes_of(workspace, 1)
    assert near(moved[2], (130, 120, 230, 200))
    editor.drag((230, 200), (260, 250))
    editor.expect_save_state("^saved")
    (resized,) = boxes_of(workspace, 1)
    assert near(resized[2], (130, 120, 260, 250), pixels=3)
    editor.page.keyboard.press("Delete")
    editor.expect_objects(0)
    for _ in range(3):
        editor.page.keyboard.press("Control+z")
    editor.expect_objects(1)
    editor.expect_save_state("^saved")
    (undone,) = boxes_of(workspace, 1)
    assert near(undone[2], (100, 100, 200, 180))
    editor.page.keyboard.press("Control+Shift+z")
    editor.expect_save_state("^saved")
    (redone,) = boxes_of(workspace, 1)
    assert near(redone[2], (130, 120, 230, 200))


def test_frames_by_keys_and_by_slider(editor: Editor, page: Page) -> None:
    editor.open(task=2, job=2)
    editor.expect_frame(0)
    for key, frame in (("f", 1), ("v", 11), ("d", 10), ("c", 0)):
        page.keyboard.press(key)
        editor.expect_frame(frame)
    page.keyboard.press("Space")
    page.wait_for_function("() => Number(document.querySelector('[aria-label=\"Frame number\"]').value) > 3")
    page.keyboard.press("Space")
    number = page.get_by_label("Frame number")
    number.fill("77")
    number.press("Enter")
    editor.expect_frame(77)
    expect(page).to_have_url(f"{editor.page.url.split('?', maxsplit=1)[0]}?frame=77")


def test_zoom_keeps_what_is_under_the_pointer(editor: Editor, page: Page) -> None:
    editor.open(task=1, job=1, frame=0)
    before = editor.screen(300, 200)
    page.mouse.move(*before)
    page.mouse.wheel(0, -400)
    page.wait_for_function("() => window.__cvatdPerf.stats().camera.scale > 1.6")
    after = editor.screen(300, 200)
    assert abs(after[0] - before[0]) < 2
    assert abs(after[1] - before[1]) < 2
    editor.draw((290, 190, 310, 215))
    editor.expect_objects(1)
