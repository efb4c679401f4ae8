"""« À faire de votre côté »: what an employer's payments and requests wait for, and its lines in HTML."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from openopco.billing.enums import ClaimState
from openopco.billing.queries import MOST_AWAITED, Awaited, awaited_of
from openopco.dossiers import overview, queries
from openopco.dossiers.enums import State
from openopco.dossiers.models import CorrectionItem, Dossier
from openopco.kernel.calendar import format_date, paris_today
from openopco.organisations.models import Establishment
from openopco.rights import Actor, Permission, Subject, may
from openopco.web.components.markup import filled, filled_each
from openopco.web.components.tags import moment
from openopco.web.portal import wording

ITEM = (
    '<li{}><div><a href="{}"><strong class="figures">{}</strong> · {}</a><br><small class="muted">{}</small></div>'
    '<span class="badge badge-{}">{}</span></li>'
)
NEW = filled(' class="{}"', "todo-new")


@dataclass(frozen=True, slots=True)
class Todo:
    """A line of « À faire de votre côté »."""

    url: str
    number: str
    title: str
    text: str
    tone: str
    word: str
    is_new: bool


def items_of(waiting: list[Dossier], establishment: Establishment, reader: Actor, *, is_granted: bool) -> SafeString:
    """The lines, those of payments first, which only agreements have. Empty where nothing waits."""
    payments = _money(reader, establishment) if is_granted else ()
    return filled_each(ITEM, map(_columns, (*payments, *_todo(waiting, establishment, reader))), "\n")


def _columns(item: Todo) -> tuple[str, ...]:
    return (NEW if item.is_new else "", item.url, item.number, item.title, item.text, item.tone, item.word)


def _money(actor: Actor, place: Establishment) -> Iterator[Todo]:
    """What its payments wait for: claims to complete, to correct or to finish, courses over of which nothing was asked."""
    if not may(actor, Permission.CLAIM_READ, Subject(establishment_id=place.pk)):
        return
    found = awaited_of(actor, place, paris_today(timezone.now()))
    yield from map(_payment, found[:MOST_AWAITED])
    if len(found) > MOST_AWAITED:
        url = f"{reverse('portal:requests')}?etat={State.ACCORDEE}"
        yield Todo(url, "Et d'autres", "demandes accordées", "Leur règlement vous attend.", "off", "Voir", is_new=False)


def _payment(awaited: Awaited) -> Todo:
    number, title, day = awaited.number, awaited.title, format_date(awaited.before)
    match awaited.state:
        case ClaimState.A_COMPLETER:
            text = f"Règlement : des pièces sont demandées, avant le {day}"
            url = reverse("billing:claim", args=[awaited.key])
            return Todo(url, number, title, text, "wait", "À compléter", is_new=True)
        case ClaimState.REFUSEE:
            url = reverse("billing:claim", args=[awaited.key])
            return Todo(url, number, title, "Règlement refusé : lisez pourquoi", "bad", "À corriger", is_new=True)
        case ClaimState.BROUILLON:
            url = reverse("billing:draft", args=[awaited.key])
            return Todo(url, number, title, "Demande de remboursement commencée", "off", "À finir", is_new=False)
    url = f"{reverse('portal:dossier', args=[number])}#reglement"
    text = f"La formation est finie : demandez le remboursement avant le {day}"
    return Todo(url, number, title, text, "wait", "À demander", is_new=False)


def _todo(waiting: list[Dossier], establishment: Establishment, reader: Actor) -> list[Todo]:
    drafts = [dossier for dossier in waiting if dossier.state == State.BROUILLON]
    missing = overview.missing_counts(drafts, establishment, today=paris_today(timezone.now()))
    asked = overview.asked_of(waiting)
    return [
        _draft(wording.line_of(dossier, reader), dossier, missing[dossier.pk])
        if dossier.pk in missing
        else _answer(wording.line_of(dossier, reader), dossier, asked.get(dossier.pk, []))
        for dossier in waiting
    ]


def _draft(line: wording.Line, dossier: Dossier, missing: int) -> Todo:
    text = f"{wording.missing_in_words(missing)} · enregistré {moment(dossier.updated_at)}"
    word = "À compléter" if missing else "À valider"
    return Todo(line.url, line.number, line.title, text, "off", word, is_new=False)


def _answer(line: wording.Line, dossier: Dossier, items: list[CorrectionItem]) -> Todo:
    text = " · ".join(part for part in (wording.asked_in_words(queries.kind_of(dossier), items), line.mark) if part)
    word = f"Répondre avant le {format_date(dossier.due_on)}"
    return Todo(f"{line.url}repondre/", line.number, line.title, text, "wait", word, is_new=True)
