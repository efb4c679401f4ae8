"""Who this installation is. One installation, one OPCO: chosen in the settings, read once, no database."""

import functools
import re
from dataclasses import dataclass, fields
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from openopco.opco.table import DEFAULT_PRODUCT, OPCOS

TAGLINE: Final = "votre compte en ligne pour le financement et le suivi de vos formations"
HEX_COLOUR: Final = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
COLOURS: Final = ("teal", "yellow", "orange")
VOWELS: Final = frozenset("aàâäeéèêëiîïoôöuùûü")


@dataclass(frozen=True, slots=True)
class Identity:
    """The OPCO as people see it. `email`, `phone`, `address` and `site_url` are empty where the installation gives
    none: a page then leaves the line out. `logo` is the path of a PNG file. Colours are « #rrggbb », for PDF and mails."""

    slug: str
    name: str
    product: str = DEFAULT_PRODUCT
    tagline: str = TAGLINE
    email: str = ""
    phone: str = ""
    address: str = ""
    site_url: str = ""
    privacy_email: str = ""
    help_note: str = ""
    logo: str = ""
    teal: str = "#0b6e74"
    yellow: str = "#ffc72c"
    orange: str = "#c2410c"

    @property
    def of_name(self) -> str:
        """« d'OPCO Mobilités », « de Constructys »."""
        return f"d'{self.name}" if _elides(self.name) else f"de {self.name}"

    @property
    def that_name(self) -> str:
        """« qu'OPCO Mobilités », « que Constructys »: « Je souhaite … règle directement »."""
        return f"qu'{self.name}" if _elides(self.name) else f"que {self.name}"

    @property
    def signature(self) -> str:
        """« M-Gestion, par OPCO Mobilités »."""
        return f"{self.product}, par {self.name}"


def identity_of(slug: str, overrides: dict[str, str]) -> Identity:
    """The identity that a slug of the table and the installation's own words make. Raises ImproperlyConfigured, in
    words for whoever starts the program: unknown slug, unknown field, bad colour, address that is none."""
    if slug not in OPCOS:
        raise ImproperlyConfigured(f"OPENOPCO_OPCO={slug!r} n'est pas connu. Valeurs possibles : {', '.join(OPCOS)}.")
    unknown = set(overrides) - ({field.name for field in fields(Identity)} - {"slug"})
    if unknown:
        raise ImproperlyConfigured(f"OPCO_OVERRIDES : champs inconnus {', '.join(sorted(unknown))}.")
    made = Identity(slug=slug, **{**OPCOS[slug], **overrides})
    _refuse_nonsense(made)
    return made


def identity() -> Identity:
    """This installation's identity. Pure and kept for the life of the settings: no query."""
    return _kept(settings.OPCO_SLUG, tuple(sorted(settings.OPCO_OVERRIDES.items())))


@functools.lru_cache(maxsize=8)
def _kept(slug: str, overrides: tuple[tuple[str, str], ...]) -> Identity:
    return identity_of(slug, dict(overrides))


def _refuse_nonsense(made: Identity) -> None:
    for colour in COLOURS:
        if not HEX_COLOUR.fullmatch(getattr(made, colour)):
            raise ImproperlyConfigured(f"La couleur {getattr(made, colour)!r} ne s'écrit pas #rrvvbb.")
    if made.site_url and not made.site_url.startswith(("https://", "http://")):
        raise ImproperlyConfigured(f"OPENOPCO_SITE_URL={made.site_url!r} doit commencer par https://.")
    for variable, address in (
        ("OPENOPCO_CONTACT_EMAIL", made.email),
        ("OPENOPCO_PRIVACY_EMAIL", made.privacy_email),
    ):
        if address and "@" not in address:
            raise ImproperlyConfigured(f"{variable}={address!r} n'est pas une adresse e-mail.")


def _elides(name: str) -> bool:
    return name[:1].lower() in VOWELS
