"""An agreement becomes a transfer that its payee can match: by refund, by subrogation, from a company's own payments."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from openopco.billing.einvoice.embedding import write_factur_x
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Fund
from openopco.funding.models import Commitment, VoluntaryAccount
from openopco.kernel.calendar import parse_date
from openopco.organisations.accounts import number_of
from openopco.organisations.models import BankAccount, Company, Provider
from tests.accounts.factories import UserFactory
from tests.billing import factories as f
from tests.browser import expect
from tests.habilitations.factories import AcceptedTeacherFactory
from tests.payments.builders import payable
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import Employer, a_pdf, sign_in
from tests.scenarios.looking import look
from tests.scenarios.money import Money, as_file, asks_refund, funded, granted_and_over
from tests.scenarios.world import World, day

pytestmark = [pytest.mark.browser, pytest.mark.funding_rules, pytest.mark.django_db(transaction=True)]


def test_three_employees_are_trained_and_their_employer_refunded(
    page: Page, open_browser: Opener, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    funded(monkeypatch)
    dossier, money = granted_and_over(world), Money.hired(world, open_browser)
    payable(world.place)
    Employer(page, world).arrives()
    asks_refund(page, world, dossier, pictured=True)
    money.checks(str(dossier.number), pictured=True)
    orders = money.pays(Fund.PDC, tmp_path, pictured=True)
    assert [order.amount for order in orders] == [Decimal(900)]
    page.goto(f"{world.site}/reglements/")
    expect(page.get_by_text(orders[0].end_to_end)).to_be_visible()
    money.hears_from_the_bank(orders, pictured=True)
    page.goto(f"{world.site}/reglements/")
    row = page.get_by_role("row").filter(has_text=orders[0].end_to_end)
    expect(row).to_contain_text("900,00")
    expect(row).to_contain_text(str(dossier.number))
    look(page, "mes-reglements")
    page.goto(f"{world.site}/factures/")
    expect(page.get_by_text("Réglée")).to_be_visible()
    look(page, "mes-factures")
    line = Commitment.objects.get()
    assert line.amount == line.invoiced == line.ordered == line.paid == 900


def test_its_provider_deposits_a_factur_x_and_is_paid(
    page: Page, open_browser: Opener, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    funded(monkeypatch)
    dossier, money = granted_and_over(world, subrogation="oui"), Money.hired(world, open_browser)
    school = dossier.provider
    assert school
    Provider.objects.filter(pk=school.pk).update(vat_exempt=True)
    payable(school)
    claire = UserFactory.create(first_name="Claire", last_name="Dubois")
    AcceptedTeacherFactory.create(user=claire, provider=school)
    sign_in(page, world, claire.email)
    page.goto(f"{world.site}/organisme/dossiers/{dossier.number}/")
    page.get_by_role("button", name="FACTURER").click()
    look(page)
    page.get_by_role("button", name="Tous ont tout suivi").click()
    # The wrong one first: told side by side, and what to do.
    page.get_by_label("La facture *", exact=True).set_input_files(as_file("fausse.pdf", _factur_x(dossier, hours="60")))
    page.get_by_role("button", name="Joindre : La facture").click()
    expect(page.get_by_role("heading", name="Ce qui diffère de l'accord")).to_be_visible()
    look(page, "facture-differences")
    page.get_by_label("La facture *", exact=True).set_input_files(as_file("facture.pdf", _factur_x(dossier)))
    page.get_by_label("Les certificats de réalisation signés").set_input_files(a_pdf("certificats.pdf"))
    page.locator(".actions").get_by_role("button", name="ENREGISTRER").click()
    expect(page.get_by_text("Facture lue")).to_be_visible()
    expect(page.get_by_role("heading", name="Ce qui diffère de l'accord")).to_have_count(0)
    look(page)
    page.get_by_role("button", name="ENVOYER LA FACTURE").click()
    expect(page.get_by_text("C'est envoyé")).to_be_visible()
    money.checks(str(dossier.number))
    orders = money.pays(Fund.PDC, tmp_path)
    assert "FX-2026-9" in orders[0].remittance
    money.hears_from_the_bank(orders)
    page.goto(f"{world.site}/organisme/reglements/")
    expect(page.get_by_text(orders[0].end_to_end)).to_be_visible()
    look(page)


def _factur_x(dossier: Dossier, *, hours: str = "42") -> bytes:
    """Of the provider, for the hours of three people; 900 € or more."""
    school = dossier.provider
    assert school
    line = f.line(hours=hours, price="21.428571", period=None)
    seller = replace(
        f.SELLER,
        name=school.name,
        siren=school.siret[:9],
        siret=school.siret,
        nda=school.nda,
        vat_number="",
        endpoint=f.Endpoint(school.siret[:9]),
    )
    made = f.invoice(
        line,
        number="FX-2026-9",
        issued_on=parse_date(day(-9)),
        due_on=parse_date(day(20)),
        seller=seller,
        references=f.References(buyer=str(dossier.number)),
        period=f.Period(parse_date(day(-11)), parse_date(day(-10))),
        payment=replace(f.invoice().payment, iban=number_of(BankAccount.objects.get(provider=school))),
    )
    return write_factur_x(made, at=timezone.now())


def test_a_company_of_sixty_is_funded_from_its_own_payments(
    page: Page, open_browser: Opener, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    funded(monkeypatch)
    money = Money.hired(world, open_browser)
    payable(world.place)
    company = world.place.company
    Company.objects.filter(pk=company.pk).update(headcount_exact=60)
    # An accountant opens its account and notes what it paid.
    desk = money.browser_of(money.first)
    desk.goto(f"{world.site}/gestion/financement/comptes/{company.pk}/")
    desk.get_by_label("Numéro de la convention").fill("VV-0412")
    desk.get_by_label("Signée le").fill(day(-60))
    desk.get_by_role("button", name="Ouvrir le compte").click()
    desk.get_by_label("Montant reçu").fill("2 000")
    desk.get_by_label("Reçu le").fill(day(-50))
    desk.get_by_label("Référence du relevé").fill("VIR 77")
    desk.get_by_role("button", name="Noter ce versement").click()
    expect(desk.get_by_text("2 000,00").first).to_be_visible()
    look(desk, "versements-volontaires")
    dossier = granted_and_over(world, headcount="60", voluntary="oui")
    line = Commitment.objects.get()
    assert (line.fund, line.amount) == (Fund.VOLONTAIRE, 900)
    Employer(page, world).arrives()
    page.goto(f"{world.site}/demandes/{dossier.number}/")
    expect(page.get_by_text("Versements volontaires", exact=False).first).to_be_visible()
    asks_refund(page, world, dossier)
    money.checks(str(dossier.number))
    orders = money.pays(Fund.VOLONTAIRE, tmp_path)
    money.hears_from_the_bank(orders)
    page.goto(f"{world.site}/reglements/")
    expect(page.get_by_text(orders[0].end_to_end)).to_be_visible()
    account = VoluntaryAccount.objects.get()
    assert account.balance == 1100
