"""Modifications and agreements as both sides' pages show them. No query, but for what is passed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse

from openopco.documents.models import Document
from openopco.dossiers import kinds
from openopco.dossiers.actions.modifying import Wanted
from openopco.dossiers.changes import CANCELLATION, Compared, compared
from openopco.dossiers.draft import EMPTY, DraftView, StoredValue
from openopco.dossiers.enums import (
    MODIFICATION_TONES,
    MODIFICATION_WORDS,
    Audience,
    ChangeKind,
    Channel,
    ModificationState,
    State,
)
from openopco.dossiers.fields import YES
from openopco.dossiers.models import Decision, Dossier, Modification, ModificationItem
from openopco.dossiers.queries.modifications import Told, changes_of, has_started
from openopco.dossiers.rules import notice_due_on
from openopco.kernel.calendar import parse_date
from openopco.kernel.errors import InvalidValue
from openopco.opco import parameters
from openopco.web.components.raw import RawField
from openopco.web.portal.presenting import ErrorLink, raw_field
from openopco.web.portal.zones import ShownFile
from openopco.web.portal.zones import shown as shown_file


@dataclass(frozen=True, slots=True)
class Shown:
    """A modification on a page: its state in words, its lines side by side, who told of it and when."""

    word: str
    tone: str
    is_open: bool
    is_late: bool
    by_telephone: bool
    lines: list[Compared]
    modification: Modification
    pieces: list[ShownFile]


def shown(told: Told, dossier: Dossier, audience: Audience, pieces: Iterable[Document] = ()) -> Shown:
    state = ModificationState(told.modification.state)
    return Shown(
        MODIFICATION_WORDS[audience][state],
        MODIFICATION_TONES[state],
        told.is_open,
        told.is_late,
        told.modification.channel == Channel.TELEPHONE,
        compared(kinds.get(dossier.kind), told.changes),
        told.modification,
        [shown_file(piece, can_remove=False) for piece in pieces],
    )


def life_of(
    dossier: Dossier, told: Iterable[Told], audience: Audience, pieces: Mapping[int, list[Document]]
) -> dict[str, Any]:
    """What the page of a request shows of its modifications: the open one, the one in preparation, those answered.
    `pieces`: of each, by its id."""
    told = list(told)
    prepared = next((each for each in told if each.modification.state == ModificationState.PREPAREE), None)
    sent = [
        shown(each, dossier, audience, pieces.get(each.modification.pk, ())) for each in told if each is not prepared
    ]
    return {
        "open_modification": next((each for each in sent if each.is_open), None),
        "answered": [each for each in sent if not each.is_open],
        "prepared": prepared,
    }


@dataclass(frozen=True, slots=True)
class Version:
    """A decision in the list of all: its address, and whether it is the one that stands."""

    decision: Decision
    url: str
    is_current: bool


def versions(dossier: Dossier, decisions: Iterable[Decision], route: str) -> list[Version]:
    return [
        Version(each, reverse(route, args=[dossier.number, each.version]), rank == 0)
        for rank, each in enumerate(decisions)
    ]


# --- the form --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who follows the course, or joins it; `gone`: ticked as leaving."""

    row: str
    name: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """« Signaler une modification » as it stands: fields by name, people, provider, the end of it all, day and reason."""

    fields: Mapping[str, RawField]
    people: list[Person]
    joining: list[Person]
    provider: RawField
    cancelled: RawField
    known_on: RawField
    reason: RawField
    errors: list[ErrorLink]


NAMES = {"known_on": "known_on", "reason": "reason", "provider_siret": "provider_siret", CANCELLATION: "cancelled"}


def form_of(
    dossier: Dossier,
    draft: DraftView,
    modification: Modification | None,
    items: Iterable[ModificationItem],
    *,
    typed_siret: str = "",
    wrong: Mapping[str, str] | None = None,
) -> Form:
    """From what stands and what was prepared. `wrong`: sentences by control, as `BadModification` names them."""
    wrong, lines = dict(wrong or {}), list(items)
    kind = kinds.get(dossier.kind)
    after = {item.name: item.after for item in lines if item.kind == ChangeKind.CHAMP and not item.row}
    fields = {
        spec.name: replace(
            raw_field(spec, _standing(draft, spec.name, after), error=wrong.get(spec.name, ""), on=draft.today),
            revision=None,
        )
        for spec in kind.modifiable
    }
    gone = {item.row for item in lines if item.kind == ChangeKind.RETRAIT}
    siret = typed_siret or next((item.provider.siret for item in lines if item.provider), "")
    return Form(
        fields=fields,
        people=[Person(row.key, kind.name_of(row), row.key in gone) for row in draft.rows],
        joining=[Person(item.row, item.after) for item in lines if item.kind == ChangeKind.AJOUT],
        provider=_provider(siret, wrong.get("provider_siret", "")),
        cancelled=_cancelled(any(item.kind == ChangeKind.ANNULATION for item in lines), wrong.get(CANCELLATION, "")),
        known_on=_known_on(modification.known_typed if modification else "", wrong.get("known_on", "")),
        reason=_reason(modification.reason if modification else "", wrong.get("reason", "")),
        errors=_links(wrong, {*fields, *NAMES}),
    )


