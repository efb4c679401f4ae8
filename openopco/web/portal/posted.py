"""What the pages of a draft post, read with suspicion: fields with the revision they showed, numbers and keys that may be
anything."""

from uuid import UUID

from django.http import Http404

from openopco.dossiers.actions import drafts
from openopco.dossiers.errors import FieldConflict
from openopco.dossiers.fields import FieldSpec
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.text import clean_text

LONGEST_VALUE = drafts.RAW_CEILING
LONGEST_ROW_KEY = 12


def keep_posted(
    request: PersonRequest, dossier: Dossier, specs: tuple[FieldSpec, ...], *, row: str = ""
) -> dict[str, FieldConflict]:
    """Saves the fields that the page sent. Returns, by name, those where another window disagrees."""
    values = posted_fields(request, specs)
    batch = drafts.save_fields(actor=request.actor, key=str(dossier.key), values=values, row=row)
    return {conflict.name: conflict for conflict in batch.conflicts}


def posted_fields(request: PersonRequest, specs: tuple[FieldSpec, ...]) -> dict[str, tuple[str, int]]:
    """Name → (value, revision) of the fields that the page showed: each names its revision, a box left alone sends nothing
    else."""
    values: dict[str, tuple[str, int]] = {}
    for spec in specs:
        revision = posted_revision(request, spec.name)
        if revision is not None:
            values[spec.name] = (clean_text(request.POST.get(spec.name, ""))[:LONGEST_VALUE], revision)
    return values


def posted_revision(request: PersonRequest, name: str) -> int | None:
    """The revision that the page showed of a field; None where the page did not show it, or gives it up to another window."""
    revision = request.POST.get(f"revision:{name}")
    if revision is None or request.POST.get(f"keep:{name}") == "theirs":
        return None
    return number_in(revision)


def number_in(raw: str) -> int:
    """An id or a revision; 0, which is nobody's, for anything else."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0


def row_in(raw: str) -> str:
    """The key of a row; empty for what can't be one."""
    return raw if raw.isascii() and raw.isalnum() and len(raw) <= LONGEST_ROW_KEY else ""


def new_key(request: PersonRequest) -> UUID:
    """The key that the page gave to what it creates: sent twice, it makes one."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as error:
        raise Http404 from error
