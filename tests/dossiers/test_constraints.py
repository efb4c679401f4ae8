"""The database refuses nonsense, whatever the code above it does."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, F, UniqueConstraint

from openopco.dossiers.actions import deciding_modifications
from openopco.dossiers.enums import State
from openopco.dossiers.models import (
    CorrectionItem,
    CorrectionRequest,
    Decision,
    Dossier,
    DraftField,
    DraftRow,
    Follow,
    FundClosure,
    FundHold,
    LapseLifting,
    Letter,
    Message,
    Modification,
    News,
    Note,
    PaperFiling,
    PortfolioRule,
    Receipt,
    SavedFilter,
    Transmission,
)
from openopco.dossiers.models.statistics import (
    DelayTally,
    PointTally,
    ProviderTally,
    StateTally,
    TalliedMonth,
    TallyReading,
)
from openopco.training.models import AncillaryLine, CourseTemplate, Enrolment, TrainingAction
from tests.dossiers.factories import NOW, DossierFactory, in_state, school, signalled

S = State
EARLIER = datetime(2020, 1, 1, tzinfo=UTC)
# constraint → the state of a sound request, and what an update would make of it.
NONSENSE: dict[str, list[tuple[State, dict[str, Any]]]] = {
    "dossier_draft_has_no_number": [
        (S.BROUILLON, {"number": "AF-2026-000009"}),
        (S.BROUILLON, {"sent_at": EARLIER}),
        (S.BROUILLON, {"filed_by": F("created_by")}),
        (S.TRANSMISE, {"number": None}),
        (S.TRANSMISE, {"sent_at": None}),
        (S.TRANSMISE, {"filed_by": None}),
    ],
    "dossier_sent_is_complete": [
        (S.TRANSMISE, {"title": ""}),
        (S.TRANSMISE, {"starts_on": None}),
        (S.TRANSMISE, {"ends_on": None}),
        (S.TRANSMISE, {"amount_asked": None}),
        (S.TRANSMISE, {"trainee_count": 0}),
    ],
    "dossier_ends_after_start": [(S.TRANSMISE, {"ends_on": date(2027, 1, 11)})],
    "dossier_decided_by_someone": [
        (S.ACCORDEE, {"decided_by": None}),
        (S.REFUSEE, {"decided_at": None}),
        (S.TRANSMISE, {"decided_at": datetime(2026, 12, 1, tzinfo=UTC)}),
    ],
    "dossier_granted_within_asked": [
        (S.ACCORDEE, {"amount_granted": Decimal("560.01")}),
        (S.ACCORDEE, {"amount_granted": Decimal("-0.01")}),
        (S.ACCORDEE, {"amount_granted": None}),
        (S.REFUSEE, {"amount_granted": Decimal(1)}),
        (S.TRANSMISE, {"amount_granted": Decimal(1)}),
    ],
    "dossier_not_decided_by_its_filer": [
        (S.ACCORDEE, {"decided_by": F("filed_by")}),
        (S.REFUSEE, {"decided_by": F("created_by")}),
    ],
    "dossier_open_follows_state": [(S.TRANSMISE, {"is_open": False}), (S.ACCORDEE, {"is_open": True})],
    "dossier_held_while_examined": [
        (S.EN_INSTRUCTION, {"holder": None}),
        (S.COMPLEMENT_DEMANDE, {"holder": None}),
        (S.TRANSMISE, {"holder": F("created_by")}),
        (S.BROUILLON, {"holder": F("created_by")}),
    ],
    "dossier_waits_for_its_state": [
        (S.TRANSMISE, {"waiting_for": "employeur"}),
        (S.BROUILLON, {"waiting_for": "opco"}),
        (S.ACCORDEE, {"waiting_for": "opco"}),
        (S.REFUSEE, {"state": "nimporte"}),
        (S.TRANSMISE, {"waiting_for": "nimporte"}),
    ],
    "dossier_decided_after_sent": [(S.REFUSEE, {"decided_at": EARLIER})],
    "dossier_amount_not_negative": [(S.TRANSMISE, {"amount_asked": Decimal("-1")})],
}


def refuses(constraint: str, change: Callable[[], object]) -> None:
    """Both databases name a check that fails; SQLite names the columns of a unique key, so its table is enough."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        change()
    assert constraint in str(error.value) or "UNIQUE constraint failed" in str(error.value)


def test_no_constraint_of_a_request_is_left_out() -> None:
    named = {each.name for each in Dossier._meta.constraints if isinstance(each, CheckConstraint)}
    assert named == set(NONSENSE)


