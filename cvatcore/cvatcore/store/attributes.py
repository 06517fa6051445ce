"""What git is told of a workspace's files: line endings, and which of them are merged and shown by our program."""

from __future__ import annotations

MERGE_DRIVER = "cvat"
"""The name in `.gitattributes` and in git's settings. A clone whose settings do not know it merges files as text."""

LINE_ENDINGS = """\
# Stored text has line feeds on every system.
*.json text eol=lf
*.jsonl text eol=lf
*.toml text eol=lf
guide.md text eol=lf
"""

_MERGED = (
    "cvat.toml",
    "members.toml",
    "projects/*/project.json",
    "projects/*/guide.md",
    "projects/*/conflicts/*.json",
    "tasks/*/task.json",
    "tasks/*/jobs/*.json",
    "tasks/*/issues/*.json",
    "tasks/*/guide.md",
    "tasks/*/conflicts/*.json",
    "conflicts/*.json",
)
_MERGED_AND_SHOWN = ("tasks/*/manifest.jsonl", "tasks/*/annotations/**/*.jsonl")
"""One line an object or frame: `git diff` shows them in words."""


def driver_lines(prefix: str = "") -> str:
    """The lines that give the workspace's files, and no others, to the driver.

    Args:
        prefix: the folder of the workspace seen from where the lines stand, with a slash at its end.
    """
    # `?` is any letter: blanks and signs that have a meaning in patterns are written in one way by git, and in another
    # by libgit2.
    start = "/" + "".join("?" if letter in ' \t"\\[]*' else letter for letter in prefix)
    rows = [f"{start}{pattern} merge={MERGE_DRIVER}" for pattern in _MERGED]
    rows += [f"{start}{pattern} merge={MERGE_DRIVER} diff={MERGE_DRIVER}" for pattern in _MERGED_AND_SHOWN]
    return "\n".join(("# Merged by objects and fields: cvat tells git how (docs/git.md).", *rows)) + "\n"
