"""A morning of two hundred requests: shared out, granted, refused and asked by lots; what comes back is decided, until nothing
is left to do."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page

from openopco.base.jobs import run_pending_jobs
from openopco.dossiers import lapsing
from openopco.dossiers.models import Decision, Dossier
from openopco.habilitations.queries import actor_for
from tests.browser import expect
from tests.dossiers.factories import number_of, sent, signalled
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import Employer, sign_in
from tests.scenarios.looking import look
from tests.scenarios.world import World, day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Each lot is found by a word of its titles.
LOTS: Mapping[str, int] = {"Freinage": 150, "Coaching": 49, "Climatisation": 1}
ALL = sum(LOTS.values())


def arrived(world: World) -> None:
    """Two hundred requests sent, which nobody has taken."""
    dates = {"starts_on": day(50), "ends_on": day(51), "done_on": day(0)}
    for title, count in LOTS.items():
        for rank in range(count):
            sent(actor_for(world.employer), world.place, title=f"{title} {rank}", **dates)


def batch(desk: Page, world: World, view: str, choice: str) -> None:
    """The page that says what a batch over the whole list will do."""
    desk.goto(f"{world.site}/gestion/?{view}")
    desk.get_by_label("Pour les dossiers cochés").select_option(choice)
    desk.get_by_label("Tous ceux de cette liste, pages suivantes comprises").check()
    desk.get_by_role("button", name="Continuer").click()
    expect(desk.locator(".summary-figures").first).to_be_visible()


def confirm(desk: Page, button: str, report: str) -> None:
    desk.get_by_role("button", name=button, exact=True).click()
    expect(desk.get_by_role("status").filter(has_text="commence dans un instant")).to_be_visible()
    # The page asks how far it is: not while the worker of this test writes through the server's own connection.
    report_url = desk.url
    desk.goto("about:blank")
    run_pending_jobs(names=["works.run"])
    desk.goto(report_url)
    expect(desk.get_by_text(report)).to_be_visible()


def lots(desk: Page, world: World) -> None:
    """All are hers; then those that are plain are granted, those that are none of ours refused, one asked again."""
    batch(desk, world, "vue=libre", "Confier à un gestionnaire")
    desk.get_by_label("Gestionnaire").select_option(label=world.officer.full_name)
    confirm(desk, "Confier", f"{ALL} demandes traitées")
    batch(desk, world, "vue=moi&q=freinage", "Accorder")
    desk.get_by_label("Accorder aussi les demandes qui ont un point à regarder").check()
    confirm(desk, "Accorder les demandes", "150 demandes traitées")
    batch(desk, world, "vue=moi&q=coaching", "Refuser")
    desk.get_by_role("textbox", name="Motif").fill("Le coaching n'est pas une action de formation.")
    confirm(desk, "Refuser les demandes", "49 demandes traitées")
    batch(desk, world, "vue=moi&q=climatisation", "Demander un complément")
    desk.get_by_label("Ce que vous demandez").select_option(label="Coût pédagogique de l'action HT")
    desk.get_by_label("Ce qui ne va pas, ce que vous attendez").fill("Le devis dit 540 euros.")
    confirm(desk, "Demander le complément", "1 demande traitée")


def correct(page: Page, desk: Page, world: World) -> None:
    """The employer answers; the officer reads the answer and grants."""
    number = number_of(Dossier.objects.get(title="Climatisation 0"))
    someone = Employer(page, world).arrives()
    page.goto(f"{world.site}/demandes/{number}/")
    page.get_by_role("link", name="RÉPONDRE").click()
    someone.field("Coût pédagogique de l'action HT").fill("540")
    page.get_by_role("button", name="ENVOYER MA RÉPONSE").click()
    expect(page.get_by_role("status").filter(has_text="Votre réponse est envoyée")).to_be_visible()
    desk.goto(f"{world.site}/gestion/")
    desk.get_by_role("link", name=number).click()
    expect(desk.get_by_text("540,00").first).to_be_visible()
    desk.get_by_role("link", name="Accorder").click()
    desk.get_by_role("button", name="Accorder la prise en charge").click()
    expect(desk.get_by_text("Accordée").first).to_be_visible()


def modify(desk: Page, world: World) -> None:
    """An employer's change is accepted: the agreement is issued anew."""
    dossier = Dossier.objects.get(title="Freinage 0")
    signalled(actor_for(world.employer), dossier, known_typed=day(0))
    desk.goto(f"{world.site}/gestion/?vue=modifications")
    desk.get_by_role("link", name=number_of(dossier)).click()
    desk.get_by_role("link", name="Examiner et décider").click()
    desk.get_by_role("button", name="Accepter la modification").click()
    expect(desk.get_by_text("Version 2")).to_be_visible()
    assert Decision.objects.filter(dossier=dossier).count() == 2


def lapse(desk: Page, world: World) -> None:
    """An agreement whose last day has passed is no longer valid, and the desk says so."""
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert lapsing.lapse_agreements() == LOTS["Freinage"] + 1
    number = number_of(Dossier.objects.get(title="Freinage 1"))
    desk.goto(f"{world.site}/gestion/dossiers/{number}/")
    expect(desk.get_by_text("Caduque").first).to_be_visible()


def test_two_hundred_requests_are_cleared_in_a_morning(page: Page, open_browser: Opener, world: World) -> None:
    arrived(world)
    desk = open_browser()
    sign_in(desk, world, world.officer.email)
    lots(desk, world)
    correct(page, desk, world)
    modify(desk, world)
    lapse(desk, world)
    # Nothing is left, of hers or of anybody's.
    desk.goto(f"{world.site}/gestion/?vue=moi")
    expect(desk.get_by_role("heading", name="Vous n'avez aucun dossier en cours")).to_be_visible()
    look(desk, "liste-vide")
    desk.goto(f"{world.site}/gestion/?vue=libre")
    expect(desk.get_by_role("heading", name="Rien n'attend d'être pris")).to_be_visible()
    desk.goto(f"{world.site}/gestion/?vue=modifications")
    expect(desk.locator(".desk-list tbody tr")).to_have_count(0)
    assert Dossier.objects.filter(state="refusee").count() == LOTS["Coaching"]
