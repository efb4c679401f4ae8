"""Any of the eleven OPCOs by settings alone: its pages, mails and parameters bear its words and nobody else's."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from openopco.accounts.models import User
from openopco.opco import guide, parameters
from openopco.opco.defaults import DEFAULTS, WORDED_FOR, shipped_versions
from openopco.opco.identities import identity
from openopco.opco.table import OPCOS
from tests.habilitations.factories import AcceptedFactory, StaffRoleFactory

OTHERS = sorted(set(OPCOS) - {WORDED_FOR})
FOREIGN = re.compile(r"OPCO Mobilités|M-Gestion|opcomobilites", re.IGNORECASE)
PUBLIC = ("/", "/connexion/", "/inscription/", "/donnees-personnelles/", "/conditions-generales/", "/accessibilite/")
pytestmark = pytest.mark.django_db


def _words(client: Client, path: str) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, path
    return unescape(answer.content.decode())


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> Any:
    settings.OPENOPCO_MFA_REQUIRED = False
    parameters.forget()
    yield
    parameters.forget()


@pytest.mark.parametrize("slug", OTHERS)
def test_no_word_of_another_opco_is_left(settings: Any, slug: str) -> None:
    settings.OPCO_SLUG = slug
    name = identity().name
    pages = [_words(Client(), path) for path in PUBLIC]
    employer = _browser(AcceptedFactory.create().user)
    pages += [_words(employer, path) for path in ("/tableau-de-bord/", "/demandes/", "/aide/", "/habilitations/")]
    administrator = _browser(StaffRoleFactory.create().user)
    pages += [_words(administrator, f"/administration/parametres/{code}/") for code in DEFAULTS]
    pages += [_words(administrator, path) for path in ("/administration/", "/administration/listes/refus/")]
    assert [page for page in pages if FOREIGN.search(page)] == []
    assert all(name in page for page in pages)


@pytest.mark.parametrize("slug", OTHERS)
def test_the_guide_names_it_alone(settings: Any, slug: str) -> None:
    settings.OPCO_SLUG = slug
    told = str([guide._chapter(page) for page in guide.pages()])
    assert not FOREIGN.search(told)


def test_mails_are_its_own(settings: Any) -> None:
    settings.OPCO_SLUG = "constructys"
    user = AcceptedFactory.create().user
    Client().post(reverse("account_reset_password"), {"email": user.email})
    assert mail.outbox
    for sent in mail.outbox:
        assert not FOREIGN.search(f"{sent.subject} {sent.body} {sent.from_email}")


@pytest.mark.parametrize("slug", sorted(OPCOS))
@pytest.mark.parametrize("code", sorted(DEFAULTS))
def test_every_parameter_has_a_shipped_value_and_a_source_of_its_own(slug: str, code: str) -> None:
    versions = shipped_versions(code, slug)
    assert versions
    assert all(version.source for version in versions)
    assert slug == WORDED_FOR or not any(FOREIGN.search(version.source) for version in versions)


def test_limits_of_one_opco_bind_no_other(settings: Any) -> None:
    day = date(2026, 12, 20)
    assert parameters.value("last_submission", day) is not None
    settings.OPCO_SLUG = "akto"
    assert parameters.value("last_submission", day) is None
