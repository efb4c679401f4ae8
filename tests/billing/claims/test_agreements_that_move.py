"""Claims beside agreements that move, credit notes that come back, and who may look at what he decided."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from openopco.billing.actions import checking, claims
from openopco.billing.actions.checking import Found
from openopco.billing.einvoice.model import Kind
from openopco.billing.enums import ClaimState
from openopco.billing.errors import (
    AlreadyInvoiced,
    Differs,
    NotClaimable,
    NotCreditable,
    NotWhole,
    RefusedInvoice,
    UnknownClaim,
)
from openopco.billing.models import Certificate, Claim, Due, Invoice
from openopco.billing.queries import find_claim
from openopco.billing.rules import minutes_of
from openopco.documents.enums import State as FileState
from openopco.documents.models import Document
from openopco.dossiers import effects
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.models import Decision, Dossier
from openopco.dossiers.workflow import Event
from openopco.funding.enums import Base, Payee
from openopco.funding.models import Commitment
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.organisations.models import Establishment, Provider
from openopco.rights import Actor
from tests.billing.claims.test_made_invoices import deposited, electronic, made
from tests.billing.claims.world import claimed, credited, granted, prepared, upload
from tests.funding.builders import envelope
from tests.organisations.factories import ProviderFactory

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.funding_rules]


def check(claim: Claim, carl: Actor, **found: object) -> Decimal:
    return checking.accept_claim(actor=carl, claim_id=claim.pk, found=Found(**found)).amount  # type: ignore[arg-type]


# --- a modification --------------------------------------------------------------------------------------------------


def test_a_modification_waits_until_what_is_claimed_is_concluded(alice: Actor, dossier: Dossier) -> None:
    claim = claimed(alice, dossier)
    with pytest.raises(NotPossibleNow, match="attend son contrôle"):
        effects.run_effects(Event.MODIFIER, dossier)
    claims.withdraw_claim(actor=alice, key=str(claim.key))
    effects.run_effects(Event.MODIFIER, dossier)


def test_another_provider_ends_the_drafts_of_the_former_one(tess: Actor, taught: Dossier) -> None:
    draft = prepared(tess, taught, Payee.ORGANISME)
    taught.provider = ProviderFactory.create()
    taught.save()
    effects.run_effects(Event.MODIFIER, taught)
    draft.refresh_from_db()
    assert draft.state == ClaimState.RETIREE


def test_who_no_longer_teaches_is_neither_invoiced_for_nor_paid(tess: Actor, taught: Dossier, carl: Actor) -> None:
    draft, other = prepared(tess, taught, Payee.ORGANISME), ProviderFactory.create()
    former = taught.provider
    Dossier.objects.filter(pk=taught.pk).update(provider=other)
    with pytest.raises(NotClaimable, match="autre organisme"):
        claims.send_claim(actor=tess, key=str(draft.key))
    Dossier.objects.filter(pk=taught.pk).update(provider=former)
    sent = claims.send_claim(actor=tess, key=str(draft.key))
    Dossier.objects.filter(pk=taught.pk).update(provider=other)
    with pytest.raises(InvalidValue, match="a changé"):
        check(sent, carl)
    assert not Due.objects.exists()


def test_hours_of_who_left_pay_nobody_else_s(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier, hours=("14", "7"), net="420")
    first = dossier.enrolments.order_by("id")[0]
    first.delete()
    Dossier.objects.filter(pk=dossier.pk).update(trainee_count=1)
    assert check(claim, carl, words="Une stagiaire a quitté l'accord.") == D(280)


# --- to the minute and to the cent -----------------------------------------------------------------------------------


def test_hours_are_read_to_the_minute() -> None:
    assert [minutes_of(D(hours)) for hours in ("7.33", "0.02", "10.5", "14")] == [440, 1, 630, 840]


def test_seven_hours_twenty_are_followed_and_paid_whole(
    alice: Actor, place: Establishment, olga: Actor, carl: Actor, clock: time_machine.Traveller
) -> None:
    envelope()
    found = granted(alice, place, olga, hours="7h20")
    clock.move_to("2026-12-14T09:00:00+00:00")
    claim = claimed(alice, found, hours=("7h20", "7h20"))
    assert check(claim, carl) == D(560)


def test_a_made_invoice_is_the_cost_to_the_cent_and_what_follows_bills_the_rest(
    tess: Actor, taught: Dossier, carl: Actor
) -> None:
    check(made(tess, taught, hours=("3h20", "3h20"), is_final="non"), carl)
    check(made(tess, taught), carl)
    nets = list(Invoice.objects.order_by("id").values_list("net", flat=True))
    assert nets == [D("133.33"), D("426.67")]
    assert sum(due.amount for due in Due.objects.all()) == D(560)
    with pytest.raises(NotClaimable):
        made(tess, taught)


# --- credit notes ----------------------------------------------------------------------------------------------------


def test_what_was_credited_is_claimed_again_for_as_much(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    first = claimed(alice, dossier, hours=("14", "7"), net="420")
    check(first, carl)
    given = {"issued_on": date(2026, 12, 14), "net": D(420), "vat": D(0), "reason": "Refaite."}
    credited(alice, first, **given)  # type: ignore[arg-type]
    again = claimed(alice, dossier, hours=("14", "7"), number="F-2", net="420")
    assert check(again, carl) == D(420)


def test_a_credit_note_takes_back_the_course_and_no_other_expense(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier)
    check(claim, carl)
    paid = Due.objects.get()
    wages = Commitment.objects.get()
    wages.pk, wages.base, wages.amount, wages.invoiced = None, Base.SALAIRES, D(500), D(500)
    wages._state.adding = True
    wages.save()
    other = Due.objects.create(
        claim=claim,
        commitment=wages,
        fund=paid.fund,
        establishment=paid.establishment,
        amount=D(500),
        created_at=paid.created_at,
    )
    given = {"issued_on": date(2026, 12, 14), "net": D(560), "vat": D(0), "reason": "Refaite."}
    credited(alice, claim, **given)  # type: ignore[arg-type]
    paid.refresh_from_db()
    other.refresh_from_db()
    assert (paid.payable, other.payable) == (0, 500)


def test_the_vat_of_a_credit_note_is_within_its_invoice_s(tess: Actor, taught: Dossier, carl: Actor) -> None:
    claim = claims.send_claim(actor=tess, key=str(prepared(tess, taught, Payee.ORGANISME).key))
    check(claim, carl)
    given = {"issued_on": date(2026, 12, 14), "net": D(10), "vat": D(2), "reason": "Une erreur."}
    with pytest.raises(InvalidValue, match="0,00"):
        credited(tess, claim, **given)  # type: ignore[arg-type]


def test_once_all_is_credited_the_course_may_be_cancelled_or_invoiced_again(
    tess: Actor, taught: Dossier, carl: Actor
) -> None:
    claim = claims.send_claim(actor=tess, key=str(deposited(tess, taught, electronic(taught)).key))
    check(claim, carl)
    with pytest.raises(NotPossibleNow, match="déjà réglé"):
        effects.run_effects(Event.CONSTATER_ANNULATION, taught)
    given = {"issued_on": date(2026, 12, 14), "net": D(560), "vat": D(0), "reason": "Refaite."}
    credited(tess, claim, **given)  # type: ignore[arg-type]
    again = claims.send_claim(actor=tess, key=str(deposited(tess, taught, electronic(taught, number="FX-10")).key))
    claims.withdraw_claim(actor=tess, key=str(again.key))
    effects.run_effects(Event.CONSTATER_ANNULATION, taught)


# --- deposits that lie -----------------------------------------------------------------------------------------------


def test_a_credit_note_is_not_deposited_as_an_invoice(tess: Actor, taught: Dossier) -> None:
    with pytest.raises(RefusedInvoice, match="avoir"):
        deposited(tess, taught, electronic(taught, kind=Kind.CREDIT_NOTE, due_on=None))
    assert not Invoice.objects.exists()


def test_nobody_deposits_a_number_of_the_portal_s_series(tess: Actor, taught: Dossier) -> None:
    assert taught.provider
    number = f"{taught.provider.siret[:9]}-2026-000001"
    keyed = prepared(tess, taught, Payee.ORGANISME, number=number)
    with pytest.raises(NotWhole) as refusal:
        claims.send_claim(actor=tess, key=str(keyed.key))
    assert "number" in refusal.value.errors
    claims.withdraw_claim(actor=tess, key=str(keyed.key))
    read = deposited(tess, taught, electronic(taught, number=number))
    with pytest.raises(AlreadyInvoiced, match="forme"):
        claims.send_claim(actor=tess, key=str(read.key))


def test_a_keyed_invoice_is_compared_with_its_agreement_too(tess: Actor, taught: Dossier) -> None:
    Provider.objects.filter(pk=taught.provider_id).update(vat_exempt=True)
    claim = prepared(tess, taught, Payee.ORGANISME, vat="112")
    with pytest.raises(Differs):
        claims.send_claim(actor=tess, key=str(claim.key))
    claims.save_claim(actor=tess, key=str(claim.key), values={"vat": "", "issued_on": "01/01/1990"})
    with pytest.raises(NotWhole) as refusal:
        claims.send_claim(actor=tess, key=str(claim.key))
    assert "l'année" in refusal.value.errors["issued_on"]


def test_what_the_antivirus_put_aside_is_not_accepted(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier)
    Document.objects.filter(owner_kind="claim", zone="certificats").update(
        state=FileState.INFECTED, content="", reason="Une menace", scanned=True
    )
    with pytest.raises(InvalidValue, match="antivirus"):
        check(claim, carl)


def test_what_people_type_is_cleaned(alice: Actor, dossier: Dossier) -> None:
    claim = claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    claims.save_claim(actor=alice, key=str(claim.key), values={"net": "12\x00", "number": " F-1\n"})
    claim.refresh_from_db()
    assert (claim.typed["net"], claim.typed["number"]) == ("12", "F-1")


# --- who, until when -------------------------------------------------------------------------------------------------


def test_who_decided_any_version_checks_nothing(alice: Actor, dossier: Dossier, carl: Actor) -> None:
    claim = claimed(alice, dossier)
    decision = Decision.objects.get()
    decision.pk, decision.version, decision.decided_by_id = None, 2, carl.user_id
    decision.save()
    with pytest.raises(Forbidden):
        check(claim, carl)


def test_a_claim_withdrawn_leaves_the_certificates_of_the_one_before(
    alice: Actor, dossier: Dossier, carl: Actor
) -> None:
    check(claimed(alice, dossier, hours=("7", "7"), net="280", is_final="non"), carl)
    second = claimed(alice, dossier, number="F-2", net="280")
    claims.withdraw_claim(actor=alice, key=str(second.key))
    standing = Certificate.objects.filter(replaced_at=None)
    assert sorted(standing.values_list("minutes", flat=True)) == [420, 420]


def test_past_the_last_day_only_what_was_refused_lately_is_mended(
    alice: Actor, dossier: Dossier, carl: Actor, clock: time_machine.Traveller
) -> None:
    check(claimed(alice, dossier, hours=("7", "7"), net="280", is_final="non"), carl)
    claim = claimed(alice, dossier, number="F-2", net="280")
    clock.move_to("2027-06-01T09:00:00+00:00")
    checking.refuse_claim(actor=carl, claim_id=claim.pk, words="Le certificat n'est pas signé.")
    claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)
    Claim.objects.filter(state="brouillon").delete()
    clock.move_to("2027-09-01T09:00:00+00:00")
    with pytest.raises(NotClaimable, match="avant le"):
        claims.open_claim(actor=alice, number=str(dossier.number), payee=Payee.EMPLOYEUR)


def test_a_deposited_file_may_be_joined_twice(tess: Actor, taught: Dossier) -> None:
    claim = deposited(tess, taught, electronic(taught))
    claims.join_file(actor=tess, key=str(claim.key), zone="facture", upload=upload("b.xml", electronic(taught)))
    assert Document.objects.filter(owner_kind="claim", zone="facture").count() == 1


# --- guards that nothing else watches --------------------------------------------------------------------------------


def test_what_is_prepared_in_time_is_not_sent_after_the_last_day(
    alice: Actor, dossier: Dossier, clock: time_machine.Traveller
) -> None:
    claim = prepared(alice, dossier)
    clock.move_to("2027-09-01T09:00:00+00:00")
    with pytest.raises(NotClaimable, match="avant le"):
        claims.send_claim(actor=alice, key=str(claim.key))
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("day", [date(2026, 12, 9), date(2026, 12, 15)])
def test_a_credit_note_comes_between_its_invoice_and_today(
    tess: Actor, taught: Dossier, carl: Actor, day: date
) -> None:
    claim = claims.send_claim(actor=tess, key=str(prepared(tess, taught, Payee.ORGANISME).key))
    check(claim, carl)
    given = {"issued_on": day, "net": D(10), "vat": D(0), "reason": "Une erreur."}
    with pytest.raises(InvalidValue, match="10/12/2026"):
        credited(tess, claim, **given)  # type: ignore[arg-type]


def test_an_invoice_of_the_portal_has_no_credit_note_of_another_number(
    tess: Actor, taught: Dossier, carl: Actor
) -> None:
    claim = made(tess, taught)
    check(claim, carl)
    given = {"issued_on": date(2026, 12, 14), "net": D(10), "vat": D(0), "reason": "Une erreur."}
    with pytest.raises(NotCreditable, match="établit aussi"):
        credited(tess, claim, **given)  # type: ignore[arg-type]


def test_an_employer_reads_nothing_of_what_his_provider_prepares(alice: Actor, tess: Actor, taught: Dossier) -> None:
    draft = prepared(tess, taught, Payee.ORGANISME)
    with pytest.raises(UnknownClaim):
        find_claim(actor=alice, key=str(draft.key))
    claims.send_claim(actor=tess, key=str(draft.key))
    assert find_claim(actor=alice, key=str(draft.key)) == draft
