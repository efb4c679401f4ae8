"""Laws that hold for any draft, however odd: what is missing decides what can be sent, and nothing else."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openopco.dossiers.actions import drafts
from openopco.dossiers.actions.sending import Incomplete, send
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier, DraftRow, Transmission
from openopco.dossiers.queries import load_draft
from openopco.kernel.money import format_euros, parse_amount
from openopco.kernel.text import clean_text
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.training import fields as f
from openopco.training.enums import AncillaryCost
from openopco.training.kind import TRAINING_ACTION
from openopco.training.models import AncillaryLine, Enrolment, TrainingAction
from openopco.training.rules import errors, hourly_cost, missing, warnings
from tests.dossiers.factories import COURSE, PERSON, TODAY, complete_draft, write
from tests.training.builders import file, person, view

LAWS = settings(max_examples=150, deadline=None)
WITH_DATABASE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
TYPED = [*f.EMPLOYER_FIELDS, *f.TRAINING_FIELDS, *f.CLOSING_FIELDS]
OF_A_PERSON = [spec for spec in f.TRAINEE_FIELDS if spec.kind != "nir"]
USUAL = {**COURSE, **PERSON}
DATES = st.dates().map(lambda day: f"{day:%d/%m/}{day.year:04d}")
RAW = st.one_of(
    st.sampled_from(
        ["", " ", "oui", "non", "0", "1", "14", "10,5", "1 250,50 €", "12/01/2027", "31/02/2027", "68110", "RS5715"]
    ),
    DATES,
    st.text(max_size=40),
).map(clean_text)


def _or_usual(spec: Any) -> st.SearchStrategy[str]:
    choices = [code for code, _ in spec.choices]
    usual = st.just(USUAL.get(spec.name, ""))
    return st.one_of(usual, usual, st.sampled_from(choices) if choices else usual, RAW)


VALUES = st.fixed_dictionaries({}, optional={spec.name: _or_usual(spec) for spec in TYPED})
PEOPLE = st.fixed_dictionaries({}, optional={spec.name: _or_usual(spec) for spec in OF_A_PERSON})


@st.composite
def views(draw: st.DrawFn) -> DraftView:
    people = draw(st.lists(st.tuples(PEOPLE, st.booleans()), max_size=3))
    rows = tuple(person(f"r{rank}", rank + 1, has_nir=nir, **values) for rank, (values, nir) in enumerate(people))
    pieces = tuple(file(zone, state) for zone, state in draw(st.lists(_FILES, max_size=3)))
    return view(rows=rows, pieces=pieces, **draw(VALUES))


_FILES = st.tuples(
    st.sampled_from(["programme", "bilan", "vae", "divers"]), st.sampled_from(["safe", "pending", "infected"])
)


@given(views())
@LAWS
def test_errors_are_part_of_what_is_missing(draft: DraftView) -> None:
    lines = missing(draft)
    assert [line for line in errors(draft) if line not in lines] == []


@given(views())
@LAWS
def test_every_line_leads_somewhere_and_says_something(draft: DraftView) -> None:
    slugs = {step.slug for step in TRAINING_ACTION.steps}
    keys = {"", *(row.key for row in draft.rows)}
    for line in (*missing(draft), *warnings(draft)):
        assert line.step in slugs
        assert line.row in keys
        assert line.message.endswith((".", "?"))
    assert all(line.task and not line.task.endswith(".") for line in missing(draft))


@given(views())
@LAWS
def test_anything_can_be_shown_headed_and_kept(draft: DraftView) -> None:
    """The synthesis, the heading and the checks never fail, and a snapshot holds no line about a NIR."""
    heading = TRAINING_ACTION.heading(draft)
    assert heading.ends_on is None or heading.starts_on is None or heading.starts_on <= heading.ends_on
    snapshot = TRAINING_ACTION.snapshot(draft)
    assert not [line for part in snapshot["sections"] for line in part["lines"] if line["label"] == "NIR"]
    TRAINING_ACTION.checks(draft, {})


@given(
    st.decimals(min_value=Decimal("0.01"), max_value=Decimal("9999999.99"), places=2),
    st.decimals(min_value=Decimal("1"), max_value=Decimal("9999"), places=2),
    st.integers(1, 50),
)
@LAWS
def test_the_hourly_cost_times_hours_and_people_is_the_cost(cost: Decimal, hours: Decimal, people: int) -> None:
    rows = tuple(person(f"r{rank}", rank) for rank in range(people))
    hourly = hourly_cost(view(cost=str(cost).replace(".", ","), hours=str(hours).replace(".", ","), rows=rows))
    assert hourly is not None
    assert abs(hourly * hours * people - cost) <= hours * people * Decimal("0.005")


@given(st.decimals(min_value=0, max_value=Decimal("9999999.99"), places=2))
@LAWS
def test_an_amount_shown_can_be_typed_again(amount: Decimal) -> None:
    assert parse_amount(format_euros(amount)) == amount


# --- with a database -------------------------------------------------------------------------------------------------


@given(values=VALUES, told=PEOPLE)
@WITH_DATABASE
@pytest.mark.django_db
def test_what_misses_nothing_is_sent_and_only_that(
    values: dict[str, str], told: dict[str, str], alice: Actor, place: Establishment
) -> None:
    dossier = complete_draft(alice, place)
    write(dossier, alice, values)
    write(dossier, alice, told, row=DraftRow.objects.get(dossier=dossier).key)
    dossier = Dossier.objects.select_related("establishment__company", "provider").get(pk=dossier.pk)
    draft = load_draft(dossier, today=TODAY)
    lacks = missing(draft)
    if lacks:
        with pytest.raises(Incomplete) as error:
            send(actor=alice, key=str(dossier.key))
        dossier.refresh_from_db()
        assert (error.value.missing, dossier.state) == (lacks, State.BROUILLON)
        assert not Transmission.objects.filter(dossier=dossier).exists()
        return
    _same_as_typed(send(actor=alice, key=str(dossier.key)).dossier, draft)


def _same_as_typed(dossier: Dossier, draft: DraftView) -> None:
    """The typed rows say what the readings of the raw draft say."""
    course = TrainingAction.objects.get(dossier=dossier)
    for spec in (
        f.TITLE,
        f.NATURE,
        f.STARTS_ON,
        f.ENDS_ON,
        f.COST,
        f.HEADCOUNT,
        f.IDCC,
        f.DONE_AT,
        f.DONE_ON,
        f.MODALITY,
    ):
        name = {"headcount": "headcount", "nature": "nature"}.get(spec.name, spec.name)
        assert getattr(course, name) == draft.value(spec), spec.name
    assert Decimal(course.minutes) == (draft.value(f.HOURS) * 60).to_integral_value()
    for spec in (f.PLACE_POSTAL_CODE, f.PLACE_CITY, f.COMMENT):
        assert getattr(course, spec.name) == (draft.value(spec) or ""), spec.name
    assert (course.internal, course.subrogation) == (bool(draft.value(f.INTERNAL)), bool(draft.value(f.SUBROGATION)))
    assert (dossier.title, dossier.amount_asked) == (course.title, course.cost)
    _same_people(dossier, draft)
    _same_costs(dossier, draft)


def _same_people(dossier: Dossier, draft: DraftView) -> None:
    enrolments = {each.row: each for each in Enrolment.objects.filter(dossier=dossier)}
    assert set(enrolments) == {row.key for row in draft.rows}
    for row in draft.rows:
        for spec in OF_A_PERSON:
            value = row.reading(spec).value
            if spec is f.NIR_ABSENT_REASON:
                continue
            kept = getattr(enrolments[row.key], spec.name)
            assert str(kept) == str(value) or (kept in ("", False) and not value), spec.name


def _same_costs(dossier: Dossier, draft: DraftView) -> None:
    specs = {spec.name: spec for spec in f.ANCILLARY}
    wanted = {
        cost.value: (draft.value(specs[f"{cost.value}_quantity"]), draft.value(specs[f"{cost.value}_amount"]))
        for cost in AncillaryCost
        if draft.raw(f"{cost.value}_quantity").strip()
    }
    kept = AncillaryLine.objects.filter(dossier=dossier)
    assert {line.kind: (line.quantity, line.amount) for line in kept} == wanted


@given(typed=st.lists(st.tuples(st.sampled_from([spec.name for spec in TYPED]), RAW), min_size=1, max_size=8))
@WITH_DATABASE
@pytest.mark.django_db
def test_whatever_is_typed_in_a_draft_can_be_saved_and_read_again(
    typed: list[tuple[str, str]], alice: Actor, place: Establishment
) -> None:
    dossier = complete_draft(alice, place)
    for name, value in typed:
        standing = load_draft(dossier, today=TODAY).values.get(name)
        saved = drafts.save_field(
            actor=alice, key=str(dossier.key), name=name, value=value, revision=standing.revision if standing else 0
        )
        assert saved.stored.value == value
        assert load_draft(dossier, today=TODAY).raw(name) == value
