"""The employer's directory: nobody doubled, nobody else's seen, the NIR or a reason."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from openopco.accounts.models import User
from openopco.habilitations.actions import accept_membership
from openopco.habilitations.models import Membership
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.organisations.errors import InvalidFields
from openopco.reference.enums import ContractType, Csp, EducationLevel
from openopco.rights import ANONYMOUS
from openopco.trainees import vault
from openopco.trainees.actions import save_trainee
from openopco.trainees.directory import keep_trainee
from openopco.trainees.enums import NirAbsentReason
from openopco.trainees.errors import UnknownTrainee
from openopco.trainees.fields import READERS, read_identity
from openopco.trainees.models import Trainee
from openopco.trainees.queries import directory, find_trainee
from tests.habilitations.factories import administrator, employer, officer
from tests.organisations.factories import EstablishmentFactory
from tests.trainees.factories import NIR, TraineeFactory, identity, nir, two_colleagues

NO_NIR = NirAbsentReason.NOT_YET_ASSIGNED.value
FORM = {
    "last_name": " Durand ",
    "birth_name": "Petit",
    "first_name": "Élise",
    "birth_date": "03/10/1995",
    "sex": "F",
    "postal_code": "68 110",
    "city": "Illzach",
    "employee_number": "A-12",
    "csp": "EMP",
    "contract_type": "CDI",
    "education_level": "4",
    "rqth": "on",
}


# --- the form ---------------------------------------------------------------------------------------------------------


def test_a_form_is_read_whole() -> None:
    assert read_identity(FORM) == identity(
        birth_name="Petit",
        postal_code="68110",
        city="Illzach",
        employee_number="A-12",
        contract_type=ContractType.CDI.value,
        rqth=True,
    )


def test_the_faults_of_a_form_are_told_at_once() -> None:
    with pytest.raises(InvalidFields) as told:
        read_identity({"birth_date": "31/02/1990", "postal_code": "1", "contract_type": "ROI", "education_level": "9"})
    assert set(told.value.errors) == {
        "last_name",
        "first_name",
        "birth_date",
        "sex",
        "postal_code",
        "csp",
        "contract_type",
        "education_level",
    }


@given(st.dictionaries(st.sampled_from(sorted(READERS)), st.text(max_size=40)))
def test_no_form_whatever_breaks_the_reader(raw: dict[str, str]) -> None:
    try:
        read = read_identity({**FORM, **raw})
    except InvalidFields as error:
        told = set(error.errors)
    else:
        told = set()
        assert read.last_name
        assert read.first_name
    assert told <= set(raw)


def test_codes_and_levels_are_stable() -> None:
    assert [csp.value for csp in Csp] == ["ONQ", "OQ", "EMP", "TAM", "CAD", "DIR"]
    assert [kind.value for kind in ContractType] == ["CDI", "CDD", "CTT", "APP", "PRO", "INT", "SAI", "AID"]
    assert [level.value for level in EducationLevel] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert "baccalauréat" in EducationLevel.NIVEAU_4.label


# --- kept, not doubled ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_person_is_added_with_a_nir_in_the_vault() -> None:
    garage, alice, _ = two_colleagues()
    kept = save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir=NIR)
    kept.refresh_from_db()
    assert (kept.last_name, kept.sort_key, kept.created_by_id) == ("Durand", "durand elise", alice.user_id)
    assert kept.nir is not None
    assert kept.nir_absent_reason == ""
    assert vault.store_nir(actor=alice, raw=NIR) == kept.nir_id


@pytest.mark.django_db
def test_a_missing_nir_needs_its_reason() -> None:
    garage, alice, _ = two_colleagues()
    for reason in ("", "PARCE QUE", NirAbsentReason.NOT_ASKED.value):
        with pytest.raises(InvalidValue, match="NIR"):
            save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir_absent_reason=reason)
    kept = save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir_absent_reason=NO_NIR)
    assert kept.nir_absent_reason == NO_NIR


@pytest.mark.django_db
def test_where_the_nir_is_not_asked_its_absence_says_so() -> None:
    garage, alice, _ = two_colleagues()
    kept = save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir_required=False)
    assert kept.nir_absent_reason == NirAbsentReason.NOT_ASKED


@pytest.mark.django_db
def test_a_wrong_nir_keeps_nobody() -> None:
    garage, alice, _ = two_colleagues()
    with pytest.raises(InvalidValue, match="clé"):
        save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir=NIR[:-1] + "4")
    assert not Trainee.objects.exists()


@pytest.mark.django_db
def test_the_same_nir_is_the_same_person_under_another_name() -> None:
    garage, alice, bob = two_colleagues()
    first = save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir=NIR)
    second = save_trainee(actor=bob, establishment_id=garage.pk, identity=identity(last_name="Martin"), nir=NIR)
    assert first == second
    assert Trainee.objects.get().last_name == "Martin"


@pytest.mark.django_db
def test_the_same_name_and_birth_date_are_the_same_person_however_typed() -> None:
    garage, alice, _ = two_colleagues()
    first = save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir_absent_reason=NO_NIR)
    typed = identity(last_name="DURAND", first_name="Elise", csp=Csp.CADRE.value)
    second = save_trainee(actor=alice, establishment_id=garage.pk, identity=typed, nir=NIR)
    assert first == second
    second.refresh_from_db()
    assert second.csp == Csp.CADRE
    assert second.nir_absent_reason == ""


@pytest.mark.django_db
def test_two_nirs_are_two_people_even_namesakes_of_one_day() -> None:
    garage, alice, _ = two_colleagues()
    first = save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir=nir(1))
    second = save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir=nir(2))
    assert first != second


@pytest.mark.django_db
def test_a_known_nir_is_not_lost_when_it_is_not_typed_again() -> None:
    garage, alice, _ = two_colleagues()
    kept = save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir=NIR)
    save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(city="Colmar"), trainee_id=kept.pk)
    kept.refresh_from_db()
    assert kept.city == "Colmar"
    assert kept.nir_id is not None


@pytest.mark.django_db
def test_the_same_person_at_two_employers_is_in_two_directories() -> None:
    one, other = employer(), employer()
    trainees = []
    for actor in (one, other):
        (grant,) = actor.grants
        assert grant.establishment_id is not None
        trainees.append(
            save_trainee(actor=actor, establishment_id=grant.establishment_id, identity=identity(), nir=NIR)
        )
    assert trainees[0] != trainees[1]


@pytest.mark.django_db
def test_a_correction_may_change_the_name() -> None:
    garage, alice, bob = two_colleagues()
    kept = save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir_absent_reason=NO_NIR)
    typed = identity(last_name="Élan")
    save_trainee(actor=bob, establishment_id=garage.pk, identity=typed, nir_absent_reason=NO_NIR, trainee_id=kept.pk)
    kept.refresh_from_db()
    assert (kept.last_name, kept.sort_key) == ("Élan", "elan elise")


@pytest.mark.django_db
def test_nothing_of_a_disability_is_in_the_journal() -> None:
    garage, alice, _ = two_colleagues()
    save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(rqth=True), nir_absent_reason=NO_NIR)
    entry = Entry.objects.get(subject_kind="trainee")
    assert (entry.event, entry.payload) == ("trainee.saved", None)


# --- who reaches whom -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_strangers_keep_nobody() -> None:
    garage = EstablishmentFactory.create()
    for actor in (employer(), officer(), administrator(), ANONYMOUS):
        with pytest.raises(Forbidden):
            save_trainee(actor=actor, establishment_id=garage.pk, identity=identity(), nir_absent_reason=NO_NIR)


@pytest.mark.django_db
def test_a_pending_colleague_sees_only_whom_he_typed() -> None:
    garage, alice, bob = two_colleagues(second_accepted=False)
    hers = save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), nir=NIR)
    his = save_trainee(actor=bob, establishment_id=garage.pk, identity=identity(), nir=NIR)
    assert hers != his, "he must not learn that she is there"
    assert directory(bob, garage.pk).items == [his]
    assert directory(alice, garage.pk).items == [hers], "nobody knows yet that he acts for the garage"
    assert find_trainee(alice, his.pk) is None
    assert find_trainee(bob, hers.pk) is None
    with pytest.raises(UnknownTrainee):
        save_trainee(actor=bob, establishment_id=garage.pk, identity=identity(), trainee_id=hers.pk)


@pytest.mark.django_db
def test_whom_he_typed_enters_the_directory_once_he_is_accepted() -> None:
    garage, alice, bob = two_colleagues(second_accepted=False)
    his = save_trainee(actor=bob, establishment_id=garage.pk, identity=identity(), nir=NIR)
    other = TraineeFactory.create(establishment=garage, unconfirmed=True)
    waiting = Membership.objects.get(user_id=bob.user_id)
    accept_membership(actor=officer(), membership_id=waiting.pk, note="Vérifié par téléphone avec le dirigeant.")
    assert directory(alice, garage.pk).items == [his]
    other.refresh_from_db()
    assert other.unconfirmed, "somebody else typed that one"


@pytest.mark.django_db
def test_a_trainee_of_another_establishment_is_unknown() -> None:
    garage, alice, _ = two_colleagues()
    elsewhere = TraineeFactory.create()
    with pytest.raises(UnknownTrainee):
        save_trainee(actor=alice, establishment_id=garage.pk, identity=identity(), trainee_id=elsewhere.pk)
    assert find_trainee(alice, elsewhere.pk) is None
    assert directory(alice, elsewhere.establishment_id).items == []


@pytest.mark.django_db
def test_who_acts_for_two_establishments_mixes_up_none_of_their_people() -> None:
    garage, alice, _ = two_colleagues()
    other = EstablishmentFactory.create()
    both = employer(other, user=User.objects.get(pk=alice.user_id))
    hers = TraineeFactory.create(establishment=other)
    assert find_trainee(both, hers.pk) == hers
    with pytest.raises(UnknownTrainee):
        save_trainee(
            actor=both, establishment_id=garage.pk, identity=identity(), nir_absent_reason=NO_NIR, trainee_id=hers.pk
        )


@pytest.mark.django_db
@pytest.mark.parametrize("who", [officer, administrator, lambda: ANONYMOUS])
def test_nobody_else_has_a_directory(who: object) -> None:
    trainee = TraineeFactory.create()
    actor = who()  # type: ignore[operator]
    assert directory(actor, trainee.establishment_id).items == []
    assert find_trainee(actor, trainee.pk) is None


@pytest.mark.django_db
def test_people_are_searched_by_any_part_of_their_names() -> None:
    garage, alice, _ = two_colleagues()
    elise = TraineeFactory.create(
        establishment=garage, last_name="Le Élan", first_name="Zoé", birth_name="Petit", employee_number="A-12"
    )
    TraineeFactory.create(establishment=garage)
    for text in ("ELAN", "zoe elan", "petit", "a-12", "  le "):
        assert directory(alice, garage.pk, text).items == [elise], text
    assert directory(alice, garage.pk, "personne").items == []


@pytest.mark.django_db
def test_the_directory_turns_its_pages_by_name_whatever_their_number(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    garage, alice, _ = two_colleagues()
    for number in (3, 1, 5, 2, 4):
        TraineeFactory.create(establishment=garage, last_name=f"Nom {number}")
    with django_assert_num_queries(2):
        first = directory(alice, garage.pk, size=3)
        second = directory(alice, garage.pk, after=first.next, size=3)
        names = [str(trainee) for trainee in first.items + second.items]
    assert names == [f"Prénom Nom {number}" for number in range(1, 6)]


@pytest.mark.django_db
def test_a_list_does_not_load_what_is_said_of_a_disability() -> None:
    garage, alice, _ = two_colleagues()
    TraineeFactory.create(establishment=garage, rqth=True)
    (listed,) = directory(alice, garage.pk).items
    assert listed.get_deferred_fields() == {"rqth"}


@pytest.mark.django_db
def test_a_request_finds_the_person_that_its_row_became() -> None:
    garage, alice, _ = two_colleagues()
    assert alice.user_id is not None
    known = TraineeFactory.create(establishment=garage)
    kept = keep_trainee(
        establishment_id=garage.pk,
        user_id=alice.user_id,
        identity=identity(),
        nir_id=None,
        nir_absent_reason=NO_NIR,
        known_id=known.pk,
    )
    assert kept == known
    assert kept.birth_date == date(1995, 10, 3)


# --- the database refuses nonsense ------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        {"nir_absent_reason": ""},
        {"nir_absent_reason": "PARCE QUE"},
        {"sex": "X"},
        {"csp": "roi"},
        {"csp": ""},
        {"contract_type": "C D"},
        {"education_level": 0},
        {"education_level": 100},
    ],
)
def test_the_table_refuses_nonsense(broken: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TraineeFactory.create(**broken)


@pytest.mark.django_db
def test_the_table_refuses_a_nir_and_a_reason_at_once() -> None:
    secret_id = vault.store_nir(actor=employer(), raw=NIR)
    with pytest.raises(IntegrityError), transaction.atomic():
        TraineeFactory.create(nir_id=secret_id)
