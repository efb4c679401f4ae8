"""Which portfolio a new request falls into. The choice is pure; the job that applies it follows."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from django.utils import timezone

from openopco import journal
from openopco.accounts.models import User
from openopco.base.actions import action
from openopco.base.jobs import job
from openopco.dossiers.actions.holding import assign
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier, PortfolioRule, Proposal
from openopco.dossiers.queries import subject_of
from openopco.habilitations.absences import replacement_of
from openopco.habilitations.queries import active_officers, actor_for
from openopco.journal.models import Entry
from openopco.kernel.calendar import paris_today
from openopco.rights import SYSTEM, Permission, may


class Rule(Protocol):
    """What of a rule chooses."""

    idcc: str
    region: str
    kind: str
    amount_from: Decimal | None
    amount_to: Decimal | None


def fits(rule: Rule, *, idcc: str, region: str, kind: str, amount: Decimal) -> bool:
    """Whether a request is of the rule's portfolio."""
    codes = ((rule.idcc, idcc), (rule.region, region), (rule.kind, kind))
    if any(wanted and wanted != given for wanted, given in codes):
        return False
    return (rule.amount_from is None or rule.amount_from <= amount) and (
        rule.amount_to is None or amount <= rule.amount_to
    )


def precision(rule: Rule) -> int:
    """How many things a rule says."""
    return sum(bool(code) for code in (rule.idcc, rule.region, rule.kind)) + sum(
        amount is not None for amount in (rule.amount_from, rule.amount_to)
    )


def in_order(rules: Iterable[PortfolioRule]) -> list[PortfolioRule]:
    """Those that say most first, then the oldest."""
    return sorted(rules, key=lambda rule: (-precision(rule), rule.pk))


@job("dossiers.dispatch")
def dispatch(*, entry_id: int) -> None:
    """Gives a request just sent to the officer of its portfolio, or proposes it to him. Nothing once somebody has it."""
    _dispatch(dossier_id=Entry.objects.get(pk=entry_id).subject_id)


@action
def _dispatch(*, dossier_id: int) -> None:
    dossier = Dossier.objects.select_for_update().get(pk=dossier_id)
    if dossier.state != State.TRANSMISE or Proposal.objects.filter(dossier=dossier).exists():
        return
    for rule in in_order(PortfolioRule.objects.filter(ended_at=None)):
        officer = _officer(rule, dossier) if _is_of(rule, dossier) else None
        if officer and rule.assigns:
            assign(actor=SYSTEM, number=dossier.number or "", to=officer)
        elif officer:
            Proposal.objects.create(dossier=dossier, officer=officer, at=timezone.now())
        if officer:
            return


def _is_of(rule: PortfolioRule, dossier: Dossier) -> bool:
    amount = dossier.amount_asked or Decimal(0)
    return fits(rule, idcc=dossier.idcc or "", region=dossier.region or "", kind=dossier.kind, amount=amount)


def _officer(rule: PortfolioRule, dossier: Dossier) -> User | None:
    """The rule's, or who stands in for him; nobody who is no officer any more, or filed the request."""
    wanted = replacement_of(rule.officer_id, paris_today(timezone.now())) or rule.officer_id
    found = next((user for user in active_officers() if user.pk == wanted), None)
    return found if found and may(actor_for(found), Permission.DOSSIER_TAKE, subject_of(dossier)) else None


journal.subscribe("dossier.transmettre", "dossiers.dispatch")
