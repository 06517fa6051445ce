"""What clients say of the media of a task: read from JSON or a form, checked, and put in the core's words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from cvatcore.errors import InvalidInput
from cvatcore.media import ScanOptions
from cvatcore.media.given_manifest import read_given
from cvatcore.media.kinds import is_manifest
from cvatcore.media.share import check_links, confined, plain_name, share_inputs
from cvatcore.protocol.creation import DataRequest
from cvatcore.schema import Task
from cvatcore.workspace.task_data import TaskData
from cvatd.call import decode_body
from cvatd.multipart import FormField
from cvatd.refusals import FieldErrors, Refused, field_errors
from cvatd.upload_names import upload_name
from cvatd.validation_params import truth_choice

MAX_JSON = 64 * 1024 * 1024
"""Of a body in JSON, in bytes: it may name a million files."""

_KEY = re.compile(r"(\w+)(?:\[\d*\])?$")
_LISTS = frozenset(["server_files", "server_files_exclude", "remote_files", "upload_file_order"])
_IN_JSON = frozenset(["job_file_mapping", "validation_params"])
_NULLABLE = frozenset(["chunk_size", "stop_frame", "cloud_storage_id", "filename_pattern"])
_STEP = re.compile(r"step\s*=\s*([1-9][0-9]{0,8})")
_SHOWN = 10


def request_of_json(pieces: Iterable[bytes]) -> DataRequest:
    """A request of a body in JSON; an empty one says nothing.

    Errors: FieldErrors, InvalidInput, Refused with 413.
    """
    parts: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_JSON:
            raise Refused(413, f"The request is larger than {MAX_JSON} bytes.")
        parts.append(piece)
    return decode_body(b"".join(parts), DataRequest)


def request_of_form(fields: Sequence[FormField]) -> DataRequest:
    """A request of the fields of a form: lists as `name[0]`, `name[1]`; what has lists of lists in JSON.

    Errors: FieldErrors.
    """
    values: dict[str, Any] = {}
    for field in fields:
        match = _KEY.match(field.name)
        name = match[1] if match else ""
        if name in _LISTS:
            values.setdefault(name, []).append(field.value)
        elif name in _IN_JSON:
            try:
                values[name] = msgspec.json.decode(field.value or "null")
            except (msgspec.DecodeError, RecursionError):
                raise FieldErrors({name: ["Value must be valid JSON."]}) from None
        elif name in _NULLABLE and field.value in {"", "null", "None"}:
            values[name] = None
        elif name in DataRequest.__struct_fields__:
            values[name] = field.value
    try:
        return msgspec.convert(values, DataRequest, strict=False)
    except msgspec.ValidationError as error:
        raise field_errors(str(error)) from None


def check_request(request: DataRequest) -> None:
    """Refuse what no task can be made of, whatever its media are.

    Errors: FieldErrors in the words of CVAT's server.
    """
    if request.stop_frame and request.stop_frame < request.start_frame:
        raise FieldErrors({"non_field_errors": ["Stop frame must be more or equal start frame"]})
    if request.frame_filter.strip() and not _STEP.fullmatch(request.frame_filter.strip()):
        raise FieldErrors({"frame_filter": ["Invalid frame filter expression"]})
    if request.filename_pattern and request.server_files_exclude:
        raise FieldErrors(["The filename_pattern and server_files_exclude cannot be used together"])
    if request.cloud_storage_id is not None:
        raise FieldErrors({"cloud_storage_id": ["Cloud storages cannot be used yet."]})
    truth_choice(request.validation_params)


def ordered_names(request: DataRequest, names: Sequence[str]) -> tuple[str, ...]:
    """The uploaded files in the order that the request gives them, or as they came.

    Errors: FieldErrors when the order is not of these files.
    """
    if not request.upload_file_order:
        return tuple(names)
    known = set(names)
    order = [name if name in known else _plain(name) for name in request.upload_file_order]
    missing = [name for name in dict.fromkeys(order) if name not in known]
    extra = sorted(known - set(order))
    if missing or extra or len(order) != len(known):
        what = [f"{name} (missing)" for name in missing] + [f"{name} (extra)" for name in extra]
        more = f" and {len(what) - _SHOWN} more" if len(what) > _SHOWN else ""
        raise FieldErrors(
            [
                "Uploaded files do not match the 'upload_file_order' field contents. Please upload the data again "
                f"with matching files. Mismatching files: {', '.join(what[:_SHOWN]) or 'some are named twice'}{more}"
            ]
        )
    return tuple(order)


def _plain(name: str) -> str:
    try:
        return upload_name(name, keep_folders=False)
    except InvalidInput:
        return name


class Inputs(msgspec.Struct, frozen=True):
    """Media of a task as they lie on this machine."""

    paths: tuple[Path, ...]
    exclude: tuple[str, ...] = ()
    manifest: Path | None = None


def inputs_of_share(request: DataRequest, share: Path) -> Inputs:
    """The media of the share that a request names.

    A manifest by itself stands for the files that it lists, which lie beside it.
    Errors: InvalidInput for what leaves the share, NotFound, InvalidDocument.
    """
    paths = share_inputs(share, request.server_files)
    manifest = None
    if len(paths) == 1 and is_manifest(paths[0].name):
        manifest = paths[0]
        beside = manifest.parent.relative_to(share).as_posix()
        given = read_given(manifest)
        names = [given.video.name] if given.video else [frame.path for frame in given.frames]
        names += [name for frame in given.frames for name in frame.related]
        paths = share_inputs(share, [_file_of(share, f"{beside}/{name}") for name in names])
    check_links(share, paths)
    excluded = _excluded(share, paths, request.server_files_exclude)
    if excluded is None:
        raise InvalidInput("No media data found")
    return Inputs(
        paths=tuple(path for path in paths if not excluded.covers(path)), exclude=excluded.inside, manifest=manifest
    )


def _file_of(share: Path, name: str) -> str:
    """The file of a frame that a manifest lists: itself, or the document whose page it is."""
    parent = name.rpartition("/")[0]
    return parent if not confined(share, name).exists() and confined(share, parent).is_file() else name


class _Excluded(msgspec.Struct, frozen=True):
    """What of the inputs is left out."""

    whole: frozenset[Path]
    inside: tuple[str, ...]
    """By names as the scan gives them, which count from the common folder of the inputs."""

    def covers(self, path: Path) -> bool:
        return path in self.whole or any(parent in self.whole for parent in path.parents)


def _excluded(share: Path, paths: Sequence[Path], exclude: Sequence[str]) -> _Excluded | None:
    if not exclude:
        return _Excluded(frozenset(), ())
    whole = frozenset(share / plain_name(name) for name in exclude)
    left = [path for path in paths if path not in whole and not any(parent in whole for parent in path.parents)]
    if not left:
        return None
    base = Path(os.path.commonpath([path if path.is_dir() else path.parent for path in left]))
    inside = []
    for name in exclude:
        place = share / plain_name(name)
        if place.is_relative_to(base) and place != base:
            inside.append(place.relative_to(base).as_posix() + ("/" if name.endswith("/") or place.is_dir() else ""))
    return _Excluded(whole, tuple(inside))


def task_data(request: DataRequest, inputs: Inputs, task: Task, *, overlap: int | None) -> TaskData:
    """A request in the core's words.

    Errors: InvalidInput for what cannot be meant together.
    """
    _check_jobs(request, task)
    step = _STEP.fullmatch(request.frame_filter.strip())
    return TaskData(
        inputs=inputs.paths,
        scan=ScanOptions(
            sorting=request.sorting_method,
            start=request.start_frame,
            stop=request.stop_frame or -1,
            step=int(step[1]) if step else 1,
            manifest=inputs.manifest,
            pattern=request.filename_pattern or "",
            exclude=inputs.exclude,
        ),
        segment_size=0 if request.job_file_mapping else task.segment_size,
        overlap=None if request.job_file_mapping else overlap,
        jobs=tuple(map(tuple, request.job_file_mapping or ())),
        image_quality=request.image_quality,
        chunk_size=request.chunk_size or 0,
        zip_chunks=request.use_zip_chunks,
        truth=truth_choice(request.validation_params),
        copy=request.copy_data and bool(request.server_files),
    )


def _check_jobs(request: DataRequest, task: Task) -> None:
    if request.job_file_mapping is None:
        return
    others = {
        "segment_size": bool(task.segment_size),
        "sorting_method": request.sorting_method not in {"lexicographical", "predefined"},
        "start_frame": bool(request.start_frame),
        "stop_frame": bool(request.stop_frame),
        "frame_filter": bool(request.frame_filter.strip()),
        "filename_pattern": bool(request.filename_pattern),
        "server_files_exclude": bool(request.server_files_exclude),
    }
    for name, is_given in others.items():
        if is_given:
            raise InvalidInput(f"job_file_mapping cannot be used with {name}")
    if not request.job_file_mapping or not all(request.job_file_mapping):
        raise InvalidInput("job_file_mapping has to name at least one file for each job")
