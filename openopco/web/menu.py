"""The side menu, as data. An entry shows when its address leads to a page and the person has its permission."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, reduce

from django.urls import NoReverseMatch, get_urlconf, reverse

from openopco.rights import PERMISSIONS, Actor, Permission, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu; `external_only` hides it from the OPCO's own people, `side` from those who then act on the
    other one, `unless` from those who hold that."""

    label: str
    route: str = ""
    permission: Permission | None = None
    children: tuple["Entry", ...] = ()
    external_only: bool = False
    unless: Permission | None = None
    side: str = ""


@dataclass(frozen=True, slots=True)
class MenuLink:
    """An entry as the page shows it. `current` is "page", "true" (somewhere below it) or empty."""

    label: str
    url: str = ""
    current: str = ""
    children: tuple["MenuLink", ...] = ()


EMPLOYER, PROVIDER = "employeur", "organisme"
MENU = (
    Entry("Mon tableau de bord", "portal:dashboard", external_only=True, side=EMPLOYER),
    Entry("Mon tableau de bord", "provider:dashboard", external_only=True, side=PROVIDER),
    Entry("Mes dossiers", "provider:courses", external_only=True, side=PROVIDER),
    Entry(
        "Mes demandes",
        "portal:requests",
        external_only=True,
        side=EMPLOYER,
        children=(Entry("Action de formation", "portal:training_requests"),),
    ),
    Entry("Mes factures", "billing:invoices", external_only=True),
    Entry("Mes règlements", "portal:settlements", external_only=True, side=EMPLOYER),
    Entry("Mes règlements", "provider:settlements", external_only=True, side=PROVIDER),
    Entry("Mes habilitations", "portal:memberships", external_only=True),
    Entry("Dossiers à traiter", "desk:worklist", Permission.DOSSIER_TAKE),
    Entry("Dossiers", "desk:worklist", Permission.DESK_READ, unless=Permission.DOSSIER_TAKE),
    Entry("Saisir une demande reçue", "desk:papers", Permission.DOSSIER_FILE_FOR),
    Entry("Rattachements", "desk:memberships", Permission.MEMBERSHIP_DECIDE),
    Entry("Vérifications", "desk:establishments", Permission.ESTABLISHMENT_VERIFY),
    Entry("Entreprises et organismes", "desk:companies", Permission.ORGANISATION_READ),
    Entry("Service fait", "desk:claims", Permission.SERVICE_CHECK),
    Entry("IBAN à vérifier", "desk:bank_accounts", Permission.BANK_ACCOUNT_CONFIRM),
    Entry("Lots de virements", "finance:batches", Permission.PAYMENT_READ, unless=Permission.STAFF_MANAGE),
    Entry("Retours de banque", "finance:returns", Permission.PAYMENT_READ, unless=Permission.STAFF_MANAGE),
    Entry("Rapprochement", "finance:reconciliation", Permission.PAYMENT_READ, unless=Permission.STAFF_MANAGE),
    Entry("Trop-perçus", "finance:overpayments", Permission.PAYMENT_READ, unless=Permission.STAFF_MANAGE),
    Entry("Comptes débiteurs", "finance:debtors", Permission.PAYMENT_PREPARE),
    Entry("Mes absences", "desk:absences", Permission.DOSSIER_TAKE),
    Entry("Administration", "admin_opco:home", Permission.STAFF_MANAGE),
    Entry("Statistiques", "desk:statistics", Permission.STATISTICS_READ),
    Entry("Avis reçus", "admin_opco:feedback", Permission.FEEDBACK_READ),
    Entry("Comptes", "admin_opco:accounts", Permission.STAFF_MANAGE),
    Entry("Absences", "admin_opco:absences", Permission.STAFF_MANAGE),
    Entry("Portefeuilles", "admin_opco:portfolios", Permission.PARAMETER_MANAGE),
    Entry("Financement", "desk:funding", Permission.FUNDING_READ),
    Entry("Rapprochement", "finance:reconciliation", Permission.STAFF_MANAGE),
    Entry("Fonds épuisés", "admin_opco:funds", Permission.PARAMETER_MANAGE),
    Entry("Paramètres", "admin_opco:parameters", Permission.PARAMETER_MANAGE),
    Entry("Listes et phrases", "admin_opco:lists", Permission.PARAMETER_MANAGE),
    Entry("Données de référence", "admin_opco:references", Permission.REFERENCE_MANAGE),
    Entry("Lettres et courriels", "admin_opco:templates", Permission.TEMPLATE_MANAGE),
    Entry("Mes travaux", "portal:works"),
)

