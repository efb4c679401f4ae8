"""`pain.001.001.09`: a file of credit transfers, written one transfer after the other.

One `PmtInf`, since a file is of one account and one day; the bank debits the account once (`BtchBookg`), and answers with
the reference of the file or with those of its transfers."""

from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from openopco.kernel.money import from_cents, to_cents
from openopco.payments.sepa.errors import WrongTotals
from openopco.payments.sepa.transfers import CreditTransferFile, Totals, Transfer

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


def write(file: CreditTransferFile, transfers: Iterable[Transfer], totals: Totals, out: BinaryIO) -> None:
    """Writes the file to `out`, in UTF-8. `totals` comes first in it, so it is told (`totals_of`, or the sum that a table
    makes) and counted again: raises WrongTotals, at the end, where the transfers aren't those that were counted, and
    ValueError for two of the same reference or for none at all. What `out` holds is then to be thrown away."""
    if totals.count == 0:
        raise ValueError("a file without any transfer")
    with etree.xmlfile(out, encoding="UTF-8") as xml:
        xml.write_declaration()
        with xml.element("Document", xmlns=NAMESPACE), xml.element("CstmrCdtTrfInitn"):
            xml.write(_header(file, totals))
            with xml.element("PmtInf"):
                for part in _account(file, totals):
                    xml.write(part)
                for transfer in _counted(transfers, totals):
                    xml.write(_line(transfer))


def _counted(transfers: Iterable[Transfer], totals: Totals) -> Iterable[Transfer]:
    cents, seen = 0, set[str]()
    for transfer in transfers:
        if transfer.end_to_end in seen:
            raise ValueError("two transfers of the same reference")
        seen.add(transfer.end_to_end)
        cents += to_cents(transfer.amount)
        yield transfer
    if Totals(len(seen), from_cents(cents)) != totals:
        raise WrongTotals


def _header(file: CreditTransferFile, totals: Totals) -> etree._Element:
    header = etree.Element("GrpHdr")
    _add(header, "MsgId", file.message_id)
    _add(header, "CreDtTm", file.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add_totals(header, totals)
    _add(_add(header, "InitgPty"), "Nm", file.debtor)
    return header


def _account(file: CreditTransferFile, totals: Totals) -> list[etree._Element]:
    """What stands in `PmtInf` before its transfers."""
    info = etree.Element("PmtInf")
    _add(info, "PmtInfId", file.message_id)
    _add(info, "PmtMtd", "TRF")
    _add(info, "BtchBookg", "true")
    _add_totals(info, totals)
    _add(_add(_add(info, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _add(_add(info, "ReqdExctnDt"), "Dt", file.execution_date.isoformat())
    _add(_add(info, "Dbtr"), "Nm", file.debtor)
    _add_account(info, "DbtrAcct", file.iban)
    _add_bank(info, "DbtrAgt", file.bic)
    _add(info, "ChrgBr", "SLEV")
    return list(info)


def _line(transfer: Transfer) -> etree._Element:
    line = etree.Element("CdtTrfTxInf")
    _add(_add(line, "PmtId"), "EndToEndId", transfer.end_to_end)
    _add(_add(line, "Amt"), "InstdAmt", _euros(transfer.amount)).set("Ccy", "EUR")
    if transfer.bic:
        _add_bank(line, "CdtrAgt", transfer.bic)
    _add(_add(line, "Cdtr"), "Nm", transfer.name)
    _add_account(line, "CdtrAcct", transfer.iban)
    _add(_add(line, "RmtInf"), "Ustrd", transfer.remittance)
    return line


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, name)
    child.text = text
    return child


def _add_totals(parent: etree._Element, totals: Totals) -> None:
    _add(parent, "NbOfTxs", str(totals.count))
    _add(parent, "CtrlSum", _euros(totals.amount))


def _add_account(parent: etree._Element, name: str, iban: str) -> None:
    _add(_add(_add(parent, name), "Id"), "IBAN", iban)


def _add_bank(parent: etree._Element, name: str, bic: str) -> None:
    """Where its code isn't known, the bank of the account is the one that the IBAN tells."""
    institution = _add(_add(parent, name), "FinInstnId")
    if bic:
        _add(institution, "BICFI", bic)
    else:
        _add(_add(institution, "Othr"), "Id", "NOTPROVIDED")


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f}"
