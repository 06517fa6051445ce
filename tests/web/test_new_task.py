"""Tasks that are made on the page, with files of this computer, of the share and of the web."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from cvatcore.media.share import set_share
from cvatcore.workspace import Workspace
from cvatcore.workspace.watching import watch_folder
from kit.daemon import Running, daemon
from kit.editor import Editor, page_of
from kit.samples import photo, video
from kit.task_form import begin, choose, make

PHOTOS = ("astronaut.png", "coffee.png", "chelsea.png")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Nothing but an empty workspace."""
    with Workspace.init(tmp_path / "ws") as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two folders of photographs, with what systems put beside them."""
    for place, name in (("left", "astronaut.png"), ("right", "coffee.png")):
        (tmp_path / "rig" / place).mkdir(parents=True)
        shutil.copy(photo(name), tmp_path / "rig" / place / "0001.png")
    (tmp_path / "rig" / ".DS_Store").write_bytes(b"\0")
    return tmp_path / "rig"


@pytest.fixture
def broken_photo(tmp_path: Path) -> Path:
    """A photograph whose end is missing."""
    path = tmp_path / "broken.png"
    path.write_bytes(photo("coffee.png").read_bytes()[:5_000])
    return path


@pytest.fixture
def broken_video(tmp_path: Path) -> Path:
    """A file that is called a video and is none."""
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"this is no video at all" * 100)
    return path


def test_photos_are_uploaded_and_opened(page: Page, workspace: Workspace, running: Running) -> None:
    begin(page, "photos", "car", "person")
    choose(page, "Choose files", *map(photo, PHOTOS))
    expect(page.get_by_role("list", name="Files").get_by_role("listitem")).to_have_count(3)
    make(page)
    expect(page.get_by_role("heading", name="photos")).to_be_visible()
    expect(page.get_by_text("Images, 3 frames")).to_be_visible()
    task = workspace.tasks["photos"]
    assert [frame.name for frame in task.manifest.images] == ["astronaut", "chelsea", "coffee"]
    assert [label.name for label in task.labels] == ["car", "person"]
    page.get_by_role("link", name="Open").click()
    Editor(page, running.url).ready()


def test_a_folder_keeps_its_paths(page: Page, workspace: Workspace, folder: Path) -> None:
    begin(page, "rig", "car")
    choose(page, "Choose a folder", folder)
    expect(page.get_by_text("rig/left/0001.png")).to_be_visible()
    expect(page.get_by_text(".DS_Store")).to_have_count(0)
    make(page)
    task = workspace.tasks["rig"]
    names = [frame.name for frame in task.manifest.images]
    assert [name.removeprefix("rig/") for name in names] == ["left/0001", "right/0001"]


def test_a_video_with_advanced_settings(page: Page, workspace: Workspace) -> None:
    begin(page, "bikes", "car")
    choose(page, "Choose files", video("bikes.mp4"))
    page.get_by_text("Advanced", exact=True).click()
    for field, value in (("Segment size", "20"), ("Overlap size", "5"), ("Stop frame", "99"), ("Frame step", "2")):
        page.get_by_label(field).fill(value)
    make(page)
    expect(page.get_by_text("Video, 50 frames")).to_be_visible()
    task = workspace.tasks["bikes"]
    runs = [(job.document.start, job.document.stop) for job in task.jobs]
    assert runs == [(0, 19), (15, 34), (30, 49), (45, 49)]


def test_what_is_missing_is_said_beside_the_field(page: Page, workspace: Workspace) -> None:
    page.get_by_role("link", name="New task").click()
    page.get_by_role("button", name="Make and open").click()
    expect(page.get_by_text("Give the task a name.")).to_be_visible()
    expect(page.get_by_text("Name at least one label.")).to_be_visible()
    expect(page.get_by_text("Choose files or a folder, or drop them here.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    assert not list(workspace.tasks)


def test_a_broken_picture_is_one_sentence_and_the_form_stays(
    page: Page, workspace: Workspace, broken_photo: Path
) -> None:
    begin(page, "photos", "car")
    choose(page, "Choose files", photo("coffee.png"), broken_photo)
    page.get_by_role("button", name="Make and open").click()
    alert = page.get_by_role("alert").filter(has_text="The task was not made")
    expect(alert).to_contain_text("broken.png", timeout=30_000)
    expect(alert).not_to_contain_text("Traceback")
    assert not list(workspace.tasks), "a task that failed is not left behind"

    expect(page.get_by_label("Name", exact=True)).to_have_value("photos")
    expect(page.get_by_label("Name of label 1")).to_have_value("car")
    page.get_by_role("button", name="Remove broken.png").click()
    make(page)
    expect(page.get_by_text("Images, 1 frame")).to_be_visible()


def test_labels_in_raw_form(page: Page, workspace: Workspace) -> None:
    begin(page, "photos", "car")
    page.get_by_role("tab", name="Raw").click()
    raw = page.get_by_label("Labels as JSON")
    expect(raw).to_have_value(re.compile('"name": "car"'))
    raw.fill('[{"name": "bus", "type": "polygon", "attributes": []}, {"name": "van"')
    choose(page, "Choose files", photo("coffee.png"))
    page.get_by_role("button", name="Make and open").click()
    expect(page.get_by_text("This is not JSON")).to_be_visible()
    raw.fill('[{"name": "bus", "type": "polygon", "attributes": []}, {"name": "van"}]')
    page.get_by_role("tab", name="Constructor").click()
    expect(page.get_by_label("Name of label 2")).to_have_value("van")
    expect(page.get_by_role("list", name="Labels").get_by_text("polygon")).to_be_visible()
    make(page)
    assert [(label.name, label.type) for label in workspace.tasks["photos"].labels] == [
        ("bus", "polygon"),
        ("van", "any"),
    ]


def test_files_of_the_share(page: Page, workspace: Workspace, folder: Path) -> None:
    set_share(workspace.root, folder)
    begin(page, "shared", "car")
    page.get_by_role("tab", name="Share").click()
    page.get_by_role("button", name="left").click()
    page.get_by_label("Take 0001.png").check()
    page.get_by_role("navigation", name="Folder of the share").get_by_role("button", name="Share").click()
    page.get_by_label("Take right").check()
    expect(page.get_by_role("list", name="Chosen").get_by_role("listitem")).to_have_count(2)
    make(page)
    assert [frame.name for frame in workspace.tasks["shared"].manifest.images] == ["left/0001", "right/0001"]


def test_files_are_dropped(page: Page, workspace: Workspace) -> None:
    begin(page, "dropped", "car")
    pixels = base64.b64encode(photo("coffee.png").read_bytes()).decode()
    transfer = page.evaluate_handle(
        """pixels => {
            const data = Uint8Array.from(atob(pixels), letter => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([data], "coffee.png", {type: "image/png"}));
            return transfer;
        }""",
        pixels,
    )
    page.get_by_text("Drop files or folders here").dispatch_event("drop", {"dataTransfer": transfer})
    expect(page.get_by_role("list", name="Files").get_by_text("coffee.png")).to_be_visible()
    make(page)
    assert [frame.name for frame in workspace.tasks["dropped"].manifest.images] == ["coffee"]


def test_a_task_of_a_project_has_its_labels(page: Page, workspace: Workspace) -> None:
    workspace.create_task("first", labels=["car", "tram"], data=[photo("coffee.png")], project="city")
    begin(page, "second")
    page.get_by_role("combobox", name="Project").select_option(label="city (#1)")
    choose(page, "Choose files", photo("astronaut.png"))
    make(page)
    expect(page.get_by_role("list", name="Labels").get_by_text("tram")).to_be_visible()
    assert workspace.tasks["second"].document.project == 1


def test_a_watched_folder_and_what_is_wrong_in_it(
    page: Page, workspace: Workspace, running: Running, tmp_path: Path, broken_photo: Path
) -> None:
    task = workspace.create_task("street", labels=["car"], data=None)
    (tmp_path / "drop").mkdir()
    watch_folder(task, tmp_path / "drop", stable=0.1)
    page.goto(f"{running.url}/tasks/{task.id}")
    expect(page.get_by_role("heading", name="Watched folder")).to_be_visible()
    expect(page.get_by_text(str(tmp_path / "drop"))).to_be_visible()
    shutil.copy(broken_photo, tmp_path / "drop")
    shutil.copy(photo("coffee.png"), tmp_path / "drop")
    expect(page.get_by_text("Images, 1 frame")).to_be_visible(timeout=30_000)
    page.get_by_text("1 broken file").click(timeout=30_000)
    expect(page.get_by_role("list", name="1 broken file")).to_contain_text("broken.png")


def test_an_address_that_is_none_is_named(page: Page) -> None:
    begin(page, "remote", "car")
    page.get_by_role("tab", name="Addresses").click()
    page.get_by_label("Addresses of files").fill("https://example.org/a.png\nexample.org/b.png")
    page.get_by_role("button", name="Make and open").click()
    expect(page.get_by_text("Line 2 is not an http or https address.")).to_be_visible()


def test_several_tasks_and_one_video_that_is_broken(page: Page, workspace: Workspace, broken_video: Path) -> None:
    page.get_by_role("button", name="More ways to make tasks").click()
    page.get_by_role("menuitem", name="Several tasks from videos").click()
    expect(page.get_by_role("heading", name="Several tasks from videos")).to_be_visible()
    page.get_by_label("Name of each task").fill("film {{index}} {{file_name}}")
    page.get_by_label("Name of label 1").fill("car")
    choose(page, "Choose videos", video("bikes.mp4"), broken_video, video("carphone_pristine.mp4"))
    page.get_by_role("button", name="Make 3 tasks").click()
    row = page.get_by_role("list", name="New tasks").get_by_role("listitem")
    expect(page.get_by_text("2 of 3 made, 1 failed")).to_be_visible(timeout=60_000)
    expect(row.nth(1).get_by_role("alert")).to_contain_text("broken.mp4")
    names = ["film 0 bikes.mp4", "film 2 carphone_pristine.mp4"]
    assert sorted(task.name for task in workspace.tasks) == names

    page.get_by_role("button", name="Retry film 1 broken.mp4").click()
    expect(page.get_by_text("2 of 3 made, 1 failed")).to_be_visible(timeout=30_000)
    assert sorted(task.name for task in workspace.tasks) == names
    page.get_by_role("link", name="film 0 bikes.mp4").click()
    expect(page.get_by_role("heading", name="film 0 bikes.mp4")).to_be_visible()


def test_a_task_without_data_is_given_some(page: Page, workspace: Workspace, running: Running) -> None:
    with running.client() as client:
        made = client.post("/api/tasks", json={"name": "empty", "labels": [{"name": "car"}]})
        assert made.status_code == 201
    expect(page.get_by_text("No data yet")).to_be_visible()
    page.get_by_role("link", name="empty", exact=True).click()
    expect(page.get_by_text("Jobs come with the frames")).to_be_visible()
    page.get_by_role("link", name="Add data").click()
    choose(page, "Choose files", photo("coffee.png"))
    page.get_by_role("button", name="Add data").click()
    expect(page.get_by_text("Images, 1 frame")).to_be_visible(timeout=30_000)
    assert len(list(workspace.tasks["empty"].jobs)) == 1


def test_frames_are_added_to_a_task(page: Page, workspace: Workspace, running: Running) -> None:
    task = workspace.create_task("photos", labels=["car"], data=[photo("coffee.png")])
    page.goto(f"{running.url}/tasks/{task.id}")
    page.get_by_role("link", name="Add frames").click()
    expect(page.get_by_role("heading", name="More frames for “photos”")).to_be_visible()
    choose(page, "Choose files", photo("astronaut.png"), photo("coffee.png"))
    page.get_by_role("button", name="Add frames").click()
    expect(page.get_by_text("1 frame was added. The task had 1 frame of them already.")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Images, 2 frames")).to_be_visible()
    assert [image.path for image in task.manifest.images] == ["coffee.png", "photos/astronaut.png"]
    page.get_by_role("link", name="Open").click()
    editor = Editor(page, running.url)
    editor.ready()
    page.keyboard.press("End")
    editor.expect_frame(1)


def test_an_upload_is_cancelled(page: Page, workspace: Workspace, tmp_path: Path) -> None:
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate(400_000_000)
    begin(page, "large", "car")
    choose(page, "Choose files", large)
    page.get_by_role("button", name="Make and open").click()
    dialog = page.get_by_role("dialog", name="Making “large”")
    expect(dialog.get_by_role("progressbar")).to_have_attribute("aria-valuetext", re.compile("of 400 MB$"))
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Name", exact=True)).to_have_value("large")
    assert not list(workspace.tasks)


def test_without_a_daemon_the_form_says_so(browser: Browser, workspace: Workspace) -> None:
    with daemon(workspace.root) as running, page_of(browser, running) as page:
        begin(page, "photos", "car")
        choose(page, "Choose files", photo("coffee.png"))
        running.kill()
        page.get_by_role("button", name="Make and open").click()
        alert = page.get_by_role("alert").filter(has_text="The task was not made")
        expect(alert).to_contain_text("cannot be reached")
        expect(page.get_by_role("list", name="Files")).to_be_visible()
