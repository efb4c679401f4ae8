"""« Signaler une modification »: prepared, sent, late or in time, taken back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openopco.dossiers.actions import agreements, corrections, deciding, joining, modifying
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.actions.joining import Joining
from openopco.dossiers.actions.modifying import Wanted
from openopco.dossiers.enums import ChangeKind, Channel, ItemKind, State
from openopco.dossiers.enums import ModificationState as M
from openopco.dossiers.errors import (
    AlreadyAnswered,
    BadModification,
    ModificationOpen,
    NotDecidable,
    NotModifiable,
    UnknownDossier,
)
from openopco.dossiers.models import Dossier, DraftRow, Modification, ModificationItem
from openopco.dossiers.queries.modifications import modifications_of
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.organisations.models import Establishment
from openopco.rights import SYSTEM, Actor
from tests.dossiers.factories import (
    NIR,
    NOW,
    OTHER_NIR,
    PERSON,
    asked,
    in_state,
    number_of,
    school,
    sent,
    signalled,
    taken,
    write,
)

pytestmark = pytest.mark.django_db
OTHER = {**PERSON, "first_name": "Ana", "last_name": "Silva", "birth_date": "02/03/1988"}


def prepare(actor: Actor, dossier: Dossier, values: dict[str, str] | None = None, **changes: Any) -> Modification:
    given = {"known_typed": "23/11/2026", "reason": "Le formateur est malade.", **changes}
    return modifying.prepare(actor=actor, number=number_of(dossier), wanted=Wanted(values or {}, **given))


def fresh(dossier: Dossier) -> Dossier:
    return Dossier.objects.get(pk=dossier.pk)


def problems(actor: Actor, dossier: Dossier) -> dict[str, str]:
    with pytest.raises(BadModification) as error:
        modifying.propose(actor=actor, number=number_of(dossier))
    return error.value.problems


class TestPreparing:
    def test_it_keeps_what_changes_and_that_alone(self, alice: Actor, place: Establishment) -> None:
        prepared = prepare(
            alice, sent(alice, place), {"starts_on": "19/01/2027", "ends_on": "13/1/2027", "cost": "560"}
        )
        assert list(prepared.items.values_list("kind", "name", "before", "after")) == [
            ("champ", "starts_on", "12/01/2027", "19/01/2027")
        ]

    def test_what_can_not_be_read_is_kept_as_typed(self, alice: Actor, place: Establishment) -> None:
        prepared = prepare(alice, sent(alice, place), {"starts_on": "bientôt"}, known_typed="hier")
        assert prepared.items.get().after == "bientôt"
        assert prepared.known_typed == "hier"

    def test_again_it_is_the_same_one(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        first = prepare(alice, dossier, {"hours": "12"})
        assert prepare(alice, dossier, {"cost": "500,00"}).pk == first.pk
        assert list(first.items.values_list("name", flat=True)) == ["cost"]

    def test_a_field_that_may_not_change_is_left_alone(self, alice: Actor, place: Establishment) -> None:
        assert not prepare(alice, sent(alice, place), {"title": "Autre chose", "nature": "vae"}).items.exists()

    def test_nobody_else_reads_it_yet(self, alice: Actor, bob: Actor, olga: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        prepare(alice, dossier, {"hours": "12"})
        assert len(modifications_of(fresh(dossier), alice)) == 1
        assert modifications_of(fresh(dossier), bob) == modifications_of(fresh(dossier), olga) == []

    def test_no_nir_in_words(self, alice: Actor, place: Establishment) -> None:
        with pytest.raises(InvalidValue):
            prepare(alice, sent(alice, place), {"hours": "12"}, reason=f"{NIR} est absent.")
        assert not Modification.objects.exists()

    def test_a_stranger_finds_nothing(self, alice: Actor, charlie: Actor, place: Establishment) -> None:
        with pytest.raises(UnknownDossier):
            prepare(charlie, sent(alice, place), {"hours": "12"})

    @pytest.mark.parametrize("state", [State.REFUSEE, State.SANS_SUITE, State.ANNULEE, State.CADUQUE])
    def test_what_is_closed_can_not_change(self, state: State) -> None:
        dossier, employer_, _ = in_state(state)
        with pytest.raises(NotModifiable):
            prepare(employer_, dossier, {"hours": "12"})

    def test_nor_an_agreement_past_its_last_day(self, clock: Any) -> None:
        dossier, employer_, _ = in_state(State.ACCORDEE)
        clock.move_to("2027-05-14T08:00:00Z")
        with pytest.raises(NotModifiable, match="13/05/2027"):
            prepare(employer_, dossier, {"hours": "12"})

    def test_thrown_away_it_leaves_nothing(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        prepare(alice, dossier, {"hours": "12"})
        modifying.abandon(actor=alice, number=number_of(dossier))
        assert not Modification.objects.exists()
        assert not ModificationItem.objects.exists()


class TestPeople:
    def test_one_leaves_and_one_joins(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place, people=(PERSON, OTHER))
        row = DraftRow.objects.filter(dossier=dossier).order_by("position")[1].key
        prepared = prepare(alice, dossier, gone=frozenset({row}))
        person = Joining({**PERSON, "first_name": "Léo", "last_name": "Petit"}, nir=OTHER_NIR)
        joining.join_person(actor=alice, number=number_of(dossier), joining=person)
        assert list(prepared.items.filter(name="stagiaire").values_list("kind", "before", "after")) == [
            ("retrait", "Ana Silva", ""),
            ("ajout", "", "Léo Petit"),
        ]
        assert prepared.items.get(kind=ChangeKind.AJOUT).nir_after_id

    def test_the_nir_goes_to_the_vault_alone(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        joining.join_person(actor=alice, number=number_of(dossier), joining=Joining({**OTHER}, nir=OTHER_NIR))
        kept = " ".join(f"{item.name} {item.before} {item.after}" for item in ModificationItem.objects.all())
        assert OTHER_NIR not in kept.replace(" ", "")
        assert "nir" not in set(ModificationItem.objects.values_list("name", flat=True))

    def test_who_lacks_something_does_not_join(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        with pytest.raises(BadModification) as error:
            joining.join_person(
                actor=alice, number=number_of(dossier), joining=Joining({"first_name": "Léo", "birth_date": "hier"})
            )
        assert {"last_name", "birth_date", "sex", "csp"} <= set(error.value.problems)
        assert not ModificationItem.objects.exists()

    def test_who_joined_stays_while_the_rest_is_written_again(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        row = joining.join_person(actor=alice, number=number_of(dossier), joining=Joining(OTHER, nir=OTHER_NIR))
        prepared = prepare(alice, dossier, {"hours": "12"})
        assert prepared.items.filter(row=row).exists()
        joining.unjoin_person(actor=alice, number=number_of(dossier), row=row)
        assert list(prepared.items.values_list("name", flat=True)) == ["hours"]

    def test_a_course_without_anybody_can_not_be_sent(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        prepare(alice, dossier, gone=frozenset(DraftRow.objects.values_list("key", flat=True)))
        assert problems(alice, dossier)


class TestSending:
    def test_the_officer_has_it_from_then_on(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        version = Dossier.objects.get(pk=dossier.pk).version
        proposed = signalled(alice, dossier)
        assert (proposed.state, proposed.known_on, proposed.notice_due_on) == (
            M.PROPOSEE,
            date(2026, 11, 23),
            date(2026, 12, 1),
        )
        assert [told.is_open for told in modifications_of(fresh(dossier), olga)] == [True]
        assert Dossier.objects.get(pk=dossier.pk).version == version + 1
        payload = Entry.objects.get(event="dossier.signaler").payload
        assert (payload["champs"], payload["tard"], payload["telephone"]) == (["hours"], False, False)

    @pytest.mark.parametrize(("days", "late"), [(0, False), (8, False), (9, True)])
    def test_late_it_is_taken_and_says_so(
        self, days: int, late: bool, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        dossier = sent(alice, place)
        clock.move_to(NOW + timedelta(days=days))
        signalled(alice, dossier)
        assert modifications_of(fresh(dossier), olga)[0].is_late is late
        assert Entry.objects.get(event="dossier.signaler").payload["tard"] is late

    def test_the_delay_is_counted_in_days_of_paris(
        self, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:
        dossier = sent(alice, place)
        clock.move_to("2026-12-01T22:59:00Z")
        prepare(alice, dossier, {"hours": "12"})
        clock.move_to("2026-12-01T23:01:00Z")
        modifying.propose(actor=alice, number=number_of(dossier))
        assert modifications_of(fresh(dossier), olga)[0].is_late

    @pytest.mark.parametrize(
        ("values", "changes", "wrong"),
        [
            ({}, {}, ""),
            ({"hours": "12"}, {"reason": " "}, "reason"),
            ({"hours": "12"}, {"known_typed": ""}, "known_on"),
            ({"hours": "12"}, {"known_typed": "24/11/2026"}, "known_on"),
            ({"hours": "12"}, {"known_typed": "22/11/2026"}, "known_on"),
            ({"hours": "beaucoup"}, {}, "hours"),
            ({"ends_on": "11/01/2027"}, {}, "ends_on"),
            ({"cost": "-3"}, {}, "cost"),
        ],
    )
    def test_what_is_wrong_is_told_by_its_field(
        self, values: dict[str, str], changes: dict[str, str], wrong: str, alice: Actor, place: Establishment
    ) -> None:
        dossier = sent(alice, place)
        prepare(alice, dossier, values, **changes)
        assert wrong in problems(alice, dossier)
        assert Modification.objects.get().state == M.PREPAREE

    def test_one_at_a_time(self, alice: Actor, bob: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        signalled(alice, dossier)
        prepare(bob, dossier, {"cost": "500,00"})
        with pytest.raises(ModificationOpen):
            modifying.propose(actor=bob, number=number_of(dossier))
        assert Modification.objects.get(filed_by_id=bob.user_id).state == M.PREPAREE

    def test_the_base_holds_to_one_too(self, alice: Actor, place: Establishment) -> None:
        first = signalled(alice, sent(alice, place))
        first.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            first.save(force_insert=True)

    def test_twice_is_once(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        signalled(alice, dossier)
        with pytest.raises((NotModifiable, ModificationOpen)):
            modifying.propose(actor=alice, number=number_of(dossier))
        assert Entry.objects.filter(event="dossier.signaler").count() == 1

    def test_a_cancellation_is_for_what_was_granted(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        prepare(alice, dossier, cancelled=True)
        assert set(problems(alice, dossier)) == {"annulation"}

    def test_an_officer_told_by_telephone_files_it_and_it_says_so(self, olga: Actor) -> None:
        dossier, _, _ = in_state(State.ACCORDEE)
        proposed = signalled(olga, dossier)
        assert (proposed.channel, proposed.filed_by_id) == (Channel.TELEPHONE, olga.user_id)
        assert Entry.objects.get(event="dossier.signaler").payload["telephone"] is True

    def test_an_administrator_files_none(self, admin: Actor, alice: Actor, place: Establishment) -> None:
        with pytest.raises((UnknownDossier, Forbidden)):
            prepare(admin, sent(alice, place), {"hours": "12"})

    def test_while_an_answer_is_awaited_it_starts_from_what_was_sent(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = asked(alice, place, olga)
        write(dossier, alice, {"cost": "999,00"})
        prepared = prepare(alice, dossier, {"cost": "500,00"})
        assert prepared.items.get().before == "560,00"

    def test_another_provider(self, alice: Actor, place: Establishment) -> None:
        other = school(name="AUTO FORMATION PLUS")
        prepared = prepare(alice, sent(alice, place), provider=other)
        assert (prepared.items.get().kind, prepared.items.get().after) == (ChangeKind.ORGANISME, other.name)
        modifying.propose(actor=alice, number=number_of(Dossier.objects.get()))


class TestTakenBack:
    def test_by_the_employer_or_a_colleague(self, alice: Actor, bob: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        signalled(alice, dossier)
        modifying.withdraw(actor=bob, number=number_of(dossier))
        assert Modification.objects.get().state == M.RETIREE
        assert Entry.objects.filter(event="dossier.retirer_modification").count() == 1

    def test_an_officer_only_takes_back_what_he_filed(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        signalled(alice, dossier)
        with pytest.raises(Forbidden):
            modifying.withdraw(actor=olga, number=number_of(dossier))
        modifying.withdraw(actor=alice, number=number_of(dossier))
        signalled(olga, dossier)
        modifying.withdraw(actor=olga, number=number_of(dossier))
        assert not Modification.objects.filter(state=M.PROPOSEE).exists()

    def test_nothing_waits(self, alice: Actor, place: Establishment) -> None:
        with pytest.raises(AlreadyAnswered):
            modifying.withdraw(actor=alice, number=number_of(sent(alice, place)))

    def test_it_goes_with_a_request_that_is_closed(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        signalled(alice, dossier)
        deciding.refuse(actor=olga, number=number_of(dossier), reason="Hors critères.")
        assert Modification.objects.get().state == M.RETIREE

    def test_and_with_one_that_is_cancelled(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        signalled(alice, dossier)
        deciding.cancel(actor=alice, number=number_of(dossier))
        assert Modification.objects.get().state == M.RETIREE

    def test_nobody_grants_while_one_waits(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = taken(alice, place, olga)
        signalled(alice, dossier)
        with pytest.raises(NotDecidable, match="modification"):
            deciding.grant(actor=olga, number=number_of(dossier), amount=dossier.amount_asked)  # type: ignore[arg-type]

    def test_an_agreement_does_not_lapse_while_one_waits(self, clock: Any) -> None:
        dossier, employer_, _ = in_state(State.ACCORDEE)
        clock.move_to("2027-05-13T08:00:00Z")
        signalled(employer_, dossier)
        clock.move_to("2027-05-20T08:00:00Z")
        with pytest.raises(agreements.NotPossibleNow):
            agreements.lapse(actor=SYSTEM, number=number_of(dossier))


def test_a_correction_may_still_be_asked_meanwhile(alice: Actor, olga: Actor, place: Establishment) -> None:
    dossier = taken(alice, place, olga)
    signalled(alice, dossier)
    corrections.ask(actor=olga, number=number_of(dossier), points=[Point(ItemKind.CHAMP, "title", "Précisez.")])
    assert Dossier.objects.get(pk=dossier.pk).state == State.COMPLEMENT_DEMANDE