@pytest.mark.django_db
@pytest.mark.parametrize("constraint", list(NONSENSE))
def test_a_request_that_makes_no_sense_is_refused(constraint: str) -> None:
    for state, change in NONSENSE[constraint]:
        dossier, _, _ = in_state(state)
        others = [name for name in _broken_by(dossier, change) if name != constraint]
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            Dossier.objects.filter(pk=dossier.pk).update(**change)
        assert any(name in str(error.value) for name in (constraint, *others)), (change, error.value)


def _broken_by(dossier: Dossier, change: dict[str, Any]) -> list[str]:
    """Nonsense may break two constraints at once: a database names whichever it looks at first."""
    together = {
        "decided_at": ["dossier_decided_by_someone", "dossier_decided_after_sent"],
        "amount_granted": ["dossier_granted_within_asked"],
        "state": list(NONSENSE),
        "amount_asked": ["dossier_sent_is_complete", "dossier_amount_not_negative"],
        "sent_at": ["dossier_draft_has_no_number"],
    }
    return [name for column in change for name in together.get(column, [])]


@pytest.mark.django_db
class TestWhatStandsBesideIt:
    def test_keys_and_numbers_are_given_once(self) -> None:
        first, _, _ = in_state(S.TRANSMISE)
        second, _, _ = in_state(S.TRANSMISE)
        one = Dossier.objects.filter(pk=second.pk)
        refuses("key", lambda: one.update(key=first.key))
        refuses("number", lambda: one.update(number=first.number))

    def test_one_transmission_and_one_receipt(self) -> None:
        dossier, _, _ = in_state(S.TRANSMISE)
        now = dossier.sent_at
        refuses(
            "dossier_id", lambda: Transmission.objects.create(dossier=dossier, snapshot={}, attested="x", sent_at=now)
        )
        refuses("dossier_id", lambda: Receipt.objects.create(dossier=dossier, issued_at=now))

    def test_one_value_for_each_field_and_one_key_for_each_row(self) -> None:
        dossier, alice, _ = in_state(S.BROUILLON)
        row = DraftRow.objects.get()
        given = {"saved_by_id": alice.user_id, "saved_at": dossier.created_at}
        refuses("draft_field_once", lambda: DraftField.objects.create(dossier=dossier, name="title", **given))
        refuses(
            "draft_row_key", lambda: DraftRow.objects.create(dossier=dossier, key=row.key, kind="stagiaire", position=2)
        )

    def test_a_word_says_something(self) -> None:
        dossier, alice, _ = in_state(S.TRANSMISE)
        given = {"dossier": dossier, "author_id": alice.user_id, "author_label": "A", "created_at": dossier.sent_at}
        refuses("message_says_something", lambda: Message.objects.create(body="", from_opco=False, **given))
        refuses("note_says_something", lambda: Note.objects.create(body="", **given))

    def test_a_correction_is_open_or_closed(self) -> None:
        dossier, _, olga = in_state(S.COMPLEMENT_DEMANDE)
        rows = CorrectionRequest.objects.all()
        refuses("correction_closed_when_not_open", lambda: rows.update(closed_at=EARLIER))
        refuses("correction_closed_when_not_open", lambda: rows.update(state="repondue"))
        refuses("correction_closed_when_not_open", lambda: rows.update(state="nimporte", closed_at=EARLIER))
        given = {"asked_by_id": olga.user_id, "due_on": date(2027, 1, 1), "created_at": EARLIER}
        refuses("correction_one_open", lambda: CorrectionRequest.objects.create(dossier=dossier, **given))

    def test_a_point_is_there_once_with_a_reason(self) -> None:
        in_state(S.COMPLEMENT_DEMANDE)
        item = CorrectionItem.objects.get()
        rows = CorrectionItem.objects.filter(pk=item.pk)
        refuses("correction_item_kind_known", lambda: rows.update(kind="autre"))
        refuses("correction_item_has_reason", lambda: rows.update(reason=""))
        twin = {"request": item.request, "kind": item.kind, "name": item.name, "reason": "x"}
        refuses("correction_item_once", lambda: CorrectionItem.objects.create(**twin))

    def test_a_decision_is_whole(self) -> None:
        granted, _, _ = in_state(S.ACCORDEE)
        refused, _, _ = in_state(S.REFUSEE)
        yes, no = Decision.objects.filter(dossier=granted), Decision.objects.filter(dossier=refused)
        for amount in (None, Decimal("-1"), Decimal("560.01")):
            refuses("decision_amount_when_granted", lambda amount=amount: yes.update(amount_granted=amount))
        refuses("decision_amount_when_granted", lambda: no.update(amount_granted=Decimal(1)))
        refuses("decision_amount_when_granted", lambda: no.update(outcome="annulee"))
        refuses("decision_refused_with_reason", lambda: no.update(reason=""))
        refuses("decision_version_once", lambda: no.update(dossier=granted))

    def test_typed_rows_of_a_training_make_sense(self) -> None:
        dossier, _, _ = in_state(S.TRANSMISE)
        course, person = TrainingAction.objects.all(), Enrolment.objects.all()
        for rows, constraint, change in (
            (course, "training_ends_after_start", {"ends_on": date(2027, 1, 11)}),
            (course, "training_lasts", {"minutes": 0}),
            (course, "training_cost_not_negative", {"cost": Decimal("-1")}),
            (course, "training_nature_known", {"nature": "sport"}),
            (course, "training_modality_known", {"modality": "x"}),
            (person, "enrolment_nir_xor_reason", {"nir_absent_reason": "NOT_ASKED"}),
            (person, "enrolment_nir_xor_reason", {"nir": None}),
            (person, "enrolment_level_shape", {"education_level": 100}),
            (person, "enrolment_level_shape", {"education_level": 0}),
            (person, "enrolment_sex_known", {"sex": "X"}),
            (person, "enrolment_csp_shape", {"csp": "xx"}),
            (person, "enrolment_csp_shape", {"csp": ""}),
            (person, "enrolment_contract_type_shape", {"contract_type": "c d"}),
        ):
            refuses(constraint, lambda rows=rows, change=change: rows.update(**change))
        copy = Enrolment.objects.get()
        copy.pk = None
        refuses("enrolment_row_once", lambda: copy.save(force_insert=True))
        line = {"dossier": dossier, "kind": "repas", "amount": Decimal(10)}
        refuses("ancillary_counts", lambda: AncillaryLine.objects.create(quantity=0, **line))
        AncillaryLine.objects.create(quantity=1, **line)
        refuses("ancillary_kind_once", lambda: AncillaryLine.objects.create(quantity=2, **line))

    def test_a_model_of_course_has_one_name(self) -> None:
        dossier, alice, _ = in_state(S.TRANSMISE)
        given = {
            "establishment": dossier.establishment,
            "name": "Freins",
            "values": {},
            "created_by_id": alice.user_id,
            "updated_at": EARLIER,
        }
        CourseTemplate.objects.create(**given)
        refuses("course_template_name_once", lambda: CourseTemplate.objects.create(**given))


