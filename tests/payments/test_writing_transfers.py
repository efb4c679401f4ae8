"""Files of credit transfers: valid against the published schema whatever is in them, right to the cent, each reference once."""

import io
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from openopco.payments.sepa import CreditTransferFile, Totals, Transfer, to_sepa, totals_of, validate, write
from openopco.payments.sepa.characters import ALLOWED
from openopco.payments.sepa.errors import InvalidFile, WrongTotals
from openopco.payments.sepa.transfers import remittance
from tests.payments.transfers import a_file, a_transfer, iban, lists

NAMESPACES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def written(transfers: list[Transfer], file: CreditTransferFile | None = None) -> bytes:
    out = io.BytesIO()
    write(file or a_file(), transfers, totals_of(transfers), out)
    return out.getvalue()


def texts(content: bytes, path: str) -> list[str]:
    return [str(found) for found in etree.fromstring(content).xpath(f"{path}/text()", namespaces=NAMESPACES)]


@settings(max_examples=60, deadline=None)
@given(lists(max_size=12))
def test_any_file_is_valid_right_to_the_cent_and_each_reference_in_it_once(transfers: list[Transfer]) -> None:
    content = written(transfers)
    validate(io.BytesIO(content))
    amounts = [Decimal(text) for text in texts(content, "//p:InstdAmt")]
    assert amounts == [transfer.amount for transfer in transfers]
    assert {Decimal(text) for text in texts(content, "//p:CtrlSum")} == {sum(amounts)}
    assert set(texts(content, "//p:NbOfTxs")) == {str(len(transfers))}
    references = texts(content, "//p:EndToEndId")
    assert references == [transfer.end_to_end for transfer in transfers]
    assert len(set(references)) == len(references)
    assert all(ALLOWED.fullmatch(text) for text in texts(content, "//p:Cdtr/p:Nm"))


def test_a_file_says_who_pays_whom_how_much_and_for_what() -> None:
    content = written([a_transfer(bic="AGRIFRPP"), a_transfer(end_to_end="R-2026-000002", amount=Decimal("0.01"))])
    assert texts(content, "//p:GrpHdr/p:MsgId") == ["L-2026-000001"]
    assert texts(content, "//p:GrpHdr/p:CreDtTm") == ["2026-11-30T09:15:00Z"]
    assert texts(content, "//p:GrpHdr/p:CtrlSum") == ["1250.51"]
    assert texts(content, "//p:ReqdExctnDt/p:Dt") == ["2026-12-01"]
    assert texts(content, "//p:Dbtr/p:Nm") == ["OPCO Mobilites"]
    assert texts(content, "//p:DbtrAcct//p:IBAN") == [iban(999)]
    assert texts(content, "//p:DbtrAgt//p:BICFI") == ["AGRIFRPP"]
    assert texts(content, "//p:SvcLvl/p:Cd") == ["SEPA"]
    assert texts(content, "//p:ChrgBr") == ["SLEV"]
    assert texts(content, "//p:Cdtr/p:Nm") == ["Garage Lefevre + Fils"] * 2
    assert texts(content, "//p:CdtrAcct//p:IBAN") == [iban(7)] * 2
    assert texts(content, "//p:CdtrAgt//p:BICFI") == ["AGRIFRPP"]
    assert texts(content, "//p:Ustrd") == ["FACTURE F-114 DOSSIER AF-2026-000123"] * 2
    assert etree.fromstring(content).xpath("//p:InstdAmt/@Ccy", namespaces=NAMESPACES) == ["EUR", "EUR"]


def test_without_its_code_the_debtors_bank_is_said_unknown_and_the_file_is_valid() -> None:
    content = written([a_transfer()], a_file(bic=""))
    validate(io.BytesIO(content))
    assert texts(content, "//p:DbtrAgt//p:Othr/p:Id") == ["NOTPROVIDED"]


def test_the_account_is_told_before_its_transfers_and_once() -> None:
    content = written([a_transfer(end_to_end=f"R-{number}") for number in range(3)])
    assert len(etree.fromstring(content).findall(".//p:PmtInf", NAMESPACES)) == 1
    assert content.index(b"DbtrAcct") < content.index(b"CdtTrfTxInf")


