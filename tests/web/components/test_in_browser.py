"""The components as people meet them: in a browser, at several widths, with the keyboard, with and without JavaScript."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import NARROW, WIDE, assert_accessible, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAVE = "**/composants/enregistrer/"
WIDTHS = [1280, 768, 375, 320]


@pytest.fixture
def gallery(page: Page, live_server: Any) -> Page:
    page.set_viewport_size(WIDE)
    page.goto(f"{live_server.url}/composants/")
    expect(page.locator("html.has-js")).to_be_attached()
    page.wait_for_load_state("networkidle")
    return page


def title(page: Page) -> Any:
    return page.locator("#id_intitule")


def status(page: Page) -> Any:
    return page.locator("[data-save-status]")


@pytest.mark.parametrize("width", WIDTHS)
def test_every_component_is_accessible_and_fits(gallery: Page, width: int) -> None:
    gallery.set_viewport_size({"width": width, "height": 900})
    assert_accessible(gallery)
    assert_fits(gallery)


def test_public_pages_are_accessible_and_fit(page: Page, live_server: Any) -> None:
    page.set_viewport_size(NARROW)
    for address in ("/composants/public/", "/composants/dialogue/", "/composants/nulle-part/"):
        page.goto(live_server.url + address)
        assert_accessible(page)
        assert_fits(page)


def test_a_zoom_of_two_still_fits(gallery: Page) -> None:
    """At 200 %, a screen 1280 wide has 640 left."""
    gallery.set_viewport_size({"width": 640, "height": 450})
    assert_fits(gallery)


def test_what_one_clicks_is_large_enough(gallery: Page) -> None:
    too_small = gallery.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
          .filter(each => each.checkVisibility({visibilityProperty: true, opacityProperty: true}))
          .filter(each => !each.closest(".notice p, .skip-link"))
          .map(each => [each.outerHTML.slice(0, 90), each.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 23.5)
          .map(([html, box]) => `${html} ${box.width}×${box.height}`)"""
    )
    assert too_small == []


def test_the_focus_is_never_hidden_behind_anything(gallery: Page) -> None:
    for _ in range(60):
        gallery.keyboard.press("Tab")
        hidden = gallery.evaluate(
            """() => {
              const each = document.activeElement, box = each.getBoundingClientRect();
              if (each === document.body || box.width < 2) return "";
              const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return top && (each.contains(top) || top.contains(each)) ? "" : each.outerHTML.slice(0, 120);
            }"""
        )
        assert hidden == ""


def test_the_error_summary_has_the_focus_when_the_page_opens(gallery: Page) -> None:
    expect(gallery.locator("[data-error-summary]")).to_be_focused()


def test_the_menu_opens_and_closes_by_keyboard_on_a_phone(gallery: Page) -> None:
    gallery.set_viewport_size(NARROW)
    button, menu = gallery.get_by_role("button", name="Menu", exact=True), gallery.locator("#menu")
    expect(menu).to_be_hidden()
    button.focus()
    gallery.keyboard.press("Space")
    expect(menu).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    assert_fits(gallery)
    menu.get_by_role("link").first.focus()
    gallery.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()


def test_the_menu_opens_without_javascript(page_without_javascript: Page, live_server: Any) -> None:
    page = page_without_javascript
    page.set_viewport_size(NARROW)
    page.goto(f"{live_server.url}/composants/")
    expect(page.locator("#menu")).to_be_hidden()
    page.get_by_role("link", name="Menu", exact=True).click()
    expect(page.locator("#menu")).to_be_visible()


def test_the_drop_zone_is_a_plain_control_without_javascript(page_without_javascript: Page, live_server: Any) -> None:
    page = page_without_javascript
    page.goto(f"{live_server.url}/composants/")
    expect(page.locator("#id_file_programme")).to_be_visible()
    expect(page.get_by_role("button", name="Joindre : Programme de l'action")).to_be_visible()


def test_what_one_types_is_saved_and_told(gallery: Page) -> None:
    title(gallery).fill("Freinage")
    expect(status(gallery)).to_contain_text("Enregistré à")
    expect(title(gallery)).to_have_attribute("data-revision", "1")
    expect(gallery.locator("[name='revision:intitule']")).to_have_value("1")


def test_fields_are_saved_one_at_a_time_with_their_own_revision(gallery: Page) -> None:
    sent: list[str] = []
    gallery.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    title(gallery).fill("Un")
    gallery.locator("#id_duree").fill("21")
    gallery.locator("#id_modalite").select_option("afest")
    gallery.locator("#id_atteste").check()
    for name in ("intitule", "duree", "modalite", "atteste"):
        expect(gallery.locator(f"[name='revision:{name}']")).to_have_value("1")
    assert len(sent) == 4
    assert all(body.count('name="value"') == 1 for body in sent)


