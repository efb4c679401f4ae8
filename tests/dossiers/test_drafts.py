"""Writing a draft: raw text kept as typed, field by field, each with its revision; two windows never overwrite each other."""

import uuid
from typing import Any

import pytest

from openopco.accounts.models import User
from openopco.documents.models import Document
from openopco.dossiers.actions import corrections, drafts, pieces
from openopco.dossiers.actions.corrections import Point
from openopco.dossiers.actions.sending import send
from openopco.dossiers.enums import ItemKind
from openopco.dossiers.errors import (
    NotEditable,
    PieceOfWhatWasSent,
    StaleField,
    TooLong,
    TooManyRows,
    UnknownDossier,
    UnknownField,
)
from openopco.dossiers.models import Dossier, DraftField, DraftRow
from openopco.dossiers.queries import find_draft, load_draft
from openopco.journal.models import Entry
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.training.fields import NOT_COPIED
from tests.documents.factories import upload
from tests.dossiers.factories import (
    NIR,
    OTHER_NIR,
    TODAY,
    asked,
    complete_draft,
    empty_draft,
    garage,
    number_of,
    piece,
    school,
    sent,
    taken,
)
from tests.habilitations.factories import employer


def save(actor: Actor, dossier: Dossier, name: str, value: str, revision: int = 0, row: str = "") -> drafts.Saved:
    return drafts.save_field(actor=actor, key=str(dossier.key), name=name, value=value, revision=revision, row=row)


def raw(dossier: Dossier, name: str, row: str = "") -> str:
    return DraftField.objects.get(dossier=dossier, name=name, row=row).value


