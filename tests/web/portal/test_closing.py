"""The last days to send are told in time, and what comes after them."""

from datetime import date, datetime
from typing import Any

import pytest
import time_machine

from openopco.kernel.calendar import PARIS
from openopco.opco import parameters
from openopco.web.portal.closing import closing_notice, opening_notice
from tests.habilitations.factories import AcceptedFactory, employer
from tests.opco.factories import ParameterFactory
from tests.web.portal.people import browser_of

pytestmark = pytest.mark.django_db
LIMITS = {"last_day": "2026-11-30", "late_from": "2026-12-01", "late_last_day": "2026-12-10"}


def test_nothing_is_said_while_it_is_far_or_without_limit() -> None:
    assert closing_notice(date(2026, 10, 1)) == ""
    assert closing_notice(date(2025, 12, 1)) == ""
    assert closing_notice(date(2027, 1, 10)) == ""


@pytest.mark.parametrize("day", [date(2026, 10, 2), date(2026, 12, 31)])
def test_it_is_told_from_ninety_days_before_to_the_day_itself(day: date) -> None:
    said = closing_notice(day)
    assert "au plus tard le 31/12/2026" in said
    assert "à partir du 15/12/2026, au plus tard le 15/01/2027" in said


def test_afterwards_it_says_since_when_and_what_follows() -> None:
    ParameterFactory(code="last_submission", value=LIMITS, starts_on=date(2026, 6, 1))
    parameters.forget()
    assert closing_notice(date(2026, 12, 1)) == (
        "Les demandes de cette période devaient être envoyées avant le 30/11/2026. Vos brouillons sont gardés. "
        "Une action qui débute à partir du 01/01/2027 suit d'autres dates."
    )
    parameters.forget()


def test_the_first_day_is_told_for_ninety_days_and_not_once_it_has_come() -> None:
    ParameterFactory(code="first_submission", value="2026-12-01", starts_on=date(2027, 1, 1))
    parameters.forget()
    told = [opening_notice(day) for day in (date(2026, 9, 1), date(2026, 9, 2), date(2026, 11, 30), date(2026, 12, 1))]
    assert told[0] == told[3] == ""
    assert (
        told[1]
        == told[2]
        == ("Les demandes pour une action qui débute à partir du 01/01/2027 s'ouvrent le 01/12/2026.")
    )
    parameters.forget()


def test_the_dashboard_shows_it() -> None:
    with time_machine.travel(datetime(2026, 11, 30, 10, tzinfo=PARIS), tick=False):
        place = AcceptedFactory.create().establishment
        page: Any = browser_of(employer(place)).get("/tableau-de-bord/")
    assert "au plus tard le 31/12/2026" in page.content.decode()