def test_an_error_appears_beside_the_field_and_goes_once_corrected(gallery: Page) -> None:
    title(gallery).fill("faux")
    error = gallery.locator("#id_intitule_error")
    expect(error).to_contain_text("Cette valeur ne convient pas.")
    expect(title(gallery)).to_have_attribute("aria-invalid", "true")
    assert_accessible(gallery)
    title(gallery).fill("juste")
    expect(error).to_have_count(0)
    expect(title(gallery)).not_to_have_attribute("aria-invalid", "true")


def test_a_conflict_shows_both_values_and_mine_may_win(gallery: Page) -> None:
    title(gallery).fill("conflit")
    box = gallery.locator("[data-field='intitule'] .conflict")
    expect(box).to_contain_text("L'autre valeur")
    expect(box).to_contain_text("conflit")
    expect(box).to_contain_text("Alice Martin")
    assert_accessible(gallery)
    box.get_by_role("button", name="Garder ma saisie").click()
    expect(title(gallery)).to_have_attribute("data-revision", "10")
    expect(title(gallery)).to_have_value("conflit")
    expect(box).to_have_count(0)


def test_a_conflict_may_be_settled_for_the_other(gallery: Page) -> None:
    title(gallery).fill("conflit")
    gallery.get_by_role("button", name="Prendre l'autre").click()
    expect(title(gallery)).to_have_value("L'autre valeur")
    expect(title(gallery)).to_have_attribute("data-revision", "10")
    expect(title(gallery)).to_be_focused()


def test_a_failed_save_is_told_and_tried_again_until_it_is_kept(gallery: Page) -> None:
    gallery.clock.install()
    gallery.route(SAVE, lambda route: route.abort())
    title(gallery).fill("Perdu ?")
    gallery.clock.run_for(700)
    alert = gallery.locator("[data-save-alert]")
    expect(alert).to_contain_text("Pas enregistré")
    expect(title(gallery)).to_have_value("Perdu ?")
    gallery.unroute(SAVE)
    gallery.clock.run_for(2100)
    expect(status(gallery)).to_contain_text("Enregistré à")
    expect(alert).to_be_empty()
    expect(title(gallery)).to_have_attribute("data-revision", "1")


def warns_before_leaving(page: Page) -> bool:
    return bool(
        page.evaluate(
            """() => {
              const leaving = new Event("beforeunload", {cancelable: true});
              dispatchEvent(leaving);
              return leaving.defaultPrevented;
            }"""
        )
    )


def test_leaving_with_something_unsaved_is_asked_again(gallery: Page) -> None:
    assert not warns_before_leaving(gallery)
    gallery.route(SAVE, lambda route: route.abort())
    title(gallery).fill("Perdu ?")
    expect(gallery.locator("[data-save-alert]")).to_contain_text("Pas enregistré")
    assert warns_before_leaving(gallery)


def test_leaving_once_all_is_saved_is_free(gallery: Page) -> None:
    title(gallery).fill("Gardé")
    expect(title(gallery)).to_have_attribute("data-revision", "1")
    expect(status(gallery)).to_contain_text("Enregistré à")
    assert not warns_before_leaving(gallery)


def test_what_the_server_words_anew_replaces_the_panel(gallery: Page) -> None:
    def answer(route: Route) -> None:
        panel = '<section class="card" data-missing><h2>Ce qui manque</h2><p>Plus rien.</p></section>'
        route.fulfill(json={"revision": 5, "saved_at": "2026-11-23T09:24:00Z", "error": "", "missing_html": panel})

    gallery.route(SAVE, answer)
    title(gallery).fill("Freinage")
    expect(gallery.locator("[data-missing]")).to_contain_text("Plus rien.")
    expect(status(gallery)).to_have_text("Enregistré à 10\u00a0h\u00a024")


def test_files_go_up_several_at_a_time_and_each_is_announced(gallery: Page) -> None:
    files = [{"name": f"piece{n}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-" + bytes(n)} for n in (1, 2)]
    gallery.locator("#id_file_programme").set_input_files(files)  # type: ignore[arg-type]
    listed = gallery.locator("#fichiers [data-upload-list]")
    expect(listed).to_contain_text("piece1.pdf")
    expect(listed.get_by_role("button", name="Retirer piece2.pdf")).to_be_visible()
    expect(gallery.locator("#fichiers [data-upload-status]")).to_have_text("piece2.pdf est joint.")
    expect(listed.locator("progress")).to_have_count(0)


def test_a_refused_file_says_why_and_is_not_tried_again(gallery: Page) -> None:
    gallery.locator("#id_file_programme").set_input_files({"name": "refus.exe", "mimeType": "x/y", "buffer": b"MZ"})
    line = gallery.locator("#fichiers .file", has_text="refus.exe")
    expect(line).to_contain_text("enregistrez-le en PDF")
    expect(line.get_by_role("button", name="Réessayer")).to_have_count(0)
    line.get_by_role("button", name="Effacer").click()
    expect(line).to_have_count(0)


