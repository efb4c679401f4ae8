"""« Signaler une modification »: prepared by whoever tells of it, sent, taken back. `deciding_modifications` answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from openopco.base.actions import action
from openopco.documents import actions as documents
from openopco.dossiers import kinds
from openopco.dossiers.actions._common import lock, note_in_journal, person, touch
from openopco.dossiers.actions._standing import require_modifiable, take_back
from openopco.dossiers.changes import CANCELLATION, PERSON, PROVIDER, is_changed
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import ChangeKind, Channel, State
from openopco.dossiers.errors import (
    AlreadyAnswered,
    BadModification,
    ModificationOpen,
    NotModifiable,
    UnknownField,
)
from openopco.dossiers.models import Dossier, Modification, ModificationItem, pieces_of_modification
from openopco.dossiers.modification_workflow import Event, apply
from openopco.dossiers.queries.modifications import (
    changed_draft,
    changes_of,
    items_of,
    open_modification,
    prepared_by,
    standing_draft,
)
from openopco.dossiers.rules import notice_due_on
from openopco.kernel.calendar import format_date, paris_today, parse_date
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text, refuse_too_long
from openopco.opco import parameters
from openopco.organisations.models import Provider
from openopco.rights import Actor, Permission

LONGEST_REASON = 2000
SEPARATOR = "-"
NOTHING = "Rien n'a changé : modifiez au moins une information."
CANCEL_INSTEAD = "Cette demande n'est pas encore accordée : annulez-la depuis sa page."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the form says, raw: fields by name, the rows of those who leave, another provider, or the end of it all."""

    values: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    provider: Provider | None = None
    cancelled: bool = False
    known_typed: str = ""
    reason: str = ""


# --- prepared --------------------------------------------------------------------------------------------------------


@action
def prepare(*, actor: Actor, number: str, wanted: Wanted) -> Modification:
    """Keeps what the actor has typed of a modification, right or wrong; whoever joins stays. Nobody else reads it yet.
    Raises `NotModifiable`, `InvalidValue` for a reason too long, or a NIR in words."""
    dossier = lock(actor=actor, permission=Permission.MODIFICATION_PROPOSE, number=number)
    require_modifiable(dossier, today=paris_today(timezone.now()))
    modification = prepared_for(dossier, actor)
    modification.known_typed = refuse_nir(clean_text(wanted.known_typed))[:20]
    modification.reason = refuse_too_long(refuse_nir(clean_text(wanted.reason)), LONGEST_REASON)
    modification.save()
    joining = set(joining_rows(modification))
    modification.items.exclude(row__in=joining).delete()
    items = [] if wanted.cancelled else _changed(dossier, standing_draft(dossier), wanted)
    if wanted.cancelled:
        items.append(ModificationItem(kind=ChangeKind.ANNULATION, name=CANCELLATION, after=CANCELLATION))
    for item in items:
        item.modification = modification
    ModificationItem.objects.bulk_create(items)
    return modification


def prepared_for(dossier: Dossier, actor: Actor) -> Modification:
    """The one that the actor writes, begun now if there is none. The caller holds the dossier's lock."""
    return prepared_by(dossier, actor) or _begun(dossier, actor)


def _begun(dossier: Dossier, actor: Actor) -> Modification:
    dossier.has_modifications = True
    dossier.save(update_fields=["has_modifications"])
    return Modification.objects.create(
        dossier=dossier,
        channel=Channel.TELEPHONE if actor.is_opco else Channel.EN_LIGNE,
        filed_by_id=person(actor),
        filed_by_label=actor.label,
        created_at=timezone.now(),
    )


def joining_rows(modification: Modification) -> list[str]:
    """The rows of those who would join the course."""
    return list(modification.items.filter(kind=ChangeKind.AJOUT).order_by("id").values_list("row", flat=True))


def _changed(dossier: Dossier, draft: DraftView, wanted: Wanted) -> list[ModificationItem]:
    kind = kinds.get(dossier.kind)
    items = []
    for spec in kind.modifiable:
        before, after = draft.raw(spec.name), refuse_nir(clean_text(wanted.values.get(spec.name, draft.raw(spec.name))))
        if is_changed(spec, before, after):
            items.append(ModificationItem(kind=ChangeKind.CHAMP, name=spec.name, before=before, after=after))
    items += [
        ModificationItem(kind=ChangeKind.RETRAIT, row=row.key, name=PERSON, before=kind.name_of(row))
        for row in draft.rows
        if row.key in wanted.gone
    ]
    if wanted.provider and wanted.provider.pk != dossier.provider_id:
        items.append(_taught_by(dossier, draft, wanted.provider))
    return items


def _taught_by(dossier: Dossier, draft: DraftView, provider: Provider) -> ModificationItem:
    if not kinds.get(dossier.kind).heading(draft).has_provider:
        raise UnknownField
    before = dossier.provider.name if dossier.provider else ""
    return ModificationItem(
        kind=ChangeKind.ORGANISME, name=PROVIDER, before=before, after=provider.name, provider=provider
    )


