"""Guides of tasks and projects, and the files that they show."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from cvatcore import Workspace
from cvatcore.errors import Conflict, InvalidDocument, InvalidInput, NotFound
from cvatcore.store import place_of
from cvatcore.workspace.review.guide_view import MAX_ASSETS
from kit.tasks import labels, make_task, numbered_pictures


def png(size: tuple[int, int] = (20, 10)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, format="PNG")
    return out.getvalue()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Task 1 alone, and project 1."""
    with Workspace.init(tmp_path / "w") as made:
        make_task(made, numbered_pictures(4), labels=labels("car"))
        made.create_project("cars", labels=["car"])
        yield made


def test_a_guide_is_a_text_in_the_folder_of_its_task(workspace: Workspace) -> None:
    guide = workspace.guide_of(task=1)
    assert not guide.exists
    with pytest.raises(NotFound):
        guide.markdown  # noqa: B018  the read is what is tested
    guide.create("# Cars\r\nbig ones\n")
    assert (workspace.root / "tasks/1/guide.md").read_bytes() == b"# Cars\nbig ones\n"
    assert workspace.guide(guide.id).markdown == "# Cars\nbig ones\n"
    with pytest.raises(Conflict):
        guide.create("again")
    guide.write("other")
    assert guide.markdown == "other"
    workspace.undo()
    assert guide.markdown == "# Cars\nbig ones\n"


def test_numbers_of_guides_are_stable_and_never_the_same(workspace: Workspace) -> None:
    of_task, of_project = workspace.guide_of(task=1), workspace.guide_of(project=1)
    of_project.create("p")
    assert of_task.id != of_project.id
    assert workspace.guide(of_project.id).project == 1
    for number in (of_task.id, 0, 1, 999):
        with pytest.raises(NotFound):
            workspace.guide(number)
    of_project.delete()
    of_project.create("q")
    assert workspace.guide(of_project.id).markdown == "q"


def test_files_of_a_guide(workspace: Workspace) -> None:
    guide = workspace.guide_of(task=1)
    with pytest.raises(NotFound):
        guide.add_asset(png(), filename="a.png")
    guide.create("text")
    asset = guide.add_asset(png(), filename="a/b\x00.png")
    assert (asset.type, asset.filename, asset.owner) == ("png", "a/b.png", workspace.me.username)
    assert guide.asset_data(asset) == png()
    assert guide.assets == (asset,)
    assert workspace.guide_of_asset(asset.id).asset(asset.id) == asset
    with Workspace(workspace.root) as other:
        assert other.guide_of_asset(asset.id).task == 1
        other.guide_of_asset(asset.id).delete_asset(asset.id)
    for number in (asset.id, "../../task", asset.id.upper()):
        with pytest.raises(NotFound):
            workspace.guide_of_asset(number)
    workspace.undo()
    assert guide.asset_data(asset) == png()


def test_a_guide_goes_with_its_files_and_comes_back_with_them(workspace: Workspace) -> None:
    guide = workspace.guide_of(project=1)
    guide.create("text")
    asset = guide.add_asset(png(), filename="a.png")
    guide.delete()
    assert not list((workspace.root / "projects/1").glob("guide*/*"))
    workspace.undo()
    assert (guide.markdown, guide.assets) == ("text", (asset,))


def test_a_task_takes_its_guide_with_it(workspace: Workspace) -> None:
    guide = workspace.guide_of(task=1)
    guide.create("text")
    asset = guide.add_asset(png(), filename="a.png")
    workspace.tasks[1].delete()
    assert not guide.exists
    with pytest.raises(NotFound):
        workspace.guide_of_asset(asset.id)
    with pytest.raises(NotFound):
        guide.write("ghost")
    workspace.undo()
    assert guide.asset_data(asset) == png()


def test_limits(workspace: Workspace) -> None:
    guide = workspace.guide_of(task=1)
    for markdown in ("x" * 1_048_577, "\ud800"):
        with pytest.raises(InvalidInput):
            guide.create(markdown)
    guide.create("")
    with pytest.raises(InvalidInput):
        guide.add_asset(b"<svg/>", filename="a.png")
    for number in range(MAX_ASSETS):
        guide.add_asset(b"%PDF-", filename=f"{number}.pdf")
    with pytest.raises(InvalidInput, match="Maximum number"):
        guide.add_asset(b"%PDF-", filename="more.pdf")
    assert len(guide.assets) == MAX_ASSETS


def test_a_guide_that_is_no_text_is_told(workspace: Workspace) -> None:
    guide = workspace.guide_of(task=1)
    guide.create("a\nb\n")
    (workspace.root / guide.path).write_bytes(b"a\n\xff\n")
    with pytest.raises(InvalidDocument) as told:
        guide.markdown  # noqa: B018  the read is what is tested
    assert (told.value.path, told.value.line) == ("tasks/1/guide.md", 2)
    guide.write("mended")
    assert guide.markdown == "mended"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("tasks/1/guide.md", "guide"),
        ("projects/2/guide.md", "guide"),
        ("tasks/1/guide/0f8fad5b-d9cb-469f-a165-70867728950e.json", "asset"),
        ("projects/1/guide/0f8fad5b-d9cb-469f-a165-70867728950e.png", "asset_file"),
        ("tasks/1/guide/0f8fad5b-d9cb-469f-a165-70867728950e.svg", ""),
        ("tasks/1/guide/notes.png", ""),
        ("media/1/guide.md", ""),
    ],
)
def test_places(path: str, kind: str) -> None:
    place = place_of(path)
    assert (place.kind if place else "") == kind
