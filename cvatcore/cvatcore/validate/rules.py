"""Every rule: its id, how bad it is, what it demands, and what to do where it is broken."""

from __future__ import annotations

import msgspec

from cvatcore.validate.finding import Finding, Severity

_HISTORY = "Mend it by hand, or take the last good version: git checkout HEAD -- FILE."


class Rule(msgspec.Struct, frozen=True):
    """What a workspace must keep."""

    id: str
    severity: Severity
    summary: str
    hint: str = ""

    def broken(
        self,
        message: str,
        *,
        path: str,
        line: int = 1,
        hint: str = "",
        frame: int | None = None,
        object: int | None = None,
    ) -> Finding:
        """A finding of this rule."""
        return Finding(
            rule=self.id,
            severity=self.severity,
            path=path,
            line=max(1, line),
            message=message,
            hint=hint or self.hint,
            frame=frame,
            object=object,
        )


BAD_DOCUMENT = Rule("bad-document", "error", "Documents say what their format demands.", _HISTORY)
BAD_SETTING = Rule("bad-setting", "warning", "Settings name things that exist.", "See docs/validate.md for all rules.")
DUPLICATE_LABEL = Rule("duplicate-label", "error", "A task has one label of a name.", "Rename or remove one of them.")
BAD_LABEL = Rule(
    "bad-label",
    "warning",
    "Labels and attributes are defined as CVAT has them.",
    "Mend it with `cvat label`, or in the document.",
)
MALFORMED_LINE = Rule("malformed-line", "error", "Each line of annotations is one object.", _HISTORY)
BAD_ID = Rule("bad-id", "error", "Ids are whole numbers from 1 to 2^53 - 1.", "Remove the line and draw it again.")
DUPLICATE_ID = Rule(
    "duplicate-id",
    "error",
    "No two things have one id; in two jobs of a task it is one object.",
    "Remove one of the two, or give it an id that nothing has.",
)
UNKNOWN_LABEL = Rule(
    "unknown-label", "error", "Objects have labels of their task.", "Add the label to the task, or correct the line."
)
UNKNOWN_ATTRIBUTE = Rule(
    "unknown-attribute", "warning", "Attributes belong to the label.", "Add it to the label, or correct the line."
)
LABEL_TYPE = Rule(
    "label-type-mismatch",
    "warning",
    "Shapes are of the type that their label is for.",
    "Give it another label, or change the label's type.",
)
MISPLACED_ATTRIBUTE = Rule(
    "misplaced-attribute",
    "warning",
    "Tracks have the immutable attributes, their keyframes the mutable ones.",
    "Move the value to its place, or remove it.",
)
ATTRIBUTE_VALUE = Rule(
    "attribute-value-not-allowed",
    "warning",
    "Attributes have values that their definition allows.",
    "Correct the value, or allow it in the label.",
)
BAD_ELEMENTS = Rule(
    "bad-elements",
    "error",
    "Only skeletons have elements, one of a sub-label.",
    "Correct or remove the line.",
)
BAD_NUMBER = Rule("bad-number", "error", "Groups, z-orders and scores are within their limits.", "Correct the number.")
BAD_POINTS = Rule("bad-points", "error", "Points are what the type of shape demands.", "Correct or remove the line.")
DEGENERATE_BOX = Rule("degenerate-box", "error", "Shapes with an area have one.", "Draw it again or remove it.")
OUTSIDE_IMAGE = Rule("outside-image", "error", "Shapes lie in their frame.", "Move it into the picture or remove it.")
FRAME_OUTSIDE_JOB = Rule(
    "frame-outside-job", "error", "Objects lie on frames of their job.", "Move the line to the job of its frame."
)
WRONG_SHARD = Rule(
    "wrong-shard", "error", "A line stands in the file of its frames.", "Move the line to the file that is named."
)
ORPHAN_KEYFRAME = Rule(
    "orphan-keyframe", "error", "Keyframes belong to a track.", "Restore the track in tracks.jsonl, or remove the line."
)
DUPLICATE_KEYFRAME = Rule(
    "duplicate-keyframe", "error", "A track has one keyframe on a frame.", "Remove one of the two."
)
MIXED_TRACK = Rule("mixed-track", "error", "All keyframes of a track are of one type.", "Make a track of each type.")
LATE_TRACK = Rule(
    "late-track",
    "warning",
    "A track starts with its first keyframe, or before.",
    "Lower the track's frame to that of its first keyframe.",
)
EMPTY_TRACK = Rule("empty-track", "warning", "Tracks have keyframes.", "Remove the line, or restore its keyframes.")
ORPHAN_ANNOTATIONS = Rule(
    "orphan-annotations", "error", "Annotations belong to a job.", "Restore the job from the history, or remove them."
)
NOT_CANONICAL = Rule(
    "not-canonical", "warning", "Files have the order and form of docs/format/v1.md.", "The next save corrects it."
)
MISSING_MEDIA = Rule("missing-media", "error", "Pictures and videos are there.", "Put the file back where it was.")
CHANGED_MEDIA = Rule(
    "changed-media", "error", "Pictures and videos are what the task was made of.", "Restore the file from a copy."
)

RULES: tuple[Rule, ...] = (
    BAD_DOCUMENT,
    BAD_SETTING,
    DUPLICATE_LABEL,
    BAD_LABEL,
    MALFORMED_LINE,
    BAD_ID,
    DUPLICATE_ID,
    UNKNOWN_LABEL,
    UNKNOWN_ATTRIBUTE,
    MISPLACED_ATTRIBUTE,
    ATTRIBUTE_VALUE,
    LABEL_TYPE,
    BAD_ELEMENTS,
    BAD_NUMBER,
    BAD_POINTS,
    DEGENERATE_BOX,
    OUTSIDE_IMAGE,
    FRAME_OUTSIDE_JOB,
    WRONG_SHARD,
    ORPHAN_KEYFRAME,
    DUPLICATE_KEYFRAME,
    MIXED_TRACK,
    LATE_TRACK,
    EMPTY_TRACK,
    ORPHAN_ANNOTATIONS,
    NOT_CANONICAL,
    MISSING_MEDIA,
    CHANGED_MEDIA,
)
"""All rules, in the order of docs/validate.md."""
