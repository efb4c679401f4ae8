"""Envelopes: opened and changed by administrators, each change with its reason."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.funding.actions.waiting import follow_later
from openopco.funding.balances import envelopes
from openopco.funding.enums import BOUNDED_BY_ENVELOPE, Fund, Mode
from openopco.funding.errors import BelowEngaged, UnknownEnvelope
from openopco.funding.models import Envelope, EnvelopeChange
from openopco.kernel.errors import InvalidValue
from openopco.kernel.money import format_euros
from openopco.kernel.text import clean_text
from openopco.rights import Actor, Permission, require

SUBJECT = "envelope"
FIRST_YEAR, LAST_YEAR = 2019, 2100
LONGEST_REASON = 300


@action
def open_envelope(
    *, actor: Actor, year: int, fund: Fund, amount: Decimal, reason: str, idcc: str = "", mode: Mode | None = None
) -> Envelope:
    """Opens what a fund may give in a year, for a branch or for all. Blocking where the fund is bounded, followed elsewhere,
    unless told. Administrators. Raises `InvalidValue`."""
    require(actor, Permission.FUNDING_MANAGE)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidValue("Indiquez une année, par exemple 2027.")
    if fund is Fund.VOLONTAIRE:
        raise InvalidValue(
            "Les versements volontaires sont le compte de chaque entreprise : ils n'ont pas d'enveloppe."
        )
    if Envelope.objects.filter(year=year, fund=fund, idcc=idcc).exists():
        raise InvalidValue("Cette enveloppe existe déjà : changez son montant.")
    chosen = mode or (Mode.BLOQUANTE if fund in BOUNDED_BY_ENVELOPE else Mode.SUIVIE)
    envelope = Envelope.objects.create(  # type: ignore[misc]
        year=year, fund=fund, idcc=idcc, mode=chosen, amount=amount, created_at=timezone.now()
    )
    _note(envelope, actor=actor, reason=reason, event="funding.ouvrir_enveloppe")
    return envelope


@action
def change_envelope(*, actor: Actor, envelope_id: int, amount: Decimal, reason: str) -> Envelope:
    """Gives an envelope another amount, never less than what is engaged where it blocks. Administrators.
    Raises `UnknownEnvelope`, `BelowEngaged`, `InvalidValue`."""
    require(actor, Permission.FUNDING_MANAGE)
    envelope = Envelope.objects.select_for_update().filter(pk=envelope_id).first()
    if envelope is None:
        raise UnknownEnvelope
    if envelope.is_blocking and amount < envelope.engaged:
        raise BelowEngaged(f"{format_euros(envelope.engaged)} sont déjà engagés : indiquez au moins ce montant.")
    envelope.amount = amount
    envelope.save(update_fields=["amount"])
    _note(envelope, actor=actor, reason=reason, event="funding.changer_enveloppe")
    return envelope


def _note(envelope: Envelope, *, actor: Actor, reason: str, event: str) -> None:
    told = clean_text(reason)
    if not told or len(told) > LONGEST_REASON:
        raise InvalidValue(f"Dites pourquoi, en {LONGEST_REASON} caractères au plus.")
    EnvelopeChange.objects.create(
        envelope=envelope,
        amount=envelope.amount,
        reason=told,
        changed_by_id=actor.person_id,
        changed_by_label=actor.label,
        changed_at=timezone.now(),
    )
    transaction.on_commit(envelopes.forget)
    follow_later(envelope.pk)
    payload = {"montant": f"{envelope.amount:.2f}", "motif": told, "annee": envelope.year, "fonds": envelope.fund}
    journal.record(subject_kind=SUBJECT, subject_id=envelope.pk, event=event, actor=actor, payload=payload)
