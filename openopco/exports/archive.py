"""One request as a ZIP: what was asked, decided, written and joined, as its reader may see it. Never a NIR, never a note of
the officers."""

import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from openopco import opco
from openopco.documents.enums import State as FileState
from openopco.documents.models import Document
from openopco.documents.storage import open_content
from openopco.dossiers import kinds, overview, timeline
from openopco.dossiers.changes import compared
from openopco.dossiers.enums import (
    LETTER_WORDS,
    MODIFICATION_WORDS,
    STATE_WORDS,
    Audience,
    LetterKind,
    ModificationState,
    State,
)
from openopco.dossiers.issuing import pdf_of
from openopco.dossiers.letters import letters_of
from openopco.dossiers.models import Decision, Dossier, Receipt, pieces_of
from openopco.dossiers.queries import load_draft, reads_piece
from openopco.dossiers.queries.modifications import Told, modifications_of, pieces_told
from openopco.dossiers.receipts import receipt_pdf
from openopco.kernel.calendar import PARIS, format_date, paris_today
from openopco.kernel.errors import Unavailable
from openopco.kernel.money import format_euros
from openopco.rights import Actor

STEP = 64 * 1024
CLOSED = "réservée à la personne qui l'a jointe"
LOST = "momentanément inaccessible"
JOINED = "jointe"
_UNSAFE = re.compile(r"[^\w.\- ]+")
# Names that a system keeps for itself, whatever follows the dot.
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the request. `why_not`: why it is left out of the archive; empty where it is in, under `entry`."""

    document: Document
    zone: str
    entry: str
    why_not: str = ""


def safe_name(name: str) -> str:
    """A name that every system unpacks where it is told to: one part, no separator, no name of a device."""
    words = unicodedata.normalize("NFC", name).replace("/", " ").replace("\\", " ")
    plain = " ".join(_UNSAFE.sub("_", words).split()).strip(". ")[-100:].lstrip(". ") or "fichier"
    return f"_{plain}" if _RESERVED.match(plain) else plain


def entry_name(rank: int, document: Document) -> str:
    return f"pieces/{rank:02d}-{safe_name(document.name)}"


def pieces_for(dossier: Dossier, reader: Actor) -> list[Piece]:
    """Every piece of the request, with why the reader's archive leaves it out, if it does."""
    return [
        Piece(document, zone, entry_name(rank, document), _why_not(dossier, document, reader))
        for rank, (document, zone) in enumerate(_zoned(dossier, reader), 1)
    ]


def _zoned(dossier: Dossier, reader: Actor) -> Iterator[tuple[Document, str]]:
    """The pieces of the request by what they are called, then those of its modifications."""
    kind = kinds.get(dossier.kind)
    for document in pieces_of(dossier.pk):
        yield document, kinds.zone_label(kind, document.zone) or document.zone
    told = _sent(dossier, reader)
    joined = pieces_told(told)
    for each in told:
        yield from ((document, _heading(each)) for document in joined.get(each.modification.pk, []))


def _why_not(dossier: Dossier, document: Document, reader: Actor) -> str:
    if not reads_piece(reader, dossier, document):
        return CLOSED
    return "" if document.state == FileState.SAFE else FileState(document.state).label.lower()


