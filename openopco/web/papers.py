"""What both sides of the counter read of a request that an officer typed for its employer."""

from dataclasses import dataclass

from django.urls import reverse

from openopco.documents.enums import State as FileState
from openopco.dossiers.draft import DraftView
from openopco.dossiers.enums import PAPER_ZONE, RECEPTION_WORDS, Reception
from openopco.dossiers.models import Dossier
from openopco.dossiers.papers import paper_of, typed_in_words

WORDS = {FileState.PENDING: "contrôle antivirus en cours", FileState.INFECTED: "dangereux, détruit"}


@dataclass(frozen=True, slots=True)
class PaperCard:
    """`portal/paper.html`. Without address, the scan can't be opened yet, or any more."""

    title: str
    typed: str
    facts: list[tuple[str, str]]
    scan_name: str = ""
    scan_url: str = ""
    scan_word: str = ""


def paper_card(dossier: Dossier, draft: DraftView) -> PaperCard | None:
    """None for what the employer sent himself. No query: the dossier came with its « paper », the draft with the pieces."""
    paper = paper_of(dossier)
    if paper is None:
        return None
    known = (("De la part de", paper.sender), ("Joindre", paper.contact), ("Confirmée par", paper.confirmed_by))
    facts = [(label, value) for label, value in known if value]
    title = f"Demande reçue {RECEPTION_WORDS[Reception(paper.reception)]}"
    scan = next(iter(draft.pieces_in(PAPER_ZONE)), None)
    if scan is None:
        return PaperCard(title, typed_in_words(paper), facts)
    url = f"{reverse('portal:document', args=[scan.key])}?apercu" if scan.state == FileState.SAFE else ""
    word = WORDS.get(FileState(scan.state), "non contrôlé")
    return PaperCard(title, typed_in_words(paper), facts, scan.name, url, word)
