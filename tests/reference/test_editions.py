"""An edition's life: deposited, compared, validated by a second person, in force from its day, replaced, restored."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from openopco.base.jobs import run_pending_jobs
from openopco.base.kept import KEPT_SECONDS
from openopco.base.models import Job
from openopco.journal.models import Entry
from openopco.kernel.errors import Conflict, Forbidden, InvalidValue
from openopco.kernel.nir import NirInText
from openopco.reference import applying, queries
from openopco.reference.actions import deposit_edition, discard_edition, restore_edition, validate_edition
from openopco.reference.enums import Dataset, EditionState
from openopco.reference.errors import (
    AnotherIsNext,
    BadFile,
    DayOutOfReach,
    EditionFromTheFuture,
    EditionWaits,
    MissingEditionSource,
    NothingToRestore,
    SecondPersonNeeded,
    WrongMoment,
)
from openopco.reference.loading import load_all
from openopco.reference.models import EditionRows, Idcc, ReferenceEdition
from openopco.reference.tables import read_rows, write_rows
from openopco.reference.tasks import queue_due_editions
from openopco.rights import SYSTEM, Actor, Grant, Role
from tests.reference.conftest import NOW
from tests.reference.factories import write_folder
from tests.reference.test_reading import text_of

ALICE = Actor(user_id=1, label="Alice Martin", grants=(Grant(Role.ADMINISTRATEUR),))
BOB = Actor(user_id=2, label="Bob Durand", grants=(Grant(Role.ADMINISTRATEUR),))
OFFICER = Actor(user_id=3, label="Chloé Petit", grants=(Grant(Role.GESTIONNAIRE),))
TODAY = date(2027, 1, 12)
# Of the three in force, 1090 changes its words, 2174 goes, 0018 comes.
NEW = ("1090;Services de l’auto;", "0016;Transports routiers;1", "0018;Textile;")
OTHER = ("1090;Automobile;",)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(loaded: Path) -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def deposited(*rows: str, by: Actor = ALICE, run: bool = True, **changes: Any) -> ReferenceEdition:
    given = {"published_on": TODAY, "source": "DILA, fonds KALI", "dataset": Dataset.IDCC, **changes}
    edition = deposit_edition(actor=by, data=text_of(Dataset.IDCC, *(rows or NEW)), **given)
    if run:
        run_pending_jobs()
    return fresh(edition)


def test_a_source_too_long_is_refused_whole() -> None:
    with pytest.raises(InvalidValue, match="300 caractères au plus, et il en compte 301"):
        deposited(source="x" * 301)
    assert deposited(source="x" * 300, run=False).source == "x" * 300


def fresh(edition: ReferenceEdition) -> ReferenceEdition:
    return ReferenceEdition.objects.get(pk=edition.pk)


def validated(edition: ReferenceEdition, by: Actor = BOB, starts_on: date | None = None) -> ReferenceEdition:
    validate_edition(actor=by, edition_id=edition.pk, against_id=edition.against_id, starts_on=starts_on)
    run_pending_jobs()
    return fresh(edition)


def codes() -> list[str]:
    return list(Idcc.objects.order_by("code").values_list("code", flat=True))


def events(edition: ReferenceEdition) -> list[str]:
    told = Entry.objects.filter(subject_kind="reference_edition", subject_id=edition.pk).order_by("sequence")
    return [entry.event.removeprefix("reference_edition.") for entry in told]


def test_a_deposited_edition_changes_nothing_until_it_is_validated() -> None:
    edition = deposited(run=False)
    assert edition.state == EditionState.TO_COMPARE
    run_pending_jobs()
    edition = fresh(edition)
    assert edition.state == EditionState.TO_VALIDATE
    assert edition.comparison is not None
    assert {name: edition.comparison[name] for name in ("before", "added", "removed", "changed")} == {
        "before": 3, "added": 1, "removed": 1, "changed": 1
    }  # fmt: skip
    assert codes() == ["0016", "1090", "2174"]


def test_a_second_administrator_puts_it_in_force_and_the_journal_says_all() -> None:
    before = queries.in_force(Dataset.IDCC)
    edition = validated(deposited())
    assert edition.state == EditionState.IN_FORCE
    assert codes() == ["0016", "0018", "1090"]
    assert queries.idcc_label("1090") == "Services de l’auto"
    assert events(edition) == ["deposited", "compared", "validated", "applied"]
    assert before is not None
    assert (fresh(before).state, events(before)) == (EditionState.REPLACED, ["applied", "replaced"])


@pytest.mark.parametrize("act", ["deposit", "validate", "discard", "restore"])
def test_an_officer_may_do_nothing_of_it(act: str) -> None:
    edition = deposited()
    acts: dict[str, Any] = {
        "deposit": lambda: deposited(*OTHER, by=OFFICER),
        "validate": lambda: validated(edition, by=OFFICER),
        "discard": lambda: discard_edition(actor=OFFICER, edition_id=edition.pk),
        "restore": lambda: restore_edition(actor=OFFICER, dataset=Dataset.IDCC, in_force_id=1),
    }
    with pytest.raises(Forbidden):
        acts[act]()


def test_who_deposited_does_not_validate() -> None:
    edition = deposited()
    with pytest.raises(SecondPersonNeeded):
        validated(edition, by=ALICE)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReferenceEdition.objects.filter(pk=edition.pk).update(validated_by_id=ALICE.user_id)


def test_the_system_validates_what_its_command_deposited_alone() -> None:
    with pytest.raises(SecondPersonNeeded):
        validated(deposited(), by=SYSTEM)
    assert validated(deposited(*OTHER, by=SYSTEM), by=SYSTEM).state == EditionState.IN_FORCE


def test_a_file_at_fault_leaves_nothing() -> None:
    with pytest.raises(BadFile):
        deposited("16;x;")
    assert not ReferenceEdition.objects.filter(origin="deposee").exists()
    assert not EditionRows.objects.exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"source": "  "}, MissingEditionSource),
        ({"source": "Mme 2 69 05 49 588 157 80"}, NirInText),
        ({"published_on": TODAY + timedelta(days=1)}, EditionFromTheFuture),
    ],
)
def test_date_and_source_are_told(changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        deposited(**changes)


def test_the_same_file_waits_once() -> None:
    edition = deposited()
    with pytest.raises(EditionWaits):
        deposited()
    discard_edition(actor=ALICE, edition_id=edition.pk)
    assert deposited().state == EditionState.TO_VALIDATE


def test_from_a_day_on_it_waits_for_that_day() -> None:
    edition = validated(deposited(), starts_on=TODAY + timedelta(days=2))
    assert edition.state == EditionState.VALIDATED
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert queue_due_editions() == 0
    assert not applying.apply(edition.pk)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert queue_due_editions() == 1
        queue_due_editions()
        assert Job.objects.filter(name=applying.APPLY).count() == 1
        run_pending_jobs()
    assert fresh(edition).state == EditionState.IN_FORCE


@pytest.mark.parametrize("days", [-1, 367])
def test_the_day_is_to_come_within_the_year(days: int) -> None:
    with pytest.raises(DayOutOfReach):
        validated(deposited(), starts_on=TODAY + timedelta(days=days))


def test_one_edition_at_a_time_waits_for_its_day() -> None:
    later = TODAY + timedelta(days=2)
    validated(deposited(), starts_on=later)
    with pytest.raises(AnotherIsNext):
        validated(deposited(*OTHER), starts_on=later)


def test_a_decision_twice_or_too_late_is_refused() -> None:
    edition = validated(deposited())
    for act in (validated, lambda one: discard_edition(actor=BOB, edition_id=one.pk)):
        with pytest.raises(WrongMoment):
            act(edition)
    assert not applying.apply(edition.pk)
    assert events(edition).count("applied") == 1


def test_what_was_read_must_be_what_is_validated() -> None:
    edition = deposited()
    with pytest.raises(Conflict):
        validate_edition(actor=BOB, edition_id=edition.pk, against_id=-1)


def test_another_that_takes_effect_has_those_that_wait_compared_anew() -> None:
    planned = validated(deposited(), starts_on=TODAY + timedelta(days=2))
    waiting = deposited(*OTHER)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        queue_due_editions()
        run_pending_jobs()
    waiting = fresh(waiting)
    assert (waiting.state, waiting.against_id) == (EditionState.TO_VALIDATE, planned.pk)
    assert waiting.comparison is not None
    assert waiting.comparison["removed"] == 2


def test_a_comparison_overtaken_is_not_kept() -> None:
    waiting = deposited(*OTHER, run=False)
    applying._keep_comparison(waiting.pk, -1, {"added": 0, "removed": 0, "changed": 0})
    assert fresh(waiting).state == EditionState.TO_COMPARE


def test_going_back_to_the_edition_before_and_forth_again() -> None:
    shipped = queries.in_force(Dataset.IDCC)
    assert shipped is not None
    before = read_rows(Dataset.IDCC)
    edition = validated(deposited())
    restore_edition(actor=ALICE, dataset=Dataset.IDCC, in_force_id=edition.pk)
    run_pending_jobs()
    assert (fresh(shipped).state, fresh(edition).state) == (EditionState.IN_FORCE, EditionState.REPLACED)
    assert read_rows(Dataset.IDCC) == before
    assert events(shipped) == ["applied", "replaced", "restored", "applied"]
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        restore_edition(actor=BOB, dataset=Dataset.IDCC, in_force_id=shipped.pk)
        run_pending_jobs()
    assert codes() == ["0016", "0018", "1090"]


def test_restoring_needs_one_before_and_the_one_that_was_seen() -> None:
    shipped = queries.in_force(Dataset.IDCC)
    assert shipped is not None
    with pytest.raises(NothingToRestore):
        restore_edition(actor=ALICE, dataset=Dataset.IDCC, in_force_id=shipped.pk)
    validated(deposited())
    with pytest.raises(Conflict):
        restore_edition(actor=ALICE, dataset=Dataset.IDCC, in_force_id=shipped.pk)


def test_restoring_sends_the_planned_edition_back_to_be_compared() -> None:
    edition = validated(deposited())
    planned = validated(deposited(*OTHER), starts_on=TODAY + timedelta(days=2))
    restore_edition(actor=ALICE, dataset=Dataset.IDCC, in_force_id=edition.pk)
    run_pending_jobs()
    planned = fresh(planned)
    assert (planned.state, planned.validated_by, planned.starts_on) == (EditionState.TO_VALIDATE, "", None)


def test_a_restoration_given_up_before_it_was_done_leaves_the_edition_at_rest() -> None:
    edition = validated(deposited())
    shipped = restore_edition(actor=ALICE, dataset=Dataset.IDCC, in_force_id=edition.pk)
    discard_edition(actor=BOB, edition_id=shipped.pk)
    run_pending_jobs()
    assert (fresh(shipped).state, fresh(edition).state) == (EditionState.REPLACED, EditionState.IN_FORCE)
    assert queries.previous(Dataset.IDCC) == shipped


def test_a_discarded_edition_forgets_its_rows_and_keeps_its_name() -> None:
    edition = deposited()
    discard_edition(actor=ALICE, edition_id=edition.pk)
    assert (fresh(edition).state, fresh(edition).discarded_by) == (EditionState.DISCARDED, "Alice Martin")
    assert not EditionRows.objects.filter(edition=edition).exists()


def test_starting_again_keeps_the_deposited_edition_and_proposes_a_newer_shipped_one(loaded: Path) -> None:
    validated(deposited())
    assert not any(entry.changed or entry.proposed for entry in load_all(now=NOW, folder=loaded))
    assert not any(entry.changed or entry.proposed for entry in load_all(now=NOW, folder=loaded, force=True)[2:])
    write_folder(loaded, idcc=["1090;Services de l’automobile;1"])
    outcome = load_all(now=NOW, folder=loaded)
    assert [entry.dataset for entry in outcome if entry.proposed] == ["idcc"]
    assert not any(entry.proposed for entry in load_all(now=NOW, folder=loaded))
    run_pending_jobs()
    assert codes() == ["0016", "0018", "1090"]
    proposed = queries.of_state(Dataset.IDCC, EditionState.TO_VALIDATE)
    assert proposed is not None
    assert validated(proposed, by=ALICE).state == EditionState.IN_FORCE
    assert codes() == ["1090"]


def test_a_release_that_ships_a_newer_edition_does_not_undo_a_restoration(loaded: Path) -> None:
    first = codes()
    write_folder(loaded, idcc=["1090;Services de l’automobile;1"])
    load_all(now=NOW, folder=loaded)
    newer = queries.in_force(Dataset.IDCC)
    assert newer is not None
    restore_edition(actor=ALICE, dataset=Dataset.IDCC, in_force_id=newer.pk)
    run_pending_jobs()
    load_all(now=NOW, folder=loaded)
    assert codes() == first


def test_another_process_answers_by_the_new_edition_within_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    assert queries.idcc_label("1090") == "Services de l’automobile"
    edition = deposited()
    # What another process does: this one is not told.
    monkeypatch.setattr(queries, "forget", lambda: None)
    validated(edition)
    assert queries.idcc_label("1090") == "Services de l’automobile"
    read_at, stamps = queries._stamps._kept or (0.0, {})
    queries._stamps._kept = (read_at - KEPT_SECONDS - 1, stamps)
    assert queries.idcc_label("1090") == "Services de l’auto"


@pytest.mark.parametrize("dataset", Dataset)
def test_rows_written_are_the_rows_read(dataset: Dataset) -> None:
    rows = read_rows(dataset)
    write_rows(dataset, rows)
    assert read_rows(dataset) == rows
    assert len(rows) > 1
