"""Tones of the badges of finance."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openopco.kernel.money import format_euros
from openopco.payments.enums import BatchStage, BatchState, OrderState, Outcome, OverpaymentState
from openopco.payments.models import PaymentBatch, PaymentOrder
from openopco.payments.queries import named

STAGE_TONES = {
    BatchStage.PREPARE: "wait",
    BatchStage.EMIS: "info",
    BatchStage.EN_PARTIE: "wait",
    BatchStage.DEBITE: "ok",
    BatchStage.REJETE: "bad",
    BatchStage.RENDU: "bad",
    BatchStage.SANS_SUITE: "bad",
    BatchStage.ANNULE: "off",
    BatchStage.NON_RECU: "bad",
}
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


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch, where it is, and what the bank told of it: « 2 rejetés, 130,50 € »."""

    row: PaymentBatch
    stage: BatchStage
    told: tuple[str, ...]

    @property
    def tone(self) -> str:
        return STAGE_TONES[self.stage]


def batch_line(batch: PaymentBatch) -> BatchLine:
    return BatchLine(batch, batch.stage, tuple(_told(batch)) if batch.state == BatchState.EMIS else ())


def _told(batch: PaymentBatch) -> Iterator[str]:
    """What is as the badge says, whole, needs no figure."""
    moved = ((batch.settled, batch.settled_total, "débité"), (batch.waiting, batch.waiting_total, "en attente"))
    back = ((batch.rejected, batch.rejected_total, "rejeté"), (batch.returned, batch.returned_total, "rendu"))
    for count, total, word in (*moved, *back):
        if 0 < count < batch.count:
            plural = "s" if count > 1 and word != "en attente" else ""
            yield f"{count} {word}{plural}, {format_euros(total)}"
