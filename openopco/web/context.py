"""What every page may show around its own content. Costs nothing until a template asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from openopco.habilitations.models import Membership
from openopco.habilitations.queries import current_membership
from openopco.kernel.calendar import paris_today
from openopco.notifications.queries import UNREAD_COUNT, unread_count
from openopco.opco import changelog
from openopco.opco.identities import Identity, identity
from openopco.organisations.models import Establishment
from openopco.rights import ANONYMOUS, Actor
from openopco.web.components.markup import HOLE, filled, with_hole_filled
from openopco.web.components.tags import SPRITE
from openopco.web.menu import MenuLink, address_of, home_of, menu_for
from openopco.web.storage import address_of_asset
from openopco.web.theme import logo_url, theme_url


@dataclass(frozen=True, slots=True)
class FootLink:
    label: str
    url: str


FOOT = (
    ("Conditions Générales d'Utilisation", "public:terms"),
    ("Données personnelles", "public:privacy"),
    ("Accessibilité", "public:accessibility"),
)


class Frame:
    """The frame of one request. Each value is read at its first use; only `actor` costs a query, and
    `unread_count` one for who has nothing else read."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def identity(self) -> Identity:
        return identity()

    @cached_property
    def actor(self) -> Actor:
        return getattr(self._request, "actor", ANONYMOUS)

    @cached_property
    def establishment(self) -> Establishment | None:
        """The establishment the person now acts for; None for the OPCO's people, for the anonymous, and for a provider's."""
        return self.membership.establishment if self.membership else None

    @cached_property
    def membership(self) -> Membership | None:
        """That through which the person now acts."""
        return current_membership(self._request) if hasattr(self._request, "access") else None

    @cached_property
    def memberships(self) -> Sequence[Membership]:
        """Those of the places one may switch to, already read with the actor."""
        access = getattr(self._request, "access", None)
        return access.memberships if access else ()

    @property
    def _teaches(self) -> bool:
        return self.membership is not None and self.membership.provider_id is not None

    @cached_property
    def unread_count(self) -> int:
        """Read with the access of the person; by itself for who has neither membership nor role."""
        if not self.actor.user_id:
            return 0
        access = getattr(self._request, "access", None)
        known = access.figures.get(UNREAD_COUNT) if access else None
        return unread_count(self.actor.user_id) if known is None else int(known)

    @cached_property
    def menu(self) -> tuple[MenuLink, ...]:
        return menu_for(self.actor, self._request.path, teaches=self._teaches)

    @property
    def menu_html(self) -> SafeString:
        return _menu_html(self.menu, tuple(self.foot_links), self.version)

    @property
    def head_html(self) -> SafeString:
        # The first sheet's address stands for the way static files are served.
        return _head_html(self.identity, self.theme_url, address_of_asset("css/tokens.css"))

    @property
    def brand_html(self) -> SafeString:
        return _brand_html(self.identity, self.home_url, self.logo_url, address_of_asset(SPRITE))

    @property
    def switcher_html(self) -> SafeString:
        """What one acts for, and may act for; nothing for who acts for no place."""
        if self.membership is None:
            return NOTHING
        choices, urls = tuple(map(_choice, self.memberships)), (self.switch_url, self.attach_url, self.home_url)
        html = _switcher_html(_choice(self.membership), choices, *urls, address_of_asset(SPRITE))
        return with_hole_filled(html, csrf_input(self._request))

    @property
    def inbox_html(self) -> SafeString:
        """Notices, how many are unread, and the profile."""
        links = self.notices_url, self.profile_url
        here = self._request.path if self._request.path in links else ""
        return _inbox_html(*links, here, self.unread_count, address_of_asset(SPRITE))

    @cached_property
    def foot_links(self) -> list[FootLink]:
        return [FootLink(label, url) for label, route in FOOT if (url := address_of(route))]

    @cached_property
    def today(self) -> date:
        """The day in Paris."""
        return paris_today(timezone.now())

    @property
    def version(self) -> str:
        return changelog.version()

    @property
    def demo(self) -> bool:
        return settings.DEMO

    @property
    def theme_url(self) -> str:
        """The sheet of the OPCO's own colours; empty where they are the shipped ones."""
        return theme_url()

    @property
    def logo_url(self) -> str:
        """The OPCO's logo; empty without one."""
        return logo_url()

    @property
    def home_url(self) -> str:
        """The first page of one's menu; the landing page of whoever did not sign in."""
        return (home_of(self.actor, teaches=self._teaches) if self.actor.user_id else "") or "/"

    @property
    def help_url(self) -> str:
        return address_of("portal:help")

    @property
    def notices_url(self) -> str:
        return address_of("portal:notices")

    @property
    def profile_url(self) -> str:
        return address_of("account_profile")

    @property
    def feedback_url(self) -> str:
        return address_of("portal:feedback")

    @property
    def switch_url(self) -> str:
        return address_of("portal:switch_establishment")

    @property
    def attach_url(self) -> str:
        return address_of("portal:attach")

    @property
    def mailbox_url(self) -> str:
        return address_of("demo:mailbox")


# Most of a page is its frame, and most of the frame is the same for everybody at the same place.
@lru_cache(maxsize=256)
def _menu_html(links: tuple[MenuLink, ...], foot_links: tuple[FootLink, ...], version: str) -> SafeString:
    shown = {"menu": links, "foot_links": foot_links, "version": version}
    return render_to_string("layouts/menu.html", {"frame": shown})


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that one may act for."""

    pk: int
    is_provider: bool
    name: str
    siret: str
    city: str


def _choice(membership: Membership) -> Choice:
    place = membership.organisation
    return Choice(place.pk, membership.provider_id is not None, place.name, place.siret, place.city)


NOTHING = filled("")


@lru_cache(maxsize=1024)
def _switcher_html(
    acting: Choice, choices: tuple[Choice, ...], switch_url: str, attach_url: str, home_url: str, sprite: str
) -> SafeString:
    shown = {"acting": acting, "choices": choices, "switch_url": switch_url, "attach_url": attach_url}
    return render_to_string("layouts/switcher.html", {**shown, "home_url": home_url, "csrf_token_hole": HOLE})


@lru_cache(maxsize=16)
def _brand_html(identity: Identity, home_url: str, logo_url: str, sprite: str) -> SafeString:
    return render_to_string("layouts/brand.html", {"identity": identity, "home_url": home_url, "logo_url": logo_url})


@lru_cache(maxsize=512)
def _inbox_html(notices_url: str, profile_url: str, here: str, count: int, sprite: str) -> SafeString:
    shown = {"notices_url": notices_url, "profile_url": profile_url, "here": here, "count": count}
    return render_to_string("layouts/inbox.html", shown)


@lru_cache(maxsize=16)
def _head_html(identity: Identity, theme_url: str, sheet: str) -> SafeString:
    return render_to_string("layouts/head.html", {"frame": {"identity": identity, "theme_url": theme_url}})


def frame(request: HttpRequest) -> dict[str, Frame]:
    """Context processor: one object, no query by itself."""
    return {"frame": Frame(request)}
