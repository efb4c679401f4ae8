"""The walk of the seed, word for word: from the landing page to the decision, both sides of the counter."""

import pytest
from playwright.sync_api import Page

from openopco.base.jobs import run_pending_jobs
from openopco.mail.models import OutgoingMail
from tests.browser import assert_focus_shows, expect
from tests.dossiers.factories import NIR
from tests.scenarios.employer import Employer, a_pdf, sign_in
from tests.scenarios.looking import look
from tests.scenarios.world import AXEPT, World, day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.browser_sqlite
def test_an_employer_asks_for_a_course_to_be_paid(page: Page, world: World) -> None:
    someone = Employer(page, world)
    page.set_viewport_size({"width": 1280, "height": 900})
    # 1. The landing page, its tab.
    page.goto(f"{world.site}/")
    look(page)
    page.get_by_role("link", name="M-GESTION", exact=True).click()
    # 2. Sign-in.
    someone.title("Bienvenue dans votre espace de connexion sécurisée à l'ensemble de vos services digitaux")
    for words in ("Vous avez déjà un compte ?", "Vous n'avez pas de compte ?", "M'inscrire"):
        expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Réinitialiser votre mot de passe")).to_be_visible()
    look(page)
    sign_in(page, world, world.employer.email)
    # 3. The dashboard.
    someone.title("Bienvenue sur M-Gestion")
    for words in (
        "M-Gestion, votre compte en ligne pour le financement et le suivi de vos formations",
        "Nouveautés !",
        "Consultez le guide utilisateur",
        "Et visualisez les nouvelles fonctionnalités mises à votre disposition.",
        "TÉLÉCHARGER",
        "Mon tableau de bord",
        "Conditions Générales d'Utilisation",
        "Donnez votre avis",
    ):
        expect(page.get_by_text(words).first).to_be_visible()
    look(page)
    assert_focus_shows(page)
    page.get_by_text("+ CRÉER UNE DEMANDE").click()
    look(page)
    page.keyboard.press("Escape")
    # 4. A new request.
    page.reload()
    someone.opens_a_request()
    expect(page.get_by_text("Créer un nouveau dossier AF")).to_be_visible()
    for words in ("ACTIF AUTO CONTROLE", "24 AVE DE HOLLANDE", "68110", "ILLZACH", "7120A"):
        expect(page.locator("main").get_by_text(words).first).to_be_visible()
    expect(someone.field("Effectif total salariés")).to_have_value("3")
    expect(someone.field("Code IDCC de la convention collective")).to_have_value("1090")
    look(page, "etape-1-employeur")
    someone.goes_on("La Formation")
    look(page)
    # 5. The provider, found by SIRET.
    page.get_by_role("link", name="SÉLECTIONNER OU CRÉER UN ORGANISME DE FORMATION").click()
    dialog = page.get_by_role("dialog", name="Sélectionner un organisme de formation")
    for words in ("Rechercher un organisme de formation", "Créer un organisme de formation"):
        expect(dialog.get_by_role("heading", name=words)).to_be_visible()
    expect(dialog.get_by_role("button", name="CRÉER L'ÉTABLISSEMENT")).to_be_visible()
    dialog.get_by_label("SIRET (complet)").fill(AXEPT)
    look(page, "organisme", whole=False)
    dialog.get_by_label("SIRET (complet)").fill("834 267 023 00029")
    dialog.get_by_role("button", name="CHERCHER", exact=True).click()
    expect(dialog.locator(".error")).to_be_visible()
    look(page)
    dialog.get_by_label("SIRET (complet)").fill(AXEPT)
    dialog.get_by_role("button", name="CHERCHER", exact=True).click()
    expect(page.get_by_text("AXEPT").first).to_be_visible()
    # 6. The course.
    expect(someone.field("Dispositif")).to_have_value("action")
    someone.describes_the_course()
    expect(page.locator("[data-save-status]")).to_contain_text("Enregistré à")
    look(page)
    someone.goes_on("Le(s) stagiaire(s)")
    look(page)
    # 7. A trainee.
    someone.adds_a_trainee()
    row = page.get_by_role("row", name="Anaïs Müller")
    expect(row).to_contain_text("05/01/1995")
    expect(row).to_contain_text("Technicien, agent de maîtrise")
    expect(row).to_contain_text("Complet")
    assert NIR not in page.content()
    look(page)
    row.get_by_role("link", name="Anaïs Müller").click()
    expect(page.get_by_text("2 95 •• •• ••• ••• ••")).to_be_visible()
    assert NIR not in page.content()
    look(page)
    page.get_by_role("link", name="Revenir à la liste").click()
    someone.goes_on("Les pièces jointes")
    # 8. The pieces: four zones, always.
    for title in (
        "Programme de l'action",
        "Pour un bilan de compétence : copie de la convention tripartite",
        "Pour une VAE : copie de la convention",
        "Autres / Divers",
    ):
        expect(someone.zone(title)).to_contain_text(
            "Déposez les fichiers à télécharger, ou cliquez pour en sélectionner."
        )
    look(page)
    someone.joins("Programme de l'action", a_pdf())
    someone.joins("Autres / Divers", a_pdf("convocation 1.pdf"), a_pdf("convocation 2.pdf"))
    look(page, "etape-4-pieces")
    someone.goes_on("Synthèse")
    # 9. The synthesis: refused while it is not attested, with nothing lost.
    page.get_by_role("button", name="VALIDER").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert page.title().startswith("Erreur : Étape 5 sur 5")
    look(page)
    someone.closes()
    look(page)
    number = someone.validates()
    # 10. Sent.
    assert number.startswith(f"AF-{day(0)[-4:]}-")
    look(page, "envoyee")
    run_pending_jobs()
    with page.expect_download() as download:
        page.get_by_role("link", name="votre accusé de réception (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    [mail] = OutgoingMail.objects.filter(to=world.employer.email)
    assert number in mail.subject + mail.text
    assert NIR not in mail.text
