"""A request as a ZIP: all that its reader may see of it, and what is left out said."""

import io
import json
import uuid
from typing import Any
from zipfile import ZipFile

import pypdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Work, WorkState
from openopco.base.works import may_take
from openopco.documents.actions import accept_upload
from openopco.documents.models import Document
from openopco.dossiers.actions import deciding, modification_pieces, modifying, talking
from openopco.dossiers.actions.modifying import Wanted
from openopco.dossiers.errors import TooManyReads, UnknownDossier
from openopco.dossiers.models import DOSSIER_DOCUMENT, Dossier
from openopco.exports.actions import ask_archive
from openopco.exports.archive import safe_name
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.models import Membership
from openopco.journal.models import Entry, ReadAudit
from openopco.opco import parameters
from openopco.opco.models import Parameter
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.documents.hostile import pdf
from tests.dossiers.factories import NIR, NOW, number_of, piece, taken


def joined(dossier: Dossier, actor: Actor, name: str, content: bytes | None = None) -> Document:
    upload = SimpleUploadedFile(name, content or pdf(), "application/pdf")
    document = accept_upload(
        actor=actor, owner_kind=DOSSIER_DOCUMENT, owner_id=dossier.pk, zone="divers", upload=upload
    )
    Document.objects.filter(pk=document.pk).update(state="safe")
    return document


@pytest.fixture
def dossier(alice: Actor, olga: Actor, place: Establishment) -> Dossier:
    """Granted, with a message, a note, and one good piece."""
    found = taken(alice, place, olga)
    Document.objects.filter(owner_id=found.pk).update(content="documents/programme")
    default_storage.save("documents/programme", ContentFile(b"%PDF-programme"))
    talking.write_message(actor=olga, number=number_of(found), body="Bonjour à tous.")
    talking.write_note(actor=olga, number=number_of(found), body="Entre nous seulement.")
    deciding.grant(actor=olga, number=number_of(found), amount=found.amount_asked)
    found.refresh_from_db()
    return found


def archive_of(dossier: Dossier, actor: Actor) -> tuple[Work, ZipFile]:
    work = ask_archive(actor=actor, number=number_of(dossier), key=uuid.uuid4())
    run_pending_jobs(names=["works.run"])
    work = Work.objects.get(pk=work.pk)
    with default_storage.open(work.result_name) as file:
        return work, ZipFile(io.BytesIO(file.read()))


def test_it_holds_the_request_its_receipt_and_its_pieces(dossier: Dossier, alice: Actor) -> None:
    work, archive = archive_of(dossier, alice)
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == [
        "LISEZ-MOI.txt",
        "accuse-reception.pdf",
        "dossier.json",
        "dossier.pdf",
        "lettres/01-Lettre d_accord.pdf",
        "pieces/01-programme.pdf",
    ]
    assert archive.read("pieces/01-programme.pdf") == b"%PDF-programme"
    assert (work.result_filename, work.done, work.left_out) == (f"dossier-{dossier.number}.zip", 1, 0)
    told = json.loads(archive.read("dossier.json"))
    assert told["messages"][0]["body"] == "Bonjour à tous."
    assert told["decisions"][0]["lines"][0] == ["Décision", "Accordée"]
    assert told["events"][-1]["title"] == "Demande accordée"
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(archive.read("dossier.pdf"))).pages)
    assert all(word in words for word in (number_of(dossier), "Bonjour à tous.", "Demande accordée", "Zoé"))


def test_it_holds_each_letter_and_what_changed_since(dossier: Dossier, alice: Actor, bob: Actor) -> None:
    number = number_of(dossier)
    wanted = Wanted(values={"hours": "21"}, known_typed="23/11/2026", reason="Une journée de plus.")
    modifying.prepare(actor=alice, number=number, wanted=wanted)
    upload = SimpleUploadedFile("devis.pdf", pdf(), "application/pdf")
    document = modification_pieces.join_piece(actor=alice, number=number, upload=upload)
    Document.objects.filter(pk=document.pk).update(state="safe")
    modifying.propose(actor=alice, number=number)
    modifying.prepare(actor=bob, number=number, wanted=Wanted(reason="Pas encore dite."))
    work, archive = archive_of(dossier, bob)
    assert (work.total, work.done) == (2, 2)
    assert archive.read("pieces/02-devis.pdf").startswith(b"%PDF")
    letter = archive.read("lettres/01-Lettre d_accord.pdf")
    assert number in " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(letter)).pages)
    (told,) = json.loads(archive.read("dossier.json"))["modifications"]
    assert told["changes"][0][0] == "Durée en heure(s)"
    assert ["Pourquoi", "Une journée de plus."] in told["lines"]
    words = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(archive.read("dossier.pdf"))).pages)
    assert "Modification signalée le 23/11/2026" in words
    assert "Pas encore dite." not in words


