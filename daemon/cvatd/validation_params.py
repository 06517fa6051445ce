"""What clients say of the validation frames of a new task. Source: CVAT 2.80's request model."""

from __future__ import annotations

from typing import Any

import msgspec

from cvatcore.workspace.truth_choice import Method, TruthChoice
from cvatd.refusals import FieldErrors, field_errors

_FIELD = "validation_params"


class _Params(msgspec.Struct, frozen=True):
    mode: str
    frame_selection_method: Method
    random_seed: int | None = None
    frames: list[str] | None = None
    frame_count: int | None = None
    frame_share: float | None = None
    frames_per_job_count: int | None = None
    frames_per_job_share: float | None = None


def truth_choice(given: dict[str, Any] | None) -> TruthChoice | None:
    """The frames of the job of ground truth; None where none is wanted.

    Errors: FieldErrors for what is wrong, and for what is not there yet.
    """
    if given is None:
        return None
    if given.get("mode") == "gt_pool":
        raise _wrong("mode", "Tasks with a pool of validation frames among their jobs cannot be made yet: use gt.")
    if given.get("mode") != "gt":
        raise _wrong("mode", f'"{str(given.get("mode"))[:100]}" is not a valid choice.')
    try:
        params = msgspec.convert(given, _Params, strict=False)
    except msgspec.ValidationError as error:
        raise FieldErrors({_FIELD: field_errors(str(error)).body}) from None
    method, seed = params.frame_selection_method, params.random_seed
    if seed is not None and not 0 <= seed < 2**63:
        raise _wrong("random_seed", "Ensure this value is greater than or equal to 0, and below 2^63.")
    if method == "manual":
        if not params.frames:
            raise _wrong("frames", "This field is required.")
        return TruthChoice(method, names=tuple(params.frames))
    field = "frame" if method == "random_uniform" else "frames_per_job"
    count = params.frame_count if field == "frame" else params.frames_per_job_count
    share = params.frame_share if field == "frame" else params.frames_per_job_share
    if (count is None) == (share is None):
        raise _wrong(f"{field}_count", f"Exactly one of {field}_count and {field}_share is required.")
    if count is not None and not 1 <= count < 2**31:
        raise _wrong(f"{field}_count", "Ensure this value is greater than or equal to 1.")
    if share is not None and not 0 < share <= 1:
        raise _wrong(f"{field}_share", "Ensure this value is above 0, and at most 1.")
    return TruthChoice(method, count=count, share=share, seed=seed)


def _wrong(field: str, sentence: str) -> FieldErrors:
    return FieldErrors({_FIELD: {field: [sentence]}})
