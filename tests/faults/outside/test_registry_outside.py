"""The public registries refuse, keep silent, fail or talk nonsense: the employer goes on by hand, the decision waits."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from openopco.accounts.models import User
from openopco.base.models import Job, JobState
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.habilitations.models import Membership
from openopco.habilitations.queries import actor_for
from openopco.organisations import tasks
from openopco.organisations.enums import Source
from openopco.organisations.models import Establishment, Provider
from tests.accounts.factories import UserFactory
from tests.conftest import free_port
from tests.dossiers.factories import complete_draft
from tests.faults.outside.doors import browser_of, grant, now, send, text_of, work, work_later
from tests.organisations import answers
from tests.organisations.conftest import public_services
from tests.organisations.factories import ACTIF_AUTO, AXEPT
from tests.organisations.servers import Service, query_of

__all__ = ["public_services"]
LIST = "/api/records/1.0/search/"
PATHS = ("/search", LIST, "/api/opcos/")
ATTACH = "/habilitations/rattacher/"
BOTH = (Establishment, Provider)
Break = Callable[[Service, Any], None]


def refuses(services: Service, settings: Any) -> None:
    for options in settings.OUTBOUND.values():
        options["base_url"] = f"http://127.0.0.1:{free_port()}"


def keeps_silent(services: Service, settings: Any) -> None:
    for options in settings.OUTBOUND.values():
        options["timeout"] = 0.1
    for path in PATHS:
        services.does(path, lambda handler: None if threading.Event().wait(1) else None)


def talks_nonsense(services: Service, settings: Any) -> None:
    for path in PATHS:
        services.says(path, b"<html>maintenance</html>")


def answers_another_shape(services: Service, settings: Any) -> None:
    for path in PATHS:
        services.says(path, {"results": "aucun", "records": 12, "searchStatus": []})


def fails(services: Service, settings: Any) -> None:
    for path in PATHS:
        services.says(path, {}, status=500)


@pytest.fixture(params=[refuses, keeps_silent, talks_nonsense, answers_another_shape, fails])
def broken(request: pytest.FixtureRequest, public_services: Service, settings: Any) -> Service:
    request.param(public_services, settings)
    return public_services


def comes_back(services: Service, settings: Any) -> None:
    for options in settings.OUTBOUND.values():
        options.update(base_url=services.address, timeout=2)

    def company(handler: Any) -> None:
        services.says("/found", answers.company(answers.place(query_of(handler.path)["q"][0])))
        handler.wfile.write(
            b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + services.answers["/found"][1]
        )

    services.does("/search", company)
    services.says(LIST, answers.provider_list(answers.line(AXEPT, "42680000068", actionsdeformation=True)))
    services.says("/api/opcos/", answers.opco())


@pytest.fixture
def lea() -> User:
    """A newcomer."""
    return UserFactory.create()


def attach_by_hand(client: Client) -> None:
    looked = client.post(ATTACH, {"geste": "chercher", "siret": ACTIF_AUTO})
    assert "Saisissez les informations" in text_of(looked)
    typed = {
        "name": "ACTIF AUTO",
        "city": "Illzach",
        "headcount_exact": "3",
        "idcc": "1090",
        "email": "a@garage.example",
    }
    assert client.post(ATTACH, {"geste": "saisir", "siret": ACTIF_AUTO, **typed}).status_code == 302


def choose_provider_by_hand(client: Client, draft: Dossier) -> None:
    dialog = f"/brouillons/{draft.key}/organisme/"
    assert "saisissez l'organisme" in text_of(client.post(dialog, {"geste": "creer", "siret": AXEPT}))
    typed = {"name": "AXEPT", "nda": "42680000068", "city": "Mulhouse"}
    assert client.post(dialog, {"geste": "saisir", "siret": AXEPT, **typed}).status_code == 302


def sent_by_hand(lea: User) -> Dossier:
    """Attached, written and sent without the registries."""
    client = browser_of(actor_for(lea))
    attach_by_hand(client)
    draft = complete_draft(actor_for(lea), Establishment.objects.get(siret=ACTIF_AUTO))
    choose_provider_by_hand(client, draft)
    assert now(draft).provider == Provider.objects.get(siret=AXEPT)
    return send(client, draft)


def verified() -> list[tuple[str, bool]]:
    sirets = (ACTIF_AUTO, AXEPT)
    return [(one.source, one.verified) for model in BOTH for one in model.objects.filter(siret__in=sirets)]


def accept(client: Client, lea: User) -> None:
    membership = Membership.objects.get(user=lea)
    answer = client.post(f"/gestion/rattachements/{membership.pk}/accepter/", {"note": "Appel au standard"})
    assert answer.status_code == 302


def test_the_request_arrives_to_be_verified_and_only_its_decision_waits(
    broken: Service, settings: Any, lea: User, as_olga: Client, clock: time_machine.Traveller
) -> None:
    sent = sent_by_hand(lea)
    accept(as_olga, lea)
    work()
    assert verified() == [(Source.HAND, False)] * 2
    refused = grant(as_olga, sent)
    assert refused.status_code != 302
    assert "Établissement saisi à la main : il reste à vérifier." in text_of(refused)
    assert now(sent).state == State.EN_INSTRUCTION
    comes_back(broken, settings)
    work_later(clock)
    assert verified() == [(Source.REGISTRY, True)] * 2
    assert grant(as_olga, sent).status_code == 302
    assert now(sent).state == State.ACCORDEE


def test_tries_given_up_during_a_long_silence_are_taken_up_by_the_sweep(
    public_services: Service, settings: Any, lea: User, clock: time_machine.Traveller
) -> None:
    fails(public_services, settings)
    sent_by_hand(lea)
    for _ in range(6):
        work_later(clock, timedelta(hours=2))
    rechecks = Job.objects.filter(name="organisations.recheck")
    assert set(rechecks.values_list("state", flat=True)) == {JobState.FAILED}
    comes_back(public_services, settings)
    clock.shift(timedelta(days=1))
    assert tasks.recheck_unverified() == 2
    work()
    assert verified() == [(Source.REGISTRY, True)] * 2
