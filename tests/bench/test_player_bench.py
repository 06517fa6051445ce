"""An hour of 1080p30 in the page: jumps and playing, as a person sees them. Run with `make bench`."""

from __future__ import annotations

import itertools
import random
import statistics
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from cvatcore.workspace import Workspace
from kit.burnt_in import number_on_canvas
from kit.daemon import daemon
from kit.editor import Editor, chromium, page_of
from kit.numbered_hour import GROUP, SIDE, write_numbered_film

pytestmark = pytest.mark.bench

MINUTES = 60
JUMPS = 10
PLAYED = 60
"""Seconds."""

_PRESSED = (
    "addEventListener('keydown', (event) => { if (event.key === 'Enter') window.__pressed = performance.now(); }, true)"
)
_SHOWN = "frame => window.__cvatdPerf.drawn().at(-1)?.frame === frame"
_SINGLE = """async frame => {
  const start = performance.now();
  const answer = await fetch(`/api/jobs/1/data?type=frame&quality=compressed&number=${frame}`, { cache: 'no-store' });
  (await createImageBitmap(await answer.blob())).close();
  return performance.now() - start;
}"""


def jump(page: Page, frame: int) -> float:
    """Milliseconds from the key to the frame on the canvas; the number on it is the frame's."""
    box = page.get_by_label("Frame number")
    box.fill(str(frame))
    box.press("Enter")
    page.wait_for_function(_SHOWN, arg=frame)
    took: float = page.evaluate("() => window.__cvatdPerf.drawn().at(-1).at - window.__pressed")
    group = number_on_canvas(page, SIDE)
    inside = number_on_canvas(page, SIDE, top=SIDE[1])
    assert group * GROUP + inside == frame
    return took


@pytest.mark.timeout(1800)
def test_an_hour_of_film(tmp_path: Path) -> None:
    groups = MINUTES * 60 * 30 // GROUP
    film = write_numbered_film(tmp_path / "hour.mp4", groups)
    chance = random.Random(4)
    with Workspace.init(tmp_path / "ws") as workspace, chromium() as browser:
        workspace.create_task("hour", labels=["car"], data=[film])
        with daemon(workspace.root) as running, page_of(browser, running) as page:
            page.add_init_script(_PRESSED)
            editor = Editor(page, running.url)
            editor.open(task=1, job=1)
            page.wait_for_function(_SHOWN, arg=0)
            jumps = [jump(page, chance.randrange(groups * GROUP)) for _ in range(JUMPS)]
            singles = [page.evaluate(_SINGLE, chance.randrange(groups * GROUP)) for _ in range(JUMPS)]
            print(f"\njumps in ms: {', '.join(f'{one:.0f}' for one in jumps)}; longest {max(jumps):.0f}")
            print(f"median jump / single picture: {statistics.median(jumps) / statistics.median(singles):.2f}")
            played(page, editor)
    film.unlink()


def played(page: Page, editor: Editor) -> None:
    """Play for a minute and say how evenly."""
    editor.page.get_by_role("application").click(position={"x": 5, "y": 5})
    editor.reset_stats()
    page.keyboard.press("Space")
    page.wait_for_timeout(PLAYED * 1000)
    page.keyboard.press("Space")
    drawn: list[dict[str, Any]] = page.evaluate("() => window.__cvatdPerf.drawn()")
    assert len(drawn) > 1, "the film stands still"
    gaps = [after["at"] - before["at"] for before, after in itertools.pairwise(drawn)]
    frames = drawn[-1]["frame"] - drawn[0]["frame"]
    lasted = (drawn[-1]["at"] - drawn[0]["at"]) / 1000
    print(
        f"played {lasted:.1f} s: {frames} frames of film, {len(drawn)} shown; gaps in ms: "
        f"median {statistics.median(gaps):.0f}, longest {max(gaps):.0f}, {sum(gap > 100 for gap in gaps)} above 100; "
        f"script a frame {editor.stats()['scriptMs']['median']:.1f} ms; {editor.stats()['held']} decoded frames held"
    )
    print(f"rate / 30 frames a second: {frames / lasted / 30:.2f}")
