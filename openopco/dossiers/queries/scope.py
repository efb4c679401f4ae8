"""Who sees which request, and its pieces. The one place where an actor's reach becomes a queryset."""

from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet

from openopco.base.prepared import Prepared
from openopco.documents.models import Document
from openopco.documents.queries import may_fetch
from openopco.dossiers.enums import ModificationState, State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.holds import read_with
from openopco.dossiers.models import DOSSIER_DOCUMENT, MODIFICATION_DOCUMENT, Dossier, Modification, PaperFiling
from openopco.habilitations.queries import accepted_membership
from openopco.rights import Actor, Permission, Subject, may

# The drafts of those whose attachment waits: theirs alone.
HIDDEN = Q(state=State.BROUILLON, unconfirmed=True)


def subject_of(dossier: Dossier) -> Subject:
    """What rights are asked about; who else typed of it, where the request was read with its paper: never a query."""
    paper = dossier.paper if Dossier.paper.is_cached(dossier) and hasattr(dossier, "paper") else None
    return Subject(
        dossier.establishment_id,
        typed_by=dossier.created_by_id,
        filed_by=dossier.filed_by_id,
        hands=frozenset(paper.also_typed) if paper else frozenset(),
    )


def may_answer(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor answers what is asked: the employer's people; of a request that came on paper, an officer who does
    not examine it types what came back."""
    if may(actor, Permission.DOSSIER_ANSWER, subject_of(dossier)):
        return True
    return answers_for(actor, dossier)


def answers_for(actor: Actor, dossier: Dossier) -> bool:
    """Whether he would do it as an officer, for the employer."""
    if not may(actor, Permission.DOSSIER_FILE_FOR) or dossier.holder_id == actor.user_id:
        return False
    return hasattr(dossier, "paper")


def reads_all_sent(actor: Actor) -> bool:
    """Whether the actor reads, at the desk, every request that was sent."""
    return may(actor, Permission.DESK_READ)


def visible_to(actor: Actor) -> QuerySet[Dossier]:
    """The requests that an actor may read: the OPCO's people see all that was sent; an employer those of his
    establishments, less the drafts of those whose attachment waits, or, while his own waits, those he typed."""
    if actor.is_system:
        return Dossier.objects.all()
    reach = Q(pk__in=[])
    if reads_all_sent(actor):
        reach |= ~Q(state=State.BROUILLON)
    confirmed = [grant.establishment_id for grant in actor.employer_grants() if grant.confirmed]
    waiting = [grant.establishment_id for grant in actor.employer_grants() if not grant.confirmed]
    if confirmed:
        reach |= Q(establishment_id__in=confirmed) & ~HIDDEN
    if waiting:
        reach |= Q(establishment_id__in=waiting, created_by_id=actor.user_id)
    return Dossier.objects.filter(reach)


def workable_by(actor: Actor) -> QuerySet[Dossier]:
    """`visible_to`, and the drafts that an officer types for employers: no list of requests shows those."""
    seen = visible_to(actor)
    if not may(actor, Permission.DOSSIER_FILE_FOR):
        return seen
    typed = PaperFiling.objects.filter(recorded_by_id=actor.user_id, dossier__state=State.BROUILLON)
    return seen | Dossier.objects.filter(pk__in=typed.values("dossier_id"))


def sees_all_of(actor: Actor, establishment_id: int) -> bool:
    """Whether the actor reads the requests of an establishment, all but `HIDDEN`: his attachment was accepted."""
    return any(grant.confirmed and grant.establishment_id == establishment_id for grant in actor.employer_grants())


def sees(actor: Actor, dossier: Dossier) -> bool:
    """`visible_to`, of a request already read."""
    if actor.is_system:
        return True
    if reads_all_sent(actor) and dossier.state != State.BROUILLON:
        return True
    if _types(actor, dossier):
        return True
    here = [grant for grant in actor.employer_grants() if grant.establishment_id == dossier.establishment_id]
    is_hidden = dossier.unconfirmed and dossier.state == State.BROUILLON
    is_own = dossier.created_by_id == actor.user_id
    return any(not is_hidden if grant.confirmed else is_own for grant in here)


def _types(actor: Actor, dossier: Dossier) -> bool:
    """Whether the actor is the officer who types this draft for its employer."""
    own = dossier.created_by_id == actor.user_id and may(actor, Permission.DOSSIER_FILE_FOR)
    return own and hasattr(dossier, "paper")


def reads_piece(actor: Actor, dossier: Dossier, piece: Document) -> bool:
    """Whether who reads the request may also read one of its pieces: of what somebody sent whose attachment waits, the
    employer's side reads what it joined itself."""
    return not dossier.unconfirmed or actor.is_opco or actor.is_system or piece.uploaded_by_id == actor.user_id


def find(*, actor: Actor, number: str) -> Dossier:
    """A sent request by its number. Raises `UnknownDossier`."""
    return _seen(actor, _by_number(number))


def find_draft(*, actor: Actor, key: str) -> Dossier:
    """A draft, or what became of it, by its key. Raises `UnknownDossier`."""
    return _seen(actor, _by_key(as_key(key)))


def as_key(raw: str) -> UUID:
    """A key as an address gives it. Raises `UnknownDossier` where it is none."""
    try:
        return UUID(raw)
    except ValueError as error:
        raise UnknownDossier from error


def find_for_desk(*, actor: Actor, number: str) -> Dossier:
    """A sent request by its number, with who filed it and who decided it. Raises `UnknownDossier`."""
    return _seen(actor, _for_desk(number))


def _seen(actor: Actor, found: list[Dossier]) -> Dossier:
    if not found or not sees(actor, found[0]):
        raise UnknownDossier
    return found[0]


_AROUND = ("establishment__company", "provider", "holder", "course_start", "paper")
_by_number: Prepared[Dossier] = Prepared(
    (str,), lambda number: Dossier.objects.filter(number=number).select_related(*_AROUND).annotate(held=read_with())
)
_by_key: Prepared[Dossier] = Prepared((UUID,), lambda key: Dossier.objects.filter(key=key).select_related(*_AROUND))
_for_desk: Prepared[Dossier] = Prepared(
    (str,),
    lambda number: (
        Dossier.objects.filter(number=number)
        .select_related(*_AROUND, "filed_by", "decided_by")
        .annotate(
            filer_accepted=accepted_membership(OuterRef("filed_by_id"), OuterRef("establishment_id")), held=read_with()
        )
    ),
)


def document_for(*, actor: Actor, key: str) -> tuple[Document, Dossier]:
    """A piece that the actor may read, with its request; until the antivirus has spoken, its uploader alone. Raises
    `UnknownDossier`."""
    document = Document.objects.filter(
        key=as_key(key), owner_kind__in=[DOSSIER_DOCUMENT, MODIFICATION_DOCUMENT]
    ).first()
    dossier = _owner_of(actor, document) if document else None
    if document is None or dossier is None or not reads_piece(actor, dossier, document):
        raise UnknownDossier
    if not may_fetch(document, actor):
        raise UnknownDossier
    return document, dossier


def _owner_of(actor: Actor, document: Document) -> Dossier | None:
    """The request of a piece, where the actor sees it; of a modification only prepared, whoever prepares it."""
    if document.owner_kind == DOSSIER_DOCUMENT:
        return workable_by(actor).filter(pk=document.owner_id).first()
    told = ~Q(state=ModificationState.PREPAREE) | Q(filed_by_id=actor.user_id)
    owner = Modification.objects.filter(told, pk=document.owner_id).values("dossier_id")
    return visible_to(actor).filter(pk__in=owner).first()


def may_edit(actor: Actor, dossier: Dossier) -> bool:
    """Whether the whole draft may be written by the actor."""
    return dossier.state == State.BROUILLON and may(actor, Permission.DRAFT_WRITE, subject_of(dossier))
