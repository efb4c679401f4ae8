"""[VALIDER]: refused with all that misses, done once whatever the clicks, confirmed, and its receipt served to the right people."""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from openopco.base.jobs import run_pending_jobs
from openopco.dossiers import receipts
from openopco.dossiers.actions import drafts
from openopco.dossiers.actions.sending import Closed, send
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier, DraftField, Receipt, Transmission
from openopco.kernel.calendar import PARIS
from openopco.mail.models import OutgoingMail
from openopco.opco import parameters
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.web.portal.views import sending
from tests.dossiers.factories import NIR, PERSON, complete_draft, empty_draft, sent
from tests.opco.factories import ParameterFactory
from tests.web.portal.drafting import form_of, invalid_in, rows_of, send_back, step_of, stored, trainee_of
from tests.web.portal.people import text_of, title_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]


@pytest.fixture
def whole(alice: Actor, place: Establishment) -> Dossier:
    return complete_draft(alice, place)


def validate(client: Client, draft: Dossier, **typed: str) -> Any:
    """Types on the last step and presses [VALIDER]."""
    page = client.get(step_of(draft, "synthese"))
    return client.post(reverse("portal:submit", args=[draft.key]), {**form_of(page), **typed})


def state_of(draft: Dossier) -> str:
    return Dossier.objects.get(pk=draft.pk).state


# --- closed ----------------------------------------------------------------------------------------------------------

LIMITS = {"last_day": "2026-11-22", "late_from": "2026-12-01", "late_last_day": "2026-12-10"}


@pytest.fixture
def closed_yesterday() -> Iterator[None]:
    ParameterFactory(code="last_submission", value=LIMITS, starts_on=date(2026, 11, 1))
    parameters.forget()
    yield
    parameters.forget()


def test_the_synthesis_shows_the_last_day(as_alice: Client, alice: Actor, place: Establishment) -> None:
    draft = complete_draft(alice, place, starts_on="07/12/2026", ends_on="08/12/2026")
    assert "À envoyer au plus tard le 31/12/2026" in text_of(as_alice.get(step_of(draft, "synthese")))


@pytest.mark.usefixtures("closed_yesterday")
def test_after_the_last_day_it_is_refused_and_the_draft_kept(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    draft = complete_draft(alice, place, starts_on="25/11/2026", ends_on="26/11/2026")
    page = validate(as_alice, draft, comment="Vite !")
    said = text_of(page)
    assert title_of(page).startswith("Erreur : ")
    assert "devait être envoyée au plus tard le 22/11/2026 : elle ne peut plus être envoyée" in said
    assert "à partir du 01/12/2026, jusqu'au 10/12/2026" in said
    assert f'href="{step_of(draft, "formation")}#id_starts_on"' in page.content.decode()
    assert (state_of(draft), stored(draft, "comment")) == (State.BROUILLON, "Vite !")
    with pytest.raises(Closed):
        send(actor=alice, key=str(draft.key))
    later = complete_draft(alice, place, starts_on="01/12/2026", ends_on="02/12/2026")
    assert send(actor=alice, key=str(later.key)).first


@pytest.fixture
def opens_in_december() -> Iterator[None]:
    ParameterFactory(code="first_submission", value="2026-12-01", starts_on=date(2027, 1, 1))
    parameters.forget()
    yield
    parameters.forget()


@pytest.mark.usefixtures("opens_in_december")
def test_before_the_first_day_it_is_typed_kept_and_not_sent(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    draft = complete_draft(alice, place, starts_on="04/01/2027", ends_on="05/01/2027")
    told = text_of(as_alice.get(step_of(draft, "synthese")))
    assert "Les demandes ne sont pas encore ouvertes" in told
    page = validate(as_alice, draft, comment="Prête.")
    said = text_of(page).replace("’", "'")
    assert "les demandes s'ouvrent le 01/12/2026 : vous pourrez l'envoyer à partir de ce jour" in said
    assert (state_of(draft), stored(draft, "comment")) == (State.BROUILLON, "Prête.")
    with pytest.raises(Closed):
        send(actor=alice, key=str(draft.key))
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=PARIS), tick=False):
        assert send(actor=alice, key=str(draft.key)).first


# --- refused ---------------------------------------------------------------------------------------------------------


