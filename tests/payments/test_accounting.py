"""Journal entries, what a year leaves open, what operators type."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command

from openopco.base.jobs import run_pending_jobs
from openopco.base.works.results import open_result
from openopco.billing.models import Due
from openopco.funding.models import Commitment
from openopco.habilitations.places import Place
from openopco.kernel.errors import Forbidden
from openopco.payments import entries as journal_entries
from openopco.payments import queries
from openopco.payments.actions import ask_entries, credit_due, record_recovery, release_batch, withdraw_order
from openopco.payments.entries import BANK, ORDERED, OWED, TO_RECOVER
from openopco.payments.errors import InvalidFields
from openopco.payments.models import BankFile, PaymentOrder
from openopco.rights import Actor
from tests.habilitations.factories import employer, officer, teacher
from tests.payments.builders import (
    TODAY,
    balances,
    booked,
    debtor,
    due,
    engaged,
    entry,
    notice,
    orders,
    prepared,
    read,
    released,
    report,
    school,
    shop,
    status,
)

D = Decimal
pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def lived(anna: Actor, basil: Actor) -> None:
    """A bit of everything: paid, rejected, given back, withdrawn, credited before and after."""
    debtor(anna, basil)
    owed = [due(engaged(str(amount)), to=school()) for amount in (100, 200, 400, 800, 1600)]
    credit_due(actor=anna, due_id=owed[0].pk, amount=D(5), reason="Avoir")
    batch = prepared(anna)
    sent = orders(batch)
    withdraw_order(actor=anna, order_id=sent[4].pk, reason="Litige")
    release_batch(actor=basil, batch_id=batch.pk)
    read(anna, booked(sent[0], sent[1], sent[2]))
    read(anna, report(batch, status(sent[3].end_to_end, sent[3].amount, "RJCT", "AC04")))
    credit_due(actor=anna, due_id=owed[1].pk, amount=D(50), reason="Avoir")
    credit_due(actor=anna, due_id=owed[2].pk, amount=D(30), reason="Avoir")
    read(anna, notice(entry(sent[2].end_to_end, sent[2].amount, back="AC04")))
    found = queries.overpayments(anna).items
    first = next(each for each in found if each.left)
    record_recovery(actor=anna, overpayment_id=first.pk, amount=D(20), received_on=TODAY, reference="REL-9")


@pytest.mark.usefixtures("lived")
def test_entries_balance_and_say_what_the_tables_say() -> None:
    told = list(journal_entries.entries(FIRST, LAST))
    assert sum(each.debit or 0 for each in told) == sum(each.credit or 0 for each in told)
    assert all((each.debit is None) != (each.credit is None) for each in told)
    assert [each.day for each in told] == sorted(each.day for each in told)
    left = balances()
    unpaid = sum(each.payable for each in Due.objects.filter(state="a_payer"))
    # 95 and 200 stay paid, 20 of which came back; 30 of what is owed still is.
    assert (left[BANK], left[OWED], left[ORDERED], left[TO_RECOVER]) == (D(-275), -unpaid, 0, D(30))


@pytest.mark.usefixtures("lived")
def test_a_period_holds_its_own_days_alone() -> None:
    assert list(journal_entries.entries(date(2025, 1, 1), date(2025, 12, 31))) == []
    days = [
        list(journal_entries.entries(day, day))
        for day in sorted({each.day for each in journal_entries.entries(FIRST, LAST)})
    ]
    assert sum(days, []) == list(journal_entries.entries(FIRST, LAST))


@pytest.mark.usefixtures("lived")
def test_the_entries_come_as_a_file(anna: Actor) -> None:
    with pytest.raises(InvalidFields):
        ask_entries(actor=anna, first=LAST, last=FIRST, format="csv", key=uuid4())
    with pytest.raises(InvalidFields):
        ask_entries(actor=anna, first=date(2025, 1, 1), last=LAST, format="csv", key=uuid4())
    with pytest.raises(Forbidden):
        ask_entries(actor=officer(), first=FIRST, last=LAST, format="csv", key=uuid4())
    work = ask_entries(actor=anna, first=FIRST, last=LAST, format="csv", key=uuid4())
    run_pending_jobs()
    work.refresh_from_db()
    file = open_result(work)
    assert file is not None
    with file:
        lines = file.read().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Date;Pièce;Compte;Libellé;Débit;Crédit;Dossier")
    assert len(lines) - 1 == len(list(journal_entries.entries(FIRST, LAST))) == work.done
    assert work.result_filename == "ecritures-2026-01-01-2026-12-31.csv"


@pytest.mark.usefixtures("lived")
def test_a_year_leaves_open_what_it_engaged_and_did_not_pay(anna: Actor) -> None:
    found = {
        each.amount: (each.engaged_then, each.paid_then, each.left_then) for each in queries.carried_over(anna, 2026)
    }
    assert found == {
        D(100): (100, 95, 5),
        D(200): (200, 150, 50),
        D(400): (400, 0, 400),
        D(800): (800, 0, 800),
        D(1600): (1600, 0, 1600),
    }
    assert list(queries.carried_over(anna, 2025)) == []
    with pytest.raises(Forbidden):
        queries.carried_over(officer(), 2026)


def test_what_was_paid_after_the_year_was_left_then(anna: Actor, basil: Actor, clock: time_machine.Traveller) -> None:
    debtor(anna, basil)
    due(engaged("100"), to=school())
    order = orders(released(anna, basil))[0]
    clock.move_to(datetime(2027, 1, 4, 8, tzinfo=UTC))
    read(anna, notice(entry(order.end_to_end, order.amount, day=date(2027, 1, 4))))
    assert [each.left_then for each in queries.carried_over(anna, 2026)] == [100]
    assert list(queries.carried_over(anna, 2027)) == []


# --- commands --------------------------------------------------------------------------------------------------------


def test_an_operator_reads_a_file_and_tries_it_first(
    anna: Actor, basil: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    debtor(anna, basil)
    due(engaged("100"), to=school())
    path = tmp_path / "retour.xml"
    path.write_text(booked(*orders(released(anna, basil))))
    call_command("read_bank_file", str(path), "--dry-run")
    assert "lu à blanc" in capsys.readouterr().out
    assert BankFile.objects.count() == 0
    call_command("read_bank_file", str(path))
    assert "appliqués : 1" in capsys.readouterr().out
    assert PaymentOrder.objects.get().state == "regle"
    with pytest.raises(CommandError, match="déjà été lu"):
        call_command("read_bank_file", str(path))
    path.write_text("<a>")
    with pytest.raises(CommandError, match="Rien n'a été enregistré"):
        call_command("read_bank_file", str(path))
    with pytest.raises(CommandError, match="ne peut pas être lu"):
        call_command("read_bank_file", str(tmp_path / "rien.xml"))


@pytest.mark.usefixtures("lived")
def test_reconcile_gives_figures_and_fails_where_an_invariant_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("reconcile")
    assert "tiennent" in capsys.readouterr().out
    line = Commitment.objects.get(amount=200)
    Commitment.objects.filter(pk=line.pk).update(paid=0)
    with pytest.raises(SystemExit) as stopped:
        call_command("reconcile")
    assert stopped.value.code == 1
    told = capsys.readouterr().out
    assert "ROMPU  Le payé d'un engagement" in told
    assert str(line.dossier.number) in told


# --- payees ----------------------------------------------------------------------------------------------------------


def test_a_payee_reads_its_own_transfers_once_they_left(anna: Actor, basil: Actor) -> None:
    debtor(anna, basil)
    axept, place = school(), shop()
    due(engaged("100"), to=axept)
    due(engaged("80"), to=place)
    batch = prepared(anna)
    tess, emma = teacher(axept), employer(place)
    mine = Place(provider_id=axept.pk)
    assert queries.payments_to(tess, mine).items == []
    release_batch(actor=basil, batch_id=batch.pk)
    assert [each.amount for each in queries.payments_to(tess, mine).items] == [100]
    assert [each.amount for each in queries.payments_to(emma, Place(establishment_id=place.pk)).items] == [80]
    for who in (emma, teacher(axept, accepted=False), teacher(), officer()):
        with pytest.raises(Forbidden):
            queries.payments_to(who, mine)


def test_an_employer_reads_what_was_paid_to_providers_for_him_alone(anna: Actor, basil: Actor) -> None:
    debtor(anna, basil)
    axept = school()
    own = engaged("100")
    due(own, to=axept)
    due(engaged("300"), to=axept)
    order = orders(released(anna, basil))[0]
    assert order.amount == 400
    emma = employer(own.dossier.establishment)
    lines = queries.payments_for(emma, Place(establishment_id=own.dossier.establishment_id)).items
    assert [each.amount for each in lines] == [100]
