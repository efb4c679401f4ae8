"""What a bank answers, written by hand in the versions in use."""

import io
from collections.abc import Iterable
from decimal import Decimal
from typing import BinaryIO

from openopco.payments.sepa import Transfer

BATCH = "L-2026-000001"


def source(content: str | bytes) -> BinaryIO:
    return io.BytesIO(content.encode() if isinstance(content, str) else content)


def document(message: str, body: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}">{body}</Document>'
    )


# --- pain.002 --------------------------------------------------------------------------------------------------------


def reason_xml(code: str, note: str = "") -> str:
    note_xml = f"<AddtlInf>{note}</AddtlInf>" if note else ""
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn>{note_xml}</StsRsnInf>" if code else ""


def line_xml(transfer: Transfer, status: str, reason: str = "", *, currency: str = "EUR", note: str = "") -> str:
    status_xml = f"<TxSts>{status}</TxSts>" if status else ""
    return (
        f"<TxInfAndSts><StsId>S1</StsId><OrgnlEndToEndId>{transfer.end_to_end}</OrgnlEndToEndId>{status_xml}"
        f"{reason_xml(reason, note)}"
        f'<OrgnlTxRef><Amt><InstdAmt Ccy="{currency}">{transfer.amount}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>'
    )


def pain_002(
    *lines: str,
    group: str = "PART",
    payment: str = "",
    reason: str = "",
    counts: str = "",
    message: str = "pain.002.001.10",
    of: str = "pain.001.001.09",
    batch: str = BATCH,
) -> str:
    payment_status = f"<PmtInfSts>{payment}</PmtInfSts>" if payment else ""
    payment_xml = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{batch}</OrgnlPmtInfId>{payment_status}{''.join(lines)}</OrgnlPmtInfAndSts>"
        if lines or payment
        else ""
    )
    return document(
        message,
        "<CstmrPmtStsRpt><GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-12-01T18:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{batch}</OrgnlMsgId><OrgnlMsgNmId>{of}</OrgnlMsgNmId>"
        f"<GrpSts>{group}</GrpSts>{reason_xml(reason)}{counts}</OrgnlGrpInfAndSts>{payment_xml}</CstmrPmtStsRpt>",
    )


def counts_xml(status: str, count: int, total: Decimal | str) -> str:
    return (
        f"<NbOfTxsPerSts><DtldNbOfTxs>{count}</DtldNbOfTxs><DtldSts>{status}</DtldSts>"
        f"<DtldCtrlSum>{total}</DtldCtrlSum></NbOfTxsPerSts>"
    )


# --- camt.054 --------------------------------------------------------------------------------------------------------


def detail_xml(
    end_to_end: str,
    amount: Decimal | str,
    *,
    back: str = "",
    version: str = "08",
    currency: str = "EUR",
    direction: str = "",
) -> str:
    """In version 02, the amount is among details and the direction is the entry's."""
    figure = f'<Amt Ccy="{currency}">{amount}</Amt>'
    amounts = figure if version == "08" else f"<AmtDtls><TxAmt>{figure}</TxAmt></AmtDtls>"
    direction_xml = f"<CdtDbtInd>{direction}</CdtDbtInd>" if direction else ""
    returned = f"<RtrInf><Rsn><Cd>{back}</Cd></Rsn><AddtlInf>rendu</AddtlInf></RtrInf>" if back else ""
    references = f"<EndToEndId>{end_to_end}</EndToEndId>" if end_to_end else ""
    return f"<TxDtls><Refs>{references}</Refs>{amounts}{direction_xml}{returned}</TxDtls>"


def entry_xml(
    amount: Decimal | str,
    details: Iterable[str] = (),
    *,
    direction: str = "DBIT",
    status: str = "BOOK",
    version: str = "08",
    batch: str = "",
    count: int = 0,
    currency: str = "EUR",
    more: str = "",
    reference: str = "",
) -> str:
    status_xml = f"<Cd>{status}</Cd>" if version == "08" else status
    count_xml = f"<NbOfTxs>{count}</NbOfTxs>" if count else ""
    batch_xml = f"<Btch><MsgId>{batch}</MsgId>{count_xml}</Btch>" if batch or count else ""
    batch_xml = batch_xml.replace("<MsgId></MsgId>", "")
    reference_xml = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    details_xml = "".join(details)
    inside = f"<NtryDtls>{batch_xml}{details_xml}</NtryDtls>" if batch_xml or details_xml else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{more}<Sts>{status_xml}</Sts>'
        f"<BookgDt><Dt>2026-12-02</Dt></BookgDt>{reference_xml}{inside}</Ntry>"
    )


def camt_054(*entries: str, version: str = "08", summary: str = "", notice: str = "N-1") -> str:
    return document(
        f"camt.054.001.{version}",
        "<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>BANK-2</MsgId><CreDtTm>2026-12-02T06:00:00</CreDtTm></GrpHdr>"
        f"<Ntfctn><Id>{notice}</Id>{summary}{''.join(entries)}</Ntfctn></BkToCstmrDbtCdtNtfctn>",
    )


def summary_xml(count: int | str, total: Decimal | str) -> str:
    return f"<TxsSummry><TtlNtries><NbOfNtries>{count}</NbOfNtries><Sum>{total}</Sum></TtlNtries></TxsSummry>"
