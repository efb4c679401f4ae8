"""A credit note that comes after the money: what is not paid yet is due no more, what is paid has to be given back."""

from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.base.fields import cents
from openopco.base.sequences import next_value
from openopco.billing import dues
from openopco.billing.enums import DueState
from openopco.billing.errors import NotCreditable
from openopco.billing.models import Due
from openopco.funding.actions import paying
from openopco.funding.actions.claiming import claim_on
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.money import format_euros
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line
from openopco.opco.texts import letters, versions
from openopco.opco.texts.letters import Content
from openopco.payments.actions.words import said
from openopco.payments.enums import OverpaymentState
from openopco.payments.errors import UnknownReference
from openopco.payments.models import DueCredit, OrderLine, Overpayment, PaymentOrder, Recovery
from openopco.rights import Actor, Permission, require

SUBJECT = "overpayment"
LETTER = "reversement"
LONGEST_REFERENCE = 60


@action
def credit_due(*, actor: Actor, due_id: int, amount: Decimal, reason: str) -> Overpayment | None:
    """Takes `amount` (euros) back of what is due; where it was paid, it becomes what the payee owes, and the answer is that
    overpayment. Accountants. Raises Forbidden, NotCreditable, InvalidValue, UnknownReference."""
    require(actor, Permission.PAYMENT_RECORD)
    return take_back(actor=actor, due_id=due_id, amount=amount, reason=reason)


@action
def take_back(*, actor: Actor, due_id: int, amount: Decimal, reason: str) -> Overpayment | None:
    """As `credit_due`, for a credit note that another room has checked. First the due, then its line, then the
    commitment. Raises NotCreditable, InvalidValue, UnknownReference."""
    told = said(reason, where_none="Dites pourquoi : le bénéficiaire le lira.")
    due = Due.objects.select_for_update().filter(pk=due_id).first()
    if due is None:
        raise UnknownReference
    _require_creditable(due, amount)
    overpayment = _owed(due, amount, told, actor) if due.state == DueState.PAYEE else None
    DueCredit.objects.create(  # type: ignore[misc]
        due=due,
        overpayment=overpayment,
        amount=amount,
        reason=told,
        noted_by_id=actor.user_id,
        noted_by_label=actor.label[:200],
        noted_at=timezone.now(),
    )
    dues.credit(due, amount)
    claim_on({due.commitment_id: -amount})
    payload = {"due": due.pk, "dossier": due.claim.dossier_id, "montant": f"{amount:.2f}", "motif": told}
    if overpayment is not None:
        payload["numero"] = overpayment.number
        journal.record(
            subject_kind=SUBJECT, subject_id=overpayment.pk, event="overpayment.noted", actor=actor, payload=payload
        )
    else:
        journal.record(subject_kind="due", subject_id=due.pk, event="due.credited", actor=actor, payload=payload)
    return overpayment


@action
def record_recovery(
    *, actor: Actor, overpayment_id: int, amount: Decimal, received_on: date, reference: str
) -> Overpayment:
    """Notes money that a payee gave back, under the reference of the bank statement: the same one counts once. Accountants.
    Raises Forbidden, InvalidValue, UnknownReference."""
    require(actor, Permission.PAYMENT_RECORD)
    found = Overpayment.objects.select_for_update().filter(pk=overpayment_id).first()
    if found is None:
        raise UnknownReference
    told = statement_reference(reference)
    if amount <= 0:
        raise InvalidValue("Indiquez le montant reçu.")
    if amount > found.left:
        raise InvalidValue(f"Il ne reste que {format_euros(found.left)} à rembourser.")
    refuse_to_come(received_on)
    _move(found, amount, received_on, told, actor)
    payload = {"montant": f"{amount:.2f}", "recu_le": received_on.isoformat(), "reference": told}
    journal.record(
        subject_kind=SUBJECT, subject_id=found.pk, event="overpayment.recovered", actor=actor, payload=payload
    )
    return found