@pytest.mark.django_db
class TestModifications:
    @pytest.mark.parametrize(
        ("constraint", "change"),
        [
            ("modification_proposed_is_complete", {"reason": ""}),
            ("modification_proposed_is_complete", {"known_on": None}),
            ("modification_proposed_is_complete", {"notice_due_on": date(2020, 1, 1)}),
            ("modification_proposed_is_complete", {"state": "nimporte"}),
            ("modification_closed_when_not_open", {"state": "retiree"}),
            ("modification_closed_when_not_open", {"closed_at": EARLIER}),
            ("modification_decided_by_someone", {"decided_by": F("dossier__holder")}),
            ("modification_amount_when_accepted", {"amount_granted": Decimal(1)}),
        ],
    )
    def test_one_that_waits_and_makes_no_sense(self, constraint: str, change: dict[str, Any]) -> None:
        dossier, alice, olga = in_state(S.ACCORDEE)
        waiting = signalled(alice, dossier)
        if "decided_by" in change:
            change = {"decided_by_id": olga.user_id}
        with pytest.raises(IntegrityError, match="modification_"), transaction.atomic():
            Modification.objects.filter(pk=waiting.pk).update(**change)

    @pytest.mark.parametrize(
        ("constraint", "change"),
        [
            ("modification_decided_by_someone", {"decided_by": None}),
            ("modification_not_decided_by_its_filer", {"decided_by": F("filed_by")}),
            ("modification_closed_when_not_open", {"closed_at": EARLIER}),
            ("modification_amount_when_accepted", {"amount_granted": Decimal(-1)}),
            ("modification_decision_has_amount", {"amount_granted": None}),
            ("modification_refused_with_reason", {"state": "refusee", "decision": None, "amount_granted": None}),
        ],
    )
    def test_one_accepted_that_makes_no_sense(self, constraint: str, change: dict[str, Any]) -> None:
        dossier, alice, olga = in_state(S.ACCORDEE)
        waiting = signalled(alice, dossier)
        deciding_modifications.accept(
            actor=olga, number=str(dossier.number), modification_id=waiting.pk, amount=Decimal("560.00")
        )
        refuses(constraint, lambda: Modification.objects.filter(pk=waiting.pk).update(**change))

    def test_one_open_and_one_prepared_by_each(self) -> None:
        dossier, alice, _ = in_state(S.ACCORDEE)
        waiting = signalled(alice, dossier)
        given = {"dossier": dossier, "filed_by_id": alice.user_id, "created_at": dossier.created_at}
        Modification.objects.create(**given)
        refuses("modification_one_prepared_each", lambda: Modification.objects.create(**given))
        waiting.pk = None
        refuses("modification_one_open", lambda: waiting.save(force_insert=True))

    def test_its_lines(self) -> None:
        dossier, alice, _ = in_state(S.ACCORDEE)
        waiting = signalled(alice, dossier)
        add = waiting.items.create
        refuses("modification_item_once", lambda: add(kind="champ", name="hours"))
        refuses("modification_item_kind_known", lambda: add(kind="nimporte", name="x"))
        refuses("modification_item_provider_named", lambda: add(kind="organisme", name="organisme"))

    def test_nothing_is_given_back_without_a_reason(self) -> None:
        dossier, _, olga = in_state(S.CADUQUE)
        given = {"dossier": dossier, "good_until": date(2027, 6, 1), "lifted_by_id": olga.user_id}
        refuses(
            "lifting_has_reason",
            lambda: LapseLifting.objects.create(reason="", lifted_at=dossier.created_at, **given),
        )


