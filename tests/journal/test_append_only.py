"""The database itself refuses to rewrite the journal."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openopco.journal.actions import audit_read, purge_payload, record
from openopco.journal.models import Entry, ReadAudit, Seal
from openopco.journal.queries import readers_since
from openopco.journal.sealing import seal_chains
from openopco.journal.verifying import find_breaks
from openopco.rights import SYSTEM


@pytest.fixture
def entry(db: None) -> Entry:
    with transaction.atomic():
        return record(subject_kind="dossier", subject_id=1, event="dossier.sent", actor=SYSTEM, payload={"cost": 100})


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject_kind", "other"),
        ("subject_id", 2),
        ("sequence", 9),
        ("event", "dossier.refused"),
        ("actor_id", 12),
        ("actor_label", "Somebody"),
        ("at", "2020-01-01T00:00:00Z"),
        ("payload", {"cost": 999}),
        ("payload_salt", "00"),
        ("payload_digest", "00"),
        ("previous_digest", "00"),
        ("digest", "00"),
    ],
)
def test_no_column_of_an_entry_can_be_rewritten(entry: Entry, column: str, value: object) -> None:
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(**{column: value})


def test_entries_cannot_be_deleted_even_by_raw_sql(entry: Entry) -> None:
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM journal_entry")
    assert Entry.objects.count() == 1


def test_a_payload_can_be_purged_and_the_chain_stays_whole(entry: Entry) -> None:
    purge_payload(entry)
    entry.refresh_from_db()
    assert entry.payload is None
    assert entry.payload_salt is None
    assert find_breaks() == []


def test_a_purged_payload_cannot_be_put_back(entry: Entry) -> None:
    purge_payload(entry)
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(payload={"cost": 1}, payload_salt="00")


def test_seals_and_read_audits_can_be_neither_changed_nor_deleted(entry: Entry) -> None:
    seal_chains()
    audit_read(actor=SYSTEM, subject_kind="nir", subject_id=1, what="reveal", reason="contrôle")
    for model, column in ((Seal, "digest"), (ReadAudit, "what")):
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            model.objects.update(**{column: "x"})
        with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
            model.objects.all().delete()
        assert model.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_the_triggers_are_back_after_a_flush(turn: int) -> None:
    with transaction.atomic():
        record(subject_kind="dossier", subject_id=1, event="dossier.sent", actor=SYSTEM)
    assert Entry.objects.count() == 1
    with pytest.raises(DatabaseError, match="append only"):
        Entry.objects.all().delete()


@pytest.mark.sqlite
@pytest.mark.django_db
def test_who_read_lately_is_found_by_an_index() -> None:
    """SQLite tells its plan without rows."""
    lately = timezone.now() - timedelta(days=30)
    with CaptureQueriesContext(connection) as captured:
        readers_since(lately, counted=["nir", "document"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
        plan = " ".join(str(row[3]) for row in cursor.fetchall())
    assert "USING INDEX journal_readaudit_what" in plan
