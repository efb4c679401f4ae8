"""The codes of the nomenclatures that employers and providers hold: asked before an edition drops some."""

from collections.abc import Mapping, Sequence

from django.db.models import Count, Model

from openopco.organisations.models import Establishment, Provider
from openopco.reference import usages


def _count(model: type[Model], column: str) -> usages.Count:
    def count(codes: Sequence[str]) -> Mapping[str, int]:
        held = model._default_manager.filter(**{f"{column}__in": codes}).order_by()
        return dict(held.values_list(column).annotate(Count("pk")))

    return count


usages.register(
    "organisations.agreements",
    facet="idcc",
    words="Établissements qui relèvent de cette convention",
    count=_count(Establishment, "idcc"),
)
usages.register(
    "organisations.activities",
    facet="naf",
    words="Établissements qui ont ce code NAF",
    count=_count(Establishment, "naf"),
)
usages.register(
    "organisations.places",
    facet="insee",
    words="Établissements de cette commune",
    count=_count(Establishment, "insee_code"),
)
usages.register(
    "organisations.providers",
    facet="insee",
    words="Organismes de formation de cette commune",
    count=_count(Provider, "insee_code"),
)
