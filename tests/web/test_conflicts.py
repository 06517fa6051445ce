"""Two people changed one object: both versions on the picture, and a choice in the page."""

import re
from pathlib import Path

import msgspec
from playwright.sync_api import Page, expect

import cvatsync
from cvatcore import ChangeSet, Shape, Workspace
from kit.command import cvat_process
from kit.daemon import Running
from kit.editor import Editor
from kit.team import bare_repository, git

BASE, OURS, THEIRS = (60.0, 60.0, 200.0, 220.0), (90.0, 80.0, 260.0, 250.0), (240.0, 200.0, 420.0, 380.0)


def share(workspace: Workspace, folder: Path) -> Path:
    """Give the workspace a remote, and return a colleague's clone of it."""
    remote = bare_repository(folder / "team.git")
    git(workspace.root, "remote", "add", "origin", str(remote))
    cvatsync.sync(workspace.root)
    return cvatsync.clone(str(remote), folder / "ben")


def move(root: Path, number: int, points: tuple[float, ...]) -> None:
    with Workspace(root) as opened:
        job = opened.job(1)
        (shape,) = (shape for shape in job.annotations.shapes if shape.id == number)
        job.apply(ChangeSet(shapes=(msgspec.structs.replace(shape, points=points),)))


def test_both_versions_are_seen_and_one_is_chosen(
    workspace: Workspace, editor: Editor, page: Page, running: Running, tmp_path: Path
) -> None:
    job = workspace.job(1)
    boxes = [Shape(frame=frame, id=0, type="rectangle", label="car", points=BASE) for frame in (0, 2)]
    first, second = (shape.id for shape in job.add(*boxes))
    ben = share(workspace, tmp_path)
    for number in (first, second):
        move(ben, number, THEIRS)
        move(workspace.root, number, OURS)
    cvatsync.sync(ben)
    editor.open(task=1, job=1, frame=1)
    assert cvat_process("sync", cwd=workspace.root).code == 0
    panel = page.get_by_role("region", name="Conflicts")
    expect(panel.get_by_role("status")).to_have_text("2 conflicts on this job")
    # From a frame without one, the key leads to both, one after the other.
    page.keyboard.press("j")
    editor.expect_frame(0)
    page.keyboard.press("j")
    editor.expect_frame(2)
    page.keyboard.press("Shift+J")
    editor.expect_frame(0)
    expect(panel.get_by_role("row", name=re.compile("position"))).to_contain_text("240, 200 – 420, 380")
    red, green, blue = editor.pixel(THEIRS[0], 290)
    colours = {editor.pixel(THEIRS[0], y) for y in range(280, 300, 2)}
    assert any(red > 180 and green < 130 and blue > 150 for red, green, blue in colours), (colours, red, green, blue)
    page.screenshot(path=str(tmp_path / "conflicts.png"))
    panel.get_by_role("button", name="Take theirs").click()
    expect(panel.get_by_role("status")).to_have_text("1 conflict on this job")
    page.keyboard.press("j")
    editor.expect_frame(2)
    page.keyboard.press("Alt+3")
    expect(panel.get_by_role("status")).to_have_text("All conflicts are resolved")
    editor.expect_objects(2)
    panel.get_by_role("button", name="Take the last choice back").click()
    expect(panel.get_by_role("status")).to_have_text("1 conflict on this job")
    editor.expect_objects(1)
    page.keyboard.press("Alt+1")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)
    with Workspace(workspace.root) as opened:
        found = {shape.id: shape.points for shape in opened.job(1).annotations.shapes}
        assert found == {first: THEIRS, second: OURS}
        assert opened.conflicts() == []
