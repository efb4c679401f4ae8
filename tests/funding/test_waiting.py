"""The waiting list of an exhausted envelope: who is on it, who is told, in which order it empties."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from openopco.base.jobs import run_pending_jobs
from openopco.dossiers import funds, queries
from openopco.dossiers.actions import deciding, deciding_modifications, holding
from openopco.dossiers.holds import hold_of, rank_of, waited
from openopco.dossiers.models import Dossier, FundHold, News
from openopco.dossiers.queries import Filters, load_draft
from openopco.funding.actions.accounts import record_payment
from openopco.funding.actions.envelopes import change_envelope
from openopco.funding.balances import envelopes
from openopco.funding.enums import Base, Fund, Mode
from openopco.funding.errors import NotEngageable
from openopco.funding.estimating import estimate_of
from openopco.funding.models import Envelope
from openopco.funding.rules import Account, Left
from openopco.funding.starving import starved
from openopco.funding.terms import Gives
from openopco.notifications.models import Notice
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import NOW, TODAY, complete_draft, garage, sent, signalled
from tests.funding.builders import account, envelope, facts, rule
from tests.funding.test_engaging import DATES, granted, taken
from tests.habilitations.at_once import at_once
from tests.habilitations.factories import employer, officer

D = Decimal
database = pytest.mark.django_db
JOBS = ["funding.follow_envelope", "funding.follow_company", "dossiers.tell_of_hold"]


def asked(alice: Actor, place: Establishment, title: str = "Une", **changes: Any) -> Dossier:
    return sent(alice, place, **{**DATES, "title": title, **changes})


def run() -> None:
    run_pending_jobs(names=JOBS)
    for kept in (waited, envelopes):
        kept.forget()


def raised(admin: Actor, bag: Envelope, amount: int) -> None:
    change_envelope(actor=admin, envelope_id=bag.pk, amount=D(amount), reason="Le conseil.")
    run()


def held() -> list[int]:
    return list(FundHold.objects.filter(until=None).order_by("id").values_list("dossier_id", flat=True))


def titles(actor: Actor) -> list[str]:
    return list(
        Notice.objects.filter(user_id=actor.user_id, kind="dossier.fonds")
        .order_by("id")
        .values_list("title", flat=True)
    )


# --- who waits, in memory --------------------------------------------------------------------------------------------

DRY = Left({Fund.PDC: D(0)})


def test_only_an_exhausted_envelope_makes_a_request_wait() -> None:
    own = Account(D(1000))
    whole = [rule(), rule("propre", fund=Fund.VOLONTAIRE, priority=200)]
    assert starved(facts(), whole, DRY) == (Fund.PDC,)
    assert starved(facts(), whole, Left({Fund.PDC: D(1)})) == ()
    assert starved(facts(), whole, Left({Fund.PDC: D(1)}), {Fund.PDC}) == (Fund.PDC,)
    assert starved(facts(), whole, Left({Fund.PDC: None})) == ()
    assert starved(facts(), whole, Left()) == ()
    assert starved(facts(voluntary=True), whole, Left({Fund.PDC: D(0)}, account=own)) == ()
    assert starved(facts(), whole, Left({Fund.PDC: D(0)}, account=own)) == (Fund.PDC,)


def test_neither_a_cap_nor_the_want_of_a_rule_makes_it_wait() -> None:
    capped = [rule(gives=Gives(per_company_year=D(100)))]
    assert starved(facts(), capped, Left({Fund.PDC: D(0)}, companies={"r": D(100)})) == ()
    assert starved(facts(), [rule(bases=(Base.REPAS,))], DRY) == ()
    assert starved(facts(), [], DRY) == ()


# --- sent ------------------------------------------------------------------------------------------------------------


@database
def test_sent_on_an_exhausted_envelope_it_waits_and_its_people_are_told(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope(0)
    dossier = asked(alice, place)
    run()
    hold = hold_of(dossier)
    assert hold
    assert "2026 est entièrement engagé" in hold.sentence
    assert titles(alice) == [
        f"Les fonds sont épuisés : votre demande {dossier.number} garde sa place dans la liste d'attente."
    ]
    second = asked(alice, place, "Deux")
    later = hold_of(second)
    assert later
    run()
    assert later.envelope == hold.envelope
    assert (rank_of(dossier), rank_of(second)) == (1, 2)
    assert funds.waits(dossier, TODAY, hold)
    assert [each.code for each in queries.checks_of(dossier)][0] == "fonds"
    listed = queries.worklist(actor=olga, filters=Filters(order="", portfolio="attente")).items
    assert listed == [dossier, second]
    assert queries.worklist(actor=olga, filters=Filters(order="", portfolio="libre")).items == []
    counts = queries.desk_counts(actor=olga, portfolio="moi", today=TODAY).portfolios
    assert (counts["attente"], counts["libre"]) == (2, 0)
    holding.take(actor=olga, number=str(dossier.number))
    with pytest.raises(NotEngageable):
        deciding.grant(actor=olga, number=str(dossier.number), amount=D(560))


@database
@pytest.mark.parametrize(
    "changes", [{"amount": 560}, {"amount": 0, "mode": Mode.SUIVIE}, {"amount": 0, "idcc": "0016"}]
)
def test_where_something_can_serve_it_nothing_waits(
    alice: Actor, place: Establishment, changes: dict[str, Any]
) -> None:
    envelope(**changes)
    if changes.get("idcc"):
        envelope(560)
    asked(alice, place)
    assert held() == []


@database
def test_the_company_s_own_payments_serve_it_where_they_are_allowed(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    assert olga.user_id
    envelope(0)
    account(place.company, olga.user_id)
    ticked = taken(alice, place, olga, voluntary="oui")
    assert held() == []
    waiting = asked(alice, place)
    assert held() == [waiting.pk]
    deciding.grant(actor=olga, number=str(ticked.number), amount=D(560))


@database
def test_what_the_company_pays_in_frees_what_may_use_it(
    alice: Actor, place: Establishment, olga: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert olga.user_id
    envelope(0)
    own = account(place.company, olga.user_id, paid_in=0)
    asked(alice, place, voluntary="oui")
    other = asked(alice, place, "Deux")
    monkeypatch.setattr("openopco.funding.actions.accounts.require", lambda *_: None)
    record_payment(actor=olga, account_id=own.pk, amount=D(600), received_on=TODAY, reference="VIR-1")
    run()
    assert held() == [other.pk]


@database
def test_before_sending_it_is_said_without_a_query_more(alice: Actor, place: Establishment) -> None:
    bag = envelope(0)
    draft = complete_draft(alice, place, **DATES)
    view = load_draft(draft, today=TODAY)
    assert "entièrement engagé" in estimate_of(draft, view, today=TODAY).exhausted
    with CaptureQueriesContext(connection) as read:
        estimate_of(draft, view, today=TODAY)
    assert len(read) == 1
    Envelope.objects.filter(pk=bag.pk).update(amount=D(100))
    envelopes.forget()
    assert estimate_of(draft, view, today=TODAY).exhausted == ""


# --- freed -----------------------------------------------------------------------------------------------------------


@database
def test_raised_for_one_the_first_come_is_freed_and_the_second_stays(
    alice: Actor, place: Establishment, olga: Actor, admin: Actor
) -> None:
    bag = envelope(0)
    first = taken(alice, place, olga)
    second = asked(alice, place, "Deux")
    run()
    raised(admin, bag, 700)
    assert held() == [second.pk]
    assert titles(alice)[2:] == [f"Les fonds sont rouverts : votre demande {first.number} reprend son cours."]
    assert [each.kind for each in News.objects.filter(reader_id=olga.user_id)] == ["fonds"]
    hold = FundHold.objects.get(dossier=first)
    assert (hold.promised, funds.came_back(first, TODAY, hold)) == (560, True)
    # A few euros more, still promised to the first, free nobody.
    raised(admin, bag, 800)
    assert held() == [second.pk]
    # Nobody who comes after passes it, though something is left.
    third = asked(alice, place, "Trois", cost="100,00")
    assert held() == [second.pk, third.pk]
    deciding.grant(actor=olga, number=str(first.number), amount=D(560))
    run()
    assert held() == [second.pk, third.pk]
    raised(admin, bag, 1220)
    assert held() == []


@database
def test_what_was_promised_to_one_that_ends_goes_to_the_next(
    alice: Actor, place: Establishment, olga: Actor, admin: Actor
) -> None:
    bag = envelope(0)
    first, second = asked(alice, place), asked(alice, place, "Deux")
    raised(admin, bag, 560)
    assert held() == [second.pk]
    deciding.cancel(actor=alice, number=str(first.number))
    run()
    assert held() == []


@database
def test_a_grant_that_empties_makes_the_others_wait_once_and_a_cancellation_frees_them(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope(560)
    dossier = taken(alice, place, olga)
    others = [asked(alice, place, title) for title in ("Deux", "Trois")]
    assert held() == []
    deciding.grant(actor=olga, number=str(dossier.number), amount=D(560))
    run()
    run()
    assert held() == [each.pk for each in others]
    assert FundHold.objects.count() == len(titles(alice)) == 2
    dossier.refresh_from_db()
    off = signalled(alice, dossier, cancelled=True)
    deciding_modifications.accept(actor=olga, number=str(dossier.number), modification_id=off.pk)
    run()
    assert held() == [others[1].pk]


@database
def test_a_long_list_is_read_by_stretches(
    alice: Actor, place: Establishment, olga: Actor, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openopco.funding.tasks.STRETCH", 2)
    bag = envelope(100)
    granted(alice, place, olga, cost="100,00", amount="100", title="Zéro")
    rows = [asked(alice, place, f"N° {rank}", cost="100,00") for rank in range(5)]
    assert held() == [each.pk for each in rows]
    raised(admin, bag, 500)
    assert held() == [rows[4].pk]


@database
def test_the_database_holds_a_request_once(alice: Actor, place: Establishment) -> None:
    envelope(0)
    dossier = asked(alice, place)
    with pytest.raises(IntegrityError), transaction.atomic():
        FundHold.objects.create(dossier=dossier, since=NOW, sentence="Bis.", year=2026, envelope="2026:pdc:")
    with pytest.raises(IntegrityError), transaction.atomic():
        FundHold.objects.update(promised=D(1))


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_free_the_first_come_once() -> None:
    from openopco.funding.tasks import follow_envelope

    bag = envelope(0)
    rows = [asked(employer(place), place) for place in (garage(), garage())]
    Envelope.objects.filter(pk=bag.pk).update(amount=D(560))
    outcomes = at_once(*(lambda: follow_envelope(envelope_id=bag.pk) for _ in range(2)))
    assert outcomes == [None, None]
    assert held() == [rows[1].pk]
    assert FundHold.objects.get(dossier=rows[0]).promised == 560


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_grant_and_the_list_at_the_same_instant_do_not_wait_for_each_other() -> None:
    from openopco.funding.tasks import follow_envelope

    bag, olga, place = envelope(0), officer(), garage()
    dossier = taken(employer(place), place, olga)
    Envelope.objects.filter(pk=bag.pk).update(amount=D(560))
    outcomes = at_once(
        lambda: follow_envelope(envelope_id=bag.pk),
        lambda: deciding.grant(actor=olga, number=str(dossier.number), amount=D(560)),
    )
    assert isinstance(outcomes[1], Dossier), outcomes
    run()
    assert held() == []
    assert not FundHold.objects.filter(promised__gt=0).exists()
