"""A NIR is in the vault and nowhere else; who sees its mask, who sees only that it is there."""

import itertools
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openopco.base.jobs import run_pending_jobs
from openopco.dossiers import tasks
from openopco.dossiers.actions import corrections, deciding, drafts, talking
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.enums import ItemKind
from openopco.dossiers.models import DraftRow
from openopco.dossiers.queries import checks_of, find_draft, load_draft
from openopco.organisations.models import Establishment
from openopco.rights import ANONYMOUS, SYSTEM, Actor
from openopco.training.kind import TRAINING_ACTION
from tests.dossiers.factories import NIR, OTHER_NIR, PERSON, TODAY, asked, complete_draft, number_of, write

pytestmark = pytest.mark.django_db
MASK = "2 95 •• •• ••• ••• ••"


def everything_written() -> Iterator[tuple[str, str]]:
    """Every value of every table, as text."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            for value in itertools.chain.from_iterable(cursor.fetchall()):
                text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                yield model._meta.db_table, "".join(text.split())


def test_after_a_whole_life_no_table_holds_it(
    alice: Actor, olga: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "render_receipt", lambda receipt: b"%PDF")
    row_point = Point(ItemKind.CHAMP, "cost", "Le devis dit autre chose.")
    dossier = asked(alice, place, olga, row_point)
    corrections.withdraw(actor=olga, number=number_of(dossier))
    row = DraftRow.objects.get()
    points = [Point(ItemKind.CHAMP, "nir", "À vérifier.", row=row.key)]
    corrections.ask(actor=olga, number=number_of(dossier), points=points)
    drafts.set_nir(actor=alice, key=str(dossier.key), row=row.key, raw="1 88 03 75 100 001 69")
    talking.write_message(actor=alice, number=number_of(dossier), body="C'est corrigé.")
    corrections.answer(actor=alice, number=number_of(dossier))
    run_pending_jobs()
    deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("560.00"))
    run_pending_jobs()
    for table, text in everything_written():
        for nir in (NIR, OTHER_NIR):
            assert nir not in text, table
            assert nir[:10] not in text, table


class TestWhoSeesIt:
    def row(self, dossier: object, viewer: Actor | None) -> tuple[bool, str]:
        row = load_draft(dossier, today=TODAY, viewer=viewer).rows[0]  # type: ignore[arg-type]
        return row.has_nir, row.nir_mask

    def test_who_typed_it_and_the_officers_see_its_mask(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = complete_draft(alice, place)
        assert self.row(dossier, alice) == (True, MASK)
        assert self.row(dossier, olga) == (True, MASK)

    def test_others_only_know_that_it_is_there(
        self, alice: Actor, bob: Actor, admin: Actor, place: Establishment
    ) -> None:
        dossier = complete_draft(alice, place)
        for viewer in (bob, admin, SYSTEM, ANONYMOUS, None):
            assert self.row(dossier, viewer) == (True, "")

    def test_the_synthesis_says_so(self, alice: Actor, bob: Actor, place: Establishment) -> None:
        dossier = complete_draft(alice, place)
        shown = [self.in_synthesis(load_draft(dossier, today=TODAY, viewer=viewer)) for viewer in (alice, bob)]
        assert shown == [MASK, "Renseigné par un collègue"]

    def in_synthesis(self, draft: object) -> str:
        sections = TRAINING_ACTION.summary(draft)  # type: ignore[arg-type]
        return next(line.value for section in sections for line in section.lines if line.target == "nir")

    def test_nobodys_missing_list_depends_on_who_looks(self, alice: Actor, bob: Actor, place: Establishment) -> None:
        dossier = complete_draft(alice, place)
        for viewer in (alice, bob, None):
            assert TRAINING_ACTION.missing(load_draft(dossier, today=TODAY, viewer=viewer)) == []

    def test_what_contradicts_it_is_told_to_who_typed_it_alone(
        self, alice: Actor, bob: Actor, place: Establishment
    ) -> None:
        dossier = complete_draft(alice, place)
        write(dossier, alice, {"sex": "M"}, row=DraftRow.objects.get().key)
        words = "Zoé Müller : Le sexe indiqué ne correspond pas au NIR : vérifiez les deux."
        hers, his = (
            [line.message for line in TRAINING_ACTION.warnings(load_draft(dossier, today=TODAY, viewer=viewer))]
            for viewer in (alice, bob)
        )
        assert (hers, his) == ([words], [])

    def test_the_officers_checks_tell_it_too(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = complete_draft(alice, place)
        write(dossier, alice, {"birth_date": "05/01/1996"}, row=DraftRow.objects.get().key)
        check = next(check for check in checks_of(dossier) if check.code == "identite")
        assert check.detail == "Zoé Müller : L'année de naissance ne correspond pas au NIR : vérifiez les deux."

    @pytest.mark.parametrize("typed", ["", "31/02/1995", "n'importe"])
    def test_a_date_that_cannot_be_read_contradicts_nothing(
        self, typed: str, alice: Actor, place: Establishment
    ) -> None:
        dossier = complete_draft(alice, place)
        write(dossier, alice, {"birth_date": typed}, row=DraftRow.objects.get().key)
        assert load_draft(dossier, today=TODAY, viewer=alice).rows[0].nir_warnings == ()


def test_a_draft_is_read_in_a_number_of_queries_that_people_do_not_change(alice: Actor, place: Establishment) -> None:
    counts = []
    for people in (1, 12):
        dossier = complete_draft(alice, place, people=(PERSON,) * people)
        for row in DraftRow.objects.filter(dossier=dossier):
            drafts.set_nir(actor=alice, key=str(dossier.key), row=row.key, raw=NIR)
        found = find_draft(actor=alice, key=str(dossier.key))
        load_draft(found, today=TODAY, viewer=alice)
        with CaptureQueriesContext(connection) as context:
            load_draft(found, today=TODAY, viewer=alice, with_twins=True)
        counts.append(len(context))
    assert counts == [5, 5]
