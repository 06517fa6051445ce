from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from cvatcore.schema import Shape
from cvatcore.workspace import Workspace
from kit.daemon import Running
from kit.editor import Editor

WITHIN = 1.0
"""Seconds in which a change made by others has to show."""


def box(frame: int = 0) -> Shape:
    return Shape(frame=frame, id=0, type="rectangle", label="car", points=(10.0, 20.0, 110.0, 90.0))


def test_tasks_and_their_jobs(page: Page, workspace: Workspace) -> None:
    expect(page.get_by_text("photos", exact=True)).to_be_visible()
    expect(page.get_by_text("bikes", exact=True)).to_be_visible()
    page.get_by_text("photos", exact=True).click()
    expect(page).to_have_url(re.compile("/tasks/1$"))
    expect(page.get_by_role("heading", name="photos")).to_be_visible()
    expect(page.get_by_text("person", exact=True).first).to_be_visible()


def test_a_link_without_the_token_says_what_to_do(page: Page, running: Running) -> None:
    page.context.clear_cookies()
    page.goto(f"{running.url}/tasks/1")
    expect(page.get_by_text("cvatd printed")).to_be_visible()


def test_a_box_of_another_program_shows_at_once(editor: Editor, workspace: Workspace) -> None:
    editor.open(task=1, job=1, frame=0)
    editor.expect_objects(0)
    before = time.monotonic()
    workspace.job(1).add(box())
    editor.expect_objects(1)
    assert time.monotonic() - before < WITHIN + 0.5  # Half a second for the browser to be asked.


def test_a_state_set_elsewhere_shows_in_the_task(page: Page, running: Running, workspace: Workspace) -> None:
    page.goto(f"{running.url}/tasks/1")
    expect(page.get_by_role("heading", name="photos")).to_be_visible()
    workspace.job(1).update(state="completed")
    expect(page.get_by_role("combobox", name="State of job 1")).to_have_value("completed")


@pytest.mark.parametrize("path", ["/tasks/99", "/tasks/1/jobs/99", "/tasks/x", "/nothing"])
def test_what_does_not_exist_is_said(page: Page, running: Running, path: str) -> None:
    page.goto(running.url + path)
    expect(page.get_by_role("alert").or_(page.get_by_text("not found", exact=False)).first).to_be_visible()
