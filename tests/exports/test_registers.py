"""The lists of organisations, of people, of what is set, and the tables of the statistics: whole, for whoever may read them."""

import csv
import io
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.base.jobs import run_pending_jobs
from openopco.base.works import may_take
from openopco.dossiers.actions.papers import open_paper_draft
from openopco.dossiers.enums import Reception, State
from openopco.dossiers.models import FundClosure, PointTally, PortfolioRule, TalliedMonth
from openopco.dossiers.papers import Received
from openopco.dossiers.tallying import tally
from openopco.exports.actions import ask_export, size_of
from openopco.exports.lists import LISTS, pages_of
from openopco.exports.registers import REGISTERS
from openopco.exports.tallies import TALLIES
from openopco.habilitations.models import Absence, Invitation
from openopco.kernel.errors import Forbidden
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import NOW, DossierFactory, garage, school
from tests.habilitations.factories import AcceptedFactory, MembershipFactory, officer
from tests.organisations.factories import EstablishmentFactory, ProviderFactory
from tests.web.visitors import client_of

PERIOD = {"first": "2026-11-01", "last": "2026-11-01", "idcc": ""}


def taken_away(actor: Actor, code: str, given: dict[str, Any]) -> list[dict[str, str]]:
    work = ask_export(actor=actor, code=code, format="csv", asked=given, key=uuid.uuid4())
    run_pending_jobs(names=["works.run"])
    work.refresh_from_db()
    assert may_take(work)
    with default_storage.open(work.result_name) as file:
        return list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig")), delimiter=";"))


def away(user: Actor, by: Actor, **changes: Any) -> Absence:
    today = NOW.date()
    given = {"starts_on": today, "ends_on": today + timedelta(days=2), "entered_at": NOW, **changes}
    return Absence.objects.create(user_id=user.user_id, replacement_id=by.user_id, entered_by_id=user.user_id, **given)


def invited(by: Actor, email: str, until: datetime, **place: Any) -> Invitation:
    sent = {"created_at": NOW, "sent_at": NOW, "expires_at": until, "token_digest": email}
    return Invitation.objects.create(email=email, role="DECLARANT", invited_by_id=by.user_id, **sent, **place)


class TestOrganisations:
    def test_companies_and_providers_as_searched(self, olga: Actor) -> None:
        EstablishmentFactory.create(name="GARAGE DU LAC")
        EstablishmentFactory.create(name="=CMD()")
        ProviderFactory.create(name="ÉCOLE DU LAC", verified=False)
        ProviderFactory.create(name="AUTRE")
        (line,) = taken_away(olga, "entreprises", {"text": "lac"})
        assert (line["Raison sociale"], line["En activité"]) == ("GARAGE DU LAC", "oui")
        assert {each["Raison sociale"] for each in taken_away(olga, "entreprises", {})} == {"GARAGE DU LAC", "'=CMD()"}
        (line,) = taken_away(olga, "organismes-connus", {"text": "ecole"})
        assert (line["Raison sociale"], line["Identité vérifiée"]) == ("ÉCOLE DU LAC", "non")


