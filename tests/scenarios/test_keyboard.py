"""The whole journey without a mouse: each stop shows where one is, none is hidden, and Enter does what a click would."""

from typing import Any

import pytest
from playwright.sync_api import Error, Page

from tests.accounts.factories import PASSWORD
from tests.browser import HIDDEN_FOCUS, RING, expect
from tests.dossiers.factories import NIR
from tests.scenarios.employer import COURSE, Employer, a_pdf
from tests.scenarios.world import AXEPT, World, day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_STOPS = 90
IS_FOCUSED = "each => each === document.activeElement"


class Keyboard:
    """Somebody's ten fingers."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def reaches(self, target: Any) -> None:
        """Tabs on until there; each stop on the way shows its ring and stands in sight."""
        expect(target).to_be_visible()
        for _ in range(MOST_STOPS):
            if target.evaluate(IS_FOCUSED):
                return
            self.press("Tab")
            assert self.page.evaluate(RING) in ("", None)
            assert self.page.evaluate(HIDDEN_FOCUS) == ""
        pytest.fail(f"the keyboard never reaches {target}")

    def enters(self, target: Any) -> None:
        self.reaches(target)
        self.press("Enter")

    def types(self, target: Any, words: str) -> None:
        """Tab selects what a field holds, so that typing replaces it."""
        self.reaches(target)
        self.page.keyboard.type(words)

    def chooses(self, target: Any, file: Any) -> None:
        """Opens the file chooser by its key; pressed again where a busy browser let the first press go by."""
        for _ in range(4):
            self.reaches(target)
            try:
                with self.page.expect_file_chooser(timeout=6000) as chooser:
                    self.press("Space")
            except Error:
                continue
            chooser.value.set_files([file])
            return
        pytest.fail("the keyboard never opens the file chooser")

    def skips_to_content(self) -> None:
        self.press("Tab")
        expect(self.page.get_by_role("link", name="Aller au contenu")).to_be_focused()
        self.press("Enter")
        expect(self.page.locator("main")).to_be_focused()


def test_from_the_landing_page_to_the_confirmation(page: Page, world: World) -> None:
    someone, keys = Employer(page, world), Keyboard(page)
    page.goto(f"{world.site}/")
    keys.enters(page.get_by_role("link", name="M-GESTION", exact=True))
    keys.types(page.get_by_label("Email / Identifiant"), world.employer.email)
    keys.types(page.get_by_label("Mot de passe"), PASSWORD)
    keys.press("Enter")
    someone.title("Bienvenue sur M-Gestion")
    keys.skips_to_content()
    keys.enters(page.locator("summary").filter(has_text="CRÉER UNE DEMANDE"))
    keys.enters(page.get_by_role("button", name="Action de formation"))
    someone.title("L'Employeur")
    keys.skips_to_content()
    keys.enters(page.get_by_role("button", name="SUIVANT"))
    someone.title("La Formation")
    keys.skips_to_content()
    opener = page.get_by_role("link", name="SÉLECTIONNER OU CRÉER UN ORGANISME DE FORMATION")
    keys.enters(opener)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    keys.press("Enter")
    keys.types(dialog.get_by_label("SIRET (complet)"), AXEPT)
    keys.press("Enter")
    expect(page.get_by_text("Raison sociale")).to_be_visible()
    keys.skips_to_content()
    keys.types(someone.field("Intitulé de la formation"), COURSE["Intitulé de la formation"])
    keys.types(someone.field("Date de début"), day(50))
    keys.types(someone.field("Date de fin"), day(51))
    keys.types(someone.field("Durée en heure(s)"), "14")
    keys.types(someone.field("Coût pédagogique de l'action HT"), "560")
    keys.types(someone.field("Code postal"), "68200")
    # Two communes have that code: they are offered as buttons, which the keyboard reaches.
    expect(page.get_by_role("button", name="Brunstatt-Didenheim")).to_be_visible()
    keys.enters(page.get_by_role("button", name="Mulhouse", exact=True))
    expect(someone.field("Ville")).to_have_value("Mulhouse")
    keys.enters(page.get_by_role("button", name="SUIVANT"))
    someone.title("Le(s) stagiaire(s)")
    keys.skips_to_content()
    keys.enters(page.get_by_role("button", name="+ AJOUTER"))
    someone.title("Stagiaire 1")
    keys.skips_to_content()
    keys.types(someone.field("NIR"), NIR)
    keys.types(someone.field("Date de naissance"), "05/01/1995")
    keys.types(someone.field("Nom"), "Müller")
    keys.types(someone.field("Prénom"), "Anaïs")
    keys.types(someone.field("Sexe"), "Femme")
    keys.types(someone.field("CSP"), "Tech")
    keys.types(someone.field("Niveau de formation initial"), "Niveau 4")
    keys.enters(page.get_by_role("button", name="ENREGISTRER LE STAGIAIRE"))
    expect(page.get_by_role("row", name="Anaïs Müller")).to_contain_text("Complet")
    keys.skips_to_content()
    keys.enters(page.get_by_role("button", name="SUIVANT"))
    someone.title("Les pièces jointes")
    keys.skips_to_content()
    keys.chooses(someone.zone("Programme de l'action").locator("input[type=file]"), a_pdf())
    expect(page.get_by_role("link", name="programme.pdf")).to_be_visible()
    keys.enters(page.get_by_role("button", name="SUIVANT"))
    someone.title("Synthèse")
    keys.skips_to_content()
    keys.types(someone.field("Fait à"), "Illzach")
    keys.types(someone.field("Date"), day(0))
    keys.reaches(page.get_by_label("J'atteste sur l'honneur les points suivants"))
    keys.press("Space")
    keys.enters(page.get_by_role("button", name="VALIDER"))
    someone.title("Votre demande est envoyée")
    keys.skips_to_content()
    keys.reaches(page.get_by_role("link", name="votre accusé de réception (PDF)"))
