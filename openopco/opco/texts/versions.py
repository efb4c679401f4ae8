"""Which words of a template stand at a moment: those of this OPCO, or the shipped ones before them."""

from dataclasses import dataclass
from datetime import date, datetime

from openopco.kernel.calendar import paris_today
from openopco.opco.defaults import ALWAYS
from openopco.opco.errors import UnknownTemplate
from openopco.opco.models import TemplateVersion
from openopco.opco.texts.catalogue import TEMPLATES, Template
from openopco.opco.texts.shipped import SHIPPED, Words
from openopco.rights import Actor, Permission, require


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a template; 0 is the shipped one, which nobody here wrote."""

    template: Template
    number: int
    words: Words
    starts_on: date
    by: str = ""
    at: datetime | None = None


def template_of(code: str) -> Template:
    """Raises `UnknownTemplate`."""
    if code not in TEMPLATES:
        raise UnknownTemplate
    return TEMPLATES[code]


def in_force(code: str, at: datetime) -> Version:
    """The words that stand at a moment: of those already set then, the one that started last. One query; the answer for a
    past moment never changes. Raises `UnknownTemplate`."""
    template = template_of(code)
    standing = TemplateVersion.objects.filter(code=code, starts_on__lte=paris_today(at), created_at__lte=at)
    row = standing.order_by("-starts_on", "-version").first()
    return _as_version(row) if row else shipped(template)


def shipped(template: Template) -> Version:
    """Version 0."""
    return Version(template, 0, SHIPPED[template.code], ALWAYS)


def versions_of(*, actor: Actor, code: str) -> list[Version]:
    """All versions of a template, the latest set first, the shipped one last. Raises `Forbidden`, `UnknownTemplate`."""
    require(actor, Permission.TEMPLATE_MANAGE)
    template = template_of(code)
    rows = TemplateVersion.objects.filter(code=code).order_by("-version")
    return [*map(_as_version, rows), shipped(template)]


def standing(versions: list[Version], today: date) -> Version:
    """The one in force on a day, of all versions of a template."""
    begun = [version for version in versions if version.starts_on <= today]
    return max(begun, key=lambda version: (version.starts_on, version.number))


def coming(versions: list[Version], today: date) -> list[Version]:
    """Those that will take over, the next one first; one replaced before its first day is not among them."""
    later = {version.starts_on: version for version in versions[::-1] if version.starts_on > today}
    return [later[day] for day in sorted(later)]


def every_version(*, actor: Actor) -> dict[str, list[Version]]:
    """All versions of all templates, by code, each as `versions_of`. One query. Raises `Forbidden`."""
    require(actor, Permission.TEMPLATE_MANAGE)
    found: dict[str, list[Version]] = {code: [] for code in TEMPLATES}
    for row in TemplateVersion.objects.filter(code__in=TEMPLATES).order_by("-version"):
        found[row.code].append(_as_version(row))
    return {code: [*versions, shipped(TEMPLATES[code])] for code, versions in found.items()}


def _as_version(row: TemplateVersion) -> Version:
    words = Words(row.subject, row.body)
    return Version(TEMPLATES[row.code], row.version, words, row.starts_on, row.created_by, row.created_at)
