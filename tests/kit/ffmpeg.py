"""The ffmpeg command, which tells the frames of a video without any of our code or PyAV's."""

import importlib.util
import re
import subprocess
from pathlib import Path

import numpy as np

from kit.pictures import Pixels


def executable() -> Path:
    """The program that imageio-ffmpeg ships."""
    spec = importlib.util.find_spec("imageio_ffmpeg")
    assert spec is not None, "imageio-ffmpeg is missing: pip install -e '.[dev]'"
    assert spec.origin is not None
    found = sorted((Path(spec.origin).parent / "binaries").glob("ffmpeg-*"))
    assert found, "imageio-ffmpeg has no program for this machine"
    return found[0]


def select(path: Path, *, every: int) -> list[Pixels]:
    """Every so manieth frame in the order in which they are shown, upright."""
    command = [
        str(executable()),
        "-hide_banner",
        "-i",
        str(path),
        "-an",
        "-vf",
        f"select=not(mod(n\\,{every})),showinfo",
    ]
    command += ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    size = re.findall(rb" s:(\d+)x(\d+) ", done.stderr)[0]
    width, height = map(int, size)
    return list(np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3))