class TestPeople:
    def test_of_an_establishment_those_who_act_and_ask(self, olga: Actor, place: Establishment) -> None:
        MembershipFactory.create(establishment=place)
        accepted = AcceptedFactory.create(establishment=place)
        AcceptedFactory.create()
        for email, minutes in (("neuf@garage.example", 120), ("vieux@garage.example", 1)):
            invited(olga, email, NOW + timedelta(minutes=minutes), establishment=place)
        invited(olga, "ailleurs@garage.example", NOW + timedelta(days=9), establishment=garage())
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            lines = taken_away(olga, "personnes", {"establishment": place.pk})
        standing = {line["Adresse e-mail"]: line["Rattachement"] for line in lines}
        assert standing["neuf@garage.example"] == "Invitée, sans réponse"
        assert standing["vieux@garage.example"] == "Invitation expirée"
        assert size_of(actor=olga, code="personnes", asked={"establishment": place.pk}).count == len(lines)
        qualities = {line["Adresse e-mail"]: line["Qualité"] for line in lines}
        assert qualities[accepted.user.email] == "Déclarant"
        assert sorted(qualities.values()).count("À valider") == 1
        assert len(lines) == len(qualities)

    def test_of_another_s_establishment_nobody(self, charlie: Actor, place: Establishment) -> None:
        with pytest.raises(Forbidden):
            size_of(actor=charlie, code="personnes", asked={"establishment": place.pk})

    def test_accounts_with_their_roles(self, olga: Actor, admin: Actor) -> None:
        lines = {line["Adresse e-mail"]: line for line in taken_away(admin, "comptes", {})}
        line = lines[User.objects.get(pk=olga.user_id).email]
        assert (line["Rôles"], line["Actif"]) == ("Gestionnaire", "oui")

    def test_absences_one_s_own_or_everybody_s(self, olga: Actor, admin: Actor) -> None:
        away(olga, officer())
        away(officer(), officer())
        away(olga, officer(), ended_at=NOW)
        assert len(taken_away(olga, "absences", {"everybody": False})) == 1
        assert len(taken_away(admin, "absences", {"everybody": True})) == 2


class TestWhatIsSet:
    def test_fund_closures_and_rules(self, admin: Actor, olga: Actor) -> None:
        by = {"closed_by_id": admin.user_id, "created_at": NOW, "source": "Conseil"}
        FundClosure.objects.create(closed_on=NOW.date(), sentence="Tout est engagé.", **by)
        PortfolioRule.objects.create(
            officer_id=olga.user_id,
            region="44",
            amount_from=Decimal(1000),
            assigns=True,
            created_by_id=admin.user_id,
            created_at=NOW,
        )
        (closure,) = taken_away(admin, "fonds", {})
        assert (closure["Branche"], closure["Rouverts le"]) == ("Toutes les branches", "")
        (rule,) = taken_away(admin, "portefeuilles", {})
        assert (rule["Région"], rule["La règle"], rule["Type de demande"]) == ("Grand Est", "Confier", "")

    def test_one_s_own_papers_alone(self, olga: Actor, place: Establishment) -> None:
        for actor in (olga, officer()):
            received = Received(Reception.TELEPHONE, NOW.date(), "Camille Martin", "03 89 00 00 00", "Camille Martin")
            open_paper_draft(actor=actor, establishment=place, kind_code="AF", key=uuid.uuid4(), received=received)
        (line,) = taken_away(olga, "saisies", {})
        assert line["Employeur"] == place.name


class TestTallies:
    def test_each_table_of_the_period_and_branch(self, olga: Actor) -> None:
        DossierFactory.create_batch(2, state=State.ACCORDEE, idcc="1090", provider=school(name="ÉCOLE"), sent_at=NOW)
        DossierFactory.create(state=State.TRANSMISE, idcc="1090", sent_at=NOW)
        DossierFactory.create(state=State.TRANSMISE, idcc="0016", sent_at=NOW)
        tally()
        branch = {**PERIOD, "idcc": "1090"}
        lines = {line["État"]: line for line in taken_away(olga, "statistiques", branch)}
        assert (lines["Accordée"]["Demandes"], lines["Accordée"]["Accordées"], len(lines)) == ("2", "2", 2)
        assert {line["Branche (IDCC)"] for line in taken_away(olga, "statistiques", PERIOD)} == {"1090", "0016"}
        names = {line["Organisme"] for line in taken_away(olga, "statistiques-organismes", branch)}
        assert "ÉCOLE" in names
        assert sum(int(line["Demandes"]) for line in taken_away(olga, "statistiques-delais", branch)) == 2
        PointTally.objects.create(month=TalliedMonth.objects.get(), idcc="1090", kind="champ", name="cost", count=3)
        (point,) = taken_away(olga, "statistiques-points", branch)
        assert (point["Nature"], point["Motif"], point["Demandes"]) == ("Champ du formulaire", "Texte libre", "3")
        assert point["Point"].startswith("Coût")
        assert taken_away(olga, "statistiques", {**PERIOD, "first": "2020-01-01", "last": "2020-01-01"}) == []


