"""The money of the demonstration: envelopes for each year its requests touch, rules for those years that nobody has published
yet (invented, and said so), and two companies' voluntary payments."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from schwifty import IBAN

from openopco import opco
from openopco.demo import data
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import load_draft
from openopco.funding.actions.accounts import open_account, record_payment
from openopco.funding.actions.envelopes import open_envelope
from openopco.funding.actions.rules import Wanted, add_rule
from openopco.funding.enums import Base, Fund
from openopco.funding.estimating import estimate_of
from openopco.funding.shipped import PDC_BUDGET, shipped_rules
from openopco.funding.terms import Gives, Scope, dump
from openopco.organisations.models import Establishment
from openopco.payments.actions import confirm_debtor, set_debtor
from openopco.rights import Actor

BEHIND, AHEAD = 320, 120
INVENTED: Final = "Règle inventée pour la démonstration : aucune n'est publiée pour cette année"
BANDS: Final = ((0, 11, 2500), (11, 20, 2800), (20, 50, 3400))
LESS: Final = "Le budget annuel de l'entreprise ne permet pas davantage cette année."
ENVELOPES: Final = ((Fund.PDC, 60_000), (Fund.CONVENTIONNEL, 25_000))
# By establishment: the agreement's number, what was paid in, whether wages and ancillary costs are in it.
ACCOUNTS: Final = ((data.ACTIF, "VV-0412", 6_000, True), (data.GRANDMOUGIN, "VV-0388", 2_000, False))


def publish(*, administrator: Actor, today: date) -> None:
    """Opens envelopes and, where need be, rules, for the years that the requests of the demonstration begin in."""
    for year in sorted({(today + timedelta(days=days)).year for days in (-BEHIND, 0, AHEAD)}):
        for fund, amount in ENVELOPES:
            open_envelope(
                actor=administrator, year=year, fund=fund, amount=Decimal(amount), reason=f"Budget {year} (inventé)"
            )
        if not _is_published(year):
            for band in BANDS:
                add_rule(actor=administrator, wanted=_rule(year, *band))


def _is_published(year: int) -> bool:
    rules = shipped_rules(opco.identity().slug)
    return any(rule.fund is not Fund.VOLONTAIRE and rule.scope.covers_start(date(year, 7, 1)) for rule in rules)


def _rule(year: int, first: int, below: int, budget: int) -> Wanted:
    scope = Scope(starts_from=date(year, 1, 1), starts_until=date(year, 12, 31), headcount_below=below)
    terms = dump(replace(scope, headcount_from=first), Gives(per_company_year=Decimal(budget)))
    whom = f"de moins de {below} salariés" if first == 0 else f"de {first} à {below - 1} salariés"
    return Wanted(
        code=f"demo-pdc-{year}-{first}",
        label=f"Plan de développement des compétences {year}, entreprises {whom}",
        fund=Fund.PDC,
        bases=(Base.PEDAGOGIQUE,),
        priority=100,
        source=INVENTED,
        terms=terms,
        budget=PDC_BUDGET,
    )


def grantable(dossier: Dossier, today: date) -> tuple[Decimal, str]:
    """What an officer grants of a request: what is asked, or the less that the rules give on that day, and why."""
    asked = dossier.amount_asked or Decimal(0)
    given = estimate_of(dossier, load_draft(dossier, today=today), today=today).proposal
    if given is None or given.total >= asked:
        return asked, ""
    return given.total, LESS


def open_debtors(*, accountant: Actor, colleague: Actor) -> None:
    """The accounts that each fund is paid from: invented numbers of an invented bank."""
    for rank, fund in enumerate(Fund, start=1):
        iban = str(IBAN.generate("FR", bank_code="30006", branch_code="00001", account_code=f"{rank:011d}"))
        account = set_debtor(actor=accountant, fund=fund, holder=opco.identity().name, iban=iban)
        confirm_debtor(actor=colleague, account_id=account.pk)


def pay_in(*, accountant: Actor, today: date) -> None:
    """What two companies agreed to pay beside the law, and paid."""
    for siret, agreement, amount, wide in ACCOUNTS:
        company = Establishment.objects.get(siret=siret).company_id
        account = open_account(
            actor=accountant,
            company_id=company,
            agreement=agreement,
            signed_on=today,
            pays_ancillary=wide,
            pays_wages=wide,
        )
        record_payment(
            actor=accountant,
            account_id=account.pk,
            amount=Decimal(amount),
            received_on=today,
            reference=f"VIR {agreement}",
        )
