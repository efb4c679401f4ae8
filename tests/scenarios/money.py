"""From an agreement to the transfer, screen by screen: what the people of the money do."""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.dossiers.actions import deciding, holding
from openopco.dossiers.actions.sending import send
from openopco.dossiers.models import Dossier
from openopco.funding import ruling, shipped
from openopco.funding.enums import Base, Fund, Mode
from openopco.funding.models import Envelope
from openopco.funding.terms import Gives, Rule, Scope
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.queries import actor_for
from openopco.kernel.calendar import next_working_day, paris_today
from openopco.payments.models import PaymentBatch, PaymentOrder
from openopco.payments.sepa import validate
from tests.accounts.factories import OpcoUserFactory
from tests.browser import expect
from tests.dossiers.factories import PERSON, complete_draft
from tests.habilitations.factories import StaffRoleFactory
from tests.payments.builders import booked, debtor
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import a_pdf, sign_in
from tests.scenarios.looking import look
from tests.scenarios.world import World, day

THREE = (
    PERSON,
    {**PERSON, "first_name": "Ali", "last_name": "Diallo"},
    {**PERSON, "first_name": "Léa", "last_name": "Martin"},
)
BELOW = Rule(
    "essai-pdc",
    "Plan de développement des compétences, moins de 50 salariés",
    Fund.PDC,
    (Base.PEDAGOGIQUE,),
    100,
    "Les tests",
    Scope(headcount_below=50),
    Gives(per_company_year=Decimal(3000)),
    budget="pdc",
)


def funded(monkeypatch: pytest.MonkeyPatch) -> None:
    """One rule for companies below 50, and their own payments; money in the envelopes of these years."""
    monkeypatch.setattr(shipped, "shipped_rules", lambda slug: (BELOW, shipped.VOLUNTARY))
    ruling.standing.forget()
    today = paris_today(timezone.now())
    for year in {(today + timedelta(days=days)).year for days in (-60, 0)}:
        Envelope.objects.create(
            year=year, fund=Fund.PDC, mode=Mode.BLOQUANTE, amount=Decimal(50_000), created_at=timezone.now()
        )


@dataclass(slots=True)
class Money:
    """The people of the money, each with a browser of his own."""

    world: World
    opened: Opener
    controller: User
    first: User
    second: User

    @classmethod
    def hired(cls, world: World, opened: Opener) -> "Money":
        controller = hired("controleur", "Lise", "Garnier", StaffRoleName.CONTROLEUR)
        first = hired("comptable", "Paul", "Weber", StaffRoleName.COMPTABLE)
        second = hired("comptable2", "Inès", "Faure", StaffRoleName.COMPTABLE)
        return cls(world, opened, controller, first, second)

    def browser_of(self, user: User) -> Page:
        page = self.opened()
        sign_in(page, self.world, user.email)
        return page

    def checks(self, number: str, pictured: bool = False) -> None:
        """The controller finds the service done, as it was claimed."""
        page = self.browser_of(self.controller)
        page.goto(f"{self.world.site}/gestion/service-fait/")
        look(page, "remboursement-a-controler" if pictured else "")
        page.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
        look(page, "remboursement-controle" if pictured else "")
        page.get_by_role("button", name="SERVICE FAIT").click()
        expect(page.get_by_text("service fait.")).to_be_visible()

    def pays(self, fund: Fund, folder: Path, pictured: bool = False) -> list[PaymentOrder]:
        """One accountant prepares the batch, the other releases it; its file is taken away and is valid."""
        debtor(actor_for(self.first), actor_for(self.second), fund)
        page = self.browser_of(self.first)
        page.goto(f"{self.world.site}/finance/lots/preparer/")
        page.get_by_label("Fonds").select_option(fund.value)
        execution = next_working_day(paris_today(timezone.now()) + timedelta(days=1))
        page.get_by_label(re.compile("Date d'exécution")).fill(execution.strftime("%d/%m/%Y"))
        page.get_by_role("button", name="Voir ce qui serait payé").click()
        look(page, "remboursement-lot-apercu" if pictured else "")
        page.get_by_role("button", name="Préparer ce lot").click()
        expect(page.get_by_text("Un comptable qui ne l'a pas préparé doit émettre ce lot.")).to_be_visible()
        address = page.url
        other = self.browser_of(self.second)
        other.goto(address)
        other.get_by_role("button", name="Émettre ce lot").click()
        run_pending_jobs()
        other.goto(address)
        look(other, "remboursement-lot" if pictured else "")
        with other.expect_download() as taken:
            other.get_by_role("link", name="Télécharger le fichier SEPA").click()
        path = folder / "virements.xml"
        taken.value.save_as(path)
        validate(path)
        batch = PaymentBatch.objects.get(pk=int(address.rstrip("/").rpartition("/")[2]))
        return list(PaymentOrder.objects.filter(batch=batch).order_by("pk"))

    def hears_from_the_bank(self, orders: list[PaymentOrder], pictured: bool = False) -> None:
        """The bank's notice is deposited: the transfers are debited. Deposited twice, nothing changes."""
        page = self.browser_of(self.first)
        content = booked(*orders).encode()
        for _ in range(2):
            page.goto(f"{self.world.site}/finance/retours/")
            page.get_by_label(re.compile("Fichier")).set_input_files(
                {"name": "camt054.xml", "mimeType": "application/xml", "buffer": content}
            )
            page.get_by_role("button", name="Lire ce fichier").click()
        page.goto(f"{self.world.site}/finance/rapprochement/")
        look(page, "remboursement-rapprochement" if pictured else "")
        run_pending_jobs()


