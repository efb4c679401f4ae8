"""An officer clears a list in one go, reads what was done and left out, and takes it away as a sheet; an employer takes his."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page

from openopco.base.jobs import run_pending_jobs
from openopco.documents.models import Document
from openopco.dossiers.models import Dossier
from openopco.habilitations.queries import actor_for
from tests.browser import expect
from tests.dossiers.factories import number_of, taken
from tests.scenarios.conftest import Opener
from tests.scenarios.employer import Employer, sign_in
from tests.scenarios.looking import look
from tests.scenarios.world import World, day

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MANY = 30


def held(world: World, count: int) -> list[Dossier]:
    """Requests that the officer holds and may grant."""
    dates = {"starts_on": day(50), "ends_on": day(51), "done_on": day(0)}
    alice, nadia = actor_for(world.employer), actor_for(world.officer)
    # The same people at the same dates each time: something to look at, which the officer has looked at.
    return [taken(alice, world.place, nadia, title=f"Formation {rank}", **dates) for rank in range(count)]


def test_thirty_are_granted_in_one_go_and_taken_away(
    page: Page, open_browser: Opener, world: World, tmp_path: Path
) -> None:
    dossiers = held(world, MANY + 1)
    broken = number_of(dossiers[-1])
    Document.objects.filter(owner_id=dossiers[-1].pk).delete()
    sign_in(page, world, world.officer.email)
    page.goto(f"{world.site}/gestion/")
    look(page)
    # Nothing ticked: told, and nothing done.
    page.get_by_label("Pour les dossiers cochés").select_option("Accorder")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("Cochez au moins un dossier")).to_be_visible()
    # All of the list, beyond the page of 25.
    page.get_by_label("Pour les dossiers cochés").select_option("Accorder")
    page.get_by_label("Tous ceux de cette liste, pages suivantes comprises").check()
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Accorder {MANY + 1} demandes")
    expect(page.get_by_text("1 sera laissée de côté : un contrôle est en échec")).to_be_visible()
    look(page, "lot-accorder")
    page.get_by_label("Accorder aussi les demandes qui ont un point à regarder").check()
    page.get_by_role("button", name="Accorder les demandes").click()
    expect(page.get_by_role("status").filter(has_text="commence dans un instant")).to_be_visible()
    look(page)
    # The page follows by itself.
    run_pending_jobs()
    expect(page.get_by_text(f"{MANY} demandes traitées, 1 laissée de côté.")).to_be_visible()
    expect(page.get_by_role("link", name=broken)).to_be_visible()
    look(page, "lot-compte-rendu")
    assert Dossier.objects.filter(state="accordee").count() == MANY
    with page.expect_download() as report:
        page.get_by_role("link", name="Exporter le compte rendu").click()
    assert broken in Path(report.value.path()).read_text()
    # The list as filtered, as a sheet.
    page.goto(f"{world.site}/gestion/?vue=tout&etat=accordee")
    page.get_by_role("link", name="Exporter cette liste").click()
    expect(page.get_by_text(f"{MANY} lignes")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Préparer le fichier").click()
    expect(page.get_by_role("heading", name="Export : Dossiers à traiter (XLSX)")).to_be_visible()
    run_pending_jobs()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le fichier").click()
    sheet = openpyxl.load_workbook(_kept(download.value.path(), tmp_path)).active
    assert sheet.max_row == MANY + 1
    assert {cell.value for cell in sheet["B"][1:]} == {"Accordée"}
    page.get_by_role("link", name="Mes travaux").first.click()
    expect(page.get_by_role("row", name="Accorder 31 demandes")).to_contain_text("Terminé")
    look(page, "mes-travaux")
    # The employer takes one whole request away.
    someone = Employer(open_browser(), world).arrives()
    someone.page.goto(f"{world.site}/demandes/{number_of(dossiers[0])}/")
    someone.page.get_by_role("button", name="Tout le dossier (ZIP)").click()
    expect(someone.page.get_by_role("heading", level=1)).to_contain_text("(ZIP)")
    run_pending_jobs()
    expect(someone.page.get_by_role("link", name="Télécharger le fichier")).to_be_visible()
    look(someone.page)


def _kept(downloaded: Path, folder: Path) -> Path:
    """openpyxl goes by the name."""
    target = folder / "list.xlsx"
    target.write_bytes(downloaded.read_bytes())
    return target
