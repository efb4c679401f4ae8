"""`import_reference` loads what changed, whole or not at all, and remembers whose data they are."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from openopco.reference import loading, queries
from openopco.reference.enums import Dataset
from openopco.reference.loading import DamagedData, Loaded, load_all
from openopco.reference.models import Commune, CommunePostalCode, Idcc, NafCode, ReferenceEdition
from tests.reference.conftest import NOW
from tests.reference.factories import ROWS, describe, write_folder

LATER = NOW + timedelta(days=1)
pytestmark = pytest.mark.django_db


def test_everything_is_loaded_the_first_time(tmp_path: Path) -> None:
    outcome = load_all(now=NOW, folder=write_folder(tmp_path))
    assert outcome == [Loaded("communes", 8, True), Loaded("naf", 2, True), Loaded("idcc", 3, True)]
    assert (Commune.objects.count(), CommunePostalCode.objects.count()) == (8, 10)
    assert (NafCode.objects.count(), Idcc.objects.count()) == (2, 3)


def test_rows_carry_what_their_file_says(loaded: Path) -> None:
    paris = Commune.objects.get(pk="75101")
    assert (paris.name, paris.folded_name, paris.department) == (
        "Paris 1er Arrondissement",
        "paris 1er arrondissement",
        "75",
    )
    assert (paris.zone, paris.parent_code) == ("metro", "75056")
    assert list(Idcc.objects.order_by("code").values_list("active", flat=True)) == [True, None, False]
    assert str(NafCode.objects.get(code="9531Y")) == "9531Y Réparation de véhicules automobiles"


def test_the_edition_names_producer_date_and_licence(loaded: Path) -> None:
    edition = queries.editions()[0]
    assert (edition.dataset, edition.row_count, edition.imported_at) == ("communes", 8, NOW)
    assert (edition.producer, edition.licence, edition.as_of) == ("Insee", "Licence Ouverte 2.0", "2026")
    assert str(edition) == "Communes et codes postaux (2026)"
    assert len(edition.digest) == 64


def test_the_same_files_are_loaded_once(loaded: Path, django_assert_num_queries) -> None:
    with django_assert_num_queries(3):
        outcome = load_all(now=LATER, folder=loaded)
    assert [entry.changed for entry in outcome] == [False, False, False]
    assert {edition.imported_at for edition in queries.editions()} == {NOW}


def test_force_loads_the_same_files_again(loaded: Path) -> None:
    assert all(entry.changed for entry in load_all(now=LATER, folder=loaded, force=True))
    assert Commune.objects.count() == 8
    assert {edition.imported_at for edition in queries.editions()} == {LATER}


def test_a_new_edition_replaces_its_data_set_alone(loaded: Path) -> None:
    write_folder(loaded, idcc=["1090;Services de l’auto;", "9999;Sans convention collective;1"])
    outcome = load_all(now=LATER, folder=loaded)
    assert [entry.dataset for entry in outcome if entry.changed] == ["idcc"]
    assert list(Idcc.objects.values_list("code", "label")) == [
        ("1090", "Services de l’auto"),
        ("9999", "Sans convention collective"),
    ]
    assert [edition.row_count for edition in queries.editions()] == [8, 2, 2]
    assert ReferenceEdition.objects.get(dataset="naf").imported_at == NOW


def test_an_import_makes_this_process_forget_its_answers(loaded: Path) -> None:
    assert queries.idcc_label("1090") == "Services de l’automobile"
    load_all(now=LATER, folder=write_folder(loaded, idcc=["1090;Services de l’auto;"]))
    assert queries.idcc_label("1090") == "Services de l’auto"


def test_a_file_cut_short_is_refused_and_the_old_rows_stay(loaded: Path) -> None:
    write_folder(loaded, communes=ROWS[Dataset.COMMUNES][:3])
    describe(loaded, {Dataset.COMMUNES: 8, Dataset.NAF: 2, Dataset.IDCC: 3})
    with pytest.raises(DamagedData, match="3 rows, 8 announced"):
        load_all(now=LATER, folder=loaded)
    assert Commune.objects.count() == 8
    assert ReferenceEdition.objects.get(dataset="communes").imported_at == NOW


def test_a_data_set_is_loaded_whole_or_not_at_all(loaded: Path) -> None:
    write_folder(loaded, communes=["68154;Illzach;68;metro;;68110", "99999;Nulle part;99;lune;;"])
    with pytest.raises(IntegrityError):
        load_all(now=LATER, folder=loaded)
    assert Commune.objects.count() == 8


def test_the_number_of_queries_grows_with_batches_not_with_rows(tmp_path: Path, django_assert_max_num_queries) -> None:
    many = [f"{code:05d};Commune {code};01;metro;;{code:05d}" for code in range(1000, 3000)]
    write_folder(tmp_path, communes=many)
    with django_assert_max_num_queries(60):
        load_all(now=NOW, folder=tmp_path)
    assert CommunePostalCode.objects.count() == 2000


def test_the_command_says_what_it_did(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(loading, "DATA", write_folder(tmp_path))
    first, second = StringIO(), StringIO()
    call_command("import_reference", stdout=first)
    call_command("import_reference", stdout=second)
    assert first.getvalue().splitlines() == [
        "Communes et codes postaux : 8 lignes, chargé.",
        "Nomenclature d'activités française : 2 lignes, chargé.",
        "Conventions collectives : 3 lignes, chargé.",
    ]
    assert second.getvalue().count("déjà à jour") == 3


def test_the_command_fails_in_a_sentence_where_a_file_is_damaged(tmp_path: Path, monkeypatch) -> None:
    write_folder(tmp_path)
    describe(tmp_path, dict.fromkeys(Dataset, 1))
    monkeypatch.setattr(loading, "DATA", tmp_path)
    with pytest.raises(CommandError, match="Un fichier livré est abîmé, rien n'en a été chargé"):
        call_command("import_reference")
