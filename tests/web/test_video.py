"""Videos that the page decodes itself: the numbers that are burnt into the frames are read off the canvas."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from cvatcore.media import ScanOptions
from cvatcore.workspace import TaskData, Workspace
from kit.burnt_in import number_on_canvas, watch, watched
from kit.daemon import daemon
from kit.editor import Editor, page_of
from kit.pictures import write_video

SIZE = (192, 64)
LENGTH = 120
NO_WEBCODECS = "delete window.VideoDecoder"

CASES: dict[str, dict[str, Any]] = {
    "b-frames": {"options": {"x264-params": "keyint=24:bframes=3:b-pyramid=normal:scenecut=0"}},
    "open groups": {"options": {"x264-params": "open-gop=1:keyint=12:bframes=3:scenecut=0"}},
    "one group": {"options": {"x264-params": "keyint=infinite:bframes=2:scenecut=0"}},
    "variable rate": {"times": [n * 4 + n // 7 * 9 for n in range(LENGTH)], "options": {"g": "20"}},
    "vp9": {
        "codec": "libvpx-vp9",
        "suffix": ".webm",
        "options": {"g": "20", "auto-alt-ref": "1", "lag-in-frames": "16"},
    },
    "not for browsers": {"codec": "mpeg4", "options": {"g": "12"}},
}
LARGE: dict[str, Any] = {"size": (1920, 1080), "options": {"preset": "ultrafast", "g": "40"}}
"""Frames far from their keyframe take long to decode."""


@contextmanager
def opened(
    browser: Browser, folder: Path, case: dict[str, Any], *, script: str = "", part: ScanOptions | None = None
) -> Iterator[Editor]:
    """The editor on a task of a video of numbered frames."""
    given = dict(case)
    path = write_video(folder / f"numbers{given.pop('suffix', '.mp4')}", LENGTH, **{"size": SIZE, **given})
    with Workspace.init(folder / "ws") as workspace:
        data = TaskData(inputs=(path,), scan=part or ScanOptions())
        workspace.create_task("numbers", labels=["car"], data=data)
        with daemon(workspace.root) as running, page_of(browser, running) as page:
            if script:
                page.add_init_script(script)
            editor = Editor(page, running.url)
            editor.open(task=1, job=1)
            yield editor


def settled(editor: Editor, frame: int) -> None:
    editor.expect_frame(frame)
    editor.page.wait_for_function("frame => window.__cvatdPerf.drawn().at(-1)?.frame === frame", arg=frame)


def go(page: Page, frame: int) -> None:
    box = page.get_by_label("Frame number")
    box.fill(str(frame))
    box.press("Enter")


@pytest.mark.parametrize("name", CASES)
def test_steps_jumps_and_reverse_steps_show_the_right_frames(browser: Browser, tmp_path: Path, name: str) -> None:
    with opened(browser, tmp_path, CASES[name]) as editor:
        page = editor.page
        settled(editor, 0)
        assert number_on_canvas(page, SIZE) == 0
        for frame in range(1, 14):
            page.keyboard.press("f")
            settled(editor, frame)
            assert number_on_canvas(page, SIZE) == frame
        chance = random.Random(5)
        for frame in [LENGTH - 1, 0, *(chance.randrange(LENGTH) for _ in range(7))]:
            go(page, frame)
            settled(editor, frame)
            assert number_on_canvas(page, SIZE) == frame
        go(page, 100)
        settled(editor, 100)
        for frame in range(99, 70, -1):
            page.keyboard.press("d")
            settled(editor, frame)
            assert number_on_canvas(page, SIZE) == frame
        assert editor.stats()["held"] < 80


def test_a_turned_video_stands_upright(browser: Browser, tmp_path: Path) -> None:
    for rotation, turns in ((90, 1), (180, 2), (-90, 3)):
        folder = tmp_path / str(turns)
        folder.mkdir()
        with opened(browser, folder, {"rotation": rotation, "options": {"g": "10"}}) as editor:
            size = (SIZE[1], SIZE[0]) if turns % 2 else SIZE
            expect(editor.page.get_by_text(f"{size[0]} × {size[1]}")).to_be_visible()
            for frame in (0, 13, 77):
                go(editor.page, frame)
                settled(editor, frame)
                assert number_on_canvas(editor.page, SIZE, turns=turns) == frame


def test_a_part_of_a_video_has_its_own_numbers(browser: Browser, tmp_path: Path) -> None:
    part = ScanOptions(start=7, stop=100, step=3)
    with opened(browser, tmp_path, CASES["b-frames"], part=part) as editor:
        for frame in (0, 1, 2, 31, 30, 29, 12):
            go(editor.page, frame)
            settled(editor, frame)
            assert number_on_canvas(editor.page, SIZE) == 7 + 3 * frame


def test_playing_shows_frames_in_order_with_their_numbers(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, CASES["b-frames"]) as editor:
        page = editor.page
        settled(editor, 0)
        watch(page, SIZE)
        page.keyboard.press("Space")
        page.wait_for_function(
            "last => window.__cvatdPerf.drawn().at(-1)?.frame === last", arg=LENGTH - 1, timeout=60_000
        )
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        seen = watched(page)
        assert [one["frame"] for one in seen] == [one["number"] for one in seen]
        frames = [one["frame"] for one in seen]
        assert frames == sorted(set(frames))
        assert frames[-1] == LENGTH - 1


def test_a_single_picture_is_shown_until_the_decoder_has_got_to_a_frame(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, LARGE) as editor:
        page = editor.page
        settled(editor, 0)
        singles: list[str] = []
        held: list[Route] = []
        page.on("request", lambda request: singles.append(request.url) if "type=frame" in request.url else None)
        page.route("**/video/2?codec=source", lambda route: held.append(route))
        with page.expect_request("**/video/2?codec=source"):
            go(page, LENGTH - 2)
            settled(editor, LENGTH - 2)
        assert editor.stats()["held"] == 0
        assert number_on_canvas(page, SIZE) == LENGTH - 2
        assert [f"number={LENGTH - 2}" in url for url in singles] == [True]
        for route in held:
            route.continue_()
        page.unroute("**/video/2?codec=source")
        page.wait_for_function("() => window.__cvatdPerf.stats().held > 0")
        assert number_on_canvas(page, SIZE) == LENGTH - 2
        # What follows comes from the decoder.
        for frame in (LENGTH - 1, LENGTH - 3):
            go(page, frame)
            settled(editor, frame)
            assert number_on_canvas(page, SIZE) == frame
        assert len(singles) == 1


def test_a_reload_right_after_a_jump_comes_back_to_its_frame(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, CASES["b-frames"]) as editor:
        for frame in (77, 5, 100):
            go(editor.page, frame)
            editor.page.reload()
            editor.ready()
            settled(editor, frame)
            assert number_on_canvas(editor.page, SIZE) == frame


def test_a_film_goes_on_from_where_one_went_back_to(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, CASES["b-frames"]) as editor:
        page = editor.page
        settled(editor, 0)
        # The last frame of a group: what follows was not decoded for those who go backwards.
        for frame in (LENGTH - 1, 47):
            go(page, frame)
            settled(editor, frame)
        page.get_by_role("application").click(position={"x": 5, "y": 5})
        page.keyboard.press("Space")
        page.wait_for_function("() => window.__cvatdPerf.drawn().at(-1).frame > 60")


def test_without_webcodecs_single_pictures_come(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, CASES["b-frames"], script=NO_WEBCODECS) as editor:
        note = editor.page.get_by_text("Single pictures")
        expect(note).to_be_visible()
        for frame in (0, 1, 2, 77, 76, 119):
            go(editor.page, frame)
            settled(editor, frame)
            assert number_on_canvas(editor.page, SIZE) == frame
        assert editor.stats()["held"] == 0


def test_a_decoder_that_fails_does_not_leave_the_canvas_empty(browser: Browser, tmp_path: Path) -> None:
    broken = """
      const whole = EncodedVideoChunk;
      window.EncodedVideoChunk = function (init) {
        return new whole({ ...init, data: new Uint8Array(init.data.length).fill(7) });
      };
    """
    with opened(browser, tmp_path, CASES["b-frames"], script=broken) as editor:
        expect(editor.page.get_by_text("Single pictures")).to_be_visible()
        for frame in (0, 5, 100):
            go(editor.page, frame)
            settled(editor, frame)
            assert number_on_canvas(editor.page, SIZE) == frame
