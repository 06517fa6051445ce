"""`cvat media track`: the media of a task in Git LFS, by git itself, in one commit or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from cvatcore.errors import Conflict, InvalidInput, MissingMedia, NotFound, StorageFailed
from cvatcore.media import Progress, located
from cvatcore.media.context_images import context_frames
from cvatcore.media.gathering import Gathered, discard, gather, outside_of
from cvatcore.media.identity import inner_file
from cvatcore.media.pointers import LONGEST, is_pointer_text
from cvatcore.schema import DataSpec, Manifest, MediaSource, Task
from cvatcore.store import encode_json
from cvatcore.store.files import read_file, remove_file, replace_file
from cvatcore.store.layout import MEDIA, task_path
from cvatcore.workspace import TaskView, Workspace
from cvatsync.history import check_at_rest, open_repository
from cvatsync.lfs_rules import attribute_lines, leave_out, let_in, with_lines, without_lines

ATTRIBUTES = ".gitattributes"
IGNORED = ".gitignore"

_INSTALL = "Install it: apt install git-lfs, brew install git-lfs, or https://git-lfs.com; then try again."


class TrackReport(msgspec.Struct, frozen=True):
    """What is in Git LFS now, or no longer is."""

    task: int
    name: str
    files: int
    copied: bool
    """Whether the media were copied into the workspace for it."""
    commit: str
    """The new commit; empty where nothing had to be done."""


def sources_outside(task: TaskView) -> tuple[str, ...]:
    """Where the media of a task lie that are outside the workspace, and so cannot be in its repository."""
    here = _located(task)
    return tuple(here.sources[number].path for number in outside_of(here, root=task.workspace.root))


def track_media(task: TaskView, *, copy: bool = False, progress: Progress | None = None) -> TrackReport:
    """Put the media of a task under Git LFS: attributes, and the media themselves, in one commit.

    Args:
        task: the task.
        copy: copy media that lie outside the workspace into its folder `media`; the task then names these copies.
        progress: called with the bytes copied and their number.

    Errors: NotFound without git or Git LFS; MissingMedia when some are not here; InvalidInput when they lie outside and
    `copy` is not given; Conflict when a file that would change has edits which are not committed, or a merge is under
    way; StorageFailed. Then nothing was changed.
    """
    workspace = task.workspace
    git = _git(workspace)
    git.require_lfs()
    _check_present(task)
    here, manifest = _located(task), task.manifest
    outside = outside_of(here, root=workspace.root)
    if outside and not copy:
        raise InvalidInput(
            f"The media of task {task.id} lie outside the workspace, in {here.sources[outside[0]].path}.",
            hint="Copy them into it with --copy.",
        )
    with workspace.writing():
        _check_quiet(git, task)
    before = task.document.data
    sources = _home_sources(before, here, workspace.root)
    # Copied before the workspace is held: it may take long, and saving goes on.
    with _copies(here, manifest, numbers=outside, root=workspace.root, progress=progress) as gathered:
        sources = _merged(sources, gathered, outside)
        with workspace.writing():
            if task.document.data != before or task.manifest is not manifest:
                raise Conflict(f"The media of task {task.id} changed meanwhile.", hint="Try again.")
            return _commit_media(git, task, sources, manifest, copied=bool(outside))


def _commit_media(
    git: _Git, task: TaskView, sources: tuple[MediaSource, ...], manifest: Manifest, *, copied: bool
) -> TrackReport:
    """Attributes, what is no longer ignored, the task and its media in one commit, or nothing of it."""
    workspace = task.workspace
    with _undone_on_failure() as undo:
        _check_quiet(git, task)
        files = _files(sources, manifest, root=workspace.root)
        texts = _texts(workspace, task, sources, manifest)
        undo.remember(workspace.root, texts)
        for path, data in texts.items():
            replace_file(workspace.root / path, data)
        git.install()
        undo.staged = (git, (*texts, *files))
        git.run("add", "--force", paths=(*texts, *files))
        _check_pointers(workspace.root, files)
        commit = git.commit(f"Keep the media of {task.name} (task {task.id}) in Git LFS")
        undo.forget()
    return TrackReport(task=task.id, name=task.name, files=len(files), copied=copied, commit=commit)


def untrack_media(task: TaskView) -> TrackReport:
    """Take the media of a task out of git again; the files stay where they are, on this machine.

    Errors: as `track_media`; Conflict also where another task has the same media; InvalidInput when git does not have
    them.
    """
    workspace = task.workspace
    git = _git(workspace)
    _check_present(task)
    with workspace.writing(), _undone_on_failure() as undo:
        _check_quiet(git, task)
        document, manifest = task.document, task.manifest
        sources = document.data.sources
        _check_alone(task, sources)
        files = git.known(_files(sources, manifest, root=workspace.root))
        if not files:
            raise InvalidInput(f"The media of task {task.id} are not in git.", hint="See: cvat media ls.")
        lines = [line for n, source in enumerate(sources) for line in attribute_lines(source, manifest, number=n)]
        texts = {
            ATTRIBUTES: _bytes(without_lines(_text(workspace.root, ATTRIBUTES), lines)),
            IGNORED: _bytes(leave_out(_text(workspace.root, IGNORED), sources)),
        }
        undo.remember(workspace.root, texts)
        for path, data in texts.items():
            replace_file(workspace.root / path, data)
        undo.staged = (git, (*texts, *files))
        git.run("rm", "--cached", "--quiet", paths=files)
        git.run("add", "--force", paths=tuple(texts))
        commit = git.commit(f"Take the media of {task.name} (task {task.id}) out of git")
        undo.forget()
    return TrackReport(task=task.id, name=task.name, files=len(files), copied=False, commit=commit)


class _Git:
    """The git program in a workspace; paths are relative to it."""

    def __init__(self, program: str, root: Path, author: dict[str, str]) -> None:
        self._program = program
        self._root = root
        self._environment = {**os.environ, "LC_ALL": "C", "GIT_LITERAL_PATHSPECS": "1", **author}

    def require_lfs(self) -> None:
        """Errors: NotFound without Git LFS."""
        if self._call(["lfs", "version"], b"").returncode:
            raise NotFound("Git LFS is not installed on this machine.", hint=_INSTALL)

    def install(self) -> None:
        """Tell this repository to use Git LFS, where git does not do so everywhere."""
        if self._call(["config", "--get", "filter.lfs.clean"], b"").returncode:
            self.run("lfs", "install", "--local")

    def run(self, *arguments: str, paths: Sequence[str] = ()) -> str:
        """What a command says.

        Errors: StorageFailed with git's own words.
        """
        named = ["--pathspec-from-file=-", "--pathspec-file-nul"] if paths else []
        done = self._call([*arguments, *named], b"\0".join(os.fsencode(path) for path in paths))
        if done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
            words = " ".join(line.strip() for line in said[-3:]) or f"it ended with {done.returncode}"
            raise StorageFailed(f"git {arguments[0]} failed: {words}", hint="Nothing was changed.")
        return done.stdout.decode(errors="surrogateescape")

    def commit(self, subject: str) -> str:
        """Commit what is staged; returns the commit, or nothing where nothing is."""
        if not self._call(["diff", "--cached", "--quiet"], b"").returncode:
            return ""
        self.run("commit", "--quiet", "--message", subject)
        return self.run("rev-parse", "HEAD").strip()

    def known(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Those of the paths that are in git."""
        listed = set(self.run("ls-files", "-z").split("\0"))
        return tuple(path for path in paths if path in listed)

    def staged(self) -> list[str]:
        """What the next commit would hold."""
        return [path for path in self.run("diff", "--cached", "--name-only", "-z").split("\0") if path]

    def changed(self, paths: Iterable[str]) -> list[str]:
        """Those of the paths that have edits which are not committed."""
        said = self.run("status", "--porcelain", "-z", "--untracked-files=no", "--", *paths)
        return [entry[3:] for entry in said.split("\0") if entry]

    def _call(self, arguments: Sequence[str], given: bytes) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self._program, *arguments],
            cwd=self._root,
            env=self._environment,
            input=given,
            capture_output=True,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )


