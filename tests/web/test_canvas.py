"""What is really seen: pixels of the canvas."""

from __future__ import annotations

from PIL import Image
from playwright.sync_api import Browser, Page

from kit.daemon import Running
from kit.editor import Editor, page_of
from kit.samples import photo

Colour = tuple[int, int, int]


def alike(seen: Colour, expected: Colour, *, within: int = 30) -> bool:
    return all(abs(a - b) <= within for a, b in zip(seen, expected, strict=True))


def picture_colour(x: int, y: int) -> Colour:
    with Image.open(photo("astronaut.png")) as picture:
        red, green, blue = picture.convert("RGB").resize((64, 64), Image.Resampling.BOX).getpixel((x // 8, y // 8))  # type: ignore[misc]  # a pixel of RGB
        return red, green, blue


PLACES = [(20, 440), (280, 60), (500, 420)]


def expect_picture(editor: Editor) -> None:
    editor.page.wait_for_function("() => window.__cvatdPerf.stats().shownFrame === 0")
    for x, y in PLACES:
        assert alike(editor.pixel(x, y), picture_colour(x, y), within=60), (x, y)


def test_the_picture_and_its_shapes_are_seen_in_both_themes(editor: Editor, page: Page) -> None:
    editor.open(task=1, job=1, frame=0)
    expect_picture(editor)
    dark = editor.pixel(-8, 100)
    page.emulate_media(color_scheme="light")
    page.wait_for_function("() => document.documentElement.dataset.mantineColorScheme === 'light'")
    light = editor.pixel(-8, 100)
    assert sum(light) - sum(dark) > 300
    expect_picture(editor)

    before = editor.pixel(280, 60)
    editor.draw((250, 30, 330, 90))
    editor.expect_objects(1)
    assert editor.pixel(280, 60) != before


def test_a_lost_graphics_context_comes_back_with_everything(editor: Editor, page: Page) -> None:
    editor.open(task=1, job=1, frame=0)
    editor.draw((250, 30, 330, 90))
    editor.expect_objects(1)
    page.mouse.move(0, 0)
    filled = editor.pixel(280, 60)
    page.evaluate(
        """() => {
            const gl = document.querySelector('[role=application] canvas').getContext('webgl2');
            window.lostContext = gl.getExtension('WEBGL_lose_context');
            window.lostContext.loseContext();
        }"""
    )
    page.keyboard.press("Escape")  # Drawing into a lost context harms nothing.
    page.evaluate(
        """() => new Promise((resolve) => {
            document.querySelector('[role=application] canvas').addEventListener('webglcontextrestored', resolve);
            setTimeout(() => window.lostContext.restoreContext());
        })"""
    )
    expect_picture(editor)
    editor.select(280, 60)
    page.mouse.move(0, 0)
    assert alike(editor.pixel(280, 60), filled, within=8)


def test_a_dense_screen_shows_the_same(browser: Browser, running: Running) -> None:
    with page_of(browser, running, device_scale_factor=2) as page:
        editor = Editor(page, running.url)
        editor.open(task=1, job=1, frame=0)
        expect_picture(editor)
        assert page.evaluate("document.querySelector('[role=application] canvas').width") > 1500
