"""Requests held back by exhausted funds, or held by somebody who is away."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from openopco.dossiers import funds
from openopco.dossiers.models import Dossier
from openopco.habilitations import absences
from openopco.kernel.calendar import paris_today
from openopco.rights import Actor


def replaced_ids(actor: Actor) -> list[int]:
    """Those for whom the actor stands in today."""
    return [each.user_id for each in absences.replaced_by(actor.user_id, paris_today(timezone.now()))]


def exhausted_now() -> Q | None:
    return funds.exhausted(paris_today(timezone.now()))


def waiting_for_funds(queryset: QuerySet[Dossier]) -> QuerySet[Dossier]:
    waiting = exhausted_now()
    return queryset.none() if waiting is None else queryset.filter(waiting)


def with_funds(queryset: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """Less those that wait for funds."""
    waiting = exhausted_now()
    if waiting is None:
        return queryset
    return queryset.exclude(waiting) if waiting else queryset.none()
