"""The zones of pieces and what each holds, for `components/dropzone.html` and `components/file.html`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from openopco.documents.models import Document
from openopco.documents.queries import state_in_words
from openopco.dossiers import kinds
from openopco.dossiers.models import Dossier, pieces_of
from openopco.kernel.sizes import format_size


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A piece for `components/file.html`."""

    key: str
    name: str
    size_words: str
    url: str
    state_words: str
    tone: str
    can_remove: bool


CLOSED = "Lisible une fois le rattachement validé"
TONES = {"safe": "ok", "pending": "wait", "infected": "bad", "error": "wait"}


def shown(piece: Document, *, can_remove: bool = True, is_closed: bool = False) -> ShownFile:
    """A piece with its size, its address and the antivirus' word; without address for who may not open it."""
    key, size = str(piece.key), format_size(piece.size)
    if is_closed:
        return ShownFile(key, piece.name, size, "", CLOSED, "wait", can_remove=False)
    return ShownFile(
        key,
        piece.name,
        size,
        f"{reverse('portal:document', args=[piece.key])}?apercu",
        "" if piece.state == "safe" else state_in_words(piece),
        TONES.get(piece.state, "off"),
        can_remove,
    )


@dataclass(frozen=True, slots=True)
class ShownZone:
    """A zone for `components/dropzone.html`."""

    code: str
    title: str
    action: str
    required: bool
    error: str
    files: list[ShownFile]


def shown_zones(
    dossier: Dossier,
    kind: kinds.Kind,
    *,
    required: tuple[str, ...],
    wrong: Mapping[str, str],
    only: frozenset[str] | None = None,
    since: datetime | None = None,
    closed: frozenset[str] = frozenset(),
) -> list[ShownZone]:
    """The zones of a request with what each holds. `only`: those a correction asks; `since` when it was
    asked: what was there before stays. `closed`: keys of those that the reader may not open."""
    held: dict[str, list[ShownFile]] = {}
    for piece in pieces_of(dossier.pk):
        can_remove = since is None or piece.created_at >= since
        one = shown(piece, can_remove=can_remove, is_closed=str(piece.key) in closed)
        held.setdefault(piece.zone, []).append(one)
    return [
        ShownZone(
            code,
            title,
            reverse("portal:join_piece", args=[dossier.key, code]),
            code in required,
            wrong.get(f"zone-{code}", ""),
            held.get(code, []),
        )
        for code, title in kind.zones
        if only is None or code in only
    ]
