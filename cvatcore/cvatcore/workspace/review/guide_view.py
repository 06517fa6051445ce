"""The guide of a task or project: a text in Markdown, and the files that it shows."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from cvatcore.errors import Conflict, InvalidInput, NotFound
from cvatcore.media.guide_files import read_asset
from cvatcore.schema.guide import ASSET_TYPES, MAX_MARKDOWN, Guide, GuideAsset
from cvatcore.store import Author, decode_json, encode_json, plain_message
from cvatcore.store.files import MISSING
from cvatcore.store.guide_text import decode_guide, encode_guide
from cvatcore.store.layout import asset_path, guide_dir, guide_path, project_path, task_path
from cvatcore.workspace.review.issue_checks import now_read, owner_name
from cvatcore.workspace.saving import as_one_step

if TYPE_CHECKING:
    from cvatcore.workspace.workspace import Workspace

MAX_ASSETS = 30
"""Files of one guide."""

_LONGEST_NAME = 1024


class GuideView:
    """The guide of a task or of a project as the disk has it now, or the place for one. It holds no state of its own.

    What changes it is one commit, and can be undone.
    """

    def __init__(self, workspace: Workspace, *, task: int = 0, project: int = 0) -> None:
        self._workspace = workspace
        self.task = task
        self.project = project

    def __repr__(self) -> str:
        return f"<guide {self.id}>"

    @property
    def id(self) -> int:
        """Its number: twice the task's, or twice the project's and one more. So it is the same in all clones."""
        return 2 * self.task if self.task else 2 * self.project + 1

    @property
    def path(self) -> str:
        """The path of its text in the workspace."""
        return guide_path(task=self.task, project=self.project)

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        return self._workspace.store.files.stamp(self.path) != MISSING

    @property
    def changed_ns(self) -> int:
        """When its text last changed on this disk, in ns since 1970."""
        return self._workspace.store.files.stamp(self.path)[0]

    @property
    def markdown(self) -> str:
        """Its text.

        Errors: NotFound when there is none; InvalidDocument for a file that is no text.
        """
        data = self._workspace.store.read(self.path)
        if data is None:
            raise NotFound(f"There is no guide of {self._whose}.")
        return decode_guide(data, path=self.path).markdown

    @property
    def assets(self) -> tuple[GuideAsset, ...]:
        """The files beside it, oldest first.

        Errors: InvalidDocument.
        """
        names = self._workspace.store.files.listing(self._folder).files
        found = [self._asset(name.removesuffix(".json")) for name in names if name.endswith(".json")]
        return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.created, one.id)))

    def asset(self, number: str) -> GuideAsset:
        """The file of that UUID.

        Errors: NotFound, InvalidDocument.
        """
        found = self._asset(number)
        if found is None:
            raise NotFound(f"There is no asset {number}.")
        return found

    def asset_data(self, asset: GuideAsset) -> bytes:
        """The bytes of a file.

        Errors: NotFound.
        """
        data = self._workspace.store.read(self._file(asset))
        if data is None:
            raise NotFound(f"The file of asset {asset.id} is missing.", hint=f"It should be {self._file(asset)}.")
        return data

    def create(self, markdown: str = "", *, author: Author | None = None) -> None:
        """Make it.

        Errors: Conflict when there is one; InvalidInput for a text that is too long.
        """
        text = checked_markdown(markdown)

        def save(head: str) -> None:
            if self.exists:
                raise Conflict(f"There is a guide of {self._whose} already.")
            self._commit({self.path: encode_guide(Guide(text))}, "write the guide", author=author, onto=head)

        as_one_step(self._workspace, save)

    def write(self, markdown: str, *, author: Author | None = None) -> None:
        """Give it another text; make it where there is none.

        Errors: InvalidInput for a text that is too long.
        """
        text = checked_markdown(markdown)

        def save(head: str) -> None:
            verb = "change" if self.exists else "write"
            self._commit({self.path: encode_guide(Guide(text))}, f"{verb} the guide", author=author, onto=head)

        as_one_step(self._workspace, save)

    def delete(self, *, author: Author | None = None) -> None:
        """Remove it with its files.

        Errors: NotFound.
        """

        def save(head: str) -> None:
            if not self.exists:
                raise NotFound(f"There is no guide of {self._whose}.")
            paths = [self.path, *(f"{self._folder}/{name}" for name in self._names())]
            self._commit(dict.fromkeys(paths), "remove the guide", author=author, onto=head)

        as_one_step(self._workspace, save)

    def add_asset(self, data: bytes, *, filename: str, author: Author | None = None) -> GuideAsset:
        """Put a picture or a PDF beside it; the text shows it as `/api/assets/<id>`.

        Errors: NotFound without a guide; InvalidInput for a file that is too large, of another type, or one too many.
        """
        kind, kept = read_asset(data)
        name = "".join(letter for letter in filename if letter.isprintable())[:_LONGEST_NAME] or f"asset.{kind}"

        def save(head: str) -> GuideAsset:
            if not self.exists:
                raise NotFound(f"There is no guide of {self._whose}.")
            if len(self.assets) >= MAX_ASSETS:
                raise InvalidInput("Maximum number of assets per guide reached")
            asset = GuideAsset(
                id=str(uuid.uuid4()),
                type=kind,
                filename=name,
                created=now_read(),
                owner=owner_name(self._workspace, author),
            )
            self._commit(
                {self._document(asset.id): encode_json(asset), self._file(asset): kept},
                "add a file to the guide",
                author=author,
                onto=head,
            )
            return asset

        return as_one_step(self._workspace, save)

    def delete_asset(self, number: str, *, author: Author | None = None) -> None:
        """Remove a file of it.

        Errors: NotFound.
        """

        def save(head: str) -> None:
            asset = self.asset(number)
            paths = (self._document(asset.id), self._file(asset))
            self._commit(dict.fromkeys(paths), "remove a file of the guide", author=author, onto=head)

        as_one_step(self._workspace, save)

    def _asset(self, number: str) -> GuideAsset | None:
        path = self._document(number)
        data = self._workspace.store.read(path)
        return None if data is None else decode_json(data, GuideAsset, path=path)

    @property
    def _folder(self) -> str:
        return guide_dir(task=self.task, project=self.project)

    @property
    def _whose(self) -> str:
        return f"task {self.task}" if self.task else f"project {self.project}"

    def _names(self) -> list[str]:
        """The files of the format in its folder; what else lies there stays."""
        names = self._workspace.store.files.listing(self._folder).files
        return [name for name in names if name.rpartition(".")[2] in {*ASSET_TYPES, "json"}]

    def _document(self, number: str) -> str:
        return asset_path(number, "json", task=self.task, project=self.project)

    def _file(self, asset: GuideAsset) -> str:
        return asset_path(asset.id, asset.type, task=self.task, project=self.project)

    def _commit(self, files: dict[str, bytes | None], what: str, *, author: Author | None, onto: str) -> None:
        workspace = self._workspace
        owner = project_path(self.project) if self.project else task_path(self.task)
        if workspace.store.files.stamp(owner) == MISSING:
            raise NotFound(f"There is no {self._whose}.")
        if self.project:
            subject = f"{workspace.project(self.project).name}: {what} (project {self.project})"
        else:
            subject = f"{workspace.tasks[self.task].name}: {what} (task {self.task})"
        workspace.store.commit(
            files, message=plain_message(" ".join(subject.split())), author=author or workspace.author, onto=onto
        )


def checked_markdown(markdown: str) -> str:
    """The text of a guide, with line feeds.

    Errors: InvalidInput for one that is too long, or that no file can hold.
    """
    if len(markdown) > MAX_MARKDOWN:
        raise InvalidInput(f"A guide has {len(markdown)} characters, and at most {MAX_MARKDOWN} are taken.")
    try:
        markdown.encode()
    except UnicodeEncodeError:
        raise InvalidInput("The guide has half a character in it, which no file can hold.") from None
    return markdown.replace("\r\n", "\n")
