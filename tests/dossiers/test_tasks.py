"""What follows an act, after the commit: the receipt, the notices, the reminders, each once, to the right people."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage

from openopco.accounts.models import User
from openopco.base.jobs import registered_jobs, run_pending_jobs
from openopco.base.models import Job, JobState
from openopco.dossiers import tasks
from openopco.dossiers.actions import corrections, deciding, drafts, holding, slips, talking
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import Audience, ItemKind, State
from openopco.dossiers.models import Dossier, Receipt
from openopco.dossiers.notices import TOLD, path_for
from openopco.dossiers.workflow import Event
from openopco.habilitations.models import Membership
from openopco.journal.models import Entry
from openopco.mail.models import OutgoingMail
from openopco.notifications.models import Notice
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import NOW, asked, empty_draft, number_of, sent, taken, write

pytestmark = pytest.mark.django_db
RENDERED: list[str] = []


@pytest.fixture(autouse=True)
def _quick_receipts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The typesetter is tried elsewhere; here we count."""

    def render(receipt: Receipt) -> bytes:
        RENDERED.append(str(receipt))
        return b"%PDF-receipt"

    monkeypatch.setattr(tasks, "render_receipt", render)
    RENDERED.clear()


def told(*actors: Actor) -> list[list[str]]:
    """The sentences that each has in his inbox, oldest first; the jobs have run."""
    run_pending_jobs()
    return [
        list(Notice.objects.filter(user_id=a.user_id).order_by("id").values_list("title", flat=True)) for a in actors
    ]


