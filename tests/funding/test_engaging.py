"""What is engaged when an agreement is given, changed, lost, given back; on real rows, through the acts of officers."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import Sum

from openopco.base.jobs import run_pending_jobs
from openopco.base.models import RowOutcome, WorkRow
from openopco.dossiers.actions import agreements, deciding, holding
from openopco.dossiers.actions.batches import ask_batch
from openopco.dossiers.batching import Act, Plan
from openopco.dossiers.enums import State
from openopco.dossiers.models import Decision, Dossier, DraftField
from openopco.dossiers.queries.batches import Scope
from openopco.funding import ruling, shipped
from openopco.funding.enums import Fund, Mode, Payee
from openopco.funding.errors import AlreadyClaimed, NotEngageable
from openopco.funding.models import Commitment, CommitmentChange, CompanyBudget, Envelope, VoluntaryAccount
from openopco.funding.queries import account_shown
from openopco.funding.terms import Gives
from openopco.organisations.models import Establishment
from openopco.rights import SYSTEM, Actor
from tests.dossiers.factories import PERSON, sent
from tests.funding.builders import account, envelope, rule

D = Decimal
pytestmark = pytest.mark.django_db
DATES = {"starts_on": "07/12/2026", "ends_on": "08/12/2026"}


def taken(alice: Actor, place: Establishment, olga: Actor, **changes: Any) -> Dossier:
    dossier = sent(alice, place, **{**DATES, **changes})
    return holding.take(actor=olga, number=str(dossier.number))


def granted(alice: Actor, place: Establishment, olga: Actor, amount: str = "560", **changes: Any) -> Dossier:
    dossier = taken(alice, place, olga, **changes)
    reason = "" if D(amount) == dossier.amount_asked else "Moins que demandé."
    return deciding.grant(actor=olga, number=str(dossier.number), amount=D(amount), reason=reason)


def test_granting_engages_the_line_the_budget_and_the_envelope(alice: Actor, place: Establishment, olga: Actor) -> None:
    bag = envelope(10_000)
    dossier = granted(alice, place, olga)
    line = Commitment.objects.get()
    assert (line.dossier, line.amount, line.fund, line.payee) == (dossier, D(560), Fund.PDC, Payee.EMPLOYEUR)
    assert (line.rule_code, line.year, line.envelope) == ("pdc-2026-0", 2026, bag)
    bag.refresh_from_db()
    assert bag.engaged == 560
    assert CompanyBudget.objects.get(budget="pdc").engaged == 560
    assert CommitmentChange.objects.get().decision == Decision.objects.get()
    told = Decision.objects.get().funding
    assert told["lignes"][0]["montant"] == "560.00"
    assert told["reste"] == []


def test_two_requests_of_a_company_share_its_budget(alice: Actor, place: Establishment, olga: Actor) -> None:
    envelope()
    granted(alice, place, olga, "1000", cost="1000,00")
    second = taken(alice, place, olga, cost="900,00", title="Une autre", starts_on="14/12/2026", ends_on="15/12/2026")
    with pytest.raises(NotEngageable, match="500,00.*au plus.*il restait 500,00"):
        deciding.grant(actor=olga, number=str(second.number), amount=D(900))
    deciding.grant(actor=olga, number=str(second.number), amount=D(400), reason="Le budget de l'année.")
    told = Decision.objects.get(dossier=second).funding["reste"]
    assert [(each["montant"], each["phrase"][:7]) for each in told] == [("400.00", "Budget "), ("100.00", "Accordé")]
    assert CompanyBudget.objects.get(budget="pdc").engaged == 1400


def test_an_exhausted_envelope_refuses_and_changes_nothing(alice: Actor, place: Establishment, olga: Actor) -> None:
    bag = envelope(100)
    dossier = taken(alice, place, olga)
    with pytest.raises(NotEngageable, match="100,00"):
        deciding.grant(actor=olga, number=str(dossier.number), amount=D(560))
    dossier.refresh_from_db()
    bag.refresh_from_db()
    assert (dossier.state, bag.engaged, Commitment.objects.count()) == (State.EN_INSTRUCTION, 0, 0)


def test_without_an_envelope_nothing_is_granted(alice: Actor, place: Establishment, olga: Actor) -> None:
    dossier = taken(alice, place, olga)
    with pytest.raises(NotEngageable, match="encore ouverte"):
        deciding.grant(actor=olga, number=str(dossier.number), amount=D(560))


def test_a_branch_s_own_envelope_is_used_before_that_of_all(alice: Actor, place: Establishment, olga: Actor) -> None:
    envelope()
    own = envelope(5000, idcc="1090")
    envelope(5000, idcc="0016")
    granted(alice, place, olga)
    assert Commitment.objects.get().envelope == own


def test_a_course_of_a_year_without_rules_is_sent_and_not_engaged(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope()
    dossier = taken(alice, place, olga, starts_on="12/01/2027", ends_on="13/01/2027")
    with pytest.raises(NotEngageable, match="Règles 2027 non encore publiées"):
        deciding.grant(actor=olga, number=str(dossier.number), amount=D(560))


def test_a_company_of_sixty_is_funded_from_its_own_payments(alice: Actor, place: Establishment, olga: Actor) -> None:
    assert olga.user_id
    own = account(place.company, olga.user_id)
    dossier = taken(alice, place, olga, headcount="60", voluntary="oui")
    deciding.grant(actor=olga, number=str(dossier.number), amount=D(560))
    own.refresh_from_db()
    assert (own.engaged, own.balance) == (560, 440)
    assert Commitment.objects.get().envelope is None


def test_lapse_gives_all_back_and_lifting_engages_again(
    alice: Actor, place: Establishment, olga: Actor, clock: time_machine.Traveller
) -> None:
    bag = envelope(1000)
    dossier = granted(alice, place, olga)
    clock.move_to(
        datetime.combine(dossier.due_on + timedelta(days=1), datetime.min.time(), tzinfo=UTC) + timedelta(hours=9)
    )
    agreements.lapse(actor=SYSTEM, number=str(dossier.number))
    bag.refresh_from_db()
    assert (bag.engaged, CompanyBudget.objects.get(budget="pdc").engaged, Commitment.objects.get().amount) == (0, 0, 0)
    until = dossier.due_on + timedelta(days=60)
    agreements.lift_lapse(actor=olga, number=str(dossier.number), until=until, reason="Le stagiaire était malade.")
    bag.refresh_from_db()
    assert (bag.engaged, Commitment.objects.get().amount) == (560, 560)
    assert [each.delta for each in CommitmentChange.objects.all()] == [560, -560, 560]


def test_what_is_engaged_is_the_sum_of_its_changes(alice: Actor, place: Establishment, olga: Actor) -> None:
    envelope()
    granted(alice, place, olga)
    sums = CommitmentChange.objects.values("commitment").annotate(total=Sum("delta"))
    assert {row["commitment"]: row["total"] for row in sums} == {
        each.pk: each.amount for each in Commitment.objects.all()
    }


def test_an_agreement_never_goes_below_what_was_claimed_on_it(alice: Actor, place: Establishment, olga: Actor) -> None:
    from openopco.funding.actions.engaging import engage

    envelope()
    dossier = granted(alice, place, olga)
    Commitment.objects.update(invoiced=D(400))
    with pytest.raises(AlreadyClaimed, match="400,00"), transaction.atomic():
        engage(dossier, D(300), datetime.now(UTC)).keep(Decision.objects.get())
    assert Commitment.objects.get().amount == 560


def test_a_course_moved_to_another_year_is_paid_by_that_year(
    alice: Actor, place: Establishment, olga: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from openopco.funding.actions.engaging import engage

    monkeypatch.setattr(ruling, "rules", lambda **_: (rule(),))
    first, second = envelope(1_000), envelope(2_000, year=2027)
    dossier = granted(alice, place, olga)
    for name, value in {"starts_on": "12/01/2027", "ends_on": "13/01/2027"}.items():
        DraftField.objects.filter(dossier=dossier, row="", name=name).update(value=value)
    engage(dossier, D(560), datetime.now(UTC)).keep(Decision.objects.get())
    lines = Commitment.objects.order_by("year").values_list("year", "amount", "envelope_id")
    assert list(lines) == [(2026, D(0), first.pk), (2027, D(560), second.pk)]
    for bag, engaged in ((first, 0), (second, 560)):
        bag.refresh_from_db()
        assert bag.engaged == engaged


def test_subrogation_of_a_small_company_on_pdc_pays_the_provider(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope()
    granted(alice, place, olga, subrogation="oui")
    assert Commitment.objects.get().payee == Payee.ORGANISME


# --- what the database refuses ---------------------------------------------------------------------------------------


def test_the_database_refuses_a_blocking_envelope_overspent(db: None) -> None:
    bag = envelope(100)
    with pytest.raises(IntegrityError), transaction.atomic():
        Envelope.objects.filter(pk=bag.pk).update(engaged=D("100.01"))
    followed = envelope(100, fund=Fund.ALTERNANCE, mode=Mode.SUIVIE)
    Envelope.objects.filter(pk=followed.pk).update(engaged=D("100.01"))
    followed.refresh_from_db()
    assert followed.left == D("-0.01")


@pytest.mark.parametrize(
    "wrong", [{"invoiced": D(561)}, {"invoiced": D(5), "ordered": D(6)}, {"paid": D(1)}, {"amount": D(-1)}]
)
def test_the_database_keeps_the_amounts_of_a_line_in_order(
    alice: Actor, place: Establishment, olga: Actor, wrong: dict[str, Decimal]
) -> None:
    envelope()
    granted(alice, place, olga)
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.update(**wrong)


def test_the_database_refuses_an_account_below_zero(place: Establishment, olga: Actor) -> None:
    assert olga.user_id
    account(place.company, olga.user_id, paid_in=100)
    with pytest.raises(IntegrityError), transaction.atomic():
        VoluntaryAccount.objects.update(engaged=D(101))


def test_a_batch_grants_what_the_rules_give_with_why_and_leaves_out_what_they_give_nothing_of(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    envelope()
    whole, less, nothing = (taken(alice, place, olga, cost=cost) for cost in ("600,00", "1800,00", "300,00"))
    work = ask_batch(
        actor=olga,
        plan=Plan(Act.ACCORDER, with_looks=True),
        rows=Scope([whole, less, nothing], ()).rows,
        key=uuid.uuid4(),
    )
    run_pending_jobs(names=["works.run"])
    told = list(WorkRow.objects.filter(work=work).order_by("id").values_list("outcome", "said"))
    assert told[0] == (RowOutcome.DONE, "Accordée pour le coût demandé.")
    assert told[1][0] == RowOutcome.DONE
    assert (
        told[1][1]
        .replace("\u202f", " ")
        .startswith("Accordée pour 900,00 € HT sur 1 800,00 € demandés. Les règles permettent")
    )
    assert (told[2][0], "Les règles ne permettent de rien engager." in told[2][1]) == (RowOutcome.LEFT_OUT, True)
    assert "dont il restait 900,00" in Decision.objects.get(dossier=less).reason
    assert CompanyBudget.objects.get(budget="pdc").engaged == 1500


def test_a_cap_by_person_and_year_counts_what_each_had_by_other_requests(
    alice: Actor, place: Establishment, olga: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    capped = rule("personne", gives=Gives(per_person_year=D(700)))
    monkeypatch.setattr(shipped, "shipped_rules", lambda slug: (capped,))
    ruling.standing.forget()
    envelope()
    granted(alice, place, olga)
    again = taken(alice, place, olga)
    with pytest.raises(NotEngageable, match="140,00"):
        deciding.grant(actor=olga, number=str(again.number), amount=D(560))
    deciding.grant(actor=olga, number=str(again.number), amount=D(140), reason="Plafond de l'année.")
    assert list(Commitment.objects.order_by("id").values_list("amount", flat=True)) == [560, 140]
    # Somebody else has had nothing yet.
    other = taken(alice, place, olga, people=({**PERSON, "last_name": "Autre", "birth_date": "02/02/1980"},), nir="")
    assert deciding.grant(actor=olga, number=str(other.number), amount=D(560)).amount_granted == 560


def test_an_account_shows_what_came_in_and_what_was_engaged_on_it(
    alice: Actor, place: Establishment, olga: Actor
) -> None:
    assert olga.user_id
    envelope(400)
    account(place.company, olga.user_id)
    dossier = granted(alice, place, olga, voluntary="oui")
    shown = account_shown(olga, place.company_id)
    assert shown
    assert shown.account
    assert [(each.amount, each.number) for each in shown.movements] == [(D(-160), dossier.number)]
