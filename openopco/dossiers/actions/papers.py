"""A request received by mail, by e-mail or by telephone: an officer opens its draft, then types and sends it as the employer
would. Nobody of the OPCO decides what he filed: `rights`, and a constraint of the request."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone

from openopco.base.actions import action
from openopco.documents import actions as documents
from openopco.documents.inspect import ExaminedFile
from openopco.documents.models import Document
from openopco.dossiers.actions._common import note_in_journal, person, touch
from openopco.dossiers.actions.drafts.opening import open_draft
from openopco.dossiers.actions.drafts.writing import lock_draft
from openopco.dossiers.enums import PAPER_ZONE, State
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import DOSSIER_DOCUMENT, Dossier, PaperFiling
from openopco.dossiers.papers import Received, add_hand, journalled
from openopco.dossiers.queries import as_key
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Forbidden
from openopco.organisations.models import Establishment
from openopco.rights import Actor, Permission, require

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    Upload = UploadedFile[Any] | ExaminedFile | None


@action
def open_paper_draft(
    *, actor: Actor, establishment: Establishment, kind_code: str, key: UUID, received: Received, scan: "Upload" = None
) -> Dossier:
    """Opens the draft of a request that the establishment made otherwise than on the portal; the same key opens one. The
    employer sees it once it is sent. `scan` was opened outside the transaction. Raises `RefusedFile`, `Forbidden`."""
    require(actor, Permission.DOSSIER_FILE_FOR)
    told = journalled(received)
    draft, is_new = open_draft(actor, establishment, kind_code, key, unconfirmed=True, told=told)
    if is_new:
        PaperFiling.objects.create(
            dossier=draft,
            **asdict(received),
            scan=_keep(draft, scan, actor),
            recorded_by_id=person(actor),
            recorded_by_label=actor.label,
            recorded_on=paris_today(timezone.now()),
        )
    return draft


@action
def correct_reception(*, actor: Actor, key: str, received: Received, scan: "Upload" = None) -> Dossier:
    """Says again how a draft's request came; a new scan takes the place of the first. Raises `NotEditable`, `RefusedFile`."""
    dossier = lock_draft(actor=actor, key=key)
    paper = PaperFiling.objects.select_related("scan").filter(dossier=dossier).first()
    if paper is None:
        raise Forbidden
    for name, value in asdict(received).items():
        setattr(paper, name, value)
    before, paper.scan = paper.scan, _keep(dossier, scan, actor) or paper.scan
    paper.recorded_on = paris_today(timezone.now())
    paper.save()
    if before is not None and before != paper.scan:
        documents.remove(actor=actor, document=before)
    return dossier


@action
def take_over(*, actor: Actor, key: str) -> Dossier:
    """A draft that a colleague began to type becomes the actor's to finish: neither of them will decide it. Raises
    `UnknownDossier` where there is none, or nobody types it any more."""
    require(actor, Permission.DOSSIER_FILE_FOR)
    drafts = Dossier.objects.filter(key=as_key(key), state=State.BROUILLON, paper__isnull=False)
    dossier = drafts.select_related("paper", "establishment").select_for_update(of=("self",)).first()
    if dossier is None:
        raise UnknownDossier
    paper, before = dossier.paper, dossier.created_by_id
    if before == person(actor):
        return dossier
    add_hand(paper, before)
    dossier.created_by_id = paper.recorded_by_id = person(actor)
    paper.recorded_by_label = actor.label
    paper.save()
    touch(dossier)
    dossier.save()
    note_in_journal(dossier, "reprendre_saisie", actor=actor, payload={"de": before})
    return dossier


def _keep(dossier: Dossier, scan: "Upload", actor: Actor) -> Document | None:
    if scan is None:
        return None
    return documents.accept_upload(
        actor=actor, owner_kind=DOSSIER_DOCUMENT, owner_id=dossier.pk, zone=PAPER_ZONE, upload=scan
    )
