"""Where a payee is paid: sealed, seen by four eyes, told at the address known before, used after some days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from openopco.base.jobs import run_pending_jobs
from openopco.documents.actions import examine_upload
from openopco.documents.models import Document
from openopco.habilitations.queries import actor_for
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden
from openopco.mail.models import OutgoingMail
from openopco.notifications.models import Notice
from openopco.organisations.accounts import accounts_to_check, elsewhere, number_of, payable
from openopco.organisations.actions import confirm_account, end_account, propose_account, refuse_account
from openopco.organisations.actions.accounts import Act
from openopco.organisations.enums import AccountState, Ground, ProviderStatus
from openopco.organisations.errors import AccountDecided, InvalidFields, ProofNeeded, UnknownAccount, WordsNeeded
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.rights import Actor
from tests.documents.hostile import pdf
from tests.habilitations.factories import AcceptedFactory, StaffRoleFactory, employer, officer
from tests.organisations.factories import BankAccountFactory, EstablishmentFactory, ProviderFactory

pytestmark = pytest.mark.django_db
IBAN = "FR76 3000 6000 0112 3456 7890 189"
OTHER = "FR76 3000 6000 0112 3456 7890 286"
HOW = "RIB comparé, gérant rappelé au numéro connu."
DAY = datetime(2026, 12, 1, 9, tzinfo=UTC)


def accountant() -> Actor:
    return actor_for(StaffRoleFactory.create(role="comptable").user)


def administrator_of(place: Establishment) -> Actor:
    return actor_for(AcceptedFactory.create(establishment=place, role="ADMIN").user)


def proposed(
    actor: Actor,
    payee: Provider | Establishment,
    iban: str = IBAN,
    holder: str = "SARL Garage",
    act: Act | None = None,
) -> BankAccount:
    rib = examine_upload(SimpleUploadedFile("rib.pdf", pdf(), "application/pdf"))
    return propose_account(actor=actor, payee=payee, iban=iban, holder=holder, proof=rib, act=act)


def confirmed(payee: Provider | Establishment, iban: str = IBAN, act: Act | None = None) -> BankAccount:
    account = proposed(accountant(), payee, iban, act=act)
    return confirm_account(actor=accountant(), account_id=account.pk, words=HOW)


@pytest.fixture
def place() -> Establishment:
    return EstablishmentFactory.create(email="contact@garage.example")


def test_an_account_waits_with_its_rib_and_no_number_in_the_clear(place: Establishment) -> None:
    account = proposed(administrator_of(place), place)
    assert (account.state, account.holder, account.bank) == ("proposed", "SARL Garage", "CREDIT AGRICOLE SA")
    assert account.masked == "FR76 •••• •••• •••• •••• •••• 189"
    assert number_of(account) == IBAN.replace(" ", "")
    assert Document.objects.get(owner_kind="bank_account", owner_id=account.pk).pk == account.proof_id
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM organisations_bankaccount")
        assert "30006000011234" not in str(cursor.fetchall())


def test_a_second_person_confirms_and_the_account_serves_some_days_later(place: Establishment) -> None:
    account = proposed(administrator_of(place), place)
    with time_machine.travel(DAY):
        account = confirm_account(actor=accountant(), account_id=account.pk, words=HOW)
    assert (account.state, account.usable_on, account.words) == ("confirmed", date(2026, 12, 4), HOW)
    assert payable(place, date(2026, 12, 3)).reason == "Son IBAN est nouveau : aucun virement avant le 04/12/2026."
    assert payable(place, date(2026, 12, 4)).account == account


def test_nobody_confirms_or_refuses_what_he_typed(place: Establishment) -> None:
    typist = accountant()
    account = proposed(typist, place)
    for act in (confirm_account, refuse_account):
        with pytest.raises(Forbidden):
            act(actor=typist, account_id=account.pk, words=HOW)
    assert account.proposed_by_id == typist.user_id


def test_the_database_refuses_two_eyes_alone(place: Establishment) -> None:
    account = proposed(accountant(), place)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(
            state="confirmed", decided_by=account.proposed_by, decided_at=DAY, words=HOW, usable_on=DAY.date()
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "confirmed"},
        {"state": "ended"},
        {"state": "what"},
        {"establishment": None},
        {"usable_on": date(2026, 12, 1)},
        {"ended_at": DAY},
        {"words": "sans date"},
        {"ground": "factor"},
        {"since": date(2026, 12, 1)},
        {"ground": "factor", "since": date(2026, 12, 1), "until": date(2026, 11, 30)},
    ],
)
def test_the_database_refuses_nonsense(place: Establishment, wrong: dict[str, Any]) -> None:
    account = BankAccountFactory.create(establishment=place)
    with pytest.raises(IntegrityError), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(**wrong)


def test_a_payee_has_one_account_that_waits_and_one_that_serves(place: Establishment) -> None:
    BankAccountFactory.create(establishment=place)
    with pytest.raises(IntegrityError), transaction.atomic():
        BankAccountFactory.create(establishment=place)


def test_the_one_in_use_stays_until_the_new_one_is_confirmed(place: Establishment) -> None:
    with time_machine.travel(DAY - timedelta(days=30)):
        first = confirmed(place)
    second = proposed(administrator_of(place), place, OTHER)
    assert payable(place, DAY.date()).account == first
    refuse_account(actor=accountant(), account_id=second.pk, words="Le titulaire n'est pas le bon.")
    assert payable(place, DAY.date()).account == first
    third = proposed(administrator_of(place), place, OTHER)
    confirm_account(actor=accountant(), account_id=third.pk, words=HOW)
    first.refresh_from_db()
    assert first.state == AccountState.ENDED
    assert "nouveau" in payable(place, datetime.now(UTC).date()).reason


def test_proposing_again_withdraws_what_waited(place: Establishment) -> None:
    boss = administrator_of(place)
    first, second = proposed(boss, place), proposed(boss, place, OTHER)
    first.refresh_from_db()
    assert (first.state, second.state) == ("ended", "proposed")


def test_the_account_in_use_is_not_proposed_again(place: Establishment) -> None:
    confirmed(place)
    with pytest.raises(InvalidFields, match="déjà"):
        proposed(accountant(), place)


@pytest.mark.parametrize(
    ("iban", "holder", "field"),
    [
        ("FR7630006000011234567890188", "SARL", "iban"),
        ("", "SARL", "iban"),
        (IBAN, " ", "holder"),
        (IBAN, "x" * 71, "holder"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(place: Establishment, iban: str, holder: str, field: str) -> None:
    with pytest.raises(InvalidFields) as refusal:
        proposed(accountant(), place, iban, holder)
    assert set(refusal.value.errors) == {field}
    assert "30006" not in str(refusal.value.errors)


def test_without_its_rib_an_account_is_neither_proposed_nor_confirmed(place: Establishment) -> None:
    with pytest.raises(ProofNeeded):
        propose_account(actor=accountant(), payee=place, iban=IBAN, holder="SARL", proof=None)
    bare = BankAccountFactory.create(establishment=place)
    with pytest.raises(ProofNeeded):
        confirm_account(actor=accountant(), account_id=bare.pk, words=HOW)


def test_how_it_was_checked_is_written(place: Establishment) -> None:
    account = proposed(accountant(), place)
    for act in (confirm_account, refuse_account):
        with pytest.raises(WordsNeeded):
            act(actor=accountant(), account_id=account.pk, words="ok")


def test_an_account_is_decided_once(place: Establishment) -> None:
    account = confirmed(place)
    for act in (confirm_account, refuse_account):
        with pytest.raises(AccountDecided):
            act(actor=accountant(), account_id=account.pk, words=HOW)
    end_account(actor=accountant(), account_id=account.pk)
    with pytest.raises(AccountDecided):
        end_account(actor=accountant(), account_id=account.pk)
    assert payable(place, date(2030, 1, 1)).reason == "Aucun IBAN n'est connu."
    with pytest.raises(UnknownAccount):
        end_account(actor=accountant(), account_id=0)


def test_only_the_payees_administrators_and_accountants_touch_it(place: Establishment) -> None:
    strangers = [employer(place), administrator_of(EstablishmentFactory.create()), officer(), Actor(None, "Personne")]
    for actor in strangers:
        with pytest.raises(Forbidden):
            proposed(actor, place)
    account = proposed(administrator_of(place), place)
    for actor in [*strangers, administrator_of(place)]:
        with pytest.raises(Forbidden):
            confirm_account(actor=actor, account_id=account.pk, words=HOW)
        with pytest.raises(Forbidden):
            accounts_to_check(actor)
    for actor in strangers:
        with pytest.raises(Forbidden):
            end_account(actor=actor, account_id=account.pk)


def test_a_provider_s_account_is_typed_by_an_accountant() -> None:
    provider = ProviderFactory.create()
    with pytest.raises(Forbidden):
        proposed(administrator_of(EstablishmentFactory.create()), provider)
    assert proposed(accountant(), provider).payee == provider


def test_a_payee_that_is_barred_is_not_paid(place: Establishment) -> None:
    provider = ProviderFactory.create()
    confirmed(provider)
    later = date(2035, 1, 1)
    assert payable(provider, later).account
    for status, reason in ((ProviderStatus.SUSPENDU, "suspendue"), (ProviderStatus.FERME, "fermé")):
        provider.status = status
        assert payable(provider, later).account is None
        assert reason in payable(provider, later).reason
    place.is_active = False
    assert payable(place, later).reason == "L'établissement est fermé."


def test_a_payee_whose_account_waits_is_not_paid(place: Establishment) -> None:
    assert payable(place, date(2035, 1, 1)).reason == "Aucun IBAN n'est connu."
    proposed(accountant(), place)
    assert payable(place, date(2035, 1, 1)).reason == "Son IBAN attend d'être vérifié."


def test_the_same_number_at_another_payee_is_seen(place: Establishment) -> None:
    first = proposed(accountant(), place)
    other = proposed(accountant(), ProviderFactory.create())
    assert elsewhere(other) == [first]
    assert elsewhere(proposed(accountant(), EstablishmentFactory.create(), OTHER)) == []


def test_the_payee_is_told_at_the_address_known_before_of_each_change(place: Establishment) -> None:
    confirmed(place)
    second = proposed(accountant(), place, OTHER)
    refuse_account(actor=accountant(), account_id=second.pk, words="Le titulaire n'est pas le bon.")
    end_account(actor=accountant(), account_id=BankAccount.objects.get(state="confirmed").pk)
    mails = list(OutgoingMail.objects.filter(to="contact@garage.example").order_by("id"))
    assert [mail.subject.split(" ")[0] for mail in mails] == ["Nouveau", "Compte", "Nouveau", "Compte", "Compte"]
    assert all("prévenez-nous tout de suite" in mail.text for mail in mails)
    assert not any("3000 6000" in mail.text for mail in mails)
    assert outbox.outbox == []


def test_those_who_act_for_the_payee_and_those_who_check_are_told(place: Establishment) -> None:
    boss, colleague, checker = administrator_of(place), employer(place), accountant()
    account = proposed(boss, place)
    run_pending_jobs()
    told = Notice.objects.filter(subject_kind="bank_account", subject_id=account.pk)
    assert set(told.values_list("user_id", "kind")) == {
        (boss.user_id, "bank_account.changed"),
        (colleague.user_id, "bank_account.changed"),
        (checker.user_id, "bank_account.to_check"),
    }
    confirm_account(actor=checker, account_id=account.pk, words=HOW)
    run_pending_jobs()
    assert told.filter(title="L'IBAN de votre établissement est vérifié.").count() == 2


def test_each_change_is_in_the_journal_without_a_digit_of_the_number(place: Establishment) -> None:
    first = confirmed(place)
    proposed(accountant(), place, OTHER)
    entries = Entry.objects.filter(subject_kind="bank_account", subject_id=first.pk).order_by("id")
    assert [entry.event for entry in entries] == ["bank_account.proposed", "bank_account.confirmed"]
    assert "189" not in str([entry.payload for entry in entries])


def test_a_new_key_seals_the_numbers_again(place: Establishment, settings: Any) -> None:
    account = proposed(accountant(), place)
    settings.VAULT_KEYS = ["k9:" + "C" * 42 + "E=", *settings.VAULT_KEYS]
    call_command("rotate_vault_keys")
    settings.VAULT_KEYS = settings.VAULT_KEYS[:1]
    account.refresh_from_db()
    assert number_of(account) == IBAN.replace(" ", "")


def test_while_an_act_runs_its_holder_is_paid_and_the_payee_again_after_it(place: Establishment) -> None:
    with time_machine.travel(DAY - timedelta(days=90)):
        own = confirmed(place)
        act = confirmed(place, OTHER, Act(Ground.FACTOR, date(2026, 11, 1), date(2026, 12, 31)))
    assert payable(place, date(2026, 10, 31)).account == own
    assert payable(place, date(2026, 11, 1)).account == act
    assert payable(place, date(2026, 12, 31)).account == act
    assert payable(place, date(2027, 1, 1)).account == own
    end_account(actor=accountant(), account_id=act.pk)
    assert payable(place, date(2026, 12, 1)).account == own


def test_an_act_that_waits_or_is_new_holds_payments(place: Establishment) -> None:
    with time_machine.travel(DAY - timedelta(days=90)):
        confirmed(place)
    with time_machine.travel(DAY):
        act = proposed(accountant(), place, OTHER, act=Act(Ground.SEIZURE, DAY.date()))
        assert payable(place, DAY.date()).reason == "Un acte qui change son bénéficiaire attend d'être vérifié."
        assert payable(place, date(2026, 11, 30)).account
        confirm_account(actor=accountant(), account_id=act.pk, words=HOW)
    assert payable(place, DAY.date()).reason == "Son IBAN est nouveau : aucun virement avant le 04/12/2026."
    assert payable(place, date(2026, 12, 4)).account == BankAccount.objects.get(pk=act.pk)


def test_only_accountants_record_and_end_an_act(place: Establishment) -> None:
    boss, act = administrator_of(place), Act(Ground.LIQUIDATION, DAY.date())
    with pytest.raises(Forbidden):
        proposed(boss, place, act=act)
    kept = proposed(accountant(), place, act=act)
    with pytest.raises(Forbidden):
        end_account(actor=boss, account_id=kept.pk)
    proposed(boss, place, OTHER)
    kept.refresh_from_db()
    assert kept.state == AccountState.PROPOSED
