"""The job page in a real Chromium, driven as a person does: by pointer, keys and what is on the screen."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from kit.chromium import ARGUMENTS, executable
from kit.daemon import Running

WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
"""WebGL 2 on a machine without a graphics card."""

QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")

expect.set_options(timeout=15_000)  # A busy machine is slow, and a test that fails waits in vain only once.

Box = tuple[float, float, float, float]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(executable()), args=[*ARGUMENTS, *WEBGL, *QUIET, "--headless=new"]
        )
        yield browser
        browser.close()


@contextmanager
def page_of(browser: Browser, daemon: Running, **options: Any) -> Iterator[Page]:
    """A page with a session of its own, a context made with `options`. An error in its scripts fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="dark", **options)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{daemon.url}/?token={daemon.token}")
    expect(page.get_by_role("heading", name="Tasks", exact=True)).to_be_visible()
    yield page
    context.close()
    assert errors == []


class Editor:
    """The workspace of one job."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    def open(self, *, task: int, job: int, frame: int | None = None) -> None:
        """Go to a job (and a frame) and wait until its picture and its objects are there."""
        query = "" if frame is None else f"?frame={frame}"
        self.page.goto(f"{self._url}/tasks/{task}/jobs/{job}{query}")
        self.ready()

    def ready(self) -> None:
        """Wait until the picture and the annotations are there."""
        expect(self.page.get_by_role("grid", name="Objects on this frame")).to_be_visible(timeout=20_000)
        self.page.wait_for_function("() => window.__cvatdPerf && window.__cvatdPerf.stats().frames > 0", timeout=20_000)
        expect(self.page.get_by_text(re.compile("^Loading"))).to_have_count(0)

    def draw(self, box: Box) -> None:
        """Draw a rectangle by two clicks, in image pixels."""
        self.page.keyboard.press("n")
        tool = self.page.get_by_role("toolbar", name="Tools").get_by_role("button", name="Rectangle")
        expect(tool).to_have_attribute("aria-pressed", "true")
        for x, y in (box[:2], box[2:]):
            at = self.screen(x, y)
            self.page.mouse.move(*at, steps=3)
            self.page.mouse.click(*at)
        expect(tool).to_have_attribute("aria-pressed", "false")

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag from one image position to another."""
        self.page.mouse.move(*self.screen(*start))
        self.page.mouse.down()
        self.page.mouse.move(*self.screen(*end), steps=5)
        self.page.mouse.up()

    def screen(self, x: float, y: float) -> tuple[float, float]:
        """Where an image position is on the screen."""
        at = cast("dict[str, float]", self.page.evaluate("at => window.__cvatdPerf.toClient(at)", {"x": x, "y": y}))
        return at["x"], at["y"]

    def select(self, x: float, y: float) -> None:
        """Click an image position."""
        self.page.mouse.click(*self.screen(x, y))

    def row(self, label: str, nth: int = 0) -> Locator:
        """A row of the objects list by the name of its label."""
        grid = self.page.get_by_role("grid", name="Objects on this frame")
        return grid.get_by_role("row", name=re.compile(f"^{re.escape(label)} #")).nth(nth)

    def expect_labels(self, *labels: str) -> None:
        """Wait until the list shows objects with these labels, in this order."""
        rows = self.page.get_by_role("grid", name="Objects on this frame").get_by_role("row")
        expect(rows).to_have_count(len(labels))
        for row, label in zip(rows.all(), labels, strict=True):
            expect(row).to_have_attribute("aria-label", re.compile(f"^{re.escape(label)} #"))

    def pixel(self, x: float, y: float) -> tuple[int, int, int]:
        """The colour that is seen at an image position: red, green, blue."""
        from PIL import Image

        left, top = self.screen(x, y)
        shot = self.page.screenshot(clip={"x": int(left), "y": int(top), "width": 1, "height": 1})
        with Image.open(io.BytesIO(shot)) as picture:
            return cast("tuple[int, int, int]", picture.convert("RGB").getpixel((0, 0)))

    def expect_objects(self, count: int) -> None:
        """Wait until the list shows this many objects on the frame."""
        grid = self.page.get_by_role("grid", name="Objects on this frame")
        expect(grid.get_by_role("row")).to_have_count(count)

    def expect_save_state(self, words: str) -> None:
        """Wait until the save state says so."""
        expect(self.page.get_by_test_id("save-state")).to_have_text(re.compile(words, re.I), timeout=20_000)

    def expect_frame(self, frame: int) -> None:
        """Wait until the picture of a frame is in view."""
        expect(self.page.get_by_label("Frame number")).to_have_value(str(frame))
        self.page.wait_for_function("frame => window.__cvatdPerf.stats().shownFrame === frame", arg=frame)

    def stats(self) -> dict[str, Any]:
        """What the editor measured of itself."""
        return cast("dict[str, Any]", self.page.evaluate("window.__cvatdPerf.stats()"))

    def reset_stats(self) -> None:
        """Measure anew."""
        self.page.evaluate("window.__cvatdPerf.resetStats()")
