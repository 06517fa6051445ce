"""What CVAT's own clients, unmodified and of several versions, send to make tasks; and a daemon that is killed then."""

from __future__ import annotations

import filecmp
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from cvatcore.media.share import set_share
from cvatcore.workspace import Workspace
from kit.daemon import Running, daemon, select_nothing, start_daemon
from kit.people import PASSWORD, add_person
from kit.pictures import write_picture, write_video
from kit.sdk_environment import VERSIONS, run, sdk_bin
from kit.web_server import web_server

pytestmark = [pytest.mark.clients, pytest.mark.timeout(600)]  # The first run of a version installs it.

SCENARIOS = Path(__file__).with_name("scenarios")
LARGE = (6200, 6200)
"""As BMP it has 110 MiB: the SDK sends it by TUS, in parts of 10."""
HALF = (4200, 4200)
"""As BMP it has 50 MiB: the SDK sends not more than 100 in one form."""


def scenario(version: str, name: str, **given: Any) -> Any:
    """What a scenario tells."""
    done = run(version, "python", str(SCENARIOS / f"{name}.py"), given=json.dumps(given))
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, two of them large and one very large; a film; a share of three pictures."""
    folder = tmp_path_factory.mktemp("media")
    for name in ("a.png", "b.png", "share/day/0.jpg", "share/day/1.jpg", "share/day/2.jpg"):
        write_picture(folder / name, (80, 60))
    write_picture(folder / "c.bmp", HALF)
    write_picture(folder / "d.bmp", HALF)
    write_picture(folder / "large.bmp", LARGE)
    write_video(folder / "film.mp4", 30)
    return folder


@pytest.fixture
def root(tmp_path: Path, media: Path) -> Path:
    """A workspace with a share, and Ann, who may make tasks."""
    with Workspace.init(tmp_path / "ws", name="sent") as made:
        add_person(made, "ann", role="maintainer")
        set_share(made.root, media / "share")
        return made.root


@pytest.mark.parametrize("version", VERSIONS)
def test_tasks_of_all_that_can_be_sent_or_named(version: str, root: Path, media: Path) -> None:
    photos = [str(media / name) for name in ("large.bmp", "d.bmp", "a.png", "c.bmp", "b.png")]
    with web_server() as server, daemon(root, "--allow-private-urls") as running:
        urls = [server.file(f"/{name}", (media / name).read_bytes()) for name in ("a.png", "b.png")]
        tasks: dict[str, tuple[str, list[str], dict[str, Any]]] = {
            "photos": ("LOCAL", photos, {}),
            "in this order": ("LOCAL", [photos[2], photos[0], photos[4]], {"sorting_method": "predefined"}),
            "of jobs": ("LOCAL", [photos[2], photos[4]], {"job_file_mapping": [["b.png"], ["a.png"]]}),
            "film": ("LOCAL", [str(media / "film.mp4")], {"start_frame": 2, "frame_step": 3}),
            "share": ("SHARE", ["day/"], {}),
            "some of the share": ("SHARE", ["day/"], {"server_files_exclude": ["day/1.jpg"]}),
            "addresses": ("REMOTE", urls, {}),
            "nothing": ("SHARE", [], {}),
            "gone": ("SHARE", ["none.jpg"], {}),
            "broken address": ("REMOTE", [f"{server.url}/none.png"], {}),
        }
        if version == VERSIONS[-1]:
            truth = {"mode": "gt", "frame_selection_method": "random_uniform", "frame_count": 1}
            tasks["with ground truth"] = ("LOCAL", [photos[2], photos[4]], {"validation_params": truth})
        told = scenario(version, "uploading", url=running.url, username="ann", password=PASSWORD, tasks=tasks)
    assert told["photos"] == [5, ["a.png", "b.png", "c.bmp", "d.bmp", "large.bmp"], [0]]
    assert told["in this order"] == [3, ["a.png", "large.bmp", "b.png"], [0]]
    assert told["of jobs"] == [2, ["b.png", "a.png"], [0, 1]]
    assert told["film"] == [10, ["film.mp4"], [0]]
    assert told["share"] == [3, ["0.jpg", "1.jpg", "2.jpg"], [0]]
    assert told["some of the share"] == [2, ["0.jpg", "2.jpg"], [0]]
    assert told["addresses"] == [2, ["a.png", "b.png"], [0]]
    assert "No media data found" in told["nothing"]
    assert "none.jpg" in told["gone"]
    assert "404" in told["broken address"]
    if version == VERSIONS[-1]:
        assert told["with ground truth"] == [2, ["a.png", "b.png"], [0, 0]]
    assert list((root / ".cvat" / "uploads").iterdir()) == []


@contextmanager
def _killed_once(root: Path) -> Iterator[list[Running]]:
    """A daemon that is killed within a part of a large file, and started again at the same address."""
    running = [start_daemon(root)]
    port = urlsplit(running[0].url).port or 0
    is_over = threading.Event()

    def kill() -> None:
        # Nobody tells of a part that is half on the disk.
        while not is_over.is_set() and not any(map(_is_half, (root / ".cvat" / "uploads").glob("*/tus/*.part"))):
            select_nothing(0.001)
        if not is_over.is_set():
            running[0].kill()
            running.append(start_daemon(root, port=port))

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield running
    finally:
        is_over.set()
        killer.join()
        running[-1].stop()


def _is_half(part: Path) -> bool:
    try:
        return part.stat().st_size > 30_000_000
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upload_that_goes_on_after_a_kill(version: str, root: Path, media: Path) -> None:
    sdk_bin(version)  # Made before the clock runs.
    files = [media / "large.bmp", media / "a.png"]
    with _killed_once(root) as running:
        url = running[0].url
        told = scenario(
            version, "resuming", url=url, username="ann", password=PASSWORD, files=[str(path) for path in files]
        )
    assert len(running) == 2
    assert told["size"] == 2
    assert told["names"] == ["a.png", "large.bmp"]
    # Newer versions ask how far the file is, and go on; old ones begin the upload anew, where a part was cut.
    assert told["failed"] <= (0 if version == VERSIONS[-1] else 1)
    # Nothing is there twice.
    assert [path.name for path in (root / "media").iterdir()] == ["sent"]
    for path in files:
        assert filecmp.cmp(path, root / "media" / "sent" / path.name, shallow=False)
    assert list((root / ".cvat" / "uploads").iterdir()) == []
