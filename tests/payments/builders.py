"""Dues straight in the tables, payees that can be paid, accountants, and what their bank answers."""

import io
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from django.db.models import F
from django.utils import timezone

from openopco.base.fields import cents
from openopco.billing.enums import ClaimState, InvoiceKind, Origin
from openopco.billing.models import Claim, Due, Invoice
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Base, Fund, Mode, Payee
from openopco.funding.models import Commitment, CommitmentChange, Envelope
from openopco.kernel.calendar import add_calendar_days, paris_today
from openopco.organisations.enums import AccountState
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.payments import entries as journal_entries
from openopco.payments.actions import (
    confirm_debtor,
    prepare_batch,
    read_bank_file,
    release_batch,
    set_debtor,
)
from openopco.payments.models import BankFile, PaymentBatch, PaymentOrder
from openopco.rights import Actor
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.dossiers.factories import NOW, DossierFactory
from tests.organisations.factories import BankAccountFactory, EstablishmentFactory, ProviderFactory
from tests.payments.transfers import iban

D = Decimal
LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)
# A Wednesday, and the day before it.
DAY = date(2026, 12, 2)
TODAY = date(2026, 12, 1)


def payable(payee: Provider | Establishment, **changes: Any) -> BankAccount:
    """The payee's own account, checked long ago."""
    column = "provider" if isinstance(payee, Provider) else "establishment"
    other = "establishment" if column == "provider" else "provider"
    given: dict[str, Any] = {
        "holder": payee.name,
        "state": AccountState.CONFIRMED,
        "decided_by": OpcoUserFactory.create(),
        "decided_at": LONG_AGO,
        "words": "RIB comparé.",
        "usable_on": date(2026, 1, 20),
        column: payee,
        other: None,
        **changes,
    }
    return BankAccountFactory.create(**given)


def school(**changes: Any) -> Provider:
    provider = ProviderFactory.create(**changes)
    payable(provider)
    return provider


def shop(**changes: Any) -> Establishment:
    place = EstablishmentFactory.create(**changes)
    payable(place)
    return place


def bag(amount: int = 1_000_000, fund: Fund = Fund.PDC) -> Envelope:
    found, _ = Envelope.objects.get_or_create(
        year=2026,
        fund=fund,
        idcc="",
        defaults={"mode": Mode.SUIVIE, "amount": D(amount), "created_at": LONG_AGO},
    )
    return found


def engaged(
    amount: str | Decimal = "1000", *, payee: Payee = Payee.ORGANISME, fund: Fund = Fund.PDC, **changes: Any
) -> Commitment:
    """A line engaged on a request granted for as much."""
    dossier = changes.pop("dossier", None) or DossierFactory.create(
        state=State.ACCORDEE, amount_asked=D(amount), amount_granted=D(amount), created_by=UserFactory.create()
    )
    envelope = bag(fund=fund)
    Envelope.objects.filter(pk=envelope.pk).update(engaged=F("engaged") + cents(D(amount)))
    given: dict[str, Any] = {
        "dossier": dossier,
        "company": dossier.establishment.company,
        "year": 2026,
        "base": Base.PEDAGOGIQUE,
        "fund": fund,
        "rule_code": "tests",
        "payee": payee,
        "budget": "",
        "label": "Coût pédagogique",
        "sentence": "Un test.",
        "source": "Les tests",
        "envelope": envelope,
        "rank": 1,
        "amount": D(amount),
        "created_at": NOW,
        **changes,
    }
    line = Commitment.objects.create(**given)
    CommitmentChange.objects.create(commitment=line, event="accord", delta=line.amount, at=NOW)
    return line


def due(
    line: Commitment,
    amount: str | Decimal | None = None,
    *,
    to: Provider | Establishment | None = None,
    number: str = "",
) -> Due:
    """An invoice of a provider, or an employer's refund, found done: what is due of it."""
    owed = line.amount if amount is None else D(amount)
    dossier = Dossier.objects.get(pk=line.dossier_id)
    who: dict[str, Any] = (
        {"provider": to} if isinstance(to, Provider) else {"establishment": to or dossier.establishment}
    )
    rank = Claim.objects.count() + 1
    invoice = _invoice(dossier, to, owed, number or f"F-{rank}") if isinstance(to, Provider) else None
    claim = Claim.objects.create(
        dossier=dossier,
        payee=Payee.ORGANISME if invoice else Payee.EMPLOYEUR,
        state=ClaimState.VALIDEE,
        invoice=invoice,
        net=owed,
        accepted=owed,
        opened_by=dossier.created_by,
        created_at=NOW,
        updated_at=NOW,
        sent_by=dossier.created_by,
        sent_by_label="Camille",
        sent_at=NOW,
        due_on=TODAY,
        ended_at=NOW,
        **{"establishment": dossier.establishment, **who},
    )
    Commitment.objects.filter(pk=line.pk).update(invoiced=F("invoiced") + cents(owed))
    return Due.objects.create(claim=claim, commitment=line, fund=line.fund, amount=owed, created_at=NOW, **who)


