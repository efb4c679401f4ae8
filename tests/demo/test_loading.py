"""The demonstration's data: every state of a request, played through the rooms' own actions, the same for the same day."""

from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.base.kept import Kept
from openopco.base.models import Job, Work
from openopco.demo import data
from openopco.demo.accounts import ACCOUNTS, EMPLOYER, PASSWORD
from openopco.demo.loading import SAME_DAY, Loader, invented_nir
from openopco.demo.management.commands.load_demo import Command
from openopco.documents.models import Document
from openopco.dossiers.enums import State
from openopco.dossiers.models import CorrectionRequest, Dossier, Receipt
from openopco.habilitations.models import Invitation, Membership
from openopco.habilitations.queries import actor_for
from openopco.journal.models import Entry
from openopco.kernel.calendar import parse_date
from openopco.kernel.identifiers import check_nir_against, parse_nir
from openopco.mail.models import OutgoingMail
from openopco.notifications.models import Notice
from openopco.rights import Role

TODAY = date(2026, 11, 23)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _loaded_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction around those of the tests, which only read: loading takes seconds."""
    # Older than what each test forgets for itself: rules and envelopes of the test before would be read here.
    for kept in Kept.every:
        kept.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        Loader(TODAY).load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(_loaded_once: None, db: None) -> None:
    """The demonstration of a Monday."""


@pytest.mark.usefixtures("loaded")
def test_every_state_of_a_request_is_shown() -> None:
    assert set(Dossier.objects.values_list("state", flat=True)) == {state.value for state in State}


@pytest.mark.usefixtures("loaded")
def test_the_garage_of_the_walk_has_something_to_answer_and_something_to_finish() -> None:
    garage = Dossier.objects.filter(establishment__siret="83135297600011")
    assert garage.filter(state=State.COMPLEMENT_DEMANDE).count() == 1
    assert garage.filter(state=State.BROUILLON).count() == 2
    assert CorrectionRequest.objects.filter(dossier__in=garage).get().items.count() == 2


@pytest.mark.usefixtures("loaded")
def test_the_garage_of_the_walk_has_a_colleague_somebody_who_asks_and_an_invitation() -> None:
    there = Membership.objects.filter(establishment__siret=data.ACTIF).order_by("requested_at")
    assert list(there.values_list("user__email", "state", "role")) == [
        (EMPLOYER, "ACCEPTED", "ADMIN"),
        (data.COLLEAGUE.email, "ACCEPTED", "DECLARANT"),
        (data.ASKER.email, "PENDING", "DECLARANT"),
    ]
    assert Invitation.objects.get().email == data.INVITED
    assert OutgoingMail.objects.filter(to=data.INVITED).count() == 1


@pytest.mark.usefixtures("loaded")
def test_the_accounts_printed_sign_in_with_the_printed_password_and_have_their_role() -> None:
    roles = {email: actor_for(User.objects.get(email=email)).roles for email, _ in ACCOUNTS}
    assert [roles[email] for email, _ in ACCOUNTS] == [
        {Role.EMPLOYEUR, Role.RESPONSABLE},
        {Role.GESTIONNAIRE},
        {Role.GESTIONNAIRE},
        {Role.ADMINISTRATEUR},
        {Role.ADMINISTRATEUR},
        {Role.CONTROLEUR},
        {Role.COMPTABLE},
        {Role.COMPTABLE},
        {Role.ORGANISME, Role.RESPONSABLE},
    ]
    assert all(User.objects.get(email=email).check_password(PASSWORD) for email, _ in ACCOUNTS)


@pytest.mark.usefixtures("loaded")
def test_one_attachment_waits_for_an_officer_and_one_for_its_establishment() -> None:
    waiting = Membership.objects.filter(state="PENDING").values_list("user__email", "establishment__siret")
    assert set(waiting) == {
        (person.email, siret) for person in (data.EMPLOYERS[-1], data.ASKER) for siret in person.sirets
    }


@pytest.mark.usefixtures("loaded")
def test_the_journal_it_leaves_is_whole() -> None:
    call_command("verify_journal", stdout=StringIO())


@pytest.mark.usefixtures("loaded")
def test_people_are_told_on_the_day_of_the_act() -> None:
    refused = Dossier.objects.get(state=State.REFUSEE)
    entry = Entry.objects.get(subject_kind="dossier", subject_id=refused.pk, event="dossier.refuser")
    notices = Notice.objects.filter(subject_id=refused.pk, kind="dossier.decision").values_list("created_at", flat=True)
    assert list(notices) == [entry.at] * 2, "both who act for the establishment"
    mails = OutgoingMail.objects.filter(subject__contains=f"{refused.number} est refusée")
    assert set(mails.values_list("created_at", "sent_at")) == {(entry.at, entry.at)}
    assert not Notice.objects.filter(created_at__date__gte=TODAY).exists()
    assert not Job.objects.filter(name__in=SAME_DAY, state="queued").exists()


@pytest.mark.usefixtures("loaded")
def test_a_correction_answered_since_was_told_when_it_was_asked() -> None:
    [answered] = CorrectionRequest.objects.filter(closed_at__isnull=False)
    told = Notice.objects.get(subject_id=answered.dossier_id, kind="dossier.complement")
    assert told.created_at == answered.created_at


@pytest.mark.usefixtures("loaded")
def test_receipts_are_left_to_the_worker() -> None:
    assert Receipt.objects.exists()
    assert not Receipt.objects.exclude(storage_name="").exists()


@pytest.mark.usefixtures("loaded")
def test_loading_again_changes_nothing(settings: Any) -> None:
    settings.DEMO = True
    before = Dossier.objects.count()
    call_command(Command(), today="24/11/2026", stdout=StringIO())
    assert Dossier.objects.count() == before


def test_it_refuses_to_run_outside_the_demonstration(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="Réservé à la démonstration"):
        call_command(Command())


def test_invented_social_security_numbers_are_valid_and_agree_with_their_people() -> None:
    for workers in data.WORKERS.values():
        for rank, worker in enumerate(workers):
            nir = parse_nir(invented_nir(worker, rank))
            assert check_nir_against(nir, worker.sex, parse_date(worker.born)) == []


@pytest.mark.usefixtures("loaded")
def test_a_piece_is_as_old_as_its_request_so_that_one_asked_again_is_still_missing() -> None:
    asked = CorrectionRequest.objects.get(dossier__establishment__siret="83135297600011")
    piece = Document.objects.get(owner_kind="dossier", owner_id=asked.dossier_id)
    assert piece.created_at < asked.created_at


@pytest.mark.usefixtures("loaded")
def test_an_officer_finds_a_batch_with_its_report_and_an_export_to_come() -> None:
    batch, export = Work.objects.order_by("id")
    assert (batch.state, batch.done > 0, batch.left_out) == ("done", True, 1)
    assert (export.state, export.kind) == ("queued", "exports.list")
    run_pending_jobs(names=["works.run"])
    assert Work.objects.get(pk=export.pk).result_filename.startswith("dossiers-")
