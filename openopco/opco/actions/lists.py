"""Administrators keep the lists: an entry is added, reworded, moved, closed or opened again, always from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from openopco.base.actions import action
from openopco.journal import record
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import Conflict
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line, clean_text
from openopco.opco import lists
from openopco.opco.errors import AlreadyInForce, CodeTaken, LastEntry, TooEarly, UnknownList, WrongCode, WrongEntry
from openopco.opco.models import ListVersion
from openopco.opco.rules import MAX_BODY
from openopco.opco.shipped_lists import LISTS, ListKind
from openopco.opco.values import NATURES
from openopco.rights import Actor, Permission, require

MOST_LABEL: Final = 120
FARTHEST: Final = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Wording:
    """What an administrator says of an entry. Text and natures are those of a phrase."""

    label: str
    rank: int
    text: str = ""
    natures: Sequence[str] = ()
    is_open: bool = True


@action
def add_entry(*, actor: Actor, list_code: str, code: str, wording: Wording, starts_on: date) -> ListVersion:
    """Adds an entry from a day on. Administrators. Raises Forbidden, UnknownList, WrongCode, CodeTaken, WrongEntry,
    TooEarly, NirInText."""
    kind = _kind(actor, list_code)
    if not kind.code.fullmatch(code):
        raise WrongCode(kind.code_hint)
    if code in lists.merged(list_code, ListVersion.objects.filter(list_code=list_code)):
        raise CodeTaken
    return _written(actor, _row(kind, list_code, code, wording, starts_on, revision=1), "list.entry_added")


@action
def change_entry(
    *, actor: Actor, list_code: str, code: str, wording: Wording, starts_on: date, revision: int
) -> ListVersion:
    """Rewords, moves, closes or opens an entry from a day on; `revision` is the last the person saw. Administrators.
    Raises Forbidden, UnknownList, WrongEntry, TooEarly, LastEntry, NirInText, Conflict."""
    kind = _kind(actor, list_code)
    rows = list(ListVersion.objects.filter(list_code=list_code))
    if code not in lists.merged(list_code, rows):
        raise WrongEntry("Cette entrée n'existe pas dans la liste.")
    _require_last(rows, code, revision)
    row = _row(kind, list_code, code, wording, starts_on, revision=revision + 1)
    if kind.needs_one and not row.is_open and _is_last(list_code, [*rows, row], starts_on):
        raise LastEntry
    return _written(actor, row, "list.entry_changed")


@action
def withdraw_entry(*, actor: Actor, list_code: str, code: str, starts_on: date, revision: int) -> ListVersion:
    """Takes back what is planned for an entry on a later day. Administrators. Raises Forbidden, UnknownList,
    AlreadyInForce, WrongEntry, Conflict."""
    _kind(actor, list_code)
    if starts_on <= paris_today(timezone.now()):
        raise AlreadyInForce
    rows = list(ListVersion.objects.filter(list_code=list_code, code=code))
    planned = next((row for row in lists.standing(rows) if row.starts_on == starts_on), None)
    if planned is None:
        raise WrongEntry("Rien n'est prévu ce jour-là.")
    _require_last(rows, code, revision)
    planned.pk, planned.revision, planned.withdrawn = None, revision + 1, True
    planned.created_by, planned.created_at = actor.label[:160], timezone.now()
    return _written(actor, planned, "list.entry_withdrawn")


def _kind(actor: Actor, list_code: str) -> ListKind:
    require(actor, Permission.PARAMETER_MANAGE)
    if list_code not in LISTS:
        raise UnknownList
    return LISTS[list_code]


def _row(kind: ListKind, list_code: str, code: str, wording: Wording, starts_on: date, *, revision: int) -> ListVersion:
    _check_day(kind, starts_on)
    label, text = refuse_nir(clean_line(wording.label)), refuse_nir(clean_text(wording.text))
    if not label or len(label) > MOST_LABEL:
        raise WrongEntry(f"Écrivez un libellé, de {MOST_LABEL} caractères au plus.")
    if (kind.is_phrases and not text) or len(text) > MAX_BODY:
        raise WrongEntry(f"Écrivez le texte de la phrase, de {MAX_BODY} caractères au plus.")
    if not set(wording.natures) <= set(NATURES) or not 0 <= wording.rank <= 999:
        raise WrongEntry("L'ordre va de 0 à 999 et les natures sont celles de la liste.")
    return ListVersion(
        list_code=list_code,
        code=code,
        revision=revision,
        starts_on=starts_on,
        label=label,
        text=text if kind.is_phrases else "",
        natures=sorted(set(wording.natures)) if kind.is_phrases else [],
        rank=wording.rank,
        is_open=wording.is_open,
    )


def _check_day(kind: ListKind, starts_on: date) -> None:
    """A phrase may start today; a code, whose words a request sent today keeps, tomorrow."""
    today = paris_today(timezone.now())
    first = today if kind.is_phrases else today + timedelta(days=1)
    if not first <= starts_on <= today + FARTHEST:
        raise TooEarly(f"Choisissez un jour à partir du {format_date(first)}, dans les dix ans.")


def _is_last(list_code: str, rows: list[ListVersion], on: date) -> bool:
    found = (lists.at_day(versions, on) for versions in lists.merged(list_code, rows).values())
    return not any(each.is_open for each in found if each)


def _require_last(rows: list[ListVersion], code: str, revision: int) -> None:
    if max((row.revision for row in rows if row.code == code), default=0) != revision:
        raise Conflict


def _written(actor: Actor, row: ListVersion, event: str) -> ListVersion:
    row.created_by = actor.label[:160]
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict from error
    payload = {
        "list": row.list_code,
        "code": row.code,
        "label": row.label,
        "text": row.text,
        "natures": row.natures,
        "rank": row.rank,
        "is_open": row.is_open,
        "starts_on": row.starts_on.isoformat(),
    }
    record(subject_kind="list_version", subject_id=row.pk, event=event, actor=actor, payload=payload)
    transaction.on_commit(lists.forget)
    return row
