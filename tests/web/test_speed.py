"""The figures of a frame with ten thousand rectangles; printed, not asserted: machines differ."""

from __future__ import annotations

import random

import pytest

from cvatcore.edit import ChangeSet
from cvatcore.schema import Shape
from cvatcore.workspace import Workspace
from kit.editor import Editor

COUNT = 10_000
STEPS = 30
"""Moves of the pointer: each waits for the picture, which a machine without a graphics card draws slowly."""


def test_ten_thousand_rectangles_on_a_frame(
    workspace: Workspace, editor: Editor, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(1)
    first = workspace.store.ids.take("object", COUNT)
    shapes = []
    for number in range(first, first + COUNT):
        x, y = chance.uniform(0, 480), chance.uniform(0, 480)
        points = (x, y, x + chance.uniform(4, 30), y + chance.uniform(4, 30))
        shapes.append(Shape(frame=0, id=number, type="rectangle", label="car", points=points))
    workspace.job(1).apply(ChangeSet(shapes=tuple(shapes)))
    editor.open(task=1, job=1, frame=0)
    page = editor.page
    page.wait_for_function(f"() => window.__cvatdPerf.stats().shapes >= {COUNT}")

    x, y = editor.screen(250, 250)
    page.mouse.move(x, y)
    page.mouse.down(button="middle")
    editor.reset_stats()
    for step in range(STEPS):
        page.mouse.move(x + 2 * step, y + step)
    page.mouse.up(button="middle")
    panning = editor.stats()
    editor.reset_stats()
    for step in range(STEPS):
        page.mouse.move(x + 3 * step % 200, y - 2 * step % 150)
    hovering = editor.stats()
    with capsys.disabled():
        print(  # noqa: T201  figures are this test's output
            f"\n{COUNT} rectangles: script {panning['scriptMs']['median']:.2f} ms a frame while panning "
            f"(p95 {panning['scriptMs']['p95']:.2f}, {panning['frames']} frames, "
            f"{panning['uploadedBytes']} bytes uploaded); "
            f"hit test {hovering['hitTestMs']['median']:.3f} ms (p95 {hovering['hitTestMs']['p95']:.3f}, "
            f"{hovering['hitTests']} tests)"
        )
    assert panning["frames"] > 5
    assert hovering["hitTests"] > 5
    # What growth in the wrong place would break, whatever the machine: panning sends no shape again.
    assert panning["uploadedBytes"] == 0
