"""Labels and the list of objects: what is done in one place shows in all others."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from cvatcore.workspace import Workspace
from kit.editor import Editor

LEFT = (40, 40, 140, 160)
RIGHT = (300, 60, 420, 200)


def labels_of(workspace: Workspace) -> list[str]:
    with Workspace(workspace.root) as opened:
        return [shape.label for shape in opened.job(1).annotations.shapes]


def selected(editor: Editor) -> list[bool]:
    rows = editor.page.get_by_role("grid", name="Objects on this frame").get_by_role("row")
    return [row.get_attribute("aria-selected") == "true" for row in rows.all()]


def test_labels_by_number_keys_by_panel_and_by_row(workspace: Workspace, editor: Editor, page: Page) -> None:
    editor.open(task=1, job=1, frame=0)
    editor.draw(LEFT)
    editor.expect_labels("car")
    page.keyboard.press("2")  # What was just drawn is selected.
    editor.expect_labels("person")
    page.keyboard.press("Escape")
    page.keyboard.press("2")  # Nothing is: the label of what is drawn next.
    page.keyboard.press("n")
    expect(page.get_by_text("Drawing “person”")).to_be_visible()
    editor.drag(RIGHT[:2], RIGHT[2:])
    editor.expect_labels("person", "person")

    page.get_by_role("tab", name="Labels").click()
    page.get_by_role("radio", name="car").click()
    page.get_by_role("tab", name="Objects").click()
    editor.draw((200, 300, 260, 380))
    editor.expect_labels("person", "person", "car")
    editor.row("car").get_by_role("combobox").select_option(label="person")
    editor.expect_labels("person", "person", "person")
    editor.expect_save_state("^saved")
    assert labels_of(workspace) == ["person"] * 3

    # The lists have given the keyboard back.
    page.keyboard.press("f")
    editor.expect_frame(1)
    page.keyboard.press("Control+z")
    editor.expect_frame(0)
    editor.expect_labels("person", "person", "car")


def test_the_list_and_the_canvas_agree(workspace: Workspace, editor: Editor, page: Page) -> None:
    editor.open(task=1, job=1, frame=0)
    editor.draw(LEFT)
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    editor.draw(RIGHT)
    editor.expect_labels("car", "person")
    car, person = editor.row("car"), editor.row("person")
    expect(person).to_have_attribute("aria-selected", "true")
    editor.select(90, 100)
    expect(car).to_have_attribute("aria-selected", "true")
    person.get_by_role("gridcell").first.click()
    expect(person).to_have_attribute("aria-selected", "true")
    assert selected(editor) == [False, True]

    page.keyboard.press("l")
    page.keyboard.press("Delete")
    expect(page.get_by_text("Locked objects are not deleted.")).to_be_visible()
    editor.drag((360, 130), (200, 300))
    editor.expect_objects(2)
    person.get_by_role("button", name=re.compile("^Unlock")).click()
    car.get_by_role("button", name=re.compile("^Hide")).click()
    editor.select(90, 100)  # Where the hidden one is, nothing is hit.
    expect(page.get_by_text("2 objects, 1 hidden", exact=True)).to_be_visible()
    car.get_by_role("button", name=re.compile("^Show")).click()
    editor.expect_save_state("^saved")
    with Workspace(workspace.root) as opened:
        ((_, before), (_, kept)) = [(shape.label, shape.points) for shape in opened.job(1).annotations.shapes]
    assert [round(value) for value in kept] == list(RIGHT)
    assert [round(value) for value in before] == list(LEFT)

    car.hover()
    car.get_by_role("button", name=re.compile("^Delete")).click()
    editor.expect_labels("person")
    editor.expect_save_state("^saved")
    assert labels_of(workspace) == ["person"]


def test_small_boxes_within_large_ones_are_reached_and_moved(editor: Editor, page: Page) -> None:
    editor.open(task=1, job=1, frame=0)
    editor.draw((200, 200, 206, 206))
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    editor.draw((100, 100, 400, 400))
    editor.expect_labels("person", "car")
    page.keyboard.press("Escape")
    editor.select(203, 203)
    expect(editor.row("person")).to_have_attribute("aria-selected", "true")
    editor.drag((203, 203), (303, 253))  # By its middle: handles leave that free.
    expect(page.get_by_title("Size of the selected shape, in pixels")).to_have_text("6 × 6")
    editor.select(390, 390)
    expect(editor.row("car")).to_have_attribute("aria-selected", "true")
    # Over the other side, and the corner follows the pointer: flipped, not refused.
    editor.drag((400, 400), (40, 50))
    expect(page.get_by_title("Size of the selected shape, in pixels")).to_have_text("60 × 50")


def test_the_list_of_keys(editor: Editor, page: Page) -> None:
    editor.open(task=1, job=1, frame=0)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_text("Next frame", exact=True)).to_be_visible()
    page.keyboard.press("f")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    editor.expect_frame(0)  # Keys under the dialog are not the editor's.
    page.keyboard.press("f")
    editor.expect_frame(1)
