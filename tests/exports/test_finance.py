"""The lists of those who check and pay: the rows of the page, whoever reads it may take them away, no account's number."""

import csv
import io
import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.base.models import Work
from openopco.base.works import may_take
from openopco.billing.enums import ClaimState
from openopco.billing.models import Claim, Due
from openopco.exports.actions import ask_export, size_of
from openopco.exports.finance import FINANCE
from openopco.exports.lists import LISTS, pages_of
from openopco.funding.enums import Fund, Mode
from openopco.journal.models import ReadAudit
from openopco.kernel.banking import mask_iban
from openopco.kernel.errors import Forbidden
from openopco.organisations.enums import AccountState, Ground
from openopco.organisations.models import BankAccount
from openopco.payments.actions import credit_due, record_recovery
from openopco.reference.models import Idcc
from openopco.rights import Actor
from tests.accounts.factories import UserFactory
from tests.answers import release
from tests.funding.builders import account, envelope
from tests.habilitations.factories import accountant, administrator, controller, employer, officer, teacher
from tests.organisations.factories import BankAccountFactory, EstablishmentFactory, ProviderFactory
from tests.payments.builders import TODAY, booked, debtor, due, engaged, entry, notice, orders, prepared, read, school
from tests.payments.builders import released as sent_to_the_bank
from tests.payments.transfers import iban
from tests.web.visitors import client_of

D = Decimal
PAGES = {
    "service-fait": "/gestion/service-fait/",
    "lots": "/finance/lots/",
    "retours": "/finance/retours/",
    "trop-percus": "/finance/trop-percus/",
    "comptes-debiteurs": "/finance/comptes/",
    "iban": "/gestion/iban/",
    "enveloppes": "/gestion/financement/",
    "versements-volontaires": "/gestion/financement/comptes/",
}
EVERYBODY: dict[str, Callable[[], Actor]] = {
    "employer": employer,
    "teacher": teacher,
    "officer": officer,
    "administrator": administrator,
    "controller": controller,
    "accountant": accountant,
}
OF_PAYMENTS = {"administrator", "controller", "accountant"}
READERS = {
    "service-fait": {"controller"},
    "lots": OF_PAYMENTS,
    "retours": OF_PAYMENTS,
    "trop-percus": OF_PAYMENTS,
    "comptes-debiteurs": OF_PAYMENTS,
    "iban": {"accountant"},
    "enveloppes": OF_PAYMENTS | {"officer"},
    "versements-volontaires": OF_PAYMENTS | {"officer"},
}


@pytest.fixture
def anna(db: None) -> Actor:
    """An accountant."""
    return accountant()


@pytest.fixture
def basil(db: None) -> Actor:
    """Another one."""
    return accountant()


@pytest.fixture
def carl(db: None) -> Actor:
    """A controller."""
    return controller()


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.OPENOPCO_MFA_REQUIRED = False


def file_of(actor: Actor, code: str, given: dict[str, Any]) -> str:
    work = ask_export(actor=actor, code=code, format="csv", asked=given, key=uuid.uuid4())
    run_pending_jobs(names=["works.run"])
    work.refresh_from_db()
    assert may_take(work)
    with default_storage.open(work.result_name) as file:
        return str(file.read().decode("utf-8-sig"))


def rows_of(actor: Actor, code: str, **given: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file_of(actor, code, given)), delimiter=";"))


def browser(actor: Actor) -> Client:
    return client_of(User.objects.get(pk=actor.user_id))


