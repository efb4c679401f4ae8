"""Each subject has its chain; any change to it shows."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from openopco.journal import digests
from openopco.journal.actions import audit_read, digest_of, purge_payload, record
from openopco.journal.models import Entry
from openopco.journal.queries import entries_of, reads_of
from openopco.journal.verifying import find_breaks
from tests.journal.tampering import ALICE, delete, rewrite, write_entries

pytestmark = pytest.mark.django_db


def test_entries_of_a_subject_follow_each_other() -> None:
    first, second, third = write_entries(3)
    assert [entry.sequence for entry in (first, second, third)] == [1, 2, 3]
    assert first.previous_digest == ""
    assert second.previous_digest == first.digest
    assert third.previous_digest == second.digest
    assert find_breaks() == []


def test_each_subject_starts_a_chain_of_its_own() -> None:
    write_entries(2, subject_id=1)
    (other,) = write_entries(1, subject_id=2)
    assert (other.sequence, other.previous_digest) == (1, "")
    assert [entry.subject_id for entry in entries_of("dossier", 2)] == [2]
    assert [entry.sequence for entry in entries_of("dossier", 1)] == [1, 2]


def test_an_entry_tells_who_when_and_what() -> None:
    with time_machine.travel(datetime(2027, 1, 12, 9, 30, tzinfo=UTC), tick=False):
        write_entries(1, event="dossier.accepted")
    entry = Entry.objects.get()
    assert (entry.actor_id, entry.actor_label, entry.event) == (7, "Alice Martin", "dossier.accepted")
    assert entry.at == datetime(2027, 1, 12, 9, 30, tzinfo=UTC)
    assert entry.payload == {"step": 0}
    assert entry.digest == digest_of(entry)


@pytest.mark.django_db(transaction=True)
def test_record_refuses_to_work_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(subject_kind="dossier", subject_id=1, event="dossier.sent", actor=ALICE)
    assert not Entry.objects.exists()


def test_two_writers_without_the_lock_cannot_fork_a_chain() -> None:
    (first,) = write_entries(1)
    twin = Entry.objects.get(pk=first.pk)
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject_kind", "draft"),
        ("event", "dossier.refused"),
        ("actor_id", 8),
        ("actor_id", None),
        ("actor_label", "Bob"),
        ("at", datetime(2020, 1, 1, tzinfo=UTC)),
        ("payload", {"step": 99}),
        ("payload_salt", "0" * 32),
        ("payload_digest", "0" * 64),
        ("previous_digest", "0" * 64),
        ("digest", "0" * 64),
    ],
)
def test_tampering_with_any_column_is_found(column: str, value: Any) -> None:
    _, second, _ = write_entries(3)
    rewrite(second, **{column: value})
    breaks = find_breaks()
    assert breaks
    assert any("entrée 2" in one.where or "entrée 3" in one.where for one in breaks)


def test_an_entry_moved_to_another_subject_is_found() -> None:
    _, second = write_entries(2)
    rewrite(second, subject_id=9)
    assert [(one.where, one.why) for one in find_breaks()] == [
        ("dossier 9 entrée 2", "il manque une entrée avant celle-ci"),
        ("dossier 9 entrée 2", "l'entrée a été modifiée"),
    ]


def test_an_entry_deleted_in_the_middle_is_found() -> None:
    _, second, _ = write_entries(3)
    delete(second)
    assert [(one.where, one.why) for one in find_breaks()] == [
        ("dossier 1 entrée 3", "il manque une entrée avant celle-ci")
    ]


def test_a_payload_slipped_in_after_a_purge_is_found() -> None:
    (entry,) = write_entries(1)
    purge_payload(entry)
    assert find_breaks() == []
    rewrite(entry, payload={"step": 5})
    assert [one.why for one in find_breaks()] == ["son contenu a été modifié"]


def test_the_same_payload_twice_leaves_different_digests() -> None:
    first, second = write_entries(1)[0], write_entries(1, subject_id=2)[0]
    assert first.payload == second.payload
    assert first.payload_digest != second.payload_digest


def test_reads_of_sensitive_things_are_kept_latest_first() -> None:
    audit_read(actor=ALICE, subject_kind="nir", subject_id=3, what="reveal", reason="Contrôle d'un doublon")
    audit_read(actor=ALICE, subject_kind="nir", subject_id=3, what="export")
    assert [(one.what, one.reason, one.actor_id) for one in reads_of("nir", 3)] == [
        ("export", "", 7),
        ("reveal", "Contrôle d'un doublon", 7),
    ]
    assert not reads_of("nir", 4).exists()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(payload=st.dictionaries(st.text(max_size=10), JSON, max_size=5))
def test_the_order_of_keys_does_not_change_a_digest(payload: dict[str, Any]) -> None:
    shuffled = dict(reversed(payload.items()))
    assert digests.payload_digest(payload, "salt") == digests.payload_digest(shuffled, "salt")
    assert digests.payload_digest(payload, "salt") != digests.payload_digest(payload, "other salt")


@given(left=st.lists(st.text(max_size=5), max_size=3), right=st.lists(st.text(max_size=5), max_size=3))
def test_different_values_never_share_a_spelling(left: list[str], right: list[str]) -> None:
    assert (digests.canonical(left) == digests.canonical(right)) == (left == right)
