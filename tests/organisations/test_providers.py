"""Training providers: found, keyed by hand, verified, suspended; and what is checked of them."""

import pytest
import time_machine
from django.db import IntegrityError, transaction

from openopco.base.jobs import run_pending_jobs
from openopco.journal.queries import entries_of
from openopco.kernel.errors import Forbidden
from openopco.organisations.actions import (
    complete_provider,
    create_provider_by_hand,
    find_or_create_provider,
    recheck_provider,
    set_provider_status,
    verify_provider,
)
from openopco.organisations.enums import Nature, ProviderStatus, Source
from openopco.organisations.errors import AlreadyKnown, ClosedEstablishment, InvalidFields, NotFound
from openopco.organisations.models import Provider
from openopco.organisations.queries import providers_to_verify, search_providers
from openopco.organisations.rules import Certificates, Verdict, check_nda, check_qualiopi
from openopco.rights import ANONYMOUS, Actor
from tests.accounts.factories import UserFactory
from tests.organisations import answers
from tests.organisations.factories import AXEPT, ProviderFactory, siret
from tests.organisations.servers import Service

LIST = "/api/records/1.0/search/"
CLOSED_SCHOOL, NOT_CERTIFIED, OFF_LIST = "00077100600012", "00075371500010", "00077000800019"


def verdicts(provider: Provider, nature: Nature = Nature.ACTION) -> dict[str, Verdict]:
    """What the two rules say of a provider as it is kept."""
    known = Certificates(provider.qualiopi_actions, provider.qualiopi_bilans, provider.qualiopi_vae)
    checks = (
        check_nda(nda=provider.nda, status=ProviderStatus(provider.status), verified=provider.verified),
        check_qualiopi(certificates=known, nature=nature),
    )
    return {check.code: check.verdict for check in checks}


def test_the_provider_of_the_walk_is_found_and_certified(alice: Actor) -> None:
    found = find_or_create_provider(actor=alice, siret="834 267 023 00028")
    assert (found.name, found.nda, found.verified, found.source) == ("AXEPT", "99999999999", True, Source.REGISTRY)
    assert (found.qualiopi_actions, found.qualiopi_bilans, found.qualiopi_vae) == (True, False, False)
    assert verdicts(found) == {"provider.nda": Verdict.OK, "provider.qualiopi": Verdict.OK}
    assert verdicts(found, Nature.VAE)["provider.qualiopi"] is Verdict.FAIL


def test_a_provider_is_kept_once(alice: Actor) -> None:
    assert find_or_create_provider(actor=alice, siret=AXEPT) == find_or_create_provider(actor=alice, siret=AXEPT)
    assert Provider.objects.count() == 1


def test_a_closed_provider_is_refused_in_words(alice: Actor) -> None:
    with pytest.raises(ClosedEstablishment, match="organisme est fermé"):
        find_or_create_provider(actor=alice, siret=CLOSED_SCHOOL)


def test_a_company_off_the_public_list_fails_the_check(alice: Actor) -> None:
    found = find_or_create_provider(actor=alice, siret=OFF_LIST)
    assert (found.nda, found.verified) == ("", True)
    assert verdicts(found) == {"provider.nda": Verdict.FAIL, "provider.qualiopi": Verdict.FAIL}


def test_a_provider_without_certificate_fails_that_check_alone(alice: Actor) -> None:
    found = find_or_create_provider(actor=alice, siret=NOT_CERTIFIED)
    assert verdicts(found) == {"provider.nda": Verdict.OK, "provider.qualiopi": Verdict.FAIL}


def test_a_list_that_is_down_leaves_the_provider_to_verify_then_asks_again(
    alice: Actor, public_services: Service
) -> None:
    public_services.says("/search", answers.company(answers.place(AXEPT)))
    public_services.says(LIST, {}, status=503)
    with time_machine.travel("2026-11-23T09:00:00Z", tick=False):
        found = find_or_create_provider(actor=alice, siret=AXEPT)
    assert (found.verified, found.nda, found.qualiopi_actions) == (False, "", None)
    assert verdicts(found) == {"provider.nda": Verdict.LOOK, "provider.qualiopi": Verdict.LOOK}
    public_services.says(LIST, answers.provider_list(answers.line(AXEPT, "44680123456", actionsdeformation=True)))
    with time_machine.travel("2026-11-23T09:11:00Z", tick=False):
        run_pending_jobs()
    found.refresh_from_db()
    assert (found.verified, found.nda, found.qualiopi_actions) == (True, "44680123456", True)