class _Undo:
    """What has to be taken back when a step fails."""

    def __init__(self) -> None:
        self.staged: tuple[_Git, tuple[str, ...]] | None = None
        self._before: dict[Path, bytes | None] = {}

    def remember(self, root: Path, paths: Iterable[str]) -> None:
        """Keep what files hold now."""
        self._before = {root / path: read_file(root / path) for path in paths}

    def forget(self) -> None:
        """All went well."""
        self.staged, self._before = None, {}

    def take_back(self) -> None:
        """Put everything back."""
        for path, data in self._before.items():
            if data is None:
                remove_file(path)
            else:
                replace_file(path, data)
        if self.staged is not None:
            git, paths = self.staged
            with contextlib.suppress(StorageFailed):  # The first failure is the one to tell.
                git.run("reset", "--quiet", paths=paths)


@contextmanager
def _undone_on_failure() -> Iterator[_Undo]:
    undo = _Undo()
    try:
        yield undo
    except BaseException:
        undo.take_back()
        raise


@contextmanager
def _copies(
    here: DataSpec, manifest: Manifest, *, numbers: Sequence[int], root: Path, progress: Progress | None
) -> Iterator[Gathered]:
    """Copies of sources in the workspace, which are removed again when the block fails."""
    gathered = Gathered(sources=here.sources, made=())
    if numbers:
        gathered = gather(here, manifest, numbers=numbers, root=root, into=root / MEDIA, progress=progress)
    try:
        yield gathered
    except BaseException:
        discard(gathered.made)
        raise