def test_each_side_reads_its_own_words_and_nobody_a_note_or_a_nir(dossier: Dossier, alice: Actor, olga: Actor) -> None:
    for actor, told, not_told in ((alice, "Demande accordée", olga.label), (olga, "Note interne", "Demande accordée")):
        archive = archive_of(dossier, actor)[1]
        events = json.dumps(json.loads(archive.read("dossier.json"))["events"], ensure_ascii=False)
        assert told in events
        assert not_told not in events
        everything = b"".join(archive.read(name) for name in archive.namelist() if not name.endswith(".pdf")).decode()
        assert "Entre nous" not in everything
        assert NIR not in everything.replace(" ", "")


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [("pending", "", "contrôle antivirus en cours"), ("error", "x", "contrôle antivirus impossible")],
)
def test_a_piece_that_is_not_clean_is_left_out_and_said(
    dossier: Dossier, alice: Actor, state: str, reason: str, said: str
) -> None:
    piece(dossier, zone="divers", name="douteux.pdf", state=state, reason=reason)
    work, archive = archive_of(dossier, alice)
    assert "pieces/02-douteux.pdf" not in archive.namelist()
    assert f"- douteux.pdf (Autres / Divers) : {said}" in archive.read("LISEZ-MOI.txt").decode()
    assert (work.done, work.left_out, work.total) == (1, 1, 2)


def test_a_piece_that_storage_can_t_give_is_said_too(dossier: Dossier, alice: Actor) -> None:
    default_storage.delete("documents/programme")
    work, archive = archive_of(dossier, alice)
    assert (
        "programme.pdf (Programme de l'action) : momentanément inaccessible" in archive.read("LISEZ-MOI.txt").decode()
    )
    assert work.left_out == 1


def test_a_colleague_reads_no_piece_of_who_is_not_accepted_yet(dossier: Dossier, bob: Actor, alice: Actor) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(unconfirmed=True)
    assert archive_of(dossier, bob)[0].left_out == 1
    assert archive_of(dossier, alice)[0].left_out == 0


def test_two_pieces_of_one_name_stand_apart(dossier: Dossier, alice: Actor) -> None:
    joined(dossier, alice, "devis.pdf")
    joined(dossier, alice, "devis.pdf", pdf(pages=2))
    names = archive_of(dossier, alice)[1].namelist()
    assert {"pieces/02-devis.pdf", "pieces/03-devis.pdf"} <= set(names)


def test_a_stranger_has_none(dossier: Dossier, charlie: Actor, admin: Actor) -> None:
    for actor in (charlie, admin):
        with pytest.raises(UnknownDossier):
            ask_archive(actor=actor, number=number_of(dossier), key=uuid.uuid4())


def test_who_leaves_before_it_is_made_has_none(dossier: Dossier, alice: Actor) -> None:
    work = ask_archive(actor=alice, number=number_of(dossier), key=uuid.uuid4())
    Membership.objects.filter(user_id=alice.user_id).update(state=MembershipState.ENDED, ended_at=NOW)
    run_pending_jobs(names=["works.run"])
    assert Work.objects.get(pk=work.pk).state == WorkState.FAILED


def test_who_leaves_after_takes_it_no_more(dossier: Dossier, alice: Actor) -> None:
    work, _ = archive_of(dossier, alice)
    assert may_take(work)
    Membership.objects.filter(user_id=alice.user_id).update(state=MembershipState.ENDED, ended_at=NOW)
    assert not may_take(work)


def test_an_officer_s_is_a_read_like_another(dossier: Dossier, olga: Actor) -> None:
    work, _ = archive_of(dossier, olga)
    reads = ReadAudit.objects.filter(actor_id=olga.user_id).order_by("what").values_list("what", flat=True)
    assert list(reads) == ["document.read", "dossier.archive", "dossier.read"]
    entry = Entry.objects.get(event="archive.made")
    assert (entry.subject_id, entry.payload) == (work.pk, {"dossier": dossier.pk, "pieces": 1, "laissees": 0})


def test_an_officer_who_reads_too_many_is_slowed(dossier: Dossier, olga: Actor) -> None:
    Parameter.objects.create(code="mass_reading_limit", value=1, starts_on=NOW.date(), source="x", created_by="x")
    parameters.forget()
    ReadAudit.objects.create(actor_id=olga.user_id, subject_kind="dossier", subject_id=0, what="dossier.read", at=NOW)
    with pytest.raises(TooManyReads):
        ask_archive(actor=olga, number=number_of(dossier), key=uuid.uuid4())


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("programme.pdf", "programme.pdf"),
        ("../../etc/passwd", "etc passwd"),
        ("C:\\Windows\\x.pdf", "C_ Windows x.pdf"),
        ("con.pdf", "_con.pdf"),
        ("été n°1.pdf", "été n_1.pdf"),
        ("...", "fichier"),
        ("", "fichier"),
    ],
)
def test_a_name_unpacks_where_it_is_told_to(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text(max_size=200))
def test_whatever_the_name_it_is_one_part_and_not_hidden(name: str) -> None:
    found: Any = safe_name(name)
    assert found
    assert not set(found) & set('/\\:*?"<>|\0\n')
    assert not found.startswith((".", " "))
    assert len(found) <= 101
