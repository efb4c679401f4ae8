"""The OPCO's own colours: text stays legible on them, and the sheet says them all."""

import re

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from openopco.opco.colours import contrast, darkened, illegible, lightened, mixed, theme, theme_digest
from openopco.opco.identities import identity_of
from openopco.opco.table import OPCOS

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
OWN = {"teal": "#5b2a86", "yellow": "#9be564", "orange": "#a4161a"}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#0b6e74", "#ffffff", 6.0),
    ],
)
def test_contrast_is_that_of_the_norm(one: str, other: str, expected: float) -> None:
    assert contrast(one, other) == pytest.approx(expected, abs=0.05)


@given(COLOURS, COLOURS)
def test_contrast_has_no_side_and_stays_between_one_and_twenty_one(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.0001


@given(COLOURS, st.floats(0, 1))
def test_shades_are_colours_that_go_the_right_way(colour: str, part: float) -> None:
    for shade in (lightened(colour, part), darkened(colour, part)):
        assert re.fullmatch(r"#[0-9a-f]{6}", shade)
    assert contrast(darkened(colour, part), "#000000") <= contrast(colour, "#000000")
    assert contrast(lightened(colour, part), "#ffffff") <= contrast(colour, "#ffffff")


@given(COLOURS, COLOURS)
def test_nothing_or_all_of_the_other_colour(one: str, other: str) -> None:
    assert mixed(one, other, 0) == one
    assert mixed(one, other, 1) == other


def test_shipped_colours_are_legible_and_need_no_sheet() -> None:
    for slug in OPCOS:
        assert illegible(identity_of(slug, {})) == []
        assert theme(identity_of(slug, {})) == ""
        assert theme_digest(identity_of(slug, {})) == ""


def test_ones_own_colours_make_a_sheet_named_after_them() -> None:
    own = identity_of("akto", OWN)
    assert illegible(own) == []
    assert "--teal-700:#5b2a86;" in theme(own)
    assert "--yellow:#9be564;" in theme(own)
    assert "--orange:#a4161a;" in theme(own)
    assert theme_digest(own) != theme_digest(identity_of("akto", {**OWN, "teal": "#5b2a87"}))


def test_the_sheet_names_only_colours_that_the_shipped_one_knows() -> None:
    shipped = (django_settings.ROOT / "openopco/web/static/css/tokens.css").read_text()
    for name in re.findall(r"--([\w-]+):", theme(identity_of("akto", OWN))):
        assert f"--{name}:" in shipped


@pytest.mark.parametrize(
    ("overrides", "variable"),
    [
        ({"teal": "#8ed1d6"}, "OPENOPCO_COLOUR_MAIN"),
        ({"yellow": "#333300"}, "OPENOPCO_COLOUR_START"),
        ({"orange": "#ffb366"}, "OPENOPCO_COLOUR_ALERT"),
    ],
)
def test_a_colour_on_which_nobody_could_read_stops_the_start(
    settings, overrides: dict[str, str], variable: str
) -> None:
    settings.OPCO_OVERRIDES = overrides
    with pytest.raises(ImproperlyConfigured, match=variable):
        apps.get_app_config("opco").ready()