@pytest.mark.parametrize("listed", [*REGISTERS, *TALLIES], ids=lambda each: each.code)
def test_who_may_not_read_the_page_takes_no_file(
    listed: Any, alice: Actor, charlie: Actor, olga: Actor, admin: Actor, place: Establishment
) -> None:
    given = {**PERIOD, "establishment": place.pk, "everybody": True}
    refused = {
        "entreprises": admin,
        "organismes-connus": admin,
        "saisies": admin,
        "comptes": olga,
        "fonds": olga,
        "portefeuilles": olga,
        "absences": olga,
    }.get(listed.code, charlie)
    with pytest.raises(Forbidden):
        size_of(actor=refused, code=listed.code, asked=given)


def test_a_page_of_rows_costs_as_many_queries_however_many(olga: Actor, admin: Actor) -> None:
    def cost(code: str, actor: Actor) -> int:
        with CaptureQueriesContext(connection) as found:
            for page in pages_of(LISTS[code], {}, lambda: actor):
                [[column.value(row) for column in LISTS[code].columns] for row in page]
        return len(found)

    reads = (("entreprises", olga), ("organismes-connus", olga), ("comptes", admin), ("absences", olga))
    EstablishmentFactory.create()
    ProviderFactory.create()
    away(olga, officer())
    before = [cost(code, actor) for code, actor in reads]
    EstablishmentFactory.create_batch(3)
    ProviderFactory.create_batch(3)
    for days in (10, 20):
        away(olga, officer(), starts_on=NOW.date() + timedelta(days), ends_on=NOW.date() + timedelta(days))
    assert [cost(code, actor) for code, actor in reads] == before


class TestPages:
    @pytest.mark.parametrize(
        ("address", "link"),
        [
            ("/gestion/entreprises/?q=garage", "/exports/entreprises/?q=garage"),
            ("/gestion/entreprises/organismes/?q=ecole", "/exports/organismes-connus/?q=ecole"),
            ("/gestion/absences/", "/exports/absences/"),
            ("/gestion/statistiques/", "/exports/statistiques/?de="),
        ],
    )
    def test_an_officer_s_list_leads_to_its_export(self, address: str, link: str, olga: Actor, settings: Any) -> None:
        settings.OPENOPCO_MFA_REQUIRED = False
        EstablishmentFactory.create(name="GARAGE")
        ProviderFactory.create(name="ÉCOLE")
        away(olga, officer())
        DossierFactory.create(state=State.TRANSMISE, sent_at=NOW)
        tally()
        site = client_of(User.objects.get(pk=olga.user_id))
        shown = site.get(address).content.decode()
        assert f'href="{link}' in shown
        opened = site.get(link.removesuffix("?de="))
        assert opened.status_code == 200
        assert "0 ligne" not in opened.content.decode()

    def test_people_of_an_establishment_lead_back_to_them(
        self, olga: Actor, charlie: Actor, place: Establishment, settings: Any
    ) -> None:
        settings.OPENOPCO_MFA_REQUIRED = False
        AcceptedFactory.create(establishment=place)
        url = f"/exports/personnes/?etablissement={place.pk}"
        shown = client_of(User.objects.get(pk=olga.user_id)).get(url)
        assert f'href="/gestion/etablissements/{place.pk}/personnes/"' in shown.content.decode()
        stranger = client_of(User.objects.get(pk=charlie.user_id))
        assert [stranger.get(each).status_code for each in (url, "/exports/personnes/?etablissement=x")] == [404, 404]
