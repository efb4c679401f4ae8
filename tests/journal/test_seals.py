"""Seals show what chains alone can't: that their end was cut off."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from openopco.journal import sealing
from openopco.journal.models import Entry, Seal
from openopco.journal.sealing import seal_chains
from openopco.journal.verifying import find_breaks
from tests.journal.tampering import delete, rewrite, triggers_lifted, write_entries

pytestmark = pytest.mark.django_db
START = datetime(2027, 1, 12, 8, 0, tzinfo=UTC)


def test_a_seal_holds_the_heads_of_the_chains_that_moved() -> None:
    write_entries(2, subject_id=1)
    (other,) = write_entries(1, subject_id=2)
    assert seal_chains() == 2
    seal = Seal.objects.get()
    assert [head[:3] for head in seal.heads] == [["dossier", 1, 2], ["dossier", 2, 1]]
    assert seal.last_entry_id == other.pk
    assert find_breaks() == []


def test_nothing_new_makes_no_seal() -> None:
    assert seal_chains() == 0
    write_entries(1)
    seal_chains()
    assert seal_chains() == 0
    assert Seal.objects.count() == 1


def test_seals_follow_each_other() -> None:
    write_entries(1, subject_id=1)
    seal_chains()
    write_entries(1, subject_id=1)
    seal_chains()
    first, second = Seal.objects.order_by("number")
    assert second.previous_digest == first.digest
    assert second.heads == [["dossier", 1, 2, Entry.objects.get(sequence=2).digest]]


def test_the_tail_of_a_chain_cut_off_is_found() -> None:
    *_, last = write_entries(3)
    seal_chains()
    delete(last)
    assert [(one.where, one.why) for one in find_breaks()] == [
        ("dossier 1 entrée 3", "scellée par le sceau 1, n'est plus là")
    ]


def test_a_whole_chain_removed_is_found() -> None:
    write_entries(2, subject_id=1)
    write_entries(1, subject_id=2)
    seal_chains()
    with triggers_lifted():
        Entry.objects.filter(subject_id=1).delete()
    assert [one.where for one in find_breaks()] == ["dossier 1 entrée 2"]


def test_a_chain_rewritten_from_the_start_is_found() -> None:
    (entry,) = write_entries(1)
    seal_chains()
    delete(entry)
    write_entries(1)
    assert [one.why for one in find_breaks()] == ["scellée par le sceau 1, n'est plus là"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", START),
        ("last_entry_id", 999),
        ("heads", []),
        ("previous_digest", "0" * 64),
        ("digest", "0" * 64),
        ("number", 7),
    ],
)
def test_tampering_with_a_seal_is_found(column: str, value: object) -> None:
    for subject_id in (1, 2, 3):
        write_entries(1, subject_id=subject_id)
        seal_chains()
    rewrite(Seal.objects.get(number=2), **{column: value})
    assert any(one.where.startswith("sceau") for one in find_breaks())


def test_a_seal_removed_in_the_middle_is_found() -> None:
    for subject_id in (1, 2, 3):
        write_entries(1, subject_id=subject_id)
        seal_chains()
    delete(Seal.objects.get(number=2))
    assert [(one.where, one.why) for one in find_breaks()] == [("sceau 3", "il manque un sceau avant celui-ci")]


def test_the_last_seal_removed_is_found_by_who_noted_it_elsewhere() -> None:
    write_entries(1)
    seal_chains()
    seal = Seal.objects.get()
    assert find_breaks(expected_seal=(1, seal.digest)) == []
    delete(seal)
    assert find_breaks() == []
    assert [one.where for one in find_breaks(expected_seal=(1, seal.digest))] == ["sceau 1"]


def test_an_entry_committed_late_under_an_older_id_is_sealed_all_the_same() -> None:
    late, other = write_entries(1, subject_id=1)[0], write_entries(1, subject_id=2)[0]
    with time_machine.travel(START, tick=False):
        Seal.objects.create(number=1, last_entry_id=other.pk, heads=[sealing._head(other)], digest="x", at=START)
    with time_machine.travel(START + timedelta(minutes=5), tick=False):
        assert seal_chains() == 1
    assert Seal.objects.get(number=2).heads == [sealing._head(late)]


def test_old_seals_are_not_looked_over_again() -> None:
    with time_machine.travel(START, tick=False):
        write_entries(1, subject_id=1)
        seal_chains()
    with time_machine.travel(START + timedelta(hours=3), tick=False):
        write_entries(1, subject_id=2)
        assert seal_chains() == 1
        assert seal_chains() == 0
    assert find_breaks() == []


def test_many_chains_make_several_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "HEADS_PER_SEAL", 2)
    for subject_id in range(1, 6):
        write_entries(1, subject_id=subject_id)
    assert seal_chains() == 5
    assert [len(seal.heads) for seal in Seal.objects.order_by("number")] == [2, 2, 1]
    assert find_breaks() == []


def test_two_sealers_at_once_cannot_both_win() -> None:
    write_entries(1)
    seal_chains()
    seal = Seal.objects.get()
    seal.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        seal.save(force_insert=True)