@pytest.mark.django_db
class TestTheDesk:
    """What officers and administrators keep beside the requests."""

    def test_a_list_has_one_name_and_one_opens_first(self) -> None:
        _, _, olga = in_state(S.TRANSMISE)
        keep = SavedFilter.objects.create
        given = {"user_id": olga.user_id, "name": "Moi", "folded": "moi", "address": "vue=moi"}
        keep(**given, is_default=True)
        refuses("saved_filter_named_once", lambda: keep(**given))
        other = {**given, "folded": "autre", "is_default": True}
        refuses("saved_filter_one_default", lambda: keep(**other))
        refuses("saved_filter_has_a_name", lambda: keep(**{**given, "folded": ""}))

    def test_one_follows_once_and_each_news_is_kept_once(self) -> None:
        dossier, _, olga = in_state(S.TRANSMISE)
        follow = {"dossier": dossier, "user_id": olga.user_id, "since": dossier.created_at}
        Follow.objects.create(**follow)
        refuses("follow_once", lambda: Follow.objects.create(**follow))
        news = {"dossier": dossier, "reader_id": olga.user_id, "kind": "message", "at": dossier.created_at}
        News.objects.create(**news)
        refuses("news_once_of_a_kind", lambda: News.objects.create(**news))
        refuses("news_kind_known", lambda: News.objects.create(**{**news, "kind": "nimporte"}))
        refuses("news_seen_after_it_happened", lambda: News.objects.update(seen_at=EARLIER))

    def test_funds_close_with_words_and_reopen_after_by_someone(self) -> None:
        dossier, _, olga = in_state(S.TRANSMISE)
        day, after = date(2026, 11, 1), date(2026, 11, 30)
        given = {"idcc": "1090", "closed_on": day, "sentence": "Épuisés.", "source": "Conseil", "created_at": EARLIER}
        given["closed_by_id"] = olga.user_id
        FundClosure.objects.create(**given)
        refuses("fund_closure_one_at_a_time", lambda: FundClosure.objects.create(**given))
        change = FundClosure.objects.update
        refuses("fund_closure_is_worded", lambda: change(source=""))
        refuses("fund_closure_reopened_by_someone", lambda: change(reopened_on=after))
        early = date(2026, 10, 1)
        refuses("fund_closure_reopens_after", lambda: change(reopened_on=early, reopened_by=olga.user_id))

    def test_a_request_waits_once_for_an_envelope_that_has_a_name(self) -> None:
        given = {
            "dossier": DossierFactory.create(),
            "since": NOW,
            "sentence": "Épuisée.",
            "year": 2026,
            "envelope": "e",
        }
        FundHold.objects.create(**given)
        refuses("fund_hold_one_at_a_time", lambda: FundHold.objects.create(**given))
        change = FundHold.objects.update
        refuses("fund_hold_is_worded", lambda: change(sentence=""))
        refuses("fund_hold_ends_after", lambda: change(until=EARLIER))
        refuses("fund_hold_promises_once_freed", lambda: change(promised=1))

    def test_figures_are_of_a_month_and_add_up(self) -> None:
        month = TalliedMonth.objects.create(month=date(2026, 11, 1), touched_at=EARLIER)
        wrong_day = {"month": date(2026, 10, 2), "touched_at": EARLIER}
        refuses("tallied_month_is_a_first_day", lambda: TalliedMonth.objects.create(**wrong_day))
        refuses("tallied_month_counted_or_due", lambda: TalliedMonth.objects.update(touched_at=None))
        refuses("tally_reading_alone", lambda: TallyReading.objects.create(id=2, last_entry_id=0, read_at=EARLIER))
        given = {"month": month, "idcc": "1090", "count": 1}
        state = {**given, "state": "accordee", "granted": 1, "amount_asked": Decimal(2), "amount_granted": Decimal(1)}
        StateTally.objects.create(**state)
        refuses("state_tally_once", lambda: StateTally.objects.create(**state))
        refuses("state_tally_is_sent", lambda: StateTally.objects.update(state="brouillon"))
        refuses("state_tally_counts", lambda: StateTally.objects.update(granted=2))
        refuses("state_tally_granted_within_asked", lambda: StateTally.objects.update(amount_granted=Decimal(3)))
        taught = {**given, "granted": 0, "refused": 0}
        ProviderTally.objects.create(**taught)
        refuses("provider_tally_none_once", lambda: ProviderTally.objects.create(**taught))
        refuses("provider_tally_counts", lambda: ProviderTally.objects.update(refused=2))
        by_one = {**taught, "provider": school()}
        ProviderTally.objects.create(**by_one)
        refuses("provider_tally_once", lambda: ProviderTally.objects.create(**by_one))
        DelayTally.objects.create(**given, days=3)
        refuses("delay_tally_once", lambda: DelayTally.objects.create(**given, days=3))
        refuses("delay_tally_counts", lambda: DelayTally.objects.update(days=367))
        PointTally.objects.create(**given, kind="piece", name="programme")
        refuses("point_tally_once", lambda: PointTally.objects.create(**given, kind="piece", name="programme"))
        refuses("point_tally_counts", lambda: PointTally.objects.update(kind="nimporte"))

    def test_a_portfolio_s_amounts_are_in_order(self) -> None:
        dossier, _, olga = in_state(S.TRANSMISE)
        given = {"officer_id": olga.user_id, "created_by_id": olga.user_id, "created_at": dossier.created_at}
        bounds = {"amount_from": Decimal(10), "amount_to": Decimal(5)}
        refuses("portfolio_rule_amounts_in_order", lambda: PortfolioRule.objects.create(**given, **bounds))


