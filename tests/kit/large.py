"""Workspaces of many tasks, made in seconds: files are written as a save would write them, and committed at once."""

import subprocess
from pathlib import Path

from cvatcore import Workspace
from cvatcore.schema import Job, Task, encode_manifest
from cvatcore.store import Shard, encode_json, encode_shard
from cvatcore.store.layout import SHARD_FRAMES, job_path, manifest_path, shard_path, task_path
from kit.annotated import LABELS, box
from kit.tasks import CREATED, numbered_pictures

BOXES = 1000
"""Boxes a task, one a frame, in one job of the task's number: 32 shards and three documents."""


def large_workspace(folder: Path, *, tasks: int) -> Workspace:
    """A workspace of so many tasks with 1,000 boxes each, packed as a clone would be."""
    folder.mkdir(parents=True)
    workspace = Workspace.init(folder)
    workspace.store.ids.take("task", tasks + 1)
    workspace.store.ids.take("job", tasks + 1)
    workspace.store.ids.take("object", tasks * BOXES + 1)
    manifest = encode_manifest(numbered_pictures(BOXES))
    for number in range(1, tasks + 1):
        task = Task(id=number, name=f"street {number}", created=CREATED, owner="mara", labels=LABELS)
        files = {
            task_path(number): encode_json(task),
            manifest_path(number): manifest,
            job_path(number, number): encode_json(Job(id=number, start=0, stop=BOXES - 1)),
        }
        for first in range(0, BOXES, SHARD_FRAMES):
            run = range(first, min(first + SHARD_FRAMES, BOXES))
            shapes = tuple(box(object_number(number, frame), frame, at=float(number % 50)) for frame in run)
            files[shard_path(number, number, first)] = encode_shard(Shard(shapes=shapes))
        for path, data in files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    _commit_packed(folder)
    return workspace


def _commit_packed(folder: Path) -> None:
    """Commit all files into one pack: removing 40,000 loose objects would slow the file system for half a minute."""

    def run(*command: str, given: str | bytes = b"") -> bytes:
        data = given.encode() if isinstance(given, str) else given
        return subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True, input=data).stdout

    author = run("var", "GIT_COMMITTER_IDENT").decode().strip()
    branch = run("symbolic-ref", "HEAD").decode().strip()
    stream = [f"commit {branch}\ncommitter {author}\ndata 5\nboxes\n".encode()]
    if run("for-each-ref", branch):
        stream.append(f"from {branch}^0\n".encode())
    for name in run("ls-files", "--others", "--cached", "--exclude-standard", "-z").decode().split("\0")[:-1]:
        data = (folder / name).read_bytes()
        stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(data), data))
    run("fast-import", "--quiet", given=b"".join(stream))
    run("reset", "-q")


def object_number(task: int, frame: int) -> int:
    """The id of the box of a frame."""
    return (task - 1) * BOXES + frame + 1
