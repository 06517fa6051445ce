"""The layouts of context images and of data in three dimensions that CVAT's manual shows, by the names in them."""

from __future__ import annotations

import zlib
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kit.clouds import columns_of, pcd, points_of, velodyne
from kit.pictures import picture_bytes


class Layout(NamedTuple):
    """Names of files, and what they are to come to."""

    title: str
    frames: dict[str, tuple[str, ...]]
    """The context images of each frame."""
    strays: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names, each once."""
        related = (image for images in self.frames.values() for image in images)
        return tuple(dict.fromkeys([*self.frames, *related, *self.strays]))


LAYOUTS = (
    Layout("pictures without any", {"a.jpg": (), "b/c.png": ()}),
    Layout(
        "related_images next to pictures, at two depths",
        {
            "first.jpg": ("related_images/first_jpg/context.jpg",),
            "second.jpg": ("related_images/second_jpg/context.jpg",),
            "deeper/third.jpg": ("deeper/related_images/third_jpg/context.jpg",),
        },
    ),
    Layout(
        "several pictures, and folders within the folder of a frame",
        {"a.png": ("related_images/a_png/1.jpg", "related_images/a_png/2.png", "related_images/a_png/x/3.webp")},
        ("related_images/4.jpg", "related_images/b_png/5.jpg"),
    ),
    Layout(
        "related_images next to point clouds",
        {
            "first.pcd": ("related_images/first_pcd/context.jpg",),
            "second.pcd": ("related_images/second_pcd/context.jpg",),
        },
    ),
    Layout(
        "clouds and pictures of one stem (option 1, option 3)",
        {
            "any/cloud.pcd": ("any/cloud.jpg",),
            "other/sub/cloud.pcd": ("other/sub/cloud.jpg", "other/sub/cloud.png"),
            "other/sub/lone.pcd": (),
        },
        ("other/sub/stray.png",),
    ),
    Layout(
        "a folder for each cloud (option 2)",
        {
            "data/one/one.pcd": ("data/one/context_1.png", "data/one/context_2.jpg"),
            "data/two/two.pcd": ("data/two/whatever.png",),
        },
    ),
    Layout(
        "KITTI",
        {
            f"velodyne_points/data/{number:010}.bin": tuple(
                f"image_{camera:02}/data/{number:010}.png" for camera in range(4)
            )
            for number in range(3)
        },
        ("image_00/data/0000000009.png",),
    ),
    Layout(
        "Velodyne",
        {
            "velodyne_points/data/image_01.bin": (
                "IMAGE_00/data/image_01.png",
                "data/image_01.png",
                "velodyne_points/data/IMAGE_01/image_01.png",
            )
        },
    ),
    Layout(
        "pointcloud and related_images",
        {
            "pointcloud/00001.pcd": ("related_images/00001_pcd/image_01.png", "related_images/00001_pcd/image_02.jpg"),
            "pointcloud/00002.pcd": (),
        },
        ("related_images/00003_pcd/image_01.png",),
    ),
)


def write_layout(folder: Path, layout: Layout) -> Path:
    """The files of a layout: each picture as wide, each cloud of as many points as `mark_of` says of its name."""
    for name in layout.names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content_of(name))
    return folder


def content_of(name: str) -> bytes:
    """What `write_layout` writes to a file of this name."""
    size, suffix = mark_of(name), PurePosixPath(name).suffix
    if suffix == ".pcd":
        return pcd(columns_of(size))
    if suffix == ".bin":
        columns = columns_of(size)
        return velodyne(points_of(columns), columns[3][2])
    return picture_bytes((size, 16), file_format={".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP"}[suffix])


def mark_of(name: str) -> int:
    """A number between 20 and 1000 by which a file is told from others."""
    return 20 + zlib.crc32(name.encode()) % 981
