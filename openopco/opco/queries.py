"""What administrators read in this room."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openopco.base.keyset import Page, paginate
from openopco.opco import lists, parameters
from openopco.opco.defaults import DEFAULTS, Default, Version
from openopco.opco.errors import UnknownList, UnknownParameter
from openopco.opco.models import Feedback, ListVersion, Parameter
from openopco.opco.shipped_lists import LISTS, Entry, ListKind
from openopco.rights import Actor, Permission, require

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A planned value that was taken back before its day: the row that planned it, the row that withdrew it."""

    planned: Parameter
    by: Parameter


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """One parameter with all its versions, the latest first; `current` is in force on the day asked. `rows` are those
    of this OPCO, by the day they start: a version that has none was shipped."""

    code: str
    default: Default
    current: Version
    versions: list[Version]
    rows: dict[date, Parameter]
    withdrawals: list[Withdrawal]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry of a list with its versions, the latest first; `current` is in force on the day asked, None before its
    first. `revision` is that of its last row, 0 where there is none."""

    code: str
    current: Entry | None
    versions: list[Entry]
    rows: dict[date, ListVersion]
    revision: int

    @property
    def shown(self) -> Entry:
        """As it reads now, or as it will."""
        return self.current or self.versions[-1]


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list with all its entries, in order."""

    code: str
    kind: ListKind
    entries: list[EntryLine]


def feedback_page(*, actor: Actor, unread_only: bool = False, after: str | None = None) -> Page[Feedback]:
    """Opinions, the latest first. Administrators. Raises Forbidden."""
    require(actor, Permission.FEEDBACK_READ)
    found = Feedback.objects.filter(read_at=None) if unread_only else Feedback.objects.all()
    return paginate(found, keys=("created_at", "id"), after=after, size=PAGE_SIZE, descending=True)


def feedback(*, actor: Actor, feedback_id: int) -> Feedback:
    """One opinion. Administrators. Raises Forbidden, Feedback.DoesNotExist."""
    require(actor, Permission.FEEDBACK_READ)
    return Feedback.objects.get(pk=feedback_id)


def has_unread_feedback(*, actor: Actor) -> bool:
    """Whether an opinion waits for a reader. Administrators. Raises Forbidden."""
    require(actor, Permission.FEEDBACK_READ)
    return Feedback.objects.filter(read_at=None).exists()


def parameter_lines(*, actor: Actor, on: date) -> list[ParameterLine]:
    """Every parameter, by label, as the rows are now. Administrators. Raises Forbidden."""
    require(actor, Permission.PARAMETER_MANAGE)
    rows: dict[str, list[Parameter]] = defaultdict(list)
    for row in Parameter.objects.all():
        rows[row.code].append(row)
    return [_line(code, rows[code], on) for code in sorted(DEFAULTS, key=lambda code: DEFAULTS[code].label)]


def parameter_line(*, actor: Actor, code: str, on: date) -> ParameterLine:
    """One parameter, as its rows are now. Administrators. Raises Forbidden, UnknownParameter."""
    require(actor, Permission.PARAMETER_MANAGE)
    if code not in DEFAULTS:
        raise UnknownParameter
    return _line(code, list(Parameter.objects.filter(code=code)), on)


def _line(code: str, rows: list[Parameter], on: date) -> ParameterLine:
    by_day = {row.starts_on: row for row in parameters.standing(rows)}
    decided = [Version(row.starts_on, row.value, row.source) for row in by_day.values()]
    known = parameters.merged(code, decided)
    current = parameters.in_force(known, on)
    return ParameterLine(code, DEFAULTS[code], current, known[::-1], by_day, list(_withdrawals(rows)))


def _withdrawals(rows: list[Parameter]) -> Iterable[Withdrawal]:
    """Each withdrawing row with the one it follows, the latest first."""
    at = {(row.starts_on, row.revision): row for row in rows}
    for row in sorted(rows, key=lambda row: row.created_at, reverse=True):
        if row.withdrawn:
            yield Withdrawal(at[row.starts_on, row.revision - 1], row)


def list_lines(*, actor: Actor, on: date) -> list[ListLine]:
    """Every list, as the rows are now. Administrators. Raises Forbidden."""
    require(actor, Permission.PARAMETER_MANAGE)
    rows: dict[str, list[ListVersion]] = defaultdict(list)
    for row in ListVersion.objects.all():
        rows[row.list_code].append(row)
    return [_list_line(code, rows[code], on) for code in LISTS]


def list_line(*, actor: Actor, list_code: str, on: date) -> ListLine:
    """One list, as its rows are now. Administrators. Raises Forbidden, UnknownList."""
    require(actor, Permission.PARAMETER_MANAGE)
    if list_code not in LISTS:
        raise UnknownList
    return _list_line(list_code, list(ListVersion.objects.filter(list_code=list_code)), on)


def _list_line(list_code: str, rows: list[ListVersion], on: date) -> ListLine:
    found = [
        _entry_line(code, versions, rows, on) for code, versions in lists.merged(list_code, rows).items() if versions
    ]
    return ListLine(list_code, LISTS[list_code], sorted(found, key=lambda line: (line.shown.rank, line.shown.label)))


def _entry_line(code: str, versions: list[Entry], rows: list[ListVersion], on: date) -> EntryLine:
    own = [row for row in rows if row.code == code]
    by_day = {row.starts_on: row for row in lists.standing(own)}
    revision = max((row.revision for row in own), default=0)
    return EntryLine(code, lists.at_day(versions, on), versions[::-1], by_day, revision)