class TestOpening:
    def test_what_is_known_of_the_employer_stands_in_it(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        known = {item.name: item.value for item in DraftField.objects.filter(dossier=dossier)}
        assert known == {
            "headcount": "3",
            "idcc": "1090",
            "contact_email": "garage@exemple.fr",
            "contact_phone": "0389000000",
        }

    def test_what_is_not_known_is_left_to_type(self, alice: Actor) -> None:
        place = garage(idcc="", email="", phone="")
        place.company.headcount_exact = None
        place.company.save()
        assert not DraftField.objects.filter(dossier=empty_draft(employer(place), place)).exists()

    def test_a_double_click_makes_one(self, alice: Actor, place: Establishment) -> None:
        key = uuid.uuid4()
        first, second = (
            drafts.create_draft(actor=alice, establishment=place, kind_code="AF", key=key) for _ in range(2)
        )
        assert first.pk == second.pk
        assert Entry.objects.filter(event="dossier.creer").count() == 1

    def test_somebody_elses_key_is_a_stranger(self, alice: Actor, charlie: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        elsewhere = Establishment.objects.get(pk=next(charlie.employer_grants()).establishment_id)
        with pytest.raises(UnknownDossier):
            drafts.create_draft(actor=charlie, establishment=elsewhere, kind_code="AF", key=dossier.key)

    def test_not_for_another_establishment(self, charlie: Actor, place: Establishment) -> None:
        with pytest.raises(Forbidden):
            empty_draft(charlie, place)

    def test_not_by_an_officer(self, olga: Actor, place: Establishment) -> None:
        with pytest.raises(Forbidden):
            empty_draft(olga, place)

    def test_somebody_whose_attachment_waits_may(self, newcomer: Actor, place: Establishment) -> None:
        assert empty_draft(newcomer, place).created_by_id == newcomer.user_id


class TestSavingAField:
    @pytest.mark.parametrize(
        "typed", ["1 250,50 €", "pas un montant", "0", "«\u202f14\u202f»", "Ünïcödé 🚗", "31/02/2027"]
    )
    def test_what_is_typed_is_kept_as_typed(self, typed: str, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        saved = save(alice, dossier, "cost", typed)
        assert saved.stored.value == typed
        assert saved.stored.revision == 1
        assert raw(dossier, "cost") == typed

    def test_each_save_has_its_revision(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        revisions = [save(alice, dossier, "title", text, at).stored.revision for at, text in enumerate("abc")]
        assert revisions == [1, 2, 3]

    def test_the_same_value_again_changes_nothing(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        save(alice, dossier, "title", "Freins")
        again = save(alice, dossier, "title", "Freins", revision=0)
        assert again.stored.revision == 1

    def test_a_field_can_be_emptied(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        save(alice, dossier, "headcount", "", revision=1)
        assert raw(dossier, "headcount") == ""

    def test_two_windows_see_both_values(self, alice: Actor, bob: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        save(alice, dossier, "title", "Freins")
        save(bob, dossier, "title", "Embrayage", revision=1)
        with pytest.raises(StaleField) as error:
            save(alice, dossier, "title", "Freins à disque", revision=1)
        conflict = error.value.conflict
        assert (conflict.typed, conflict.current, conflict.revision) == ("Freins à disque", "Embrayage", 2)
        assert conflict.saved_by == bob.label
        assert raw(dossier, "title") == "Embrayage"

    def test_after_a_conflict_one_chooses_with_the_new_revision(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        save(alice, dossier, "title", "Freins")
        save(alice, dossier, "title", "Embrayage", revision=1)
        with pytest.raises(StaleField) as error:
            save(alice, dossier, "title", "Pneus", revision=1)
        assert save(alice, dossier, "title", "Pneus", revision=error.value.conflict.revision).stored.revision == 3

    def test_a_batch_saves_the_rest_and_tells_the_conflicts(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        save(alice, dossier, "title", "Freins")
        save(alice, dossier, "title", "Embrayage", revision=1)
        batch = drafts.save_fields(
            actor=alice, key=str(dossier.key), values={"title": ("Pneus", 1), "cost": ("560", 0), "hours": ("14", 0)}
        )
        assert [saved.name for saved in batch.saved] == ["cost", "hours"]
        assert [conflict.name for conflict in batch.conflicts] == ["title"]
        assert (raw(dossier, "title"), raw(dossier, "cost")) == ("Embrayage", "560")

    @pytest.mark.parametrize("name", ["nimporte", "nir", "", "last_name", "establishment_id"])
    def test_a_field_that_is_not_asked_is_unknown(self, name: str, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        with pytest.raises(UnknownField):
            save(alice, dossier, name, "x")
        assert not DraftField.objects.filter(dossier=dossier, name=name).exists()

    def test_a_row_that_is_not_there_is_unknown(self, alice: Actor, place: Establishment) -> None:
        with pytest.raises(UnknownField):
            save(alice, empty_draft(alice, place), "last_name", "x", row="0badc0de")

    def test_an_endless_text_is_refused(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        with pytest.raises(TooLong):
            save(alice, dossier, "comment", "a" * (drafts.RAW_CEILING + 1))
        assert save(alice, dossier, "comment", "a" * drafts.RAW_CEILING).stored.revision == 1

    def test_it_leaves_no_journal_entry(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        before = Entry.objects.count()
        save(alice, dossier, "title", "Freins")
        assert Entry.objects.count() == before

    def test_the_list_follows_what_is_typed(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        version = dossier.version
        for name, value in {"title": "Freins", "cost": "1 250,50", "starts_on": "12/01/2027"}.items():
            save(alice, dossier, name, value)
        dossier.refresh_from_db()
        assert (dossier.title, str(dossier.amount_asked)) == ("Freins", "1250.50")
        assert "freins" in dossier.search
        assert dossier.version == version + 3

    def test_dates_that_contradict_each_other_are_kept_all_the_same(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        save(alice, dossier, "starts_on", "12/01/2027")
        save(alice, dossier, "ends_on", "11/01/2027")
        dossier.refresh_from_db()
        assert (raw(dossier, "ends_on"), dossier.ends_on) == ("11/01/2027", None)


class TestWhoMayWrite:
    def test_a_colleague_may(self, alice: Actor, bob: Actor, place: Establishment) -> None:
        assert save(bob, empty_draft(alice, place), "title", "Freins").stored.value == "Freins"

    def test_a_stranger_sees_nothing(self, alice: Actor, charlie: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        with pytest.raises(UnknownDossier):
            save(charlie, dossier, "title", "Freins")
        with pytest.raises(UnknownDossier):
            find_draft(actor=charlie, key=str(dossier.key))

    def test_somebody_whose_attachment_waits_sees_only_his_own(
        self, alice: Actor, newcomer: Actor, place: Establishment
    ) -> None:
        own = empty_draft(newcomer, place)
        assert save(newcomer, own, "title", "Freins").stored.revision == 1
        with pytest.raises(UnknownDossier):
            save(newcomer, empty_draft(alice, place), "title", "Freins")

    def test_an_officer_sees_no_draft(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        with pytest.raises(UnknownDossier):
            save(olga, empty_draft(alice, place), "title", "Freins")

    def test_what_was_sent_stays_as_it_is(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        row = DraftRow.objects.get(dossier=dossier).key
        key = str(dossier.key)
        for change in (
            lambda: save(alice, dossier, "title", "Autre", revision=1),
            lambda: drafts.add_row(actor=alice, key=key, row_kind="stagiaire"),
            lambda: drafts.remove_row(actor=alice, key=key, row=row),
            lambda: drafts.set_nir(actor=alice, key=key, row=row, raw=NIR),
            lambda: drafts.choose_provider(actor=alice, key=key, provider=None),
            lambda: drafts.fill_fields(actor=alice, key=key, values={"title": "Autre"}),
            lambda: drafts.delete_draft(actor=alice, key=key),
            lambda: pieces.join_piece(actor=alice, key=key, zone="programme", upload=upload()),
        ):
            with pytest.raises(NotEditable):
                change()


class TestWhileAnAnswerIsAwaited:
    def test_only_what_is_asked_can_be_changed(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        assert save(alice, dossier, "cost", "500,00", revision=1).stored.revision == 2
        with pytest.raises(NotEditable):
            save(alice, dossier, "title", "Autre", revision=1)

    def test_the_list_keeps_what_was_sent(self, alice: Actor, olga: Actor, place: Establishment) -> None:
        dossier = asked(alice, place, olga)
        save(alice, dossier, "cost", "500,00", revision=1)
        dossier.refresh_from_db()
        assert str(dossier.amount_asked) == "560.00"

    def test_the_opco_reads_what_was_sent_until_it_is_answered(
        self, alice: Actor, olga: Actor, place: Establishment
    ) -> None:
        dossier = asked(alice, place, olga)
        save(alice, dossier, "cost", "500,00", revision=1)
        assert load_draft(dossier, today=TODAY, viewer=olga).raw("cost") == "560,00"
        assert load_draft(dossier, today=TODAY, viewer=alice).raw("cost") == "500,00"

    def test_a_piece_that_was_sent_is_not_taken_off(
        self, alice: Actor, olga: Actor, place: Establishment, clock: Any
    ) -> None:

        dossier = asked(alice, place, olga, Point(ItemKind.PIECE, "programme", "Illisible."))
        clock.move_to("2026-11-24T09:00:00Z")
        old, new = Document.objects.get(), piece(dossier, by=alice)
        with pytest.raises(PieceOfWhatWasSent):
            pieces.take_off_piece(actor=alice, key=str(dossier.key), document_key=str(old.key))
        pieces.take_off_piece(actor=alice, key=str(dossier.key), document_key=str(new.key))
        assert list(Document.objects.all()) == [old]


class TestRows:
    def test_people_are_added_in_order(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        for name in ("Zoé", "Abel"):
            drafts.add_row(actor=alice, key=str(dossier.key), row_kind="stagiaire", values={"first_name": name})
        rows = load_draft(dossier, today=TODAY).rows
        assert [row.raw("first_name") for row in rows] == ["Zoé", "Abel"]
        dossier.refresh_from_db()
        assert dossier.trainee_count == 2
        assert "zoe" in dossier.search

    def test_one_is_taken_out_with_what_was_typed_of_him(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        kept, gone = (
            drafts.add_row(actor=alice, key=str(dossier.key), row_kind="stagiaire", values={"first_name": name})
            for name in ("Zoé", "Abel")
        )
        drafts.remove_row(actor=alice, key=str(dossier.key), row=gone.key)
        assert [row.key for row in load_draft(dossier, today=TODAY).rows] == [kept.key]
        assert not DraftField.objects.filter(row=gone.key).exists()

    def test_taking_out_no_row_takes_out_nothing(self, alice: Actor, place: Establishment) -> None:
        dossier = complete_draft(alice, place)
        fields = DraftField.objects.count()
        drafts.remove_row(actor=alice, key=str(dossier.key), row="")
        assert DraftField.objects.count() == fields

    def test_a_script_is_braked(self, alice: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("openopco.dossiers.actions.drafts.rows.MOST_ROWS", 2)
        dossier = empty_draft(alice, place)
        for _ in range(2):
            drafts.add_row(actor=alice, key=str(dossier.key), row_kind="stagiaire")
        with pytest.raises(TooManyRows):
            drafts.add_row(actor=alice, key=str(dossier.key), row_kind="stagiaire")

    def test_a_row_remembers_its_person(self, alice: Actor, place: Establishment) -> None:
        dossier = sent(alice, place)
        person = DraftRow.objects.get(dossier=dossier).trainee
        again = empty_draft(alice, place)
        row = drafts.add_row(actor=alice, key=str(again.key), row_kind="stagiaire")
        assert person
        drafts.link_trainee(actor=alice, key=str(again.key), row=row.key, trainee_id=person.pk)
        assert load_draft(again, today=TODAY).rows[0].trainee_id == person.pk


class TestTheRest:
    def test_a_provider_is_chosen_and_unchosen(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        provider = school()
        assert (
            drafts.choose_provider(actor=alice, key=str(dossier.key), provider=provider).provider_name == provider.name
        )
        assert drafts.choose_provider(actor=alice, key=str(dossier.key), provider=None).provider_name == ""

    def test_a_model_of_course_replaces_what_stands(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        save(alice, dossier, "title", "Freins")
        drafts.fill_fields(actor=alice, key=str(dossier.key), values={"title": "Embrayage", "hours": "7"})
        assert (raw(dossier, "title"), raw(dossier, "hours")) == ("Embrayage", "7")

    def test_a_piece_joined_counts_as_a_change(self, alice: Actor, place: Establishment) -> None:
        dossier = empty_draft(alice, place)
        document = pieces.join_piece(actor=alice, key=str(dossier.key), zone="programme", upload=upload())
        dossier.refresh_from_db()
        assert dossier.version == 1
        pieces.take_off_piece(actor=alice, key=str(dossier.key), document_key=str(document.key))
        assert not Document.objects.exists()

    def test_there_is_no_fifth_zone(self, alice: Actor, place: Establishment) -> None:
        with pytest.raises(UnknownField):
            pieces.join_piece(actor=alice, key=str(empty_draft(alice, place).key), zone="cave", upload=upload())

    def test_sent_while_the_file_was_examined_it_takes_no_piece(
        self, alice: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dossier, examined = complete_draft(alice, place), pieces.documents.examine_upload(upload())

        def slow(file: object) -> Any:
            send(actor=alice, key=str(dossier.key))
            return examined

        monkeypatch.setattr("openopco.dossiers.actions.pieces.documents.examine_upload", slow)
        with pytest.raises(NotEditable):
            pieces.join_piece(actor=alice, key=str(dossier.key), zone="divers", upload=upload())

    def test_another_requests_piece_is_unknown(self, alice: Actor, place: Establishment) -> None:
        mine, other = empty_draft(alice, place), empty_draft(alice, place)
        document = piece(other, by=alice)
        for key in (str(document.key), "nimporte"):
            with pytest.raises(UnknownDossier):
                pieces.take_off_piece(actor=alice, key=str(mine.key), document_key=key)

    def test_a_draft_is_thrown_away_with_its_pieces(self, alice: Actor, place: Establishment) -> None:
        dossier = complete_draft(alice, place)
        drafts.delete_draft(actor=alice, key=str(dossier.key))
        assert not Dossier.objects.exists()
        assert not Document.objects.exists()
        assert not DraftField.objects.exists()
        assert Entry.objects.filter(event="dossier.supprimer_brouillon").count() == 1


class TestTakingUpAgain:
    def test_a_copy_holds_what_the_source_held_but_what_must_be_told_anew(
        self, alice: Actor, place: Establishment
    ) -> None:
        source = sent(alice, place)
        copy = drafts.resume(actor=alice, source=source, key=uuid.uuid4(), without=NOT_COPIED)
        draft = load_draft(copy, today=TODAY)
        assert draft.raw("title") == "Contrôle technique : mise à jour"
        assert {name: draft.raw(name) for name in NOT_COPIED} == dict.fromkeys(NOT_COPIED, "")
        assert [row.raw("last_name") for row in draft.rows] == ["Müller"]
        assert draft.rows[0].has_nir
        assert (copy.provider_id, copy.resumed_from_id) == (source.provider_id, source.pk)
        assert (copy.number, copy.state, copy.filed_by_id) == (None, "brouillon", None)

    def test_a_double_click_copies_once(self, alice: Actor, place: Establishment) -> None:
        source, key = sent(alice, place), uuid.uuid4()
        first, second = (drafts.resume(actor=alice, source=source, key=key, without=NOT_COPIED) for _ in range(2))
        assert first.pk == second.pk
        assert Dossier.objects.count() == 2
        assert len(load_draft(first, today=TODAY).rows) == 1

    def test_a_key_that_opened_something_else_writes_over_nothing(self, alice: Actor, place: Establishment) -> None:
        source, other = sent(alice, place), complete_draft(alice, place, title="Soudure")
        drafts.resume(actor=alice, source=source, key=other.key, without=NOT_COPIED)
        assert load_draft(other, today=TODAY).raw("title") == "Soudure"
        both = employer(garage(), user=User.objects.get(pk=alice.user_id))
        elsewhere = empty_draft(both, Establishment.objects.exclude(pk=place.pk).get())
        for key in (source.key, elsewhere.key):
            with pytest.raises(UnknownDossier):
                drafts.resume(actor=both, source=source, key=key, without=NOT_COPIED)

    def test_its_pieces_come_along(self, alice: Actor, place: Establishment) -> None:
        source = empty_draft(alice, place)
        pieces.join_piece(actor=alice, key=str(source.key), zone="divers", upload=upload())
        copy = drafts.resume(actor=alice, source=source, key=uuid.uuid4(), without=NOT_COPIED)
        assert [piece.zone for piece in load_draft(copy, today=TODAY).pieces] == ["divers"]
        assert Document.objects.count() == 2

    def test_a_piece_that_cannot_be_copied_is_to_be_joined_again(self, alice: Actor, place: Establishment) -> None:
        source = empty_draft(alice, place)
        piece(source, by=alice, state="pending")
        copy = drafts.resume(actor=alice, source=source, key=uuid.uuid4(), without=NOT_COPIED)
        assert load_draft(copy, today=TODAY).pieces == ()

    def test_a_stranger_copies_nothing(self, alice: Actor, charlie: Actor, place: Establishment) -> None:
        with pytest.raises(Forbidden):
            drafts.resume(actor=charlie, source=sent(alice, place), key=uuid.uuid4(), without=NOT_COPIED)

    def test_the_draft_copied_may_be_thrown_away(self, alice: Actor, place: Establishment) -> None:
        source = empty_draft(alice, place)
        copy = drafts.resume(actor=alice, source=source, key=uuid.uuid4(), without=NOT_COPIED)
        drafts.delete_draft(actor=alice, key=str(source.key))
        copy.refresh_from_db()
        assert copy.resumed_from_id is None


class TestTheNir:
    def test_it_goes_to_the_vault(self, alice: Actor, place: Establishment) -> None:
        dossier = complete_draft(alice, place)
        assert load_draft(dossier, today=TODAY, viewer=alice).rows[0].nir_mask == "2 95 •• •• ••• ••• ••"
        assert not DraftField.objects.filter(name="nir").exists()

    def test_an_empty_one_takes_it_off(self, alice: Actor, place: Establishment) -> None:
        dossier = complete_draft(alice, place)
        row = DraftRow.objects.get(dossier=dossier)
        drafts.set_nir(actor=alice, key=str(dossier.key), row=row.key, raw=" ")
        assert not load_draft(dossier, today=TODAY).rows[0].has_nir

    def test_a_wrong_one_is_refused_without_being_repeated(self, alice: Actor, place: Establishment) -> None:
        dossier = complete_draft(alice, place)
        row = DraftRow.objects.get(dossier=dossier)
        with pytest.raises(InvalidValue) as error:
            drafts.set_nir(actor=alice, key=str(dossier.key), row=row.key, raw=NIR[:-1] + "0")
        assert NIR[:6] not in error.value.message
        row.refresh_from_db()
        assert row.nir_id

    def test_of_no_row_it_is_unknown(self, alice: Actor, place: Establishment) -> None:
        with pytest.raises(UnknownField):
            drafts.set_nir(actor=alice, key=str(empty_draft(alice, place).key), row="", raw=NIR)

    def test_it_may_be_asked_again_and_answered(self, alice: Actor, olga: Actor, place: Establishment) -> None:

        dossier = taken(alice, place, olga)
        row = DraftRow.objects.get(dossier=dossier)
        point = Point(ItemKind.CHAMP, "nir", "Il ne correspond pas.", row=row.key)
        corrections.ask(actor=olga, number=number_of(dossier), points=[point])
        drafts.set_nir(actor=alice, key=str(dossier.key), row=row.key, raw=OTHER_NIR)
        corrections.answer(actor=alice, number=number_of(dossier))
        item = dossier.corrections.get().items.get()
        assert (item.before, item.after, item.nir_before_id) == ("Renseigné", "Renseigné", row.nir_id)
        row.refresh_from_db()
        assert row.nir_id != item.nir_before_id
