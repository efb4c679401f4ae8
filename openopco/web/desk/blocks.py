"""The cards of the officer's page « Examen »: who asks, who teaches, what was declared, what was joined."""

from collections.abc import Iterable

from django.utils.safestring import SafeString

from openopco.web.components.markup import filled, filled_each
from openopco.web.components.tags import icon
from openopco.web.desk.lines import facts_html, html_of
from openopco.web.desk.showing import Facts, PieceZone, Section

CARD = """
<section class="card" aria-labelledby="card-{0}"><div class="card-head"><h2 id="card-{0}">{1}</h2>{2}</div>
<p class="strong">{3}</p>
<dl class="facts">{4}</dl>{5}</section>"""
BADGE = '<span class="badge badge-{}">{}</span>'
VERIFY = '\n<p><a class="button button-second button-small" href="{}">Vérifier</a></p>'
SECTION = """
<section class="card" aria-labelledby="section-{0}"><h2 id="section-{0}">{1}</h2>
<dl class="facts">{2}
</dl>{3}</section>"""
EMPTY = '<p class="small muted">Non renseigné&nbsp;: {}</p>'
ZONE = '\n<li><div class="row-apart"><h3>{}</h3>{}</div>\n{}</li>'
AGAIN = (
    '<label class="choice"><input type="checkbox" form="choose" name="point" value="{}">'
    '<span>À revoir<span class="visually-hidden"> : {}</span></span></label>'
)
FILE = (
    '<p class="desk-file">{0}<a href="{2}" target="_blank" rel="noopener">{1}<span class="visually-hidden"> (nouvel '
    'onglet)</span></a> <span class="muted small">{3}</span> <a class="small" href="{4}">Télécharger'
    '<span class="visually-hidden"> {1}</span></a></p>'
)
CLOSED_FILE = '<p class="desk-file">{}<span>{}</span> <span class="badge badge-wait">{}</span></p>'
NO_FILE = filled('<p class="muted small">Aucune pièce</p>')


def cards_html(cards: Iterable[Facts]) -> SafeString:
    """What the house knows of the employer, then of the provider."""
    return filled_each(CARD, (_card(rank, card) for rank, card in enumerate(cards, 1)))


def _card(rank: int, card: Facts) -> tuple[str, ...]:
    badge = filled(BADGE, card.tone, card.word) if card.word else ""
    verify = filled(VERIFY, card.verify_url) if card.verify_url else ""
    return str(rank), card.title, badge, card.name, facts_html(card.lines), verify


def sections_html(sections: Iterable[Section]) -> SafeString:
    """What the employer declared, step by step."""
    return filled_each(SECTION, (_section(rank, section) for rank, section in enumerate(sections, 1)))


def _section(rank: int, section: Section) -> tuple[str, ...]:
    return str(rank), section.title, html_of(section.lines), filled(EMPTY, section.empty) if section.empty else ""


def zones_html(zones: Iterable[PieceZone]) -> SafeString:
    """The files of each zone."""
    return filled_each(ZONE, map(_zone, zones))


def _zone(zone: PieceZone) -> tuple[str, ...]:
    files = filled_each("{}", ((_file(file),) for file in zone.files)) or NO_FILE
    return zone.label, filled(AGAIN, zone.key, zone.label) if zone.key else "", files


def _file(file: dict[str, str]) -> SafeString:
    if not file["open_url"]:
        return filled(CLOSED_FILE, icon("file"), file["name"], file["state"])
    return filled(FILE, icon("file"), file["name"], file["open_url"], file["size"], file["url"])
