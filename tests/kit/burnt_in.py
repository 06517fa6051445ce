"""Reading the numbers of `kit.pictures.numbered_frame` off the canvas of the page."""

from __future__ import annotations

from typing import Any, cast

from playwright.sync_api import Page

from kit.pictures import BLOCK, COLUMNS

Point = dict[str, float]

_WATCH = """points => {
  const seen = window.__seen = [];
  const probe = window.__cvatdPerf;
  let last = -1;
  const look = () => {
    if (window.__seen !== seen) return;
    const colours = probe.colours(points);
    const { frame, at } = probe.drawn().at(-1) ?? { frame: -1, at: 0 };
    if (frame !== last) {
      last = frame;
      seen.push({ frame, at, number: colours.reduce((sum, [red], bit) => sum + (red > 128 ? 2 ** bit : 0), 0) });
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def block_centres(size: tuple[int, int], *, turns: int = 0, top: int = 0) -> list[Point]:
    """Where the bits of a number are on the upright picture, the lowest first.

    Args:
        size: width and height of the coded frame, in pixels.
        turns: quarter turns counterclockwise that set it upright.
        top: where the number begins, in pixels from above.
    """
    points: list[Point] = []
    for bit in range(COLUMNS * (size[1] // BLOCK)):
        width, height = size
        row, column = divmod(bit, COLUMNS)
        x, y = (column + 0.5) * BLOCK, top + (row + 0.5) * BLOCK
        for _ in range(turns):
            x, y, width, height = y, width - x, height, width
        points.append({"x": x, "y": y})
    return points


def number_on_canvas(page: Page, size: tuple[int, int], *, turns: int = 0, top: int = 0) -> int:
    """The number that is on the canvas now."""
    colours = page.evaluate("points => window.__cvatdPerf.colours(points)", block_centres(size, turns=turns, top=top))
    return sum(1 << bit for bit, (red, _green, _blue) in enumerate(colours) if red > 128)


def watch(page: Page, size: tuple[int, int]) -> None:
    """Note each frame that is drawn from now on, with the number that is seen."""
    page.evaluate(_WATCH, block_centres(size))


def watched(page: Page) -> list[dict[str, Any]]:
    """What was seen since `watch`: `frame` that the editor says, `at` in ms, `number` on the canvas."""
    seen = page.evaluate("() => { const seen = window.__seen; window.__seen = null; return seen; }")
    return cast("list[dict[str, Any]]", seen)
