"""A team: a bare repository that clones of one workspace share, with git itself as the witness."""

import subprocess
from pathlib import Path

import cvatsync
from cvatcore import Shape, Workspace
from kit.tasks import labels, make_task, new_workspace, numbered_pictures

FRAMES_A_JOB = 64
"""Two shards a job."""


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder; a failure fails the test."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def bare_repository(folder: Path) -> Path:
    """An empty bare repository."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "--bare")
    return folder


def shared_workspace(folder: Path, *, jobs: int = 3) -> tuple[Workspace, Path]:
    """A workspace with one task `street`, already synced with a new bare repository."""
    remote = bare_repository(folder / "team.git")
    workspace = new_workspace(folder / "mara")
    manifest = numbered_pictures(FRAMES_A_JOB * jobs)
    make_task(workspace, manifest, labels=labels("car", "person"), segment_size=FRAMES_A_JOB)
    git(workspace.root, "remote", "add", "origin", str(remote))
    cvatsync.sync(workspace.root)
    return workspace, remote


def draw(workspace: Workspace, *, job: int, frame: int = 0, label: str = "car") -> Shape:
    """Save one box on a frame of a job, both counted from 0."""
    view = workspace.tasks["street"].jobs[job]
    box = Shape(frame=view.start + frame, id=0, type="rectangle", label=label, points=(1.0, 2.0, 30.0, 40.0))
    return view.add(box)[0]


def ids(workspace: Workspace) -> list[int]:
    """The ids of all objects of the task `street`."""
    jobs = workspace.tasks["street"].jobs
    return sorted(shape.id for job in jobs for shape in job.annotations.shapes)


def snapshot(root: Path) -> tuple[dict[str, bytes], str]:
    """Every file of a workspace but this machine's own, and every branch with its commit."""
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.relative_to(root).parts[0] not in {".git", ".cvat"}
    }
    refs = git(root, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads")
    return files, refs
