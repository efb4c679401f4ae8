"""« Contrôles » on a sheet: what was verified of a company or of a provider, and when; then its money."""

from collections.abc import Iterator
from datetime import date, datetime

from openopco import opco
from openopco.dossiers.kinds import Check, Outcome
from openopco.funding.queries import CompanyFunding, YearlyBudget
from openopco.kernel.calendar import add_months, format_date, paris_today
from openopco.kernel.money import format_euros
from openopco.opco.table import OPCOS
from openopco.organisations.accounts import payable
from openopco.organisations.actions.providers import QUALIOPI_COLUMNS
from openopco.organisations.enums import Nature, ProviderStatus, Source
from openopco.organisations.models import Company, Establishment, Provider
from openopco.organisations.queries import proposed_opco, vouched_at
from openopco.rights import Actor, Permission, may
from openopco.web.desk.lines import CheckLine
from openopco.web.desk.showing import check_lines

# Older, a headcount is to be asked again: the funding bands are read on it.
COUNTED_MONTHS = 12


def company_checks(establishment: Establishment, *, reader: Actor, today: date) -> list[CheckLine]:
    """One query at most."""
    found = [
        _identity(establishment, vouched_at(establishment)),
        _attached(establishment),
        _contributions(establishment.company),
        _headcount(establishment.company, today),
    ]
    if not establishment.is_active:
        found.insert(0, Check("activite", "Activité", Outcome.FAILED, "Le répertoire dit l'établissement fermé."))
    return check_lines([*found, *_account(establishment, reader, today)])


def provider_checks(provider: Provider, *, reader: Actor, today: date) -> list[CheckLine]:
    """One query at most."""
    found = [_identity(provider, vouched_at(provider)), _declared(provider), _certified(provider)]
    if provider.status != ProviderStatus.ACTIF:
        found.insert(0, Check("situation", "Situation", Outcome.FAILED, f"{provider.get_status_display()}."))
    return check_lines([*found, *_account(provider, reader, today)])


def _identity(about: Establishment | Provider, at: datetime | None) -> Check:
    if not about.verified:
        return Check("identite", "Identité", Outcome.LOOK, "Personne ne l'a encore vérifiée.")
    by = "par le répertoire officiel" if about.source == Source.REGISTRY else "par un gestionnaire"
    when = f" le {format_date(paris_today(at))}" if at else ""
    return Check("identite", "Identité", Outcome.PASSED, f"Vérifiée {by}{when}.")


def _attached(establishment: Establishment) -> Check:
    ours, told = opco.identity(), establishment.opco_slug
    when = f" le {format_date(paris_today(establishment.facts_at))}" if establishment.facts_at else ""
    if told == ours.slug:
        return Check("opco", "OPCO", Outcome.PASSED, f"Rattaché à {ours.name}{f', lu{when}' if when else ''}.")
    if told:
        name = OPCOS.get(told, {}).get("name", told)
        return Check("opco", "OPCO", Outcome.LOOK, f"Relève plutôt de {name}{f', lu{when}' if when else ''}.")
    if proposed_opco(establishment):
        return Check("opco", "OPCO", Outcome.LOOK, f"Non connu ; sa convention collective désigne {ours.name}.")
    return Check("opco", "OPCO", Outcome.LOOK, "Rattachement non connu.")


def _contributions(company: Company) -> Check:
    if company.contributions_on is None:
        return Check("contributions", "Contributions", Outcome.LOOK, "Personne n'a noté si l'entreprise est à jour.")
    on = format_date(company.contributions_on)
    if company.contributions_paid:
        return Check("contributions", "Contributions", Outcome.PASSED, f"À jour, constaté le {on}.")
    return Check("contributions", "Contributions", Outcome.FAILED, f"Pas à jour, constaté le {on}.")


def _headcount(company: Company, today: date) -> Check:
    if company.headcount_exact is None or company.headcount_at is None:
        return Check("effectif", "Effectif", Outcome.LOOK, "L'effectif exact de l'entreprise n'est pas connu.")
    told = f"{company.headcount_exact}, déclaré le {format_date(company.headcount_at)}"
    if add_months(company.headcount_at, COUNTED_MONTHS) < today:
        return Check("effectif", "Effectif", Outcome.LOOK, f"{told} : il y a plus d'un an.")
    return Check("effectif", "Effectif", Outcome.PASSED, f"{told}.")


def _declared(provider: Provider) -> Check:
    if provider.nda:
        return Check("nda", "Déclaration d'activité", Outcome.PASSED, f"N° {provider.nda}{_read_on(provider)}.")
    return Check("nda", "Déclaration d'activité", Outcome.LOOK, "Aucun numéro n'est connu.")


def _certified(provider: Provider) -> Check:
    flags = {nature: getattr(provider, column) for nature, column in QUALIOPI_COLUMNS.items()}
    held = [nature.label for nature, answer in flags.items() if answer]
    if held:
        return Check("qualiopi", "Qualiopi", Outcome.PASSED, f"{', '.join(held)}{_read_on(provider)}.")
    if flags[Nature.ACTION] is None:
        return Check("qualiopi", "Qualiopi", Outcome.LOOK, "La liste publique n'a pas encore été lue.")
    return Check("qualiopi", "Qualiopi", Outcome.FAILED, f"Aucune certification{_read_on(provider)}.")


def _read_on(provider: Provider) -> str:
    return f", lu le {format_date(paris_today(provider.facts_at))}" if provider.facts_at else ""


def _account(payee: Establishment | Provider, reader: Actor, today: date) -> Iterator[Check]:
    """Only for whom checks the numbers."""
    if not may(reader, Permission.BANK_ACCOUNT_CONFIRM):
        return
    found = payable(payee, today)
    if found.account is None:
        yield Check("iban", "Compte bancaire", Outcome.LOOK, found.reason)
        return
    decided = found.account.decided_at
    when = f", vérifié le {format_date(paris_today(decided))}" if decided else ""
    yield Check("iban", "Compte bancaire", Outcome.PASSED, f"{found.account.masked}{when}.")


def money_lines(funding: CompanyFunding) -> list[tuple[str, str]]:
    """Budgets, then what the company paid of its own."""
    told = "Pas de compte" if funding.balance is None else f"{format_euros(funding.balance)} HT de solde"
    return [*map(_budget, funding.budgets), ("Versements volontaires", told)]


def _budget(each: YearlyBudget) -> tuple[str, str]:
    engaged = f"{format_euros(each.engaged)} HT engagés"
    if each.most is None or each.left is None:
        return f"{each.label}, {each.year}", engaged
    return f"{each.label}, {each.year}", f"{engaged} sur {format_euros(each.most)}, reste {format_euros(each.left)}"
