"""Who may write in a draft now, and what every write ends with."""

from openopco.dossiers.actions._common import lock, person, refresh_from_draft, touch
from openopco.dossiers.enums import ItemKind, State
from openopco.dossiers.errors import NotEditable
from openopco.dossiers.models import Dossier
from openopco.dossiers.papers import add_hand
from openopco.dossiers.queries import may_answer, open_correction, subject_of
from openopco.kernel.errors import Forbidden
from openopco.rights import Actor, Permission, require


def lock_writable(*, actor: Actor, key: str) -> Dossier:
    dossier = lock(actor=actor, permission=Permission.DOSSIER_READ, key=key)
    if dossier.state == State.BROUILLON:
        require(actor, Permission.DRAFT_WRITE, subject_of(dossier))
    elif dossier.state == State.COMPLEMENT_DEMANDE:
        require_answering(actor, dossier)
    else:
        raise NotEditable
    return dossier


def require_answering(actor: Actor, dossier: Dossier) -> None:
    """Before any write of an answer. An officer who types for the employer will not decide the request. Raises `Forbidden`."""
    if not may_answer(actor, dossier):
        raise Forbidden
    if actor.is_opco:
        add_hand(dossier.paper, person(actor))


def after_write(dossier: Dossier) -> None:
    """A draft's narrow row follows what is typed; a sent request's only moves when the answer is sent."""
    if dossier.state == State.BROUILLON:
        refresh_heading(dossier)


def refresh_heading(dossier: Dossier) -> None:
    refresh_from_draft(dossier)
    touch(dossier)
    dossier.save()


def lock_draft(*, actor: Actor, key: str) -> Dossier:
    dossier = lock(actor=actor, permission=Permission.DRAFT_WRITE, key=key)
    if dossier.state != State.BROUILLON:
        raise NotEditable
    return dossier


def is_asked(dossier: Dossier, *, name: str, row: str) -> bool:
    correction = open_correction(dossier)
    if correction is None:
        return False
    return any(item.kind == ItemKind.CHAMP and (item.row, item.name) == (row, name) for item in correction.items.all())