def test_a_file_reads_as_a_bank_expects_it_without_a_prefix() -> None:
    assert b"<PmtInf><PmtInfId>L-2026-000001</PmtInfId>" in written([a_transfer()])
    assert b"ns0" not in written([a_transfer()])


@pytest.mark.parametrize("told", [Totals(1, Decimal("1250.51")), Totals(2, Decimal("1250.50"))])
def test_transfers_other_than_those_told_are_refused(told: Totals) -> None:
    with pytest.raises(WrongTotals):
        write(a_file(), [a_transfer()], told, io.BytesIO())


def test_the_same_reference_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="same reference"):
        written([a_transfer(), a_transfer()])


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(ValueError, match="without any transfer"):
        written([])


@pytest.mark.parametrize(
    "facts",
    [
        {"end_to_end": ""},
        {"end_to_end": "R" * 36},
        {"end_to_end": "R/1/"},
        {"end_to_end": "R//1"},
        {"end_to_end": "é"},
        {"end_to_end": " R1"},
        {"amount": Decimal(0)},
        {"amount": Decimal("-1")},
        {"amount": Decimal("0.001")},
        {"amount": Decimal("1000000000")},
        {"amount": Decimal("NaN")},
        {"iban": "FR7630006000011234567890188"},
        {"iban": "MA64011519000001205000534921"},
        {"iban": "FR76 3000 6000 0112 3456 7890 189"},
        {"remittance": ""},
        {"remittance": "x" * 141},
        {"remittance": "né"},
        {"remittance": "a\nb"},
        {"name": "…"},
        {"name": "Ελλάδα"},
    ],
)
def test_a_transfer_that_a_bank_would_refuse_cannot_be_told(facts: dict[str, Any]) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        a_transfer(**facts)


@pytest.mark.parametrize(
    "facts",
    [{"message_id": "é"}, {"created_at": datetime(2026, 11, 30)}, {"iban": "x"}, {"debtor": "…"}],
)
def test_a_file_that_a_bank_would_refuse_cannot_be_told(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        a_file(**facts)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Formation à l’éco-conduite", "Formation a l'eco-conduite"),
        ("Cœur & Œuvre n° 3", "Coeur + OEuvre n. 3"),
        ("« Ça »  va…", "' Ca ' va..."),
        ("10 € [HT] ; {x}", "10 EUR (HT) , (x)"),
        ("Straße_1\u00a0@", "Strasse-1 ."),
        ("a\r\n\tb", "a b"),
    ],
)
def test_french_is_written_with_the_characters_of_the_area(text: str, plain: str) -> None:
    assert to_sepa(text) == plain


@given(st.text())
def test_any_text_is_written_with_those_characters_alone_and_once_for_all(text: str) -> None:
    written = to_sepa(text)
    assert ALLOWED.fullmatch(written)
    assert to_sepa(written) == written


def test_what_the_payee_reads_names_the_invoice_and_the_dossier_whole() -> None:
    told = remittance(invoice="F-2026-114", dossier="AF-2026-000123", payer="OPCO Mobilités")
    assert told == "FACTURE F-2026-114 DOSSIER AF-2026-000123 OPCO Mobilites"
    assert remittance(invoice="", dossier="AF-2026-000123") == "DOSSIER AF-2026-000123"
    long = remittance(invoice="F" * 90, dossier="AF-2026-000123", payer="OPCO " * 20)
    assert len(long) <= 140
    assert "AF-2026-000123" in long
    with pytest.raises(ValueError):
        remittance(invoice="F" * 140, dossier="AF-2026-000123")


def test_a_file_altered_since_is_told_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "file.xml"
    path.write_bytes(written([a_transfer()]).replace(b"<PmtMtd>TRF", b"<PmtMtd>XYZ"))
    with pytest.raises(InvalidFile) as refusal:
        validate(path)
    assert "PmtMtd" in refusal.value.reason


@pytest.mark.parametrize("cut", [1, 11, 40, 200])
def test_a_file_cut_short_is_not_valid(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "file.xml"
    path.write_bytes(written([a_transfer()])[:-cut])
    with pytest.raises(InvalidFile):
        validate(path)
