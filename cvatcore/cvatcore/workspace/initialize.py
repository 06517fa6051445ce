"""Making a workspace, and finding the one that a path lies in."""

from __future__ import annotations

import shutil
from pathlib import Path

from cvatcore.errors import Conflict, InvalidDocument, InvalidInput, NotAWorkspace, UnsupportedVersion
from cvatcore.schema import FORMAT_VERSION, WorkspaceSettings
from cvatcore.store import Store, decode_toml, open_history, plain_message
from cvatcore.store.attributes import LINE_ENDINGS, driver_lines
from cvatcore.store.files import read_file, storage_failed
from cvatcore.store.layout import LOCAL, MEDIA, MEMBERS, SETTINGS, TASKS
from cvatcore.workspace.people import first_members, machine_author

_IGNORED = f"""\
# This machine's caches, locks and secrets.
/{LOCAL}/
# Media are found where they are (task.json says where); they are not versioned here.
/{MEDIA}/
"""


def find_root(path: Path) -> Path:
    """The workspace that `path` is or lies in.

    Errors: NotAWorkspace.
    """
    start = path.expanduser().resolve()
    if not start.exists():
        raise NotAWorkspace(f"{path} does not exist.")
    for folder in (start, *start.parents):
        if (folder / SETTINGS).is_file():
            return folder
    raise NotAWorkspace(f"{start} is not in a workspace.", hint="Make one here with: cvat init.")


def read_settings(root: Path) -> WorkspaceSettings:
    """The settings of a workspace.

    Errors: UnsupportedVersion for a newer format; InvalidDocument.
    """
    return decode_settings(read_file(root / SETTINGS) or b"", place=str(root / SETTINGS))


def decode_settings(data: bytes, *, place: str) -> WorkspaceSettings:
    """Settings from their text; `place` is where it stands, for the errors.

    Errors: as `read_settings`.
    """
    version = _format_of(data)
    if version > FORMAT_VERSION:
        raise UnsupportedVersion(
            f"{place} says format {version}, and this program knows format {FORMAT_VERSION}.",
            hint="Update it: pip install --upgrade cvatd.",
        )
    settings = decode_toml(data, WorkspaceSettings, path=SETTINGS)
    if settings.format < 1:
        raise InvalidDocument(f"There is no format {settings.format}.", path=SETTINGS)
    return settings


def initialize(path: Path, *, name: str = "") -> Path:
    """Make a workspace in a folder (made too where it is missing) and return its root.

    Files that are there stay as they are; a git repository around the folder is used.
    Errors: Conflict when it is a workspace already; StorageFailed.
    """
    root = path.expanduser().resolve()
    if (root / SETTINGS).exists():
        raise Conflict(f"{root} is a workspace already.", hint="Open it with: cvatd.")
    if root.exists() and not root.is_dir():
        raise InvalidInput(f"{root} is a file, not a folder.")
    made = [path for path in (root, root / LOCAL, root / ".git") if not path.exists()]
    try:
        try:
            (root / LOCAL).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_failed(error, root) from None
        open_history(root, create=True).close()
        _write_first(root, name=name)
    except BaseException:
        for path in made:
            shutil.rmtree(path, ignore_errors=True)
        raise
    return root


def _write_first(root: Path, *, name: str) -> None:
    store = Store(root)
    try:
        title = _title(name) or _title(root.name) or "workspace"
        author = machine_author(store)
        if not (root / TASKS).exists():
            # Where tasks are, block 0 was given out to whoever made them.
            store.ids.start(block=0)
        store.commit(
            {
                SETTINGS: f'format = {FORMAT_VERSION}\nname = "{title}"\n'.encode(),
                MEMBERS: read_file(root / MEMBERS) or first_members(author),
                ".gitignore": _with_lines(root / ".gitignore", _IGNORED),
                ".gitattributes": _with_lines(root / ".gitattributes", LINE_ENDINGS + driver_lines()),
            },
            message=plain_message(f"Make the workspace {title}"),
            author=author,
        )
    finally:
        store.close()


def _format_of(data: bytes) -> int:
    """The format number alone, read even where the rest is of a version that is not known."""
    import tomllib

    try:
        value = tomllib.loads(data.decode()).get("format")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return 0  # Reading the whole document tells what is wrong.
    return value if isinstance(value, int) else 0


def _with_lines(path: Path, lines: str) -> bytes:
    """The lines that a file has, and ours after them."""
    before = read_file(path) or b""
    if lines.encode() in before:
        return before
    if before and not before.endswith(b"\n"):
        before += b"\n"
    return before + lines.encode()


def _title(text: str) -> str:
    """A name that TOML can quote as it is."""
    clean = text.replace("\\", "/").replace('"', "'")
    return "".join(letter if letter.isprintable() else " " for letter in clean).strip()