class TestReceipts:
    def test_it_is_made_once(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        run_pending_jobs()
        receipt = Receipt.objects.get()
        assert receipt.storage_name == f"receipts/{dossier.key}.pdf"
        with default_storage.open(receipt.storage_name) as file:
            assert file.read() == b"%PDF-receipt"
        tasks.issue_receipt(dossier_id=dossier.pk)
        assert RENDERED == ["AF-2026-000001"]

    def test_killed_halfway_it_is_made_under_the_same_name(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        run_pending_jobs()
        Receipt.objects.update(storage_name="")
        tasks.issue_receipt(dossier_id=dossier.pk)
        assert Receipt.objects.get().storage_name == f"receipts/{dossier.key}.pdf"
        assert default_storage.listdir("receipts")[1] == [f"{dossier.key}.pdf"]

    def test_a_lost_one_is_swept_once_a_day(self, alice: Actor, place: Establishment, clock: Any) -> None:
        sent(alice, place)
        Job.objects.filter(name="dossiers.issue_receipt").delete()
        assert tasks.receipts_without_pdf() == 0
        clock.shift(timedelta(minutes=11))
        assert (tasks.receipts_without_pdf(), tasks.receipts_without_pdf()) == (1, 0)
        again = Job.objects.filter(name="dossiers.issue_receipt")
        again.update(state=JobState.FAILED, finished_at=NOW)
        clock.shift(timedelta(days=1))
        assert tasks.receipts_without_pdf() == 1
        run_pending_jobs()
        assert Receipt.objects.get().storage_name
        clock.shift(timedelta(days=1))
        assert tasks.receipts_without_pdf() == 0


class TestNotices:
    def test_a_decision_is_told_to_the_employers_people_once(
        self, alice: Actor, bob: Actor, newcomer: Actor, charlie: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        told()
        Notice.objects.all().delete()
        deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560.00"))
        told()
        entry = Entry.objects.get(event="dossier.accorder")
        tasks.tell(entry_id=entry.pk)
        words = ["Votre demande AF-2026-000001 est accordée."]
        assert told(alice, bob, newcomer, charlie, olga) == [words, words, [], [], []]
        notice = Notice.objects.filter(user_id=alice.user_id).get()
        assert (notice.kind, notice.url) == ("dossier.decision", "/demandes/AF-2026-000001/")

    def test_the_newcomer_who_filed_is_told_too(self, newcomer: Actor, olga: Actor, place: Establishment) -> None:
        taken(newcomer, place, olga)
        assert told(newcomer) == [["Votre demande AF-2026-000001 est en cours d'examen."]]

    def test_who_filed_and_left_is_told_nothing(
        self, alice: Actor, bob: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = sent(alice, place)
        Membership.objects.filter(user_id=alice.user_id).update(state="ENDED", ended_at=NOW)
        holding.take(actor=olga, number=number_of(dossier))
        assert told(alice, bob) == [[], ["Votre demande AF-2026-000001 est en cours d'examen."]]

    def test_a_correction_says_by_when_and_goes_by_mail(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        asked(alice, place, olga)
        assert told(alice)[0][-1] == "Une réponse est attendue sur votre demande AF-2026-000001 avant le 08/12/2026."
        mail = OutgoingMail.objects.filter(
            subject="Votre demande AF-2026-000001 : une réponse est attendue avant le 08/12/2026"
        )
        assert mail.get().text.count("/demandes/AF-2026-000001/lettres/") == 1

    def test_a_correction_answered_meanwhile_is_not_told(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        deciding.cancel(actor=alice, number=number_of(dossier))
        assert not [title for title in told(alice)[0] if "9999" in title or "attendue" in title]

    def test_the_officer_is_told_of_what_comes_back(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        write(dossier, alice, {"cost": "500,00"})
        corrections.answer(actor=alice, number=number_of(dossier))
        deciding.cancel(actor=alice, number=number_of(dossier))
        assert told(olga) == [
            ["L'employeur a répondu sur le dossier AF-2026-000001.", "L'employeur a annulé le dossier AF-2026-000001."]
        ]
        assert Notice.objects.filter(user_id=olga.user_id).first().url == "/gestion/dossiers/AF-2026-000001/"

    def test_what_is_given_on_is_told_to_the_last_one(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = sent(alice, place)
        for to in (olga, oscar):
            holding.assign(actor=olga, number=number_of(dossier), to=User.objects.get(pk=to.user_id))
        assert told(alice, olga, oscar) == [
            ["Votre demande AF-2026-000001 est en cours d'examen."],
            [],
            ["Le dossier AF-2026-000001 vous est confié."],
        ]

    def test_nobody_is_told_of_what_he_did(self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        holding.assign(actor=oscar, number=number_of(dossier), to=User.objects.get(pk=oscar.user_id))
        assert told(olga, oscar) == [[], []]

    def test_a_message_is_told_to_the_other_side(
        self, alice: Actor, bob: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        told()
        Notice.objects.all().delete()
        talking.write_message(actor=alice, number=number_of(dossier), body="Bonjour")
        words = "Nouveau message sur la demande AF-2026-000001."
        assert told(alice, bob, olga) == [[], [], [words]]
        talking.write_message(actor=olga, number=number_of(dossier), body="Bonjour")
        assert told(alice, bob, olga) == [[words], [words], [words]]

    def test_a_note_is_told_to_nobody(self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        told()
        Notice.objects.all().delete()
        talking.write_note(actor=oscar, number=number_of(dossier), body="À revoir")
        assert told(alice, olga, oscar) == [[], [], []]

    def test_a_slip_mended_is_told(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        slips.correct_slip(actor=olga, number=number_of(dossier), name="hours", value="15", reason="Faute.")
        assert told(alice)[0][-1] == "Le gestionnaire a rectifié « Durée en heure(s) » dans la demande AF-2026-000001."

    def test_a_correction_taken_back_is_told(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        corrections.withdraw(actor=olga, number=number_of(dossier))
        assert told(alice)[0][-1] == "Plus rien n'est attendu de vous sur la demande AF-2026-000001."

    def test_a_draft_tells_nobody_anything(self, alice: Actor, bob: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        key = str(dossier.key)
        assert told(alice, bob) == [[], []]
        drafts.delete_draft(actor=alice, key=key)
        assert told(alice, bob) == [[], []]

    def test_every_event_told_is_one_of_the_room(self) -> None:
        known = {f"dossier.{event}" for event in Event} | {
            "dossier.rectifier",
            "dossier.refuser_modification",
            "dossier.retirer_modification",
            "dossier.confirmer_debut",
            "dossier.corriger_debut",
        }
        assert set(TOLD) <= known
        assert "dossiers.tell" in registered_jobs()

    def test_no_sentence_names_anybody(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        for event in TOLD.values():
            sentence = event.words(dossier)
            assert dossier.number in sentence
            assert not any(word in sentence for word in ("Müller", "Zoé", "Camille", place.name, dossier.title))


class TestReminders:
    @pytest.mark.parametrize(("days", "reminded"), [(11, 0), (12, 2), (15, 2), (16, 0)])
    def test_of_an_answer_due_soon(
        self, days: int, reminded: int, alice: Actor, bob: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        asked(alice, place, olga)
        clock.move_to(NOW + timedelta(days=days))
        tasks.remind()
        words = "Il reste peu de temps pour répondre sur la demande AF-2026-000001 : avant le 08/12/2026."
        assert Notice.objects.filter(title=words).count() == reminded

    def test_once(self, alice: Actor, olga: Actor, place: Establishment, clock: Any) -> None:
        asked(alice, place, olga)
        clock.move_to(NOW + timedelta(days=12))
        assert [tasks.remind() for _ in range(3)] == [1, 0, 0]
        clock.shift(timedelta(days=1))
        assert tasks.remind() == 0

    def test_again_for_another_deadline(self, alice: Actor, olga: Actor, place: Establishment, clock: Any) -> None:
        dossier = asked(alice, place, olga)
        clock.move_to(NOW + timedelta(days=12))
        tasks.remind()
        write(dossier, alice, {"cost": "500,00"})
        corrections.answer(actor=alice, number=number_of(dossier))
        corrections.ask(actor=olga, number=number_of(dossier), points=[Point(ItemKind.CHAMP, "title", "x")])
        clock.shift(timedelta(days=13))
        assert tasks.remind() == 1

    @pytest.mark.parametrize(("days", "reminded"), [(6, 0), (8, 1), (13, 1), (15, 0)])
    def test_of_a_draft_left_alone_to_its_author(
        self, days: int, reminded: int, alice: Actor, bob: Actor, place: Establishment, clock: Any
    ) -> None:
        dossier = empty_draft(alice, place)
        clock.move_to(NOW + timedelta(days=days))
        assert (tasks.remind(), tasks.remind()) == (reminded, 0)
        notices = Notice.objects.filter(title="Un brouillon vous attend : il n'est pas encore envoyé.")
        assert [notice.user_id for notice in notices] == [alice.user_id] * reminded
        assert {notice.url for notice in notices} <= {f"/brouillons/{dossier.key}/"}

    def test_nobody_is_left_out_of_a_crowd(
        self, alice: Actor, place: Establishment, clock: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "BATCH", 2)
        for _ in range(5):
            empty_draft(alice, place)
        clock.shift(timedelta(days=8))
        assert tasks.remind() == 5
        assert Notice.objects.count() == 5


def test_the_pages_told_of_are_each_readers_own(alice: Actor, olga: Actor, place: Establishment) -> None:
    draft, request = empty_draft(alice, place), sent(alice, place)
    assert path_for(draft, Audience.EMPLOYEUR) == f"/brouillons/{draft.key}/"
    assert path_for(request, Audience.EMPLOYEUR) == "/demandes/AF-2026-000001/"
    assert path_for(request, Audience.OPCO) == "/gestion/dossiers/AF-2026-000001/"
    assert Dossier.objects.filter(state=State.BROUILLON).count() == 1
