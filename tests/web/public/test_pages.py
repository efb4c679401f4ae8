"""The public pages: there for everybody, light, with the words that are expected of them."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from openopco.opco import parameters
from openopco.web.public import account_urls
from tests.accounts.conftest import text_of
from tests.accounts.factories import UserFactory
from tests.opco.factories import ParameterFactory

pytestmark = pytest.mark.django_db
PUBLIC = {
    "/": "Faites financer les formations de vos salariés",
    "/conditions-generales/": "Conditions Générales d'Utilisation",
    "/accessibilite/": "Accessibilité",
    "/donnees-personnelles/": "Données personnelles",
    "/connexion/": "Bienvenue dans votre espace de connexion sécurisée",
    "/inscription/": "Créer votre compte",
    "/mot-de-passe/oublie/": "Réinitialiser votre mot de passe",
    "/mot-de-passe/oublie/envoye/": "Consultez votre messagerie",
    "/mot-de-passe/nouveau/enregistre/": "Votre nouveau mot de passe est enregistré",
    "/connexion/compte-desactive/": "Votre compte est désactivé",
}
UNUSED = [
    "account_set_password",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_request_login_code",
    "account_verify_phone",
    "account_change_phone",
    "account_signup_by_passkey",
    "mfa_trust",
    "mfa_list_webauthn",
    "mfa_download_recovery_codes",
    "socialaccount_connections",
]


@pytest.mark.parametrize(("path", "heading"), PUBLIC.items())
def test_a_public_page_has_one_heading_and_its_own_title(client: Client, path: str, heading: str) -> None:
    response = client.get(path)
    page = response.content.decode()
    (h1,) = re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert response.status_code == 200
    assert heading in h1.replace("&#x27;", "'")
    (title,) = re.findall(r"<title>(.*?)</title>", page)
    assert title.endswith("· M-Gestion")
    assert not title.startswith("Erreur")


def test_the_terms_say_the_delay_in_force(client: Client) -> None:
    assert "sous 8 jours" in text_of(client.get("/conditions-generales/"))
    ParameterFactory(code="change_notice_days", value=1, starts_on=date(2026, 1, 1))
    parameters.forget()
    assert "sous 1 jour," in text_of(client.get("/conditions-generales/"))
    parameters.forget()


def test_titles_tell_pages_apart(client: Client) -> None:
    titles = [re.search(r"<title>(.*?)</title>", client.get(path).content.decode()) for path in PUBLIC]
    assert len({title.group(1) for title in titles if title}) == len(PUBLIC)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_asks_nothing_of_the_database(client: Client, path: str, django_assert_num_queries: Any) -> None:
    parameters.forget()
    client.get(path)
    if path == "/":
        client.get(path)
    with django_assert_num_queries(0):
        client.get(path)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_light_and_keeps_no_inline_code(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert len(page.encode()) < 20_000
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_the_landing_page_has_tabs_one_of_them_the_product(client: Client) -> None:
    page = client.get("/").content.decode()
    (tabs,) = re.findall(r'<nav class="tabs-public".*?</nav>', page, re.DOTALL)
    assert re.search(r'<a class="tab-product"\s+href="/connexion/">M-GESTION</a>', tabs)
    assert tabs.count('aria-current="page"') == 1
    for anchor in re.findall(r'href="/#(\w+)"', tabs):
        assert f'id="{anchor}"' in page


def test_the_landing_page_gives_the_target_of_the_parameters(client: Client) -> None:
    assert "Une réponse est visée sous 20 jours." in text_of(client.get("/"))


def test_the_foot_leads_to_what_every_site_owes(client: Client) -> None:
    page = client.get("/").content.decode()
    for name in ("public:terms", "public:accessibility", "public:privacy"):
        assert f'href="{reverse(name)}"' in page


def test_the_accessibility_statement_is_honest(client: Client) -> None:
    page = text_of(client.get("/accessibilite/"))
    assert "non conforme au RGAA 4.1.2, faute d'audit" in page
    assert "Défenseur des droits" in page


def test_the_privacy_page_says_why_the_nir_is_asked(client: Client) -> None:
    page = text_of(client.get("/donnees-personnelles/"))
    for words in ("L.6353-10", "2019-341", "chiffré", "CNIL", "Vos droits"):
        assert words in page


def test_the_opco_s_own_words_are_shown(client: Client, settings: Any) -> None:
    settings.OPCO_OVERRIDES = {"name": "Constructys", "product": "Mon Chantier", "email": "aide@constructys.example"}
    assert "MON CHANTIER" in text_of(client.get("/"))
    assert "les gestionnaires de Constructys" in text_of(client.get("/donnees-personnelles/"))
    assert "aide@constructys.example" in text_of(client.get("/accessibilite/"))


@pytest.mark.parametrize("name", UNUSED)
def test_what_is_unused_has_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_every_door_to_sign_in_is_listed() -> None:
    """ASVS 6.3.4: no other way in than these."""
    doors = {pattern.name for pattern in account_urls.urlpatterns}
    routed = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    assert {name for name in routed if name.startswith(("account_", "mfa_", "usersessions_"))} == doors


@pytest.mark.parametrize("pattern", account_urls.urlpatterns, ids=lambda pattern: str(pattern.name))
def test_only_the_entrance_is_open_to_strangers(client: Client, pattern: Any) -> None:
    key = {"uidb36": "1", "key": "x-y"} if pattern.name == "account_reset_password_from_key" else {}
    path = reverse(pattern.name, kwargs=key)
    response = client.get(path)
    if path.startswith("/compte/"):
        assert response["Location"].startswith("/connexion/?next=")
    else:
        assert response.status_code == 200 or response["Location"] in ("/", "/connexion/")


@pytest.mark.parametrize("pattern", account_urls.urlpatterns, ids=lambda pattern: str(pattern.name))
def test_no_get_writes_for_who_is_signed_in(client: Client, pattern: Any) -> None:
    """The guard of GETs raises where one does."""
    client.force_login(UserFactory())
    key = {"uidb36": "1", "key": "x-y"} if pattern.name == "account_reset_password_from_key" else {}
    assert client.get(reverse(pattern.name, kwargs=key)).status_code in (200, 302, 404)
