"""The pages of an invoice as pictures, beside the figures that are keyed or checked."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from openopco.billing.models import Claim
from openopco.documents.models import Document
from openopco.documents.pictures import DRAWABLE
from openopco.documents.queries import may_fetch
from openopco.documents.rules import LIMITS
from openopco.rights import Actor

NONE_DRAWN = "Cette facture ne peut pas être montrée ici : ouvrez-la pour lire ses chiffres."
NOT_YET = "Cette facture se montrera ici une fois contrôlée par l'antivirus."


@dataclass(frozen=True, slots=True)
class Preview:
    """`billing/preview.html`. `pictures`: number and address of each page; none, and `sentence` says why."""

    name: str
    url: str
    pictures: tuple[tuple[int, str], ...]
    sentence: str = ""
    rest: str = ""


def preview_of(claim: Claim, invoices: Sequence[Document], viewer: Actor) -> Preview | None:
    """None without a file that is made to be seen. `invoices`: the files of the zone."""
    file = next((each for each in invoices if each.content_type in DRAWABLE), None)
    if file is None:
        return None
    url = f"{reverse('billing:document', args=[claim.key, file.key])}?apercu"
    if not may_fetch(file, viewer):
        return Preview(file.name, url, (), NOT_YET)
    shown = min(int(claim.typed.get("shown", 0)), LIMITS.picture_pages)
    if not shown:
        return Preview(file.name, url, (), NONE_DRAWN)
    pictures = [(rank, reverse("billing:page", args=[claim.key, file.key, rank])) for rank in range(1, shown + 1)]
    return Preview(file.name, url, tuple(pictures), rest=_rest(shown, file.pages))


def _rest(shown: int, pages: int) -> str:
    if pages <= shown:
        return ""
    first = "Seule la première page est montrée" if shown == 1 else f"Seules les {shown} premières pages sont montrées"
    return f"{first}, sur {pages}."
