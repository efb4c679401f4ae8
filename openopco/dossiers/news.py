"""What changed in a request since each officer who watches it last opened it: who holds it, and who follows it."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from openopco.dossiers.enums import NEWS_WORDS, NewsKind
from openopco.dossiers.models import Dossier, Follow, News
from openopco.dossiers.workflow import Event
from openopco.habilitations.absences import replacement_of
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor

# The events of the journal that are news, without their « dossier. ».
KINDS: Mapping[str, NewsKind] = {
    Event.REPONDRE: NewsKind.REPONSE,
    "message": NewsKind.MESSAGE,
    "note": NewsKind.NOTE,
    "piece": NewsKind.PIECE,
    "signaler": NewsKind.MODIFICATION,
    "retirer_modification": NewsKind.MODIF_RETIREE,
    "refuser_modification": NewsKind.MODIF_REFUSEE,
    Event.MODIFIER: NewsKind.MODIF_ACCEPTEE,
    Event.CONSTATER_ANNULATION: NewsKind.CONSTATEE,
    "confirmer_debut": NewsKind.DEBUT,
    Event.RENDRE_CADUQUE: NewsKind.CADUCITE,
    Event.LEVER_CADUCITE: NewsKind.LEVEE,
    "fonds": NewsKind.FONDS,
    Event.ASSIGNER: NewsKind.CONFIE,
    Event.ANNULER: NewsKind.ANNULATION,
    Event.ACCORDER: NewsKind.DECISION,
    Event.REFUSER: NewsKind.DECISION,
    Event.CLASSER: NewsKind.DECISION,
}
# What is over once another thing happened: its badge would send somebody to look for what is no longer there.
OVER: Mapping[NewsKind, NewsKind] = {
    NewsKind.MODIF_RETIREE: NewsKind.MODIFICATION,
    NewsKind.MODIF_REFUSEE: NewsKind.MODIFICATION,
    NewsKind.MODIF_ACCEPTEE: NewsKind.MODIFICATION,
    NewsKind.CONSTATEE: NewsKind.MODIFICATION,
    NewsKind.LEVEE: NewsKind.CADUCITE,
}


def add_news(dossier: Dossier, event: str, *, actor: Actor) -> None:
    """Keeps that the event is news for all who watch the request but for who did it. In the caller's transaction, under
    the dossier's lock; nothing for an event that is no news."""
    if event not in KINDS:
        return
    kind, now = KINDS[event], timezone.now()
    if kind in OVER:
        mark_seen(News.objects.filter(dossier=dossier, kind=OVER[kind]), now)
    by = actor.label[:200] if actor.is_opco else ""
    rows = [
        News(dossier=dossier, reader_id=reader, kind=kind, by_label=by, at=now)
        for reader in sorted(_readers(dossier, kind) - {actor.user_id})
    ]
    News.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["reader", "dossier", "kind"],
        update_fields=["by_label", "at", "seen_at"],
    )


def mark_seen(news: QuerySet[News], now: datetime) -> None:
    """These are news no more. Told by another host whose clock is ahead, one is seen when it was told, not before."""
    news.filter(seen_at=None).update(seen_at=Greatest(F("at"), Value(now)))


def _readers(dossier: Dossier, kind: NewsKind) -> set[int]:
    """« Confié » is for the one who gets it."""
    holder = {dossier.holder_id} if dossier.holder_id else set()
    away = replacement_of(dossier.holder_id, paris_today(timezone.now()))
    holder |= {away} if away else set()
    return holder if kind is NewsKind.CONFIE else holder | followers_of(dossier)


def followers_of(dossier: Dossier) -> set[int]:
    return set(Follow.objects.filter(dossier=dossier, user__is_active=True).values_list("user_id", flat=True))


def note_reading(*, actor: Actor, dossier: Dossier, before: datetime) -> None:
    """What happened to the request until then is no news to the actor any more. May be called by a GET."""
    unread = News.objects.filter(reader_id=actor.user_id, dossier=dossier, seen_at=None, at__lte=before)
    unread.update(seen_at=before)


def in_words(kind: str, by: str) -> str:
    """« Réponse reçue », « Confié par Nadia Benali »."""
    word = NEWS_WORDS[NewsKind(kind)]
    return f"{word} {by or 'une règle'}" if word.endswith(" par") else word


def followed_word(event: str) -> str:
    """What followers are told of an event, in the middle of a sentence; empty for what is no news to them."""
    kind = KINDS.get(event)
    word = "" if kind is None or kind is NewsKind.CONFIE else NEWS_WORDS[kind]
    return f"{word[:1].lower()}{word[1:]}"
