"""What the people of a request already had in a year: asked only where a rule bounds it by person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_UP, Decimal

from openopco.dossiers.models import Dossier, DraftRow
from openopco.funding.models import Commitment
from openopco.funding.terms import CENT, Rule
from openopco.training.models import Enrolment

ZERO = Decimal(0)
Had = Mapping[str, tuple[Decimal, ...]]


def had_by_people(dossier: Dossier, year: int, rules: Iterable[Rule]) -> Had:
    """By budget, what each person of the request known to its employer's directory was given by the other requests of a year,
    in euros HT: each counts for an equal part of what his request engaged. Three queries, none without such a rule."""
    keys = {rule.budget_key for rule in rules if rule.gives.per_person_year is not None}
    if not keys:
        return {}
    known = DraftRow.objects.filter(dossier=dossier, trainee__isnull=False).order_by("position", "id")
    people = list(known.values_list("trainee_id", flat=True))
    had = _given_to(people, dossier, year, keys)
    return {key: tuple(had[key][person] for person in people) for key in keys}


def _given_to(people: list[int], dossier: Dossier, year: int, keys: set[str]) -> Mapping[str, Mapping[int, Decimal]]:
    followed: dict[int, list[int]] = defaultdict(list)
    elsewhere = Enrolment.objects.filter(trainee_id__in=people, dossier__commitments__year=year).exclude(
        dossier=dossier
    )
    for request, person in elsewhere.values_list("dossier_id", "trainee_id").distinct():
        followed[request].append(person)
    found: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    lines = Commitment.objects.filter(dossier_id__in=followed, year=year, budget__in=keys, amount__gt=0)
    for line in lines.select_related("dossier"):
        part = (line.amount / max(line.dossier.trainee_count, 1)).quantize(CENT, ROUND_UP)
        for person in followed[line.dossier_id]:
            found[line.budget][person] += part
    return found
