"""An employer's establishment: found, keyed by hand, completed, verified, checked again."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from openopco.base.jobs import run_pending_jobs
from openopco.base.jobs.runner import run_one
from openopco.base.models import Job
from openopco.journal.queries import entries_of
from openopco.kernel.errors import Forbidden, InvalidValue, Unavailable
from openopco.organisations.actions import (
    complete_establishment,
    create_establishment_by_hand,
    find_or_create_establishment,
    recheck_establishment,
    verify_establishment,
)
from openopco.organisations.enums import Source
from openopco.organisations.errors import AlreadyKnown, ClosedEstablishment, InvalidFields, NotFound, TooMany
from openopco.organisations.models import Company, Establishment
from openopco.organisations.queries import elsewhere_in_words, establishments_to_verify, proposed_opco
from openopco.organisations.tasks import recheck_unverified
from openopco.rights import ANONYMOUS, Actor, Grant, Role
from tests.organisations import answers
from tests.organisations.factories import ACTIF_AUTO, CompanyFactory, EstablishmentFactory, siret
from tests.organisations.servers import Service

TRANSPORT, SECOND, CLOSED = "00071296800015", "00071296800023", "00071296800031"
BAKERY = "00071703300013"


def employer_of(actor: Actor, establishment: Establishment, *, confirmed: bool = True) -> Actor:
    return Actor(actor.user_id, actor.label, (Grant(Role.EMPLOYEUR, establishment.pk, confirmed=confirmed),))


def events(establishment: Establishment) -> list[str]:
    return [entry.event for entry in entries_of("establishment", establishment.pk)]


@time_machine.travel("2026-11-23T09:00:00Z", tick=False)
def test_a_siret_brings_its_facts(alice: Actor) -> None:
    kept = find_or_create_establishment(actor=alice, siret="831 352 976 00011")
    assert (kept.siret, kept.name, kept.city) == (ACTIF_AUTO, "ACTIF AUTO CONTROLE", "ILLZACH")
    assert (kept.naf, kept.idcc, kept.headcount_band, kept.opco_slug) == ("7120A", "1090", "02", "mobilites")
    assert (kept.source, kept.verified, kept.is_active) == (Source.REGISTRY, True, True)
    assert kept.facts_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert kept.created_by_id == alice.user_id
    assert (kept.company.siren, kept.company.headcount_exact) == ("831352976", None)
    assert events(kept) == ["establishment.created"]


def test_a_siret_is_kept_once(alice: Actor) -> None:
    first = find_or_create_establishment(actor=alice, siret=ACTIF_AUTO)
    assert find_or_create_establishment(actor=alice, siret=ACTIF_AUTO) == first
    assert Establishment.objects.count() == 1
    assert events(first) == ["establishment.created"]


def test_a_known_siret_needs_no_registry(alice: Actor, public_services: Service) -> None:
    known = EstablishmentFactory.create()
    assert find_or_create_establishment(actor=alice, siret=known.siret) == known
    assert public_services.asked == []


def test_two_establishments_share_their_company(alice: Actor) -> None:
    first = find_or_create_establishment(actor=alice, siret=TRANSPORT)
    second = find_or_create_establishment(actor=alice, siret=SECOND)
    assert first.company == second.company
    assert Company.objects.count() == 1


def test_a_closed_establishment_is_refused_in_words(alice: Actor) -> None:
    with pytest.raises(ClosedEstablishment, match="fermé"):
        find_or_create_establishment(actor=alice, siret=CLOSED)
    assert not Establishment.objects.exists()


def test_an_establishment_known_to_be_closed_is_refused_too(alice: Actor) -> None:
    closed = EstablishmentFactory.create(is_active=False)
    with pytest.raises(ClosedEstablishment):
        find_or_create_establishment(actor=alice, siret=closed.siret)


def test_nobody_in_particular_keeps_nothing(db: None) -> None:
    with pytest.raises(Forbidden):
        find_or_create_establishment(actor=ANONYMOUS, siret=ACTIF_AUTO)


def test_the_opco_is_left_open_when_its_directory_is_down(alice: Actor, public_services: Service) -> None:
    public_services.says("/search", answers.company(answers.place()))
    public_services.says("/api/opcos/", {}, status=500)
    kept = find_or_create_establishment(actor=alice, siret=ACTIF_AUTO)
    assert (kept.opco_slug, kept.idcc, kept.verified) == ("", "1090", True)
    assert proposed_opco(kept) == "mobilites"


def test_an_agreement_among_several_is_not_guessed(alice: Actor, public_services: Service) -> None:
    public_services.says("/search", answers.company(answers.place(liste_idcc=["1090", "0016"])))
    public_services.says("/api/opcos/", answers.opco(status="MULTIPLE_OPCO", idcc=None))
    assert find_or_create_establishment(actor=alice, siret=ACTIF_AUTO).idcc == ""


def test_a_registry_that_is_down_says_so_and_keeps_nothing(alice: Actor, public_services: Service) -> None:
    public_services.says("/search", {}, status=503)
    with pytest.raises(Unavailable):
        find_or_create_establishment(actor=alice, siret=ACTIF_AUTO)
    assert not Establishment.objects.exists()


def test_a_company_of_another_opco_is_told_kindly_and_marked(alice: Actor) -> None:
    bakery = find_or_create_establishment(actor=alice, siret=BAKERY)
    assert bakery.opco_slug == "opcoep"
    assert "OPCO EP" in elsewhere_in_words(bakery)
    assert "continuer" in elsewhere_in_words(bakery)


def test_nothing_is_said_to_our_own_companies_nor_to_unknown_ones(db: None) -> None:
    assert elsewhere_in_words(EstablishmentFactory.build(opco_slug="mobilites")) == ""
    assert elsewhere_in_words(EstablishmentFactory.build(opco_slug="")) == ""


def test_an_agreement_of_another_branch_proposes_nothing(db: None) -> None:
    assert proposed_opco(EstablishmentFactory.build(idcc="0843")) == ""
    assert proposed_opco(EstablishmentFactory.build(idcc="")) == ""
    assert proposed_opco(EstablishmentFactory.build(idcc="1090", opco_slug="akto")) == "akto"


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_what_is_keyed_by_hand_is_to_verify(alice: Actor) -> None:
    kept = create_establishment_by_hand(
        actor=alice,
        siret=siret(1),
        name="  Garage   Élan ",
        postal_code="68 110",
        city="Illzach",
        naf="71.20a",
        idcc="1090",
        headcount_exact="12",
        email="Garage@Exemple.fr",
        phone="03 89 00 00 00",
    )
    kept.refresh_from_db()
    assert (kept.name, kept.postal_code, kept.naf, kept.idcc) == ("Garage Élan", "68110", "7120A", "1090")
    assert (kept.source, kept.verified, kept.facts_at) == (Source.HAND, False, None)
    assert kept.company.headcount_exact == 12
    assert kept.phone == "0389000000"
    assert kept.search == f"garage elan illzach {siret(1)}"


def test_all_the_faults_are_told_at_once_each_by_its_field(alice: Actor) -> None:
    with pytest.raises(InvalidFields) as told:
        create_establishment_by_hand(
            actor=alice, siret=siret(1), name=" ", postal_code="6811", naf="zz", headcount_exact="douze", email="a@"
        )
    assert set(told.value.errors) == {"name", "postal_code", "naf", "headcount_exact", "email"}
    assert told.value.errors["name"] == "Indiquez le nom ou la raison sociale."
    assert not Establishment.objects.exists()


def test_a_wrong_siret_is_refused_by_hand_too(alice: Actor) -> None:
    with pytest.raises(InvalidValue, match="clé"):
        create_establishment_by_hand(actor=alice, siret="83135297600012", name="Garage")


def test_a_siret_already_kept_cannot_be_keyed_again(alice: Actor) -> None:
    known = EstablishmentFactory.create()
    with pytest.raises(AlreadyKnown):
        create_establishment_by_hand(actor=alice, siret=known.siret, name="Autre nom")


def test_one_person_cannot_fill_the_register(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openopco.organisations.actions.common.MOST_CREATED_PER_DAY", 2)
    create_establishment_by_hand(actor=alice, siret=siret(1), name="A")
    create_establishment_by_hand(actor=alice, siret=siret(2), name="B")
    with pytest.raises(TooMany):
        create_establishment_by_hand(actor=alice, siret=siret(3), name="C")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, minutes=1)):
        assert create_establishment_by_hand(actor=alice, siret=siret(3), name="C")


def test_the_registry_is_asked_again_later_and_then_vouches(alice: Actor) -> None:
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False):
        kept = create_establishment_by_hand(
            actor=alice, siret=ACTIF_AUTO, name="actif auto", idcc="0016", phone="0389000000"
        )
        run_pending_jobs()
        kept.refresh_from_db()
        assert not kept.verified
    with time_machine.travel("2026-11-23T09:11:00Z", tick=False):
        run_pending_jobs()
    kept.refresh_from_db()
    assert (kept.name, kept.verified, kept.source) == ("ACTIF AUTO CONTROLE", True, Source.REGISTRY)
    assert (kept.idcc, kept.phone) == ("0016", "0389000000"), "what people completed is theirs"
    assert kept.company.name == "ACTIF AUTO CONTROLE"
    assert events(kept) == ["establishment.created", "establishment.rechecked"]


def test_a_registry_that_is_still_down_is_asked_once_more(alice: Actor, public_services: Service) -> None:
    public_services.says("/search", {}, status=503)
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False):
        create_establishment_by_hand(actor=alice, siret=ACTIF_AUTO, name="actif auto")
    with time_machine.travel("2026-11-23T09:11:00Z", tick=False):
        assert run_one("worker")
        job = Job.objects.get(name="organisations.recheck")
        assert (job.state, job.attempts) == ("queued", 1)
    public_services.says("/search", answers.company(answers.place()))
    public_services.says("/api/opcos/", answers.opco())
    with time_machine.travel("2026-11-23T10:30:00Z", tick=False):
        run_pending_jobs()
    assert Establishment.objects.get(siret=ACTIF_AUTO).verified


def test_a_siret_that_stays_unknown_stays_to_verify(alice: Actor) -> None:
    kept = EstablishmentFactory.create()
    assert not recheck_establishment(kept.pk)
    kept.refresh_from_db()
    assert (kept.verified, kept.source) == (False, Source.HAND)


def test_an_establishment_that_closed_is_marked(alice: Actor) -> None:
    kept = EstablishmentFactory.create(siret=CLOSED, company=CompanyFactory(siren=CLOSED[:9]))
    assert recheck_establishment(kept.pk)
    kept.refresh_from_db()
    assert not kept.is_active


def test_the_sweep_asks_each_day_for_what_is_to_verify(alice: Actor) -> None:
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False):
        EstablishmentFactory.create()
        EstablishmentFactory.create(verified=True, source=Source.REGISTRY, facts_at=datetime(2026, 11, 22, tzinfo=UTC))
        aged = datetime(2026, 10, 1, tzinfo=UTC)
        EstablishmentFactory.create(verified=True, source=Source.REGISTRY, facts_at=aged)
    with time_machine.travel("2026-11-23T11:00:00Z", tick=False):
        assert recheck_unverified() == 2
        recheck_unverified()
        assert Job.objects.filter(name="organisations.recheck").count() == 2
    with time_machine.travel("2026-11-24T11:00:00Z", tick=False):
        recheck_unverified()
        assert Job.objects.filter(name="organisations.recheck").count() == 4


# --- completed, verified ----------------------------------------------------------------------------------------------


@time_machine.travel("2026-11-23T23:30:00Z", tick=False)
def test_the_headcount_is_the_companys_and_is_dated_in_paris(alice: Actor) -> None:
    first = find_or_create_establishment(actor=alice, siret=TRANSPORT)
    second = find_or_create_establishment(actor=alice, siret=SECOND)
    complete_establishment(actor=employer_of(alice, first), establishment_id=first.pk, headcount_exact="1 024")
    second.company.refresh_from_db()
    assert second.company.headcount_exact == 1024
    assert second.company.headcount_at == date(2026, 11, 24)
    entry = entries_of("company", first.company_id).get()
    assert entry.payload == {"before": None, "after": 1024}


def test_contact_and_agreement_are_completed(alice: Actor) -> None:
    kept = find_or_create_establishment(actor=alice, siret=ACTIF_AUTO)
    actor = employer_of(alice, kept)
    done = complete_establishment(
        actor=actor, establishment_id=kept.pk, idcc="16", email="contact@exemple.fr", phone="+33 3 89 00 00 00"
    )
    assert (done.idcc, done.email, done.phone) == ("0016", "contact@exemple.fr", "0389000000")
    entry = entries_of("establishment", kept.pk).last()
    assert entry is not None
    assert entry.payload == {"fields": ["email", "idcc", "phone"]}, "the journal keeps names of columns, no address"


def test_nothing_changed_writes_nothing(alice: Actor) -> None:
    kept = find_or_create_establishment(actor=alice, siret=ACTIF_AUTO)
    complete_establishment(actor=employer_of(alice, kept), establishment_id=kept.pk, idcc="1090")
    assert events(kept) == ["establishment.created"]


def test_what_the_registry_says_is_not_corrected_by_the_employer(alice: Actor) -> None:
    kept = find_or_create_establishment(actor=alice, siret=ACTIF_AUTO)
    with pytest.raises(InvalidFields) as told:
        complete_establishment(actor=employer_of(alice, kept), establishment_id=kept.pk, name="Autre")
    assert list(told.value.errors) == ["name"]


def test_what_was_keyed_by_hand_may_be_corrected_until_verified(alice: Actor, officer: Actor) -> None:
    kept = create_establishment_by_hand(actor=alice, siret=siret(1), name="Garaje")
    actor = employer_of(alice, kept, confirmed=False)
    assert complete_establishment(actor=actor, establishment_id=kept.pk, name="Garage").name == "Garage"
    verify_establishment(actor=officer, establishment_id=kept.pk)
    with pytest.raises(InvalidFields):
        complete_establishment(actor=actor, establishment_id=kept.pk, name="Autre")


@pytest.mark.parametrize(("confirmed", "allowed"), [(True, True), (False, False)])
def test_a_colleague_completes_once_accepted(alice: Actor, confirmed: bool, allowed: bool) -> None:
    kept = EstablishmentFactory.create()
    actor = employer_of(alice, kept, confirmed=confirmed)
    if allowed:
        assert complete_establishment(actor=actor, establishment_id=kept.pk, phone="0389000000").phone
        return
    with pytest.raises(Forbidden):
        complete_establishment(actor=actor, establishment_id=kept.pk, phone="0389000000")


def test_a_stranger_completes_nothing(alice: Actor, officer: Actor) -> None:
    kept, other = EstablishmentFactory.create(), EstablishmentFactory.create()
    for actor in (alice, employer_of(alice, other), officer):
        with pytest.raises(Forbidden):
            complete_establishment(actor=actor, establishment_id=kept.pk, phone="0389000000")


def test_an_officer_vouches_and_corrects(alice: Actor, officer: Actor) -> None:
    kept = create_establishment_by_hand(actor=alice, siret=siret(1), name="Garaje")
    done = verify_establishment(
        actor=officer, establishment_id=kept.pk, name="Garage", headcount_exact="3", opco_slug="mobilites"
    )
    assert (done.verified, done.name, done.opco_slug, done.company.headcount_exact) == (True, "Garage", "mobilites", 3)
    assert events(kept) == ["establishment.created", "establishment.verified"]


def test_only_an_officer_vouches(alice: Actor) -> None:
    kept = create_establishment_by_hand(actor=alice, siret=siret(1), name="Garage")
    with pytest.raises(Forbidden):
        verify_establishment(actor=employer_of(alice, kept), establishment_id=kept.pk)


def test_the_list_to_verify_is_the_officers_oldest_first(alice: Actor, officer: Actor) -> None:
    first, second = EstablishmentFactory.create(), EstablishmentFactory.create()
    EstablishmentFactory.create(verified=True)
    assert establishments_to_verify(officer).items == [first, second]
    with pytest.raises(Forbidden):
        establishments_to_verify(alice)


# --- the database refuses nonsense ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"siret": "123"},
        {"source": "RUMEUR"},
        {"source": Source.REGISTRY, "facts_at": None},
    ],
)
def test_the_table_refuses_nonsense(db: None, broken: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        EstablishmentFactory.create(**broken)


def test_a_headcount_without_its_date_is_refused(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CompanyFactory.create(headcount_exact=3)


def test_an_unknown_siret_offers_to_key_it_by_hand(alice: Actor) -> None:
    with pytest.raises(NotFound, match="vous-même"):
        find_or_create_establishment(actor=alice, siret=siret(1))
