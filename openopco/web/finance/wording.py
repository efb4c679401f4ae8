"""Tones of the badges of finance."""

from dataclasses import dataclass
from typing import Any

from openopco.payments.enums import BatchState, OrderState, Outcome, OverpaymentState
from openopco.payments.models import PaymentOrder
from openopco.payments.queries import named

BATCH_TONES = {BatchState.PREPARE: "wait", BatchState.EMIS: "ok", BatchState.ANNULE: "off", BatchState.NON_RECU: "bad"}
ORDER_TONES = {
    OrderState.PREPARE: "wait",
    OrderState.EMIS: "info",
    OrderState.REGLE: "ok",
    OrderState.REJETE: "bad",
    OrderState.RENDU: "bad",
    OrderState.ANNULE: "off",
}
OUTCOME_TONES = {
    Outcome.APPLIQUE: "ok",
    Outcome.SANS_EFFET: "off",
    Outcome.INCONNU: "wait",
    Outcome.REFUSE: "bad",
    Outcome.TRAITE: "ok",
}
OVERPAYMENT_TONES = {OverpaymentState.A_REMBOURSER: "wait", OverpaymentState.SOLDE: "ok"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list, with the tone of its state."""

    row: Any
    tone: str
    named: str = ""


def order_line(order: PaymentOrder) -> Line:
    return Line(order, ORDER_TONES[OrderState(order.state)], named(order))
