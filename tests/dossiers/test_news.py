"""What is new to whom: told once, to those who watch, until they open the request."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.dossiers import lapsing, queries
from openopco.dossiers.actions import (
    agreements,
    corrections,
    deciding,
    deciding_modifications,
    holding,
    modifying,
    talking,
    watching,
)
from openopco.dossiers.actions.pieces import join_piece
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.errors import TooManyFollowed, UnknownDossier
from openopco.dossiers.models import Dossier, Follow, News
from openopco.dossiers.queries import Filters
from openopco.dossiers.reading import open_request
from openopco.kernel.calendar import PARIS
from openopco.kernel.errors import Forbidden
from openopco.notifications.models import Notice
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.documents.hostile import pdf
from tests.dossiers.factories import DossierFactory, asked, garage, in_state, number_of, sent, signalled, taken


def new_to(actor: Actor, dossier: Dossier) -> list[str]:
    found = queries.marks_of(actor=actor, dossiers=[dossier]).get(dossier.pk)
    return found.news if found else []


def held(by: Actor, **given: Any) -> Dossier:
    return DossierFactory.create(state=State.EN_INSTRUCTION, holder_id=by.user_id, **given)


class TestWhatIsNew:
    def test_a_message_is_new_to_the_holder_until_he_opens_the_request(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        talking.write_message(actor=alice, number=number_of(dossier), body="Voici la suite.")
        assert new_to(olga, dossier) == ["Nouveau message"]
        open_request(actor=oscar, dossier=dossier)
        assert new_to(olga, dossier) == ["Nouveau message"]
        assert open_request(actor=olga, dossier=dossier).news == ["Nouveau message"]
        assert new_to(olga, dossier) == []
        talking.write_message(actor=alice, number=number_of(dossier), body="Et encore.")
        assert new_to(olga, dossier) == ["Nouveau message"]

    def test_nothing_is_new_to_who_did_it_nor_to_who_does_not_watch(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        talking.write_message(actor=olga, number=number_of(dossier), body="Bonjour.")
        talking.write_message(actor=alice, number=number_of(dossier), body="Bonjour à vous.")
        assert new_to(olga, dossier) == ["Nouveau message"]
        assert new_to(oscar, dossier) == []
        assert not News.objects.filter(reader_id=alice.user_id).exists()

    def test_an_answer_and_its_piece_are_each_told(
        self, alice: Actor, olga: Actor, place: Establishment, clock: time_machine.Traveller
    ) -> None:
        dossier = asked(alice, place, olga, corrections.Point(ItemKind.PIECE, "programme", "Illisible."))
        clock.shift(60)
        join_piece(
            actor=alice,
            key=str(dossier.key),
            zone="programme",
            upload=SimpleUploadedFile("suite.pdf", pdf(), "application/pdf"),
        )
        assert new_to(olga, dossier) == ["Pièce ajoutée"]
        corrections.answer(actor=alice, number=number_of(dossier))
        assert set(new_to(olga, dossier)) == {"Pièce ajoutée", "Réponse reçue"}

    def test_who_is_given_a_request_reads_by_whom(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        watching.follow(actor=olga, number=number_of(dossier))
        holding.assign(actor=olga, number=number_of(dossier), to=User.objects.get(pk=oscar.user_id))
        assert new_to(oscar, dossier) == [f"Confié par {olga.label}"]
        assert new_to(olga, dossier) == []

    def test_a_cancelled_request_is_still_among_what_is_new(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        deciding.cancel(actor=alice, number=number_of(dossier))
        page = queries.worklist(actor=olga, filters=Filters(order="", portfolio="nouveautes"))
        assert page.items == [dossier]
        assert new_to(olga, dossier) == ["Annulée par l'employeur"]

    def test_a_draft_costs_no_question_of_who_watches(self, alice: Actor, place: Establishment) -> None:
        with CaptureQueriesContext(connection) as context:
            sent(alice, place)
        assert not [query for query in context.captured_queries if "dossiers_follow" in query["sql"]]


class TestFollowing:
    def test_a_follower_is_told_whoever_holds_the_request(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        watching.follow(actor=oscar, number=number_of(dossier))
        watching.follow(actor=oscar, number=number_of(dossier))
        talking.write_note(actor=olga, number=number_of(dossier), body="Vu avec le garage.")
        assert new_to(oscar, dossier) == ["Nouvelle note"]
        page = queries.worklist(actor=oscar, filters=Filters(order="", portfolio="suivis"))
        assert page.items == [dossier]
        watching.unfollow(actor=oscar, number=number_of(dossier))
        assert new_to(oscar, dossier) == []
        assert not queries.worklist(actor=oscar, filters=Filters(order="", portfolio="suivis")).items

    def test_who_holds_a_request_goes_on_being_told_once_he_follows_it_no_more(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        watching.follow(actor=olga, number=number_of(dossier))
        talking.write_message(actor=alice, number=number_of(dossier), body="Bonjour.")
        watching.unfollow(actor=olga, number=number_of(dossier))
        assert new_to(olga, dossier) == ["Nouveau message"]

    def test_employers_follow_nothing_and_nobody_a_draft(
        self, alice: Actor, olga: Actor, admin: Actor, place: Establishment
    ) -> None:
        dossier = sent(alice, place)
        for actor in (alice, admin):
            with pytest.raises(Forbidden):
                watching.follow(actor=actor, number=number_of(dossier))
        with pytest.raises(UnknownDossier):
            watching.follow(actor=olga, number="AF-2026-999999")

    def test_two_hundred_are_enough(self, olga: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("openopco.dossiers.actions.watching.MOST_FOLLOWED", 1)
        first, second = DossierFactory.create_batch(2)
        watching.follow(actor=olga, number=number_of(first))
        with pytest.raises(TooManyFollowed):
            watching.follow(actor=olga, number=number_of(second))
        assert Follow.objects.count() == 1


class TestNotices:
    def test_followers_are_told_once_and_not_twice_who_holds_it(
        self, alice: Actor, olga: Actor, oscar: Actor, place: Establishment
    ) -> None:
        dossier = taken(alice, place, olga)
        for officer in (olga, oscar):
            watching.follow(actor=officer, number=number_of(dossier))
        deciding.cancel(actor=alice, number=number_of(dossier))
        run_pending_jobs(names=["dossiers.tell"])
        told = Notice.objects.filter(kind__in=["dossier.suivi", "dossier.bureau"]).order_by("user_id")
        assert [(one.user_id, one.title) for one in told] == [
            (olga.user_id, f"L'employeur a annulé le dossier {dossier.number}."),
            (oscar.user_id, f"Dossier suivi {dossier.number} : annulée par l'employeur."),
        ]


class TestPlaces:
    def test_a_request_bears_its_branch_and_its_region(self, db: None) -> None:
        from tests.habilitations.factories import employer

        alsace = garage(postal_code="68110")
        dossier = sent(employer(alsace), alsace)
        assert (dossier.idcc, dossier.region) == ("1090", "44")

    def test_the_branch_typed_wins_and_what_is_not_known_stays_so(self, db: None) -> None:
        from tests.habilitations.factories import employer

        nowhere = garage(postal_code="98000", insee_code="", idcc="")
        dossier = sent(employer(nowhere), nowhere, idcc="16")
        assert (dossier.idcc, dossier.region) == ("0016", None)

    def test_lists_narrow_by_them(self, olga: Actor, oscar: Actor) -> None:
        here = held(olga, idcc="1090", region="44")
        there = held(oscar, idcc="0016", region="11")

        def listed(**given: Any) -> list[Dossier]:
            return queries.worklist(actor=olga, filters=Filters(order="", **given)).items

        assert listed(idcc="1090") == [here]
        assert listed(region="11") == [there]
        assert listed(holder_id=oscar.user_id) == [there]
        assert listed(portfolio="tout", region="44", idcc="1090") == [here]
        assert listed(idcc="1090", region="11") == []


def test_an_export_keeps_amounts_as_they_were_asked() -> None:
    from decimal import Decimal

    from openopco.exports.lists import _filters, filters_as_asked

    asked_for = Filters(amount_from=Decimal("0.00"), amount_to=Decimal("10.50"), idcc="1090", holder_id=7)
    assert _filters({"filters": filters_as_asked(asked_for)}) == asked_for


class TestOfAgreementsAndModifications:
    """Who holds a request and who follows it read what became of it, each until he opens it."""

    @pytest.fixture
    def granted(self, oscar: Actor) -> tuple[Dossier, Actor, Actor]:
        dossier, employer, desk = in_state(State.ACCORDEE)
        watching.follow(actor=oscar, number=number_of(dossier))
        return dossier, employer, desk

    def test_withdrawn_it_is_signalled_no_more(self, granted: Any, oscar: Actor) -> None:
        dossier, employer, desk = granted
        signalled(employer, dossier)
        assert new_to(desk, dossier) == new_to(oscar, dossier) == ["Modification signalée"]
        modifying.withdraw(actor=employer, number=number_of(dossier))
        assert new_to(desk, dossier) == new_to(oscar, dossier) == ["Modification retirée"]
        signalled(employer, dossier)
        assert set(new_to(desk, dossier)) == {"Modification signalée", "Modification retirée"}

    @pytest.mark.parametrize("accepted", [True, False])
    def test_answered_by_a_colleague(self, granted: Any, oscar: Actor, accepted: bool) -> None:
        dossier, employer, desk = granted
        waiting = signalled(employer, dossier)
        asked_ = {"actor": oscar, "number": number_of(dossier), "modification_id": waiting.pk}
        if accepted:
            deciding_modifications.accept(**asked_, amount=Decimal("560.00"))
        else:
            deciding_modifications.refuse(**asked_, reason="Sans convention.")
        assert new_to(desk, dossier) == [f"Modification {'acceptée' if accepted else 'refusée'}"]
        assert new_to(oscar, dossier) == []

    def test_a_cancellation_recorded(self, granted: Any, oscar: Actor) -> None:
        dossier, employer, desk = granted
        waiting = signalled(employer, dossier, cancelled=True)
        deciding_modifications.accept(actor=desk, number=number_of(dossier), modification_id=waiting.pk)
        assert new_to(oscar, dossier) == ["Annulation constatée"]

    def test_a_course_that_began(self, granted: Any, oscar: Actor, clock: time_machine.Traveller) -> None:
        dossier, employer, desk = granted
        clock.move_to(datetime(2027, 1, 13, 8, tzinfo=PARIS))
        agreements.confirm_start(actor=employer, number=number_of(dossier), started_on=date(2027, 1, 12))
        assert new_to(desk, dossier) == new_to(oscar, dossier) == ["Formation commencée"]

    def test_told_by_a_host_whose_clock_is_ahead_it_is_over_all_the_same(self, granted: Any, oscar: Actor) -> None:
        dossier, employer, desk = granted
        signalled(employer, dossier)
        ahead = timezone.now() + timedelta(minutes=5)
        News.objects.update(at=ahead)
        modifying.withdraw(actor=employer, number=number_of(dossier))
        assert new_to(desk, dossier) == ["Modification retirée"]
        assert set(News.objects.exclude(seen_at=None).values_list("seen_at", flat=True)) == {ahead}

    def test_lapsed_then_given_back_and_the_desk_is_told_of_it(
        self, granted: Any, oscar: Actor, olga: Actor, clock: time_machine.Traveller
    ) -> None:
        dossier, _, desk = granted
        clock.move_to(datetime(2027, 5, 14, 8, tzinfo=PARIS))
        assert lapsing.lapse_agreements() == 1
        run_pending_jobs(names=["dossiers.tell"])
        assert new_to(desk, dossier) == new_to(oscar, dossier) == ["Accord caduc"]
        told = dict(
            Notice.objects.filter(url__startswith="/gestion/", title__contains="caduc").values_list("user_id", "title")
        )
        assert told[desk.user_id] == f"L'accord du dossier {dossier.number} est devenu caduc."
        assert told[oscar.user_id] == f"Dossier suivi {dossier.number} : accord caduc."
        agreements.lift_lapse(actor=olga, number=number_of(dossier), until=date(2027, 7, 1), reason="Facture reçue.")
        assert new_to(desk, dossier) == new_to(oscar, dossier) == ["Caducité levée"]
