"""Sending: once, whole or not at all, numbered without holes."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from openopco.base.models import Job
from openopco.dossiers import effects
from openopco.dossiers.actions import drafts
from openopco.dossiers.actions.sending import Incomplete, Sent, send
from openopco.dossiers.enums import State, WaitingFor
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier, DraftRow, Receipt, Transmission
from openopco.dossiers.workflow import Event
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, OpenOpcoError
from openopco.mail.models import OutgoingMail
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.trainees.models import Trainee
from openopco.training.models import AncillaryLine, Enrolment, TrainingAction
from tests.dossiers.factories import complete_draft, empty_draft, garage, sent, write
from tests.habilitations.factories import employer


def send_draft(actor: Actor, dossier: Dossier) -> Sent:
    return send(actor=actor, key=str(dossier.key))


def everything() -> dict[str, int]:
    """How many rows there are of what a transmission writes."""
    models = (Transmission, Receipt, TrainingAction, Enrolment, AncillaryLine, Trainee, OutgoingMail, Entry, Job)
    return {model.__name__: model._default_manager.count() for model in models}


class TestSent:
    def test_the_request_is_the_opcos(self, alice: Actor, place: Establishment) -> None:
        draft = complete_draft(alice, place)
        sent_now = send_draft(alice, draft)
        dossier = Dossier.objects.get(pk=draft.pk)
        assert sent_now.first
        assert dossier.number == "AF-2026-000001"
        assert (dossier.state, dossier.waiting_for, dossier.is_open) == (State.TRANSMISE, WaitingFor.OPCO, True)
        assert (dossier.filed_by_id, dossier.holder_id) == (alice.user_id, None)
        assert (dossier.title, str(dossier.amount_asked), dossier.trainee_count) == (draft.title, "560.00", 1)

    def test_the_answer_is_promised_in_twenty_days(self, alice: Actor, place: Establishment) -> None:
        assert sent(alice, place).due_on == date(2026, 12, 13)

    def test_the_number_is_found_by_search(self, alice: Actor, place: Establishment) -> None:
        assert "af 2026 000001" in sent(alice, place).search

    def test_the_snapshot_tells_what_was_sent(self, alice: Actor, place: Establishment) -> None:
        transmission = Transmission.objects.get(dossier=sent(alice, place))
        lines = {line["label"]: line["value"] for part in transmission.snapshot["sections"] for line in part["lines"]}
        assert lines["Intitulé de la formation"] == "Contrôle technique : mise à jour"
        assert lines["Date de début"] == "12/01/2027"
        assert transmission.snapshot["siret"] == place.siret

    def test_what_was_attested_is_kept_in_full(self, alice: Actor, place: Establishment) -> None:
        attested = Transmission.objects.get(dossier=sent(alice, place)).attested
        assert attested.startswith("J'atteste sur l'honneur les points suivants :\n- Les stagiaires mentionnés")
        assert "OPCO Mobilités" in attested
        assert "{opco}" not in attested

    def test_the_mail_says_when_an_answer_comes(self, alice: Actor, place: Establishment) -> None:
        sent(alice, place)
        mail = OutgoingMail.objects.get()
        assert mail.subject == "Votre demande AF-2026-000001 est bien arrivée"
        assert "Nous visons une réponse avant le 13/12/2026." in mail.text

    def test_the_journal_tells_it(self, alice: Actor, place: Establishment) -> None:
        entry = Entry.objects.get(event="dossier.transmettre", subject_id=sent(alice, place).pk)
        assert entry.payload == {"de": "brouillon", "vers": "transmise", "numero": "AF-2026-000001"}
        assert entry.actor_id == alice.user_id

    def test_a_colleague_may_send_what_another_typed(self, alice: Actor, bob: Actor, place: Establishment) -> None:
        dossier = send_draft(bob, complete_draft(alice, place)).dossier
        assert (dossier.created_by_id, dossier.filed_by_id) == (alice.user_id, bob.user_id)

    def test_somebody_whose_attachment_waits_may(self, newcomer: Actor, place: Establishment) -> None:
        assert sent(newcomer, place).state == State.TRANSMISE

    def test_an_internal_training_has_no_provider(self, alice: Actor, place: Establishment) -> None:
        dossier = send_draft(alice, complete_draft(alice, place, internal="oui")).dossier
        dossier.refresh_from_db()
        assert (dossier.provider, dossier.provider_name) == (None, "")


class TestOnce:
    def test_twice_is_once(self, alice: Actor, place: Establishment) -> None:
        draft = complete_draft(alice, place)
        send_draft(alice, draft)
        after_one = everything()
        again = send_draft(alice, draft)
        assert again.first is False
        assert again.dossier.number == "AF-2026-000001"
        assert everything() == after_one
        assert (after_one["Transmission"], after_one["Receipt"], after_one["OutgoingMail"]) == (1, 1, 1)
        assert Entry.objects.filter(event="dossier.transmettre").count() == 1

    def test_a_stranger_learns_nothing_of_it(self, alice: Actor, charlie: Actor, place: Establishment) -> None:
        draft = complete_draft(alice, place)
        for _ in range(2):
            with pytest.raises(UnknownDossier):
                send_draft(charlie, draft)
            draft = send_draft(alice, draft).dossier

    def test_an_officer_sends_nothing(self, olga: Actor, alice: Actor, place: Establishment) -> None:
        with pytest.raises(UnknownDossier):
            send_draft(olga, complete_draft(alice, place))
        with pytest.raises(Forbidden):
            send_draft(olga, sent(alice, place))


class TestIncomplete:
    def test_it_lists_what_is_missing_and_changes_nothing(self, alice: Actor, place: Establishment) -> None:
        draft = empty_draft(alice, place)
        before = everything()
        with pytest.raises(Incomplete) as error:
            send_draft(alice, draft)
        targets = [line.target for line in error.value.missing]
        assert {"title", "provider", "starts_on", "cost", "zone-programme", "done_on", "attest"} <= set(targets)
        draft.refresh_from_db()
        assert (draft.state, draft.number, everything()) == (State.BROUILLON, None, before)

    def test_the_number_is_not_used_up(self, alice: Actor, place: Establishment) -> None:
        with pytest.raises(Incomplete):
            send_draft(alice, empty_draft(alice, place))
        assert sent(alice, place).number == "AF-2026-000001"


class TestNumbers:
    def test_they_follow_one_another(self, alice: Actor, place: Establishment) -> None:
        assert [sent(alice, place).number for _ in range(3)] == [f"AF-2026-00000{rank}" for rank in (1, 2, 3)]

    @pytest.mark.parametrize(
        ("now", "number"),
        [
            (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), "AF-2026-000001"),
            (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "AF-2027-000001"),
            (datetime(2027, 1, 1, 0, 30, tzinfo=UTC), "AF-2027-000001"),
        ],
    )
    def test_the_year_is_the_one_of_paris(
        self, now: datetime, number: str, alice: Actor, place: Establishment, clock: Any
    ) -> None:
        clock.move_to(now)
        assert sent(alice, place).number == number

    def test_each_year_starts_at_one(self, alice: Actor, place: Establishment, clock: Any) -> None:
        sent(alice, place)
        clock.move_to(datetime(2027, 1, 4, 9, tzinfo=UTC))
        assert sent(alice, place).number == "AF-2027-000001"


# --- all or nothing --------------------------------------------------------------------------------------------------

FAILPOINTS = [
    "openopco.training.kind.write_rows",
    "openopco.dossiers.models.Transmission.objects.create",
    "openopco.dossiers.models.Receipt.objects.create",
    "openopco.dossiers.actions.sending.next_value",
    "openopco.dossiers.actions.sending.refresh_from_draft",
    "openopco.dossiers.actions._common.journal.record",
    "openopco.dossiers.actions._common.run_effects",
    "openopco.dossiers.actions.sending.enqueue",
    "openopco.dossiers.actions.sending.mail.queue_mail",
]


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_a_failure_in_the_middle_leaves_nothing(
    failpoint: str, alice: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = complete_draft(alice, place)
    before = everything()

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("pulled the plug")

    with monkeypatch.context() as patched:
        patched.setattr(failpoint, fail)
        with pytest.raises(RuntimeError, match="pulled the plug"):
            send_draft(alice, draft)
    draft.refresh_from_db()
    assert (draft.state, draft.number, everything()) == (State.BROUILLON, None, before)
    assert DraftRow.objects.get(dossier=draft).trainee is None
    assert send_draft(alice, draft).dossier.number == "AF-2026-000001"


def test_an_effect_may_veto(alice: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoMoneyLeft(OpenOpcoError):
        message = "L'enveloppe est épuisée."

    seen: list[tuple[str, bool]] = []

    def veto(dossier: Dossier) -> None:
        seen.append((dossier.state, TrainingAction.objects.filter(dossier=dossier).exists()))
        raise NoMoneyLeft

    monkeypatch.setitem(effects._EFFECTS, Event.TRANSMETTRE, [veto])
    draft = complete_draft(alice, place)
    before = everything()
    with pytest.raises(NoMoneyLeft):
        send_draft(alice, draft)
    draft.refresh_from_db()
    assert (draft.state, everything()) == (State.BROUILLON, before)
    assert seen == [(State.TRANSMISE, True)]


def test_effects_are_listed_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "_EFFECTS", {})

    @effects.on(Event.ACCORDER)
    def engage(dossier: Dossier) -> None: ...

    assert effects.registered() == {Event.ACCORDER: [f"{__name__}.engage"]}


# --- several at once -------------------------------------------------------------------------------------------------


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Runs the calls in threads that start together; what each returned or raised."""
    outcomes: list[object] = [None] * len(calls)
    barrier = Barrier(len(calls))

    def run(rank: int, call: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            outcomes[rank] = call()
        except Exception as error:
            outcomes[rank] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_draft_sent_by_four_clicks_at_once_is_one_request() -> None:
    place = garage()
    alice = employer(place)
    draft = complete_draft(alice, place)
    outcomes = at_once(*[lambda: send_draft(alice, draft)] * 4)
    assert all(isinstance(each, Sent) for each in outcomes), outcomes
    assert sorted(each.first for each in outcomes if isinstance(each, Sent)) == [False, False, False, True]
    assert (Transmission.objects.count(), Receipt.objects.count(), OutgoingMail.objects.count()) == (1, 1, 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_drafts_sent_at_once_are_numbered_without_holes() -> None:
    place = garage()
    alice = employer(place)
    others = [complete_draft(alice, place, nir="") for _ in range(6)]
    at_once(*[lambda draft=draft: send_draft(alice, draft) for draft in others])
    numbers = sorted(Dossier.objects.filter(number__isnull=False).values_list("number", flat=True))
    assert numbers == [f"AF-2026-{rank:06d}" for rank in range(1, 7)]
    assert Trainee.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_draft_opened_twice_at_once_is_one() -> None:
    place, key = garage(), uuid.uuid4()
    alice = employer(place)
    outcomes = at_once(*[lambda: drafts.create_draft(actor=alice, establishment=place, kind_code="AF", key=key)] * 3)
    assert all(isinstance(each, Dossier) for each in outcomes), outcomes
    assert Dossier.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_field_saved_while_it_is_sent_is_either_in_the_snapshot_or_refused() -> None:
    place = garage()
    alice = employer(place)
    draft = complete_draft(alice, place)
    write(draft, alice, {"title": "Avant"})
    saved, sent_now = at_once(
        lambda: drafts.save_field(actor=alice, key=str(draft.key), name="title", value="Après", revision=1),
        lambda: send_draft(alice, draft),
    )
    assert isinstance(sent_now, Sent)
    course = TrainingAction.objects.get(dossier=draft)
    assert course.title == ("Après" if isinstance(saved, drafts.Saved) else "Avant")
