"""Which names are frames, and which are context images of which frame: CVAT's layouts, as a function of names alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from cvatcore.schema.manifest import CLOUD_SUFFIXES

MAX_CONTEXT: Final = 12
"""Context images a frame, as in CVAT; a person cannot look at more."""

RELATED: Final = "related_images"
"""The folder next to frames that holds a folder of context images for each of them."""

_SCANNER = frozenset(["velodyne_points", "velodyne"])
"""Folders of KITTI's laser scans; the cameras' folders lie next to them."""

_Key = tuple[str, str]
"""A folder and what a frame is called in it."""


class Paired(msgspec.Struct, frozen=True):
    """Names sorted out: each is a frame, a context image of one or more frames, in `surplus` or in `strays`."""

    frames: tuple[str, ...]
    """In the order in which they were given."""
    related: dict[str, tuple[str, ...]]
    """The context images of those frames that have any, sorted by name: at most `MAX_CONTEXT` each."""
    surplus: dict[str, tuple[str, ...]] = {}
    """Context images beyond that number, by frame: they are not shown."""
    strays: tuple[str, ...] = ()
    """Pictures that are neither: in `related_images` and of no frame, or among point clouds and of none; sorted."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person should know of names that come to nothing: a sentence each."""
        said = [
            f"{frame} has {len(self.related[frame]) + len(extra)} context images: only the first {MAX_CONTEXT} are "
            f"taken, up to {self.related[frame][-1]}."
            for frame, extra in self.surplus.items()
        ]
        if len(self.strays) == 1:
            said.append(f"{self.strays[0]} is a context image of no frame and left out.")
        elif self.strays:
            said.append(f"{len(self.strays)} pictures are context images of no frame and left out: {self.strays[0]} …")
        return tuple(said)


def pair(names: Sequence[str]) -> Paired:
    """Tell frames from context images by their places.

    * `related_images/<name>_<extension>/…` holds the context images of `<name>.<extension>` next to `related_images`,
      or, for point clouds, in a folder next to it (`pointcloud/`). Nothing in `related_images` is ever a frame.
    * Once there is a point cloud, only point clouds are frames. A picture is of the cloud of its stem in its folder;
      else of the cloud that its folder is called after; else, where a folder `velodyne_points` lies next to the
      picture's folder or to one above it, of the scan of the picture's stem.

    Args:
        names: paths relative to one source, with forward slashes; each at most once.
    """
    clouds = [name for name in names if is_cloud_name(name) and not _related_at(name)]
    found: dict[str, list[str]] = defaultdict(list)
    strays: list[str] = []
    if clouds:
        frames, beside = clouds, _CloudPlaces(clouds)
        for name in names:
            if is_cloud_name(name) and not _related_at(name):
                continue
            _note(name, beside.frames_of(name), found, strays)
    else:
        frames = [name for name in names if not _related_at(name)]
        places = _by_related_folder(frames) if len(frames) < len(names) else {}
        for name in names:
            if at := _related_at(name):
                _note(name, places.get(at, ()), found, strays)
    ordered = {frame: sorted(found[frame]) for frame in frames if frame in found}
    return Paired(
        frames=tuple(frames),
        related={frame: tuple(images[:MAX_CONTEXT]) for frame, images in ordered.items()},
        surplus={frame: tuple(images[MAX_CONTEXT:]) for frame, images in ordered.items() if len(images) > MAX_CONTEXT},
        strays=tuple(sorted(strays)),
    )


def is_cloud_name(name: str) -> bool:
    """Whether a file's extension is that of a point cloud."""
    return _extension(name).lower() in CLOUD_SUFFIXES


def _note(name: str, frames: Sequence[str], found: dict[str, list[str]], strays: list[str]) -> None:
    # A cloud among context images is no picture: it cannot be shown as one.
    if not frames or is_cloud_name(name):
        strays.append(name)
        return
    for frame in frames:
        found[frame].append(name)


class _CloudPlaces:
    """Point clouds by all the places in which their context images may lie."""

    def __init__(self, clouds: Sequence[str]) -> None:
        self._beside = _by_related_folder(clouds)
        self._below: dict[_Key, list[str]] = defaultdict(list)
        self._stems: dict[_Key, list[str]] = defaultdict(list)
        self._scans: dict[_Key, list[str]] = defaultdict(list)
        self._drives: set[str] = set()
        for cloud in clouds:
            folder, base = _split(cloud)
            stem = _stem(base)
            if folder:
                self._below[_split(folder)[0], _related_folder(base)].append(cloud)
            self._stems[folder, stem].append(cloud)
            if (drive := _drive_of(folder)) is not None:
                self._scans[drive, stem].append(cloud)
                self._drives.add(drive)

    def frames_of(self, name: str) -> Sequence[str]:
        """The clouds that a picture belongs to."""
        if at := _related_at(name):
            return self._beside.get(at) or self._below.get(at) or ()
        folder, base = _split(name)
        if same := self._stems.get((folder, _stem(base))):
            return same
        if folder and (named := self._stems.get((folder, _split(folder)[1]))):
            return named
        while folder:  # The nearest drive: folders of recordings may lie in one another.
            folder = _split(folder)[0]
            if folder in self._drives:
                return self._scans.get((folder, _stem(base)), ())
        return ()


def _by_related_folder(frames: Iterable[str]) -> dict[_Key, list[str]]:
    """Frames by their folder and what their folder in `related_images` is called."""
    found: dict[_Key, list[str]] = defaultdict(list)
    for frame in frames:
        folder, base = _split(frame)
        found[folder, _related_folder(base)].append(frame)
    return found


def _related_at(name: str) -> _Key | None:
    """The folder that holds the outermost `related_images` above a name, and the folder within it; None outside one."""
    if RELATED not in name:
        return None  # nearly all, and fast
    *folders, _ = name.split("/")
    if RELATED not in folders:
        return None
    at = folders.index(RELATED)
    return "/".join(folders[:at]), folders[at + 1] if at + 1 < len(folders) else ""


def _drive_of(folder: str) -> str | None:
    """The folder above a scanner's, of `<drive>/velodyne_points` and `<drive>/velodyne_points/data`."""
    above, title = _split(folder)
    if title == "data" and _split(above)[1] in _SCANNER:
        return _split(above)[0]
    return above if title in _SCANNER else None


def _related_folder(base: str) -> str:
    stem, dot, extension = base.rpartition(".")
    return f"{stem}_{extension}" if dot else base


def _split(path: str) -> tuple[str, str]:
    folder, _, base = path.rpartition("/")
    return folder, base


def _extension(name: str) -> str:
    base = name.rpartition("/")[2]
    stem, dot, extension = base.rpartition(".")
    return dot + extension if stem else ""


def _stem(base: str) -> str:
    return base.removesuffix(_extension(base))
