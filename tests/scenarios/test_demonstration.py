"""The demonstration as `make run` shows it: full pages, checked like all others, and the pictures of README and guide."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from openopco.demo.accounts import ACCOUNTANT, ADMINISTRATOR, CONTROLLER, EMPLOYER, OFFICER, PASSWORD, PROVIDER
from openopco.demo.loading import Loader
from openopco.dossiers.models import Dossier
from openopco.kernel.calendar import paris_today
from openopco.reference.loading import load_all
from tests.browser import expect
from tests.scenarios.conftest import Opener
from tests.scenarios.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXEPT = "83426702300028"
PHONE = {"width": 375, "height": 760}


@pytest.fixture
def shown(site: str) -> str:
    """The demonstration, loaded today. Its address."""
    now = timezone.now()
    load_all(now=now - timedelta(days=1))
    Loader(paris_today(now)).load()
    return site


def enter(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/connexion/")
    page.get_by_label("Email / Identifiant").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Me connecter").click()
    expect(page.locator(".header-tools")).to_be_visible()


def visit(page: Page, address: str, name: str = "") -> None:
    page.goto(address)
    look(page, name)


def test_every_role_finds_its_pages_full(page: Page, open_browser: Opener, shown: str) -> None:
    enter(page, shown, EMPLOYER)
    visit(page, f"{shown}/tableau-de-bord/", "tableau-de-bord")
    visit(page, f"{shown}/demandes/")
    for state in ("complement_demande", "accordee", "refusee"):
        found = Dossier.objects.filter(state=state, establishment__siret="83135297600011").first()
        assert found
        visit(page, f"{shown}/demandes/{found.number}/")
    for path in ("habilitations/", "notifications/", "aide/", "nouveautes/", "avis/", "compte/", "demo/boite/"):
        visit(page, f"{shown}/{path}")
    phone = open_browser(viewport=PHONE, device_scale_factor=2)
    enter(phone, shown, EMPLOYER)
    visit(phone, f"{shown}/tableau-de-bord/", "telephone")
    desk = open_browser()
    enter(desk, shown, OFFICER)
    visit(desk, f"{shown}/gestion/?vue=ouverts", "liste-de-travail")
    held = Dossier.objects.filter(state="en_instruction").order_by("id").first()
    assert held
    visit(desk, f"{shown}/gestion/dossiers/{held.number}/", "examen")
    visit(desk, f"{shown}/gestion/rattachements/")
    admin = open_browser()
    enter(admin, shown, ADMINISTRATOR)
    for path in ("avis/", "parametres/", "references/", "references/idcc/", "references/idcc/nouvelle/", "comptes/"):
        visit(admin, f"{shown}/administration/{path}", "comptes" if path == "comptes/" else "")


def test_a_provider_reads_what_was_granted_and_those_who_check_and_pay_read_all_that_was_sent(
    page: Page, open_browser: Opener, shown: str
) -> None:
    enter(page, shown, PROVIDER)
    visit(page, f"{shown}/organisme/")
    visit(page, f"{shown}/organisme/dossiers/", "dossiers-organisme")
    granted = Dossier.objects.filter(state="accordee", provider__siret=AXEPT).order_by("-updated_at").first()
    asked = Dossier.objects.filter(state="transmise", provider__siret=AXEPT).first()
    assert granted
    assert asked
    page.get_by_role("link", name=str(granted.number)).click()
    look(page)
    for private in ("12/05/1995", "HT", "agent de maîtrise"):
        expect(page.locator("main").get_by_text(private)).to_have_count(0)
    for unseen in (f"/organisme/dossiers/{asked.number}/", f"/demandes/{granted.number}/"):
        assert page.request.get(f"{shown}{unseen}").status == 404
    for path in ("habilitations/", "organisme/rattacher/", "notifications/"):
        visit(page, f"{shown}/{path}")
    for someone in (CONTROLLER, ACCOUNTANT):
        desk = open_browser()
        enter(desk, shown, someone)
        visit(desk, f"{shown}/gestion/")
        visit(desk, f"{shown}/gestion/dossiers/{granted.number}/")
