"""The side menu, as data. An entry shows when its address leads to a page and the person has its permission."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.urls import NoReverseMatch, get_urlconf, reverse

from openopco.rights import Actor, Permission, may


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu; `external_only` hides it from the OPCO's own people."""

    label: str
    route: str = ""
    permission: Permission | None = None
    children: tuple["Entry", ...] = ()
    external_only: bool = False


@dataclass(slots=True)
class MenuLink:
    """An entry as the page shows it. `current` is "page", "true" (somewhere below it) or empty."""

    label: str
    url: str = ""
    current: str = ""
    children: list["MenuLink"] = field(default_factory=list)


MENU = (
    Entry("Mon tableau de bord", "portal:dashboard", external_only=True),
    Entry(
        "Mes demandes",
        "portal:requests",
        external_only=True,
        children=(Entry("Action de formation", "portal:training_requests"),),
    ),
    Entry("Mes habilitations", "portal:memberships", external_only=True),
    Entry("Dossiers à traiter", "desk:worklist", Permission.DOSSIER_TAKE),
    Entry("Rattachements", "desk:memberships", Permission.MEMBERSHIP_DECIDE),
    Entry("Vérifications", "desk:establishments", Permission.ESTABLISHMENT_VERIFY),
    Entry("Entreprises et organismes", "desk:companies", Permission.ORGANISATION_READ),
    Entry("Mes absences", "desk:absences", Permission.DOSSIER_TAKE),
    Entry("Administration", "admin_opco:home", Permission.STAFF_MANAGE),
    Entry("Statistiques", "desk:statistics", Permission.STATISTICS_READ),
    Entry("Avis reçus", "admin_opco:feedback", Permission.FEEDBACK_READ),
    Entry("Comptes", "admin_opco:accounts", Permission.STAFF_MANAGE),
    Entry("Fonds", "admin_opco:funds", Permission.PARAMETER_MANAGE),
    Entry("Paramètres", "admin_opco:parameters", Permission.PARAMETER_MANAGE),
    Entry("Listes et phrases", "admin_opco:lists", Permission.PARAMETER_MANAGE),
    Entry("Lettres et courriels", "admin_opco:templates", Permission.TEMPLATE_MANAGE),
    Entry("Mes travaux", "portal:works"),
)

DRAFTS = "/brouillons/"


def address_of(route: str) -> str:
    """The address of a named page, or an empty string while there is none."""
    return _address_of(route, get_urlconf()) if route else ""


def address_with(route: str, word: str) -> str:
    """The address of a named page that has one word in it, a slug: `reverse`, written once for each route."""
    return _shape_of(route, get_urlconf()).replace(HOLE, word)


# What no address of ours holds.
HOLE = "---"


@lru_cache(maxsize=256)
def _shape_of(route: str, urlconf: str | None) -> str:
    return reverse(route, urlconf, args=[HOLE])


def menu_for(actor: Actor, path: str) -> list[MenuLink]:
    """What the person sees of the menu, the place it is at marked."""
    links = [link for entry in MENU if (link := _link(entry, actor))]
    _mark_current(links, _place_of(path))
    return links


def _place_of(path: str) -> str:
    """A draft has no entry of its own: it is one of the requests."""
    return f"{address_of('portal:requests')}{path[1:]}" if path.startswith(DRAFTS) else path


@lru_cache(maxsize=256)
def _address_of(route: str, urlconf: str | None) -> str:
    try:
        return reverse(route, urlconf)
    except NoReverseMatch:
        return ""


def _link(entry: Entry, actor: Actor) -> MenuLink | None:
    if (entry.external_only and actor.is_opco) or not _may_see(entry, actor):
        return None
    url = address_of(entry.route)
    children = [link for child in entry.children if (link := _link(child, actor))]
    return MenuLink(entry.label, url, children=children) if url or children else None


def _may_see(entry: Entry, actor: Actor) -> bool:
    return entry.permission is None or may(actor, entry.permission)


def _mark_current(links: list[MenuLink], path: str) -> None:
    """The one entry whose address is the longest beginning of the path."""
    every = [link for top in links for link in (top, *top.children)]
    above = [link for link in every if link.url and path.startswith(link.url)]
    if above:
        nearest = max(above, key=lambda link: len(link.url))
        nearest.current = "page" if nearest.url == path else "true"