def _git(workspace: Workspace) -> _Git:
    program = shutil.which("git")
    if program is None:
        raise NotFound("The git program is not installed on this machine.", hint="Install git: https://git-scm.com.")
    name, email = workspace.author.name, workspace.author.email
    person = {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
    }
    return _Git(program, workspace.root, person)


def _located(task: TaskView) -> DataSpec:
    return located(task.document.data, task.workspace.media_map, task=task.id)


def _check_present(task: TaskView) -> None:
    media = task.media
    if not media.missing:
        return
    first = task.manifest.frame_name(media.missing[0])
    remedy = next((source.remedy for source in media.sources if source.missing), "cvat media ls --missing")
    raise MissingMedia(
        f"{len(media.missing)} of {task.size} frames of task {task.id} are not on this machine, {first} to begin with.",
        hint=f"Bring them first: {remedy}.",
    )


def _check_quiet(git: _Git, task: TaskView) -> None:
    """Errors: Conflict, where a commit of ours would take along what is not ours."""
    repository = open_repository(task.workspace.root)
    try:
        check_at_rest(repository)
    finally:
        repository.free()
    if edited := git.changed((ATTRIBUTES, IGNORED, task_path(task.id))):
        raise Conflict(f"{edited[0]} has edits that are not committed.", hint="Commit them first: git commit.")
    if staged := git.staged():
        raise Conflict(f"{staged[0]} is staged for a commit of yours.", hint="Commit it first: git commit.")


def _check_alone(task: TaskView, sources: Sequence[MediaSource]) -> None:
    paths = {source.path for source in sources}
    for other in task.workspace.tasks:
        if other.id != task.id and any(source.path in paths for source in other.document.data.sources):
            raise Conflict(f"Task {other.id} has the same media.", hint="They stay in Git LFS while it has.")


def _home_sources(data: DataSpec, here: DataSpec, root: Path) -> tuple[MediaSource, ...]:
    """The sources by their paths in the workspace: a mapping, which others do not have, is taken over."""
    found = []
    for source, place in zip(data.sources, here.sources, strict=True):
        path = Path(os.path.abspath(root / place.path))
        inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else source.path
        found.append(msgspec.structs.replace(source, path=inside))
    return tuple(found)


def _merged(sources: Sequence[MediaSource], gathered: Gathered, outside: Sequence[int]) -> tuple[MediaSource, ...]:
    return tuple(gathered.sources[n] if n in outside else source for n, source in enumerate(sources))


def _files(sources: Sequence[MediaSource], manifest: Manifest, *, root: Path) -> tuple[str, ...]:
    """The files of a task below the workspace at `root`, each once."""
    found: dict[str, None] = {}
    for number, source in enumerate(sources):
        if source.kind != "folder":
            found[source.path] = None
            continue
        folder = "" if source.path == "." else source.path + "/"
        found |= {folder + inner_file(source, image): None for image in manifest.images if image.source == number}
        # Context images that are missing keep nobody from tracking the others.
        related = (folder + inner_file(source, image) for image in context_frames(manifest) if image.source == number)
        found |= {path: None for path in related if (root / path).is_file()}
    return tuple(found)


def _texts(
    workspace: Workspace, task: TaskView, sources: tuple[MediaSource, ...], manifest: Manifest
) -> dict[str, bytes]:
    """The text files of the workspace that change, as they shall be."""
    lines = [line for n, source in enumerate(sources) for line in attribute_lines(source, manifest, number=n)]
    document: Task = task.document
    data = msgspec.structs.replace(document.data, sources=sources)
    texts = {
        ATTRIBUTES: _bytes(with_lines(_text(workspace.root, ATTRIBUTES), lines)),
        IGNORED: _bytes(let_in(_text(workspace.root, IGNORED), sources)),
    }
    if data != document.data:
        texts[task_path(task.id)] = encode_json(msgspec.structs.replace(document, data=data))
    return texts


def _text(root: Path, path: str) -> str:
    return (read_file(root / path) or b"").decode(errors="surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _check_pointers(root: Path, files: Sequence[str]) -> None:
    """Look that Git LFS took the media over: git itself must have got pointers only.

    Errors: StorageFailed.
    """
    import pygit2

    repository = open_repository(root)
    try:
        top = Path(repository.workdir).resolve()
        prefix = "" if root.resolve() == top else root.resolve().relative_to(top).as_posix() + "/"
        index = repository.index
        index.read()
        for path in files:
            blob = repository[index[prefix + path].id]
            if not isinstance(blob, pygit2.Blob) or blob.size >= LONGEST or not is_pointer_text(blob.data):
                raise StorageFailed(
                    f"Git LFS did not take {path} over: git would hold all of it.",
                    hint="Look for other lines about it in .gitattributes. Nothing was changed.",
                )
    finally:
        repository.free()