@pytest.mark.django_db
def test_a_letter_is_of_one_thing_and_its_file_is_its_own() -> None:
    first, second = (Letter.objects.get(dossier=in_state(S.ACCORDEE)[0]) for _ in range(2))
    refuses("letter_of_one_thing", lambda: Letter.objects.update(kind="complement"))
    Letter.objects.filter(pk=first.pk).update(storage_name="letters/a.pdf")
    change = Letter.objects.filter(pk=second.pk).update
    refuses("letter_file_is_its_own", lambda: change(storage_name="letters/a.pdf"))


@pytest.mark.django_db
def test_a_request_typed_for_an_employer_says_how_it_came() -> None:
    dossier, _, olga = in_state(S.TRANSMISE)
    PaperFiling.objects.create(
        dossier=dossier,
        reception="courriel",
        received_on=date(2026, 11, 20),
        sender="Mme Keller",
        recorded_by_id=olga.user_id,
        recorded_by_label=olga.label,
        recorded_on=date(2026, 11, 23),
    )
    change = PaperFiling.objects.update
    refuses("paper_known_reception", lambda: change(reception="pigeon"))
    refuses("paper_not_from_the_future", lambda: change(received_on=date(2026, 11, 24)))
    refuses("paper_from_somebody", lambda: change(sender=""))
    refuses("paper_from_somebody", lambda: change(recorded_by_label=""))
    refuses("paper_mail_is_scanned", lambda: change(reception="courrier"))
    refuses("paper_call_is_confirmed", lambda: change(reception="telephone"))


def test_every_constraint_of_the_two_rooms_is_tried_above() -> None:
    """A new constraint comes with its nonsense."""
    with open(__file__, encoding="utf-8") as file:
        source = file.read()
    named = [
        constraint.name
        for room in ("dossiers", "training")
        for model in apps.get_app_config(room).get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    ]
    assert [name for name in named if f'"{name}"' not in source] == []


@pytest.mark.django_db
def test_what_was_signed_is_protected() -> None:
    from django.db.models import ProtectedError

    dossier, _, _ = in_state(S.ACCORDEE)
    for protected in (dossier, dossier.establishment, dossier.filed_by, dossier.provider):
        assert protected is not None
        with pytest.raises(ProtectedError):
            protected.delete()