def test_several_declarations_are_for_an_officer_to_settle(alice: Actor, public_services: Service) -> None:
    public_services.says("/search", answers.company(answers.place(AXEPT)))
    lines = [answers.line(AXEPT[:9] + nic, nda, vae=True) for nic, nda in (("00010", "1" * 11), ("00036", "2" * 11))]
    public_services.says(LIST, answers.provider_list(*lines))
    found = find_or_create_provider(actor=alice, siret=AXEPT)
    assert (found.verified, found.nda, found.qualiopi_vae) == (False, "", True)


def test_an_unknown_provider_may_be_keyed_by_hand(alice: Actor) -> None:
    with pytest.raises(NotFound):
        find_or_create_provider(actor=alice, siret=siret(1))
    made = create_provider_by_hand(actor=alice, siret=siret(1), name="Formation Élan", nda="11 75 12345 67")
    assert (made.nda, made.source, made.verified) == ("11751234567", Source.HAND, False)
    assert verdicts(made) == {"provider.nda": Verdict.LOOK, "provider.qualiopi": Verdict.LOOK}


def test_faults_are_told_by_field(alice: Actor) -> None:
    with pytest.raises(InvalidFields) as told:
        create_provider_by_hand(actor=alice, siret=siret(1), nda="12", phone="12", name="x" * 300)
    assert set(told.value.errors) == {"nda", "phone", "name"}


def test_a_provider_already_kept_cannot_be_keyed_again(alice: Actor) -> None:
    with pytest.raises(AlreadyKnown):
        create_provider_by_hand(actor=alice, siret=ProviderFactory.create().siret, name="Autre")


def test_who_keyed_a_provider_corrects_it_until_verified(alice: Actor, officer: Actor) -> None:
    made = create_provider_by_hand(actor=alice, siret=siret(1), name="Formasion")
    assert complete_provider(actor=alice, provider_id=made.pk, name="Formation").name == "Formation"
    verify_provider(actor=officer, provider_id=made.pk)
    with pytest.raises(Forbidden):
        complete_provider(actor=alice, provider_id=made.pk, name="Autre")


def test_nobody_corrects_a_provider_that_others_share(alice: Actor, officer: Actor) -> None:
    made = create_provider_by_hand(actor=alice, siret=siret(1), name="Formation")
    bob = Actor(UserFactory.create().pk, "Bob")
    with pytest.raises(Forbidden):
        complete_provider(actor=bob, provider_id=made.pk, phone="0389000000")
    assert complete_provider(actor=officer, provider_id=made.pk, phone="0389000000").phone == "0389000000"


def test_an_officer_vouches_with_the_certificates(alice: Actor, officer: Actor) -> None:
    made = create_provider_by_hand(actor=alice, siret=siret(1), name="Formation", nda="11751234567")
    done = verify_provider(actor=officer, provider_id=made.pk, certified={Nature.VAE: True, Nature.ACTION: False})
    assert (done.verified, done.qualiopi_vae, done.qualiopi_actions, done.qualiopi_bilans) == (True, True, False, None)
    assert verdicts(done, Nature.VAE) == {"provider.nda": Verdict.OK, "provider.qualiopi": Verdict.OK}
    with pytest.raises(Forbidden):
        verify_provider(actor=alice, provider_id=made.pk)


def test_a_suspension_fails_the_check_and_no_registry_undoes_it(alice: Actor, officer: Actor) -> None:
    found = find_or_create_provider(actor=alice, siret=AXEPT)
    set_provider_status(
        actor=officer, provider_id=found.pk, status=ProviderStatus.SUSPENDU, reason="Arrêté préfectoral"
    )
    assert recheck_provider(found.pk)
    found.refresh_from_db()
    assert found.status == ProviderStatus.SUSPENDU
    assert verdicts(found)["provider.nda"] is Verdict.FAIL
    told = entries_of("provider", found.pk).get(event="provider.status")
    assert told.payload == {"before": "ACTIF", "after": "SUSPENDU", "reason": "Arrêté préfectoral"}


def test_an_employer_suspends_nobody(alice: Actor) -> None:
    found = find_or_create_provider(actor=alice, siret=AXEPT)
    with pytest.raises(Forbidden):
        set_provider_status(actor=alice, provider_id=found.pk, status=ProviderStatus.SUSPENDU, reason="")


