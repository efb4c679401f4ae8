"""Other requests for the same people at the same time."""

import json
from collections.abc import Iterable
from datetime import date
from typing import cast

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from openopco.base.prepared import steady_cursor
from openopco.dossiers import kinds
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import ModificationState, State
from openopco.dossiers.models import Dossier, Modification
from openopco.dossiers.queries.scope import reads_all_sent, visible_to
from openopco.rights import Actor

MOST_TWINS = 50
NOT_LIVE = [State.BROUILLON, State.REFUSEE, State.SANS_SUITE, State.ANNULEE]
# A request's number, and the people of its snapshot.
Overlap = tuple[str, list[dict[str, str]]]


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
    if viewer is None or viewer.is_system or reads_all_sent(viewer):
        found = _overlapping(dossier, starts_on, ends_on, {born for _, born in wanted})
    else:
        found = _overlapping_among(visible_to(viewer), dossier, starts_on, ends_on)
    return sorted(number for number, trainees in found if wanted & _people_of(trainees))


# Written by hand: the officer's page asks it each time. A snapshot is long: a birth day is looked for in its text, and of
# those that have it the people alone are read; those of the last modification accepted come before those who were sent.
OVERLAPPING = """SELECT d.number, COALESCE(CASE WHEN d.has_modifications THEN (SELECT m.people FROM dossiers_modification m
    WHERE m.dossier_id = d.id AND m.state = 'acceptee' ORDER BY m.id DESC LIMIT 1) END, {people}) FROM dossiers_dossier d
    LEFT JOIN dossiers_transmission t ON t.dossier_id = d.id
    WHERE d.establishment_id = %s AND d.starts_on <= %s AND d.ends_on >= %s AND d.id <> %s
    AND d.state NOT IN (%s, %s, %s, %s) AND (d.has_modifications OR {born}) ORDER BY d.id DESC LIMIT %s"""
PEOPLE = {"sqlite": "json_extract(t.snapshot, '$.trainees')", "postgresql": "t.snapshot -> 'trainees'"}
TEXT = {"sqlite": "t.snapshot", "postgresql": "CAST(t.snapshot AS text)"}


def _overlapping(dossier: Dossier, starts_on: date, ends_on: date, births: set[str]) -> list[Overlap]:
    """For whoever sees all that was sent: those where somebody may be born on one of these days (ISO)."""
    days = [Dossier.starts_on.field.get_db_prep_value(day, connection) for day in (ends_on, starts_on)]
    born = " OR ".join([f"{TEXT[connection.vendor]} LIKE %s"] * len(births))
    statement = OVERLAPPING.format(people=PEOPLE[connection.vendor], born=born)
    patterns = [f"%{day}%" for day in births]
    with steady_cursor() as cursor:
        cursor.execute(statement, [dossier.establishment_id, *days, dossier.pk, *NOT_LIVE, *patterns, MOST_TWINS])
        return [(number, json.loads(people or "[]")) for number, people in cursor.fetchall()]


def _overlapping_among(seen: QuerySet[Dossier], dossier: Dossier, starts_on: date, ends_on: date) -> list[Overlap]:
    others = seen.filter(establishment_id=dossier.establishment_id, starts_on__lte=ends_on, ends_on__gte=starts_on)
    others = others.exclude(pk=dossier.pk).exclude(state__in=NOT_LIVE).order_by("-id")
    accepted = Modification.objects.filter(dossier=OuterRef("pk"), state=ModificationState.ACCEPTEE).order_by("-id")
    read = others.annotate(modified=Subquery(accepted.values("people")[:1]))
    told = read.values_list("number", "modified", "transmission__snapshot__trainees")[:MOST_TWINS]
    return [
        (cast(str, number), (trainees if modified is None else modified) or []) for number, modified, trainees in told
    ]


def _people_of(trainees: list[dict[str, str]]) -> set[tuple[str, str]]:
    return {(person["folded_name"], person["birth_date"]) for person in trainees}


def twins_of(dossier: Dossier, draft: DraftView, viewer: Actor | None) -> list[str]:
    heading = kinds.get(dossier.kind).heading(draft)
    if not heading.starts_on or not heading.ends_on:
        return []
    people = [(who["folded_name"], who["birth_date"]) for who in kinds.get(dossier.kind).people(draft)]
    return find_twins(dossier, starts_on=heading.starts_on, ends_on=heading.ends_on, people=people, viewer=viewer)
