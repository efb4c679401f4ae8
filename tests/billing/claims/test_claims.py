"""A claim from its draft to what is due of it, through the acts of its people."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from openopco.billing.actions import checking, claims
from openopco.billing.actions.checking import Found
from openopco.billing.enums import ClaimState, DueState, Origin, Outcome
from openopco.billing.errors import AlreadyInvoiced, ClaimMoved, NotClaimable, NotWhole, StaleDraft, UnknownClaim
from openopco.billing.models import Certificate, Claim, Due, Invoice, ServiceCheck
from openopco.billing.queries import claims_to_check, find_claim, sent_claims
from openopco.dossiers import timeline
from openopco.dossiers.actions import agreements
from openopco.dossiers.enums import Audience
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.lapsing import lapse_agreements, remind_of_agreements
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Payee
from openopco.funding.models import Commitment, CommitmentChange, Envelope
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.notifications.models import Notice
from openopco.organisations.models import Establishment
from openopco.rights import SYSTEM, Actor
from tests.billing.claims.world import claimed, granted, prepared, rows_of, upload
from tests.funding.builders import envelope
from tests.habilitations.factories import employer, teacher

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.funding_rules]


def check(claim: Claim, carl: Actor, **found: Any) -> ServiceCheck:
    return checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found(**found))


def test_a_refund_is_asked_checked_and_due(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier)
    assert (claim.state, claim.net, claim.payee) == (ClaimState.DEPOSEE, D(560), Payee.EMPLOYEUR)
    invoice = Invoice.objects.get()
    assert (invoice.number, invoice.net, invoice.origin, claim.invoice) == ("F-1", D(560), Origin.SAISIE, invoice)
    assert {each.minutes for each in Certificate.objects.all()} == {840}
    assert [each.pk for each in claims_to_check(actor=carl).items] == [claim.pk]
    done = check(claim, carl)
    assert (done.outcome, done.amount) == (Outcome.FAIT, D(560))
    due = Due.objects.get()
    assert (due.amount, due.state, due.establishment_id, due.provider) == (
        D(560),
        DueState.A_PAYER,
        dossier.establishment_id,
        None,
    )
    line = Commitment.objects.get()
    assert (line.amount, line.invoiced) == (560, 560)
    titles = [event.title for event in timeline.events(dossier, Audience.EMPLOYEUR)]
    assert titles.count("Règlement demandé") == titles.count("Service fait constaté") == 1
    assert Notice.objects.filter(user_id=alice.user_id, kind="claim.suite", title__contains="560,00").exists()


def test_an_absentee_lowers_what_is_due_and_gives_the_rest_back(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier, hours=("14", "0"), net="280")
    assert Certificate.objects.get().minutes == 840
    check(claim, carl)
    line, bag = Commitment.objects.get(), Envelope.objects.get()
    assert (line.amount, line.invoiced, bag.engaged) == (280, 280, 280)
    assert list(CommitmentChange.objects.values_list("event", "delta")) == [("accord", D(560)), ("solde", D(-280))]


def test_more_is_never_due_than_the_hours_attested_allow(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier, hours=("14", "7"), net="560")
    with pytest.raises(InvalidValue, match="Dites pourquoi"):
        check(claim, carl)
    done = check(claim, carl, words="Sept heures manquent.")
    assert (done.outcome, done.amount, Due.objects.get().amount) == (Outcome.PARTIEL, D(420), D(420))


def test_the_controller_may_find_less_and_never_more_than_attested(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier, hours=("14", "7"), net="420")
    first, second = rows_of(dossier)
    with pytest.raises(InvalidValue, match="plus d'heures"):
        check(claim, carl, minutes={second: 421}, words="Oui.")
    with pytest.raises(InvalidValue, match="plus d'heures"):
        check(claim, carl, minutes={"étrangère": 60}, words="Oui.")
    check(claim, carl, minutes={first: 420}, words="Feuille d'émargement : une demi-journée.")
    assert Due.objects.get().amount == D(280)


def test_a_part_claimed_on_the_way_leaves_the_rest_engaged(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    check(claimed(alice, dossier, hours=("7", "7"), net="280", is_final="non"), carl)
    line = Commitment.objects.get()
    assert (line.amount, line.invoiced) == (560, 280)
    check(claimed(alice, dossier, number="F-2", net="280"), carl)
    line.refresh_from_db()
    assert (line.amount, line.invoiced) == (560, 560)
    assert Certificate.objects.filter(replaced_at=None).count() == 2
    with pytest.raises(NotClaimable, match="déjà été demandé"):
        claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)


def test_what_is_missing_is_told_by_field_and_nothing_is_lost(alice: Actor, dossier: Dossier) -> None:
    claim = claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    row = rows_of(dossier)[0]
    values = {f"hours-{row}": "15", "net": "-3", "issued_on": "31/12/2026"}
    claims.save_claim(actor=alice, key=str(claim.key), values=values)
    with pytest.raises(NotWhole) as refusal:
        claims.send_claim(actor=alice, key=str(claim.key))
    errors = refusal.value.errors
    assert set(errors) >= {f"hours-{row}", "net", "issued_on", "number", "zone-facture", "zone-certificats"}
    assert "signalez d'abord une modification" in errors[f"hours-{row}"]
    claim.refresh_from_db()
    assert (claim.state, claim.typed["net"]) == (ClaimState.BROUILLON, "-3")
    assert not Invoice.objects.exists()


def test_a_course_that_is_not_over_is_not_claimed(
    alice: Actor, place: Establishment, olga: Actor, clock: time_machine.Traveller
) -> None:
    envelope()
    early = granted(alice, place, olga)
    clock.move_to("2026-12-07T17:00:00+00:00")
    claim = prepared(alice, early, issued_on="07/12/2026")
    with pytest.raises(NotWhole) as refusal:
        claims.send_claim(actor=alice, key=str(claim.key))
    assert "pas encore venu" in refusal.value.errors["ends_on"]


def test_a_course_that_has_not_begun_is_not_claimed(
    alice: Actor, place: Establishment, olga: Actor, clock: time_machine.Traveller
) -> None:
    envelope()
    early = granted(alice, place, olga)
    with pytest.raises(NotClaimable, match="07/12/2026"):
        claims.open_claim(actor=alice, number=str(early.number), payee=Payee.EMPLOYEUR)


def test_an_invoice_serves_once(alice: Actor, place: Establishment, olga: Actor, dossier: Dossier) -> None:
    claimed(alice, dossier)
    other = granted(alice, place, olga, title="Une autre", starts_on="11/12/2026", ends_on="11/12/2026", cost="100,00")
    Dossier.objects.filter(pk=other.pk).update(provider=dossier.provider)
    again = prepared(alice, other, number="f-1 ", net="100", issued_on="14/12/2026", starts_on="11/12/2026")
    with pytest.raises(AlreadyInvoiced, match=str(dossier.number)):
        claims.send_claim(actor=alice, key=str(again.key))
    assert Invoice.objects.count() == 1


def test_the_database_itself_refuses_a_number_twice(alice: Actor, dossier: Dossier) -> None:
    claimed(alice, dossier)
    twin = Invoice.objects.get()
    twin.pk, twin._state.adding, twin.key = None, True, "0" * 32
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_an_invoice_is_never_changed(alice: Actor, dossier: Dossier) -> None:
    claimed(alice, dossier)
    invoice = Invoice.objects.get()
    invoice.net = D(1)
    with pytest.raises(ValueError, match="credit note"):
        invoice.save()


def test_refused_it_may_be_claimed_again_with_the_same_invoice(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier)
    checking.refuse_claim(actor=carl, claim_id=claim.pk, words="Le certificat n'est pas signé.")
    claim.refresh_from_db()
    assert (claim.state, Due.objects.count(), Certificate.objects.filter(replaced_at=None).count()) == ("refusee", 0, 0)
    again = claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    assert (again.pk != claim.pk, again.typed["number"], again.typed["net"]) == (True, "F-1", "560")
    for zone in ("facture", "certificats"):
        claims.join_file(actor=alice, key=str(again.key), zone=zone, upload=upload())
    check(claims.send_claim(actor=alice, key=str(again.key)), carl)
    assert Commitment.objects.get().invoiced == 560


def test_reminders_go_on_past_those_already_told(
    alice: Actor,
    place: Establishment,
    olga: Actor,
    dossier: Dossier,
    carl: Actor,
    clock: time_machine.Traveller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from openopco.billing import tasks

    clock.move_to("2026-11-23T09:00:00+00:00")
    other = granted(alice, place, olga, title="Une autre", starts_on="01/12/2026", ends_on="02/12/2026", cost="280")
    clock.move_to("2026-12-14T09:00:00+00:00")
    for each, changes in ((dossier, {}), (other, {"net": "280", "number": "F-2"})):
        claim = claimed(alice, each, **changes)
        checking.ask_for_pieces(actor=carl, claim_id=claim.pk, words="Joignez la feuille d'émargement.")
    clock.move_to("2027-01-08T09:00:00+00:00")
    monkeypatch.setattr(tasks, "AT_ONCE", 1)
    assert [tasks.remind_to_complete() for _ in range(3)] == [1, 1, 0]


def test_pieces_are_asked_joined_and_the_claim_checked_again(
    alice: Actor, dossier: Dossier, carl: Actor, clock: time_machine.Traveller
) -> None:
    from openopco.billing.tasks import remind_to_complete

    claim = claimed(alice, dossier)
    checking.ask_for_pieces(actor=carl, claim_id=claim.pk, words="Joignez la feuille d'émargement.")
    with pytest.raises(ClaimMoved):
        check(claim, carl)
    clock.move_to("2027-01-08T09:00:00+00:00")
    assert [remind_to_complete(), remind_to_complete()] == [1, 0]
    claims.join_file(
        actor=alice, key=str(claim.key), zone="certificats", upload=upload("emargement.pdf", upload_content())
    )
    with pytest.raises(InvalidValue, match="déjà transmise"):
        claims.join_file(actor=alice, key=str(claim.key), zone="facture", upload=upload())
    with pytest.raises(InvalidValue, match="quelques mots"):
        claims.answer_claim(actor=alice, key=str(claim.key), words=" ")
    claims.answer_claim(actor=alice, key=str(claim.key), words="La voici.")
    check(claim, carl)
    assert [each.outcome for each in ServiceCheck.objects.all()] == ["pieces", "fait"]


def upload_content() -> bytes:
    from tests.documents.hostile import pdf

    return pdf(pages=2)


def test_withdrawn_it_leaves_nothing_behind(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    draft = prepared(alice, dossier)
    claims.withdraw_claim(actor=alice, key=str(draft.key))
    assert not Claim.objects.exists()
    sent = claimed(alice, dossier)
    claims.withdraw_claim(actor=alice, key=str(sent.key))
    with pytest.raises(ClaimMoved):
        check(sent, carl)
    check(claimed(alice, dossier), carl)
    with pytest.raises(ClaimMoved):
        claims.withdraw_claim(actor=alice, key=str(Claim.objects.get(state="validee").key))


# --- who -------------------------------------------------------------------------------------------------------------


def test_nobody_checks_what_he_decided_or_sent(alice: Actor, dossier: Dossier, carl: Actor, olga: Actor) -> None:
    claim = claimed(alice, dossier)
    both = Actor(olga.user_id, olga.label, olga.grants + carl.grants)
    with pytest.raises(Forbidden):
        check(claim, both)
    sender = Actor(alice.user_id, alice.label, carl.grants)
    with pytest.raises(Forbidden):
        check(claim, sender)
    for stranger in (alice, olga, employer(), teacher()):
        with pytest.raises(Forbidden):
            check(claim, stranger)
    assert not ServiceCheck.objects.exists()
    check(claim, carl)


def test_only_the_payee_s_people_write_and_only_those_concerned_read(
    alice: Actor, bob: Actor, dossier: Dossier, carl: Actor, olga: Actor
) -> None:
    claim = prepared(alice, dossier)
    key = str(claim.key)
    assert find_claim(actor=bob, key=key) == claim
    for stranger in (employer(), teacher(dossier.provider), carl, olga):
        with pytest.raises(UnknownClaim):
            find_claim(actor=stranger, key=key)
        with pytest.raises(Forbidden):
            claims.save_claim(actor=stranger, key=key, values={"net": "1"})
        with pytest.raises(Forbidden):
            claims.send_claim(actor=stranger, key=key)
    claims.send_claim(actor=bob, key=key)
    assert find_claim(actor=olga, key=key) == find_claim(actor=carl, key=key) == claim
    with pytest.raises(UnknownClaim):
        find_claim(actor=employer(), key=key)
    assert list(sent_claims(alice, establishment_id=dossier.establishment_id)) == [claim]
    with pytest.raises(Forbidden):
        sent_claims(employer(), establishment_id=dossier.establishment_id)


def test_two_windows_never_overwrite_each_other(alice: Actor, dossier: Dossier) -> None:
    claim = claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    claims.save_claim(actor=alice, key=str(claim.key), values={"net": "100"}, revision=0)
    with pytest.raises(StaleDraft):
        claims.save_claim(actor=alice, key=str(claim.key), values={"net": "200"}, revision=0)
    claims.save_claim(actor=alice, key=str(claim.key), values={"net": "100"}, revision=0)
    claim.refresh_from_db()
    assert claim.typed["net"] == "100"


# --- the agreement around it -----------------------------------------------------------------------------------------


def test_an_agreement_that_is_claimed_does_not_lapse(
    alice: Actor, dossier: Dossier, carl: Actor, clock: time_machine.Traveller
) -> None:
    claim = claimed(alice, dossier)
    clock.move_to("2027-04-01T09:00:00+00:00")
    assert remind_of_agreements() == 0
    clock.move_to("2027-06-01T09:00:00+00:00")
    assert lapse_agreements() == 0
    dossier.refresh_from_db()
    with pytest.raises(NotPossibleNow):
        agreements.lapse(actor=SYSTEM, number=str(dossier.number))
    checking.refuse_claim(actor=carl, claim_id=claim.pk, words="Rien n'a été suivi.")
    # Some days are left to correct it.
    assert lapse_agreements() == 0
    clock.move_to("2027-07-15T09:00:00+00:00")
    assert lapse_agreements() == 1
    with pytest.raises(NotClaimable, match="accordée"):
        claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)


def test_past_the_last_day_nothing_new_is_claimed(
    alice: Actor, dossier: Dossier, clock: time_machine.Traveller
) -> None:
    clock.move_to("2027-06-01T09:00:00+00:00")
    with pytest.raises(NotClaimable, match="avant le"):
        claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)


def test_the_rest_of_a_part_claimed_is_given_back_after_the_last_day(
    alice: Actor, dossier: Dossier, carl: Actor, clock: time_machine.Traveller
) -> None:
    from openopco.billing.tasks import give_back_rests

    check(claimed(alice, dossier, hours=("7", "7"), net="280", is_final="non"), carl)
    assert give_back_rests() == 0
    clock.move_to("2027-06-01T09:00:00+00:00")
    assert [give_back_rests(), give_back_rests()] == [1, 0]
    assert Envelope.objects.get().engaged == 280