def _invoice(dossier: Dossier, provider: Provider, net: Decimal, number: str) -> Invoice:
    return Invoice.objects.create(
        dossier=dossier,
        provider=provider,
        kind=InvoiceKind.FACTURE,
        origin=Origin.SAISIE,
        siren=provider.siret[:9],
        number=number,
        identity=number,
        issued_on=TODAY,
        net=net,
        vat=D(0),
        content={},
        digest="0" * 64,
        created_by=dossier.created_by,
        created_by_label="Un test",
        created_at=NOW,
    )


def debtor(first: Actor, second: Actor, fund: Fund = Fund.PDC) -> None:
    account = set_debtor(actor=first, fund=fund, holder="OPCO Mobilités", iban=iban(999), bic="AGRIFRPP")
    confirm_debtor(actor=second, account_id=account.pk)


def prepared(actor: Actor, fund: Fund = Fund.PDC) -> PaymentBatch:
    return prepare_batch(actor=actor, fund=fund, execution_date=DAY).batch


def released(first: Actor, second: Actor) -> PaymentBatch:
    return release_batch(actor=second, batch_id=prepared(first).pk)


def orders(batch: PaymentBatch) -> list[PaymentOrder]:
    return list(PaymentOrder.objects.filter(batch=batch).order_by("pk"))


def figures() -> list[tuple[Decimal, Decimal, Decimal]]:
    """Invoiced, ordered, paid, of each commitment."""
    return [(each.invoiced, each.ordered, each.paid) for each in Commitment.objects.order_by("pk")]


def dues() -> list[str]:
    """The state of each."""
    return list(Due.objects.order_by("pk").values_list("state", flat=True))


def balances() -> dict[str, Decimal]:
    """Of each account of the journal entries of 2026: debits less credits."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for each in journal_entries.entries(date(2026, 1, 1), date(2026, 12, 31)):
        found[each.account] += (each.debit or 0) - (each.credit or 0)
    return found


# --- the bank --------------------------------------------------------------------------------------------------------

_rank = iter(range(1, 1_000_000))


def read(actor: Actor, content: str, **options: Any) -> BankFile:
    return read_bank_file(actor=actor, content=io.BytesIO(content.encode()), name="retour.xml", **options)


def report(batch: PaymentBatch | str, *lines: str, group: str = "PART") -> str:
    """A pain.002, another file each time."""
    of = batch if isinstance(batch, str) else batch.message_id
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">'
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>BANK-{next(_rank)}</MsgId><CreDtTm>2026-12-03T18:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{of}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
        f"<GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts>"
        + (
            f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{of}</OrgnlPmtInfId>{''.join(lines)}</OrgnlPmtInfAndSts>"
            if lines
            else ""
        )
        + "</CstmrPmtStsRpt></Document>"
    )


def status(reference: str, amount: Decimal, code: str, reason: str = "") -> str:
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{escape(reference)}</OrgnlEndToEndId><TxSts>{code}</TxSts>{why}"
        f'<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">{amount}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>'
    )


def notice(*entries: str) -> str:
    """A camt.054, another file each time."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">'
        f"<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N-{next(_rank)}</MsgId><CreDtTm>2026-12-03T18:00:00</CreDtTm></GrpHdr>"
        f"<Ntfctn><Id>N-{next(_rank)}</Id>{''.join(entries)}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    )


def entry(reference: str, amount: Decimal, *, back: str = "", batch: str = "", day: date | None = None) -> str:
    """A debit, of tomorrow but for `day`; where `back` gives why, money that came back."""
    day = day or add_calendar_days(paris_today(timezone.now()), 1)
    direction, why = ("CRDT", f"<RtrInf><Rsn><Cd>{back}</Cd></Rsn></RtrInf>") if back else ("DBIT", "")
    detail = (
        f'<NtryDtls><TxDtls><Refs><EndToEndId>{escape(reference)}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt>'
        f"<CdtDbtInd>{direction}</CdtDbtInd>{why}</TxDtls></NtryDtls>"
        if reference
        else f"<NtryDtls><Btch><PmtInfId>{batch}</PmtInfId></Btch></NtryDtls>"
    )
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{day}</Dt></BookgDt>{detail}</Ntry>"
    )


def booked(*sent: PaymentOrder) -> str:
    return notice(*(entry(each.end_to_end, each.amount) for each in sent))
