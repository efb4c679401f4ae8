"""The tables of the statistics as files: the tallies of the months and the branch asked for, whole."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from openopco.base.sheets import Column
from openopco.dossiers.enums import STATE_WORDS, Audience, State
from openopco.dossiers.models import DelayTally, PointTally, ProviderTally, StateTally
from openopco.exports.shape import Asked, List
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor, Permission, require
from openopco.training.asked import NATURES, reason_words, words_of_points


def _scope(actor: Actor, asked: Asked) -> dict[str, Any]:
    require(actor, Permission.STATISTICS_READ)
    first, last = date.fromisoformat(asked["first"]), date.fromisoformat(asked["last"])
    branch = {"idcc": asked["idcc"]} if asked["idcc"] else {}
    return {"month__month__gte": first, "month__month__lte": last, **branch}


def _states(actor: Actor, asked: Asked) -> QuerySet[StateTally]:
    return StateTally.objects.filter(**_scope(actor, asked)).select_related("month")


def _delays(actor: Actor, asked: Asked) -> QuerySet[DelayTally]:
    return DelayTally.objects.filter(**_scope(actor, asked)).select_related("month")


def _providers(actor: Actor, asked: Asked) -> QuerySet[ProviderTally]:
    return ProviderTally.objects.filter(**_scope(actor, asked)).select_related("month", "provider")


def _points(actor: Actor, asked: Asked) -> QuerySet[PointTally]:
    return PointTally.objects.filter(**_scope(actor, asked)).select_related("month")


def _point(row: PointTally) -> str:
    return words_of_points().get((row.kind, row.name), row.name)


def _reason(row: PointTally) -> str:
    return reason_words(row.reason_code, paris_today(timezone.now()))


_WHEN = (Column("Mois d'envoi", lambda row: row.month.month, 14), Column("Branche (IDCC)", lambda row: row.idcc, 14))
_COUNT = Column("Demandes", lambda row: row.count, 10)
_GRANTED = Column("Accordées", lambda row: row.granted, 10)

TALLIES = (
    List(
        "statistiques",
        "Statistiques : demandes par mois, branche et état",
        "statistiques",
        "ligne",
        (
            *_WHEN,
            Column("État", lambda row: STATE_WORDS[Audience.OPCO][State(row.state)], 22),
            _COUNT,
            _GRANTED,
            Column("Coût HT demandé", lambda row: row.amount_asked),
            Column("Montant HT accordé", lambda row: row.amount_granted),
        ),
        _states,
    ),
    List(
        "statistiques-delais",
        "Statistiques : délais par mois et branche",
        "delais",
        "ligne",
        (*_WHEN, Column("Jours, de l'envoi à la décision", lambda row: row.days, 16), _COUNT),
        _delays,
    ),
    List(
        "statistiques-organismes",
        "Statistiques : demandes par organisme de formation",
        "statistiques-organismes",
        "ligne",
        (
            *_WHEN,
            Column("Organisme", lambda row: row.provider.name if row.provider else "Sans organisme extérieur", 36),
            Column("SIRET", lambda row: row.provider.siret if row.provider else "", 16),
            _COUNT,
            _GRANTED,
            Column("Refusées", lambda row: row.refused, 10),
        ),
        _providers,
    ),
    List(
        "statistiques-points",
        "Statistiques : ce qui manquait, par mois et branche",
        "ce-qui-manquait",
        "ligne",
        (
            *_WHEN,
            Column("Point", _point, 40),
            Column("Nature", lambda row: NATURES[row.kind], 20),
            Column("Motif", _reason, 40),
            _COUNT,
        ),
        _points,
    ),
)
