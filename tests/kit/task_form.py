"""The page's form for a new task, filled in as a person does."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect


def begin(page: Page, name: str, *labels: str) -> None:
    """Open the form by its key, and fill in what every task has."""
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="New task")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type(name)
    page.get_by_label("Name of label 1").focus()
    for index, label in enumerate(labels):
        if index:
            page.keyboard.press("Enter")
            expect(page.get_by_label(f"Name of label {index + 1}")).to_be_focused()
        page.keyboard.type(label)


def choose(page: Page, button: str, *files: Path) -> None:
    """Choose files as a person does."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).click()
    chooser.value.set_files(list(files))


def make(page: Page) -> None:
    """Send the form and wait until the task is open."""
    page.get_by_role("button", name="Make and open").click()
    expect(page).to_have_url(re.compile(r"/tasks/\d+$"), timeout=30_000)
