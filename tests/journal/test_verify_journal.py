"""`manage.py verify_journal`: status 1, and where."""

import io

import pytest
from django.core.management import CommandError, call_command

from openopco.journal.models import Seal
from openopco.journal.sealing import seal_chains
from tests.journal.tampering import delete, rewrite, write_entries

pytestmark = pytest.mark.django_db


def verify(**options: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_journal", stdout=out, stderr=err, **options)
    except SystemExit as stop:
        return int(stop.code or 0), err.getvalue()
    return 0, out.getvalue()


def test_a_whole_journal_gives_status_0_and_its_last_seal() -> None:
    write_entries(2)
    seal_chains()
    status, text = verify()
    assert status == 0
    assert "Journal entier : 2 entrées" in text
    assert f"dernier sceau 1:{Seal.objects.get().digest}" in text


def test_an_empty_journal_is_whole() -> None:
    assert verify() == (0, "Journal entier : 0 entrées, aucun sceau.\n")


def test_a_broken_chain_gives_status_1_and_the_place() -> None:
    _, second = write_entries(2, subject_id=41)
    rewrite(second, event="dossier.refused")
    status, text = verify()
    assert status == 1
    assert "dossier 41 entrée 2 : l'entrée a été modifiée" in text
    assert "1 endroit" in text


def test_a_seal_noted_elsewhere_is_asked_for() -> None:
    write_entries(1)
    seal_chains()
    seal = Seal.objects.get()
    noted = f"1:{seal.digest}"
    assert verify(seal=noted)[0] == 0
    delete(seal)
    assert verify()[0] == 0
    assert verify(seal=noted)[0] == 1


@pytest.mark.parametrize("raw", ["1", "x:abc", "²:abc", ":abc"])
def test_a_badly_written_seal_is_refused(raw: str) -> None:
    with pytest.raises(CommandError, match="NUMÉRO:EMPREINTE"):
        verify(seal=raw)
