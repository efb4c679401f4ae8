"""Sessions end when they are left, and after a day's work in any case."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client

from tests.accounts.conftest import text_of
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Any:
    with time_machine.travel("2026-11-23 08:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def signed_in(clock: Any, client: Client) -> Client:
    client.post("/connexion/", {"login": UserFactory().email, "password": PASSWORD})
    return client


def test_a_session_left_for_an_hour_ends_and_says_so(signed_in: Client, clock: Any) -> None:
    clock.shift(3601)
    response = signed_in.get("/compte/")
    assert response["Location"] == "/connexion/?next=/compte/"
    assert "Votre session a pris fin." in text_of(signed_in.get(response["Location"]))
    assert SESSION_KEY not in signed_in.session


def test_a_session_in_use_does_not_end(signed_in: Client, clock: Any) -> None:
    for _ in range(5):
        clock.shift(3500)
        assert signed_in.get("/compte/").status_code == 200


def test_a_session_in_use_ends_after_twelve_hours(signed_in: Client, clock: Any) -> None:
    for _ in range(12):
        clock.shift(3599)
        assert signed_in.get("/compte/").status_code == 200
    clock.shift(60)
    assert signed_in.get("/compte/").status_code == 302


def test_both_delays_are_settings(signed_in: Client, clock: Any, settings: Any) -> None:
    settings.OPENOPCO_SESSION_IDLE = timedelta(minutes=5)
    clock.shift(301)
    assert signed_in.get("/compte/").status_code == 302


def test_a_write_of_an_ended_session_does_nothing(signed_in: Client, clock: Any) -> None:
    clock.shift(3601)
    response = signed_in.post("/compte/", {"first_name": "X", "last_name": "Y"})
    assert response["Location"].startswith("/connexion/")


def test_use_is_written_down_once_a_minute_at_most(
    signed_in: Client, clock: Any, django_assert_max_num_queries: Any
) -> None:
    clock.shift(61)
    signed_in.get("/conditions-generales/")
    seen = signed_in.session["seen_at"]
    clock.shift(59)
    with django_assert_max_num_queries(2):
        signed_in.get("/conditions-generales/")
    assert signed_in.session["seen_at"] == seen
    clock.shift(2)
    signed_in.get("/conditions-generales/")
    assert signed_in.session["seen_at"] == seen + 61


def test_a_session_without_dates_gets_them(clock: Any, client: Client) -> None:
    client.force_login(UserFactory())
    session = client.session
    del session["signed_in_at"], session["seen_at"]
    session.save()
    assert client.get("/compte/").status_code == 200
    assert client.session["signed_in_at"] == client.session["seen_at"]


def test_who_has_no_session_costs_nothing(client: Client, django_assert_num_queries: Any) -> None:
    client.get("/conditions-generales/")
    with django_assert_num_queries(0):
        client.get("/conditions-generales/")
