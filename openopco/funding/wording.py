"""A rule as administrators and officers read it. Pure."""

from collections.abc import Iterator
from datetime import date

from openopco.funding.terms import Gives, Rule, Scope
from openopco.kernel.calendar import format_date
from openopco.kernel.money import format_euros, format_hours


def scope_in_words(scope: Scope) -> str:
    """Whom a rule reaches; « Toutes les demandes » where it says nothing."""
    return " ; ".join(_scope(scope)) or "Toutes les demandes"


def gives_in_words(rule: Rule) -> str:
    """What a rule gives; « Sans plafond » where nothing bounds it."""
    return " ; ".join(_gives(rule.gives)) or "Sans plafond"


def _scope(scope: Scope) -> Iterator[str]:
    for label, codes in (
        ("IDCC", scope.idccs),
        ("NAF", scope.nafs),
        ("région", scope.regions),
        ("dispositif", scope.natures),
        ("thème", scope.themes),
        ("modalité", scope.modalities),
    ):
        if codes:
            yield f"{label} {', '.join(sorted(codes))}"
    if scope.internal is not None:
        yield "formation interne" if scope.internal else "organisme extérieur"
    yield from _headcount(scope)
    yield from _days("demandes envoyées", scope.asked_from, scope.asked_until)
    yield from _days("formations commençant", scope.starts_from, scope.starts_until)
    yield from _days("accords donnés", scope.granted_from, scope.granted_until)


def _headcount(scope: Scope) -> Iterator[str]:
    if scope.headcount_below is not None and scope.headcount_from:
        yield f"de {scope.headcount_from} à {scope.headcount_below - 1} salariés"
    elif scope.headcount_below is not None:
        yield f"moins de {scope.headcount_below} salariés"
    elif scope.headcount_from:
        yield f"{scope.headcount_from} salariés ou plus"


def _days(what: str, first: date | None, last: date | None) -> Iterator[str]:
    if first and last:
        yield f"{what} du {format_date(first)} au {format_date(last)}"
    elif first:
        yield f"{what} à partir du {format_date(first)}"
    elif last:
        yield f"{what} jusqu'au {format_date(last)}"


def _gives(gives: Gives) -> Iterator[str]:
    if gives.share is not None:
        yield f"{gives.share.normalize():f} % du coût".replace(".", ",")
    if gives.hourly is not None:
        whom = "heure de groupe" if gives.per_group else "heure et stagiaire"
        counted = f", {format_hours(gives.most_hours)} au plus" if gives.most_hours is not None else ""
        yield f"{format_euros(gives.hourly)} par {whom}{counted}"
    for amount, words in (
        (gives.flat_person, "de forfait par stagiaire"),
        (gives.flat_request, "de forfait par demande"),
        (gives.unit, "par repas, nuit ou trajet"),
        (gives.per_person, "au plus par stagiaire"),
        (gives.per_person_year, "au plus par stagiaire et par an"),
        (gives.per_request, "au plus par demande"),
        (gives.per_company_year, "au plus par entreprise et par an"),
    ):
        if amount is not None:
            yield f"{format_euros(amount)} {words}"
