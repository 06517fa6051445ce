"""Issues, comments and guides through CVAT's own SDK, unmodified and of several versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cvatcore.workspace import Workspace
from kit.daemon import daemon
from kit.people import PASSWORD, add_person
from kit.pictures import write_picture
from kit.sdk_environment import VERSIONS, run

pytestmark = [pytest.mark.clients, pytest.mark.timeout(600)]  # The first run of a version installs it.

SCENARIO = Path(__file__).with_name("scenarios") / "reviewing.py"


@pytest.mark.parametrize("version", VERSIONS)
def test_an_issue_and_a_guide_from_their_making_to_their_end(version: str, tmp_path: Path) -> None:
    pictures = [write_picture(tmp_path / f"{number}.png", (80, 60)) for number in range(3)]
    with Workspace.init(tmp_path / "ws", name="review") as made:
        add_person(made, "ann", role="maintainer")
        made.create_task("street", labels=["car"], data=pictures)
    given = {"username": "ann", "password": PASSWORD}
    with daemon(tmp_path / "ws") as running:
        done = run(version, "python", str(SCENARIO), given=json.dumps({"url": running.url, **given}))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "issue": [1, [1.0, 2.0, 3.0, 4.0], "ann", "ann", False],
        "comments": ["a bus", "no car"],
        "updated": [True, [5.0, 6.0], 2],
        "of the job": [1, [True]],
        "listed": 1,
        "open": 0,
        "gone": 404,
        "guide": [1, None, "# Buses"],
        "same guide": True,
        "asset": [201, "wide.png", True],
        "file": [1920, 32],
        "no guide": None,
    }