DRAFTS = "/brouillons/"


def address_of(route: str) -> str:
    """The address of a named page, or an empty string while there is none."""
    return _address_of(route, get_urlconf()) if route else ""


def address_with(route: str, *words: str) -> str:
    """The address of a named page that has words in it, numbers and slugs, or keys: `reverse`, written once a route."""
    return _shape_of(route, get_urlconf(), len(words)).format(*words)


# Words that no address of ours holds: one is a number and a slug, the other a key.
HOLES = "90000000000000000{}", "00000000-0000-0000-0000-90000000000{}"


@lru_cache(maxsize=256)
def _shape_of(route: str, urlconf: str | None, count: int) -> str:
    """The address with {} for each word. Raises `NoReverseMatch`."""
    for hole in HOLES:
        holes = [hole.format(rank) for rank in range(count)]
        with suppress(NoReverseMatch):
            return reduce(lambda shape, each: shape.replace(each, "{}"), holes, reverse(route, urlconf, args=holes))
    raise NoReverseMatch(route)


def menu_for(actor: Actor, path: str, *, teaches: bool = False) -> tuple[MenuLink, ...]:
    """What the person sees of the menu, the place it is at marked; `teaches`: he now acts for a training provider."""
    side = PROVIDER if teaches else EMPLOYER
    links = _links_for(MENU, frozenset(grant.role for grant in actor.grants), actor.is_opco, side, get_urlconf())
    return _marked(links, _place_of(path, actor))


def home_of(actor: Actor, *, teaches: bool = False) -> str:
    """The address of the first page of one's menu: the dashboard, the officer's worklist, the administration. Empty without."""
    return next((link.url for link in menu_for(actor, "", teaches=teaches) if link.url), "")


def _place_of(path: str, actor: Actor) -> str:
    """A draft has no entry of its own: it is one of the requests, or one of those that an officer types."""
    list_of = "desk:papers" if actor.is_opco else "portal:requests"
    return f"{address_of(list_of)}{path[1:]}" if path.startswith(DRAFTS) else path


@lru_cache(maxsize=256)
def _address_of(route: str, urlconf: str | None) -> str:
    try:
        return reverse(route, urlconf)
    except NoReverseMatch:
        return ""


# A menu depends on the person's roles and on the side he acts on, not on where they reach: it is made once for each.
@lru_cache(maxsize=64)
def _links_for(
    entries: tuple[Entry, ...], roles: frozenset[Role], is_opco: bool, side: str, urlconf: str | None
) -> tuple[MenuLink, ...]:
    links = (_link(entry, roles, is_opco, side, urlconf) for entry in entries)
    return tuple(link for link in links if link)


def _link(entry: Entry, roles: frozenset[Role], is_opco: bool, side: str, urlconf: str | None) -> MenuLink | None:
    if (entry.external_only and is_opco) or entry.side not in ("", side) or not _may_see(entry, roles):
        return None
    url = _address_of(entry.route, urlconf) if entry.route else ""
    children = _links_for(entry.children, roles, is_opco, side, urlconf)
    return MenuLink(entry.label, url, children=children) if url or children else None


def _may_see(entry: Entry, roles: frozenset[Role]) -> bool:
    held = frozenset[Permission]().union(*(PERMISSIONS[role] for role in roles))
    return (entry.permission is None or entry.permission in held) and entry.unless not in held


def _marked(links: tuple[MenuLink, ...], path: str) -> tuple[MenuLink, ...]:
    """The one entry whose address is the longest beginning of the path says so."""
    every = [link for top in links for link in (top, *top.children)]
    above = [link.url for link in every if link.url and path.startswith(link.url)]
    return _with_mark(links, max(above, key=len), path) if above else links


def _with_mark(links: tuple[MenuLink, ...], nearest: str, path: str) -> tuple[MenuLink, ...]:
    mark = "page" if nearest == path else "true"
    return tuple(
        replace(link, current=mark if link.url == nearest else "", children=_with_mark(link.children, nearest, path))
        if link.url == nearest or link.children
        else link
        for link in links
    )
