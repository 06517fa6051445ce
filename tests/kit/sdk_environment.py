"""Environments of their own for CVAT's clients, of several versions: made once by pip, kept beside pip's cache."""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

import filelock
import pytest

VERSIONS = ("2.7.6", "2.20.0", "2.80.0")
"""The version of CVAT's manual, one in the middle, and the newest that is known to work."""


@functools.cache
def sdk_bin(version: str) -> Path:
    """The folder with `python` and `cvat-cli` of a version; skips the test where there is none and no registry."""
    wanted = f"cvat-sdk=={version} cvat-cli=={version} setuptools python{sys.version_info[0]}.{sys.version_info[1]}"
    folder = Path(os.environ["CVATD_TESTS_CACHE"]) / f"cvat-{version}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    done = folder / "complete"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{folder}.lock"):
        if done.is_file():
            return programs
        venv.EnvBuilder(with_pip=True, clear=True).create(folder)
        options = ("--quiet", "--no-input", "--disable-pip-version-check", "--retries", "1", "--timeout", "20")
        installed = subprocess.run(
            [programs / "python", "-m", "pip", "install", *options, *wanted.split()[:-1]],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if installed.returncode:
            last = (installed.stderr.strip().splitlines() or ["pip failed"])[-1]
            pytest.skip(f"cvat-sdk {version} cannot be installed here: {last}")
        done.touch()
    return programs


def run(version: str, program: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program of a version's environment; no proxy is asked for what is on this machine."""
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {"PYTHONWARNINGS": "default", "NO_PROXY": "*"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [sdk_bin(version) / program, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        input=given,
        env=environment,
        timeout=100,
        check=False,
    )
