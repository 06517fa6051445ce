"""Reviewing in the page: issues on the picture and beside it, and the guide."""

import io
import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from cvatcore import Shape, Workspace
from kit.editor import Editor

BOX = (60.0, 60.0, 200.0, 220.0)


def test_an_issue_on_an_object_is_opened_discussed_and_settled(
    workspace: Workspace, editor: Editor, page: Page, tmp_path: Path
) -> None:
    workspace.job(1).add(Shape(frame=0, id=0, type="rectangle", label="car", points=BOX))
    editor.open(task=1, job=1, frame=0)
    editor.expect_objects(1)
    page.mouse.click(*editor.screen(130, 140), button="right")
    form = page.get_by_role("region", name="New issue")
    expect(form).to_contain_text("frame 0, an area")
    # Keys of the editor are letters here.
    page.keyboard.type("no car at all")
    page.keyboard.press("Control+Enter")
    row = page.get_by_role("button", name=re.compile("no car at all"))
    expect(row).to_have_attribute("aria-expanded", "true")
    (issue,) = workspace.issues()
    assert (issue.document.frame, issue.document.position) == (0, BOX)
    page.mouse.move(5, 5)
    red, green, blue = editor.pixel(60, 100)
    assert red > 150 > max(green, blue), "the mark is red"
    issue.comment("it is a rocket")
    expect(page.get_by_text("it is a rocket")).to_be_visible()
    page.screenshot(path=str(tmp_path / "issue.png"))
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    assert issue.document.resolved
    page.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    assert workspace.issues() == ()


def test_a_key_opens_one_at_the_pointer(workspace: Workspace, editor: Editor, page: Page) -> None:
    editor.open(task=1, job=1, frame=1)
    page.mouse.move(*editor.screen(100, 90))
    page.keyboard.press("i")
    form = page.get_by_role("region", name="New issue")
    expect(form).to_contain_text("frame 1, a point")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    assert workspace.issues() == ()


def test_the_guide_is_read_beside_the_picture(workspace: Workspace, editor: Editor, page: Page, tmp_path: Path) -> None:
    editor.open(task=1, job=1, frame=0)
    expect(page.get_by_role("button", name="Guide", exact=True)).to_have_count(0)
    guide = workspace.guide_of(task=1)
    guide.create("# Cars\n")
    asset = guide.add_asset(_png(), filename="car.png")
    script = "<script>document.title = 'bad'</script>"
    guide.write(f"# Cars\n\n* [ ] all of them\n\n![a car](/api/assets/{asset.id})\n\n{script}\n")
    page.get_by_role("button", name="Guide", exact=True).click()
    panel = page.get_by_role("dialog", name="Guide")
    expect(panel.get_by_role("heading", name="Cars")).to_be_visible()
    picture = panel.get_by_role("img", name="a car")
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('[role=dialog] img').naturalWidth === 30")
    assert page.title() != "bad"
    page.screenshot(path=str(tmp_path / "guide.png"))
    guide.write("# Buses\n")
    expect(panel.get_by_role("heading", name="Buses")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(out, format="PNG")
    return out.getvalue()
