"""The same journey on a small phone, enlarged twice, and without JavaScript: nobody is left at the door."""

import pytest

from openopco.documents.models import Document
from openopco.dossiers.models import Dossier
from tests.browser import assert_fits, expect
from tests.dossiers.factories import NIR
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import CHOICES, COURSE, TRAINEE, Employer, a_pdf
from tests.scenarios.world import AXEPT, World, day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# At 200 %, a screen 1280 wide has 640 left; at 400 %, 320 (RGAA 10.11).
SCREENS = {"phone": {"width": 320, "height": 640}, "enlarged": {"width": 640, "height": 450}}


@pytest.mark.parametrize("screen", SCREENS)
def test_the_whole_journey_on_a_screen(open_browser: Opener, world: World, screen: str) -> None:
    page = open_browser(viewport=SCREENS[screen], has_touch=screen == "phone")
    page.on("load", assert_fits)
    someone = Employer(page, world).arrives()
    someone.fills_everything()
    assert_fits(page)
    someone.validates()
    assert_fits(page)


def test_the_whole_journey_without_javascript(open_browser: Opener, world: World) -> None:
    page = open_browser(java_script_enabled=False)
    someone = Employer(page, world).arrives()
    someone.opens_a_request()
    someone.field("Effectif total salariés").fill("beaucoup")
    page.get_by_role("button", name="SUIVANT").click()
    assert page.title().startswith("Erreur : Étape 1 sur 5")
    expect(someone.field("Effectif total salariés")).to_have_value("beaucoup")
    someone.field("Effectif total salariés").fill("3")
    someone.goes_on("La Formation")
    # What was typed is kept by the button that leads to another page.
    someone.field("Intitulé de la formation").fill(COURSE["Intitulé de la formation"])
    page.get_by_role("button", name="SÉLECTIONNER OU CRÉER UN ORGANISME DE FORMATION").click()
    someone.title("Sélectionner un organisme de formation")
    page.get_by_label("SIRET (complet)").fill(AXEPT)
    page.get_by_role("button", name="CHERCHER", exact=True).click()
    expect(page.get_by_text("AXEPT").first).to_be_visible()
    expect(someone.field("Intitulé de la formation")).to_have_value(COURSE["Intitulé de la formation"])
    someone.field("Durée en heure(s)").fill("14")
    someone.field("Coût pédagogique de l'action HT").fill("1 250,50")
    someone.field("Date de début").fill(day(50))
    someone.field("Date de fin").fill(day(51))
    someone.field("Code postal").fill("68110")
    someone.field("Ville").fill("Illzach")
    someone.goes_on("Le(s) stagiaire(s)")
    page.get_by_role("button", name="+ AJOUTER").click()
    for label, value in TRAINEE.items():
        someone.field(label).fill(value)
    for label, choice in CHOICES.items():
        someone.field(label).select_option(choice)
    someone.field("NIR").fill(NIR[:-1] + "0")
    page.get_by_role("button", name="ENREGISTRER LE STAGIAIRE").click()
    expect(page.locator("#id_nir_error")).to_contain_text("La clé du NIR ne correspond pas")
    someone.field("NIR").fill(NIR)
    page.get_by_role("button", name="ENREGISTRER LE STAGIAIRE").click()
    someone.goes_on("Les pièces jointes")
    zone = someone.zone("Programme de l'action")
    zone.locator("input[type=file]").set_input_files([a_pdf(), a_pdf("devis.pdf")])
    zone.get_by_role("button", name="Joindre").click()
    expect(someone.zone("Programme de l'action").get_by_role("link", name="devis.pdf")).to_be_visible()
    someone.zone("Programme de l'action").get_by_role("button", name="Retirer devis.pdf").click()
    assert Document.objects.count() == 1
    someone.goes_on("Synthèse")
    someone.closes()
    number = someone.validates()
    assert str(Dossier.objects.get(number=number).amount_asked) == "1250.50"