class TestRows:
    def test_claims_in_the_state_that_the_page_shows(self, carl: Actor) -> None:
        done, waiting = due(engaged("100"), to=school(name="AXEPT"), number="F-7"), due(engaged("40"))
        Claim.objects.filter(pk=waiting.claim_id).update(state=ClaimState.DEPOSEE, ended_at=None, accepted=0)
        (line,) = rows_of(carl, "service-fait", state="validee")
        assert (line["Facture ou demande"], line["Bénéficiaire"]) == ("Facture F-7", "AXEPT")
        assert (line["SIRET du bénéficiaire"], line["Dossier"]) == (done.provider.siret, done.claim.dossier.number)  # type: ignore[union-attr]
        assert (line["Montant demandé HT"], line["Montant accepté HT"]) == ("100,00", "100,00")
        assert (line["Où elle en est"], line["Échéance"], line["Conclue le"] != "") == ("Service fait", "", True)
        (line,) = rows_of(carl, "service-fait", state="deposee")
        assert line["Facture ou demande"] == "Demande de remboursement"
        assert line["Bénéficiaire"] == waiting.claim.establishment.name
        assert (line["Échéance"], line["Conclue le"], line["Montant accepté HT"]) == ("01/12/2026", "", "")
        assert rows_of(carl, "service-fait", state="refusee") == []

    def test_batches_with_what_the_bank_said(self, anna: Actor, basil: Actor) -> None:
        debtor(anna, basil)
        for amount in ("100", "30.50"):
            due(engaged(amount), to=school())
        batch = sent_to_the_bank(anna, basil)
        read(anna, booked(orders(batch)[0]))
        due(engaged("7"), to=school())
        waiting = prepared(anna)
        told, not_yet = rows_of(anna, "lots")
        assert (told["Lot"], told["État"], told["Virements"], told["Montant"]) == (
            batch.message_id,
            "Débité en partie",
            "2",
            "130,50",
        )
        assert (told["Débités"], told["Montant débité"]) == ("1", "100,00")
        assert (told["En attente"], told["Montant en attente"], told["Rejetés"]) == ("1", "30,50", "0")
        assert (told["Préparé par"], told["Émis par"]) == (batch.prepared_by_label, batch.released_by_label)
        assert (not_yet["Lot"], not_yet["État"]) == (waiting.message_id, "Préparé")
        assert (not_yet["Débités"], not_yet["En attente"], not_yet["Émis le"]) == ("", "", "")

    def test_files_of_the_bank(self, anna: Actor, basil: Actor) -> None:
        debtor(anna, basil)
        due(engaged("100"), to=school())
        (order,) = orders(sent_to_the_bank(anna, basil))
        read(anna, notice(entry(order.end_to_end, order.amount), entry("AUTRE", D(3))))
        (line,) = rows_of(anna, "retours")
        assert (line["Fichier"], line["Faits"], line["Appliqués"], line["À voir"]) == ("retour.xml", "2", "1", "1")
        assert (line["Lu par"] != "", line["Lu le"].startswith("23/11/2026")) == (True, True)

    def test_overpayments_all_or_those_still_open(self, anna: Actor, basil: Actor) -> None:
        debtor(anna, basil)
        for name in ("AXEPT", "AUTRE"):
            due(engaged("100"), to=school(name=name))
        read(anna, booked(*orders(sent_to_the_bank(anna, basil))))
        first, second = (
            credit_due(actor=anna, due_id=each.pk, amount=D(40), reason="Un avoir")
            for each in Due.objects.order_by("pk")
        )
        assert first is not None
        assert second is not None
        for found, amount in ((first, 15), (second, 40)):
            record_recovery(
                actor=anna, overpayment_id=found.pk, amount=D(amount), received_on=date(2026, 11, 23), reference="REL"
            )
        assert {line["État"] for line in rows_of(anna, "trop-percus")} == {"À rembourser", "Remboursé"}
        (line,) = rows_of(anna, "trop-percus", only_open=True)
        assert (line["Numéro"], line["Bénéficiaire"], line["Motif"]) == (first.number, "AXEPT", "Un avoir")
        assert (line["Montant"], line["Remboursé"], line["Reste"]) == ("40,00", "15,00", "25,00")
        assert line["Dossier"] == first.line.due.claim.dossier.number

    def test_accounts_of_the_opco_never_whole(self, anna: Actor, basil: Actor) -> None:
        debtor(anna, basil)
        assert mask_iban(iban(999)) in (told := file_of(anna, "comptes-debiteurs", {}))
        assert iban(999) not in told.replace(" ", "")
        (line,) = rows_of(anna, "comptes-debiteurs")
        assert (line["Titulaire"], line["État"], line["BIC"]) == ("OPCO Mobilités", "En service", "AGRIFRPP")
        assert line["Saisi par"] != line["Vérifié par"]

    def test_accounts_to_check_never_whole(self, anna: Actor) -> None:
        number = iban(7)
        BankAccountFactory.create(iban=number, establishment=EstablishmentFactory.create(name="GARAGE DU LAC"))
        act = {"ground": Ground.FACTOR, "since": TODAY, "holder": "LE FACTOR"}
        BankAccountFactory.create(establishment=None, provider=ProviderFactory.create(name="AXEPT"), **act)
        school(name="CONNUE")
        told = file_of(anna, "iban", {})
        assert mask_iban(number) in told
        assert number not in told.replace(" ", "")
        own, other = rows_of(anna, "iban")
        assert (own["Bénéficiaire"], own["En tant que"], own["L'acte prend effet le"]) == (
            "GARAGE DU LAC",
            "employeur",
            "",
        )
        assert (other["Bénéficiaire"], other["En tant que"], other["Titulaire"]) == ("AXEPT", "organisme", "LE FACTOR")
        assert (other["Motif"], other["L'acte prend effet le"]) == (Ground.FACTOR.label, "01/12/2026")

    def test_envelopes_and_what_is_left_of_each(self, anna: Actor) -> None:
        Idcc.objects.create(code="1090", label="Automobile", search="automobile", active=True)
        envelope(1000, idcc="1090")
        envelope(500, engaged=D(500), paid=D(20))
        envelope(500, engaged=D(501), fund=Fund.CONVENTIONNEL, mode=Mode.SUIVIE)
        lines = rows_of(anna, "enveloppes")
        assert [line["État"] for line in lines] == ["Ouverte", "Épuisée", "Dépassée"]
        assert [line["Reste"] for line in lines] == ["1000,00", "0,00", "-1,00"]
        assert lines[0]["Branche"] == "1090 Automobile"
        assert (lines[1]["Branche"], lines[1]["Payé"], lines[1]["Année"]) == ("Toutes les branches", "20,00", "2026")

    def test_companies_accounts(self, anna: Actor) -> None:
        company = EstablishmentFactory.create().company
        assert anna.user_id
        account(company, anna.user_id, engaged=D(300), pays_wages=True)
        (line,) = rows_of(anna, "versements-volontaires")
        assert (line["Entreprise"], line["SIREN"], line["Convention"]) == (company.name, company.siren, "VV-2026-1")
        assert (line["Versé"], line["Engagé"], line["Solde"]) == ("1000,00", "300,00", "700,00")
        assert (line["Paie les salaires"], line["Paie les frais annexes"]) == ("oui", "non")


