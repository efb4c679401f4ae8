"""« Mes règlements »: transfers as their payee reads them, on either side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openopco.payments.enums import PAYEE_WORDS, OrderState
from openopco.payments.models import OrderLine, PaymentOrder
from openopco.payments.queries import named

TONES = {
    OrderState.EMIS: "info",
    OrderState.REGLE: "ok",
    OrderState.REJETE: "bad",
    OrderState.RENDU: "bad",
}
# What the bank refused is the payee's to mend, most often.
NEXT = "La somme vous reste due : vérifiez votre IBAN, un autre virement suivra."


@dataclass(frozen=True, slots=True)
class Settlement:
    """`day`: when the bank debited it, else when it was to. `payee` is empty for one's own."""

    day: date
    reference: str
    amount: Decimal
    pays: str
    account: str
    word: str
    tone: str
    reason: str = ""
    payee: str = ""


def settlement(order: PaymentOrder) -> Settlement:
    state = OrderState(order.state)
    return Settlement(
        order.settled_on or order.batch.execution_date,
        order.end_to_end,
        order.amount,
        named(order),
        order.masked,
        PAYEE_WORDS[state],
        TONES[state],
        f"{order.reason} {NEXT}" if order.reason else "",
    )


def settlements(orders: Iterable[PaymentOrder]) -> list[Settlement]:
    return [settlement(order) for order in orders]


def settlement_for(line: OrderLine) -> Settlement:
    """What a transfer to a provider paid of an employer's request. Neither its account nor its bank's reason."""
    order, claim = line.order, line.due.claim
    state, number = OrderState(order.state), claim.dossier.number or ""
    return Settlement(
        order.settled_on or order.batch.execution_date,
        order.end_to_end,
        line.amount,
        f"{claim.invoice.number} ({number})" if claim.invoice else number,
        "",
        PAYEE_WORDS[state],
        TONES[state],
        payee=order.payee.name,
    )