def hand_back(owed: Overpayment, *, on: date, reference: str, actor: Actor) -> None:
    """Notes that the OPCO gave back to the payee all that he had refunded: he owes it again. The caller holds the row. Raises
    InvalidValue."""
    amount = owed.recovered
    _move(owed, -amount, on, reference, actor)
    payload = {"montant": f"{amount:.2f}", "rendu_le": on.isoformat(), "reference": reference}
    journal.record(
        subject_kind=SUBJECT, subject_id=owed.pk, event="overpayment.handed_back", actor=actor, payload=payload
    )


def statement_reference(typed: str) -> str:
    """Raises InvalidValue."""
    told = refuse_nir(clean_line(typed))
    if not told or len(told) > LONGEST_REFERENCE:
        raise InvalidValue(f"Indiquez la référence du relevé de banque, en {LONGEST_REFERENCE} caractères au plus.")
    return told


def refuse_to_come(day: date) -> None:
    """Raises InvalidValue for a day that has not come."""
    if day > paris_today(timezone.now()):
        raise InvalidValue("Ce jour n'est pas encore venu.")


def _move(owed: Overpayment, amount: Decimal, on: date, reference: str, actor: Actor) -> None:
    if Recovery.objects.filter(overpayment=owed, reference=reference).exists():
        raise InvalidValue("Un remboursement porte déjà cette référence : il est compté.")
    Recovery.objects.create(  # type: ignore[misc]
        overpayment=owed,
        amount=amount,
        received_on=on,
        reference=reference,
        noted_by_id=actor.user_id,
        noted_by_label=actor.label[:200],
        noted_at=timezone.now(),
    )
    owed.recovered += amount
    owed.state = OverpaymentState.SOLDE if owed.left == 0 else OverpaymentState.A_REMBOURSER
    owed.save(update_fields=["recovered", "state"])


def _require_creditable(due: Due, amount: Decimal) -> None:
    if amount <= 0:
        raise InvalidValue("Un montant doit être supérieur à zéro.")
    if amount > due.payable:
        raise NotCreditable(f"Un avoir ne peut pas dépasser ce qui est dû : {format_euros(due.payable)}.")
    if due.state == DueState.EN_COURS:
        raise NotCreditable(
            "Un virement est en cours : annulez-le, ou attendez la réponse de la banque, avant d'enregistrer l'avoir."
        )


def _owed(due: Due, amount: Decimal, reason: str, actor: Actor) -> Overpayment:
    line = OrderLine.objects.select_for_update().get(due=due, is_live=True)
    OrderLine.objects.filter(pk=line.pk).update(credited=F("credited") + cents(amount))
    paying.take_back(OrderLine.objects.filter(pk=line.pk), cents(amount))
    now = timezone.now()
    year = paris_today(now).year
    number = f"TP-{year}-{next_value(f'payments.overpayment.{year}'):06d}"
    return Overpayment.objects.create(  # type: ignore[misc]
        number=number,
        line=line,
        amount=amount,
        reason=reason,
        content=_letter(number, due, line.order, amount, reason),
        noted_by_id=actor.user_id,
        noted_by_label=actor.label[:200],
        noted_at=now,
    )


def _letter(number: str, due: Due, order: PaymentOrder, amount: Decimal, reason: str) -> Content:
    now, payee = timezone.now(), order.payee
    version = versions.in_force(LETTER, now)
    assert order.settled_on is not None
    values = {
        **letters.house_values(),
        "numero": number,
        "dossier": due.claim.dossier.number or "",
        "montant": format_euros(amount),
        "virement": order.end_to_end,
        "verse_le": format_date(order.settled_on),
        "motif": reason,
    }
    return letters.compose(
        version.template,
        version.words,
        values,
        recipient=[payee.name, payee.address, f"{payee.postal_code} {payee.city}".strip()],
        date=format_date(paris_today(now)),
        reference=number,
    )
