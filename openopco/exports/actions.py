"""Asking for a list, or a whole request, as a file: a read of personal data, journalled, bounded, told when large."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from openopco import journal
from openopco.base import works
from openopco.base.actions import action
from openopco.base.models import Work
from openopco.base.sheets import Format
from openopco.dossiers.queries import find, subject_of
from openopco.dossiers.reading import open_request
from openopco.exports import lists
from openopco.exports.archive import pieces_for
from openopco.exports.errors import TooManyRows
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.kernel.sizes import format_count
from openopco.opco import parameters
from openopco.rights import Actor, Permission, require

LIST_KIND, ARCHIVE_KIND = "exports.list", "exports.dossier"
# What is kept of who read a list by taking it away.
EXPORTED = "export.list"


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows an export would have now; `most` is the limit, `count` goes no further than one more."""

    count: int
    most: int

    @property
    def is_too_large(self) -> bool:
        return self.count > self.most


def size_of(*, actor: Actor, code: str, asked: lists.Asked) -> Size:
    """Raises `Forbidden`, `UnknownList`."""
    listed = lists.find(code)
    require(actor, listed.right)
    most: int = parameters.value("export_max_rows", on=paris_today(timezone.now()))
    return Size(min(sum(lists.count_up_to(rows(actor, asked), most) for rows in listed.parts), most + 1), most)


@action
def ask_export(*, actor: Actor, code: str, format: str, asked: lists.Asked, key: UUID) -> Work:
    """Queues the export of a list as filtered, whole. Raises `Forbidden`, `UnknownList`, `InvalidValue` for a format that we
    don't write, `TooManyRows`, `TooManyWorks`, `WorkAlreadyAsked`."""
    if actor.user_id is None:
        raise Forbidden
    if format not in set(Format):
        raise InvalidValue("Choisissez un format.")
    size = size_of(actor=actor, code=code, asked=asked)
    if size.is_too_large:
        raise TooManyRows(too_many(size.most))
    listed = lists.find(code)
    work = works.start(
        kind=LIST_KIND,
        title=f"Export : {listed.title} ({format.upper()})",
        asked_by=actor.user_id,
        key=key,
        args={"list": code, "format": format, "asked": dict(asked)},
        total=size.count,
    )
    payload = {"liste": code, "format": format, "lignes": size.count}
    journal.record(subject_kind="work", subject_id=work.pk, event="export.asked", actor=actor, payload=payload)
    return work


@action
def ask_archive(*, actor: Actor, number: str, key: UUID) -> Work:
    """Queues the whole of a request as a ZIP, as the actor may read it. Raises `UnknownDossier`, `TooManyWorks`,
    `WorkAlreadyAsked`; for an officer it is an opening like another (`TooManyReads`)."""
    dossier = find(actor=actor, number=number)
    require(actor, Permission.DOSSIER_READ, subject_of(dossier))
    if actor.user_id is None:
        raise Forbidden
    open_request(actor=actor, dossier=dossier)
    return works.start(
        kind=ARCHIVE_KIND,
        title=f"Dossier {number} (ZIP)",
        asked_by=actor.user_id,
        key=key,
        args={"dossier": dossier.pk},
        total=len(pieces_for(dossier, actor)),
    )


def too_many(most: int) -> str:
    limit = format_count(most)
    return f"Cette liste compte plus de {limit} lignes, le plus qu'un export peut contenir. Filtrez-la (état, dates, recherche)."
