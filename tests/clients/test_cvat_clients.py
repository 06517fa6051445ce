"""CVAT's own clients, unmodified and of several versions, against a daemon."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cvatcore.accounts import Accounts
from cvatcore.schema import Shape
from cvatcore.workspace import Workspace
from cvatcore.workspace.people_editing import new_member
from kit.daemon import Running, daemon
from kit.pictures import write_picture, write_video
from kit.sdk_environment import VERSIONS, run

pytestmark = [pytest.mark.clients, pytest.mark.timeout(600)]  # The first run of a version installs it.

SCENARIOS = Path(__file__).with_name("scenarios")
PASSWORD = "correct horse 7"
NAMES = [f"{number:03d}.png" for number in range(6)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A task of pictures in two jobs, a film of a project, a task without frames, and Ann who may log in."""
    folder = tmp_path_factory.mktemp("clients")
    for name in NAMES:
        write_picture(folder / "pictures" / name, (80, 60))
    with Workspace.init(folder / "ws", name="shown") as made:
        street = made.create_task("street", labels=["car", "person"], data=[folder / "pictures"], segment_size=3)
        made.create_task("film", labels=["car"], data=[write_video(folder / "v.mp4", 5)], project="Rivers")
        made.create_task("empty", labels=["car"], data=None)
        street.jobs[0].add(Shape(id=0, type="rectangle", frame=1, label="car", points=(1.0, 2.0, 30.0, 40.0)))
        new_member(made.store, "ann", author=made.author, role="maintainer")
        Accounts(made.root).set_password("ann", PASSWORD)
    with daemon(folder / "ws") as running:
        yield running


def scenario(version: str, name: str, **given: Any) -> Any:
    """What a scenario tells; it says nothing else, and warns of nothing."""
    done = run(version, "python", str(SCENARIOS / f"{name}.py"), given=json.dumps(given))
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_workspace_is_read(served: Running, version: str) -> None:
    told = scenario(version, "reading", url=served.url, token=served.token)
    assert told["version"] == version
    assert told["projects"] == {"Rivers": ["film", "car"]}
    assert {"COCO 1.0", "CVAT for images 1.1"} <= set(told["formats"])
    assert set(told["plugins"].values()) == {False}
    assert told["share"] == []
    assert told["me"] in told["people"]
    assert "ann" in told["people"]
    assert told["tasks"] == {
        "empty": {"labels": ["car"], "jobs": []},
        "film": {
            "labels": ["car"],
            "jobs": [[0, 4]],
            "frames": 5,
            "names": ["v.mp4"],
            "size": [64, 48],
            "kind": "PNG",
            "preview": "JPEG",
            "shapes": 0,
            "job shapes": 0,
            "job frames": 5,
            "job labels": ["car"],
            "issues": 0,
            "task issues": 0,
        },
        "street": {
            "labels": ["car", "person"],
            "jobs": [[0, 2], [3, 5]],
            "frames": 6,
            "names": NAMES,
            "size": [80, 60],
            "kind": "PNG",
            "preview": "JPEG",
            "shapes": 1,
            "job shapes": 0,
            "job frames": 3,
            "job labels": ["car", "person"],
            "issues": 0,
            "task issues": 0,
        },
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_a_task_is_made_annotated_and_removed(served: Running, version: str, tmp_path: Path) -> None:
    pictures = [write_picture(tmp_path / name, (80, 60)) for name in NAMES[:3]]
    (tmp_path / "out").mkdir()
    told = scenario(
        version,
        "making",
        url=served.url,
        username="ann",
        password=PASSWORD,
        pictures=[str(path) for path in pictures],
        out=str(tmp_path / "out"),
    )
    assert told == {
        "frames": 3,
        "owner": "ann",
        "points": [1, 2, 3, 4],
        "value": "blue",
        "tags": 1,
        "stage": "validation",
        "files": ["frame_000000.png", "frame_000001.png"],
        "deleted": [2],
        "name": "renamed",
        "left": ["empty", "film", "street"],
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_the_command_line_works(served: Running, version: str, tmp_path: Path) -> None:
    pictures = [str(write_picture(tmp_path / name, (80, 60))) for name in NAMES[:2]]
    address, _, port = served.url.rpartition(":")
    common = ["--auth", f"ann:{PASSWORD}", "--server-host", address, "--server-port", port]
    kind = ["task"] if version == "2.80.0" else []  # The older ones know of tasks only.

    def command(*arguments: str) -> str:
        done = run(version, "cvat-cli", *common, *kind, *arguments)
        assert done.returncode == 0, done.stderr
        assert "warn" not in done.stderr.lower()
        return done.stdout

    before = command("ls").split()
    assert len(before) == 3
    named = [task["name"] for task in json.loads(command("ls", "--json"))]
    assert sorted(named) == ["empty", "film", "street"]
    street = before[named.index("street")]
    out = tmp_path / "out"
    out.mkdir()
    command("frames", "--outdir", str(out), "--quality", "original", street, "0", "4")
    assert sorted(path.name for path in out.iterdir()) == [
        f"task_{street}_frame_000000.png",
        f"task_{street}_frame_000004.png",
    ]
    labels = json.dumps([{"name": "car"}])
    command("create", "made", "--labels", labels, "--completion_verification_period", "0.2", "local", *pictures)
    (made,) = set(command("ls").split()) - set(before)
    command("delete", made)
    assert command("ls").split() == before
