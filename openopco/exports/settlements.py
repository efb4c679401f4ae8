"""The lists of money: what payees were paid, what a year leaves open."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from openopco.base.sheets import Column
from openopco.billing.models import Claim
from openopco.billing.queries import sent_claims
from openopco.billing.wording import title_of, word_of
from openopco.exports.shape import Asked, List
from openopco.funding.enums import Fund
from openopco.funding.models import Commitment
from openopco.habilitations.places import Place
from openopco.payments.enums import PAYEE_WORDS, OrderState
from openopco.payments.models import OrderLine, PaymentOrder
from openopco.payments.queries import all_payments_to, carried_over, named
from openopco.rights import Actor


def _of_establishment(actor: Actor, asked: Asked) -> QuerySet[PaymentOrder]:
    return all_payments_to(actor, Place(establishment_id=asked["establishment"]))


def _of_provider(actor: Actor, asked: Asked) -> QuerySet[PaymentOrder]:
    return all_payments_to(actor, Place(provider_id=asked["provider"]))


def _carried_over(actor: Actor, asked: Asked) -> QuerySet[Commitment]:
    return carried_over(actor, asked["year"])


def _invoices(actor: Actor, asked: Asked) -> QuerySet[Claim]:
    return _with_dues(_in_state(sent_claims(actor, establishment_id=asked["establishment"]), asked))


def _invoices_of_provider(actor: Actor, asked: Asked) -> QuerySet[Claim]:
    return _with_dues(_in_state(sent_claims(actor, provider_id=asked["provider"]), asked))


def _in_state(claims: QuerySet[Claim], asked: Asked) -> QuerySet[Claim]:
    return claims.filter(state=asked["state"]) if asked.get("state") else claims


def _with_dues(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    paid = Prefetch("dues__order_lines", OrderLine.objects.filter(is_live=True).select_related("order"))
    return claims.select_related("dossier", "invoice", "provider", "establishment").prefetch_related("dues", paid)


def _references(claim: Claim) -> str:
    found = (line.order.end_to_end for due in claim.dues.all() for line in due.order_lines.all())
    return ", ".join(dict.fromkeys(found))


_INVOICE = (
    Column("Facture ou demande", title_of, 30),
    Column("Dossier", lambda claim: claim.dossier.number, 16),
    Column("Intitulé de la formation", lambda claim: claim.dossier.title, 40),
    Column("Payé à", lambda claim: (claim.provider or claim.establishment).name, 36),
    Column("Envoyée le", lambda claim: claim.sent_at),
    Column("Montant demandé HT", lambda claim: claim.net),
    Column("TVA de la facture", lambda claim: claim.invoice.vat if claim.invoice else None),
    Column("Accepté par l'OPCO", lambda claim: claim.accepted or None),
    Column("Où elle en est", lambda claim: word_of(claim, [due.state for due in claim.dues.all()])[0], 20),
    Column("Références des virements", _references, 36),
)
_ORDER = (
    Column("Date", lambda order: order.settled_on or order.batch.execution_date, 11),
    Column("Référence du virement", lambda order: order.end_to_end, 26),
    Column("Montant", lambda order: order.amount),
    Column("Factures et dossiers", named, 40),
    Column("Compte", lambda order: order.masked, 36),
    Column("Où il en est", lambda order: PAYEE_WORDS[OrderState(order.state)], 20),
    Column("Motif", lambda order: order.reason, 40),
)


def _then(name: str) -> Any:
    return lambda row: getattr(row, name)


SETTLEMENTS = (
    List("factures", "Mes factures", "factures", "facture", _INVOICE, _invoices),
    List("factures-organisme", "Mes factures", "factures", "facture", _INVOICE, _invoices_of_provider),
    List("reglements", "Mes règlements", "reglements", "règlement", _ORDER, _of_establishment),
    List("reglements-organisme", "Mes règlements", "reglements", "règlement", _ORDER, _of_provider),
    List(
        "restes-a-liquider",
        "Reste à liquider au 31 décembre",
        "reste-a-liquider",
        "engagement",
        (
            Column("Dossier", lambda row: row.dossier.number, 16),
            Column("Employeur", lambda row: row.dossier.employer_name, 36),
            Column("SIRET", lambda row: row.dossier.establishment.siret, 16),
            Column("Année", lambda row: row.year, 8),
            Column("Fonds", lambda row: str(Fund(row.fund).label), 30),
            Column("Dépense", lambda row: row.get_base_display(), 20),
            Column("Règle", lambda row: row.label, 36),
            Column("Payé à", lambda row: row.get_payee_display(), 22),
            Column("Engagé", _then("engaged_then")),
            Column("Payé", _then("paid_then")),
            Column("Reste à liquider", _then("left_then")),
        ),
        _carried_over,
    ),
)
