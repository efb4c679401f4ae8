"""An OPCO that has its own colours sees them on every page; the others load nothing more."""

import pytest
from django.test import Client

OWN = {"teal": "#5b2a86", "yellow": "#9be564", "orange": "#a4161a"}


def _sheet_of(html: str) -> str:
    return next((part.split('"')[0] for part in html.split('href="') if part.startswith("/theme/")), "")


@pytest.mark.django_db
def test_shipped_colours_need_no_sheet() -> None:
    assert _sheet_of(Client().get("/connexion/").content.decode()) == ""


@pytest.mark.django_db
def test_ones_own_colours_are_on_the_page_and_kept_by_browsers(settings, django_assert_num_queries) -> None:
    settings.OPCO_OVERRIDES = OWN
    html = Client().get("/connexion/").content.decode()
    assert '<meta name="theme-color" content="#5b2a86">' in html
    with django_assert_num_queries(0):
        sheet = Client().get(_sheet_of(html))
    assert sheet.status_code == 200
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in sheet["Cache-Control"]
    assert "--teal-700:#5b2a86;" in sheet.content.decode()
    assert not sheet.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("digest", ["000000000000", "x"])
def test_a_sheet_of_other_colours_is_not_found(settings, digest: str) -> None:
    assert Client().get(f"/theme/{digest}.css").status_code == 404
    settings.OPCO_OVERRIDES = OWN
    assert Client().get(f"/theme/{digest}.css").status_code == 404
