"""Projects, tasks in them, ground truth and labels through CVAT's own SDK, unmodified and of several versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cvatcore.workspace import Workspace
from kit.daemon import daemon
from kit.labels import skeleton_label
from kit.people import PASSWORD, add_person
from kit.pictures import write_picture
from kit.sdk_environment import VERSIONS, run

pytestmark = [pytest.mark.clients, pytest.mark.timeout(600)]  # The first run of a version installs it.

SCENARIO = Path(__file__).with_name("scenarios") / "projects.py"
BODY = {
    "name": "body",
    "type": "skeleton",
    "svg": skeleton_label("nose", "hip").svg,
    "sublabels": [{"name": name, "type": "points", "attributes": []} for name in ("nose", "hip")],
}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_project_from_its_making_to_its_end(version: str, tmp_path: Path) -> None:
    pictures = [write_picture(tmp_path / f"{number}.png", (80, 60)) for number in range(10)]
    with Workspace.init(tmp_path / "ws", name="projects") as made:
        add_person(made, "ann", role="maintainer")
    given: dict[str, Any] = {
        "username": "ann",
        "password": PASSWORD,
        "labels": [{"name": "car"}, {"name": "person"}, BODY],
        "pictures": [str(path) for path in pictures],
    }
    with daemon(tmp_path / "ws") as running:
        done = run(version, "python", str(SCENARIO), given=json.dumps({"url": running.url, **given}))
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "project": ["city", "https://bugs.example.org", "local"],
        "labels": {"car": [], "person": [], "body": ["nose", "hip"]},
        "renamed": "town",
        "task": [10, "Train", True],
        "subsets": ["Train"],
        "preview": True,
        "frames": [3, [3, 5, 7]],
        "another": [400, ["A task can have only 1 ground truth job"]],
        "frame": True,
        "strange frame": [400, "The frame number doesn't belong to the job"],
        "objects": [1, 0],
        "truth": ["completed", "acceptance", "completed"],
        "no truth": [400, ["Only ground truth jobs can be removed"]],
        "assignee": "ann",
        "nobody": True,
        "label": ["vehicle", True],
        "joint": [
            400,
            [
                "Sublabels cannot be modified this way. "
                "Please send a PATCH request with updated parent label data instead."
            ],
        ],
        "two filters": [400, ["job_id, task_id and project_id parameters cannot be used together"]],
        "labels then": ["body", "tram"],
        "unmapped": [
            400,
            {"non_field_errors": ["All task or project label names must be mapped to the target project"]},
        ],
        "moved": [True, "x", "val"],
        "jobs": 3,
        "left": [0, 0],
    }
