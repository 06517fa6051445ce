"""What goes over the wire between the daemon and its clients, as frozen structs; TypeScript is generated from them."""

from cvatcore.protocol.annotations import (
    AttributeVal,
    LabeledData,
    LabeledImage,
    LabeledShape,
    LabeledTrack,
    SubLabeledShape,
    SubLabeledTrack,
    TrackedShape,
)
from cvatcore.protocol.conflicts import (
    ConflictFieldRead,
    ConflictList,
    ConflictRead,
    ResolveRequest,
    ResolveResponse,
)
from cvatcore.protocol.context import ContextRead
from cvatcore.protocol.convert import LabelTable, from_wire, to_wire
from cvatcore.protocol.data import About, DataMetaPatch, DataMetaRead, FrameMeta
from cvatcore.protocol.live import (
    ChangeEvent,
    ChangesRequest,
    ChangesResponse,
    HelloEvent,
    IdRange,
    SessionInfo,
    WorkspaceInfo,
)
from cvatcore.protocol.media import MediaRead, MediaSourceRead
from cvatcore.protocol.operations import OperationList, OperationRead, UndoRequest, UndoResponse
from cvatcore.protocol.people import BasicUser, User, basic_user, full_user
from cvatcore.protocol.resources import (
    JobPatch,
    JobRead,
    JobsSummary,
    Label,
    LabelAttribute,
    LabelAttributePatch,
    LabelPatch,
    PaginatedBasicUserList,
    PaginatedJobReadList,
    PaginatedLabelList,
    PaginatedTaskReadList,
    Summary,
    TaskRead,
    UnreadableRead,
)
from cvatcore.protocol.sync import SyncStatus
from cvatcore.protocol.video import VideoRead

__all__ = [
    "About",
    "AttributeVal",
    "BasicUser",
    "ChangeEvent",
    "ChangesRequest",
    "ChangesResponse",
    "ConflictFieldRead",
    "ConflictList",
    "ConflictRead",
    "ContextRead",
    "DataMetaPatch",
    "DataMetaRead",
    "FrameMeta",
    "HelloEvent",
    "IdRange",
    "JobPatch",
    "JobRead",
    "JobsSummary",
    "Label",
    "LabelAttribute",
    "LabelAttributePatch",
    "LabelPatch",
    "LabelTable",
    "LabeledData",
    "LabeledImage",
    "LabeledShape",
    "LabeledTrack",
    "MediaRead",
    "MediaSourceRead",
    "OperationList",
    "OperationRead",
    "PaginatedBasicUserList",
    "PaginatedJobReadList",
    "PaginatedLabelList",
    "PaginatedTaskReadList",
    "ResolveRequest",
    "ResolveResponse",
    "SessionInfo",
    "SubLabeledShape",
    "SubLabeledTrack",
    "Summary",
    "SyncStatus",
    "TaskRead",
    "TrackedShape",
    "UndoRequest",
    "UndoResponse",
    "UnreadableRead",
    "User",
    "VideoRead",
    "WorkspaceInfo",
    "basic_user",
    "from_wire",
    "full_user",
    "to_wire",
]