def test_a_file_cut_off_on_its_way_may_be_sent_again(gallery: Page) -> None:
    gallery.route("**/composants/joindre/", lambda route: route.abort())
    gallery.locator("#id_file_programme").set_input_files({"name": "a.pdf", "mimeType": "x/y", "buffer": b"%PDF-1"})
    line = gallery.locator("#fichiers .file", has_text="a.pdf").last
    expect(line).to_contain_text("L'envoi s'est interrompu.")
    gallery.unroute("**/composants/joindre/")
    line.get_by_role("button", name="Réessayer").click()
    expect(gallery.get_by_role("button", name="Retirer a.pdf")).to_be_visible()


def test_a_page_opens_as_a_dialog_keeps_its_errors_and_gives_the_focus_back(gallery: Page) -> None:
    opener = gallery.get_by_role("link", name="Changer")
    opener.click()
    dialog = gallery.get_by_role("dialog", name="Sélectionner un organisme de formation")
    expect(dialog).to_be_visible()
    assert_accessible(gallery)
    dialog.get_by_role("button", name="Chercher").click()
    expect(dialog).to_contain_text("Indiquez un SIRET.")
    expect(dialog.get_by_label("SIRET (complet)")).to_be_focused()
    gallery.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_dialog_that_succeeds_keeps_what_was_typed_behind_it_and_leaves(gallery: Page) -> None:
    sent: list[str] = []
    gallery.on(
        "request", lambda request: sent.append(request.post_data or "") if "enregistrer" in request.url else None
    )
    title(gallery).fill("Tapé derrière")
    gallery.get_by_role("link", name="Changer").click()
    gallery.get_by_role("dialog").get_by_label("SIRET (complet)").fill("83426702300028")
    with gallery.expect_navigation():
        gallery.get_by_role("dialog").get_by_role("button", name="Chercher").click()
    expect(gallery.get_by_role("dialog")).to_have_count(0)
    assert ["Tapé derrière" in body for body in sent] == [True]


def test_a_dialog_is_a_page_without_javascript(page_without_javascript: Page, live_server: Any) -> None:
    page = page_without_javascript
    page.goto(f"{live_server.url}/composants/")
    page.get_by_role("link", name="Changer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sélectionner un organisme de formation")


def test_a_postal_code_with_one_commune_fills_it_and_saves_it(gallery: Page) -> None:
    gallery.locator("#id_code_postal").fill("68110")
    expect(gallery.locator("#id_ville")).to_have_value("ILLZACH")
    expect(gallery.locator("[name='revision:ville']")).to_have_value("1")


def test_a_postal_code_with_several_communes_asks_which(gallery: Page) -> None:
    gallery.locator("#id_code_postal").fill("68200")
    expect(gallery.locator("#id_ville_note")).to_contain_text("2 communes")
    gallery.get_by_role("button", name="BRUNSTATT-DIDENHEIM").click()
    expect(gallery.locator("#id_ville")).to_have_value("BRUNSTATT-DIDENHEIM")
    expect(gallery.locator("#id_ville")).to_be_focused()


def test_an_unknown_postal_code_or_a_silent_server_leaves_the_city_to_be_typed(gallery: Page) -> None:
    gallery.locator("#id_code_postal").fill("99999")
    expect(gallery.locator("#id_ville_note")).to_contain_text("Aucune commune")
    gallery.route("**/composants/communes/**", lambda route: route.abort())
    gallery.locator("#id_code_postal").fill("12345")
    expect(gallery.locator("#id_ville_note")).to_contain_text("écrivez la ville")
    expect(gallery.locator("#id_ville")).to_be_editable()


def test_a_second_click_sends_nothing(gallery: Page) -> None:
    sent: list[str] = []

    def hold(route: Route) -> None:
        sent.append(route.request.url)
        route.fulfill(status=204)

    gallery.route(SAVE, hold)
    gallery.get_by_role("button", name="Annuler la demande").dblclick()
    expect(gallery.get_by_text("Envoi en cours…")).to_be_visible()
    assert len(sent) == 1


def test_paper_shows_the_content_alone(gallery: Page) -> None:
    gallery.emulate_media(media="print")
    for hidden in (".header", "#menu", ".pagination", ".filters"):
        expect(gallery.locator(hidden).first).to_be_hidden()
    expect(gallery.get_by_role("heading", level=1)).to_be_visible()


def test_forced_colours_keep_the_place_marked(gallery: Page) -> None:
    gallery.emulate_media(forced_colors="active")
    step = gallery.locator(".step[aria-current]")
    assert step.evaluate("each => getComputedStyle(each).outlineStyle") == "solid"


def test_reduced_motion_moves_nothing(gallery: Page) -> None:
    gallery.emulate_media(reduced_motion="reduce")
    assert gallery.evaluate("getComputedStyle(document.querySelector('.button')).transitionDuration") == "0s"
