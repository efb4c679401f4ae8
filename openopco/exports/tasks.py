"""What the queue makes: lists as files, requests as archives."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.utils import timezone

from openopco import journal
from openopco.base import sheets, works
from openopco.base.models import Work
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import visible_to
from openopco.exports import lists
from openopco.exports.actions import ARCHIVE_KIND, EXPORTED, LIST_KIND
from openopco.exports.archive import write_archive
from openopco.habilitations.queries import active_administrators, actor_for
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Forbidden
from openopco.notifications.actions import notify
from openopco.notifications.kinds import NoticeKind, Readers, register
from openopco.opco import parameters
from openopco.rights import Actor, require

LARGE = register(
    NoticeKind(
        "export.large", "Export d'une longue liste", compulsory=True, readers=Readers.OPCO, act="Vérifier cet export"
    )
)
# What a person typed or chose to find rows.
SEARCHED = frozenset({"filters", "text"})


def _reader(work: Work) -> Actor:
    """Who asked, as he may read now. Raises `Stopped`."""
    actor = actor_for(lists.person(work.asked_by_id))
    try:
        require(actor, lists.find(work.args["list"]).right)
    except Forbidden as error:
        raise works.Stopped from error
    return actor


def make_list(work: Work, path: Path, beat: Callable[[int], None]) -> int:
    """Writes the list as it is now, as far as who asked may still read it."""
    listed = lists.find(work.args["list"])
    try:
        sheets.write(sheets.Format(work.args["format"]), path, listed.title, listed.columns, _rows(work, listed, beat))
    except Forbidden as error:
        raise works.Stopped from error
    return 0


def _rows(work: Work, listed: lists.List, beat: Callable[[int], None]) -> Iterator[Any]:
    done = 0
    for page in lists.pages_of(listed, work.args["asked"], lambda: _reader(work)):
        yield from page
        done += len(page)
        beat(done)


def list_made(work: Work) -> dict[str, Any]:
    """Names the file, journals what left, how many rows, and tells the administrators of a long one."""
    actor, code, asked = _reader(work), work.args["list"], work.args["asked"]
    stem, format = lists.find(code).stem, work.args["format"]
    work.result_filename = f"{stem}-{paris_today(timezone.now()):%Y-%m-%d}.{format}"
    payload = {"liste": code, "format": format, "lignes": work.done}
    journal.record(subject_kind="work", subject_id=work.pk, event="export.made", actor=actor, payload=payload)
    journal.audit_read(
        actor=actor, subject_kind="work", subject_id=work.pk, what=EXPORTED, reason=f"{code} : {work.done}"
    )
    if actor.is_opco and work.done >= parameters.value("export_alert_rows", on=paris_today(timezone.now())):
        _tell_administrators(work)
    # What people searched for is forgotten; what the right depends on, and the rows are read by, stays.
    return {"list": code, "asked": {name: value for name, value in asked.items() if name not in SEARCHED}}


def may_take_list(work: Work) -> bool:
    """Whether who asked may still read the list."""
    try:
        lists.find(work.args["list"]).rows(_reader(work), work.args["asked"])
    except (Forbidden, works.Stopped):
        return False
    return True


def _tell_administrators(work: Work) -> None:
    notify(
        user_ids=active_administrators(),
        kind=LARGE.code,
        title=f"Un compte de l'OPCO a exporté une liste de {work.done} lignes : vérifiez.",
        url="/administration/",
        subject_kind="work",
        subject_id=work.pk,
        unique_key=f"export.large:{work.pk}",
    )


# --- one request -----------------------------------------------------------------------------------------------------


def _request(work: Work) -> tuple[Actor, Dossier]:
    """Who asked, as he may read now, and the request. Raises `Stopped`."""
    actor = actor_for(lists.person(work.asked_by_id))
    seen = visible_to(actor).select_related("establishment__company", "provider", "holder", "paper")
    dossier = seen.filter(pk=work.args["dossier"]).exclude(number=None).first()
    if dossier is None:
        raise works.Stopped
    return actor, dossier


def make_archive(work: Work, path: Path, beat: Callable[[int], None]) -> int:
    """Writes the request and its pieces; those that may not leave are counted."""
    actor, dossier = _request(work)
    pieces = write_archive(path, dossier, actor, beat)
    for piece in pieces if actor.is_opco else ():
        if not piece.why_not:
            journal.audit_read(
                actor=actor, subject_kind="document", subject_id=piece.document.pk, what="document.read", reason="ZIP"
            )
    return sum(1 for piece in pieces if piece.why_not)


def archive_made(work: Work) -> dict[str, Any]:
    """Names the file, journals what left."""
    actor, dossier = _request(work)
    work.result_filename = f"dossier-{dossier.number}.zip"
    payload = {"dossier": dossier.pk, "pieces": work.done, "laissees": work.left_out}
    journal.record(subject_kind="work", subject_id=work.pk, event="archive.made", actor=actor, payload=payload)
    journal.audit_read(actor=actor, subject_kind="dossier", subject_id=dossier.pk, what="dossier.archive")
    return {"dossier": dossier.pk}


def may_take_archive(work: Work) -> bool:
    """Whether who asked may still read the request."""
    try:
        _request(work)
    except works.Stopped:
        return False
    return True


works.register(works.FileKind(ARCHIVE_KIND, make_archive, archive_made, may_take_archive))
works.register(works.FileKind(LIST_KIND, make_list, list_made, may_take_list))
