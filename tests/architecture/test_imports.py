"""Who may import whom (pyproject.toml, `tool.importlinter`; drawn in ARCHITECTURE.md), and what stays unloaded."""

import ast
import contextlib
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import httpx2 as httpx
import pytest

from cvatcore import Workspace
from kit.fresh import loads, modules_loaded_by
from kit.samples import photo
from kit.tree import PACKAGES, ROOT, files, modules, relative

HEAVY = (
    "av",
    "PIL",
    "simplejpeg",
    "onnxruntime",
    "pygit2",
    "lmdb",
    "datumaro",
    "textual",
    "scipy",
    "shapely",
    "pypdfium2",
)
SERVERS = ("starlette", "uvicorn")
LAZY_PACKAGES = ("cvattui.app",)
"""Loaded as a whole by one command; their modules may import what the others only import in functions."""


def test_every_import_contract_is_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main(['--no-cache'])"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_bans_the_same_heavy_modules() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    banned = settings["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-module-level-imports"]
    assert sorted(banned) == sorted(HEAVY)


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_every_module_loads_nothing_heavy(package: str) -> None:
    names = [
        name
        for name in modules()
        if name.partition(".")[0] == package
        and not name.endswith("__main__")
        and not any(name == lazy or name.startswith(lazy + ".") for lazy in LAZY_PACKAGES)
    ]
    assert names
    assert loads("\n".join(f"import {name}" for name in names), *HEAVY) == []


def test_help_loads_neither_heavy_modules_nor_a_server() -> None:
    code = "import sys\nsys.argv = ['cvat', '--help']\nfrom cvattui.cli import main\nmain()"
    assert loads(code, *HEAVY, *SERVERS) == []


DOMAIN = ("errors", "geometry", "schema", "filters", "tracks", "edit", "jobs", "merge", "protocol", "store")
ABOVE = ("validate", "quality", "workspace")
"""What puts the domain and the adapters together."""
ADAPTERS = ("cache", "media", "infer", "accounts")


@pytest.mark.parametrize("name", [name for name in DOMAIN if f"cvatcore.{name}" in modules()])
def test_the_domain_loads_no_adapter(name: str) -> None:
    loaded = modules_loaded_by(f"import cvatcore.{name}")
    adapters = tuple(f"cvatcore.{adapter}" for adapter in ADAPTERS)
    assert not [module for module in loaded if module.startswith(adapters)]


def test_every_part_of_the_core_is_domain_adapter_or_workspace() -> None:
    parts = {name.split(".")[1] for name in modules() if name.startswith("cvatcore.")}
    assert parts <= {*DOMAIN, *ADAPTERS, *ABOVE}


def test_what_is_imported_is_declared() -> None:
    """A package that is only there because another one needs it goes away when that one changes its mind."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {_normal(re.split(r"[<>=!;\[ ]", line)[0]) for line in settings["project"]["dependencies"]}
    provided_by = importlib.metadata.packages_distributions()
    undeclared = {
        f"{relative(path)}: {name}"
        for folder in PACKAGES.values()
        for path in files(folder, ".py")
        for name in _imported(ast.parse(path.read_text(encoding="utf-8")))
        if name not in sys.stdlib_module_names
        and name not in PACKAGES
        and not declared.intersection(_normal(distribution) for distribution in provided_by.get(name, []))
    }
    assert not undeclared


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_starting_the_daemon_loads_nothing_it_does_not_need(tmp_path: Path) -> None:
    """Until its first answer. (Git is loaded with the first that needs to know who asks.)"""
    shutil.copy(photo("astronaut.png"), tmp_path)
    with Workspace.init(tmp_path, name="photos") as workspace:
        workspace.create_task("faces", labels=["face"], data=[tmp_path / "astronaut.png"])
    log = tmp_path / "imports.log"
    with log.open("w", encoding="utf-8") as output:
        daemon = subprocess.Popen(
            [sys.executable, "-X", "importtime", "-m", "cvatd", str(tmp_path), "--port", "0", "--no-open"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
        )
        try:
            access = _access(tmp_path / ".cvat" / "daemon.json", daemon)
            answer = httpx.get(f"{access['url'].rstrip('/')}/api/server/about", timeout=20)
        finally:
            daemon.terminate()
            daemon.wait(20)
    assert answer.json()["version"]
    imported = {line.rpartition("|")[2].strip() for line in log.read_text(encoding="utf-8").splitlines()}
    assert "starlette" in imported
    assert sorted(imported.intersection(HEAVY) - {"lmdb"}) == []


def _access(path: Path, daemon: subprocess.Popen[bytes]) -> dict[str, str]:
    """What `.cvat/daemon.json` says once the daemon listens."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.is_file():
            access: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
            return access
        with contextlib.suppress(subprocess.TimeoutExpired):
            pytest.fail(f"cvatd ended with {daemon.wait(0.02)}")
    pytest.fail("cvatd did not start within 20 s")
