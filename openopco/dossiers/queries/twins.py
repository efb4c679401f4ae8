"""Other requests for the same people at the same time."""

from collections.abc import Iterable
from datetime import date
from typing import cast

from openopco.dossiers import kinds
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries.scope import visible_to
from openopco.rights import Actor

MOST_TWINS = 50


def find_twins(
    dossier: Dossier,
    *,
    starts_on: date,
    ends_on: date,
    people: Iterable[tuple[str, str]],
    viewer: Actor | None = None,
) -> list[str]:
    """Numbers of other live requests of the establishment that overlap the dates for one of the people (folded « last
    first », ISO birth date), of those that `viewer` may see."""
    wanted = {person for person in people if all(person)}
    if not wanted:
        return []
    within = Dossier.objects.all() if viewer is None else visible_to(viewer)
    others = (
        within.filter(establishment_id=dossier.establishment_id, starts_on__lte=ends_on, ends_on__gte=starts_on)
        .exclude(pk=dossier.pk)
        .exclude(state__in=[State.BROUILLON, State.REFUSEE, State.SANS_SUITE, State.ANNULEE])
        .order_by("-id")
        # Of each snapshot, its people alone: the rest is long.
        .values_list("number", "transmission__snapshot__trainees")[:MOST_TWINS]
    )
    return sorted(cast(str, number) for number, trainees in others if wanted & _people_of(trainees))


def _people_of(trainees: list[dict[str, str]] | None) -> set[tuple[str, str]]:
    return {(person["folded_name"], person["birth_date"]) for person in trainees or []}


def twins_of(dossier: Dossier, draft: DraftView, viewer: Actor | None) -> list[str]:
    heading = kinds.get(dossier.kind).heading(draft)
    if not heading.starts_on or not heading.ends_on:
        return []
    people = [(who["folded_name"], who["birth_date"]) for who in kinds.get(dossier.kind).people(draft)]
    return find_twins(dossier, starts_on=heading.starts_on, ends_on=heading.ends_on, people=people, viewer=viewer)
