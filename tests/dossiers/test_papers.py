"""A request received by mail or by telephone: an officer types it for the employer, and a colleague decides it."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.documents.models import Document
from openopco.dossiers import queries
from openopco.dossiers.actions import corrections, deciding, drafts, holding
from openopco.dossiers.actions.drafts import save_field
from openopco.dossiers.actions.papers import correct_reception, open_paper_draft, take_over
from openopco.dossiers.actions.sending import Closed, send
from openopco.dossiers.enums import Audience, ItemKind, Reception, State
from openopco.dossiers.errors import BadReception, HeldByAnother, UnknownDossier
from openopco.dossiers.models import Dossier, DraftField, DraftRow, Message, PaperFiling, Receipt
from openopco.dossiers.papers import AnswerReceived, Received, read_answer_received, read_received
from openopco.dossiers.receipts import render_receipt
from openopco.dossiers.timeline import events
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.mail.models import OutgoingMail
from openopco.notifications.models import Notice
from openopco.opco import parameters
from openopco.organisations.models import Establishment
from openopco.rights import Actor, Permission, Subject, may
from openopco.trainees.models import Trainee
from tests.documents.hostile import pdf
from tests.dossiers.factories import (
    COURSE,
    NIR,
    PERSON,
    TODAY,
    complete_draft,
    in_state,
    number_of,
    piece,
    school,
    write,
)
from tests.habilitations.factories import officer
from tests.opco.factories import ParameterFactory

pytestmark = pytest.mark.django_db
LETTER = Received(Reception.COURRIER, date(2026, 11, 20), "Mme Keller, gérante", "03 89 00 00 01")
CALL = Received(Reception.TELEPHONE, date(2026, 11, 20), "Mme Keller", confirmed_by="Mme Keller")
SAID = {"reception": "courrier", "received_on": "20/11/2026", "sender": "Mme Keller"}


def opened(officer: Actor, place: Establishment, received: Received = LETTER, key: uuid.UUID | None = None) -> Dossier:
    scan = SimpleUploadedFile("courrier.pdf", pdf(), "application/pdf") if received is LETTER else None
    return open_paper_draft(
        actor=officer,
        establishment=place,
        kind_code="AF",
        key=key or uuid.uuid4(),
        received=received,
        scan=scan,
    )


def filled(officer: Actor, place: Establishment, received: Received = LETTER) -> Dossier:
    """A draft that misses nothing, typed by the officer."""
    draft = opened(officer, place, received)
    write(draft, officer, COURSE)
    drafts.choose_provider(actor=officer, key=str(draft.key), provider=school())
    row = drafts.add_row(actor=officer, key=str(draft.key), row_kind="stagiaire", values=PERSON)
    drafts.set_nir(actor=officer, key=str(draft.key), row=row.key, raw=NIR)
    piece(draft, by=officer)
    return draft


def filed(officer: Actor, place: Establishment, received: Received = LETTER) -> Dossier:
    return send(actor=officer, key=str(filled(officer, place, received).key)).dossier


class TestReading:
    def test_a_good_page_says_how_the_request_came(self) -> None:
        read = read_received({**SAID, "contact": " 03 89 "}, today=TODAY, has_scan=True)
        assert read == Received(Reception.COURRIER, date(2026, 11, 20), "Mme Keller", "03 89")

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"reception": "pigeon"}, "reception"),
            ({"received_on": ""}, "received_on"),
            ({"received_on": "31/02/2026"}, "received_on"),
            ({"received_on": "24/11/2026"}, "received_on"),
            ({"received_on": "20/11/2024"}, "received_on"),
            ({"sender": " "}, "sender"),
            ({"sender": "x" * 121}, "sender"),
            ({"sender": f"Mme Keller {NIR}"}, "sender"),
            ({"reception": "telephone"}, "confirmed_by"),
        ],
    )
    def test_what_is_wrong_is_said_of_its_own_field(self, changes: dict[str, str], field: str) -> None:
        with pytest.raises(BadReception) as refused:
            read_received({**SAID, **changes}, today=TODAY, has_scan=True)
        assert list(refused.value.problems) == [field]

    def test_a_letter_comes_with_its_scan_and_an_e_mail_may_not(self) -> None:
        with pytest.raises(BadReception) as refused:
            read_received(SAID, today=TODAY, has_scan=False)
        assert list(refused.value.problems) == ["scan"]
        assert read_received({**SAID, "reception": "courriel"}, today=TODAY, has_scan=False)


class TestOpening:
    def test_the_draft_is_the_establishments_and_the_officer_its_typist(
        self, olga: Actor, place: Establishment
    ) -> None:
        draft = opened(olga, place)
        paper = PaperFiling.objects.get(dossier=draft)
        assert (draft.establishment, draft.created_by_id, draft.state) == (place, olga.user_id, State.BROUILLON)
        assert (paper.recorded_by_id, paper.recorded_on, paper.sender) == (olga.user_id, TODAY, LETTER.sender)
        assert paper.scan is not None
        assert paper.scan.zone == "papier"
        entry = Entry.objects.get(event="dossier.creer", subject_id=draft.pk)
        assert entry.payload == {"nature": "AF", "reception": "courrier", "recue_le": "2026-11-20"}

    def test_two_clicks_open_one(self, olga: Actor, place: Establishment) -> None:
        key = uuid.uuid4()
        assert opened(olga, place, key=key).pk == opened(olga, place, key=key).pk
        assert PaperFiling.objects.count() == 1

    def test_an_officer_alone_may(self, alice: Actor, admin: Actor, place: Establishment) -> None:
        for actor in (alice, admin):
            with pytest.raises(Forbidden):
                opened(actor, place, CALL)
        assert not Dossier.objects.exists()

    def test_how_it_came_can_be_corrected_with_another_scan(self, olga: Actor, place: Establishment) -> None:
        draft = opened(olga, place)
        before = PaperFiling.objects.get().scan_id
        other = SimpleUploadedFile("bon.pdf", pdf(pages=2), "application/pdf")
        again = Received(Reception.COURRIER, date(2026, 11, 19), "M. Keller")
        correct_reception(actor=olga, key=str(draft.key), received=again, scan=other)
        paper = PaperFiling.objects.get()
        assert (paper.received_on, paper.sender) == (date(2026, 11, 19), "M. Keller")
        assert paper.scan_id != before
        assert not Document.objects.filter(pk=before).exists()
        correct_reception(actor=olga, key=str(draft.key), received=CALL)
        assert PaperFiling.objects.get().scan_id == paper.scan_id

    def test_thrown_away_nothing_is_left(self, olga: Actor, place: Establishment) -> None:
        drafts.delete_draft(actor=olga, key=str(opened(olga, place).key))
        assert not Dossier.objects.exists()
        assert not PaperFiling.objects.exists()
        assert not Document.objects.exists()


class TestWhoSeesTheDraft:
    def test_its_typist_alone(self, olga: Actor, oscar: Actor, alice: Actor, place: Establishment) -> None:
        draft = opened(olga, place, CALL)
        assert queries.find_draft(actor=olga, key=str(draft.key)) == draft
        for other in (oscar, alice):
            with pytest.raises(UnknownDossier):
                queries.find_draft(actor=other, key=str(draft.key))
            with pytest.raises(UnknownDossier):
                drafts.add_row(actor=other, key=str(draft.key), row_kind="stagiaire")
        assert not queries.visible_to(olga).exists()
        assert not queries.visible_to(alice).exists()

    def test_an_officer_types_in_no_draft_of_an_employer(self, olga: Actor, alice: Actor, place: Establishment) -> None:
        draft = drafts.create_draft(actor=alice, establishment=place, kind_code="AF", key=uuid.uuid4())
        with pytest.raises(UnknownDossier):
            drafts.save_field(actor=olga, key=str(draft.key), name="title", value="X", revision=0)
        assert not may(olga, Permission.DRAFT_WRITE, queries.subject_of(draft))
        assert not may(olga, Permission.DOSSIER_SEND, queries.subject_of(draft))
        assert not may(olga, Permission.TRAINEE_WRITE, Subject(place.pk))


class TestSending:
    def test_it_is_sent_like_any_and_says_who_typed_it(self, olga: Actor, alice: Actor, place: Establishment) -> None:
        dossier = filed(olga, place)
        assert (dossier.state, dossier.filed_by_id, dossier.unconfirmed) == (State.TRANSMISE, olga.user_id, False)
        assert queries.visible_to(alice).get() == dossier
        told = events(dossier, Audience.OPCO)
        assert [(each.title, each.text) for each in told] == [
            ("Demande saisie et envoyée pour l'employeur", "Reçue par courrier le 20/11/2026."),
            ("Saisie commencée pour l'employeur", "Reçue par courrier le 20/11/2026."),
        ]
        assert [each.title for each in events(dossier, Audience.EMPLOYEUR)] == ["Demande saisie et envoyée pour vous"]

    def test_the_boxes_are_the_employers_word(self, olga: Actor, place: Establishment) -> None:
        words = "par Mme Keller, au téléphone le 20/11/2026, confirmé par Mme Keller"
        transmission = filed(olga, place, CALL).transmission
        assert transmission.attested.startswith(f"Déclaré {words}.\n")
        closing = transmission.snapshot["sections"][-1]["lines"]
        assert closing[0] == {"label": "Déclarations faites", "value": words, "name": ""}

    def test_its_receipt_says_it_too(self, olga: Actor, place: Establishment) -> None:
        receipt = Receipt.objects.get(dossier=filed(olga, place))
        assert render_receipt(receipt).startswith(b"%PDF")

    def test_the_people_typed_enter_the_employers_directory(self, olga: Actor, place: Establishment) -> None:
        dossier = filed(olga, place)
        person = Trainee.objects.get(establishment=place)
        assert not person.unconfirmed
        assert DraftRow.objects.get(dossier=dossier).trainee_id == person.pk

    def test_the_employers_people_are_told_and_no_officer_is(
        self, olga: Actor, alice: Actor, bob: Actor, place: Establishment
    ) -> None:
        dossier = filed(olga, place)
        run_pending_jobs(names=["dossiers.tell"])
        told = Notice.objects.filter(kind="dossier.saisie", subject_id=dossier.pk)
        assert {each.user_id for each in told} == {alice.user_id, bob.user_id}
        assert (
            told[0].title
            == f"Un gestionnaire a saisi votre demande {dossier.number}, reçue par courrier le 20/11/2026."
        )
        assert OutgoingMail.objects.count() == 2

    def test_an_establishment_without_account_is_filed_for_too(self, olga: Actor, place: Establishment) -> None:
        dossier = filed(olga, place, CALL)
        run_pending_jobs(names=["dossiers.tell"])
        assert dossier.number
        assert not Notice.objects.exists()
        assert not OutgoingMail.objects.exists()


class TestTheLastDay:
    @pytest.fixture(autouse=True)
    def _closed_since_saturday(self) -> None:
        limits = {"last_day": "2026-11-20", "late_from": "2027-06-01", "late_last_day": "2027-06-10"}
        ParameterFactory(code="last_submission", value=limits, starts_on=date(2027, 1, 1))
        parameters.forget()

    def test_what_was_received_in_time_is_still_filed(self, olga: Actor, place: Establishment) -> None:
        assert filed(olga, place, CALL).state == State.TRANSMISE

    def test_what_was_received_after_it_is_not(self, olga: Actor, alice: Actor, place: Establishment) -> None:
        with pytest.raises(Closed):
            filed(olga, place, replace(CALL, received_on=date(2026, 11, 21)))
        with pytest.raises(Closed):
            send(actor=alice, key=str(complete_draft(alice, place).key))


class TestDeciding:
    def test_who_filed_it_neither_takes_nor_decides_it(self, olga: Actor, place: Establishment) -> None:
        number = number_of(filed(olga, place))
        with pytest.raises(Forbidden):
            holding.take(actor=olga, number=number)
        with pytest.raises(Forbidden):
            deciding.grant(actor=olga, number=number, amount=Decimal("560.00"))
        with pytest.raises(Forbidden):
            deciding.refuse(actor=olga, number=number, reason="Hors critères.")

    def test_a_colleague_decides_it(self, olga: Actor, oscar: Actor, place: Establishment) -> None:
        number = number_of(filed(olga, place))
        holding.take(actor=oscar, number=number)
        check = queries.checks_of(queries.find(actor=oscar, number=number))[0]
        assert check.detail.startswith(f"Saisie par {olga.label} pour l'employeur, reçue par courrier le 20/11/2026")
        granted = deciding.grant(actor=oscar, number=number, amount=Decimal("560.00"))
        assert granted.state == State.ACCORDEE

    def test_a_colleague_may_refuse_it(self, olga: Actor, oscar: Actor, place: Establishment) -> None:
        number = number_of(filed(olga, place, CALL))
        holding.take(actor=oscar, number=number)
        assert deciding.refuse(actor=oscar, number=number, reason="Hors critères.").state == State.REFUSEE

    def test_it_is_not_given_to_who_filed_it(self, olga: Actor, oscar: Actor, place: Establishment) -> None:
        number = number_of(filed(olga, place))
        holding.take(actor=oscar, number=number)
        with pytest.raises((Forbidden, HeldByAnother)):
            holding.assign(actor=oscar, number=number, to=User.objects.get(pk=olga.user_id))


class TestAnswering:
    """The employer has no account: what he sends back by mail is typed for him, by whoever does not examine it."""

    BY_MAIL = AnswerReceived(Reception.COURRIER, TODAY)

    @pytest.fixture
    def asked(self, olga: Actor, place: Establishment) -> Dossier:
        dossier = filed(olga, place)
        self.examiner = officer()
        holding.take(actor=self.examiner, number=number_of(dossier))
        point = corrections.Point(ItemKind.CHAMP, "cost", "Le devis dit autre chose.")
        corrections.ask(actor=self.examiner, number=number_of(dossier), points=[point])
        return dossier

    def change(self, actor: Actor, dossier: Dossier) -> None:
        revision = DraftField.objects.get(dossier=dossier, row="", name="cost").revision
        save_field(actor=actor, key=str(dossier.key), name="cost", value="900,00", revision=revision)

    def test_any_officer_but_the_examiner_types_it_and_it_is_told(self, asked: Dossier) -> None:
        typist = officer()
        self.change(typist, asked)
        corrections.answer(actor=typist, number=number_of(asked), message="Le devis est joint.", received=self.BY_MAIL)
        asked.refresh_from_db()
        assert (asked.state, asked.amount_asked) == (State.EN_INSTRUCTION, Decimal("900.00"))
        entry = Entry.objects.get(subject_kind="dossier", subject_id=asked.pk, event="dossier.repondre")
        assert (entry.payload or {})["reception"] == "courrier"
        (told,) = [each for each in events(asked, Audience.OPCO) if "Réponse" in each.title]
        assert told.title == "Réponse de l'employeur, saisie pour lui"
        assert "Reçue par courrier le 23/11/2026." in told.text
        message = Message.objects.get(dossier=asked)
        assert (message.from_opco, message.author_label.endswith("pour l'employeur")) == (False, True)

    def test_the_examiner_types_nothing_for_the_employer(self, asked: Dossier) -> None:
        with pytest.raises(Forbidden):
            self.change(self.examiner, asked)
        with pytest.raises(Forbidden):
            corrections.answer(actor=self.examiner, number=number_of(asked), message="Oui.", received=self.BY_MAIL)

    def test_who_typed_a_part_of_it_neither_holds_nor_decides_it(self, asked: Dossier) -> None:
        typist = officer()
        self.change(typist, asked)
        corrections.answer(actor=officer(), number=number_of(asked), message="Oui.", received=self.BY_MAIL)
        with pytest.raises(Forbidden):
            holding.assign(actor=self.examiner, number=number_of(asked), to=User.objects.get(pk=typist.user_id))

    def test_how_it_came_must_be_said(self, asked: Dossier) -> None:
        with pytest.raises(InvalidValue):
            corrections.answer(actor=officer(), number=number_of(asked), message="Oui.")
        asked_on = date(2026, 11, 20)
        for raw, field in (({}, "reception"), ({"reception": "courrier", "received_on": "19/11/2026"}, "received_on")):
            with pytest.raises(BadReception) as refusal:
                read_answer_received(raw, today=TODAY, asked_on=asked_on)
            assert field in refusal.value.problems

    def test_of_what_the_employer_sent_himself_nobody_answers_for_him(self) -> None:
        dossier, _, _ = in_state(State.COMPLEMENT_DEMANDE)
        with pytest.raises(Forbidden):
            corrections.answer(actor=officer(), number=number_of(dossier), message="Oui.", received=self.BY_MAIL)


class TestTakingOver:
    def test_a_colleague_goes_on_and_neither_decides(self, olga: Actor, place: Establishment) -> None:
        draft, other = filled(olga, place), officer()
        take_over(actor=other, key=str(draft.key))
        with pytest.raises(UnknownDossier):
            save_field(actor=olga, key=str(draft.key), name="title", value="Autre", revision=1)
        sent = send(actor=other, key=str(draft.key)).dossier
        assert PaperFiling.objects.get().recorded_by_id == other.user_id
        for typist in (olga, other):
            with pytest.raises(Forbidden):
                holding.take(actor=typist, number=number_of(sent))
        assert Entry.objects.filter(event="dossier.reprendre_saisie", subject_id=draft.pk).count() == 1

    def test_only_a_draft_that_came_on_paper(self, olga: Actor, alice: Actor, place: Establishment) -> None:
        with pytest.raises(UnknownDossier):
            take_over(actor=olga, key=str(complete_draft(alice, place).key))
        with pytest.raises(UnknownDossier):
            take_over(actor=officer(), key=str(filed(olga, place).key))
        with pytest.raises(Forbidden):
            take_over(actor=alice, key=str(filled(olga, place).key))
