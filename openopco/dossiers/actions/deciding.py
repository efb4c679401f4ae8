"""Ends of an examination: granted, refused, closed without decision, cancelled."""

from decimal import Decimal

from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers import workflow
from openopco.dossiers.actions._common import lock, move, no_deadline
from openopco.dossiers.actions._decisions import record_decision
from openopco.dossiers.actions._standing import drop_open_modification
from openopco.dossiers.actions.corrections import drop_open_correction
from openopco.dossiers.actions.holding import require_holder
from openopco.dossiers.enums import State
from openopco.dossiers.errors import BadAmount, MissingReason, NotDecidable, NothingGranted
from openopco.dossiers.funds import require_funds
from openopco.dossiers.kinds import Outcome
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import checks_of, is_filer_accepted
from openopco.dossiers.queries.modifications import agreement_good_until, open_modification
from openopco.kernel.calendar import paris_today
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text, refuse_too_long
from openopco.rights import Actor, Permission

MODIFICATION_FIRST = "L'employeur a signalé une modification : décidez-en d'abord."
CENT = Decimal("0.01")
LONGEST_CANCEL_REASON = 1000
FILER_UNKNOWN = (
    "Décidez d'abord du rattachement de la personne qui a envoyé la demande. "
    "Si vous ne pouvez pas l'accepter, classez la demande sans suite."
)


@action
def grant(
    *,
    actor: Actor,
    number: str,
    amount: Decimal,
    reason: str = "",
    version: int | None = None,
    reason_code: str = "",
) -> Dossier:
    """Grants a request: `amount` in euros HT, at most what the employer last asked; less needs a reason.
    Raises `NotDecidable` while something blocks the decision."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_DECIDE, number=number, version=version)
    require_holder(actor, dossier)
    workflow.check(dossier, workflow.Event.ACCORDER)
    asked = dossier.amount_asked or Decimal(0)
    if amount == 0:
        raise NothingGranted
    if not is_within(amount, asked):
        raise BadAmount
    if amount < asked and not reason.strip():
        raise MissingReason(
            "Expliquez pourquoi le montant accordé est inférieur au coût demandé : l'employeur le lira."
        )
    if open_modification(dossier):
        raise NotDecidable(MODIFICATION_FIRST)
    if blocking := blocking_of(dossier):
        raise NotDecidable(blocking)
    require_funds(dossier, paris_today(timezone.now()))
    dossier.amount_granted = amount
    dossier.due_on = agreement_good_until(dossier, issued_on=paris_today(timezone.now()))
    return _decide(
        dossier, workflow.Event.ACCORDER, State.ACCORDEE, actor=actor, reason=reason, reason_code=reason_code
    )


def blocking_of(dossier: Dossier) -> str:
    """What forbids granting a request as it stands, in sentences; empty when nothing does."""
    return " ".join(check.detail for check in checks_of(dossier) if check.blocking and check.outcome is Outcome.FAILED)


def is_within(amount: Decimal, asked: Decimal) -> bool:
    """From nothing to what was asked, in whole cents."""
    return amount.is_finite() and Decimal(0) <= amount <= asked and amount == amount.quantize(CENT)


@action
def refuse(*, actor: Actor, number: str, reason: str, version: int | None = None, reason_code: str = "") -> Dossier:
    """Refuses a request, with the reason that the employer reads. Raises `NotDecidable` while nobody has said that who
    filed it acts for the employer: a stranger's request is no decision on him."""
    return _close(
        actor=actor,
        number=number,
        reason=reason,
        version=version,
        event=workflow.Event.REFUSER,
        reason_code=reason_code,
    )


@action
def close(*, actor: Actor, number: str, reason: str, version: int | None = None, reason_code: str = "") -> Dossier:
    """Closes a request without a decision (« sans suite »)."""
    return _close(
        actor=actor,
        number=number,
        reason=reason,
        version=version,
        event=workflow.Event.CLASSER,
        reason_code=reason_code,
    )


def _close(
    *, actor: Actor, number: str, reason: str, version: int | None, event: workflow.Event, reason_code: str
) -> Dossier:
    dossier = lock(actor=actor, permission=Permission.DOSSIER_DECIDE, number=number, version=version)
    require_holder(actor, dossier)
    workflow.check(dossier, event)
    if not reason.strip():
        raise MissingReason
    if event is workflow.Event.REFUSER and not is_filer_accepted(dossier):
        raise NotDecidable(FILER_UNKNOWN)
    no_deadline(dossier)
    drop_open_modification(dossier)
    outcome = State.REFUSEE if event is workflow.Event.REFUSER else State.SANS_SUITE
    return _decide(dossier, event, outcome, actor=actor, reason=reason, reason_code=reason_code)


def _decide(
    dossier: Dossier, event: workflow.Event, outcome: State, *, actor: Actor, reason: str, reason_code: str
) -> Dossier:
    drop_open_correction(dossier)
    decision = record_decision(
        dossier, outcome, actor=actor, reason=reason, now=timezone.now(), reason_code=reason_code
    )
    amount = None if dossier.amount_granted is None else str(dossier.amount_granted)
    move(dossier, event, actor=actor, payload={"motif": decision.reason, "montant": amount})
    return dossier


@action
def cancel(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Dossier:
    """The employer takes back a request that is not decided yet. Raises `InvalidValue` for a reason that can't be kept."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_CANCEL, number=number, version=version)
    workflow.check(dossier, workflow.Event.ANNULER)
    told = refuse_too_long(refuse_nir(clean_text(reason)), LONGEST_CANCEL_REASON)
    no_deadline(dossier)
    drop_open_correction(dossier)
    drop_open_modification(dossier)
    move(dossier, workflow.Event.ANNULER, actor=actor, payload={"motif": told})
    return dossier
