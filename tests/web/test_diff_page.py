"""The page of `cvat diff --html` in a real browser: it needs no other file, and its filter and colours work."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from cvatcore import ChangeSet
from cvatcore.schema import Shape
from cvatcore.workspace import Workspace
from kit.command import cvat


def rectangle(number: int, label: str, frame: int = 0, at: float = 40.0) -> Shape:
    return Shape(frame=frame, id=number, type="rectangle", label=label, points=(at, at, at + 100, at + 90))


def test_the_page_alone(browser: Browser, workspace: Workspace, tmp_path: Path) -> None:
    job = workspace.job(1)
    job.apply(ChangeSet(shapes=(rectangle(1, "car"), rectangle(2, "person", at=200))))
    workspace.add_member("eve")  # So that the next save is a commit of its own.
    job.apply(ChangeSet(shapes=(rectangle(1, "car", at=60), rectangle(3, "person", 2)), delete=frozenset({2})))
    page_file = tmp_path / "diff.html"
    done = cvat("diff", "HEAD~1..HEAD", "--html", page_file, workspace=workspace.root)
    assert done.code == 0, done.err
    context = browser.new_context(viewport={"width": 1200, "height": 900}, color_scheme="light", offline=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url.partition(":")[0]))
    page.goto(page_file.as_uri())
    cards = page.locator(".card:visible")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("frame 0")
    expect(cards.first.locator("svg g.removed")).to_have_count(1)
    assert set(requests) <= {"file", "data"}

    page.get_by_role("checkbox", name="person").uncheck()
    expect(cards).to_have_count(1)
    expect(cards.first.locator("svg g.removed")).to_be_hidden()
    expect(cards.first.locator("svg g.now")).to_be_visible()
    page.get_by_role("checkbox", name="person").check()
    expect(cards).to_have_count(2)

    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light / dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    context.close()
    assert faults == []
