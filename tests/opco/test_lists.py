"""Dated lists: what a form offers on a day, in which words, and how an administrator changes it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from openopco.journal.queries import entries_of
from openopco.kernel.calendar import PARIS
from openopco.kernel.errors import Conflict, Forbidden
from openopco.kernel.nir import NirInText
from openopco.opco import lists
from openopco.opco.actions.lists import Wording, add_entry, change_entry, withdraw_entry
from openopco.opco.defaults import ALWAYS
from openopco.opco.errors import AlreadyInForce, CodeTaken, LastEntry, TooEarly, UnknownList, WrongCode, WrongEntry
from openopco.opco.models import ListVersion
from openopco.opco.queries import list_line, list_lines
from openopco.opco.shipped_lists import LISTS
from openopco.reference.enums import ContractType, Csp, EducationLevel
from tests.opco.factories import ADMINISTRATOR, EMPLOYER, OFFICER, ListVersionFactory

TODAY = date(2026, 11, 30)
TOMORROW = date(2026, 12, 1)
NEW_YEAR = date(2027, 1, 1)
CADRE = Wording(label="Cadre", rank=5)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday() -> Any:
    lists.forget()
    with time_machine.travel(datetime(2026, 11, 30, 10, tzinfo=PARIS), tick=False):
        yield
    lists.forget()


def _codes(list_code: str, on: date) -> list[str]:
    return [code for code, _ in lists.choices(list_code, on)]


def _change(**given: Any) -> ListVersion:
    told = {"list_code": "csp", "code": "CAD", "wording": CADRE, "starts_on": NEW_YEAR, "revision": 0} | given
    row = change_entry(**{"actor": ADMINISTRATOR, **told})
    lists.forget()
    return row


def _add(**given: Any) -> ListVersion:
    told = {"list_code": "csp", "code": "APP", "wording": Wording("Apprenti", 7), "starts_on": NEW_YEAR} | given
    row = add_entry(**{"actor": ADMINISTRATOR, **told})
    lists.forget()
    return row


# --- what is read ----------------------------------------------------------------------------------------------------


def test_the_shipped_lists_are_those_of_the_trade() -> None:
    assert lists.choices("csp", TODAY) == tuple(Csp.choices)
    assert lists.choices("contract_type", TODAY) == tuple(ContractType.choices)
    assert lists.choices("education_level", TODAY) == tuple(
        (str(code), label) for code, label in EducationLevel.choices
    )


def test_as_shipped_needs_no_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert lists.choices("csp", None) == tuple(Csp.choices)
        assert lists.label("csp", "CAD", None) == "Ingénieur, cadre"
        assert lists.label("csp", "ROI", None) == ""


@pytest.mark.parametrize("list_code", sorted(LISTS))
def test_every_shipped_entry_is_well_made(list_code: str) -> None:
    kind = LISTS[list_code]
    codes = [entry.code for entry in kind.shipped]
    assert len(codes) == len(set(codes)) > 0
    assert all(kind.code.fullmatch(code) for code in codes)
    assert [entry.rank for entry in kind.shipped] == list(range(1, len(codes) + 1))
    assert all(entry.label and entry.since == ALWAYS for entry in kind.shipped)
    assert all(bool(entry.text) is kind.is_phrases for entry in kind.shipped)
    assert len(list_code) <= ListVersion._meta.get_field("list_code").max_length


def test_a_new_label_is_read_from_its_day_on_and_the_old_one_before() -> None:
    ListVersionFactory()
    assert dict(lists.choices("csp", date(2026, 12, 31)))["CAD"] == "Ingénieur, cadre"
    assert dict(lists.choices("csp", NEW_YEAR))["CAD"] == "Cadre"
    assert lists.label("csp", "CAD", TODAY) == "Ingénieur, cadre"


def test_a_closed_entry_is_offered_no_more_but_keeps_its_words() -> None:
    ListVersionFactory(is_open=False)
    assert "CAD" in _codes("csp", date(2026, 12, 31))
    assert "CAD" not in _codes("csp", NEW_YEAR)
    assert lists.label("csp", "CAD", NEW_YEAR) == "Cadre"
    assert lists.label("csp", "ROI", NEW_YEAR) == ""


def test_a_new_entry_takes_its_place() -> None:
    ListVersionFactory(code="APP", label="Apprenti", rank=0)
    assert _codes("csp", NEW_YEAR)[0] == "APP"
    assert "APP" not in _codes("csp", TODAY)
    assert lists.label("csp", "APP", TODAY) == "Apprenti"


def test_many_readings_cost_one_query_then_none(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        for list_code in LISTS:
            lists.choices(list_code, TODAY)
    with django_assert_num_queries(0):
        for day in range(40):
            lists.choices("csp", TODAY + timedelta(days=day))
            lists.label("csp", "ROI", TODAY)


def test_what_is_kept_is_read_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(lists.time, "monotonic", lambda: clock[0])
    assert dict(lists.choices("csp", NEW_YEAR))["CAD"] == "Ingénieur, cadre"
    ListVersionFactory()
    clock[0] += lists.KEPT_SECONDS - 1
    assert dict(lists.choices("csp", NEW_YEAR))["CAD"] == "Ingénieur, cadre"
    clock[0] += 1
    assert dict(lists.choices("csp", NEW_YEAR))["CAD"] == "Cadre"


@given(st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.booleans()), max_size=8), st.integers(0, 7))
def test_a_later_row_never_changes_an_earlier_day(given: list[tuple[date, bool]], cut: int) -> None:
    rows = [
        ListVersion(list_code="csp", code="CAD", revision=rank, starts_on=day, label=f"L{rank}", withdrawn=withdrawn)
        for rank, (day, withdrawn) in enumerate(given, 1)
    ]
    known, more = rows[:cut], rows[cut:]
    first = min((row.starts_on for row in more), default=date(2036, 1, 1))
    before = first - timedelta(days=1)
    assert lists.at_day(lists.merged("csp", known)["CAD"], before) == lists.at_day(
        lists.merged("csp", rows)["CAD"], before
    )


# --- what is changed -------------------------------------------------------------------------------------------------


def test_a_change_is_seen_at_once_and_journalled(django_capture_on_commit_callbacks: Any) -> None:
    assert dict(lists.choices("csp", NEW_YEAR))["CAD"] == "Ingénieur, cadre"
    with django_capture_on_commit_callbacks(execute=True):
        row = change_entry(
            actor=ADMINISTRATOR,
            list_code="csp",
            code="CAD",
            wording=Wording("  Cadre ", 5),
            starts_on=NEW_YEAR,
            revision=0,
        )
    assert dict(lists.choices("csp", NEW_YEAR))["CAD"] == "Cadre"
    (entry,) = entries_of("list_version", row.pk)
    assert (entry.event, entry.payload["label"], entry.payload["starts_on"]) == (
        "list.entry_changed",
        "Cadre",
        "2027-01-01",
    )
    assert row.created_by == "Denis Roux"


def test_an_entry_is_added_once() -> None:
    _add()
    assert _codes("csp", NEW_YEAR)[-1] == "APP"
    for code in ("APP", "CAD"):
        with pytest.raises(CodeTaken):
            _add(code=code)


def test_a_withdrawn_entry_leaves_no_trace_in_forms_but_its_code_stays_taken() -> None:
    row = _add()
    withdraw_entry(actor=ADMINISTRATOR, list_code="csp", code="APP", starts_on=NEW_YEAR, revision=row.revision)
    lists.forget()
    assert "APP" not in _codes("csp", NEW_YEAR)
    assert lists.label("csp", "APP", NEW_YEAR) == ""
    with pytest.raises(CodeTaken):
        _add()
    assert ListVersion.objects.count() == 2


def test_a_planned_change_is_withdrawn_before_its_day_alone() -> None:
    row = _change()
    with pytest.raises(WrongEntry):
        withdraw_entry(actor=ADMINISTRATOR, list_code="csp", code="CAD", starts_on=date(2027, 2, 1), revision=1)
    with time_machine.travel(datetime(2027, 1, 1, 0, 1, tzinfo=PARIS)), pytest.raises(AlreadyInForce):
        withdraw_entry(actor=ADMINISTRATOR, list_code="csp", code="CAD", starts_on=NEW_YEAR, revision=1)
    gone = withdraw_entry(actor=ADMINISTRATOR, list_code="csp", code="CAD", starts_on=NEW_YEAR, revision=row.revision)
    lists.forget()
    assert dict(lists.choices("csp", NEW_YEAR))["CAD"] == "Ingénieur, cadre"
    assert [entry.event for entry in entries_of("list_version", gone.pk)] == ["list.entry_withdrawn"]


def test_two_people_do_not_change_the_same_entry_unseen() -> None:
    _change()
    with pytest.raises(Conflict):
        _change(wording=Wording("Autre", 5))
    _change(wording=Wording("Cadres", 5), revision=1)
    assert dict(lists.choices("csp", NEW_YEAR))["CAD"] == "Cadres"


@pytest.mark.parametrize(
    ("list_code", "code"),
    [("csp", "app"), ("csp", "APPR"), ("csp", ""), ("education_level", "0"), ("refus", "Hors champ")],
)
def test_a_code_has_the_shape_of_its_list(list_code: str, code: str) -> None:
    with pytest.raises(WrongCode):
        _add(list_code=list_code, code=code, wording=Wording("Libellé", 9, text="Texte"))


@pytest.mark.parametrize(
    "wording",
    [
        Wording("", 5),
        Wording("x" * 121, 5),
        Wording("Cadre", -1),
        Wording("Cadre", 1000),
        Wording("Cadre", 5, natures=("danse",)),
    ],
)
def test_wrong_words_are_refused(wording: Wording) -> None:
    with pytest.raises(WrongEntry):
        _change(wording=wording)
    assert not ListVersion.objects.exists()


def test_a_phrase_has_a_text_and_a_code_has_none() -> None:
    with pytest.raises(WrongEntry):
        _add(list_code="refus", code="autre", wording=Wording("Autre", 9))
    phrase = _add(
        list_code="refus", code="autre", wording=Wording("Autre", 9, text="Deux\nlignes", natures=("vae", "vae"))
    )
    assert (phrase.text, phrase.natures) == ("Deux\nlignes", ["vae"])
    assert _add(wording=Wording("Apprenti", 7, text="perdu", natures=("vae",))).text == ""


def test_no_nir_is_kept_in_words() -> None:
    with pytest.raises(NirInText):
        _change(wording=Wording("1 84 12 76 451 089 46", 5))


def test_a_code_changes_tomorrow_at_the_earliest_and_a_phrase_today() -> None:
    """What is sent today keeps the words of today."""
    with pytest.raises(TooEarly, match="01/12/2026"):
        _change(starts_on=TODAY)
    assert _change(starts_on=TOMORROW).starts_on == TOMORROW
    with pytest.raises(TooEarly):
        _change(starts_on=date(2037, 1, 1), revision=1)
    phrase = Wording("Hors champ", 1, text="Voir un autre OPCO.")
    assert _change(list_code="refus", code="hors-champ", wording=phrase, starts_on=TODAY).starts_on == TODAY


@time_machine.travel(datetime(2026, 11, 30, 23, 30, tzinfo=UTC), tick=False)
def test_tomorrow_is_that_of_paris() -> None:
    with pytest.raises(TooEarly):
        _change(starts_on=TOMORROW)


def test_a_required_list_keeps_one_entry() -> None:
    codes = [code for code, _ in Csp.choices]
    closed = Wording("Fermée", 1, is_open=False)
    for code in codes[:-1]:
        _change(code=code, wording=closed)
    with pytest.raises(LastEntry):
        _change(code=codes[-1], wording=closed)
    assert _codes("csp", NEW_YEAR) == [codes[-1]]


def test_an_unknown_list_or_entry_is_refused() -> None:
    with pytest.raises(UnknownList):
        _add(list_code="couleurs")
    with pytest.raises(WrongEntry):
        _change(code="ROI")


@pytest.mark.parametrize("actor", [EMPLOYER, OFFICER])
def test_only_administrators_keep_lists(actor: Any) -> None:
    for act in (_add, _change):
        with pytest.raises(Forbidden):
            act(actor=actor)
    with pytest.raises(Forbidden):
        withdraw_entry(actor=actor, list_code="csp", code="CAD", starts_on=NEW_YEAR, revision=0)
    for read in (lambda: list_lines(actor=actor, on=TODAY), lambda: list_line(actor=actor, list_code="csp", on=TODAY)):
        with pytest.raises(Forbidden):
            read()
    assert not ListVersion.objects.exists()


def test_administrators_read_every_list_in_one_query(django_assert_num_queries: Any) -> None:
    ListVersionFactory()
    with django_assert_num_queries(1):
        found = list_lines(actor=ADMINISTRATOR, on=TODAY)
    assert [line.code for line in found] == list(LISTS)
    cadre = next(each for each in found[0].entries if each.code == "CAD")
    assert [each.label for each in cadre.versions] == ["Cadre", "Ingénieur, cadre"]
    assert (cadre.current, cadre.revision) == (cadre.versions[1], 1)


@pytest.mark.parametrize("broken", [{"label": ""}, {"code": ""}, {}])
def test_the_database_refuses_a_row_without_words_and_a_second_of_a_rank(broken: dict[str, str]) -> None:
    ListVersionFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ListVersionFactory(**({"revision": 2, **broken} if broken else {}))
