"""The `git` program, for what libgit2 cannot do: a person's SSH set-up, hooks, remote helpers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from cvatcore.errors import RemoteFailed
from cvatsync.remote.failures import not_cloned, not_fetched, not_pushed

Progress = Callable[[int, int], None]
"""Called with how many objects were received or sent, and how many there are."""

_MOVING = re.compile(rb"(?:Receiving|Writing) objects:\s+\d+% \((\d+)/(\d+)\)")
_REFUSED = re.compile(r"^!\t[^\t]*\t(\[.*\].*)$", re.MULTILINE)


class Answer(msgspec.Struct, frozen=True):
    """How a run of git ended."""

    code: int
    output: str
    errors: str


def git_program() -> str | None:
    """Where git is, or None."""
    return shutil.which("git")


def require_git(why: str) -> str:
    """Where git is.

    Errors: RemoteFailed that says why it is needed.
    """
    found = git_program()
    if found is None:
        raise RemoteFailed(f"{why}, and the git program is not installed.", hint="Install git: https://git-scm.com.")
    return found


def is_interactive() -> bool:
    """Whether somebody sits at a terminal who could answer a question."""
    return sys.stdin is not None and sys.stdin.isatty()


def git_environment() -> dict[str, str]:
    """The environment for git: English, and no question that nobody would see."""
    environment = {**os.environ, "LC_ALL": "C"}
    if not is_interactive():
        environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": ""}
        environment.setdefault("SSH_ASKPASS_REQUIRE", "never")
    return environment


def fetch_by_program(folder: Path, remote: str, refspecs: Sequence[str], *, progress: Progress | None) -> None:
    """Run `git fetch`. Errors: RemoteFailed."""
    answer = _run(["fetch", "--progress", remote, *refspecs], folder=folder, progress=progress)
    if answer.code:
        raise not_fetched(remote, _words(answer))


def clone_by_program(address: str, folder: Path, *, progress: Progress | None) -> None:
    """Run `git clone` without writing the working tree. Errors: RemoteFailed."""
    arguments = ["clone", "--progress", "--no-checkout", "--", address, str(folder)]
    answer = _run(arguments, folder=folder.parent, progress=progress)
    if answer.code:
        raise not_cloned(address, _words(answer))


def push_by_program(folder: Path, remote: str, *, source: str, ref: str, progress: Progress | None = None) -> str:
    """Run `git push`, never forced. Returns why, when somebody else was faster; else an empty text.

    Errors: RemoteFailed for any other refusal.
    """
    answer = _run(["push", "--porcelain", "--progress", remote, f"{source}:{ref}"], folder=folder, progress=progress)
    if not answer.code:
        return ""
    if (refused := _REFUSED.search(answer.output)) and is_race(refused[1]):
        return refused[1]
    raise not_pushed(remote, _words(answer))


def is_race(reason: str) -> bool:
    """Whether a remote's words for a refusal say that its branch moved."""
    low = reason.lower()
    return any(
        word in low
        for word in (
            "fetch first", "non-fast-forward", "stale info", "cannot lock ref",
            "failed to update ref", "incorrect old value", "reference already exists",
        )
    )  # fmt: skip


def _run(arguments: Sequence[str], *, folder: Path, progress: Progress | None = None) -> Answer:
    git = require_git("This remote needs git itself")
    with subprocess.Popen(
        [git, *_ssh_settings(), *arguments],
        cwd=folder,
        env=git_environment(),
        stdin=None if is_interactive() else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        errors = bytearray()
        try:
            # Git's answers on stdout are a few lines, less than a pipe holds, so stderr is read to its end first.
            while chunk := process.stderr.read1(65536):  # type: ignore[attr-defined]  # a BufferedReader
                errors += chunk
                if progress is not None and (found := _MOVING.findall(chunk)):
                    progress(int(found[-1][0]), int(found[-1][1]))
        except BaseException:
            process.terminate()
            raise
        output = process.stdout.read()
    return Answer(
        code=process.returncode,
        output=output.decode(errors="replace"),
        errors=bytes(errors).decode(errors="replace"),
    )


def _ssh_settings() -> list[str]:
    if is_interactive() or "GIT_SSH_COMMAND" in os.environ or "GIT_SSH" in os.environ:
        return []
    # A person's own command stays as it is; it may ask, and then git fails for want of an answer.
    return [] if _has_ssh_command() else ["-c", "core.sshCommand=ssh -o BatchMode=yes"]


def _has_ssh_command() -> bool:
    import pygit2

    try:
        return "core.sshCommand" in pygit2.Config.get_global_config()
    except OSError:
        return False  # There is no such file.


def _words(answer: Answer) -> str:
    """What git said of a failure, in one line."""
    lines = [
        line.strip()
        for line in answer.errors.replace("\r", "\n").splitlines()
        if line.startswith(("fatal:", "error:", "remote:", "ssh:")) or "denied" in line.lower()
    ]
    if refused := _REFUSED.search(answer.output):
        lines.insert(0, refused[1])
    return "; ".join(lines[:5]) or answer.errors.strip()[-300:]
