"""Another OPCO, whole: a process of its own with its name, its colours and its logo, looked at by a browser."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page
from pypdf import PdfReader

from openopco.demo.accounts import ADMINISTRATOR, EMPLOYER, PASSWORD
from tests.browser import expect
from tests.conftest import free_port
from tests.opco.test_logo import png
from tests.scenarios.looking import look

pytestmark = pytest.mark.browser
PATIENCE = 600.0
FOREIGN = re.compile(r"OPCO Mobilités|M-Gestion", re.IGNORECASE)
NAME, PRODUCT, TEAL = "OPCO des Bâtisseurs", "Espace Bâtir", "#5b2a86"
RGB = (91, 42, 134)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address, once its demonstration answers."""
    folder, port = tmp_path_factory.mktemp("second"), free_port()
    picture = folder / "logo.png"
    picture.write_bytes(png())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENOPCO_", "DJANGO_", "TEST_"))}
    environment = {
        **kept,
        "PORT": str(port),
        "OPENOPCO_VAR": str(folder / "var"),
        "OPENOPCO_OPCO": "constructys",
        "OPENOPCO_OPCO_NAME": NAME,
        "OPENOPCO_PRODUCT": PRODUCT,
        "OPENOPCO_TAGLINE": "vos formations, du devis au règlement",
        "OPENOPCO_COLOUR_MAIN": TEAL,
        "OPENOPCO_LOGO": str(picture),
    }
    command = [sys.executable, "-m", "openopco.demo.supervisor"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=settings.ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(process, f"http://127.0.0.1:{port}/healthz", folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
    assert f"{PRODUCT}, par {NAME}" in (folder / "log").read_text()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - this machine's own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(log.read_text())


def _enter(page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/connexion/")
    page.get_by_label("Email / Identifiant").fill(email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Me connecter").click()
    expect(page.locator(".header-tools")).to_be_visible()


def _check(page: Page, address: str) -> None:
    page.goto(address)
    look(page)
    told = page.content()
    assert not FOREIGN.search(told), FOREIGN.findall(told)
    assert NAME in told


def _check_letter(page: Page, second: str) -> None:
    """The letter of an agreement, opened by its employer, wears the OPCO's name and colour and no other's."""
    page.goto(f"{second}/demandes/?etat=accordee")
    page.locator("a.figures, th a").first.click()
    address = page.locator('a[href*="/lettres/"]').first.get_attribute("href")
    letter = PdfReader(BytesIO(page.request.get(f"{second}{address}").body()))
    told = " ".join(" ".join(each.extract_text() for each in letter.pages).split())
    assert NAME in told
    assert not FOREIGN.search(told), FOREIGN.findall(told)
    drawn = letter.pages[0].get_contents()
    assert drawn is not None
    colours = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:scn?|SCN?|rg|RG)\b", drawn.get_data())
    assert RGB in {tuple(round(float(part) * 255) for part in each) for each in colours}


def test_a_second_opco_has_its_own_words_colours_and_letters(page: Page, second: str) -> None:
    _check(page, f"{second}/")
    header = page.locator(".header").first
    assert header.evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(91, 42, 134)"
    expect(page.get_by_role("img", name=NAME).first).to_be_visible()
    expect(page.locator("body")).to_contain_text("vos formations, du devis au règlement")
    _enter(page, second, EMPLOYER)
    for path in ("tableau-de-bord/", "demandes/", "aide/", "nouveautes/"):
        _check(page, f"{second}/{path}")
    page.goto(f"{second}/demandes/")
    number = page.locator("a.figures, th a").first.inner_text().strip()
    _check(page, f"{second}/demandes/{number}/")
    _check_letter(page, second)
    _check(page, f"{second}/demo/boite/")
    page.context.clear_cookies()
    _enter(page, second, ADMINISTRATOR)
    for path in ("parametres/", "parametres/claim_months/", "listes/"):
        _check(page, f"{second}/administration/{path}")
