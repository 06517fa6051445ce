"""Reading every value of a cache, in a process of its own: a damaged page can take the process that meets it along."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from pathlib import Path

from cvatcore.cache.lmdb_store import FORMAT
from cvatcore.cache.shared import ASIDE

_SECONDS = 300


def check_cache(folder: Path) -> str:
    """What is wrong with the cache in a folder, a sentence; empty when nothing is, or there is none."""
    if not (folder / "data.mdb").exists():
        return ""
    command = [sys.executable, "-m", "cvatcore.cache.checking", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    if done.returncode:
        return f"The cache in {folder} is damaged: {done.stdout.strip() or 'it cannot be read'}."
    return ""


def set_cache_aside(folder: Path) -> None:
    """Move a damaged cache aside; the next one who needs it makes a new one.

    Errors: OSError.
    """
    (folder / "data.mdb").replace(folder / ASIDE)
    (folder / "lock.mdb").unlink(missing_ok=True)


def _read_all(folder: Path) -> str:
    import lmdb

    try:
        with lmdb.open(str(folder), readonly=True, max_dbs=3, lock=True) as env:
            size = (folder / "data.mdb").stat().st_size
            if (env.info()["last_pgno"] + 1) * env.stat()["psize"] > size:
                return "it is shorter than it says"
            with env.begin() as txn:
                if not txn.stat()["entries"]:
                    return ""
                if txn.get(b"format") != FORMAT:
                    return "it is of another program"
            values = env.open_db(b"values", create=False)
            with env.begin(db=values, buffers=True) as txn:
                for name, stored in txn.cursor():
                    (checksum,) = struct.unpack_from(">I", stored)
                    if checksum != zlib.crc32(stored[4:], zlib.crc32(name)):
                        return "a value is not what was put there"
    except (lmdb.Error, struct.error, OSError) as error:
        return str(error)
    return ""


if __name__ == "__main__":
    _found = _read_all(Path(sys.argv[1]))
    sys.stdout.write(_found)
    sys.exit(1 if _found else 0)
