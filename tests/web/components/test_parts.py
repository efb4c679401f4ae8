"""Each part of a page says what it must, in words and to screen readers."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.safestring import SafeString
from lxml import html

from openopco.base.keyset import Page
from openopco.web.components.raw import RawField
from openopco.web.components.tags import options
from openopco.web.gallery import samples
from openopco.web.gallery.forms import SampleForm
from openopco.web.gallery.samples import Event, Item, SampleFile

NOW = datetime(2026, 11, 23, 9, 24, tzinfo=UTC)


@dataclass(frozen=True)
class Problem:
    target: str
    message: str


def part(name: str, /, **context: Any) -> html.HtmlElement:
    return html.fromstring(f"<div>{render_to_string(f'components/{name}.html', context)}</div>")


def text(element: html.HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_the_error_summary_links_to_each_refused_field_and_takes_the_focus() -> None:
    summary = part("error_summary", form=SampleForm({}, prefix="essai"))
    box = summary.xpath("//*[@role='alert']")[0]
    assert (box.get("tabindex"), box.get("autofocus") is not None) == ("-1", True)
    links = [each.get("href") for each in summary.xpath("//a")]
    assert links == ["#id_essai-email", "#id_essai-side_0", "#id_essai-terms"]


def test_the_error_summary_takes_raw_fields_and_loose_problems() -> None:
    fields = [RawField("a", "A", error="Trop court."), RawField("b", "B")]
    summary = part(
        "error_summary", fields=fields, errors=[Problem("id_c", "Il manque C."), Problem("", "Tout va mal.")]
    )
    assert [(each.get("href"), each.text) for each in summary.xpath("//a")] == [
        ("#id_a", "Trop court."),
        ("#id_c", "Il manque C."),
    ]
    assert "Tout va mal." in text(summary)


def test_only_the_present_step_is_marked_and_each_is_a_link() -> None:
    steps = part("steps", steps=samples.STEPS)
    assert [each.get("aria-current") for each in steps.xpath("//li/*")] == [None, "step", None, None, None]
    assert len(steps.xpath("//ol/li/a[@href]")) == 5
    assert "L'Employeur (complet)" in text(steps)
    assert "Le(s) stagiaire(s) (à compléter)" in text(steps)


def test_a_step_without_address_is_no_link() -> None:
    steps = part("steps", steps=[Item("Synthèse", state="todo")], name="Étapes du contrat")
    assert steps.xpath("//a") == []
    assert steps.xpath("//nav")[0].get("aria-label") == "Étapes du contrat"


def test_what_is_missing_leads_to_where_it_is_asked() -> None:
    missing = part("missing", items=samples.MISSING)
    assert [text(each) for each in missing.xpath("//li[@class='missing-done']")] == ["L'employeur : complet"]
    assert [each.get("href") for each in missing.xpath("//a")] == ["#id_fin", "#etapes", "#fichiers", "#etapes"]
    assert missing.xpath("//section")[0].get("data-missing") is not None


def test_nothing_missing_is_said() -> None:
    assert "prête" in text(part("missing", items=[]))
    assert "Bravo." in text(part("missing", items=[], complete="Bravo."))


def test_a_summary_says_what_each_link_modifies_and_what_is_empty() -> None:
    summary = part("summary_list", title="La Formation", rows=samples.SUMMARY)
    links = [text(each) for each in summary.xpath("//dd/a")]
    assert links[0] == "Modifier : Intitulé de la formation"
    assert len(set(links)) == len(links)
    assert "Commentaire Non renseigné" in text(summary)
    assert "précède le début" in text(summary.xpath("//div[@class='summary-bad']")[0])


def test_amounts_end_with_their_total() -> None:
    lines = part("figures", title="Estimation", rows=samples.ESTIMATE, note="Sans engagement.")
    assert text(lines.xpath("//div[@class='summary-total']")[0]) == "Reste à votre charge 240,50 €"
    assert "Sans engagement." in text(lines)


@time_machine.travel(NOW, tick=False)
def test_a_timeline_dates_each_event_and_keeps_line_breaks() -> None:
    timeline = part("timeline", events=[Event("Complément demandé", NOW, "Claire", "Une\nligne", "wait")])
    entry = timeline.xpath("//ol/li")[0]
    assert entry.get("class") == "timeline-wait"
    assert "aujourd'hui à 10\u00a0h\u00a024 · Claire" in entry.text_content()
    assert len(entry.xpath(".//br")) == 1


@pytest.mark.parametrize("tone", ["ok", "wait", "bad", "info", "off"])
def test_a_state_is_always_a_word(tone: str) -> None:
    badge = part("status", tone=tone, word="Accordée").xpath("//span")[0]
    assert badge.get("class") == f"badge badge-{tone}"
    assert text(badge) == "Accordée"


def test_a_notice_has_its_tone_and_what_to_do() -> None:
    notice = part("notice", text="À vérifier.", tone="wait", url="/x/", label="Pourquoi ?", title="SIRET")
    assert notice.xpath("//div[@class='notice notice-wait']")
    assert text(notice) == "SIRET À vérifier. Pourquoi ?"
    assert part("notice", text="Bonjour.").xpath("//div[@class='notice notice-info']")


def test_pages_keep_the_filters_of_the_address() -> None:
    page: Page[Any] = Page(items=[], next="suite", previous=None)
    request = RequestFactory().get("/demandes/?etat=accordee&after=avant")
    rendered = render_to_string("components/pagination.html", {"page": page}, request=request)
    links = html.fromstring(rendered).xpath("//a")
    assert [each.get("href") for each in links] == ["?etat=accordee&after=suite"]
    assert links[0].get("rel") == "next"


def test_a_list_of_one_page_has_no_pagination() -> None:
    assert part("pagination", page=Page(items=[], next=None, previous=None)).xpath("//nav") == []


def test_an_empty_page_says_what_to_do() -> None:
    empty = part("empty", title="Rien", text="Pas encore.", url="/creer/", label="Créer")
    assert empty.xpath("//a[@href='/creer/']")[0].text == "Créer"
    assert part("empty", title="Rien", text="Pas encore.").xpath("//a") == []


def test_tabs_and_chips_mark_where_one_is() -> None:
    tabs = part("tabs", tabs=samples.TABS, name="Dossier")
    assert [text(each) for each in tabs.xpath("//a[@aria-current='page']")] == ["Demande"]
    bar = part(
        "filter_bar", chips=samples.CHIPS, search="frein", search_label="Chercher", action="/x/", kept=[("a", "b")]
    )
    assert [text(each) for each in bar.xpath("//a[@aria-current]")] == ["Mes dossiers 42"]
    assert bar.get_element_by_id("id_q").get("value") == "frein"
    assert bar.xpath("//input[@name='a']")[0].get("value") == "b"


def test_a_table_names_each_cell_for_when_it_becomes_a_card() -> None:
    table = part("table", caption="Versions", columns=samples.COLUMNS, rows=samples.ROWS)
    assert [each.get("data-label") for each in table.xpath("//tbody/tr[1]/td")] == ["Version", "Nouveauté", "Coût HT"]
    assert table.xpath("//tbody/tr[1]/td[3]")[0].get("class") == "number"
    assert table.xpath("//caption")[0].text == "Versions"


def test_a_zone_names_its_control_and_its_limits() -> None:
    zone = part("dropzone", zone="prog", title="Programme", action="/x/", hint="10 Mo", required=True, accept=".pdf")
    control = zone.get_element_by_id("id_file_prog")
    assert text(zone.xpath("//label")[0]).startswith(
        "Déposez les fichiers à télécharger, ou cliquez pour en sélectionner."
    )
    assert zone.get_element_by_id(control.get("aria-describedby")).text == "10 Mo"
    assert zone.xpath("//form[@enctype='multipart/form-data' and @method='post']//button")
    assert zone.xpath("//input[@name='zone']")[0].get("value") == "prog"


def test_a_file_shows_its_state_and_may_be_removed_by_a_named_button() -> None:
    line = part("file", file=SampleFile("k", "devis.pdf", "1 Mo", "Vérifié", "ok", "/documents/k/"))
    button = line.xpath("//button[@name='remove']")[0]
    assert (button.get("value"), text(button)) == ("k", "Retirer devis.pdf")
    assert line.xpath("//a[@href='/documents/k/']")
    kept = part("file", file=SampleFile("k", "devis.pdf", "1 Mo", can_remove=False, error="Abîmé."))
    assert kept.xpath("//button") == []
    assert "Abîmé." in text(kept)


def test_an_act_that_counts_is_asked_again_with_a_way_out() -> None:
    page = part("confirm", text="Annuler ?", action="/x/", label="Annuler la demande", cancel_url="/y/", danger=True)
    assert page.xpath("//form[@method='post' and @action='/x/' and @data-submit-once]")
    assert "button-danger" in page.xpath("//button")[0].get("class")
    assert page.xpath("//a[@href='/y/']")


def test_the_confirmation_shows_the_number_to_keep() -> None:
    panel = part("done_panel", title="Transmise", number="AF-2026-000123")
    assert panel.xpath("//h1")[0].text == "Transmise"
    assert "AF-2026-000123" in text(panel)


def test_a_card_leads_somewhere() -> None:
    card = part(
        "card", title="Guide", text="Pas à pas.", url="/guide/", label="Télécharger", teal=True, icon_name="download"
    )
    assert "card-teal" in card.xpath("//section")[0].get("class")
    assert text(card.xpath("//a[@href='/guide/']")[0]) == "Télécharger"


def test_the_dialog_is_named_by_its_title_and_can_be_closed() -> None:
    dialog = part("dialog").xpath("//dialog")[0]
    assert dialog.xpath(f".//*[@id='{dialog.get('aria-labelledby')}']")
    assert text(dialog.xpath(".//button[@data-dialog-close]")[0]) == "Fermer"


@time_machine.travel(NOW, tick=False)
def test_the_last_save_is_told_and_announced() -> None:
    status = part("save_status", saved_at=NOW).xpath("//*[@role='status']")[0]
    assert text(status) == "Enregistré à 10 h 24"
    assert text(part("save_status", saved_at=None)) == ""
    assert part("save_alert").xpath("//*[@role='alert']")


@pytest.mark.parametrize(
    ("due", "words", "tone"),
    [
        (date(2026, 11, 20), "en retard de 3 j", "bad"),
        (date(2026, 11, 23), "aujourd'hui", "bad"),
        (date(2026, 11, 25), "dans 2 j", "bad"),
        (date(2026, 11, 26), "dans 3 j", "wait"),
        (date(2026, 11, 30), "dans 7 j", "wait"),
        (date(2026, 12, 1), "dans 8 j", "off"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_a_deadline_warns_as_it_nears(due: date, words: str, tone: str) -> None:
    pill = part("deadline", due=due).xpath("//span")[0]
    assert text(pill).replace("\u00a0", " ") == words
    assert pill.get("class") == f"badge badge-{tone}"
    assert pill.xpath(".//time")[0].get("datetime") == due.isoformat()


def test_no_deadline_shows_nothing() -> None:
    assert text(part("deadline", due=None)) == ""


@pytest.mark.parametrize(
    ("level", "tone"), [("success", "ok"), ("warning", "wait"), ("error", "bad"), ("info", "info"), ("", "info")]
)
def test_messages_take_the_tone_of_their_level(level: str, tone: str) -> None:
    assert Template("{{ level|tone }}").render(Context({"level": level})) == tone


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 11, 23, 9, 5, tzinfo=UTC), "aujourd'hui à 10\u00a0h\u00a005"),
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), "aujourd'hui à 0\u00a0h\u00a030"),
        (datetime(2026, 11, 22, 16, 42, tzinfo=UTC), "hier à 17\u00a0h\u00a042"),
        (datetime(2026, 7, 1, 8, 0, tzinfo=UTC), "le 01/07/2026 à 10\u00a0h\u00a000"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_moments_are_those_of_paris(value: datetime, words: str) -> None:
    assert Template("{{ value|moment|safe }}").render(Context({"value": value})) == words


def test_what_is_not_known_is_left_empty() -> None:
    filters = ["euros", "hours", "day", "clock", "moment", "hour_or_day", "delay"]
    template = "".join(f"{{{{ nothing|{each} }}}}" for each in filters) + "{{ empty|siret }}{{ empty|phone }}"
    assert Template(template).render(Context({"nothing": None, "empty": ""})) == ""


def test_an_icon_is_hidden_from_screen_readers() -> None:
    icon = html.fromstring(Template("{% icon 'bell' %}").render(Context()))
    assert icon.get("aria-hidden") == "true"
    assert icon[0].get("href").endswith("#bell")


def test_choices_are_text_whoever_wrote_them_and_each_list_has_its_own() -> None:
    for words in (SafeString("<b>R&D</b>"), "<b>R&D</b>"):
        assert options([("a", words)]) == '<option value="a">&lt;b&gt;R&amp;D&lt;/b&gt;</option>'
    assert options([("a", "A"), ("b", "B")], "b") == '<option value="a">A</option><option value="b" selected>B</option>'
