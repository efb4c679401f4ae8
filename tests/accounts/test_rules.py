"""Pure rules: lifetimes, the second factor, the names of browsers, obvious passwords."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from openopco.accounts.models import User
from openopco.accounts.rules import Lifetime, device_name, lacks_second_factor, must_note_seen
from openopco.accounts.validators import MAX_LENGTH, is_obvious

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LIFETIME = Lifetime(idle=timedelta(hours=1), absolute=timedelta(hours=12))
seconds = st.integers(min_value=0, max_value=200_000).map(lambda count: timedelta(seconds=count))


@given(idle=seconds, age=seconds)
def test_a_session_is_over_exactly_past_one_of_its_delays(idle: timedelta, age: timedelta) -> None:
    over = LIFETIME.is_over(now=NOW, signed_in_at=NOW - age, seen_at=NOW - idle)
    assert over == (idle > timedelta(hours=1) or age > timedelta(hours=12))


@given(idle=seconds, age=seconds, later=seconds)
def test_a_session_that_is_over_stays_over(idle: timedelta, age: timedelta, later: timedelta) -> None:
    moments = {"signed_in_at": NOW - age, "seen_at": NOW - idle}
    if LIFETIME.is_over(now=NOW, **moments):
        assert LIFETIME.is_over(now=NOW + later, **moments)


@pytest.mark.parametrize(("idle", "noted"), [(0, False), (59, False), (60, True), (3600, True)])
def test_use_is_noted_by_the_minute(idle: int, noted: bool) -> None:
    assert must_note_seen(now=NOW, seen_at=NOW - timedelta(seconds=idle)) is noted


@pytest.mark.parametrize("is_opco", [True, False])
@pytest.mark.parametrize("has_totp", [True, False])
@pytest.mark.parametrize("required", [True, False])
def test_only_the_opco_lacks_a_second_factor_where_it_is_required(
    is_opco: bool, has_totp: bool, required: bool
) -> None:
    lacks = lacks_second_factor(is_opco=is_opco, has_totp=has_totp, required=required)
    assert lacks == (is_opco and required and not has_totp)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox sur Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/140 Safari/537 Edg/140", "Edge sur Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit Chrome/140 Mobile Safari/537", "Chrome sur Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Version/18 Safari/605", "Safari sur iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/18 Safari/605", "Safari sur macOS"),
        ("curl/8", "Appareil inconnu"),
        ("Firefox", "Firefox"),
        ("", "Appareil inconnu"),
    ],
)
def test_a_browser_is_named_as_people_know_it(agent: str, name: str) -> None:
    assert device_name(agent) == name


@given(st.text())
def test_any_text_makes_a_name(agent: str) -> None:
    assert device_name(agent)


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaa",
        "121212121212",
        "MotDePasse2026!",
        "Mot de passe 123",
        "AZERTYuiop1234",
        "m-gestion-2026",
        "Password-2026!",
        "abcdefghijklm",
        "abcABCabcABCab",
        "princess 1998",
    ],
)
def test_what_a_guesser_tries_first_is_obvious(password: str) -> None:
    assert is_obvious(password)


@pytest.mark.parametrize(
    "password", ["quatre mots sans chiffre", "un vélo, deux garages", "正確な馬の電池とホチキス!", "9d!k2#pQ7x$z"]
)
def test_what_takes_a_guesser_long_is_not_obvious(password: str) -> None:
    assert not is_obvious(password)
    validate_password(password)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("onze lettre", "12 caractères"),
        ("passwordpassword", "facile à deviner"),
        ("123456789012", "facile à deviner"),
        ("903714256681", "numérique"),
        ("x" * (MAX_LENGTH + 1), "trop long"),
        ("camille.martin", "semblable"),
    ],
)
def test_a_refusal_says_why_in_french(password: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        validate_password(password, User(email="camille.martin@exemple.fr", first_name="Camille", last_name="Martin"))


@given(st.text(max_size=40))
def test_any_password_is_judged(password: str) -> None:
    assert is_obvious(password) in (True, False)


@given(st.text(min_size=1, max_size=11), st.integers(min_value=2, max_value=8))
def test_repeating_something_short_does_not_make_it_long(unit: str, times: int) -> None:
    assert is_obvious(unit * times)


def test_a_long_passphrase_is_allowed() -> None:
    validate_password("les douze garages de la vallée ouvrent tous à l'aube, " * 2)
