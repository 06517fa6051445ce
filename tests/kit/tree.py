"""The project's own files, as the architecture tests walk them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = {
    "cvatcore": ROOT / "cvatcore" / "cvatcore",
    "cvatformats": ROOT / "formats" / "cvatformats",
    "cvatsync": ROOT / "sync" / "cvatsync",
    "cvatd": ROOT / "daemon" / "cvatd",
    "cvattui": ROOT / "tui" / "cvattui",
}
"""Every import package and its folder."""

_NOT_OURS = frozenset({"node_modules", "_static", "dist", "coverage", "__pycache__", "test-results"})


def files(folder: Path, *suffixes: str) -> Iterator[Path]:
    """The files under a folder with one of the suffixes, without anything that is built or fetched."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in suffixes and path.is_file() and _NOT_OURS.isdisjoint(path.relative_to(ROOT).parts):
            yield path


def modules() -> dict[str, Path]:
    """Every module of the five packages: dotted name to file."""
    found: dict[str, Path] = {}
    for package, folder in PACKAGES.items():
        for path in files(folder, ".py"):
            parts = [package, *path.relative_to(folder).with_suffix("").parts]
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def relative(path: Path) -> str:
    """A path as it is written in a message: from the project's root, with slashes."""
    return path.relative_to(ROOT).as_posix()
