"""What an employer still has to do of his agreements: each condition, and the order."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine

from openopco.billing.actions import checking, claims
from openopco.billing.enums import ClaimState
from openopco.billing.models import Claim
from openopco.billing.queries import MOST_AWAITED, Awaited, awaited_of
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Payee
from openopco.funding.models import Commitment
from openopco.kernel.errors import Forbidden
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.billing.claims.world import DATES, claimed, granted
from tests.habilitations.factories import employer
from tests.organisations.factories import EstablishmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.funding_rules]
TODAY = date(2026, 12, 14)


def awaited(actor: Actor, place: Establishment, today: date = TODAY) -> list[Awaited]:
    return awaited_of(actor, place, today)


def test_a_course_that_is_over_is_to_be_claimed(alice: Actor, place: Establishment, dossier: Dossier) -> None:
    assert awaited(alice, place) == [Awaited(str(dossier.number), dossier.title, dossier.due_on)]


def test_neither_before_its_end_nor_after_the_last_day(alice: Actor, place: Establishment, dossier: Dossier) -> None:
    assert dossier.ends_on
    assert awaited(alice, place, dossier.ends_on) == []
    assert len(awaited(alice, place, dossier.due_on)) == 1
    assert awaited(alice, place, date.fromordinal(dossier.due_on.toordinal() + 1)) == []


def test_a_claim_that_is_begun_is_to_be_finished(alice: Actor, place: Establishment, dossier: Dossier) -> None:
    claim = claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    assert [(each.key, each.state) for each in awaited(alice, place)] == [(claim.key, ClaimState.BROUILLON)]
    assert awaited(alice, place, date.fromordinal(dossier.due_on.toordinal() + 1)) == []
    claims.withdraw_claim(actor=alice, key=str(claim.key))
    assert [each.key for each in awaited(alice, place)] == [None]


def test_what_was_sent_waits_for_nothing_of_his_until_pieces_are_asked(
    alice: Actor, place: Establishment, dossier: Dossier, carl: Actor
) -> None:
    claim = claimed(alice, dossier)
    assert awaited(alice, place) == []
    checking.ask_for_pieces(actor=carl, claim_id=claim.pk, words="Joignez la feuille d'émargement.")
    claim.refresh_from_db()
    (asked,) = awaited(alice, place)
    assert (asked.key, asked.before, asked.state) == (claim.key, claim.due_on, ClaimState.A_COMPLETER)


def test_what_was_refused_lately_is_to_be_corrected_until_something_else_is_asked(
    alice: Actor, place: Establishment, dossier: Dossier, carl: Actor
) -> None:
    claim = claimed(alice, dossier)
    checking.refuse_claim(actor=carl, claim_id=claim.pk, words="Le certificat n'est pas signé.")
    assert [(each.key, each.state) for each in awaited(alice, place)] == [(claim.key, ClaimState.REFUSEE)]
    Claim.objects.filter(pk=claim.pk).update(ended_at=claim.created_at - timedelta(days=400))
    assert awaited(alice, place) == []
    again = claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    Claim.objects.filter(pk=claim.pk).update(ended_at=again.created_at)
    assert [each.key for each in awaited(alice, place)] == [again.key]


def test_what_is_left_after_a_part_is_to_be_asked(
    alice: Actor, place: Establishment, dossier: Dossier, carl: Actor
) -> None:
    claim = claimed(alice, dossier, hours=("7", "7"), net="280", is_final="non")
    checking.accept_claim(actor=carl, claim_id=claim.pk, found=checking.Found())
    assert [(each.key, each.number) for each in awaited(alice, place)] == [(None, dossier.number)]
    Claim.objects.filter(pk=claim.pk).update(is_final=True)
    assert awaited(alice, place) == []


def test_a_provider_s_own_claim_is_none_of_his(
    tess: Actor, taught: Dossier, alice: Actor, place: Establishment
) -> None:
    claims.open_claim(actor=tess, number=str(taught.number), payee=Payee.ORGANISME)
    assert awaited(alice, place) == []


def test_what_is_paid_or_left_to_the_provider_waits_for_nothing(
    alice: Actor, place: Establishment, dossier: Dossier
) -> None:
    Commitment.objects.update(payee=Payee.ORGANISME)
    assert awaited(alice, place) == []
    Commitment.objects.update(payee=Payee.EMPLOYEUR, invoiced=Decimal(560))
    assert awaited(alice, place) == []


def test_several_lines_are_one_request(alice: Actor, place: Establishment, dossier: Dossier) -> None:
    line = Commitment.objects.get()
    Commitment.objects.create(
        **{
            field.attname: getattr(line, field.attname)
            for field in Commitment._meta.concrete_fields
            if field.attname not in ("id", "rule_code")
        },
        rule_code="autre",
    )
    assert len(awaited(alice, place)) == 1


def test_only_agreements_that_stand(alice: Actor, place: Establishment, dossier: Dossier) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(state=State.CADUQUE)
    assert awaited(alice, place) == []
    Dossier.objects.filter(pk=dossier.pk).update(state=State.ACCORDEE)
    claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    Dossier.objects.filter(pk=dossier.pk).update(state=State.CADUQUE)
    assert awaited(alice, place) == []


def test_another_establishment_of_the_company_has_its_own(alice: Actor, place: Establishment, dossier: Dossier) -> None:
    other = EstablishmentFactory.create(company=place.company, siret=f"{place.siret[:9]}00029")
    assert awaited(employer(other), other) == []
    with pytest.raises(Forbidden):
        awaited(alice, other)


def test_the_nearest_last_day_comes_first_and_no_more_than_a_few(
    alice: Actor, place: Establishment, olga: Actor, dossier: Dossier, clock: time_machine.Traveller
) -> None:
    clock.move_to("2026-11-23T09:00:00+00:00")
    for rank in range(MOST_AWAITED):
        day = f"{9 + rank % 2:02d}/12/2026"
        granted(
            alice, place, olga, **{**DATES, "starts_on": day, "ends_on": day, "title": f"Cours {rank}", "cost": "180"}
        )
    found = awaited(alice, place)
    assert len(found) == MOST_AWAITED + 1
    assert found[0].number == dossier.number
    assert [each.before for each in found] == sorted(each.before for each in found)


def test_pieces_asked_come_before_agreements_that_end_later(
    alice: Actor, place: Establishment, olga: Actor, dossier: Dossier, carl: Actor, clock: time_machine.Traveller
) -> None:
    clock.move_to("2026-11-23T09:00:00+00:00")
    days = {"starts_on": "01/12/2026", "ends_on": "01/12/2026"}
    sooner = granted(alice, place, olga, **{**days, "title": "Cours", "cost": "180"})
    clock.move_to("2026-12-14T09:00:00+00:00")
    assert [each.number for each in awaited(alice, place)] == [sooner.number, dossier.number]
    claim = claimed(alice, dossier)
    checking.ask_for_pieces(actor=carl, claim_id=claim.pk, words="Joignez la feuille d'émargement.")
    assert [each.number for each in awaited(alice, place)] == [dossier.number, sooner.number]