def test_a_number_that_the_list_drops_is_gone(alice: Actor, public_services: Service) -> None:
    public_services.says("/search", answers.company(answers.place(AXEPT)))
    public_services.says(LIST, answers.provider_list(answers.line(AXEPT, "44680123456", actionsdeformation=True)))
    found = find_or_create_provider(actor=alice, siret=AXEPT)
    public_services.says(LIST, answers.provider_list())
    recheck_provider(found.pk)
    found.refresh_from_db()
    assert (found.nda, found.qualiopi_actions) == ("", False)
    assert verdicts(found)["provider.nda"] is Verdict.FAIL


def test_a_keyed_number_too_new_for_the_list_waits_for_an_officer(alice: Actor, public_services: Service) -> None:
    made = create_provider_by_hand(actor=alice, siret=AXEPT, name="axept", nda="11751234567")
    public_services.says("/search", answers.company(answers.place(AXEPT)))
    public_services.says(LIST, answers.provider_list())
    recheck_provider(made.pk)
    made.refresh_from_db()
    assert (made.name, made.nda, made.verified) == ("ACTIF AUTO CONTROLE", "11751234567", False)
    assert verdicts(made)["provider.nda"] is Verdict.LOOK


def test_a_provider_that_closed_is_marked(alice: Actor, public_services: Service) -> None:
    found = ProviderFactory.create(siret=AXEPT)
    public_services.says("/search", answers.company(answers.place(AXEPT, etat_administratif="F")))
    public_services.says(LIST, answers.provider_list())
    recheck_provider(found.pk)
    found.refresh_from_db()
    assert found.status == ProviderStatus.FERME


def test_providers_are_searched_by_folded_words_city_and_siret(alice: Actor) -> None:
    ecole = ProviderFactory.create(name="École de l'Élan", city="Sélestat")
    ProviderFactory.create(name="Autre", city="Nancy")
    closed = ProviderFactory.create(name="Ecole fermée", status=ProviderStatus.FERME)
    assert search_providers(alice, "ecole ELAN") == [ecole]
    assert search_providers(alice, "selestat") == [ecole]
    assert search_providers(alice, ecole.siret) == [ecole]
    assert closed not in search_providers(alice, "ecole")


def test_a_search_of_two_letters_finds_nothing(alice: Actor) -> None:
    ProviderFactory.create(name="AB Formation")
    assert search_providers(alice, "ab") == []


def test_the_anonymous_search_nothing(db: None) -> None:
    with pytest.raises(Forbidden):
        search_providers(ANONYMOUS, "ecole")


def test_the_list_to_verify_is_the_officers(alice: Actor, officer: Actor) -> None:
    waiting = ProviderFactory.create()
    ProviderFactory.create(verified=True)
    assert providers_to_verify(officer).items == [waiting]
    with pytest.raises(Forbidden):
        providers_to_verify(alice)


@pytest.mark.parametrize(
    ("nda", "status", "verified", "verdict"),
    [
        ("44680123456", ProviderStatus.ACTIF, True, Verdict.OK),
        ("44680123456", ProviderStatus.ACTIF, False, Verdict.LOOK),
        ("", ProviderStatus.ACTIF, True, Verdict.FAIL),
        ("", ProviderStatus.ACTIF, False, Verdict.LOOK),
        ("44680123456", ProviderStatus.SUSPENDU, True, Verdict.FAIL),
        ("44680123456", ProviderStatus.FERME, False, Verdict.FAIL),
    ],
)
def test_the_check_of_the_declaration(nda: str, status: ProviderStatus, verified: bool, verdict: Verdict) -> None:
    assert check_nda(nda=nda, status=status, verified=verified).verdict is verdict


@pytest.mark.parametrize("nature", list(Nature))
@pytest.mark.parametrize(("known", "verdict"), [(True, Verdict.OK), (False, Verdict.FAIL), (None, Verdict.LOOK)])
def test_the_check_of_the_certificate_looks_at_the_nature_alone(
    nature: Nature, known: bool | None, verdict: Verdict
) -> None:
    names = {Nature.ACTION: "actions", Nature.BILAN: "bilans", Nature.VAE: "vae", Nature.APPRENTISSAGE: "apprentissage"}
    others = dict.fromkeys(names.values(), not known)
    certificates = Certificates(**{**others, names[nature]: known})
    assert check_qualiopi(certificates=certificates, nature=nature).verdict is verdict


@pytest.mark.parametrize("broken", [{"siret": "1"}, {"nda": "12"}, {"source": "X"}, {"status": "X"}])
def test_the_table_refuses_nonsense(db: None, broken: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderFactory.create(**broken)


def test_a_registry_row_without_its_date_is_refused(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderFactory.create(source=Source.REGISTRY)
