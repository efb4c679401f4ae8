"""A modification at the desk: examined with its checks, accepted or refused; a lapse lifted."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from openopco.dossiers.enums import ModificationState as M
from openopco.dossiers.enums import State
from openopco.dossiers.funds import closures
from openopco.dossiers.models import CourseStart, Decision, Dossier, FundClosure, Modification
from openopco.kernel.calendar import PARIS
from openopco.rights import Actor
from tests.dossiers.factories import NOW, TODAY, in_state, school, sent, signalled
from tests.habilitations.factories import officer
from tests.web.desk.dossiers.conftest import browser_of

pytestmark = pytest.mark.django_db


def read(answer: Any) -> str:
    return str(answer.content.decode()).replace("&#x27;", "'")


def url(dossier: Dossier, name: str = "modification") -> str:
    return reverse(f"desk:{name}", args=[dossier.number])


def post(browser: Client, dossier: Dossier, **typed: str) -> Any:
    waiting = Modification.objects.filter(dossier=dossier).order_by("-id")[0]
    version = str(Dossier.objects.get(pk=dossier.pk).version)
    return browser.post(url(dossier), {"version": version, "modification": str(waiting.pk), **typed})


class TestExamining:
    def test_both_sides_and_the_checks_as_they_would_read(self, desk: Client) -> None:
        dossier, employer, _ = in_state(State.ACCORDEE)
        signalled(employer, dossier, {"hours": "2", "cost": "700"}, provider=school(qualiopi_actions=False))
        page = desk.get(url(dossier)).content.decode()
        for words in ("14\u202fh", "2\u202fh", "560,00", "700,00", "Qualiopi", "Empêche d'accorder", "350,00"):
            assert words in page, words
        assert "Examiner et décider" in desk.get(url(dossier, "dossier")).content.decode()

    def test_it_is_in_the_portfolio_until_answered(self, desk: Client) -> None:
        dossier, employer, _ = in_state(State.ACCORDEE)
        listed, row = reverse("desk:worklist") + "?vue=modifications", f"/gestion/dossiers/{dossier.number}/?vue"
        assert row not in desk.get(listed).content.decode()
        signalled(employer, dossier)
        assert row in desk.get(listed).content.decode()
        post(desk, dossier, geste="refuser", why="Sans convention.")
        assert row not in desk.get(listed).content.decode()

    def test_nothing_waits(self, desk: Client) -> None:
        dossier, _, _ = in_state(State.ACCORDEE)
        answer = desk.get(url(dossier), follow=True)
        assert "Aucune modification" in answer.content.decode()


class TestAnswering:
    def test_accepted_the_agreement_is_issued_anew(self, desk: Client) -> None:
        dossier, employer, _ = in_state(State.ACCORDEE)
        signalled(employer, dossier, {"cost": "700"})
        answer = post(desk, dossier, geste="accepter", amount="650,00", reason="Plafond.")
        assert answer["Location"] == url(dossier, "dossier")
        assert Decision.objects.count() == 2
        page = desk.get(answer["Location"]).content.decode()
        assert "Version 2" in page
        assert "Version 1" in page

    @pytest.mark.parametrize(
        ("typed", "target"),
        [
            ({"geste": "accepter", "amount": "999999"}, "id_amount"),
            ({"geste": "accepter", "amount": "x"}, "id_amount"),
            ({"geste": "accepter", "amount": "1,00"}, "id_reason"),
            ({"geste": "refuser", "why": " "}, "id_why"),
        ],
    )
    def test_what_is_wrong_is_told_by_its_field(self, typed: dict[str, str], target: str, desk: Client) -> None:
        dossier, employer, _ = in_state(State.ACCORDEE)
        signalled(employer, dossier)
        answer = post(desk, dossier, **typed)
        assert answer.status_code == 422
        assert f'href="#{target}"' in answer.content.decode()
        assert Modification.objects.get().state == M.PROPOSEE

    def test_of_two_officers_the_second_is_told_and_keeps_his_words(self, desk: Client, other_desk: Client) -> None:
        dossier, employer, _ = in_state(State.ACCORDEE)
        signalled(employer, dossier)
        post(desk, dossier, geste="refuser", why="Sans convention.")
        answer = post(other_desk, dossier, geste="accepter", amount="560", reason="Tout va bien.")
        assert answer.status_code == 409
        assert "déjà reçu sa réponse" in answer.content.decode()
        assert "Tout va bien." in answer.content.decode()

    def test_who_filed_it_reads_that_a_colleague_decides(self, olga: Actor, desk: Client) -> None:
        dossier, _, _ = in_state(State.ACCORDEE)
        signalled(olga, dossier)
        assert "un collègue doit en décider" in desk.get(url(dossier)).content.decode()
        assert post(desk, dossier, geste="accepter", amount="560").status_code == 409
        assert Modification.objects.get().state == M.PROPOSEE

    def test_a_cancellation_ends_it(self, desk: Client) -> None:
        dossier, employer, _ = in_state(State.ACCORDEE)
        signalled(employer, dossier, cancelled=True)
        assert "Constater l'annulation" in desk.get(url(dossier)).content.decode().replace("&#x27;", "'")
        post(desk, dossier, geste="accepter")
        assert Dossier.objects.get(pk=dossier.pk).state == State.ANNULEE

    def test_what_nobody_holds_is_taken_first(self, alice: Actor, place: Any, desk: Client) -> None:
        dossier = sent(alice, place)
        signalled(alice, dossier)
        assert "Prenez d'abord" in desk.get(url(dossier)).content.decode().replace("&#x27;", "'")


def exhaust(ada: Actor) -> None:
    FundClosure.objects.create(
        idcc="", closed_on=TODAY, sentence="Fermé.", source="Conseil", closed_by_id=ada.user_id or 0, created_at=NOW
    )
    closures.forget()


class TestOnExhaustedFunds:
    def test_the_page_says_so_and_a_greater_amount_is_refused_with_all_kept(self, desk: Client, ada: Actor) -> None:
        dossier, employer, _ = in_state(State.ACCORDEE)
        exhaust(ada)
        signalled(employer, dossier, {"cost": "700"})
        assert "l'accord peut garder son montant" in read(desk.get(url(dossier)))
        answer = post(desk, dossier, geste="accepter", amount="560,01", reason="Devis révisé.")
        assert answer.status_code == 409
        assert "sont épuisés depuis le 23/11/2026" in read(answer)
        assert "Devis révisé." in read(answer)
        assert post(desk, dossier, geste="accepter", amount="560,00").status_code == 302

    def test_a_cancellation_is_told_nothing_of_funds(self, desk: Client, ada: Actor) -> None:
        dossier, employer, _ = in_state(State.ACCORDEE)
        exhaust(ada)
        signalled(employer, dossier, cancelled=True)
        assert "sont épuisés" not in read(desk.get(url(dossier)))

    def test_what_lapsed_is_not_given_back(self, desk: Client, ada: Actor) -> None:
        dossier, _, _ = in_state(State.CADUQUE)
        exhaust(ada)
        page = read(desk.get(url(dossier, "lift")))
        assert "ne peut pas être rendu valable avant leur réouverture" in page
        assert 'name="until"' not in page
        version = str(Dossier.objects.get(pk=dossier.pk).version)
        typed = {"version": version, "until": "30/06/2027", "reason": "Facture reçue."}
        assert desk.post(url(dossier, "lift"), typed).status_code == 409
        dossier.refresh_from_db()
        assert dossier.state == State.CADUQUE


class TestTheFirstDay:
    def test_an_officer_sets_it_right_and_an_employer_does_not(self, desk: Client, clock: Any) -> None:
        dossier, employer, _ = in_state(State.ACCORDEE)
        address = reverse("portal:course_start", args=[dossier.number])
        clock.move_to(datetime(2027, 1, 13, 8, tzinfo=PARIS))
        desk, theirs = browser_of(officer()), browser_of(employer)
        assert "Corriger le premier jour" not in read(desk.get(url(dossier, "dossier")))
        theirs.post(address, {"started_on": "12/01/2027"})
        assert "Corriger le premier jour" in read(desk.get(url(dossier, "dossier")))
        assert 'value="12/01/2027"' in read(desk.get(address))
        refused = desk.post(address, {"started_on": "11/01/2027"})
        assert (refused.status_code, 'value="11/01/2027"' in read(refused)) == (422, True)
        assert desk.post(address, {"started_on": "13/01/2027"})["Location"] == url(dossier, "dossier")
        theirs.post(address, {"started_on": "12/01/2027"})
        assert CourseStart.objects.get().started_on == date(2027, 1, 13)


class TestLifting:
    def test_the_agreement_is_good_again(self, desk: Client) -> None:
        dossier, _, _ = in_state(State.CADUQUE)
        assert url(dossier, "lift") in desk.get(url(dossier, "dossier")).content.decode()
        version = str(Dossier.objects.get(pk=dossier.pk).version)
        answer = desk.post(
            url(dossier, "lift"), {"version": version, "until": "30/06/2027", "reason": "Facture reçue."}
        )
        assert answer["Location"] == url(dossier, "dossier")
        dossier.refresh_from_db()
        assert (dossier.state, dossier.due_on) == (State.ACCORDEE, date(2027, 6, 30))

    @pytest.mark.parametrize(
        ("typed", "target"),
        [
            ({"until": "01/01/2020", "reason": "Facture."}, "id_until"),
            ({"until": "", "reason": "Facture."}, "id_until"),
            ({"until": "30/06/2027", "reason": ""}, "id_reason"),
        ],
    )
    def test_what_is_wrong_is_told_by_its_field(self, typed: dict[str, str], target: str, desk: Client) -> None:
        dossier, _, _ = in_state(State.CADUQUE)
        version = str(Dossier.objects.get(pk=dossier.pk).version)
        answer = desk.post(url(dossier, "lift"), {"version": version, **typed})
        assert answer.status_code == 422
        assert f'href="#{target}"' in answer.content.decode()

    def test_an_administrator_lifts_none(self, ada: Actor) -> None:
        dossier, _, _ = in_state(State.CADUQUE)
        assert browser_of(ada).get(url(dossier, "lift")).status_code == 403
