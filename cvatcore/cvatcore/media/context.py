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

_CLOUD_ENDS = tuple(sorted(CLOUD_SUFFIXES))

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
    inside = {name: at for name in names if RELATED in name and (at := _related_at(name))}
    clouds = [name for name in names if is_cloud_name(name) and name not in inside]
    frames = clouds or [name for name in names if name not in inside]
    taken = frozenset(frames)
    beside = _by_related_folder(frames) if inside else {}
    below = _by_folder_above(clouds) if inside else {}
    places = _CloudPlaces(clouds)
    found: dict[str, list[str]] = defaultdict(list)
    strays: list[str] = []
    for name in names:
        if name in taken:
            continue
        at = inside.get(name)
        mine = (beside.get(at) or below.get(at) or ()) if at else places.frames_of(name)
        # A cloud among context images is no picture: it cannot be shown as one.
        if not mine or is_cloud_name(name):
            strays.append(name)
            continue
        for frame in mine:
            found[frame].append(name)
    ordered = {frame: sorted(found[frame]) for frame in frames if frame in found}
    return Paired(
        frames=tuple(frames),
        related={frame: tuple(images[:MAX_CONTEXT]) for frame, images in ordered.items()},
        surplus={frame: tuple(images[MAX_CONTEXT:]) for frame, images in ordered.items() if len(images) > MAX_CONTEXT},
        strays=tuple(sorted(strays)),
    )


def is_cloud_name(name: str) -> bool:
    """Whether a file's extension is that of a point cloud."""
    return name.lower().endswith(_CLOUD_ENDS) and bool(_extension(name))


class _CloudPlaces:
    """Point clouds by the places in which their pictures may lie, outside `related_images`."""

    def __init__(self, clouds: Sequence[str]) -> None:
        self._stems: dict[str, dict[str, list[str]]] = {}
        """By folder, then by stem."""
        for cloud in clouds:
            folder, base = _split(cloud)
            self._stems.setdefault(folder, {}).setdefault(_stem(base), []).append(cloud)
        self._scans: dict[str, list[str]] = defaultdict(list)
        """The folders of scans of each recording."""
        for folder in self._stems:
            if (drive := _drive_of(folder)) is not None:
                self._scans[drive].append(folder)
        self._nearest: dict[str, list[str]] = {}

    def frames_of(self, name: str) -> Sequence[str]:
        """The clouds that a picture belongs to."""
        folder, base = _split(name)
        stem = _stem(base)
        if (here := self._stems.get(folder)) and (same := here.get(stem) or here.get(_split(folder)[1])):
            return same
        if not self._scans:
            return ()
        scans = self._nearest.get(folder)
        if scans is None:
            scans = self._nearest[folder] = self._scans_of(folder)
        return [cloud for scan in scans for cloud in self._stems[scan].get(stem, ())]

    def _scans_of(self, folder: str) -> list[str]:
        """The folders of scans of the nearest recording above a folder: they may lie in one another."""
        while folder:
            folder = _split(folder)[0]
            if folder in self._scans:
                return self._scans[folder]
        return []


def _by_related_folder(frames: Iterable[str]) -> dict[_Key, list[str]]:
    """Frames by their folder and what their folder in `related_images` is called."""
    found: dict[_Key, list[str]] = defaultdict(list)
    for frame in frames:
        folder, base = _split(frame)
        found[folder, _related_folder(base)].append(frame)
    return found


def _by_folder_above(clouds: Iterable[str]) -> dict[_Key, list[str]]:
    """As `_by_related_folder`, but `related_images` lies next to the folder of the clouds."""
    found: dict[_Key, list[str]] = defaultdict(list)
    for cloud in clouds:
        folder, base = _split(cloud)
        if folder:
            found[_split(folder)[0], _related_folder(base)].append(cloud)
    return found


def _related_at(name: str) -> _Key | None:
    """The folder that holds the outermost `related_images` above a name, and the folder within it; None outside one."""
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
