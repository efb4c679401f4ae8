"""What is engaged follows the agreement: changed, cancelled, less than before."""

from decimal import Decimal

import pytest

from openopco.dossiers.actions import deciding_modifications
from openopco.dossiers.enums import State
from openopco.funding.errors import NotEngageable
from openopco.funding.models import Commitment, CommitmentChange, CompanyBudget, Envelope, VoluntaryAccount
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import signalled
from tests.funding.builders import account, envelope
from tests.funding.test_engaging import granted

D = Decimal
pytestmark = pytest.mark.django_db


def test_a_course_called_off_gives_all_back_at_once(alice: Actor, place: Establishment, olga: Actor) -> None:
    envelope(1000)
    dossier = granted(alice, place, olga)
    waiting = signalled(alice, dossier, cancelled=True)
    deciding_modifications.accept(actor=olga, number=str(dossier.number), modification_id=waiting.pk)
    dossier.refresh_from_db()
    assert dossier.state == State.ANNULEE
    assert (Envelope.objects.get().engaged, CompanyBudget.objects.get(budget="pdc").engaged) == (0, 0)
    assert [each.event for each in CommitmentChange.objects.order_by("id")] == ["accord", "annulation"]


def test_a_cost_that_falls_gives_back_the_line_that_is_no_longer_needed(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    assert olga.user_id
    envelope()
    account(place.company, olga.user_id)
    dossier = granted(alice, place, olga, "1800", cost="1800,00", voluntary="oui")
    assert VoluntaryAccount.objects.get().balance == 700
    waiting = signalled(alice, dossier, values={"cost": "1200,00"})
    deciding_modifications.accept(
        actor=olga, number=str(dossier.number), modification_id=waiting.pk, amount=D(1200), reason="Le devis a baissé."
    )
    assert VoluntaryAccount.objects.get().balance == 1000
    assert {line.fund: line.amount for line in Commitment.objects.all()} == {"pdc": D(1200), "volontaire": D(0)}
    assert CompanyBudget.objects.get(budget="pdc").engaged == 1200


def test_a_cost_that_rises_is_bounded_by_what_is_left_without_itself(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope()
    dossier = granted(alice, place, olga, "1000", cost="1000,00")
    waiting = signalled(alice, dossier, values={"cost": "1600,00"})
    asked = {"actor": olga, "number": str(dossier.number), "modification_id": waiting.pk, "reason": "Le devis."}
    with pytest.raises(NotEngageable, match="500,00"):
        deciding_modifications.accept(**asked, amount=D(1600))
    deciding_modifications.accept(**asked, amount=D(1500))
    assert Commitment.objects.get().amount == CompanyBudget.objects.get(budget="pdc").engaged == 1500
