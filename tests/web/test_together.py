"""More than one page, and more than annotations: tabs on one job, the jobs of a task."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
from playwright.sync_api import Page, expect

import cvatsync
from cvatcore import ChangeSet, Shape
from cvatcore.workspace import Workspace
from kit.command import cvat_process
from kit.daemon import Running
from kit.editor import Editor
from kit.team import bare_repository, git


def test_two_tabs_on_one_job_see_each_other(workspace: Workspace, editor: Editor, page: Page, running: Running) -> None:
    editor.open(task=1, job=1, frame=0)
    other = Editor(page.context.new_page(), running.url)
    other.open(task=1, job=1, frame=0)
    editor.draw((40, 40, 140, 160))
    other.expect_objects(1)
    other.draw((300, 60, 420, 200))
    editor.expect_objects(2)
    other.page.keyboard.press("2")
    editor.expect_labels("car", "person")
    other.select(90, 100)
    other.page.keyboard.press("Delete")
    editor.expect_labels("person")
    # Undo takes back what this page did, not what others did since.
    editor.page.bring_to_front()
    editor.page.keyboard.press("Control+z")
    editor.expect_save_state("^saved")
    editor.expect_labels("person")
    other.expect_labels("person")
    other.expect_save_state("^saved")
    with Workspace(workspace.root) as opened:
        assert [shape.label for shape in opened.job(1).annotations.shapes] == ["person"]


def test_state_stage_and_assignee_are_in_git(workspace: Workspace, page: Page, running: Running) -> None:
    page.goto(f"{running.url}/tasks/1")
    # A new stage begins as "new", as in CVAT: the stage comes first.
    page.get_by_role("combobox", name="Stage of job 1").select_option(label="Validation")
    page.get_by_role("combobox", name="State of job 1").select_option(label="Rejected")
    assignee = page.get_by_role("combobox", name="Assignee of job 1")
    with page.expect_response(lambda answer: "assignee" in (answer.request.post_data or "")):
        assignee.select_option(index=1)
    expect(assignee).not_to_have_value("")
    page.reload()
    expect(page.get_by_role("combobox", name="State of job 1")).to_have_value("rejected")
    expect(page.get_by_role("combobox", name="Stage of job 1")).to_have_value("validation")
    with Workspace(workspace.root) as opened:
        job = opened.job(1)
        assert (job.state, job.stage) == ("rejected", "validation")
        assert job.assignee
    committed = subprocess.run(
        ["git", "grep", "-h", "-e", "rejected", "-e", "validation", "HEAD"],
        cwd=workspace.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "rejected" in committed.stdout
    assert "validation" in committed.stdout


def test_a_merge_takes_nothing_from_who_is_drawing(
    workspace: Workspace, editor: Editor, page: Page, tmp_path: Path
) -> None:
    boxes = ((40.0, 40.0, 120.0, 120.0), (200.0, 40.0, 280.0, 120.0))
    mine, other = workspace.job(1).add(
        *(Shape(frame=0, id=0, type="rectangle", label="car", points=points) for points in boxes)
    )
    ben = cvatsync.clone(str(shared(workspace, tmp_path)), tmp_path / "ben")

    def bens(*shapes: Shape) -> None:
        """Ben changes and adds objects, and his changes are merged here by another program."""
        with Workspace(ben) as opened:
            job = opened.job(1)
            fresh = opened.numbered(shape for shape in shapes if not shape.id)
            job.apply(ChangeSet(shapes=(*(shape for shape in shapes if shape.id), *fresh)))
        cvatsync.sync(ben)
        assert cvat_process("sync", cwd=workspace.root).code == 0

    editor.open(task=1, job=1, frame=0)
    editor.expect_objects(2)
    # One corner is drawn, when another object moves and a new one comes.
    page.keyboard.press("n")
    page.mouse.click(*editor.screen(40, 300))
    page.mouse.move(*editor.screen(150, 380), steps=3)
    new = Shape(frame=0, id=0, type="rectangle", label="person", points=(320.0, 40.0, 400.0, 120.0))
    bens(msgspec.structs.replace(other, points=(200.0, 140.0, 280.0, 220.0)), new)
    editor.expect_objects(3)
    page.mouse.click(*editor.screen(150, 380))
    editor.expect_objects(4)
    editor.expect_save_state("^saved")
    # An object is held, when the others are changed again.
    editor.select(80, 80)
    page.mouse.down()
    page.mouse.move(*editor.screen(90, 100), steps=3)
    bens(msgspec.structs.replace(other, label="person"))
    expect(page.get_by_role("grid", name="Objects on this frame").get_by_role("row", name="person #")).to_have_count(2)
    page.mouse.move(*editor.screen(100, 130), steps=3)
    page.mouse.up()
    editor.expect_save_state("^saved")
    editor.expect_objects(4)
    with Workspace(workspace.root) as opened:
        found = {shape.id: shape for shape in opened.job(1).annotations.shapes}
    drawn = next(shape for shape in found.values() if shape.points[1] > 290)
    assert [round(number) for number in drawn.points] == [40, 300, 150, 380]
    assert [round(number) for number in found[mine.id].points] == [60, 90, 140, 170]
    assert (found[other.id].label, found[other.id].points) == ("person", other.points)


def shared(workspace: Workspace, folder: Path) -> Path:
    """A bare repository that the workspace is synced with."""
    remote = bare_repository(folder / "team.git")
    git(workspace.root, "remote", "add", "origin", str(remote))
    cvatsync.sync(workspace.root)
    return remote
