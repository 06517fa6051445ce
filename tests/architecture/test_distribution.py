"""What an installation gets: the wheel is built here the way pip builds it, out of the source distribution."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import webview
from kit.tree import PACKAGES, ROOT, files


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel made from it, where no Node can be found."""
    assert not webview.needs_build(), "the bundle is not the one of these sources: run `make web`"
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        env={"PATH": str(folder), "HOME": str(folder)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_wheel_holds_the_five_packages_and_nothing_else(dist: Path) -> None:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    expected = {
        f"{package}/{path.relative_to(folder).as_posix()}"
        for package, folder in PACKAGES.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != "webview.sha256"
    }
    assert names == expected
    assert {name.partition("/")[0] for name in names} == set(PACKAGES)
    assert {"cvatd/_static/index.html"} | {f"{package}/py.typed" for package in PACKAGES} <= names


def test_the_page_finds_its_files_in_the_wheel(dist: Path) -> None:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        page = wheel.read("cvatd/_static/index.html").decode()
        assets = [name for name in wheel.namelist() if name.startswith("cvatd/_static/assets/")]
    assert any(name.removeprefix("cvatd/_static/") in page for name in assets if name.endswith(".js"))
    assert "://" not in page, "everything the page loads comes from the wheel"


def test_both_commands_are_installed(dist: Path) -> None:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
        lines = wheel.read(name).decode().splitlines()
    assert "cvat = cvattui.cli:main" in lines
    assert "cvatd = cvatd.main:main" in lines


def test_the_source_distribution_holds_the_sources_and_the_bundle(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for needed in ("hatch_build.py", "scripts/webview.py", "webview/package-lock.json", "LICENSE", "README.md"):
        assert needed in names
    assert "daemon/cvatd/_static/index.html" in names
    assert not [name for name in names if "node_modules" in name or name.startswith(".venv")]
    tests = {f"tests/{path.relative_to(ROOT / 'tests').as_posix()}" for path in files(ROOT / "tests", ".py")}
    assert tests <= names


def test_a_wheel_runs_without_the_clone(dist: Path, tmp_path: Path) -> None:
    """The packages are unpacked far from the sources and imported from there."""
    shutil.unpack_archive(next(dist.glob("*.whl")), tmp_path, "zip")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import {', '.join(PACKAGES)};"
    code += f"print(all(package.__file__.startswith({str(tmp_path)!r}) for package in ({', '.join(PACKAGES)})))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "True"
