"""An administrator changes what the agreement says from a day on: what was written before keeps its words."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page
from pypdf import PdfReader

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.dossiers.actions import deciding
from openopco.habilitations.queries import actor_for
from tests.browser import expect
from tests.dossiers.factories import number_of, taken
from tests.habilitations.factories import administrator
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import Employer, sign_in
from tests.scenarios.looking import look
from tests.scenarios.world import World, day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LATER = 10
NEW = "Votre interlocutrice vous répond le mardi matin."


def granted(world: World, title: str) -> str:
    """Granted today, its letter written. Its number."""
    dates = {"starts_on": day(50), "ends_on": day(51), "done_on": day(0)}
    employer, officer = actor_for(world.employer), actor_for(world.officer)
    number = number_of(taken(employer, world.place, officer, title=title, **dates))
    deciding.grant(actor=officer, number=number, amount=Decimal("560.00"))
    run_pending_jobs()
    return number


def letter(page: Page, world: World, number: str) -> str:
    """What the PDF that its employer opens says."""
    page.goto(f"{world.site}/demandes/{number}/")
    address = page.locator('a[href*="/lettres/"]').first.get_attribute("href")
    answer = page.request.get(f"{world.site}{address}")
    assert answer.headers["content-type"] == "application/pdf"
    text = " ".join(each.extract_text() for each in PdfReader(BytesIO(answer.body())).pages)
    return " ".join(text.split())


def test_a_letter_changes_from_its_date_on(page: Page, open_browser: Opener, world: World) -> None:
    admin = User.objects.get(pk=administrator().user_id)
    before = granted(world, "Freinage")
    sign_in(page, world, admin.email)
    page.goto(f"{world.site}/administration/lettres/accord/")
    page.goto(f"{world.site}/administration/lettres/accord/modifier/")
    words = page.get_by_label("Texte").input_value()
    # Wrong first: nothing typed is lost, nothing is kept.
    page.get_by_label("Texte").fill(f"{words}\n\n{{{{ inconnue }}}}")
    page.get_by_role("button", name="Enregistrer cette version").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.get_by_label("Texte")).to_have_value(f"{words}\n\n{{{{ inconnue }}}}")
    look(page)
    page.get_by_label("Texte").fill(f"{words}\n\n{NEW}")
    page.get_by_label("À partir du").fill(day(LATER))
    page.get_by_role("button", name="Enregistrer cette version").click()
    expect(page.get_by_role("status").filter(has_text=f"prend effet le {day(LATER)}")).to_be_visible()
    look(page)
    meanwhile = granted(world, "Climatisation")
    with time_machine.travel(timezone.now() + timedelta(days=LATER)):
        after = granted(world, "Peinture")
        shown = open_browser()
        sign_in(shown, world, admin.email)
        shown.goto(f"{world.site}/administration/lettres/accord/")
        expect(shown.get_by_text(NEW)).to_be_visible()
        look(shown)
    someone = Employer(open_browser(), world).arrives()
    said = [letter(someone.page, world, number) for number in (before, meanwhile, after)]
    assert [NEW in text for text in said] == [False, False, True]
    assert all(number in text for number, text in zip((before, meanwhile, after), said, strict=True))
