"""Words in the dossier: messages between the employer and the OPCO, notes among officers."""

from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers.actions._common import lock, note_in_journal, person, touch
from openopco.dossiers.enums import State
from openopco.dossiers.errors import NotPossibleNow
from openopco.dossiers.models import Message, Note
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.rights import Actor, Permission

LONGEST = 4000


@action
def write_message(*, actor: Actor, number: str, body: str, for_employer: bool = False) -> Message:
    """A message that both sides read; `for_employer`: an officer types what the employer wrote on paper. Raises `InvalidValue`
    when empty, too long, or with a NIR."""
    dossier = lock(actor=actor, permission=Permission.MESSAGE_WRITE, number=number)
    if dossier.state == State.BROUILLON:
        raise NotPossibleNow
    message = Message.objects.create(
        dossier=dossier,
        author_id=person(actor),
        author_label=f"{actor.label}, pour l'employeur" if for_employer else actor.label,
        from_opco=actor.is_opco and not for_employer,
        body=_readable(body),
        created_at=timezone.now(),
    )
    touch(dossier)
    dossier.save(update_fields=["updated_at"])
    note_in_journal(dossier, "message", actor=actor, payload={"message": message.pk, "opco": message.from_opco})
    return message


@action
def write_note(*, actor: Actor, number: str, body: str) -> Note:
    """A note for the OPCO's people alone. Raises `InvalidValue` when empty, too long, or with a NIR."""
    dossier = lock(actor=actor, permission=Permission.NOTE_WRITE, number=number)
    note = Note.objects.create(
        dossier=dossier,
        author_id=person(actor),
        author_label=actor.label,
        body=_readable(body),
        created_at=timezone.now(),
    )
    note_in_journal(dossier, "note", actor=actor, payload={"note": note.pk})
    return note


def _readable(body: str) -> str:
    text = refuse_nir(clean_text(body))
    if not text:
        raise InvalidValue("Écrivez votre message avant de l'envoyer.")
    if len(text) > LONGEST:
        raise InvalidValue(f"Ce message est trop long : {LONGEST} caractères au plus.")
    return text
