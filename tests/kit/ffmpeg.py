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


def uneven(source: Path, path: Path, *, length: int = 60) -> Path:
    """The first frames of a video, each shown a little longer than the one before: a variable frame rate."""
    later = "setpts=(N+N*N/40)/25/TB"
    _run("-i", source, "-an", "-frames:v", length, "-vf", later, "-fps_mode", "passthrough", "-bf", 3, path)
    return path


def turned(source: Path, path: Path, *, degrees: int) -> Path:
    """The same pictures, which the file says are to be turned, as a phone writes them."""
    _run("-display_rotation", degrees, "-i", source, "-c", "copy", path)
    return path


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


def _run(*arguments: object) -> None:
    subprocess.run([str(executable()), "-v", "error", *map(str, arguments)], check=True)
