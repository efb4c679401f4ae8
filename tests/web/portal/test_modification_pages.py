"""« Signaler une modification » as the employer's pages do it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from openopco.documents.models import Document
from openopco.dossiers.actions import deciding_modifications
from openopco.dossiers.actions.modification_pieces import MOST_PIECES
from openopco.dossiers.enums import ModificationState as M
from openopco.dossiers.enums import State
from openopco.dossiers.models import (
    MODIFICATION_DOCUMENT,
    CourseStart,
    Dossier,
    DraftRow,
    Modification,
    ModificationItem,
    pieces_of,
)
from openopco.habilitations.queries import actor_for
from openopco.rights import Actor
from tests.answers import release
from tests.documents.factories import upload
from tests.documents.hostile import pdf
from tests.dossiers.factories import NIR, OTHER_NIR, in_state, number_of, signalled
from tests.web.portal.people import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
SAID = {"known_on": "23/11/2026", "reason": "Le formateur est malade."}


@pytest.fixture
def granted() -> tuple[Dossier, Client, Actor]:
    dossier, employer, officer = in_state(State.ACCORDEE)
    return dossier, browser_of(employer), officer


def url(dossier: Dossier, name: str = "modify", *more: Any) -> str:
    return reverse(f"portal:{name}", args=[dossier.number, *more])


class TestTheForm:
    def test_it_shows_what_stands(self, granted: Any) -> None:
        dossier, browser, _ = granted
        page = browser.get(url(dossier)).content.decode()
        assert 'value="12/01/2027"' in page
        assert "Zoé Müller" in page
        assert "dans les 8 jours" in page
        assert not Modification.objects.exists()

    def test_right_it_leads_to_before_and_after(self, granted: Any) -> None:
        dossier, browser, _ = granted
        answer = browser.post(url(dossier), {"starts_on": "19/01/2027", "ends_on": "20/01/2027", **SAID})
        assert answer["Location"] == url(dossier, "modification_review")
        page = browser.get(answer["Location"]).content.decode()
        assert "12/01/2027" in page
        assert "19/01/2027" in page
        assert Modification.objects.get().state == M.PREPAREE

    def test_wrong_it_says_why_and_keeps_all(self, granted: Any) -> None:
        dossier, browser, _ = granted
        answer = browser.post(url(dossier), {"starts_on": "bientôt", "cost": "1 x", "known_on": "demain", "reason": ""})
        page = answer.content.decode()
        assert answer.status_code == 422
        for kept in ("bientôt", "1 x", "demain"):
            assert f'value="{kept}"' in page
        for target in ("id_starts_on", "id_cost", "id_known_on", "id_reason"):
            assert f'href="#{target}"' in page

    def test_nothing_changed_is_told(self, granted: Any) -> None:
        dossier, browser, _ = granted
        answer = browser.post(url(dossier), SAID)
        assert answer.status_code == 422
        assert "Rien n&#x27;a changé" in answer.content.decode()

    def test_a_nir_in_the_reason_is_refused_and_the_rest_shown_again(self, granted: Any) -> None:
        dossier, browser, _ = granted
        answer = browser.post(url(dossier), {"hours": "12", "known_on": "23/11/2026", "reason": f"NIR {NIR}"})
        assert answer.status_code == 422
        assert 'name="hours" value="12"' in answer.content.decode()
        assert not Modification.objects.exists()

    @pytest.mark.parametrize("name", ["place_city", "known_on"])
    def test_a_nir_is_told_by_the_field_that_holds_it(self, granted: Any, name: str) -> None:
        dossier, browser, _ = granted
        page = browser.post(url(dossier), {**SAID, name: f"le {NIR}"}).content.decode()
        assert f'href="#id_{name}"' in page
        assert 'href="#id_reason"' not in page
        assert not Modification.objects.exists()

    def test_what_is_ticked_stays_so_when_the_rest_is_refused(self, granted: Any) -> None:
        dossier, browser, _ = granted
        page = browser.post(url(dossier), {"cancelled": "oui", **SAID, "reason": NIR}).content.decode()
        assert 'href="#id_reason"' in page
        assert re.search(r'<input[^>]*name="cancelled"[^>]*checked', page)

    def test_too_long_a_reason_is_refused_whole(self, granted: Any) -> None:
        dossier, browser, _ = granted
        answer = browser.post(url(dossier), {"hours": "12", "known_on": "23/11/2026", "reason": "x" * 2001})
        assert answer.status_code == 422
        for words in ("2000 caractères au plus, et il en compte 2001.", "x" * 2001, 'name="hours" value="12"'):
            assert words in answer.content.decode()

    def test_an_unknown_provider_is_told_by_its_field(self, granted: Any) -> None:
        dossier, browser, _ = granted
        answer = browser.post(url(dossier), {"provider_siret": "123", **SAID})
        assert answer.status_code == 422
        assert 'href="#id_provider_siret"' in answer.content.decode()
        assert 'value="123"' in answer.content.decode()

    def test_what_was_prepared_is_found_again_on_the_page(self, granted: Any) -> None:
        dossier, browser, _ = granted
        browser.post(url(dossier), {"hours": "12", **SAID})
        assert "pas encore envoyée" in browser.get(url(dossier, "dossier")).content.decode()
        assert 'name="hours" value="12"' in browser.get(url(dossier)).content.decode()
        browser.post(url(dossier, "withdraw_modification"), {"abandonner": "1"})
        assert not Modification.objects.exists()

    @pytest.mark.parametrize("state", [State.REFUSEE, State.CADUQUE, State.ANNULEE])
    def test_too_late_it_says_so(self, state: State) -> None:
        dossier, employer, _ = in_state(state)
        answer = browser_of(employer).get(url(dossier), follow=True)
        assert answer.redirect_chain == [(url(dossier, "dossier"), 302)]
        assert 'class="notice' in answer.content.decode() or "messages" in answer.content.decode()

    def test_a_stranger_finds_nothing(self, granted: Any, as_charlie: Client) -> None:
        dossier, _, _ = granted
        for name in ("modify", "modification_person", "modification_review", "course_start"):
            assert as_charlie.get(url(dossier, name)).status_code == 404


class TestPeople:
    DESCRIBED = {
        "last_name": "Silva",
        "first_name": "Ana",
        "birth_date": "02/03/1988",
        "sex": "F",
        "csp": "OQ",
        "education_level": "3",
    }

    def test_the_button_keeps_the_form_and_leads_there(self, granted: Any) -> None:
        dossier, browser, _ = granted
        answer = browser.post(url(dossier), {"hours": "x", "ajouter": "1", **SAID})
        assert answer["Location"] == url(dossier, "modification_person")
        assert ModificationItem.objects.get().after == "x"

    @pytest.mark.parametrize("button", ["ajouter", "retirer"])
    def test_a_wrong_siret_is_told_first_and_kept(self, granted: Any, button: str) -> None:
        dossier, browser, _ = granted
        answer = browser.post(url(dossier), {"provider_siret": "123", button: "1", **SAID})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'href="#id_provider_siret"' in page
        assert 'value="123"' in page
        assert "Le formateur est malade." in page

    def test_described_she_joins(self, granted: Any) -> None:
        dossier, browser, _ = granted
        answer = browser.post(url(dossier, "modification_person"), {**self.DESCRIBED, "nir": OTHER_NIR})
        assert answer["Location"] == url(dossier)
        page = browser.get(url(dossier)).content.decode()
        assert "Ana Silva" in page
        row = ModificationItem.objects.get(kind="ajout").row
        browser.post(url(dossier), {"retirer": row, **SAID})
        assert not ModificationItem.objects.exists()

    def test_what_lacks_is_told_and_the_rest_shown_again(self, granted: Any) -> None:
        dossier, browser, _ = granted
        answer = browser.post(url(dossier, "modification_person"), {"first_name": "Ana", "nir": "12"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="Ana"' in page
        assert 'href="#id_nir"' in page

    def test_chosen_among_the_people_of_the_garage(self, granted: Any) -> None:
        dossier, browser, _ = granted
        other = in_state(State.ACCORDEE)[0]
        known = DraftRow.objects.get(dossier=dossier).trainee_id
        stranger = DraftRow.objects.get(dossier=other).trainee_id
        page = browser.get(url(dossier, "modification_person")).content.decode()
        assert f'value="{known}"' in page
        assert browser.post(url(dossier, "modification_person"), {"salarie": stranger}).status_code == 422
        browser.post(url(dossier, "modification_person"), {"salarie": known})
        assert ModificationItem.objects.get(kind="ajout").trainee_id == known


class TestSending:
    def test_sent_the_page_shows_both_sides_and_takes_it_back(self, granted: Any) -> None:
        dossier, browser, _ = granted
        browser.post(url(dossier), {"hours": "12", **SAID})
        answer = browser.post(url(dossier, "modification_review"))
        assert answer["Location"] == url(dossier, "dossier")
        page = browser.get(answer["Location"]).content.decode()
        assert "Envoyée, en attente de réponse" in page
        assert "14\u202fh" in page
        assert "12\u202fh" in page
        assert browser.get(url(dossier))["Location"] == url(dossier, "dossier")
        browser.post(url(dossier, "withdraw_modification"))
        assert Modification.objects.get().state == M.RETIREE

    def test_in_two_tabs_the_second_is_told(self, granted: Any) -> None:
        dossier, browser, _ = granted
        browser.post(url(dossier), {"hours": "12", **SAID})
        browser.post(url(dossier, "modification_review"))
        again = browser.post(url(dossier, "modification_review"), follow=True)
        assert "attend déjà une réponse" in again.content.decode()
        assert Modification.objects.count() == 1

    def test_late_it_says_so_before_and_after(self, granted: Any, a_monday: Any) -> None:
        dossier, _, _ = granted
        a_monday.move_to("2026-12-04T09:00:00Z")
        browser = browser_of(_employer_of(dossier))
        browser.post(url(dossier), {"hours": "12", **SAID})
        assert "arrive après le délai" in browser.get(url(dossier, "modification_review")).content.decode()
        browser.post(url(dossier, "modification_review"))
        assert "signalé après le délai" in browser.get(url(dossier, "dossier")).content.decode()

    def test_an_officer_writes_what_he_is_told(self, granted: Any) -> None:
        dossier, _, officer = granted
        browser = browser_of(officer)
        assert "par téléphone" in browser.get(url(dossier)).content.decode()
        browser.post(url(dossier), {"hours": "12", **SAID})
        answer = browser.post(url(dossier, "modification_review"))
        assert answer["Location"] == reverse("desk:dossier", args=[dossier.number])
        assert Modification.objects.get().channel == "telephone"


class TestVersions:
    def test_each_is_listed_and_read(self, granted: Any) -> None:
        dossier, browser, officer = granted
        waiting = signalled(_employer_of(dossier), dossier, {"cost": "700"})
        deciding_modifications.accept(
            actor=officer, number=number_of(dossier), modification_id=waiting.pk, amount=waiting.dossier.amount_asked
        )
        page = browser.get(url(dossier, "dossier")).content.decode()
        for version, cost in ((1, "560,00"), (2, "700,00")):
            address = url(dossier, "version", version)
            assert address in page
            assert cost in browser.get(address).content.decode()
        assert browser.get(url(dossier, "version", 3)).status_code == 404

    def test_a_stranger_reads_none(self, granted: Any, as_charlie: Client) -> None:
        dossier, _, _ = granted
        assert as_charlie.get(url(dossier, "version", 1)).status_code == 404


class TestPieces:
    @pytest.fixture
    def prepared(self, granted: Any) -> Any:
        dossier, browser, _ = granted
        browser.post(url(dossier), {"cost": "500", **SAID})
        return granted

    def test_it_is_joined_before_it_is_sent_and_read_by_both_sides(self, prepared: Any) -> None:
        dossier, browser, officer = prepared
        answer = browser.post(url(dossier, "modification_piece"), {"file": upload("devis.pdf")}, follow=True)
        assert answer.redirect_chain[-1][0] == url(dossier, "modification_review")
        assert "devis.pdf" in answer.content.decode()
        piece = Document.objects.get(owner_kind=MODIFICATION_DOCUMENT)
        Document.objects.filter(pk=piece.pk).update(state="safe")
        address, desk = reverse("portal:document", args=[piece.key]), browser_of(officer)
        assert desk.get(address).status_code == 404
        browser.post(url(dossier, "modification_review"))
        answer = desk.get(address)
        assert answer.status_code == 200
        release(answer)
        assert "devis.pdf" in desk.get(reverse("desk:modification", args=[dossier.number])).content.decode()
        assert "devis.pdf" in browser.get(url(dossier, "dossier")).content.decode()
        assert pieces_of(dossier.pk).filter(name="devis.pdf").count() == 0

    def test_a_stranger_opens_none_and_joins_none(self, prepared: Any, as_charlie: Client) -> None:
        dossier, browser, _ = prepared
        browser.post(url(dossier, "modification_piece"), {"file": upload("devis.pdf")})
        key = Document.objects.get(owner_kind=MODIFICATION_DOCUMENT).key
        assert as_charlie.get(reverse("portal:document", args=[key])).status_code == 404
        assert as_charlie.post(url(dossier, "modification_piece"), {"file": upload("x.pdf")}).status_code == 404

    def test_by_the_script_one_at_a_time_a_few_at_most(self, prepared: Any) -> None:
        dossier, browser, _ = prepared
        for rank in range(MOST_PIECES + 1):
            file = upload(f"devis-{rank}.pdf", pdf(pages=rank + 1))
            answer = browser.post(
                url(dossier, "modification_piece"), {"file": file}, headers={"Accept": "application/json"}
            )
            assert answer.status_code == (201 if rank < MOST_PIECES else 422)
        assert answer.json()["message"] == "Une modification porte 5 pièces au plus : retirez-en une, ou réunissez-les."
        old = Document.objects.filter(owner_kind=MODIFICATION_DOCUMENT)[0]
        browser.post(
            url(dossier, "modification_piece"), {"file": upload("neuf.pdf", pdf(pages=9)), "replace": str(old.key)}
        )
        assert set(names()) == {"neuf.pdf", *(f"devis-{rank}.pdf" for rank in range(1, MOST_PIECES))}

    def test_it_is_taken_off_until_it_is_sent(self, prepared: Any) -> None:
        dossier, browser, _ = prepared
        browser.post(url(dossier, "modification_piece"), {"file": upload("devis.pdf")})
        browser.post(url(dossier, "modification_piece"), {"file": upload("autre.pdf", pdf(pages=2))})
        first, second = Document.objects.filter(owner_kind=MODIFICATION_DOCUMENT).order_by("id")
        browser.post(url(dossier, "modification_piece"), {"remove": str(first.key)})
        assert names() == ["autre.pdf"]
        browser.post(url(dossier, "modification_review"))
        for posted in ({"remove": str(second.key)}, {"file": upload("tard.pdf", pdf(pages=3))}):
            answer = browser.post(url(dossier, "modification_piece"), posted, follow=True)
            assert "Cette modification a déjà été envoyée, ou abandonnée." in answer.content.decode()
        assert names() == ["autre.pdf"]

    def test_what_is_abandoned_goes_with_its_pieces(self, prepared: Any) -> None:
        dossier, browser, _ = prepared
        browser.post(url(dossier, "modification_piece"), {"file": upload("devis.pdf")})
        browser.post(url(dossier, "withdraw_modification"), {"abandonner": "1"})
        assert names() == []

    def test_a_refused_file_says_why(self, prepared: Any) -> None:
        dossier, browser, _ = prepared
        bad = upload("page.pdf", b"<html></html>")
        answer = browser.post(url(dossier, "modification_piece"), {"file": bad}, follow=True)
        assert "page.pdf : " in answer.content.decode()
        assert names() == []


def names() -> list[str]:
    found = Document.objects.filter(owner_kind=MODIFICATION_DOCUMENT).order_by("id")
    return list(found.values_list("name", flat=True))


class TestStart:
    def test_it_is_asked_once_the_day_has_come_then_no_more(self, granted: Any, a_monday: Any) -> None:
        dossier, browser, _ = granted
        asked = "La formation a-t-elle commencé"
        assert asked not in browser.get(url(dossier, "dossier")).content.decode()
        a_monday.move_to("2027-01-13T09:00:00Z")
        browser = browser_of(_employer_of(dossier))
        assert asked in browser.get(url(dossier, "dossier")).content.decode()
        a_monday.move_to("2027-03-01T09:00:00Z")
        browser, late = browser_of(_employer_of(dossier)), "La formation a-t-elle eu lieu"
        for page in ("dossier", "course_start"):
            shown = browser.get(url(dossier, page)).content.decode()
            assert late in shown
            assert asked not in shown
        assert "La formation est finie." in browser.get(url(dossier, "dossier")).content.decode()
        assert browser.post(url(dossier, "course_start"), {"started_on": "31/03/2027"}).status_code == 422
        browser.post(url(dossier, "course_start"), {"started_on": "12/01/2027"})
        assert CourseStart.objects.count() == 1
        page = browser.get(url(dossier, "dossier")).content.decode()
        assert asked not in page
        assert "formation commencée le 12/01/2027" in page

    def test_the_countdown_of_the_agreement(self, granted: Any, a_monday: Any) -> None:
        dossier, _, _ = granted
        a_monday.move_to("2027-04-01T09:00:00Z")
        browser = browser_of(_employer_of(dossier))
        page = browser.get(url(dossier, "dossier")).content.decode()
        assert "Accord valable jusqu&#x27;au" in page or "Accord valable jusqu'au" in page
        assert "dans 42 j" in page


def _employer_of(dossier: Dossier) -> Actor:
    assert dossier.filed_by
    return actor_for(dossier.filed_by)