@action
def abandon(*, actor: Actor, number: str) -> None:
    """Throws away what the actor prepared and never sent, with its pieces."""
    dossier = lock(actor=actor, permission=Permission.MODIFICATION_PROPOSE, number=number)
    if modification := prepared_by(dossier, actor):
        for piece in pieces_of_modification(modification.pk):
            documents.remove(actor=actor, document=piece)
        modification.delete()


# --- sent, taken back ------------------------------------------------------------------------------------------------


@action
def propose(*, actor: Actor, number: str) -> Modification:
    """Sends what the actor prepared; late it is still taken, and says so.
    Raises `NotModifiable`, `ModificationOpen`, `BadModification` with a sentence by control."""
    dossier = lock(actor=actor, permission=Permission.MODIFICATION_PROPOSE, number=number)
    now = timezone.now()
    today = paris_today(now)
    require_modifiable(dossier, today=today)
    modification = prepared_by(dossier, actor)
    if open_modification(dossier):
        raise ModificationOpen
    if modification is None:
        raise NotModifiable("Cette modification a déjà été envoyée, ou abandonnée.")
    if problems := problems_of(dossier, modification, today=today):
        raise BadModification(problems)
    _send(modification, parse_date(modification.known_typed), now)
    touch(dossier)
    dossier.save(update_fields=["version", "updated_at"])
    note_in_journal(dossier, "signaler", actor=actor, payload=told_of(modification, today))
    return modification


def _send(modification: Modification, known_on: date, now: datetime) -> None:
    days = parameters.value("change_notice_days", on=known_on)
    apply(modification, Event.PROPOSER)
    modification.known_on, modification.notice_due_on = known_on, notice_due_on(known_on, days)
    modification.proposed_at = now
    modification.save()


def told_of(modification: Modification, today: date) -> dict[str, object]:
    """What the journal keeps of it: which fields, how many people, never who."""
    changes = changes_of(items_of(modification))
    late = bool(modification.notice_due_on and today > modification.notice_due_on)
    return {
        "modification": modification.pk,
        "champs": [each.name for each in changes if each.kind is ChangeKind.CHAMP and not each.row],
        "departs": sum(each.kind is ChangeKind.RETRAIT for each in changes),
        "arrivees": sum(each.kind is ChangeKind.AJOUT for each in changes),
        "organisme": any(each.kind is ChangeKind.ORGANISME for each in changes),
        "annulation": any(each.kind is ChangeKind.ANNULATION for each in changes),
        "telephone": modification.channel == Channel.TELEPHONE,
        "tard": late,
        "motif": modification.reason,
    }


def problems_of(dossier: Dossier, modification: Modification, *, today: date) -> dict[str, str]:
    """What forbids sending a modification, by control: « row-name », a field's name, « known_on », « reason », or empty for
    the whole. Only what it breaks: what was lacking before is not asked now."""
    items = items_of(modification)
    problems = dict(_day_and_reason(dossier, modification, today))
    if not items:
        return {"": NOTHING} | problems
    if any(item.kind == ChangeKind.ANNULATION for item in items):
        if dossier.state != State.ACCORDEE:
            problems[CANCELLATION] = CANCEL_INSTEAD
        return problems
    draft, missing = standing_draft(dossier), kinds.get(dossier.kind).missing
    lacked = {(line.row, line.target, line.message) for line in missing(draft)}
    for line in missing(changed_draft(dossier, draft, items)):
        if (line.row, line.target, line.message) not in lacked:
            problems.setdefault(f"{line.row}{SEPARATOR}{line.target}" if line.row else line.target, line.message)
    return problems


def _day_and_reason(dossier: Dossier, modification: Modification, today: date) -> Mapping[str, str]:
    problems = {}
    if not modification.reason:
        problems["reason"] = "Dites pourquoi : le gestionnaire le lira."
    try:
        known_on = parse_date(modification.known_typed)
    except InvalidValue as error:
        return {"known_on": error.message} | problems
    sent_on = paris_today(dossier.sent_at or timezone.now())
    if known_on > today:
        problems["known_on"] = "Ce jour n'est pas encore venu : indiquez quand vous avez su que la formation changeait."
    elif known_on < sent_on:
        problems["known_on"] = f"Ce jour précède l'envoi de la demande, le {format_date(sent_on)}."
    return problems


@action
def withdraw(*, actor: Actor, number: str) -> Dossier:
    """The employer takes back what waits for an answer, whoever filed it; an officer, what he filed for him.
    Raises `AlreadyAnswered`, `Forbidden`."""
    dossier = lock(actor=actor, permission=Permission.MODIFICATION_PROPOSE, number=number)
    modification = open_modification(dossier)
    if modification is None:
        raise AlreadyAnswered
    if actor.is_opco and modification.filed_by_id != actor.user_id:
        raise Forbidden("Seul l'employeur, ou la personne qui l'a enregistrée, peut retirer cette modification.")
    take_back(modification)
    touch(dossier)
    dossier.save(update_fields=["version", "updated_at"])
    note_in_journal(dossier, "retirer_modification", actor=actor)
    return dossier
