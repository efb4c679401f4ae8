"""What administrators read in this room."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openopco.base.keyset import Page, paginate
from openopco.opco import parameters
from openopco.opco.defaults import DEFAULTS, Default, Version
from openopco.opco.errors import UnknownParameter
from openopco.opco.models import Feedback, Parameter
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
