"""The OPCO's letters: one for each decision and each correction asked, kept as issued whatever changes later."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import page as validator
import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Job
from openopco.dossiers import issuing, letters
from openopco.dossiers.actions import agreements, corrections, deciding, deciding_modifications
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import ItemKind, LetterKind, State
from openopco.dossiers.models import CorrectionRequest, Decision, Dossier, Letter
from openopco.dossiers.queries import load_draft
from openopco.funding.actions.engaging import as_json
from openopco.funding.estimating import estimate_of
from openopco.journal.models import Entry
from openopco.kernel.calendar import PARIS
from openopco.opco.texts.actions import set_template
from openopco.opco.texts.shipped import Words
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import NIR, NOW, TODAY, asked, in_state, number_of, signalled, taken

pytestmark = pytest.mark.django_db
TOMORROW = TODAY + timedelta(days=1)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def said(letter: Letter) -> str:
    return text_of(issuing.pdf_of(letter))


def granted(alice: Actor, place: Establishment, olga: Actor, reason: str = "", **changes: Any) -> Letter:
    dossier = taken(alice, place, olga, **changes)
    deciding.grant(
        actor=olga, number=number_of(dossier), amount=Decimal("500.00") if reason else Decimal("560.00"), reason=reason
    )
    return Letter.objects.get(dossier=dossier)


class TestWords:
    def test_an_agreement_says_what_is_granted_and_what_is_left_to_do(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        letter = granted(alice, place, olga, reason="Le budget est pris.")
        assert (letter.kind, letter.template_version) == (LetterKind.ACCORD, 0)
        assert letter.decision == Decision.objects.get()
        words = said(letter)
        for part in ("AF-2026-000001", "500,00 € HT", "Le budget est pris.", "Contrôle technique", place.name,
                     "23/11/2026", "dans les 8 jours", "13/05/2027", olga.label):  # fmt: skip
            assert part in words, part

    def test_an_agreement_of_all_that_was_asked_has_no_reason(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        words = said(granted(alice, place, olga))
        assert "560,00 € HT" in words
        assert "Pourquoi ce montant" not in words
        assert "remplace" not in words

    @pytest.mark.parametrize(("act", "kind", "words"), [
        (deciding.refuse, LetterKind.REFUS, "Refus de votre demande"),
        (deciding.close, LetterKind.SANS_SUITE, "est classée sans suite"),
    ])  # fmt: skip
    def test_the_other_decisions_give_their_reason_and_say_how_to_contest(
        self, alice: Actor, olga: Actor, place: Establishment, act: Any, kind: LetterKind, words: str
    ) -> None:
        act(actor=olga, number=number_of(taken(alice, place, olga)), reason="Hors critères.\n\nVoyez la liste.")
        letter = Letter.objects.get()
        assert letter.kind == kind
        for part in (words, "Hors critères.", "Voyez la liste.", "Si vous n'êtes pas d'accord"):
            assert part in said(letter), part

    def test_a_correction_tells_each_point_and_the_last_day(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        points = [
            Point(ItemKind.CHAMP, "cost", "Le devis dit 520 €."),
            Point(ItemKind.PIECE, "programme", "Illisible."),
        ]
        corrections.ask(actor=olga, number=number_of(taken(alice, place, olga)), points=points, message="Merci !")
        letter = Letter.objects.get()
        assert (letter.kind, letter.correction) == (LetterKind.COMPLEMENT, CorrectionRequest.objects.get())
        for part in (": Le devis dit 520 €.", "Programme de l'action : Illisible.", "Merci !", "08/12/2026"):
            assert part in said(letter), part

    def test_it_is_tagged_for_who_can_not_see_it(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        pdf = issuing.pdf_of(granted(alice, place, olga))
        assert validator.validate_pdf_bytes(pdf, profile="ua1").failures == []

    def test_it_holds_nothing_of_the_nir(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        letter = granted(alice, place, olga)
        assert NIR not in str(letter.content)
        assert "295" not in said(letter).replace(" ", "")

    @pytest.mark.parametrize(
        "title", ["{{ motif }} {{ montant_accorde }}", "#panic() *gras* {% if %}", "<b>x</b> [a](b)"]
    )
    def test_what_people_typed_is_never_read_as_a_template(
        self, alice: Actor, olga: Actor, place: Establishment, title: str
    ) -> None:
        assert title in said(granted(alice, place, olga, title=title))


class TestAsIssued:
    def test_today_has_the_old_words_and_tomorrow_the_new_ones(
        self, alice: Actor, olga: Actor, admin: Actor, place: Establishment, clock: Any
    ) -> None:
        words = Words("Bonne nouvelle {{ numero }}", "Vous avez {{ montant_accorde }}.")
        set_template(actor=admin, code="accord", words=words, starts_on=TOMORROW, last_seen=0)
        old = granted(alice, place, olga)
        clock.move_to(NOW + timedelta(days=1))
        new = granted(alice, place, olga)
        assert (old.template_version, new.template_version) == (0, 1)
        assert "le plaisir de vous accorder" in said(old)
        assert said(new).startswith("M-Gestion")
        assert "Vous avez 560,00 € HT." in said(new)

    def test_nothing_changes_it_afterwards(
        self, alice: Actor, olga: Actor, admin: Actor, place: Establishment, settings: Any
    ) -> None:
        letter = granted(alice, place, olga)
        before = said(letter)
        set_template(actor=admin, code="accord", words=Words("Autre", "Autre."), starts_on=TODAY, last_seen=0)
        Dossier.objects.update(title="AUTRE", employer_name="AUTRE", amount_granted=Decimal(1))
        Establishment.objects.update(name="AUTRE")
        settings.OPCO_OVERRIDES = {"name": "AUTRE"}
        assert said(Letter.objects.get()) == before

    def test_each_version_of_an_agreement_has_its_letter_which_names_the_one_before(
        self, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        first = granted(alice, place, olga)
        clock.shift(timedelta(days=3))
        again = Decision.objects.get()
        again.pk, again.version, again.decided_at = None, 2, timezone.now()
        again.save(force_insert=True)
        second = letters.write_for_decision(Dossier.objects.select_related("establishment").get(), again)
        assert second is not None
        assert "Cet accord remplace celui du 23/11/2026." in said(second)
        assert [each.pk for each in letters.letters_of(first.dossier)] == [second.pk, first.pk]


class TestPdf:
    def test_it_is_made_once_and_kept(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        letter = granted(alice, place, olga)
        run_pending_jobs()
        letter.refresh_from_db()
        assert letter.storage_name == f"letters/{letter.dossier.key}/accord-{letter.pk}.pdf"
        with default_storage.open(letter.storage_name, "wb") as file:
            file.write(b"%PDF kept")
        issuing.issue_letter(letter_id=letter.pk)
        assert issuing.pdf_of(letter) == b"%PDF kept"

    def test_killed_halfway_it_is_made_under_the_same_name(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        letter = granted(alice, place, olga)
        run_pending_jobs()
        Letter.objects.update(storage_name="")
        issuing.issue_letter(letter_id=letter.pk)
        assert len(default_storage.listdir(f"letters/{letter.dossier.key}")[1]) == 1

    def test_a_lost_one_is_swept_once_a_day(self, alice: Actor, olga: Actor, place: Establishment, clock: Any) -> None:
        letter = granted(alice, place, olga)
        Job.objects.filter(name="dossiers.issue_letter").delete()
        assert issuing.letters_without_pdf() == 0
        clock.shift(timedelta(minutes=11))
        assert (issuing.letters_without_pdf(), issuing.letters_without_pdf()) == (1, 0)
        run_pending_jobs()
        letter.refresh_from_db()
        assert letter.storage_name

    def test_where_the_files_are_out_of_reach_it_is_made_again_from_its_row(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        letter = granted(alice, place, olga)
        run_pending_jobs()
        letter.refresh_from_db()
        default_storage.delete(letter.storage_name)
        assert "560,00 € HT" in said(letter)


class TestConstraints:
    @pytest.mark.parametrize(
        "changes", [{"kind": "complement"}, {"kind": "x"}, {"decision": None}, {"template_version": -1}]
    )
    def test_a_letter_is_of_one_thing(
        self, alice: Actor, olga: Actor, place: Establishment, changes: dict[str, Any]
    ) -> None:
        letter = granted(alice, place, olga)
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(**changes)

    def test_a_decision_has_one_letter(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        letter = granted(alice, place, olga)
        with pytest.raises(IntegrityError), transaction.atomic():
            letters.write_for_decision(letter.dossier, Decision.objects.get())

    def test_every_outcome_of_a_decision_has_its_letter(self) -> None:
        assert set(letters.KIND_OF) == {State.ACCORDEE, State.REFUSEE, State.SANS_SUITE}

    def test_nothing_of_a_letter_goes_into_the_journal_or_a_job(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        letter = granted(alice, place, olga)
        assert Job.objects.get(name="dossiers.issue_letter").args == {"letter_id": letter.pk}
        assert "blocks" not in str(list(Entry.objects.values_list("payload", flat=True)))


def test_a_preview_is_the_letter_that_the_act_writes(alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga)
    estimate = estimate_of(dossier, load_draft(dossier, today=TODAY), today=TODAY)
    funding = as_json(estimate.lines, ())
    values = letters.decision_values(dossier, LetterKind.ACCORD, amount=Decimal("560.00"), reason="", funding=funding)
    shown = letters.preview(dossier, LetterKind.ACCORD, values, actor=olga)
    assert not Letter.objects.exists()
    deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560.00"))
    assert Letter.objects.get().content == shown


def test_the_letters_of_a_request_cost_one_query(
    alice: Actor, olga: Actor, place: Establishment, django_assert_num_queries: Any
) -> None:
    dossier = asked(alice, place, olga)
    letters.letters_of(dossier)
    with django_assert_num_queries(1):
        (found,) = letters.letters_of(dossier)
        assert (found.kind, found.issued_at) == (LetterKind.COMPLEMENT, NOW)
    path = letters.path_of_letter(dossier, found.pk)
    assert path == reverse("portal:letter", args=[dossier.number, found.pk])
    assert date(2026, 12, 8).strftime("%d/%m/%Y") in said(Letter.objects.get())


class TestLastDays:
    """The letter of an agreement names the days on which it really ends."""

    def test_a_course_of_a_year_lapses_unless_somebody_says_it_began(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        letter = granted(alice, place, olga, starts_on="05/01/2027", ends_on="17/12/2027")
        words = said(letter)
        assert "dites-le dans votre demande au plus tard le 04/07/2027" in words
        assert "Demandez le paiement au plus tard le 17/04/2028" in words
        assert Dossier.objects.get().due_on == date(2027, 7, 4)

    def test_a_short_course_has_one_last_day(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        words = said(granted(alice, place, olga))
        assert "dites-le dans votre demande" not in words
        assert "au plus tard le 13/05/2027" in words

    def test_one_given_late_lasts_the_least_delay(
        self, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        dossier = taken(alice, place, olga)
        clock.move_to(datetime(2027, 8, 2, 8, tzinfo=PARIS))
        late = deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560.00"))
        assert late.due_on == date(2027, 9, 1)
        assert "au plus tard le 01/09/2027" in said(Letter.objects.get())

    def test_issued_anew_after_a_lapse_was_lifted_it_keeps_the_day_given(self, olga: Actor, clock: Any) -> None:
        dossier, employer, desk = in_state(State.CADUQUE)
        agreements.lift_lapse(actor=olga, number=number_of(dossier), until=date(2027, 7, 31), reason="Report.")
        waiting = signalled(employer, dossier)
        deciding_modifications.accept(
            actor=desk, number=number_of(dossier), modification_id=waiting.pk, amount=Decimal("560.00")
        )
        assert "au plus tard le 31/07/2027" in said(Letter.objects.latest("pk"))
