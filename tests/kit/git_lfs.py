"""A stand-in for Git LFS: a program `git-lfs` on the PATH that does what git asks of it, with a folder as server."""

import os
import stat
import sys
from pathlib import Path

import pytest

_PROGRAM = r"""#!{python}
import hashlib, os, pathlib, subprocess, sys

STORE = pathlib.Path({store!r})
HEAD = b"version https://git-lfs.github.com/spec/v1\n"


def clean(data):
    if data.startswith(HEAD):
        return data
    oid = hashlib.sha256(data).hexdigest()
    (STORE / oid).write_bytes(data)
    return HEAD + f"oid sha256:{{oid}}\nsize {{len(data)}}\n".encode()


def smudge(data):
    if not data.startswith(HEAD):
        return data
    place = STORE / data.split(b"sha256:")[1].split(b"\n")[0].decode()
    return place.read_bytes() if place.exists() else data


command = sys.argv[1]
if command == "version":
    print("git-lfs/3.0.0 (stand-in)")
elif command == "install":
    for key, value in (("clean", "git-lfs clean -- %f"), ("smudge", "git-lfs smudge -- %f"), ("required", "true")):
        subprocess.run(["git", "config", "--local", f"filter.lfs.{{key}}", value], check=True)
elif command in ("clean", "smudge"):
    if os.environ.get("GIT_LFS_FAILS"):
        sys.exit("the disk of Git LFS is full")
    sys.stdout.buffer.write({{"clean": clean, "smudge": smudge}}[command](sys.stdin.buffer.read()))
elif command == "pull":
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = pathlib.Path(name)
        path.write_bytes(smudge(path.read_bytes()))
else:
    sys.exit(f"the stand-in does not know {{command}}")
"""


def provide_git_lfs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put it on the PATH; returns the folder that is its server."""
    store, programs = folder / "lfs-server", folder / "programs"
    store.mkdir(parents=True)
    programs.mkdir()
    program = programs / "git-lfs"
    program.write_text(_PROGRAM.format(python=sys.executable, store=str(store)), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return store
