"""A report about a workspace and this machine, to be pasted into a bug report.

It has no names of people, no addresses, no secrets, and of paths only the last part.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from cvatcore.errors import CvatError
from cvatcore.store.files import read_file
from cvatcore.store.layout import LOCAL, SETTINGS
from cvatcore.store.operations import OperationLog
from cvatcore.store.upkeep import open_upkeep
from cvatcore.workspace.upkeep.fsck import last_check

Section = Mapping[str, str]

_PACKAGES = ("pygit2", "lmdb", "msgspec", "numpy", "scipy", "shapely", "pillow", "av", "onnxruntime", "starlette")


def examine(root: Path) -> dict[str, Section]:
    """The sections of the report. What cannot be told says why; nothing here fails.

    Args:
        root: the workspace.
    """
    parts: dict[str, Callable[[], Section]] = {
        "program": _program,
        "machine": lambda: _machine(root),
        "workspace": lambda: _workspace(root),
        "git": lambda: _git(root),
        "local state": lambda: _local(root / LOCAL),
    }
    return {name: _told(part, root) for name, part in parts.items()}


def _told(part: Callable[[], Section], root: Path) -> Section:
    try:
        found = part()
    except CvatError as error:
        found = {"cannot be told": error.message}
    except (OSError, ValueError) as error:
        found = {"cannot be told": type(error).__name__}
    return {key: _shortened(value, root) for key, value in found.items()}


def _shortened(text: str, root: Path) -> str:
    """A text in which paths say nothing about the person."""
    for path in (str(root), os.path.realpath(root)):
        text = text.replace(path, f"…/{root.name}")
    home = os.path.expanduser("~")
    return text.replace(home, "~") if len(home) > 1 else text


def _program() -> Section:
    found = {"cvatd": _version("cvatd"), "Python": f"{platform.python_version()} ({platform.python_implementation()})"}
    return found | {name: _version(name) for name in _PACKAGES}


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _machine(root: Path) -> Section:
    disk = shutil.disk_usage(root)
    return {
        "system": f"{platform.system()} {platform.release()} ({platform.machine()})",
        "processors": str(os.cpu_count() or "unknown"),
        "file names": sys.getfilesystemencoding(),
        "free disk space": f"{disk.free / 1e9:.1f} of {disk.total / 1e9:.1f} GB",
        "settings in the environment": ", ".join(sorted(name for name in os.environ if name.startswith("CVAT")))
        or "none",
    }


def _workspace(root: Path) -> Section:
    tasks = jobs = files = size = 0
    for above, folders, names in os.walk(root / "tasks"):
        kind = os.path.basename(above)
        tasks += len(folders) if Path(above) == root / "tasks" else 0
        jobs += len(names) if kind == "jobs" else 0
        files += len(names)
        size += sum(os.stat(os.path.join(above, name)).st_size for name in names)
    return {
        "folder": str(root),
        "format": _format(root),
        "tasks": str(tasks),
        "jobs": str(jobs),
        "files": f"{files}, {size / 1e6:.1f} MB",
        "can be written": "yes" if os.access(root, os.W_OK) else "no",
    }


def _format(root: Path) -> str:
    from cvatcore.workspace.initialize import read_settings

    try:
        return str(read_settings(root).format)
    except CvatError as error:
        return f"{SETTINGS} cannot be read: {error.message}"


def _git(root: Path) -> Section:
    upkeep = open_upkeep(root)
    try:
        locks = ", ".join(f"{path.name} ({_ago(age)})" for path, age in upkeep.locks().items())
        return {**upkeep.describe(), "locks": locks or "none"}
    finally:
        upkeep.close()


def _local(local: Path) -> Section:
    cache = local / "cache" / "data.mdb"
    quarantine = local / "quarantine"
    recovered = local / "recovered"
    return {
        "journal": "a change was cut off, or is being written" if (local / "journal.json").exists() else "none",
        "operations": str(len(OperationLog(local).read())),
        "daemon": _daemon(local),
        "cache": f"{cache.stat().st_size / 1e6:.1f} MB" if cache.exists() else "none",
        "in quarantine": str(sum(1 for path in quarantine.rglob("*") if path.is_file()) if quarantine.is_dir() else 0),
        "recovered": str(len(list(recovered.iterdir())) if recovered.is_dir() else 0),
        "last fsck": last_check(local),
        "report made": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
    }


def _daemon(local: Path) -> str:
    """Whether one runs, as far as its note tells; not its address, which carries a secret."""
    note = read_file(local / "daemon.json")
    if note is None:
        return "not running"
    try:
        process = int(json.loads(note)["pid"])
    except (ValueError, KeyError, TypeError):
        return "its note cannot be read"
    if os.name != "nt":
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return "not running; it has left its note behind"
        except OSError:
            pass  # Another account's.
    return "running"


def _ago(seconds: float) -> str:
    return "its program is gone" if seconds == float("inf") else f"{seconds:.0f} s old"
