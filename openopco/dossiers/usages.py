"""The codes of the nomenclatures that requests, and the rules about them, hold: asked before an edition drops some."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, QuerySet

from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier, DraftField, FundClosure, PortfolioRule
from openopco.reference import usages

POSTAL_CODES = ("place_postal_code", "postal_code")


def _by(column: str, held: QuerySet[Any]) -> Mapping[str, int]:
    return dict(held.order_by().values_list(column).annotate(Count("pk")))


def _drafts(codes: Sequence[str]) -> Mapping[str, int]:
    drafts = Dossier.objects.filter(state=State.BROUILLON)
    fields = DraftField.objects.filter(dossier__in=drafts, name__in=POSTAL_CODES, value__in=codes).order_by()
    return dict(fields.values_list("value").annotate(Count("dossier", distinct=True)))


usages.register("dossiers.drafts", facet="postal_codes", words="Brouillons où ce code postal est saisi", count=_drafts)
usages.register(
    "dossiers.open",
    facet="idcc",
    words="Demandes en cours de cette branche",
    count=lambda codes: _by("idcc", Dossier.objects.filter(is_open=True, idcc__in=codes)),
)
usages.register(
    "dossiers.funds",
    facet="idcc",
    words="Fonds épuisés de cette branche",
    count=lambda codes: _by("idcc", FundClosure.objects.filter(reopened_on=None, idcc__in=codes)),
)
usages.register(
    "dossiers.portfolios",
    facet="idcc",
    words="Règles de portefeuille de cette branche",
    count=lambda codes: _by("idcc", PortfolioRule.objects.filter(ended_at=None, idcc__in=codes)),
)