class TestRights:
    @pytest.mark.parametrize("code", sorted(PAGES))
    def test_who_reads_the_page_takes_its_list_away_and_nobody_else(self, code: str, db: None) -> None:
        people = {name: make() for name, make in EVERYBODY.items()}
        reading = {name for name, actor in people.items() if browser(actor).get(PAGES[code]).status_code == 200}
        asking = {name for name, actor in people.items() if browser(actor).get(f"/exports/{code}/").status_code == 200}
        assert (reading, asking) == (READERS[code], READERS[code])
        for name in set(people) - READERS[code]:
            with pytest.raises(Forbidden):
                size_of(actor=people[name], code=code, asked={})

    def test_every_list_is_here(self) -> None:
        assert {each.code for each in FINANCE} == set(PAGES) == set(READERS)

    def test_who_reads_no_other_list_downloads_this_one(self, carl: Actor) -> None:
        due(engaged("100"))
        site = browser(carl)
        asked = site.post("/exports/service-fait/?etat=validee", {"format": "xlsx"})
        run_pending_jobs(names=["works.run"])
        file = site.get(f"{asked['Location']}fichier/")
        assert (file.status_code, Work.objects.get().done) == (200, 1)
        release(file)
        assert ReadAudit.objects.get(what="export.list").actor_id == carl.user_id
        assert site.get("/exports/restes-a-liquider/").status_code == 403


class TestPages:
    @pytest.fixture
    def money(self, anna: Actor, basil: Actor) -> None:
        """A row in each list."""
        debtor(anna, basil)
        due(engaged("100"), to=school())
        read(anna, booked(*orders(sent_to_the_bank(anna, basil))))
        credit_due(actor=anna, due_id=Due.objects.get().pk, amount=D(40), reason="Un avoir")
        BankAccountFactory.create()
        assert anna.user_id
        account(EstablishmentFactory.create().company, anna.user_id)

    @pytest.mark.usefixtures("money")
    @pytest.mark.parametrize(
        ("code", "query"),
        [
            ("service-fait", "?etat=validee"),
            ("trop-percus", "?ouverts"),
            *((code, "") for code in PAGES if code != "service-fait"),
        ],
    )
    def test_each_leads_to_its_export_and_back(self, code: str, query: str, anna: Actor, carl: Actor) -> None:
        site = browser(carl if code == "service-fait" else anna)
        assert f'href="/exports/{code}/{query}"' in site.get(f"{PAGES[code]}{query}").content.decode()
        opened = site.get(f"/exports/{code}/{query}")
        assert ">1 ligne<" in opened.content.decode()
        assert f'href="{PAGES[code]}{query.replace("?ouverts", "?ouverts=")}"' in opened.content.decode()

    def test_an_empty_one_leads_nowhere(self, anna: Actor, carl: Actor) -> None:
        for code, page in PAGES.items():
            site = browser(carl if code == "service-fait" else anna)
            assert f"/exports/{code}/" not in site.get(page).content.decode()


def test_more_rows_cost_no_more_queries(anna: Actor, basil: Actor, carl: Actor) -> None:
    def cost(code: str) -> int:
        actor = carl if code == "service-fait" else anna
        given = {"state": "validee"} if code == "service-fait" else {}
        with CaptureQueriesContext(connection) as found:
            for page in pages_of(LISTS[code], given, lambda: actor):
                [[column.value(row) for column in LISTS[code].columns] for row in page]
        return len(found)

    def more(rank: int) -> None:
        due(engaged("100"), to=school())
        due(engaged("50"))
        read(anna, booked(*orders(sent_to_the_bank(anna, basil))))
        credit_due(actor=anna, due_id=Due.objects.order_by("-pk")[1].pk, amount=D(40), reason="Un avoir")
        BankAccountFactory.create()
        BankAccountFactory.create(establishment=None, provider=ProviderFactory.create())
        account(EstablishmentFactory.create().company, UserFactory.create().pk)
        envelope(1000, year=2030 + rank, idcc="1090")

    debtor(anna, basil)
    more(0)
    assert BankAccount.objects.filter(state=AccountState.PROPOSED).count() == 2
    before = {code: cost(code) for code in PAGES}
    more(1)
    more(2)
    assert {code: cost(code) for code in PAGES} == before
