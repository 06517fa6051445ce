"""The demo: what is drawn, where it says things are, and the workspace around it."""

import itertools
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cvatcore import Workspace
from cvatcore.errors import Conflict
from cvattui.demo import DEMO_NAME, make_demo
from cvattui.demo.light import LIGHTS, NOON
from cvattui.demo.painting import StreetPainter
from cvattui.demo.scene import LABELS, make_scene
from cvattui.demo.sprites import STEPS, paint_sprite
from kit.command import cvat


def nothing(done: int, total: int) -> None:
    """No progress is shown."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo, inside the git repository of somebody."""
    around = tmp_path_factory.mktemp("project")
    subprocess.run(["git", "init", "-q"], cwd=around, check=True)
    made = make_demo(around / "demo", pictures=4, frames=8, progress=nothing)
    assert made.made
    return made.root


@given(st.integers(0, 10**6), st.floats(0, 100))
def test_vehicles_never_drive_into_each_other(seed: int, seconds: float) -> None:
    scene = make_scene(seed)
    for lane in {actor.lane for actor in scene.actors if actor.label != "person"}:
        row = sorted(
            (actor.x(seconds), actor.label) for actor in scene.actors if actor.lane == lane and actor.label != "person"
        )
        for (left, one), (right, other) in itertools.pairwise(row):
            halves = sum((292 if label == "truck" else 190) / 2 * lane.scale for label in (one, other))
            assert right - left > halves


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("to_the_right", [True, False])
def test_a_sprites_box_is_what_is_painted(label: str, to_the_right: bool) -> None:
    sprite = paint_sprite(label, color="#c8372d", scale=1.0, to_the_right=to_the_right, step=3, light=NOON)  # type: ignore[arg-type]  # one of LABELS
    left, top, right, bottom = sprite.box
    solid = np.asarray(sprite.image.getchannel("A"))[top:bottom, left:right] >= 128
    assert solid[0].any()
    assert solid[-1].any()
    assert solid[:, 0].any()
    assert solid[:, -1].any()


def test_boxes_hold_everything_that_moved() -> None:
    painter = StreetPainter(3, NOON, width=640, height=360)
    one, boxes_before = painter.paint(0.0)
    other, boxes_after = painter.paint(0.4)
    changed = np.abs(np.asarray(one).astype(int) - np.asarray(other).astype(int)).max(axis=2) > 60
    assert changed.sum() > 500
    inside = np.zeros_like(changed)
    for box in (*boxes_before, *boxes_after):
        x1, y1, x2, y2 = (int(value) for value in box.points)
        # A shadow reaches a little below what casts it.
        inside[max(y1 - 2, 0) : y2 + 8, max(x1 - 6, 0) : x2 + 6] = True
    assert (changed & ~inside).sum() < changed.sum() * 0.01


@pytest.mark.parametrize("seconds", [0.0, 2.5, 7.0])
def test_boxes_lie_in_the_frame(seconds: float) -> None:
    for light in LIGHTS:
        _, boxes = StreetPainter(11, light, width=320, height=180).paint(seconds)
        assert boxes
        for box in boxes:
            x1, y1, x2, y2 = box.points
            assert 0 <= x1 < x2 <= 320
            assert 0 <= y1 < y2 <= 180


def test_the_same_seed_draws_the_same() -> None:
    def draw() -> bytes:
        return StreetPainter(5, NOON, width=320, height=180).paint(1.0)[0].tobytes()

    assert draw() == draw()


def test_steps_of_people_differ() -> None:
    def draw(step: int) -> bytes:
        sprite = paint_sprite("person", color="#2c5f9e", scale=1.0, to_the_right=True, step=step, light=NOON)
        return sprite.image.tobytes()

    assert draw(0) != draw(STEPS // 4)


def test_the_workspace_has_both_tasks_with_true_boxes(demo: Path) -> None:
    with Workspace(demo) as workspace:
        assert workspace.settings.name == DEMO_NAME
        assert {task.name: (task.size, task.manifest.kind) for task in workspace.tasks} == {
            "street": (4, "images"),
            "evening drive": (8, "video"),
        }
        for task in workspace.tasks:
            *labelled, last = task.jobs
            assert last.annotations.shapes == ()
            for job in labelled:
                frames = {shape.frame for shape in job.annotations.shapes}
                assert frames == set(range(job.start, job.stop + 1))
        picture = workspace.tasks["street"].frames.frame(0)
        assert (picture.width, picture.height) == (1280, 720)
        with Image.open(demo / "media" / "street" / "street-01.jpg") as image:
            assert image.format == "JPEG"


def test_jobs_are_in_all_kinds_of_states(demo: Path) -> None:
    jobs = cvat("job", "ls", "--json", workspace=demo).json
    assert {job["state"] for job in jobs} == {"new", "in progress", "completed", "rejected"}
    assert {job["stage"] for job in jobs} == {"annotation", "validation", "acceptance"}
    assert {job["assignee"] for job in jobs} == {"alice", "bob", "test.person", ""}


def test_it_is_sound_and_nothing_is_left_to_commit(demo: Path) -> None:
    status = subprocess.run(["git", "status", "--porcelain"], cwd=demo, check=True, capture_output=True, text=True)
    assert status.stdout == ""
    top = subprocess.run(
        ["git", "rev-parse", "--show-toplevel"], cwd=demo, check=True, capture_output=True, text=True
    ).stdout.strip()
    assert Path(top) == demo, "not in the repository around it"


def test_a_demo_that_is_there_is_used_again(demo: Path) -> None:
    before = sorted(demo.rglob("*"))
    assert not make_demo(demo, progress=nothing).made
    done = cvat("demo", demo, "--no-serve")
    assert done.code == 0, done.err
    assert "already" in done.err
    assert sorted(path for path in demo.rglob("*") if ".cvat" not in path.parts) == [
        path for path in before if ".cvat" not in path.parts
    ]


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict, match="not empty"):
        make_demo(tmp_path, progress=nothing)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    own = Workspace.init(tmp_path / "own").root
    done = cvat("demo", own, "--no-serve")
    assert done.code == 5
    assert "a workspace of yours" in done.err


def test_progress_reaches_its_end(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    make_demo(tmp_path / "d", pictures=1, frames=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
