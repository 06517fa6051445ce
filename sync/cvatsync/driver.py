"""The program that git starts to merge and to show a workspace's files: `python -m cvatsync.driver`.

`merge %O %A %B %P` merges by objects and fields and writes the outcome into `%A`. Values that met are no conflict to
git: ours stays in the file, and a note of the others is kept in the workspace (`cvatcore.store.pending`).
`bases %O %A %B` is the same for the common ancestors of criss-cross merges. `textconv FILE` prints a file for
`git diff`. Git starts one process a file, so each imports only what it needs.
"""

from __future__ import annotations

import gc
import os
import sys

MERGED, LEFT_TO_GIT = 0, 1

_SETTINGS = "cvat.toml"
_EXPECTED = {"merge": 4, "bases": 3, "textconv": 1}


def main(arguments: list[str]) -> int:
    """Do what git asked for; returns the exit code: 1 where the file is left as a conflict of git's."""
    command, given = (arguments[0], arguments[1:]) if arguments else ("", [])
    if len(given) < _EXPECTED.get(command, len(given) + 1):
        _say("This is started by git: merge %O %A %B %P, bases %O %A %B, or textconv FILE.")
        return 2
    if command == "textconv":
        from cvatsync.driver_text import readable

        sys.stdout.buffer.write(readable(_read(given[0])))
        return MERGED
    base, ours, theirs = given[:3]
    if command == "bases":
        from cvatsync.driver_bases import join_bases

        # The ancestors' own ancestor says nothing about the merge: git has taken what only one of them changed.
        _write(ours, join_bases((_read(ours), _read(theirs))))
        return MERGED
    return _merge(base, ours, theirs, given[3])


def _merge(base: str, ours: str, theirs: str, path: str) -> int:
    from cvatcore.errors import CvatError, MergeConflict
    from cvatcore.store.layout import place_of
    from cvatcore.store.merge_files import merge_file
    from cvatsync.driver_bases import split_bases

    root, inner = find_workspace(path)
    place = place_of(inner)
    if place is None:
        return _merge_as_text(base, ours, theirs)
    our_data, their_data = _read(ours), _read(theirs)
    # Git gives an empty file for one that there was not.
    bases = [before or None for before in split_bases(_read(base))]
    try:
        merged = merge_file(inner, bases, our_data, their_data)
        if place.kind == "manifest" and _moves_frames(inner, bases, our_data, their_data):
            raise MergeConflict(
                f"{path}: both sides added frames to the task, and everything drawn on those of one side has to move.",
                hint="Give up with: git merge --abort; then merge with: cvat sync, or cvat merge BRANCH.",
            )
    except CvatError as error:
        _say(error.message, error.hint or "Mend the file, then: git add FILE.")
        _merge_as_text(base, ours, theirs)
        return LEFT_TO_GIT
    result = merged.data or b""
    if place.kind in {"settings", "members"}:
        result = _with_comments(inner, base, ours, theirs, result)
    if merged.conflicts:
        if root is None:
            _say(
                f"{path}: both sides set the same field to different values, and there is no workspace to note it in.",
                "Merge in a clone with: cvat merge BRANCH.",
            )
            _merge_as_text(base, ours, theirs)
            return LEFT_TO_GIT
        from cvatsync.driver_note import note_conflicts

        try:
            note_conflicts(root, inner, ours=our_data, theirs=their_data, result=result, conflicts=merged.conflicts)
        except OSError as error:
            _say(
                f"{path}: both sides set the same field to different values, and this could not be noted: {error}.",
                "Give up with: git merge --abort; then merge with: cvat merge BRANCH.",
            )
            _merge_as_text(base, ours, theirs)
            return LEFT_TO_GIT
        count = len(merged.conflicts)
        _say(f"{path}: {count} {'conflict' if count == 1 else 'conflicts'}, kept ours. See: cvat conflicts.")
    _write(ours, result)
    return MERGED


def find_workspace(path: str) -> tuple[str | None, str]:
    """The workspace that a path of the repository lies in, and the path in it.

    Git starts drivers in the folder that its paths begin at. Where no settings are found (a bare repository, or a merge
    that removes them), there is no workspace, and the path is taken for the part of it that the format knows.
    """
    from cvatcore.store.layout import place_of

    parts = path.split("/")
    for depth in range(len(parts) - 1, -1, -1):
        inner = "/".join(parts[depth:])
        if place_of(inner) is not None and os.path.isfile(os.path.join(*parts[:depth], _SETTINGS)):
            return os.path.join(*parts[:depth]) if depth else ".", inner
    for depth in range(len(parts)):
        inner = "/".join(parts[depth:])
        if place_of(inner) is not None:
            return None, inner
    return None, path


def _moves_frames(path: str, bases: list[bytes | None], ours: bytes, theirs: bytes) -> bool:
    """Whether frames of theirs get other numbers in the merged manifest."""
    from cvatcore.merge.manifests import merge_manifests
    from cvatcore.schema import decode_manifest

    known = [decode_manifest(base, path=path) for base in bases if base is not None]
    sides = (decode_manifest(ours, path=path), decode_manifest(theirs, path=path))
    return merge_manifests(known, *sides, task=0).shift is not None


def _with_comments(inner: str, base: str, ours: str, theirs: str, result: bytes) -> bytes:
    """Settings or members with the comments that people wrote there, where a merge by lines says the same."""
    from cvatcore.errors import InvalidDocument
    from cvatcore.schema import Members, WorkspaceSettings
    from cvatcore.store.text import decode_toml

    kind = WorkspaceSettings if inner == _SETTINGS else Members
    before = _read(ours)
    if _merge_as_text(base, ours, theirs) == MERGED:
        text = _read(ours)
        try:
            if decode_toml(text, kind, path=inner) == decode_toml(result, kind, path=inner):
                return text
        except InvalidDocument:
            pass  # Lines of both sides that are no document together.
    _write(ours, before)
    return result


def _merge_as_text(base: str, ours: str, theirs: str) -> int:
    """Let git merge the lines, with its markers where they met; its answer, as an exit code."""
    import subprocess

    from cvatsync.driver_bases import split_bases

    data = _read(base)
    first = split_bases(data)[0]
    if first != data:
        _write(base, first)
    labels = ("-L", "ours", "-L", "base", "-L", "theirs")
    try:
        done = subprocess.run(["git", "merge-file", "-q", *labels, ours, base, theirs], check=False)
    except OSError as error:
        _say(f"git could not be started: {error}.")
        return LEFT_TO_GIT
    return MERGED if done.returncode == 0 else LEFT_TO_GIT


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def _say(message: str, hint: str = "") -> None:
    sys.stderr.write(f"cvat: {message}\n" + (f"      {hint}\n" if hint else ""))


if __name__ == "__main__":
    gc.disable()  # For a tenth of a second nothing is worth collecting.
    sys.exit(main(sys.argv[1:]))
