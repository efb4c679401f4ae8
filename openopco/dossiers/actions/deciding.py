"""Ends of a request: granted, refused, closed without decision, cancelled, lapsed."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers import workflow
from openopco.dossiers.actions._common import lock, move, no_deadline
from openopco.dossiers.actions._decisions import record_decision
from openopco.dossiers.actions.corrections import drop_open_correction
from openopco.dossiers.actions.holding import require_holder
from openopco.dossiers.enums import State
from openopco.dossiers.errors import BadAmount, MissingReason, NotDecidable, NotPossibleNow
from openopco.dossiers.kinds import Outcome
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import checks_of, is_filer_accepted
from openopco.kernel.calendar import add_months, paris_today
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.opco import parameters
from openopco.rights import Actor, Permission

CENT = Decimal("0.01")
FILER_UNKNOWN = (
    "Décidez d'abord du rattachement de la personne qui a envoyé la demande. "
    "Si vous ne pouvez pas l'accepter, classez la demande sans suite."
)


@action
def grant(*, actor: Actor, number: str, amount: Decimal, reason: str = "", version: int | None = None) -> Dossier:
    """Grants a request: `amount` in euros HT, at most what the employer last asked; less needs a reason.
    Raises `NotDecidable` while something blocks the decision."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_DECIDE, number=number, version=version)
    require_holder(actor, dossier)
    workflow.check(dossier, workflow.Event.ACCORDER)
    asked = dossier.amount_asked or Decimal(0)
    if not _is_within(amount, asked):
        raise BadAmount
    if amount < asked and not reason.strip():
        raise MissingReason(
            "Expliquez pourquoi le montant accordé est inférieur au coût demandé : l'employeur le lira."
        )
    blocking = [c for c in checks_of(dossier) if c.blocking and c.outcome is Outcome.FAILED]
    if blocking:
        raise NotDecidable(" ".join(check.detail for check in blocking))
    dossier.amount_granted = amount
    return _decide(dossier, workflow.Event.ACCORDER, State.ACCORDEE, actor=actor, reason=reason)


def _is_within(amount: Decimal, asked: Decimal) -> bool:
    """From nothing to what was asked, in whole cents."""
    return amount.is_finite() and Decimal(0) <= amount <= asked and amount == amount.quantize(CENT)


@action
def refuse(*, actor: Actor, number: str, reason: str, version: int | None = None) -> Dossier:
    """Refuses a request, with the reason that the employer reads. Raises `NotDecidable` while nobody has said that who
    filed it acts for the employer: a stranger's request is no decision on him."""
    return _close(actor=actor, number=number, reason=reason, version=version, event=workflow.Event.REFUSER)


@action
def close(*, actor: Actor, number: str, reason: str, version: int | None = None) -> Dossier:
    """Closes a request without a decision (« sans suite »)."""
    return _close(actor=actor, number=number, reason=reason, version=version, event=workflow.Event.CLASSER)


def _close(*, actor: Actor, number: str, reason: str, version: int | None, event: workflow.Event) -> Dossier:
    dossier = lock(actor=actor, permission=Permission.DOSSIER_DECIDE, number=number, version=version)
    require_holder(actor, dossier)
    workflow.check(dossier, event)
    if not reason.strip():
        raise MissingReason
    if event is workflow.Event.REFUSER and not is_filer_accepted(dossier):
        raise NotDecidable(FILER_UNKNOWN)
    outcome = State.REFUSEE if event is workflow.Event.REFUSER else State.SANS_SUITE
    return _decide(dossier, event, outcome, actor=actor, reason=reason)


def _decide(dossier: Dossier, event: workflow.Event, outcome: State, *, actor: Actor, reason: str) -> Dossier:
    no_deadline(dossier)
    drop_open_correction(dossier)
    decision = record_decision(dossier, outcome, actor=actor, reason=reason, now=timezone.now())
    amount = None if dossier.amount_granted is None else str(dossier.amount_granted)
    move(dossier, event, actor=actor, payload={"motif": decision.reason, "montant": amount})
    return dossier


@action
def cancel(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Dossier:
    """The employer takes back a request that is not decided yet."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_CANCEL, number=number, version=version)
    workflow.check(dossier, workflow.Event.ANNULER)
    no_deadline(dossier)
    drop_open_correction(dossier)
    move(dossier, workflow.Event.ANNULER, actor=actor, payload={"motif": refuse_nir(clean_text(reason))})
    return dossier


@action
def lapse(*, actor: Actor, number: str) -> Dossier:
    """An agreement whose claim never came in time lapses. The system alone does it, once the delay to claim (a dated
    parameter, in months after the end) has passed. Raises `NotPossibleNow`."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_LAPSE, number=number)
    workflow.check(dossier, workflow.Event.RENDRE_CADUQUE)
    if paris_today(timezone.now()) <= _last_day_to_claim(dossier):
        raise NotPossibleNow
    move(dossier, workflow.Event.RENDRE_CADUQUE, actor=actor)
    return dossier


def _last_day_to_claim(dossier: Dossier) -> date:
    assert dossier.ends_on is not None
    return add_months(dossier.ends_on, parameters.value("claim_months", on=dossier.ends_on))
