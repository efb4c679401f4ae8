"""The data that come with the house: whole, findable, and equal to what their producers published."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from openopco.reference import queries
from openopco.reference.enums import Dataset
from openopco.reference.loading import DATA, load_all
from openopco.reference.models import Commune, CommunePostalCode, Idcc, NafCode
from tests.reference.conftest import NOW
from tests.shared_data import shared_rows


@pytest.fixture(scope="module", autouse=True)
def _shipped(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """All of it, loaded once for these tests, which only read; then rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_all(now=NOW)
        yield
        transaction.set_rollback(True)
    with django_db_blocker.unblock():
        connection.close()
    queries.forget()


def names(postal_code: str) -> list[str]:
    return [choice.name for choice in queries.communes_for_postal_code(postal_code)]


def test_every_commune_of_france_is_there() -> None:
    assert Commune.objects.filter(parent_code="").count() == 34_969
    assert Commune.objects.exclude(parent_code="").count() == 45
    assert set(Commune.objects.values_list("zone", flat=True).distinct().order_by()) == {"metro", "drom", "com"}


def test_every_commune_but_the_southern_lands_has_a_postal_code() -> None:
    without = Commune.objects.filter(postal_codes=None).values_list("department", flat=True).order_by()
    assert set(without) == {"984"}


@pytest.mark.parametrize(
    ("postal_code", "name"),
    [
        ("68110", "Illzach"),
        ("20000", "Ajaccio"),
        ("97400", "Saint-Denis"),
        ("97600", "Mamoudzou"),
        ("97133", "Saint-Barthélemy"),
        ("97500", "Saint-Pierre"),
        ("98800", "Nouméa"),
        ("75001", "Paris 1er Arrondissement"),
        ("75116", "Paris 16e Arrondissement"),
        ("69009", "Lyon 9e Arrondissement"),
        ("13016", "Marseille 16e Arrondissement"),
    ],
)
def test_communes_are_found_overseas_and_in_arrondissements(postal_code: str, name: str) -> None:
    assert name in names(postal_code)


@pytest.mark.parametrize(
    ("first", "last", "city"), [(75001, 75020, "Paris"), (69001, 69009, "Lyon"), (13001, 13016, "Marseille")]
)
def test_each_arrondissement_comes_after_its_city(first: int, last: int, city: str) -> None:
    for postal_code in range(first, last + 1):
        found = names(str(postal_code))
        assert found[0] == city
        assert any(name.startswith(f"{city} {postal_code % 100}e") for name in found)


def test_no_postal_code_has_more_communes_than_a_list_shows() -> None:
    codes = list(CommunePostalCode.objects.order_by().values_list("postal_code", flat=True))
    most = max(set(codes), key=codes.count)
    assert 40 <= codes.count(most) <= queries.MOST_CHOICES
    assert len(queries.communes_for_postal_code(most)) == codes.count(most)


def test_activities_and_agreements_of_the_walk_are_there() -> None:
    assert queries.naf_label("7120A") == "Contrôle technique automobile"
    assert queries.naf_label("8559A") == "Formation continue d’adultes"
    assert queries.idcc_label("1090").startswith("Services de l’automobile")
    assert queries.idcc_label("9999") == "Sans convention collective"
    assert NafCode.objects.count() == 732
    assert Idcc.objects.count() == 392


def test_labels_are_tidy() -> None:
    labels = [*NafCode.objects.values_list("label", flat=True), *Idcc.objects.values_list("label", flat=True)]
    for label in labels:
        assert label == " ".join(label.split())
        assert "'" not in label
        assert label


def test_each_data_set_names_its_producer_and_its_date() -> None:
    editions = queries.editions()
    assert {edition.dataset for edition in editions} == set(Dataset.values)
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for edition in editions:
        assert edition.licence == "Licence Ouverte 2.0"
        for fact in (edition.producer, edition.as_of, edition.source, f"| {edition.row_count} |"):
            assert fact in readme


def test_the_files_are_small() -> None:
    assert sum(path.stat().st_size for path in Path(DATA).iterdir()) < 450_000


def test_postal_codes_agree_with_the_official_pairs() -> None:
    rows = shared_rows("refdata/communes/commune-code-postal-cog2026.csv.gz")
    ours = CommunePostalCode.objects.filter(commune__parent_code="").order_by().values_list("commune_id", "postal_code")
    assert {(row["code_insee"], row["code_postal"]) for row in rows} == set(ours)


def test_names_agree_with_the_official_geographic_code() -> None:
    rows = shared_rows("refdata/communes/communes-cog2026.csv.gz")
    kept = {"commune-actuelle", "arrondissement-municipal"}
    official = {(row["code"], row["nom"], row["zone"], row["departement"]) for row in rows if row["type"] in kept}
    assert official == set(Commune.objects.order_by().values_list("insee_code", "name", "zone", "department"))


def test_activities_agree_with_the_official_subclasses() -> None:
    rows = shared_rows("refdata/naf/naf-rev2-sous-classes.csv")
    ours = {naf.code: naf.search for naf in NafCode.objects.order_by()}
    assert {row["code"].replace(".", "") for row in rows} == set(ours)


def test_agreements_agree_with_the_fonds_kali() -> None:
    rows = shared_rows("refdata/idcc/idcc-kali.csv")
    published = {row["idcc"] for row in rows if row["idcc"]}
    assert published == set(Idcc.objects.order_by().values_list("code", flat=True)) - {"9998", "9999"}
