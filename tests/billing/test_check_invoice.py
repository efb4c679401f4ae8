"""`manage.py check_invoice` says of each file what the deposit would."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from openopco.billing.einvoice.writing import write_cii
from tests.billing import factories as f
from tests.billing.ubl import write_ubl
from tests.documents import hostile


@pytest.fixture(autouse=True)
def _today() -> Any:
    with time_machine.travel("2027-01-20T10:00:00Z", tick=True):
        yield


def run(*paths: Path) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_invoice", *map(str, paths), stdout=out, stderr=out)
    except SystemExit as exit_:
        return int(exit_.code or 0), out.getvalue()
    return 0, out.getvalue()


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_right_files_are_accepted_with_what_they_say(tmp_path: Path) -> None:
    files = [
        write(tmp_path, "cii.xml", write_cii(f.invoice())),
        write(tmp_path, "ubl.xml", write_ubl(f.credit_note())),
        write(tmp_path, "simple.pdf", hostile.pdf()),
    ]
    status, out = run(*files)
    first, second, third = out.replace("\u202f", " ").splitlines()
    assert status == 0
    assert first.startswith("acceptée")
    assert "Factur-X EN 16931, facture F2027-001 du 10/01/2027, AXEPT FORMATION (834 267 023 00028)" in first
    assert "350,00 € HT, 350,00 € à payer." in first
    assert "UBL 2.1 EN 16931, avoir A2027-001" in second
    assert "PDF sans données, à saisir." in third


def test_one_refused_file_gives_every_reason_and_the_status_1(tmp_path: Path) -> None:
    wrong = write(tmp_path, "fausse.xml", write_cii(f.invoice(currency="USD", number="F" * 40)))
    status, out = run(write(tmp_path, "juste.xml", write_cii(f.invoice())), wrong)
    assert status == 1
    assert out.splitlines()[0].startswith("acceptée")
    assert f"refusée   {wrong}" in out
    assert "motif [OPCO-CURRENCY] La facture est en « USD »" in out
    assert "motif [OPCO-NUMBER]" in out


def test_what_is_noted_or_lacking_does_not_refuse(tmp_path: Path) -> None:
    status, out = run(
        write(tmp_path, "a.xml", write_cii(f.invoice(payment=f.Payment(terms="Trente jours", means="57"))))
    )
    assert status == 0
    assert "À compléter : l'IBAN." in out
    assert "à noter [OPCO-IBAN-ABSENT]" in out


def test_a_file_that_cannot_be_read_gives_the_status_1(tmp_path: Path) -> None:
    status, out = run(tmp_path / "absente.xml", tmp_path, write(tmp_path, "juste.xml", write_cii(f.invoice())))
    assert status == 1
    assert f"illisible {tmp_path / 'absente.xml'} : ce fichier n'existe pas." in out
    assert f"illisible {tmp_path} : c'est un dossier." in out
    assert "acceptée" in out


def test_without_a_file_the_command_says_what_it_wants() -> None:
    with pytest.raises(CommandError, match="FICHIER"):
        call_command("check_invoice")
