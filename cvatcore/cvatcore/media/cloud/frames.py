"""Frames that are point clouds: files of their own, or in archives."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Final

from cvatcore.errors import InvalidInput, InvalidMedia
from cvatcore.media.cloud.reading import read_cloud, read_cloud_size
from cvatcore.media.frame_files import FrameFiles, identity_of
from cvatcore.media.frames import Quality, check_number, keep_picture, load_picture
from cvatcore.media.identity import Place
from cvatcore.media.picture import Picture

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from cvatcore.media.cloud.points import Cloud

CLOUD_TYPE: Final = "application/octet-stream"
"""The media type of point clouds, as CVAT sends them."""

PREVIEW_SIDE: Final = 256
"""CVAT's largest preview, in pixels."""

_QUALITY: Final = 85
"""Percent: points are fine detail."""


class CloudFrames(FrameFiles):
    """See FrameReader. A frame is a PCD file, whatever its own format; its preview is a picture from above."""

    def frame(self, number: int, *, quality: Quality = "compressed", keep: bool = True) -> Picture:
        """A point cloud as a PCD file: a PCD file's own bytes, others as binary PCD. Both qualities are the same."""
        place = self._place(number)
        content = self._read(number, place)
        if _is_pcd(place):
            return Picture(data=content, media_type=CLOUD_TYPE, width=self._manifest.images[number].width, height=1)
        from cvatcore.media.cloud.pcd import encode_pcd
        from cvatcore.media.cloud.points import narrowed

        cloud = narrowed(read_cloud(content, name=place.name))
        return Picture(data=encode_pcd(cloud), media_type=CLOUD_TYPE, width=cloud.size, height=1)

    def array(self, number: int) -> npt.NDArray[np.uint8]:
        """Errors: InvalidInput, always: a point cloud has no pixels."""
        check_number(number, self._manifest)
        raise InvalidInput(
            f"Frame {number} is a point cloud, which has no pixels.", hint="Its frame is a PCD file; or take a preview."
        )

    def cloud(self, number: int) -> Cloud:
        """The points of a frame, where they are in the file's coordinates."""
        place = self._place(number)
        return read_cloud(self._read(number, place), name=place.name)

    def preview(self, number: int) -> Picture:
        """A JPEG of 256 x 256 pixels of the cloud from above."""
        return self.from_above(number, side=PREVIEW_SIDE)

    def from_above(self, number: int, *, side: int) -> Picture:
        """A square JPEG of the cloud from above, coloured by height; `side` in pixels."""
        place = self._place(number)
        key = f"{identity_of(place)}\0from above 1\0{side}"
        if (stored := load_picture(self._cache, key)) is not None:
            return stored
        from cvatcore.media.cloud.top import draw_from_above
        from cvatcore.media.encoding import from_array, to_jpeg

        cloud = read_cloud(self._read(number, place), name=place.name)
        made = to_jpeg(from_array(draw_from_above(cloud, side=side)), quality=_QUALITY)
        return keep_picture(self._cache, key, made)

    def _read(self, number: int, place: Place) -> bytes:
        content = self._files.read(place)
        points = read_cloud_size(io.BytesIO(content), name=place.name, size=len(content))
        expected = self._manifest.images[number].width
        if points != expected:
            raise InvalidMedia(
                f"{place.name} has changed: it has {points} points now, and had {expected}.",
                hint="Put the former file back, or make a new task of this one.",
            )
        return content


def empty_pcd() -> bytes:
    """A cloud without points, which stands in for one that is missing."""
    import numpy as np

    from cvatcore.media.cloud.pcd import encode_pcd
    from cvatcore.media.cloud.points import Cloud

    return encode_pcd(Cloud(points=np.empty((0, 3), np.float32)))


def _is_pcd(place: Place) -> bool:
    return os.path.splitext(place.member or place.path.name)[1].lower() == ".pcd"
