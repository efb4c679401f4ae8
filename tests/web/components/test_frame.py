"""The frame shows each what is his, and asks the database nothing that the page does not show."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import path
from lxml import html

from openopco.rights import ANONYMOUS, Actor, Grant, Role
from openopco.web import menu
from openopco.web.context import Frame, frame
from openopco.web.menu import Entry, address_of, menu_for

EMPLOYER = Actor(1, "Alice", (Grant(Role.EMPLOYEUR, 7),))
OFFICER = Actor(2, "Claire", (Grant(Role.GESTIONNAIRE),))
ADMINISTRATOR = Actor(3, "Denis", (Grant(Role.ADMINISTRATEUR),))
ACCOUNTANT = Actor(3, "Denis", (Grant(Role.COMPTABLE),))


def somewhere(request: Any) -> None:
    """Never called: only its address counts."""


ROUTES = [
    "portal:dashboard",
    "portal:requests",
    "portal:training_requests",
    "portal:memberships",
    "desk:worklist",
    "desk:memberships",
    "admin_opco:feedback",
    "admin_opco:parameters",
    "admin_opco:accounts",
    "admin_opco:absences",
    "admin_opco:portfolios",
]
ADDRESSES = {route: f"/{route.replace(':', '/')}/" for route in ROUTES} | {
    "portal:training_requests": "/portal/requests/af/"
}
urlpatterns = [path("bonjour/", somewhere, name="bonjour")]


@pytest.fixture
def every_page_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to(monkeypatch, ADDRESSES)


def lead_to(monkeypatch: pytest.MonkeyPatch, addresses: Mapping[str, str]) -> None:
    """A house whose pages are these, with no menu made yet."""
    monkeypatch.setattr(menu, "_address_of", lambda route, urlconf: addresses.get(route, ""))
    monkeypatch.setattr(menu, "_links_for", lru_cache(menu._links_for.__wrapped__))


def labels(actor: Actor) -> list[str]:
    return [link.label for link in menu_for(actor, "/")]


@pytest.mark.usefixtures("every_page_exists")
def test_an_employer_sees_the_menu_of_the_portal() -> None:
    assert labels(EMPLOYER) == ["Mon tableau de bord", "Mes demandes", "Mes habilitations"]
    assert [child.label for child in menu_for(EMPLOYER, "/")[1].children] == ["Action de formation"]


@pytest.mark.usefixtures("every_page_exists")
def test_the_opco_sees_what_its_roles_open_and_nothing_of_the_portal() -> None:
    assert labels(OFFICER) == ["Dossiers à traiter", "Rattachements"]
    assert labels(ADMINISTRATOR) == ["Avis reçus", "Comptes", "Absences", "Portefeuilles", "Paramètres"]
    both = replace(OFFICER, grants=(*OFFICER.grants, *ADMINISTRATOR.grants))
    assert labels(both) == labels(OFFICER) + labels(ADMINISTRATOR)


def test_an_entry_without_a_page_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    only = {"portal:memberships": "/habilitations/"}
    lead_to(monkeypatch, only)
    assert labels(EMPLOYER) == ["Mes habilitations"]


def test_a_heading_without_a_page_shows_while_a_child_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menu, "MENU", (Entry("Réglages", children=(Entry("Un", "un"), Entry("Deux", "deux"))),))
    lead_to(monkeypatch, {"un": "/un/"})
    [heading] = menu_for(EMPLOYER, "/un/")
    assert (heading.url, [child.label for child in heading.children]) == ("", ["Un"])
    assert heading.children[0].current == "page"


@pytest.mark.usefixtures("every_page_exists")
@pytest.mark.parametrize(
    ("here", "marked"),
    [
        ("/portal/dashboard/", {"Mon tableau de bord": "page"}),
        ("/portal/requests/", {"Mes demandes": "page"}),
        ("/portal/requests/AF-2026-000123/", {"Mes demandes": "true"}),
        ("/brouillons/c333c39f/employeur/", {"Mes demandes": "true"}),
        ("/portal/requests/af/", {"Action de formation": "page"}),
        ("/ailleurs/", {}),
    ],
)
def test_the_nearest_entry_alone_is_marked_as_the_place(here: str, marked: dict[str, str]) -> None:
    links = menu_for(EMPLOYER, here)
    every = [link for top in links for link in (top, *top.children)]
    assert {link.label: link.current for link in every if link.current} == marked


@pytest.mark.urls("tests.web.components.test_frame")
def test_a_name_without_address_gives_nothing() -> None:
    assert address_of("bonjour") == "/bonjour/"
    assert address_of("portal:nowhere") == ""
    assert address_of("") == ""


def test_the_frame_alone_asks_the_database_nothing(django_assert_num_queries: Any, db: None) -> None:
    request = RequestFactory().get("/x/")
    with django_assert_num_queries(0):
        made = frame(request)["frame"]
        assert made.actor is ANONYMOUS
        assert (made.establishment, list(made.memberships), made.unread_count) == (None, [], 0)
        assert made.identity.name
        assert made.home_url == "/"
        assert made.menu == [] or all(link.url for link in made.menu)


@pytest.mark.parametrize(
    ("actor", "route"),
    [
        (EMPLOYER, "portal:dashboard"),
        (OFFICER, "desk:worklist"),
        (ADMINISTRATOR, "admin_opco:home"),
        (ACCOUNTANT, "desk:worklist"),
    ],
)
def test_home_is_where_ones_work_is(actor: Actor, route: str) -> None:
    request = RequestFactory().get("/x/")
    request.actor = actor  # type: ignore[attr-defined]
    assert Frame(request).home_url == (address_of(route) or "/")


@pytest.mark.parametrize(("is_demo", "count"), [(True, 1), (False, 0)])
def test_a_demonstration_says_so_on_every_page(settings: Any, is_demo: bool, count: int) -> None:
    settings.DEMO = is_demo
    request = RequestFactory().get("/x/")
    request.user = AnonymousUser()
    page = engines["django"].from_string('{% extends "layouts/public.html" %}').render({}, request)
    assert page.count("données inventées") == count


def test_the_app_layout_has_its_landmarks_and_one_heading(db: None) -> None:
    document = html.fromstring(Client().get("/composants/").content)
    assert len(document.xpath("//main")) == len(document.xpath("//h1")) == 1
    assert document.xpath("//a[@class='skip-link']")[0].get("href") == "#main"
    assert {each.get("aria-label") for each in document.xpath("//nav")} >= {"Outils", "Menu principal"}
    assert "Conditions Générales d'Utilisation" in document.xpath("//footer")[0].text_content()
    assert "Version " in document.xpath("//footer")[0].text_content()


def test_refreshing_is_a_link_to_the_same_address(db: None) -> None:
    document = html.fromstring(Client().get("/composants/?q=frein").content)
    assert document.xpath("//a[@data-refresh]")[0].get("href") == "/composants/?q=frein"


def test_pages_hold_no_inline_script_style_or_handler(db: None) -> None:
    document = html.fromstring(Client().get("/composants/").content)
    assert document.xpath("//style | //script[not(@src)] | //*[@style]") == []
    handlers = [
        name for each in document.iter() if isinstance(each.tag, str) for name in each.attrib if name.startswith("on")
    ]
    assert handlers == []
