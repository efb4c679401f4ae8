"""Long work that a person asks for and follows: batches, exports. Rows with progress, run by the queue, resumed after a kill."""

from openopco.base.works.asking import TooManyWorks, WorkAlreadyAsked, cancel, may_take, own, start, works_of
from openopco.base.works.registry import FileKind, RowsKind, Stopped, register

__all__ = [
    "FileKind",
    "RowsKind",
    "Stopped",
    "TooManyWorks",
    "WorkAlreadyAsked",
    "cancel",
    "may_take",
    "own",
    "register",
    "start",
    "works_of",
]