def hired(name: str, first_name: str, last_name: str, role: StaffRoleName) -> User:
    user = OpcoUserFactory.create(email=f"{name}@demo.example", first_name=first_name, last_name=last_name)
    StaffRoleFactory.create(user=user, role=role)
    return user


def granted_and_over(world: World, **changes: Any) -> Dossier:
    """Three people, 14 hours, 900 €: granted forty days ago, over since ten days."""
    dates = {"starts_on": day(-11), "ends_on": day(-10), "done_on": day(-40), "cost": "900,00", **changes}
    with time_machine.travel(timezone.now() - timedelta(days=40)):
        draft = complete_draft(actor_for(world.employer), world.place, people=THREE, **dates)
        number = str(send(actor=actor_for(world.employer), key=str(draft.key)).dossier.number)
        officer = actor_for(world.officer)
        holding.take(actor=officer, number=number)
        return deciding.grant(actor=officer, number=number, amount=Decimal(900))


def asks_refund(page: Page, world: World, dossier: Dossier, pictured: bool = False) -> None:
    """The employer's one page: hours of all, invoice keyed, files, sent."""
    page.goto(f"{world.site}/demandes/{dossier.number}/")
    page.get_by_role("button", name="DEMANDER LE REMBOURSEMENT").click()
    page.get_by_role("button", name="ENVOYER LA DEMANDE").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    look(page)
    page.get_by_role("button", name="Tous ont tout suivi").click()
    page.get_by_label("Numéro de la facture").fill("2026-118")
    page.get_by_label("Date de la facture").fill(day(-9))
    page.get_by_label("Montant hors taxe").fill("900")
    page.get_by_label("La facture *", exact=True).set_input_files(a_pdf("facture.pdf"))
    page.get_by_label(re.compile("Les certificats de réalisation signés")).set_input_files(a_pdf("certificats.pdf"))
    page.locator(".actions").get_by_role("button", name="ENREGISTRER").click()
    expect(page.get_by_text("Tout y est : vous pouvez envoyer.")).to_be_visible()
    look(page, "remboursement-demande" if pictured else "")
    page.get_by_role("button", name="ENVOYER LA DEMANDE").click()
    expect(page.get_by_text("C'est envoyé")).to_be_visible()
    look(page)


def as_file(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/pdf", "buffer": BytesIO(content).getvalue()}
