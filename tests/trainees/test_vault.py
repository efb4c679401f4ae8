"""The vault: sealed, masked, found again, opened for a reason, slowed when too much is opened, turned to new keys."""

import base64
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from openopco.base.crypto import BrokenSeal, key_id_of
from openopco.journal.models import Entry, ReadAudit
from openopco.journal.queries import entries_of
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.notifications.models import Notice
from openopco.rights import ANONYMOUS, Actor
from openopco.trainees import vault
from openopco.trainees.errors import ReasonNeeded, TooManyReveals
from openopco.trainees.models import NirSecret
from openopco.trainees.rules import is_real_reason, may_reveal_again, window_of
from openopco.trainees.tasks import forget_orphan_nirs
from tests.habilitations.factories import administrator, employer, officer
from tests.trainees.factories import MASKED, NIR, TraineeFactory, nir

pytestmark = pytest.mark.django_db
REASON = "Contrôle du doublon avec la demande précédente"


def stored(actor: Actor, raw: str = NIR) -> NirSecret:
    return NirSecret.objects.get(pk=vault.store_nir(actor=actor, raw=raw))


def test_a_nir_comes_in_as_typed_and_is_masked() -> None:
    alice = employer()
    secret = vault.store_nir(actor=alice, raw="2 95 10 99 126 111 93")
    assert vault.masked(actor=alice, secret_id=secret) == MASKED


def test_nothing_of_the_number_is_in_the_table() -> None:
    stored(employer())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM trainees_nirsecret")
        row = b"|".join(
            bytes(each) if isinstance(each, (bytes, memoryview)) else str(each).encode() for each in cursor.fetchone()
        )
    assert NIR.encode() not in row
    assert NIR[3:13].encode() not in row


def test_the_same_number_is_sealed_differently_each_time() -> None:
    first, second = stored(employer()), stored(employer())
    assert bytes(first.sealed) != bytes(second.sealed)
    assert first.blind == second.blind


def test_typed_again_by_the_same_person_it_is_the_same_secret() -> None:
    alice = employer()
    assert vault.store_nir(actor=alice, raw=NIR) == vault.store_nir(actor=alice, raw=f" {NIR} ")
    assert NirSecret.objects.count() == 1


def test_equal_numbers_are_told_without_being_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, other = stored(employer()), stored(employer()), stored(employer(), nir(7))
    monkeypatch.setattr(vault, "unseal", None)
    assert vault.blind_of(first.pk) == vault.blind_of(second.pk) != vault.blind_of(other.pk)


@pytest.mark.parametrize("raw", ["", "123", "295109912611194", "A" * 15])
def test_a_wrong_number_is_refused_without_being_repeated(raw: str) -> None:
    with pytest.raises(InvalidValue) as told:
        vault.store_nir(actor=employer(), raw=raw)
    assert not raw or raw not in told.value.message
    assert not NirSecret.objects.exists()


@pytest.mark.parametrize("who", [lambda: ANONYMOUS, administrator])
def test_only_employers_type_numbers(who: Any) -> None:
    with pytest.raises(Forbidden):
        vault.store_nir(actor=who(), raw=NIR)


def test_an_officer_types_one_for_an_employer() -> None:
    assert NirSecret.objects.get(pk=vault.store_nir(actor=officer(), raw=NIR))


# --- who sees it masked -----------------------------------------------------------------------------------------------


def test_an_employer_sees_the_number_he_typed_not_one_typed_by_another() -> None:
    alice, bob = employer(), employer()
    secret = stored(alice)
    assert vault.masked(actor=alice, secret_id=secret.pk) == MASKED
    assert vault.masked(actor=bob, secret_id=secret.pk) == ""
    assert vault.mask(secret, bob) == ""
    assert vault.masked(actor=ANONYMOUS, secret_id=secret.pk) == ""


def test_who_types_the_same_number_himself_sees_it_then() -> None:
    alice, bob = employer(), employer()
    secret = stored(alice)
    stored(bob)
    assert vault.masked(actor=bob, secret_id=secret.pk) == MASKED


