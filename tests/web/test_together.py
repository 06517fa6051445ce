"""More than one page, and more than annotations: tabs on one job, the jobs of a task."""

from __future__ import annotations

import subprocess

from playwright.sync_api import Page, expect

from cvatcore.workspace import Workspace
from kit.daemon import Running
from kit.editor import Editor


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
