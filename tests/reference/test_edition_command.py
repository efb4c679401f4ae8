"""`import_edition`: what the pages do, from the console."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from openopco.reference import queries
from openopco.reference.enums import Dataset, EditionState
from openopco.reference.models import ReferenceEdition
from openopco.reference.usages import registered_usages
from tests.organisations.factories import EstablishmentFactory
from tests.reference.test_editions import NEW, codes
from tests.reference.test_reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(loaded: Path, tmp_path: Path) -> Path:
    path = tmp_path / "idcc.csv"
    path.write_bytes(text_of(Dataset.IDCC, *NEW))
    return path


def told(file: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_edition", "idcc", file, "--date=2026-11-01", "--source=DILA", *options, stdout=out)
    return out.getvalue()


def test_it_deposits_and_leaves_the_last_word_to_an_administrator(file: Path) -> None:
    said = told(file)
    assert "1 ajoutées, 1 supprimées, 1 modifiées, sur 3 en vigueur." in said
    assert "un administrateur doit la valider" in said
    assert queries.of_state(Dataset.IDCC, EditionState.TO_VALIDATE) is not None
    assert codes() == ["0016", "1090", "2174"]


def test_it_applies_at_once_where_it_is_told_to(file: Path) -> None:
    assert "édition du 01/11/2026 : 3 lignes en vigueur." in told(file, "--apply")
    assert codes() == ["0016", "0018", "1090"]


def test_comparing_alone_keeps_nothing(file: Path) -> None:
    before = ReferenceEdition.objects.count()
    assert "1 ajoutées, 1 supprimées" in told(file, "--compare-only")
    assert ReferenceEdition.objects.count() == before


def test_comparing_alone_exits_with_2_where_codes_in_use_would_vanish(file: Path, capsys) -> None:
    EstablishmentFactory.create(idcc="2174")
    with pytest.raises(SystemExit) as exit_:
        call_command("import_edition", "idcc", file, "--date=2026-11-01", "--source=DILA", "--compare-only")
    assert exit_.value.code == 2
    assert "établissements qui relèvent de cette convention : 1, codes 2174 (1)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        (b"code;label;active\n16;x;\n", (), "Ligne 2 : le code"),
        (b"", (), "vide"),
        (b"code;label;active\n0016;x;\n", ("--date=novembre",), "AAAA-MM-JJ"),
        (b"code;label;active\n0016;x;\n", ("--source= ",), "d'où vient le fichier"),
    ],
)
def test_a_refusal_is_a_sentence_and_keeps_nothing(
    file: Path, content: bytes, options: tuple[str, ...], words: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        told(file, *options)
    assert not ReferenceEdition.objects.filter(origin="deposee").exists()


def test_a_missing_file_is_said(loaded: Path) -> None:
    with pytest.raises(CommandError, match="ne se lit pas"):
        told(loaded / "absent.csv")


def test_every_facet_that_may_vanish_has_somebody_to_warn() -> None:
    assert {usage.facet for usage in registered_usages()} == {"idcc", "naf", "insee", "postal_codes"}
