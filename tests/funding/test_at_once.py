"""Two officers at the same instant: the last euros of an envelope, a budget or an account go to one of them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from openopco.dossiers.actions import deciding
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.funding.errors import NotEngageable
from openopco.funding.models import Commitment, CompanyBudget, Envelope, VoluntaryAccount
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import garage
from tests.funding.builders import account, envelope
from tests.funding.test_engaging import taken
from tests.habilitations.at_once import at_once
from tests.habilitations.factories import employer, officer

D = Decimal
pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def asked(place: Establishment, title: str, **changes: Any) -> tuple[Actor, Dossier]:
    olga = officer()
    return olga, taken(employer(place), place, olga, title=title, **changes)


def granting(olga: Actor, dossier: Dossier) -> Callable[[], Dossier]:
    return lambda: deciding.grant(actor=olga, number=str(dossier.number), amount=D(560))


def one_alone(outcomes: list[Any]) -> bool:
    granted = [each for each in outcomes if isinstance(each, Dossier)]
    refused = [each for each in outcomes if isinstance(each, NotEngageable)]
    return (len(granted), len(refused)) == (1, len(outcomes) - 1)


def test_the_last_euros_of_an_envelope_are_engaged_once() -> None:
    envelope(1000)
    first, second = asked(garage(), "Une"), asked(garage(), "Autre")
    outcomes = at_once(granting(*first), granting(*second))
    assert one_alone(outcomes), outcomes
    assert Envelope.objects.get().engaged == 560
    assert Commitment.objects.count() == Dossier.objects.filter(state=State.ACCORDEE).count() == 1


def test_a_company_s_budget_of_the_year_is_engaged_once() -> None:
    envelope()
    place = garage()
    requests = [asked(place, f"Formation {rank}", hours="14") for rank in range(3)]
    outcomes = at_once(*(granting(*each) for each in requests))
    assert sum(isinstance(each, Dossier) for each in outcomes) == 2, outcomes
    assert CompanyBudget.objects.get(budget="pdc").engaged == 1120


def test_a_company_s_own_payments_are_engaged_once() -> None:
    place = garage()
    olga = officer()
    assert olga.user_id
    account(place.company, olga.user_id, paid_in=700)
    requests = [asked(place, f"Formation {rank}", headcount="60", voluntary="oui") for rank in range(2)]
    outcomes = at_once(*(granting(*each) for each in requests))
    assert one_alone(outcomes), outcomes
    assert VoluntaryAccount.objects.get().balance == 140
