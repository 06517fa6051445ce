"""What every test stands on: our packages and no others of those names, and a home folder that is nobody's."""

import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest

import cvatcore
import cvatd
import cvatformats
import cvatsync
import cvattui

for package in (cvatcore, cvatformats, cvatsync, cvatd, cvattui):
    # A folder of tests of the same name would import as an empty namespace package: without a file.
    assert package.__file__ is not None, f"{package.__name__} is not installed: pip install -e '.[dev]'"

# In CI the same examples every time: whether a change lands is up to the change. Elsewhere new ones are looked for.
hypothesis.settings.register_profile("gate", deadline=None, max_examples=50, derandomize=bool(os.environ.get("CI")))
# A failing example is printed with the decorator that repeats it, so a random seed loses nothing.
hypothesis.settings.register_profile("deep", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

_GIT_CONFIG = """\
[user]
\tname = Test Person
\temail = person@example.org
[init]
\tdefaultBranch = main
"""

_home: Path | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Moves HOME to an empty folder before libgit2 reads it: a developer's settings never decide a test."""
    global _home
    # Playwright keeps downloaded browsers under the real home.
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(_playwright_browsers()))
    # So do the environments of CVAT's clients and other downloads.
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    os.environ.setdefault("CVATD_TESTS_CACHE", str(Path(cache) / "cvatd-tests"))
    _home = Path(tempfile.mkdtemp(prefix="cvatd-tests-"))
    (_home / ".gitconfig").write_text(_GIT_CONFIG, encoding="utf-8", newline="\n")
    for name in ("HOME", "USERPROFILE"):
        os.environ[name] = str(_home)
    for name, folder in (("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache"), ("XDG_DATA_HOME", "data")):
        os.environ[name] = str(_home / folder)
    kept = {"CVAT_CHROMIUM", "CVAT_KILLS"}
    for name in [name for name in os.environ if name.startswith(("GIT_", "CVAT_")) and name not in kept]:
        del os.environ[name]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what is in tests/bench, before `-m` chooses."""
    for item in items:
        if Path(__file__).parent / "bench" in item.path.parents:
            item.add_marker("bench")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes that folder."""
    if _home is not None:
        shutil.rmtree(_home, ignore_errors=True)


def _playwright_browsers() -> Path:
    if local := os.environ.get("LOCALAPPDATA"):
        return Path(local) / "ms-playwright"
    if (Path.home() / "Library/Caches").is_dir():
        return Path.home() / "Library/Caches/ms-playwright"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"