def test_an_empty_draft_is_refused_with_every_fault_and_its_link(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    draft = empty_draft(alice, place)
    page = validate(as_alice, draft, comment="Bonjour")
    html = page.content.decode()
    summary = html[html.index("data-error-summary") : html.index("</ul>", html.index("data-error-summary"))]
    assert page.status_code == 200
    assert title_of(page).startswith("Erreur : ")
    for name in ("provider", "title", "starts_on", "ends_on", "hours", "cost"):
        assert f'href="{step_of(draft, "formation")}#id_{name}"' in summary, name
    assert f'href="{step_of(draft, "stagiaires")}#main"' in summary
    assert f'href="{step_of(draft, "pieces")}#zone-programme"' in summary
    for name in ("done_at", "done_on", "attest"):
        assert f'href="#id_{name}"' in summary, name
    assert set(invalid_in(page)) == {"done_at", "done_on", "attest"}
    assert state_of(draft) == State.BROUILLON


def test_what_was_typed_on_the_last_step_is_kept(as_alice: Client, alice: Actor, place: Establishment) -> None:
    draft = empty_draft(alice, place)
    page = validate(as_alice, draft, comment="Bonjour", done_on="31/02/2026", attest="oui")
    assert (form_of(page)["comment"], form_of(page)["done_on"], form_of(page)["attest"]) == (
        "Bonjour",
        "31/02/2026",
        "oui",
    )
    assert "Le 31/02/2026 n'existe pas." in text_of(page)
    assert stored(draft, "comment") == "Bonjour"


def test_faults_of_other_steps_alone_are_told_at_the_top_too(as_alice: Client, whole: Dossier) -> None:
    send_back(as_alice, step_of(whole, "formation"), title="", hours="zéro")
    page = validate(as_alice, whole)
    assert title_of(page).startswith("Erreur : ")
    assert "data-error-summary" in page.content.decode()
    assert "Donner l'intitulé de la formation" in text_of(page)
    assert "Corriger « Durée en heure(s) »" in text_of(page)
    assert not invalid_in(page)


def test_a_trainee_who_misses_much_is_one_link_to_all_he_misses(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    draft = complete_draft(alice, place, people=(PERSON, {"first_name": "Léa"}))
    page = validate(as_alice, draft)
    url = f"{trainee_of(draft, rows_of(draft)[1])}?verifier"
    assert f'<a href="{url}">Léa : 5 informations</a>' in page.content.decode()
    assert len(invalid_in(as_alice.get(url))) == 5


def test_two_windows_on_the_last_step_both_show(as_alice: Client, as_bob: Client, whole: Dossier) -> None:
    mine = {**form_of(as_alice.get(step_of(whole, "synthese"))), "done_at": "Mulhouse"}
    send_back(as_bob, step_of(whole, "synthese"), done_at="Colmar")
    page = as_alice.post(reverse("portal:submit", args=[whole.key]), mine)
    assert "Ma saisie : Mulhouse" in text_of(page)
    assert "#id_done_at" in page.content.decode()
    assert state_of(whole) == State.BROUILLON
    as_alice.post(reverse("portal:submit", args=[whole.key]), {**form_of(page), "keep:done_at": "mine"})
    assert (state_of(whole), stored(whole, "done_at")) == (State.TRANSMISE, "Mulhouse")


def test_what_is_odd_is_told_before_sending_and_forbids_nothing(as_alice: Client, whole: Dossier) -> None:
    send_back(as_alice, step_of(whole, "formation"), cost="90000")
    text = text_of(as_alice.get(step_of(whole, "synthese")))
    assert "À vérifier avant d'envoyer" in text
    assert "c'est inhabituellement élevé" in text
    assert validate(as_alice, whole).status_code == 302


def test_what_would_be_funded_is_said_beside_the_form_and_before_sending(as_alice: Client, whole: Dossier) -> None:
    assert "Estimation : 560,00 € HT pris en charge, 0,00 € à votre charge." in text_of(
        as_alice.get(step_of(whole, "formation"))
    )
    text = text_of(as_alice.get(step_of(whole, "synthese")))
    assert "Pris en charge 560,00 € HT Reste à votre charge 0,00 € HT" in text
    assert "coût pédagogique. Tout est pris en charge : pris en charge en totalité." in text


@pytest.mark.funding_rules
def test_a_year_without_rules_is_said_and_gives_no_figure(as_alice: Client, whole: Dossier) -> None:
    text = text_of(as_alice.get(step_of(whole, "synthese")))
    assert "Règles 2027 non encore publiées" in text
    assert "Pris en charge" not in text
    assert validate(as_alice, whole).status_code == 302


# --- sent ------------------------------------------------------------------------------------------------------------


def test_a_whole_draft_is_sent_and_confirmed(as_alice: Client, whole: Dossier) -> None:
    answer = validate(as_alice, whole)
    assert answer["Location"] == "/demandes/AF-2026-000001/envoyee/"
    text = text_of(as_alice.get(answer["Location"]))
    for words in (
        "Votre demande est envoyée",
        "AF-2026-000001",
        "votre accusé de réception (PDF)",
        "Un gestionnaire d'OPCO Mobilités examine votre demande.",
        "8 jours",
    ):
        assert words in text, words
    assert state_of(whole) == State.TRANSMISE


def test_a_second_click_gets_the_same_confirmation(as_alice: Client, whole: Dossier) -> None:
    first = validate(as_alice, whole)
    second = as_alice.post(reverse("portal:submit", args=[whole.key]), {"attest": "oui", "revision:attest": "1"})
    assert first["Location"] == second["Location"]
    assert (Transmission.objects.count(), Receipt.objects.count(), OutgoingMail.objects.count()) == (1, 1, 1)


def test_so_does_one_that_was_on_its_way_while_the_first_sent(
    as_alice: Client, alice: Actor, whole: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = sending.keep_posted

    def sent_meanwhile(*given: Any, **named: Any) -> Any:
        send(actor=alice, key=str(whole.key))
        return keep(*given, **named)

    monkeypatch.setattr(sending, "keep_posted", sent_meanwhile)
    assert validate(as_alice, whole)["Location"] == "/demandes/AF-2026-000001/envoyee/"
    assert Transmission.objects.count() == 1


def test_a_colleague_sends_too(as_bob: Client, bob: Actor, whole: Dossier) -> None:
    assert validate(as_bob, whole).status_code == 302
    assert Dossier.objects.get(pk=whole.pk).filed_by_id == bob.user_id


def test_whoever_waits_to_be_accepted_sends_his_own(as_newcomer: Client, newcomer: Actor, place: Establishment) -> None:
    draft = complete_draft(newcomer, place)
    assert as_newcomer.get(validate(as_newcomer, draft)["Location"]).status_code == 200


def test_strangers_send_nothing(whole: Dossier, as_charlie: Client, as_olga: Client, as_newcomer: Client) -> None:
    for client in (as_charlie, as_olga, as_newcomer):
        assert client.post(reverse("portal:submit", args=[whole.key])).status_code == 404
    assert state_of(whole) == State.BROUILLON


def test_a_get_sends_nothing(as_alice: Client, whole: Dossier) -> None:
    assert as_alice.get(reverse("portal:submit", args=[whole.key])).status_code == 405
    assert state_of(whole) == State.BROUILLON


# --- the receipt -----------------------------------------------------------------------------------------------------


def pdf_text(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


class TestReceipt:
    @pytest.fixture
    def number(self, alice: Actor, place: Establishment) -> str:
        number = sent(alice, place).number
        assert number
        return number

    def test_it_is_there_at_once(self, number: str, as_alice: Client) -> None:
        answer = as_alice.get(reverse("portal:receipt", args=[number]))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == f'attachment; filename="accuse-reception-{number}.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert number in pdf_text(answer.content)
        assert NIR not in pdf_text(answer.content).replace(" ", "")

    def test_the_one_that_the_job_kept_is_served(
        self, number: str, as_alice: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run_pending_jobs()
        assert Receipt.objects.get().storage_name
        monkeypatch.setattr(receipts, "render_receipt", lambda receipt: pytest.fail("made again"))
        assert number in pdf_text(as_alice.get(reverse("portal:receipt", args=[number])).content)

    def test_a_file_that_was_lost_is_made_again(self, number: str, as_alice: Client) -> None:
        Receipt.objects.update(storage_name="receipts/perdu.pdf")
        assert number in pdf_text(as_alice.get(reverse("portal:receipt", args=[number])).content)

    def test_colleagues_and_officers_have_it(
        self, number: str, as_bob: Client, as_olga: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(receipts, "render_receipt", lambda receipt: b"%PDF")
        for client in (as_bob, as_olga):
            assert client.get(reverse("portal:receipt", args=[number])).content == b"%PDF"

    def test_strangers_do_not(self, number: str, as_charlie: Client, as_newcomer: Client, client: Client) -> None:
        for name in ("receipt", "sent"):
            for stranger in (as_charlie, as_newcomer):
                assert stranger.get(reverse(f"portal:{name}", args=[number])).status_code == 404
            assert client.get(reverse(f"portal:{name}", args=[number])).status_code == 302

    def test_none_for_a_number_of_nothing(self, as_alice: Client) -> None:
        assert as_alice.get(reverse("portal:receipt", args=["AF-2026-999999"])).status_code == 404
        assert as_alice.get(reverse("portal:sent", args=["AF-2026-999999"])).status_code == 404


def test_sending_leaves_no_nir_in_the_mail(as_alice: Client, whole: Dossier) -> None:
    validate(as_alice, whole)
    run_pending_jobs()
    written = [each.text for each in OutgoingMail.objects.order_by("id")] + [each.body for each in mail.outbox]
    assert all(NIR not in text.replace(" ", "") for text in written)


def test_a_provider_left_from_before_an_internal_course_is_not_sent(
    as_alice: Client, alice: Actor, whole: Dossier
) -> None:
    drafts.choose_provider(actor=alice, key=str(whole.key), provider=None)
    send_back(as_alice, step_of(whole, "formation"), internal="oui")
    assert validate(as_alice, whole).status_code == 302
    assert DraftField.objects.get(dossier=whole, name="internal").value == "oui"
    assert Dossier.objects.get(pk=whole.pk).provider_id is None
