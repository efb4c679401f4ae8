"""Finance in a real browser: each page whole at 320 px, and found sound by axe."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from openopco.billing.models import Due
from openopco.kernel.calendar import add_working_days, paris_today
from openopco.organisations.enums import ProviderStatus
from openopco.payments.actions import credit_due, prepare_batch, release_batch
from openopco.payments.models import BankEvent, PaymentBatch
from openopco.rights import Actor
from tests.browser import page
from tests.habilitations.factories import accountant, employer, teacher
from tests.payments.builders import booked, debtor, due, engaged, entry, notice, orders, read, school, shop
from tests.scenarios.looking import look
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.visitors import kept_files

__all__ = ["kept_files", "page"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("kept_files")]


def enter(page: Page, actor: Actor, address: str) -> None:
    """Signs in without the form."""
    page.context.clear_cookies()
    cookie = browser_of(actor).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])


def a_batch(actor: Actor) -> PaymentBatch:
    day = add_working_days(paris_today(timezone.now()), 1)
    return prepare_batch(actor=actor, fund="pdc", execution_date=day).batch


def test_the_pages_of_finance(page: Page, live_server: Any) -> None:
    anna, basil = accountant(), accountant()
    debtor(anna, basil)
    axept, place = school(name="AXEPT FORMATION"), shop(name="GARAGE DES VALLÉES")
    paid = due(engaged("1250.50"), to=axept, number="F-2026-114")
    due(engaged("300"), to=axept, number="F-2026-115")
    due(engaged("80"), to=place)
    sent = a_batch(anna)
    release_batch(actor=basil, batch_id=sent.pk)
    lines = [entry("UNE-AUTRE-REFERENCE", Decimal(12))]
    read(anna, booked(*orders(sent)))
    read(anna, notice(*lines))
    found = credit_due(actor=anna, due_id=paid.pk, amount=Decimal(250), reason="Avoir A-12 : un stagiaire absent.")
    assert found is not None
    due(engaged("640"), to=school(name="FORMATION DU RHIN"))
    waiting = a_batch(anna)
    due(engaged("90"), to=school(name="CENTRE SUSPENDU", status=ProviderStatus.SUSPENDU))
    due(engaged("170"), to=place)
    number = Due.objects.get(pk=paid.pk).claim.dossier.number
    fact = BankEvent.objects.get(outcome="inconnu").pk
    enter(page, basil, live_server.url)
    for path, name in {
        "/finance/lots/": "lots-de-virements",
        "/finance/lots/preparer/?fund=pdc": "preparer-un-lot",
        f"/finance/lots/{waiting.pk}/": "lot-a-emettre",
        f"/finance/lots/{sent.pk}/": "",
        f"/finance/virements/{orders(waiting)[0].pk}/retirer/": "",
        "/finance/retours/": "retours-de-banque",
        "/finance/retours/a-voir/": "",
        f"/finance/retours/faits/{fact}/": "",
        f"/finance/retours/{BankEvent.objects.get(pk=fact).file_id}/": "",
        "/finance/rapprochement/": "rapprochement",
        "/finance/rapprochement/2026/pdc/paye/": "",
        f"/finance/rapprochement/dossiers/{number}/": "",
        "/finance/rapprochement/ecritures/": "",
        "/finance/rapprochement/reste-a-liquider/?annee=2026": "",
        "/finance/comptes/": "",
        "/finance/trop-percus/": "",
        f"/finance/trop-percus/{found.pk}/": "",
        f"/finance/sommes-dues/{paid.pk}/avoir/": "",
    }.items():
        page.goto(f"{live_server.url}{path}")
        look(page, name)
    enter(page, teacher(axept), live_server.url)
    page.goto(f"{live_server.url}/organisme/reglements/")
    look(page, "mes-reglements")
    enter(page, employer(place), live_server.url)
    for path in ("/reglements/", "/reglements/organismes/"):
        page.goto(f"{live_server.url}{path}")
        look(page)
