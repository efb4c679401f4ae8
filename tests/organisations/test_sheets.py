"""What officers keep on a sheet: notes and contributions; what they find there."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.kernel.nir import NirInText
from openopco.organisations import queries
from openopco.organisations.actions import note_on_company, note_on_provider, record_contributions
from openopco.organisations.errors import InvalidFields
from openopco.organisations.models import Company, OrganisationNote
from tests.habilitations.factories import employer, officer
from tests.organisations.factories import ACTIF_AUTO, CompanyFactory, EstablishmentFactory, ProviderFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


def recorded(company: Company, **changes: Any) -> Company:
    given = {"paid": False, "on": DAY, "source": "Attestation de vigilance", **changes}
    return record_contributions(actor=officer(), company_id=company.pk, **given)


def test_a_note_is_kept_with_its_author_and_journalled_without_its_words() -> None:
    company, olga = CompanyFactory.create(), officer()
    note = note_on_company(actor=olga, company_id=company.pk, body=" Rappeler  en mars.\r\n")
    assert (note.body, note.author_label) == ("Rappeler  en mars.", olga.label)
    assert [each.pk for each in queries.notes_on(company)] == [note.pk]
    entry = Entry.objects.get(subject_kind="company", subject_id=company.pk)
    assert (entry.event, entry.payload) == ("company.note", {"note": note.pk})


def test_notes_of_a_provider_are_its_own() -> None:
    provider, other = ProviderFactory.create(), ProviderFactory.create()
    first = note_on_provider(actor=officer(), provider_id=provider.pk, body="Un.")
    second = note_on_provider(actor=officer(), provider_id=provider.pk, body="Deux.")
    assert queries.notes_on(provider) == [second, first]
    assert queries.notes_on(other) == []


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 4001])
def test_a_note_says_something_and_not_too_much(body: str) -> None:
    with pytest.raises(InvalidValue):
        note_on_company(actor=officer(), company_id=CompanyFactory.create().pk, body=body)
    assert not OrganisationNote.objects.exists()


def test_a_note_holds_no_nir() -> None:
    with pytest.raises(NirInText):
        note_on_company(actor=officer(), company_id=CompanyFactory.create().pk, body="Voir 2 55 08 14 168 025 38.")


def test_employers_neither_note_nor_record_nor_search() -> None:
    place = EstablishmentFactory.create()
    alice = employer(place)
    with pytest.raises(Forbidden):
        note_on_company(actor=alice, company_id=place.company_id, body="Bonjour.")
    with pytest.raises(Forbidden):
        record_contributions(actor=alice, company_id=place.company_id, paid=True, on=DAY, source="Moi")
    for read in (queries.find_establishments, queries.find_providers):
        with pytest.raises(Forbidden):
            read(alice)
    for find in (queries.establishment_for_desk, queries.provider_for_desk):
        with pytest.raises(Forbidden):
            find(alice, place.pk)


def test_the_database_keeps_a_note_of_one_alone() -> None:
    olga = officer()
    given = {"author_id": olga.user_id, "author_label": "Olga", "body": "x", "created_at": "2026-11-20T10:00:00Z"}
    for about in ({}, {"company": CompanyFactory.create(), "provider": ProviderFactory.create()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OrganisationNote.objects.create(**given, **about)


def test_contributions_are_told_with_their_day_and_their_source() -> None:
    company = recorded(CompanyFactory.create())
    company.refresh_from_db()
    assert (company.contributions_paid, company.contributions_on) == (False, DAY)
    assert company.contributions_source == "Attestation de vigilance"
    entry = Entry.objects.get(subject_kind="company", subject_id=company.pk)
    assert entry.event == "company.contributions"
    assert entry.payload == {"paid": False, "on": "2026-11-20", "source": "Attestation de vigilance"}


def test_the_same_told_twice_is_journalled_once() -> None:
    company = recorded(CompanyFactory.create())
    recorded(company)
    recorded(company, paid=True)
    assert Entry.objects.filter(subject_kind="company", subject_id=company.pk).count() == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"paid": None}, "paid"),
        ({"on": None}, "on"),
        ({"on": date(2126, 1, 1)}, "on"),
        ({"source": " "}, "source"),
        ({"source": "x" * 201}, "source"),
    ],
)
def test_what_is_missing_or_wrong_is_said_by_its_field(changes: dict[str, Any], field: str) -> None:
    company = CompanyFactory.create()
    with pytest.raises(InvalidFields) as refused:
        recorded(company, **changes)
    assert list(refused.value.errors) == [field]
    company.refresh_from_db()
    assert company.contributions_paid is None


def test_the_database_refuses_contributions_without_day_or_source() -> None:
    company = CompanyFactory.create()
    for values in ({"contributions_paid": True}, {"contributions_on": DAY}, {"contributions_source": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Company.objects.filter(pk=company.pk).update(**values)


def test_employers_are_found_by_a_part_of_name_city_or_siret() -> None:
    olga = officer()
    wanted = EstablishmentFactory.create(name="ÉTABLISSEMENTS ŒUVRARD", city="Sélestat", siret=ACTIF_AUTO)
    EstablishmentFactory.create(name="AUTRE")
    for typed in ("oeuvrard", "établ selestat", "831 352 976 00011", "831352976", "97600"):
        assert queries.find_establishments(olga, typed).items == [wanted], typed
    assert queries.find_establishments(olga, "oeuvrard colmar").items == []
    assert len(queries.find_establishments(olga).items) == 2


def test_providers_are_found_and_listed_by_name_page_after_page() -> None:
    olga = officer()
    made = [ProviderFactory.create(name=f"ÉCOLE {number:02d}") for number in range(30)]
    first = queries.find_providers(olga, "ecole")
    rest = queries.find_providers(olga, "ecole", first.next)
    assert [*first.items, *rest.items] == made
    assert rest.next is None


def test_other_places_of_the_company_are_its_own() -> None:
    place = EstablishmentFactory.create()
    twin = EstablishmentFactory.create(company=place.company, siret=ACTIF_AUTO)
    EstablishmentFactory.create()
    assert queries.sister_establishments(place) == [twin]
