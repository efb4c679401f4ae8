"""Uploads that become documents: kept once, within the quota, journalled, and undone whole when anything fails."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from openopco.base.actions import action
from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Job
from openopco.documents import actions, queries
from openopco.documents.antivirus import Verdict
from openopco.documents.enums import State
from openopco.documents.inspect import ExaminedFile
from openopco.documents.models import Document
from openopco.documents.refusals import RefusalCode, RefusedFile
from openopco.documents.rules import LIMITS, MEGABYTE
from openopco.journal.queries import entries_of
from openopco.kernel.errors import Conflict, Unavailable
from openopco.rights import SYSTEM, Actor

from . import hostile
from .factories import document, upload

pytestmark = pytest.mark.django_db


def kept_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def examined(number: int, size: int = 10) -> ExaminedFile:
    """A file as the child would let it in, without asking the child: for the tests of quotas."""
    digest = f"{number:064x}"
    return ExaminedFile(f"{number}.pdf", "pdf", "application/pdf", b"x" * size, digest, digest, 1)


def events(subject: int) -> list[str]:
    return list(entries_of("document", subject).values_list("event", flat=True))


def test_a_file_is_kept_under_a_name_of_ours(alice: Actor, folder: Path) -> None:
    one = document(alice, upload=upload("../Devis Martin.pdf"))
    assert (one.name, one.content_type, one.pages, one.zone) == ("Devis Martin.pdf", "application/pdf", 1, "programme")
    assert one.uploaded_by_id == alice.user_id
    [path] = kept_files(folder)
    assert str(path.relative_to(folder)) == one.content.name
    assert "Martin" not in str(path.relative_to(folder))
    assert path.read_bytes()[:5] == b"%PDF-"
    assert path.stat().st_size == one.size
    assert path.stat().st_mode & 0o077 == 0


def test_the_declared_type_is_not_believed(alice: Actor) -> None:
    assert document(alice, upload=upload("a.jpg", hostile.jpeg())).content_type == "image/jpeg"


def test_a_refused_file_leaves_nothing(alice: Actor, folder: Path) -> None:
    with pytest.raises(RefusedFile) as caught:
        document(alice, upload=upload("a.pdf", hostile.pdf_with_attachment()))
    assert caught.value.code == RefusalCode.EMBEDDED_FILE
    assert not Document.objects.exists()
    assert kept_files(folder) == []


def test_without_an_antivirus_a_document_is_safe_and_says_that_nobody_scanned_it(alice: Actor) -> None:
    one = document(alice)
    assert (one.state, one.scanned) == (State.SAFE, False)
    assert "pas d'antivirus" in queries.state_in_words(one)
    assert not Job.objects.filter(name="documents.scan").exists()


def test_with_an_antivirus_a_document_waits_for_the_scan_queued_with_it(alice: Actor, settings: Any) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    one = document(alice)
    assert one.state == State.PENDING
    assert list(Job.objects.filter(name="documents.scan").values_list("args", flat=True)) == [{"document_id": one.pk}]
    assert queries.state_in_words(one) == "Contrôle antivirus en cours"


def test_the_journal_says_who_gave_what(alice: Actor) -> None:
    one = document(alice)
    [entry] = entries_of("document", one.pk)
    assert (entry.event, entry.actor_id) == ("document.received", alice.user_id)
    assert entry.payload is not None
    assert entry.payload["owner_kind"] == "draft"
    assert entry.payload["owner_id"] == 7
    assert entry.payload["uploaded_by"] == alice.user_id


def test_the_same_file_sent_again_is_the_same_document(alice: Actor, folder: Path) -> None:
    content = hostile.exif_photo()
    first = document(alice, upload=upload("photo.jpg", content))
    again = document(alice, upload=upload("photo (1).jpg", content))
    assert again.pk == first.pk
    assert len(kept_files(folder)) == 1
    elsewhere = document(alice, upload=upload("photo.jpg", content), zone="autres")
    assert elsewhere.pk != first.pk


def test_several_files_may_be_kept_and_listed_by_zone(alice: Actor) -> None:
    first = document(alice)
    second = document(alice, zone="autres", upload=upload("photo.png", hostile.png()))
    other = document(alice, owner_id=8)
    assert list(queries.documents_of("draft", 7)) == [first, second]
    assert queries.by_zone("draft", 7) == {"programme": [first], "autres": [second]}
    assert queries.documents_of_many("draft", [7, 8, 9]) == {7: [first, second], 8: [other]}
    assert queries.find(first.key) == first
    assert queries.find(other.key) == other


def test_documents_of_many_owners_take_one_query(alice: Actor, django_assert_num_queries: Any) -> None:
    for owner in range(3):
        document(alice, owner_id=owner)
    with django_assert_num_queries(1):
        queries.documents_of_many("draft", range(3))


def test_an_owner_takes_so_many_files_and_no_more(alice: Actor) -> None:
    for number in range(LIMITS.owner_files):
        document(alice, upload=examined(number))
    with pytest.raises(RefusedFile) as caught:
        document(alice, upload=examined(99))
    assert caught.value.code == RefusalCode.OWNER_FULL
    assert "retirez un fichier" in caught.value.message
    assert document(alice, owner_id=8, upload=examined(99)).owner_id == 8


def test_an_owner_takes_so_many_bytes_and_no_more(alice: Actor) -> None:
    document(alice, upload=examined(1))
    Document.objects.update(size=LIMITS.owner_megabytes * MEGABYTE - 10)
    assert document(alice, upload=examined(2, size=10)).size == 10
    with pytest.raises(RefusedFile):
        document(alice, upload=examined(3, size=1))


def test_a_refusal_for_want_of_room_takes_its_content_back(alice: Actor, folder: Path) -> None:
    document(alice, upload=examined(1))
    Document.objects.update(size=LIMITS.owner_megabytes * MEGABYTE)
    with pytest.raises(RefusedFile):
        document(alice, upload=examined(2))
    assert len(kept_files(folder)) == 1


def test_a_person_gives_so_much_a_day_and_again_the_day_after(alice: Actor, bob: Actor) -> None:
    first = document(alice, upload=examined(1))
    Document.objects.filter(pk=first.pk).update(size=LIMITS.uploader_day_megabytes * MEGABYTE)
    with pytest.raises(RefusedFile) as caught:
        document(alice, owner_id=8, upload=examined(2))
    assert caught.value.code == RefusalCode.DAY_FULL
    assert document(bob, owner_id=8, upload=examined(2)).uploaded_by_id == bob.user_id
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        assert document(alice, owner_id=9, upload=examined(3)).pk


def test_a_document_removed_takes_its_content_with_it(alice: Actor, bob: Actor, folder: Path) -> None:
    one = document(alice)
    pk = one.pk
    actions.remove(actor=bob, document=one)
    assert not Document.objects.exists()
    assert events(pk) == ["document.received", "document.removed"]
    assert len(kept_files(folder)) == 1, "the content goes after the commit"
    run_pending_jobs()
    assert kept_files(folder) == []


def test_removing_twice_is_removing_once(alice: Actor) -> None:
    one = document(alice)
    pk = one.pk
    actions.remove(actor=alice, document=Document(pk=pk))
    actions.remove(actor=alice, document=Document(pk=pk))
    assert events(pk).count("document.removed") == 1


def test_a_removal_undone_by_its_caller_keeps_the_content(alice: Actor, folder: Path) -> None:
    one = document(alice)

    @action
    def remove_then_fail() -> None:
        actions.remove(actor=alice, document=Document(pk=one.pk))
        raise Conflict

    with pytest.raises(Conflict):
        remove_then_fail()
    run_pending_jobs()
    assert Document.objects.filter(pk=one.pk).exists()
    assert len(kept_files(folder)) == 1


def test_a_document_is_replaced_in_its_zone(alice: Actor, folder: Path) -> None:
    old = document(alice)
    old_pk = old.pk
    new = actions.replace(actor=alice, document=old, upload=upload("v2.png", hostile.png()))
    run_pending_jobs()
    assert list(Document.objects.all()) == [new]
    assert (new.zone, new.owner_id, new.name) == ("programme", 7, "v2.png")
    assert events(old_pk) == ["document.received", "document.replaced"]
    assert [str(path.relative_to(folder)) for path in kept_files(folder)] == [new.content.name]


def test_a_replacement_that_is_refused_leaves_the_old_one(alice: Actor, folder: Path) -> None:
    old = document(alice)
    with pytest.raises(RefusedFile):
        actions.replace(actor=alice, document=old, upload=upload("v2.pdf", b"<html>"))
    assert list(Document.objects.all()) == [old]
    assert len(kept_files(folder)) == 1


def test_a_full_owner_may_still_replace(alice: Actor) -> None:
    first = document(alice, upload=examined(0))
    for number in range(1, LIMITS.owner_files):
        document(alice, upload=examined(number))
    assert actions.replace(actor=alice, document=first, upload=examined(99)).name == "99.pdf"


def test_replacing_a_file_by_itself_changes_nothing(alice: Actor) -> None:
    content = hostile.pdf()
    old = document(alice, upload=upload(content=content))
    assert actions.replace(actor=alice, document=old, upload=upload(content=content)).pk == old.pk


def test_replacing_what_is_gone_is_a_conflict(alice: Actor, folder: Path) -> None:
    old = document(alice)
    twin = Document.objects.get(pk=old.pk)
    actions.remove(actor=alice, document=old)
    with pytest.raises(Conflict):
        actions.replace(actor=alice, document=twin, upload=upload("a.png", hostile.png()))
    run_pending_jobs()
    assert kept_files(folder) == []


def test_documents_move_to_the_dossier_that_comes_of_the_draft(alice: Actor) -> None:
    one, two = document(alice), document(alice, zone="autres")
    assert actions.move(actor=alice, owner_kind="draft", owner_id=7, to_kind="dossier", to_id=3) == 2
    assert list(queries.documents_of("dossier", 3)) == [one, two]
    assert not queries.documents_of("draft", 7).exists()
    assert events(one.pk) == ["document.received", "document.moved"]


def test_a_move_that_would_overfill_moves_nothing(alice: Actor) -> None:
    document(alice)
    for number in range(LIMITS.owner_files):
        document(alice, owner_kind="dossier", owner_id=3, upload=examined(number))
    with pytest.raises(RefusedFile):
        actions.move(actor=alice, owner_kind="draft", owner_id=7, to_kind="dossier", to_id=3)
    assert queries.documents_of("draft", 7).count() == 1


def test_a_copy_lives_its_own_life(alice: Actor, bob: Actor, folder: Path) -> None:
    original = document(alice)
    twin = actions.copy(actor=bob, document=original, to_kind="draft", to_id=9)
    assert (twin.owner_id, twin.name, twin.sha256) == (9, original.name, original.sha256)
    assert twin.key != original.key
    assert twin.uploaded_by_id == bob.user_id
    actions.remove(actor=alice, document=original)
    run_pending_jobs()
    assert [str(path.relative_to(folder)) for path in kept_files(folder)] == [twin.content.name]


def test_what_is_not_safe_is_not_copied(alice: Actor, settings: Any) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    with pytest.raises(Conflict):
        actions.copy(actor=alice, document=document(alice), to_kind="draft", to_id=9)


def test_a_verdict_is_recorded_once(alice: Actor, settings: Any) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    one = document(alice)
    actions.record_verdict(document_id=one.pk, verdict=Verdict(clean=True))
    actions.record_verdict(document_id=one.pk, verdict=Verdict(clean=False, threat="Late"))
    one.refresh_from_db()
    assert (one.state, one.scanned, one.reason) == (State.SAFE, True, "")
    assert events(one.pk) == ["document.received", "document.safe"]
    assert queries.state_in_words(one) == "Contrôlé"


def test_a_verdict_on_a_document_removed_meanwhile_is_nothing() -> None:
    assert actions.record_verdict(document_id=12345, verdict=Verdict(clean=True)) is None


def test_an_infected_content_is_destroyed_and_its_uploader_can_be_told(
    alice: Actor, settings: Any, folder: Path
) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    one = document(alice)
    Job.objects.filter(name="documents.scan").delete()
    actions.record_verdict(document_id=one.pk, verdict=Verdict(clean=False, threat="Eicar"))
    run_pending_jobs()
    one.refresh_from_db()
    assert (one.state, one.reason, one.content.name, one.scanned) == (State.INFECTED, "Eicar", "", True)
    assert kept_files(folder) == []
    entry = entries_of("document", one.pk).last()
    assert entry is not None
    assert (entry.event, entry.actor_label) == ("document.infected", SYSTEM.label)
    assert entry.payload is not None
    assert entry.payload["uploaded_by"] == alice.user_id
    assert queries.usable([one]) == []


def test_a_file_known_to_be_infected_is_refused_at_once_whoever_brings_it(
    alice: Actor, bob: Actor, settings: Any, folder: Path
) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    content = hostile.pdf()
    one = document(alice, upload=upload(content=content))
    actions.record_verdict(document_id=one.pk, verdict=Verdict(clean=False, threat="Eicar"))
    with pytest.raises(RefusedFile) as caught:
        document(bob, owner_id=8, upload=upload("autre.pdf", content))
    assert caught.value.code == RefusalCode.INFECTED
    assert Document.objects.count() == 1


def test_what_the_antivirus_could_not_tell_may_still_become_safe(alice: Actor, settings: Any) -> None:
    settings.CLAMD_ADDRESS = "127.0.0.1:9"
    one = document(alice)
    unsure = Verdict(clean=False, error="INSTREAM size limit exceeded.")
    for _ in range(2):
        actions.record_verdict(document_id=one.pk, verdict=unsure)
    one.refresh_from_db()
    assert (one.state, one.scanned) == (State.ERROR, False)
    actions.record_verdict(document_id=one.pk, verdict=Verdict(clean=True))
    one.refresh_from_db()
    assert (one.state, one.reason) == (State.SAFE, "")
    assert events(one.pk) == ["document.received", "document.error", "document.safe"]


def test_a_storage_that_fails_is_said_kindly_and_leaves_no_row(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any) -> str:
        raise OSError(28, "No space left on device: /secret/path")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    with pytest.raises(Unavailable) as caught:
        document(alice)
    assert "secret" not in caught.value.message
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"state": "unknown"},
        {"state": State.INFECTED, "reason": "x"},
        {"state": State.SAFE, "reason": "x"},
        {"state": State.ERROR},
        {"content": ""},
        {"size": 0},
        {"content_type": "text/html"},
        {"state": State.PENDING, "scanned": True},
    ],
)
def test_the_database_refuses_a_row_that_makes_no_sense(alice: Actor, change: dict[str, Any]) -> None:
    one = document(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=one.pk).update(**change)
