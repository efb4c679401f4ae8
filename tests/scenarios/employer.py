"""What an employer does, screen by screen, in the words of PRODUCT.md and with the seed's own values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pikepdf
from playwright.sync_api import Page

from tests.accounts.factories import PASSWORD
from tests.browser import expect
from tests.documents.hostile import pdf
from tests.dossiers.factories import NIR
from tests.scenarios.world import AXEPT, World, day

COURSE: Mapping[str, str] = {
    "Intitulé de la formation": "Maintien de qualification du contrôleur technique",
    "Durée en heure(s)": "14",
    "Coût pédagogique de l'action HT": "560",
}
TRAINEE: Mapping[str, str] = {"Date de naissance": "05/01/1995", "Nom": "Müller", "Prénom": "Anaïs"}
CHOICES: Mapping[str, str] = {
    "Sexe": "Femme",
    "CSP": "Technicien, agent de maîtrise",
    "Niveau de formation initial": "Niveau 4 : baccalauréat",
}


def a_pdf(name: str = "programme.pdf") -> Any:
    """A file as the browser gives it; two names are two documents."""

    def entitle(document: pikepdf.Pdf) -> None:
        document.docinfo["/Title"] = name

    return {"name": name, "mimeType": "application/pdf", "buffer": pdf(entitle)}


def sign_in(page: Page, world: World, email: str) -> None:
    page.goto(f"{world.site}/connexion/")
    page.get_by_label("Email / Identifiant").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Me connecter").click()
    expect(page.locator(".header-tools")).to_be_visible()


@dataclass(slots=True)
class Employer:
    """An employer before the screen."""

    page: Page
    world: World

    def arrives(self) -> "Employer":
        sign_in(self.page, self.world, self.world.employer.email)
        return self

    def field(self, label: str) -> Any:
        """The field that people see under that label; « * » marks what is required and is no part of its name."""
        return (
            self.page.locator("main")
            .get_by_label(label, exact=True)
            .or_(self.page.locator("main").get_by_label(f"{label} *", exact=True))
        )

    def title(self, words: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words)

    def opens_a_request(self) -> None:
        self.page.get_by_text("+ CRÉER UNE DEMANDE").click()
        self.page.get_by_role("button", name="Action de formation").click()
        self.title("L'Employeur")

    def goes_on(self, to: str) -> None:
        self.page.get_by_role("button", name="SUIVANT").click()
        self.title(to)

    def chooses_provider(self, siret: str = AXEPT) -> None:
        self.page.get_by_role("link", name="SÉLECTIONNER OU CRÉER UN ORGANISME DE FORMATION").click()
        dialog = self.page.get_by_role("dialog", name="Sélectionner un organisme de formation")
        dialog.get_by_label("SIRET (complet)").fill(siret)
        dialog.get_by_role("button", name="CHERCHER", exact=True).click()
        expect(self.page.get_by_text("Raison sociale")).to_be_visible()

    def describes_the_course(self, **changes: str) -> None:
        for label, value in {**COURSE, **changes}.items():
            self.field(label).fill(value)
        self.field("Date de début").fill(day(50))
        self.field("Date de fin").fill(day(51))
        self.field("Code postal").fill("68110")
        expect(self.field("Ville")).to_have_value("Illzach")

    def adds_a_trainee(self) -> None:
        self.page.get_by_role("button", name="+ AJOUTER").click()
        for label, value in TRAINEE.items():
            self.field(label).fill(value)
        for label, choice in CHOICES.items():
            self.field(label).select_option(choice)
        self.field("NIR").fill(NIR)
        self.page.get_by_role("button", name="ENREGISTRER LE STAGIAIRE").click()
        self.title("Le(s) stagiaire(s)")

    def zone(self, title: str) -> Any:
        return self.page.get_by_role("form", name=title)

    def joins(self, title: str, *files: Any) -> None:
        self.zone(title).locator("input[type=file]").set_input_files(list(files))
        for file in files:
            expect(self.zone(title).get_by_role("link", name=file["name"])).to_be_visible()

    def fills_everything(self) -> None:
        """The five steps as far as the synthesis, dated and attested."""
        self.opens_a_request()
        self.goes_on("La Formation")
        self.chooses_provider()
        self.describes_the_course()
        self.goes_on("Le(s) stagiaire(s)")
        self.adds_a_trainee()
        self.goes_on("Les pièces jointes")
        self.joins("Programme de l'action", a_pdf())
        self.goes_on("Synthèse")
        self.closes()

    def closes(self) -> None:
        self.field("Fait à").fill("Illzach")
        self.field("Date").fill(day(0))
        self.page.get_by_label("J'autorise la prise en charge sur les versements volontaires").check()
        self.page.get_by_label("J'atteste sur l'honneur les points suivants").check()

    def validates(self) -> str:
        """Sends, and gives the number."""
        self.page.get_by_role("button", name="VALIDER").click()
        self.title("Votre demande est envoyée")
        return self.page.locator(".done-panel .figures").inner_text()
