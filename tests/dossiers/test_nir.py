"""A NIR is in the vault and nowhere else; who sees its mask, who sees only that it is there."""

import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from openopco.accounts.actions import rename_user
from openopco.base.jobs import run_pending_jobs
from openopco.dossiers import tasks
from openopco.dossiers.actions import corrections, deciding, drafts, slips, talking
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.actions.pieces import join_piece
from openopco.dossiers.enums import ItemKind
from openopco.dossiers.models import Dossier, DraftField, DraftRow
from openopco.dossiers.queries import checks_of, find_draft, load_draft
from openopco.habilitations.actions import accept_membership, refuse_membership
from openopco.journal.models import Entry
from openopco.kernel.errors import InvalidValue
from openopco.opco.actions.feedback import leave_feedback
from openopco.organisations.actions import set_provider_status
from openopco.organisations.enums import ProviderStatus
from openopco.organisations.models import Establishment
from openopco.rights import ANONYMOUS, SYSTEM, Actor
from openopco.trainees import vault
from openopco.trainees.models import NirSecret
from openopco.training.kind import TRAINING_ACTION
from openopco.training.templates import keep_as_template
from tests.dossiers.factories import (
    NIR,
    OTHER_NIR,
    PERSON,
    TODAY,
    asked,
    complete_draft,
    empty_draft,
    number_of,
    school,
    taken,
    write,
)
from tests.habilitations.factories import MembershipFactory

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


TEXT = "Son numéro : 2 95 01 99 126 111 46."
Door = Callable[[Actor, Actor, Dossier, Dossier], object]


def in_a_field(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return drafts.save_field(actor=alice, key=str(draft.key), name="comment", value=TEXT, revision=0)


def in_a_row(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return drafts.add_row(actor=alice, key=str(draft.key), row_kind="stagiaire", values={"employee_number": TEXT})


def in_a_course(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return drafts.fill_fields(actor=alice, key=str(draft.key), values={"title": TEXT})


def in_a_model(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return keep_as_template(actor=alice, key=str(draft.key), values={"title": TEXT})


def in_a_message(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return talking.write_message(actor=alice, number=number_of(dossier), body=TEXT)


def in_a_note(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return talking.write_note(actor=olga, number=number_of(dossier), body=TEXT)


def in_a_correction(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    points = [Point(ItemKind.CHAMP, "cost", "À vérifier.")]
    return corrections.ask(actor=olga, number=number_of(dossier), points=points, message=TEXT)


def in_a_point(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return corrections.ask(actor=olga, number=number_of(dossier), points=[Point(ItemKind.CHAMP, "cost", TEXT)])


def in_a_slip(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return slips.correct_slip(actor=olga, number=number_of(dossier), name="title", value=TEXT, reason="Lisible.")


def in_the_reason_of_a_slip(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return slips.correct_slip(actor=olga, number=number_of(dossier), name="title", value="Freins", reason=TEXT)


def in_a_grant(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return deciding.grant(actor=olga, number=number_of(dossier), amount=Decimal("500.00"), reason=TEXT)


def in_a_refusal(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return deciding.refuse(actor=olga, number=number_of(dossier), reason=TEXT)


def in_a_closure(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return deciding.close(actor=olga, number=number_of(dossier), reason=TEXT)


def in_a_cancellation(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return deciding.cancel(actor=alice, number=number_of(dossier), reason=TEXT)


def in_a_membership(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    waiting = MembershipFactory.create()
    return refuse_membership(actor=olga, membership_id=waiting.pk, reason=TEXT)


def in_the_note_of_a_membership(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    waiting = MembershipFactory.create()
    return accept_membership(actor=olga, membership_id=waiting.pk, note=TEXT)


def in_an_opinion(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return leave_feedback(actor=alice, page="/", body=TEXT)


def in_a_name(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    assert alice.user_id
    return rename_user(actor=alice, user_id=alice.user_id, first_name=NIR, last_name="Roux")


def in_a_reason_to_reveal(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return vault.reveal(actor=olga, secret_id=NirSecret.objects.order_by("id")[0].pk, reason=TEXT)


def in_a_suspension(alice: Actor, olga: Actor, draft: Dossier, dossier: Dossier) -> object:
    return set_provider_status(actor=olga, provider_id=school().pk, status=ProviderStatus.SUSPENDU, reason=TEXT)


DOORS: list[Door] = [
    in_a_field,
    in_a_row,
    in_a_course,
    in_a_model,
    in_a_message,
    in_a_note,
    in_a_correction,
    in_a_point,
    in_a_slip,
    in_the_reason_of_a_slip,
    in_a_grant,
    in_a_refusal,
    in_a_closure,
    in_a_cancellation,
    in_a_membership,
    in_the_note_of_a_membership,
    in_an_opinion,
    in_a_name,
    in_a_reason_to_reveal,
    in_a_suspension,
]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: str(door.__name__))
def test_no_words_bring_it_in(door: Door, alice: Actor, olga: Actor, place: Establishment) -> None:
    draft, dossier = empty_draft(alice, place), taken(alice, place, olga)
    with pytest.raises(InvalidValue, match="N'écrivez pas de numéro de sécurité sociale ici"):
        door(alice, olga, draft, dossier)
    run_pending_jobs()
    for table, text in everything_written():
        assert NIR not in text, table


def test_among_the_fields_of_a_page_the_others_are_kept(alice: Actor, place: Establishment) -> None:
    draft = empty_draft(alice, place)
    values = {"comment": (TEXT, 0), "done_at": ("Illzach", 0)}
    batch = drafts.save_fields(actor=alice, key=str(draft.key), values=values)
    assert [saved.name for saved in batch.saved] == ["done_at"]
    assert [(each.name, each.typed) for each in batch.refused] == [("comment", TEXT)]
    assert not DraftField.objects.filter(dossier=draft, name="comment").exists()


def test_no_file_brings_it_in_by_its_name(alice: Actor, place: Establishment) -> None:
    draft = empty_draft(alice, place)
    upload = SimpleUploadedFile("carte vitale 2 95 01 99 126 111 46.PNG", small_png())
    kept = join_piece(actor=alice, key=str(draft.key), zone="programme", upload=upload)
    assert kept.name == "piece.png"
    upload = SimpleUploadedFile("devis garage.png", small_png(side=9))
    join_piece(actor=alice, key=str(draft.key), zone="programme", upload=upload)
    assert not any("devis" in str(entry.payload) for entry in Entry.objects.order_by("id"))
    for table, text in everything_written():
        assert NIR not in text, table


def small_png(side: int = 8) -> bytes:
    content = BytesIO()
    Image.new("RGB", (side, side), "white").save(content, "PNG")
    return content.getvalue()


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
