"""What administrators read in this room."""

from dataclasses import dataclass
from datetime import date

from openopco.base.keyset import Page, paginate
from openopco.opco import parameters
from openopco.opco.defaults import DEFAULTS, Default, Version
from openopco.opco.models import Feedback
from openopco.rights import Actor, Permission, require

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """One parameter with all its versions, the latest first; `current` is in force on the day asked."""

    code: str
    default: Default
    current: Version
    versions: list[Version]


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
    """Every parameter, by label. Administrators. Raises Forbidden."""
    require(actor, Permission.PARAMETER_MANAGE)
    return [_line(code, on) for code in sorted(DEFAULTS, key=lambda code: DEFAULTS[code].label)]


def _line(code: str, on: date) -> ParameterLine:
    known = parameters.versions(code)
    return ParameterLine(code, DEFAULTS[code], parameters.in_force(known, on), known[::-1])
