"""Dated parameters: which value is in force on a day, and what reading it costs."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from openopco.journal.queries import entries_of
from openopco.kernel.calendar import PARIS
from openopco.kernel.errors import Forbidden
from openopco.kernel.nir import NirInText
from openopco.opco import parameters
from openopco.opco.actions.parameters import set_parameter, withdraw_parameter
from openopco.opco.defaults import ALWAYS, DEFAULTS, Version
from openopco.opco.errors import (
    AlreadyInForce,
    DayOutOfReach,
    MissingSource,
    ParameterAlreadySet,
    PastDay,
    UnknownParameter,
    WrongParameterValue,
)
from openopco.opco.models import Parameter
from openopco.opco.queries import parameter_lines
from openopco.opco.values import last_days, pieces_by_nature, whole
from openopco.rights import SYSTEM
from tests.opco.factories import ADMINISTRATOR, EMPLOYER, OFFICER, ParameterFactory

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, tzinfo=PARIS)
DAYS = st.dates(date(2019, 1, 1), date(2035, 12, 31))


def _set(**given: object) -> Parameter:
    told = {"code": "claim_months", "value": 6, "starts_on": date(2027, 1, 1), "source": "CA"} | given
    return set_parameter(**{"actor": ADMINISTRATOR, **told})


def _versions(days: list[date]) -> list[Version]:
    return [Version(day, index, "source") for index, day in enumerate(sorted(days))]


@given(days=st.lists(DAYS, min_size=1, max_size=12, unique=True), on=DAYS)
def test_the_version_in_force_is_the_latest_that_has_started(days: list[date], on: date) -> None:
    found = parameters.in_force(_versions(days), on)
    started = [day for day in days if day <= on]
    assert found.since == (max(started) if started else min(days))


@given(days=st.lists(DAYS, min_size=1, max_size=12, unique=True), on=DAYS)
def test_a_later_version_never_changes_an_earlier_day(days: list[date], on: date) -> None:
    known = _versions(days)
    later = Version(max(on, max(days)) + timedelta(days=1), "new", "source")
    assert parameters.in_force([*known, later], on) == parameters.in_force(known, on)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("answer_target_days", 20),
        ("correction_days", 15),
        ("draft_reminder_days", 7),
        ("claim_months", 4),
        ("change_notice_days", 8),
        ("nir_required", True),
        ("min_hours", 1),
        ("hourly_cost_low", 5),
        ("hourly_cost_high", 150),
        ("max_trainees", 200),
        ("required_pieces", {"action": ["programme"], "bilan": ["bilan"], "vae": ["vae"]}),
    ],
)
def test_shipped_values(db: None, code: str, expected: object) -> None:
    assert parameters.value(code, TODAY) == expected


def test_the_last_day_to_send_follows_the_year_of_the_action(db: None) -> None:
    assert parameters.value("last_submission", date(2025, 6, 1)) is None
    rule = parameters.value("last_submission", date(2026, 12, 20))
    assert rule == {"last_day": "2026-12-31", "late_from": "2026-12-15", "late_last_day": "2027-01-15"}
    assert parameters.value("last_submission", date(2027, 1, 1)) is None


def test_the_nir_was_not_required_before_the_obligation(db: None) -> None:
    assert parameters.value("nir_required", date(2020, 9, 30)) is False
    assert parameters.value("nir_required", date(2020, 10, 1)) is True


def test_a_day_before_everything_known_gets_the_earliest_value(db: None) -> None:
    assert parameters.value("claim_months", date(1999, 1, 1)) == 4


def test_an_unknown_code_is_a_programmers_error(db: None) -> None:
    with pytest.raises(KeyError):
        parameters.value("claim_month", TODAY)


@pytest.mark.parametrize("code", sorted(DEFAULTS))
def test_every_shipped_version_is_acceptable_sourced_and_in_order(code: str) -> None:
    default = DEFAULTS[code]
    days = [version.since for version in default.versions]
    assert days[0] == ALWAYS
    assert days == sorted(set(days))
    assert all(default.accepts(version.value) and version.source for version in default.versions)
    assert default.label
    assert default.unit
    assert default.effect.endswith(".")
    assert len(code) <= Parameter._meta.get_field("code").max_length


@pytest.mark.django_db
def test_a_row_takes_over_on_its_day_and_not_before() -> None:
    ParameterFactory(code="claim_months", value=6, starts_on=date(2027, 1, 1))
    assert parameters.value("claim_months", date(2026, 12, 31)) == 4
    assert parameters.value("claim_months", date(2027, 1, 1)) == 6
    assert parameters.version("claim_months", date(2028, 1, 1)).source == "Décision du conseil d'administration"


@pytest.mark.django_db
def test_a_row_of_the_same_day_replaces_what_is_shipped() -> None:
    ParameterFactory(code="claim_months", value=3, starts_on=ALWAYS)
    assert parameters.value("claim_months", TODAY) == 3
    assert len(parameters.versions("claim_months")) == 1


@pytest.mark.django_db
def test_many_readings_cost_one_query_then_none(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        for code in DEFAULTS:
            parameters.value(code, TODAY)
    with django_assert_num_queries(0):
        parameters.value("claim_months", TODAY)


@pytest.mark.django_db
def test_what_is_kept_is_read_again_after_a_while(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries) -> None:
    clock = [1000.0]
    monkeypatch.setattr(parameters.time, "monotonic", lambda: clock[0])
    assert parameters.value("claim_months", date(2027, 6, 1)) == 4
    ParameterFactory(value=6)
    clock[0] += parameters.KEPT_SECONDS - 1
    assert parameters.value("claim_months", date(2027, 6, 1)) == 4
    clock[0] += 1
    with django_assert_num_queries(1):
        assert parameters.value("claim_months", date(2027, 6, 1)) == 6


@pytest.mark.django_db
def test_setting_a_parameter_is_seen_at_once_and_journalled(django_capture_on_commit_callbacks) -> None:
    assert parameters.value("claim_months", date(2027, 6, 1)) == 4
    with django_capture_on_commit_callbacks(execute=True):
        row = set_parameter(
            actor=ADMINISTRATOR, code="claim_months", value=6, starts_on=date(2027, 1, 1), source=" CA du 12/12/2026 "
        )
    assert parameters.value("claim_months", date(2027, 6, 1)) == 6
    assert (row.source, row.created_by) == ("CA du 12/12/2026", "Denis Roux")
    (entry,) = entries_of("parameter", row.pk)
    assert entry.event == "parameter.set"
    assert entry.payload == {
        "code": "claim_months",
        "value": 6,
        "starts_on": "2027-01-01",
        "source": "CA du 12/12/2026",
        "late_reason": "",
    }


@pytest.mark.django_db
def test_a_change_that_is_undone_leaves_no_trace_in_what_is_kept() -> None:
    class Undone(Exception):
        pass

    def set_then_fail() -> None:
        with transaction.atomic():
            set_parameter(actor=SYSTEM, code="claim_months", value=6, starts_on=date(2027, 1, 1), source="Essai")
            raise Undone

    assert parameters.value("claim_months", date(2027, 6, 1)) == 4
    with pytest.raises(Undone):
        set_then_fail()
    assert parameters.value("claim_months", date(2027, 6, 1)) == 4
    assert not Parameter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("actor", [EMPLOYER, OFFICER])
def test_only_administrators_set_parameters(actor) -> None:
    with pytest.raises(Forbidden):
        set_parameter(actor=actor, code="claim_months", value=6, starts_on=TODAY, source="Essai")
    assert not Parameter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "value", "source", "error"),
    [
        ("inconnu", 6, "Essai", UnknownParameter),
        ("claim_months", "6", "Essai", WrongParameterValue),
        ("claim_months", True, "Essai", WrongParameterValue),
        ("claim_months", 0, "Essai", WrongParameterValue),
        ("claim_months", 6, "  ", MissingSource),
        ("nir_required", 1, "Essai", WrongParameterValue),
        ("required_pieces", {"action": ["programme"]}, "Essai", WrongParameterValue),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_a_wrong_parameter_is_refused(code: str, value: object, source: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        set_parameter(actor=ADMINISTRATOR, code=code, value=value, starts_on=TODAY, source=source)
    assert not Parameter.objects.exists()


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_a_day_has_one_value() -> None:
    ParameterFactory(code="claim_months", starts_on=TODAY)
    with pytest.raises(ParameterAlreadySet):
        set_parameter(actor=ADMINISTRATOR, code="claim_months", value=7, starts_on=TODAY, source="Essai")
    assert [row.value for row in Parameter.objects.all()] == [6]


@pytest.mark.django_db
@pytest.mark.parametrize("broken", [{"source": ""}, {"code": "claim_months", "starts_on": date(2027, 1, 1)}])
def test_the_database_refuses_a_row_without_source_and_a_second_row_of_the_day(broken: dict[str, object]) -> None:
    ParameterFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ParameterFactory(**{"starts_on": date(2028, 1, 1), **broken})


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        (None, True),
        ({"last_day": "2026-12-31", "late_from": "2026-12-15", "late_last_day": "2027-01-15"}, True),
        ({"last_day": "31/12/2026", "late_from": "2026-12-15", "late_last_day": "2027-01-15"}, False),
        ({"last_day": "2026-12-31"}, False),
        ({"last_day": "2027-01-16", "late_from": "2026-12-15", "late_last_day": "2027-01-15"}, False),
        ("2026-12-31", False),
    ],
)
def test_what_a_last_day_looks_like(value: object, accepted: bool) -> None:
    assert last_days(value) is accepted


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ({"action": [], "bilan": ["bilan", "programme"], "vae": ["vae", "divers"]}, True),
        ({"action": ["devis"], "bilan": [], "vae": []}, False),
        ({"action": "programme", "bilan": [], "vae": []}, False),
        ([], False),
    ],
)
def test_what_required_pieces_look_like(value: object, accepted: bool) -> None:
    assert pieces_by_nature(value) is accepted


@given(st.integers(-1000, 1000))
def test_whole_numbers_are_bounded_on_both_sides(number: int) -> None:
    assert whole(1, 365)(number) is (1 <= number <= 365)


@pytest.mark.django_db
def test_the_command_sets_a_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("set_parameter", "claim_months", "6", "--from", "2027-01-01", "--source", "CA du 12/12/2026")
    row = Parameter.objects.get()
    assert (row.value, row.starts_on, row.created_by) == (6, date(2027, 1, 1), "OpenOPCO")
    assert "claim_months = 6 à partir du 01/01/2027" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("claim_months", "six", "--from", "2027-01-01"), "JSON"),
        (("claim_months", "6", "--from", "01/01/2027"), "AAAA-MM-JJ"),
        (("claim_month", "6", "--from", "2027-01-01"), "n'existe pas"),
        (("claim_months", "600", "--from", "2027-01-01"), "ne convient pas"),
        (("claim_months", "6", "--from", "2020-01-01"), "est passé"),
    ],
)
def test_the_command_says_what_is_wrong(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("set_parameter", *arguments, "--source", "Essai")
    assert not Parameter.objects.exists()


@pytest.mark.django_db
def test_administrators_read_every_parameter_with_what_is_in_force(django_assert_num_queries) -> None:
    ParameterFactory(code="claim_months", value=6, starts_on=date(2027, 1, 1))
    with django_assert_num_queries(1):
        lines = parameter_lines(actor=ADMINISTRATOR, on=TODAY)
    assert {line.code for line in lines} == set(DEFAULTS)
    claim = next(line for line in lines if line.code == "claim_months")
    assert claim.current.value == 4
    assert [version.value for version in claim.versions] == [6, 4]


def test_others_do_not_read_parameters(db: None) -> None:
    with pytest.raises(Forbidden):
        parameter_lines(actor=OFFICER, on=TODAY)


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_a_past_day_wants_its_reason_and_keeps_it() -> None:
    with pytest.raises(PastDay):
        _set(starts_on=TODAY - timedelta(days=1))
    row = _set(starts_on=TODAY - timedelta(days=1), late_reason=" Décision  rétroactive du CA ")
    assert row.late_reason == "Décision rétroactive du CA"
    assert entries_of("parameter", row.pk)[0].payload["late_reason"] == row.late_reason
    assert _set(starts_on=TODAY, late_reason="inutile").late_reason == ""


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), tick=False)
def test_today_is_that_of_paris() -> None:
    with pytest.raises(PastDay):
        _set(starts_on=TODAY)
    assert _set(starts_on=date(2026, 11, 24)).late_reason == ""


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2019, 3, 31), date(2101, 1, 1)])
def test_a_day_out_of_reach_is_refused(day: date) -> None:
    with pytest.raises(DayOutOfReach):
        _set(starts_on=day, late_reason="Essai")


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["source", "late_reason"])
def test_no_nir_is_kept_in_words(field: str) -> None:
    with pytest.raises(NirInText):
        _set(**{"starts_on": date(2020, 1, 1), "late_reason": "Oubli", field: "voir 1 84 12 76 451 089 46"})
    assert not Parameter.objects.exists()


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_a_planned_value_is_withdrawn_by_one_more_row(django_capture_on_commit_callbacks) -> None:
    planned = _set()
    with django_capture_on_commit_callbacks(execute=True):
        row = withdraw_parameter(actor=ADMINISTRATOR, parameter_id=planned.pk)
        again = withdraw_parameter(actor=ADMINISTRATOR, parameter_id=planned.pk)
    assert again.pk == row.pk
    assert parameters.value("claim_months", date(2027, 6, 1)) == 4
    assert [(each.value, each.withdrawn) for each in Parameter.objects.all()] == [(6, False), (6, True)]
    assert [entry.event for entry in entries_of("parameter", row.pk)] == ["parameter.withdrawn"]


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_a_withdrawn_day_may_be_planned_again() -> None:
    withdraw_parameter(actor=ADMINISTRATOR, parameter_id=_set().pk)
    _set(value=8)
    parameters.forget()
    assert parameters.value("claim_months", date(2027, 6, 1)) == 8
    with pytest.raises(ParameterAlreadySet):
        _set(value=9)


@pytest.mark.django_db
def test_a_value_in_force_is_not_withdrawn() -> None:
    with time_machine.travel(NOW, tick=False):
        planned = _set()
    with time_machine.travel(datetime(2027, 1, 1, 0, 5, tzinfo=PARIS)), pytest.raises(AlreadyInForce):
        withdraw_parameter(actor=ADMINISTRATOR, parameter_id=planned.pk)
    assert Parameter.objects.count() == 1


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("actor", [EMPLOYER, OFFICER])
def test_only_administrators_withdraw(actor) -> None:
    planned = _set()
    with pytest.raises(Forbidden):
        withdraw_parameter(actor=actor, parameter_id=planned.pk)
    assert Parameter.objects.count() == 1


@pytest.mark.django_db
def test_the_database_refuses_a_withdrawal_of_nothing() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ParameterFactory(withdrawn=True)