def holding(form: Form, wanted: Wanted) -> Form:
    """The same with what was posted and could not be kept at all."""
    fields = {name: replace(each, value=wanted.values.get(name, each.value)) for name, each in form.fields.items()}
    return replace(
        form,
        fields=fields,
        people=[replace(each, gone=each.row in wanted.gone) for each in form.people],
        cancelled=replace(form.cancelled, value=YES if wanted.cancelled else ""),
        known_on=replace(form.known_on, value=wanted.known_typed),
        reason=replace(form.reason, value=wanted.reason),
    )


def _standing(draft: DraftView, name: str, after: Mapping[str, str]) -> StoredValue:
    return StoredValue(after[name]) if name in after else draft.values.get(name, EMPTY)


def _links(wrong: Mapping[str, str], known: set[str]) -> list[ErrorLink]:
    """What has a control on the page leads to it; the rest is told alone."""
    return [ErrorLink(f"id_{NAMES.get(name, name)}" if name in known else "", text) for name, text in wrong.items()]


def _provider(siret: str, error: str) -> RawField:
    return RawField(
        "provider_siret",
        "SIRET du nouvel organisme de formation",
        siret,
        error=error,
        hint="14 chiffres. Laissez vide si l'organisme ne change pas.",
        inputmode="numeric",
        max_length=30,
        revision=None,
    )


def _cancelled(ticked: bool, error: str) -> RawField:
    return RawField(
        "cancelled",
        "La formation n'aura pas lieu",
        YES if ticked else "",
        error=error,
        hint="L'accord prendra fin : plus rien ne sera financé. Le reste de cette page n'est alors pas à remplir.",
        kind="checkbox",
        revision=None,
    )


def _known_on(typed: str, error: str) -> RawField:
    return RawField(
        "known_on",
        "Jour où vous avez su que la formation changeait",
        typed,
        error=error,
        hint="jj/mm/aaaa",
        required=True,
        kind="date",
        inputmode="numeric",
        max_length=20,
        revision=None,
    )


def _reason(typed: str, error: str) -> RawField:
    return RawField(
        "reason",
        "Pourquoi ?",
        typed,
        error=error,
        hint="Le gestionnaire le lira. N'écrivez pas de numéro de sécurité sociale.",
        required=True,
        kind="textarea",
        max_length=2000,
        revision=None,
    )


@dataclass(frozen=True, slots=True)
class Notice:
    """The clock of « dans les 8 jours »: the last day to tell in time of what was known on a day."""

    days: int
    due_on: date
    is_late: bool


def notice_of(typed: str, today: date) -> Notice | None:
    """None while the day can't be read."""
    try:
        known_on = parse_date(typed)
    except InvalidValue:
        return None
    days = parameters.value("change_notice_days", on=known_on)
    due_on = notice_due_on(known_on, days)
    return Notice(days, due_on, today > due_on)


def lines_of(dossier: Dossier, items: Iterable[ModificationItem]) -> list[Compared]:
    return compared(kinds.get(dossier.kind), changes_of(items))


# --- the agreement ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """« La formation a-t-elle commencé ? »: asked once its first day has come, until somebody says so; once its last day is
    past, in other words."""

    is_asked: bool
    started_on: date | None = None
    is_over: bool = False

    @property
    def question(self) -> str:
        return "La formation a-t-elle eu lieu ?" if self.is_over else "La formation a-t-elle commencé ?"


def start_of(dossier: Dossier, today: date) -> Start:
    if has_started(dossier):
        return Start(is_asked=False, started_on=dossier.course_start.started_on)
    begun = dossier.starts_on is not None and dossier.starts_on <= today
    over = dossier.ends_on is not None and dossier.ends_on < today
    return Start(is_asked=dossier.state == State.ACCORDEE and begun, is_over=over)