def test_an_officer_sees_all_masked_an_administrator_none() -> None:
    secret = stored(employer())
    assert vault.masked(actor=officer(), secret_id=secret.pk) == MASKED
    assert vault.masked(actor=administrator(), secret_id=secret.pk) == ""


def test_a_list_of_masks_takes_two_queries_at_most(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    alice, bob = employer(), employer()
    mine = [stored(alice, nir(n)).pk for n in range(4)]
    theirs = [stored(bob, nir(n)).pk for n in range(4, 8)]
    with django_assert_num_queries(2):
        shown = vault.masked_many(actor=alice, secret_ids=mine + theirs)
    assert set(shown) == set(mine)


def test_warnings_come_without_the_number_coming_out() -> None:
    secret = stored(employer())
    assert vault.warnings_of(secret, "F", date(1995, 10, 3)) == []
    told = vault.warnings_of(secret, "M", date(1996, 11, 3))
    assert len(told) == 3
    assert not any(NIR[1:5] in warning for warning in told)


# --- opened for a reason ----------------------------------------------------------------------------------------------


def test_an_officer_opens_it_for_a_reason_and_that_is_kept() -> None:
    secret, olivier = stored(employer()), officer()
    assert vault.reveal(actor=olivier, secret_id=secret.pk, reason=f" {REASON} ") == "2 95 10 99 126 111 93"
    read = ReadAudit.objects.get()
    assert (read.actor_id, read.subject_id, read.what, read.reason) == (olivier.user_id, secret.pk, "nir", REASON)
    entry = entries_of("nir", secret.pk).get()
    assert (entry.event, entry.payload) == ("nir.revealed", {"reason": REASON})


@pytest.mark.parametrize("reason", ["", "   ", "ok", "\u200b" * 20])
def test_no_reason_no_number(reason: str) -> None:
    secret = stored(employer())
    with pytest.raises(ReasonNeeded):
        vault.reveal(actor=officer(), secret_id=secret.pk, reason=reason)
    assert not ReadAudit.objects.exists()


def test_a_reason_brings_no_number_into_the_journal() -> None:
    secret = stored(employer())
    with pytest.raises(InvalidValue, match="N'écrivez pas de numéro de sécurité sociale"):
        vault.reveal(actor=officer(), secret_id=secret.pk, reason=f"Le salarié dit {NIR}")
    assert not ReadAudit.objects.exists()


def test_nobody_else_opens_it_not_even_who_typed_it() -> None:
    alice = employer()
    secret = stored(alice)
    for actor in (alice, administrator(), ANONYMOUS):
        with pytest.raises(Forbidden):
            vault.reveal(actor=actor, secret_id=secret.pk, reason=REASON)


def test_an_unknown_secret_leaves_no_trace() -> None:
    with pytest.raises(NirSecret.DoesNotExist):
        vault.reveal(actor=officer(), secret_id=404, reason=REASON)
    assert not ReadAudit.objects.exists()


def test_the_eleventh_in_ten_minutes_is_refused_and_the_administrators_are_told() -> None:
    secret, olivier, chief = stored(employer()), officer(), administrator()
    start = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    for minute in range(10):
        with time_machine.travel(start + timedelta(seconds=30 * minute), tick=False):
            vault.reveal(actor=olivier, secret_id=secret.pk, reason=REASON)
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        for _ in range(2):
            with pytest.raises(TooManyReveals):
                vault.reveal(actor=olivier, secret_id=secret.pk, reason=REASON)
    assert ReadAudit.objects.count() == 10
    assert olivier.user_id is not None
    alerts = entries_of("user", olivier.user_id)
    assert [entry.event for entry in alerts] == ["nir.too_many"] * 2
    assert Notice.objects.get().user_id == chief.user_id, "told once in the ten minutes"
    with time_machine.travel(start + timedelta(minutes=10, seconds=1), tick=False):
        assert vault.reveal(actor=olivier, secret_id=secret.pk, reason=REASON)


def test_one_officers_haste_does_not_slow_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openopco.trainees.vault.may_reveal_again", lambda recent: recent < 1)
    secret = stored(employer())
    for _ in range(2):
        vault.reveal(actor=officer(), secret_id=secret.pk, reason=REASON)
    assert ReadAudit.objects.count() == 2


def test_no_number_is_ever_in_the_journal_the_audit_or_a_notice() -> None:
    secret, olivier = stored(employer()), officer()
    administrator()
    vault.reveal(actor=olivier, secret_id=secret.pk, reason=REASON)
    rows = [*Entry.objects.values_list(), *ReadAudit.objects.values_list(), *Notice.objects.values_list()]
    assert rows
    assert not any(NIR in str(row) or NIR[3:13] in str(row) for row in rows)


@pytest.mark.parametrize(("recent", "allowed"), [(0, True), (9, True), (10, False), (50, False)])
def test_ten_in_a_window(recent: int, allowed: bool) -> None:
    assert may_reveal_again(recent) is allowed


def test_a_reason_is_some_words() -> None:
    assert is_real_reason("Doublon")
    assert not is_real_reason("ok")


def test_windows_follow_each_other_every_ten_minutes() -> None:
    start = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert window_of(start) == window_of(start + timedelta(minutes=9, seconds=59))
    assert window_of(start + timedelta(minutes=10)) == window_of(start) + 1


# --- bound to its row, turned to new keys, forgotten ------------------------------------------------------------------


def test_a_sealed_number_moved_to_another_row_does_not_open() -> None:
    alice = employer()
    first, second = stored(alice, nir(1)), stored(alice, nir(2))
    NirSecret.objects.filter(pk=second.pk).update(sealed=first.sealed)
    with pytest.raises(BrokenSeal):
        vault.masked(actor=alice, secret_id=second.pk)


def _key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


def test_keys_are_turned_with_everything_readable_meanwhile(settings: Any) -> None:
    alice = employer()
    settings.VAULT_KEYS = [f"2025:{_key('a')}"]
    old = [stored(alice, nir(n)) for n in range(3)]
    settings.VAULT_KEYS = [f"2026:{_key('b')}", f"2025:{_key('a')}"]
    assert vault.masked(actor=alice, secret_id=old[0].pk) == MASKED
    out = StringIO()
    call_command("rotate_vault_keys", stdout=out)
    assert "3 NIR" in out.getvalue()
    assert {key_id_of(bytes(secret.sealed)) for secret in NirSecret.objects.all()} == {"2026"}
    settings.VAULT_KEYS = [f"2026:{_key('b')}"]
    assert vault.masked(actor=alice, secret_id=old[0].pk) == MASKED
    assert vault.store_nir(actor=alice, raw=nir(0)) == old[0].pk, "the blind index has a key of its own"


def test_turning_keys_twice_changes_nothing_more(settings: Any) -> None:
    stored(employer())
    sealed = bytes(NirSecret.objects.get().sealed)
    call_command("rotate_vault_keys", stdout=StringIO())
    assert bytes(NirSecret.objects.get().sealed) == sealed


def test_a_number_that_nothing_points_at_is_forgotten_after_a_month() -> None:
    alice = employer()
    with time_machine.travel("2026-10-01T09:00:00Z", tick=False):
        lost, used = stored(alice, nir(1)), stored(alice, nir(2))
        TraineeFactory.create(nir=used, nir_absent_reason="")
    with time_machine.travel("2026-10-20T09:00:00Z", tick=False):
        fresh = stored(alice, nir(3))
        assert forget_orphan_nirs() == 0
    with time_machine.travel("2026-11-05T09:00:00Z", tick=False):
        assert forget_orphan_nirs() == 1
    assert set(NirSecret.objects.values_list("pk", flat=True)) == {used.pk, fresh.pk}
    assert not NirSecret.objects.filter(pk=lost.pk).exists()


def test_the_table_refuses_a_blind_index_of_another_length() -> None:
    secret = stored(employer())
    with pytest.raises(IntegrityError), transaction.atomic():
        NirSecret.objects.filter(pk=secret.pk).update(blind="ab")