def write_archive(path: Path, dossier: Dossier, reader: Actor, beat: Callable[[int], None]) -> list[Piece]:
    """Writes the ZIP, piece by piece: none is ever whole in memory. Returns the pieces, those left out with why."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        pieces = []
        for piece in pieces_for(dossier, reader):
            pieces.append(_join(archive, piece))
            beat(sum(1 for each in pieces if not each.why_not))
        told = told_of(dossier, reader, pieces)
        archive.writestr("dossier.json", json.dumps(told, ensure_ascii=False, indent=1))
        archive.writestr("dossier.pdf", _pdf(told))
        if receipt := _receipt(dossier):
            archive.writestr("accuse-reception.pdf", receipt)
        for name, letter in _letters(dossier):
            archive.writestr(name, letter)
        archive.writestr("LISEZ-MOI.txt", "\ufeff" + "\r\n".join(_read_me(dossier, pieces)))
    return pieces


def _join(archive: ZipFile, piece: Piece) -> Piece:
    if piece.why_not:
        return piece
    info = ZipInfo(piece.entry, piece.document.created_at.astimezone(PARIS).timetuple()[:6])
    # Already compressed, all of them: PDF, JPEG, PNG.
    info.compress_type, info.file_size = ZIP_STORED, piece.document.size
    try:
        with open_content(piece.document) as content, archive.open(info, "w") as entry:
            shutil.copyfileobj(content, entry, STEP)
    except Unavailable:
        return Piece(piece.document, piece.zone, piece.entry, LOST)
    return piece


# --- what it says ----------------------------------------------------------------------------------------------------


def told_of(dossier: Dossier, reader: Actor, pieces: list[Piece]) -> dict[str, Any]:
    """All that the archive says of the request, in words."""
    audience = Audience.OPCO if reader.is_opco else Audience.EMPLOYEUR
    kind, now = kinds.get(dossier.kind), timezone.now()
    draft = load_draft(dossier, today=paris_today(now), viewer=reader)
    return {
        "opco": opco.identity().name,
        "product": opco.identity().product,
        "number": dossier.number,
        "title": dossier.title,
        "employer": dossier.employer_name,
        "state": STATE_WORDS[audience][State(dossier.state)],
        "made": _moment(now),
        "sections": kind.snapshot(draft)["sections"],
        "decisions": [_decision(each) for each in Decision.objects.filter(dossier=dossier).order_by("version")],
        "modifications": [_modification(dossier, each, audience) for each in _sent(dossier, reader)],
        "messages": [
            {"who": each.author_label, "at": _moment(each.created_at), "body": each.body}
            for each in overview.messages_in(dossier)
        ],
        "events": [
            {"title": each.title, "at": _moment(each.at), "by": each.by, "text": each.text}
            for each in timeline.events(dossier, audience)[::-1]
        ],
        "pieces": [[each.document.name, each.zone, each.why_not or JOINED] for each in pieces],
    }


def _decision(decision: Decision) -> dict[str, Any]:
    word = STATE_WORDS[Audience.EMPLOYEUR][State(decision.outcome)]
    lines = [["Décision", word], ["Coût demandé", f"{format_euros(decision.amount_asked)} HT"]]
    if decision.amount_granted is not None:
        lines.append(["Montant accordé", f"{format_euros(decision.amount_granted)} HT"])
    if decision.reason:
        lines.append(["Motif", decision.reason])
    return {"heading": f"Décision du {format_date(paris_today(decision.decided_at))}", "lines": lines}


def _sent(dossier: Dossier, reader: Actor) -> list[Told]:
    """The modifications that were told, the oldest first; what is only prepared is nobody else's."""
    return [each for each in modifications_of(dossier, reader)[::-1] if each.modification.proposed_at]


def _heading(told: Told) -> str:
    assert told.modification.proposed_at
    return f"Modification signalée le {format_date(paris_today(told.modification.proposed_at))}"


def _modification(dossier: Dossier, told: Told, audience: Audience) -> dict[str, Any]:
    kept = told.modification
    lines = [["Où elle en est", MODIFICATION_WORDS[audience][ModificationState(kept.state)]], ["Pourquoi", kept.reason]]
    if told.is_late and kept.notice_due_on:
        lines.insert(1, ["Signalée en retard", f"le délai finissait le {format_date(kept.notice_due_on)}"])
    if kept.answer:
        lines.append(["Réponse", kept.answer])
    changes = compared(kinds.get(dossier.kind), told.changes)
    return {
        "heading": _heading(told),
        "lines": lines,
        "changes": [
            [each.label, each.before, f"{each.after} ({each.detail})" if each.detail else each.after]
            for each in changes
        ],
    }


def _moment(at: datetime) -> str:
    local = at.astimezone(PARIS)
    return f"{format_date(local.date())} à {local:%-H h %M}"


def _pdf(told: dict[str, Any]) -> bytes:
    # The typesetter is heavy: a web worker that makes no PDF does without it.
    from openopco.base.pdf import render

    return render("dossier.typ", told)


def _receipt(dossier: Dossier) -> bytes | None:
    found = Receipt.objects.select_related("dossier__transmission", "dossier__filed_by").filter(dossier=dossier).first()
    return receipt_pdf(found) if found else None


def _letters(dossier: Dossier) -> Iterator[tuple[str, bytes]]:
    """Each letter as it was issued, the oldest first, one at a time."""
    for rank, letter in enumerate(letters_of(dossier)[::-1], 1):
        yield f"lettres/{rank:02d}-{safe_name(LETTER_WORDS[LetterKind(letter.kind)])}.pdf", pdf_of(letter)


def _read_me(dossier: Dossier, pieces: list[Piece]) -> Iterator[str]:
    yield f"Dossier {dossier.number}, {opco.identity().product}, {_moment(timezone.now())}"
    yield ""
    yield "dossier.pdf : la demande, les décisions, les modifications, les messages et l'historique."
    yield "dossier.json : la même chose, pour un logiciel."
    yield "accuse-reception.pdf : l'accusé de réception de la demande envoyée."
    yield "lettres : les lettres envoyées, dans l'ordre."
    yield "pieces : les pièces jointes, dans l'ordre où elles sont arrivées."
    yield ""
    yield "Les numéros de sécurité sociale n'y sont pas."
    left_out = [piece for piece in pieces if piece.why_not]
    if left_out:
        yield ""
        yield "Pièces laissées de côté :"
        yield from (f"- {piece.document.name} ({piece.zone}) : {piece.why_not}" for piece in left_out)
