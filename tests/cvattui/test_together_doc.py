"""docs/together.md is run word for word: every command in a shell, and what it prints is what stands there."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kit.tree import ROOT

PAGE = ROOT / "docs" / "together.md"
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)
HOME = "/home/us"
"""The folder that the page says it happens in."""


class Step(NamedTuple):
    """A command, which may have several lines, and what it prints."""

    command: str
    printed: str


def steps(page: str) -> Iterator[Step]:
    """The commands of a page, in order."""
    for block in BLOCK.findall(page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            count = 1
            while count < len(lines) and lines[count].startswith(">"):
                count += 1
            command = "\n".join([lines[0], *(line[2:] for line in lines[1:count])])
            yield Step(command, "\n".join(lines[count:]))


def run(command: str, *, folder: Path, top: Path) -> tuple[str, Path]:
    """Run a command in a shell; returns what it prints, and the folder that it leaves the shell in."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "CVAT_", "XDG_"))}
    # The commands of this very installation, wherever it is.
    environment["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), environment["PATH"]))
    environment |= {"HOME": str(top / "home"), "COLUMNS": "120", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    place = top / "place"
    done = subprocess.run(
        ["bash", "-c", f"{command}\ncode=$?\npwd > {place}\nexit $code"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout, Path(place.read_text(encoding="utf-8").strip())


def shown(text: str, *, top: Path) -> str:
    """A text as the page has it: without the folder that a test happens in."""
    return text.replace(str(top / "us"), HOME).rstrip("\n")


def plain(text: str) -> str:
    """A text without what differs from one run to the next: ids, times, and the blanks of columns."""
    text = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?Z?", "<time>", text)
    text = re.sub(r"\b\d{12,}\b", "<number>", text)
    text = re.sub(r"\b[0-9a-f]{7,40}\b", "<id>", text)
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


@pytest.mark.skipif(os.name == "nt" or shutil.which("bash") is None, reason="the page is written for a Unix shell")
def test_two_people_without_a_network(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    folder = tmp_path / "us"
    folder.mkdir()
    told = list(steps(PAGE.read_text(encoding="utf-8")))
    assert len(told) > 30
    for step in told:
        printed, folder = run(step.command, folder=folder, top=tmp_path)
        assert plain(shown(printed, top=tmp_path)) == plain(step.printed), step.command
    page = (tmp_path / "us" / "changes.html").read_text(encoding="utf-8")
    assert page.count("data:image/") >= 2
