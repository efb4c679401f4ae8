"""What the pages of a draft post, read with suspicion: fields with the revision they showed, numbers and keys that may be
anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.http import Http404

from openopco.dossiers.actions import drafts
from openopco.dossiers.errors import FieldConflict
from openopco.dossiers.fields import FieldSpec
from openopco.dossiers.models import Dossier
from openopco.habilitations.http import PersonRequest
from openopco.kernel.text import clean_text

LONGEST_ROW_KEY = 12


@dataclass(frozen=True, slots=True)
class Unkept:
    """What a page sent and is not kept, by name: where another window disagrees, and what can't be kept at all. The page
    is shown again with it."""

    conflicts: Mapping[str, FieldConflict] = field(default_factory=dict)
    refused: Mapping[str, drafts.Refused] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.conflicts or self.refused)

    @property
    def sentences(self) -> dict[str, str]:
        """Why, by field, for what can't be kept."""
        return {name: refused.message for name, refused in self.refused.items()}


ALL_KEPT = Unkept()


def keep_posted(request: PersonRequest, dossier: Dossier, specs: tuple[FieldSpec, ...], *, row: str = "") -> Unkept:
    """Saves the fields that the page sent and that its reader changed. Returns what is not kept."""
    values = posted_fields(request, specs)
    batch = drafts.save_fields(actor=request.actor, key=str(dossier.key), values=values, row=row)
    return Unkept(
        {conflict.name: conflict for conflict in batch.conflicts}, {refused.name: refused for refused in batch.refused}
    )


def posted_fields(request: PersonRequest, specs: tuple[FieldSpec, ...]) -> dict[str, tuple[str, int]]:
    """Name → (value, revision) of the fields to save."""
    found = {spec.name: posted_field(request, spec.name) for spec in specs}
    return {name: each for name, each in found.items() if each is not None}


def posted_field(request: PersonRequest, name: str) -> tuple[str, int] | None:
    """The value and the revision to save of a field: each that the page showed names its revision, a box left alone sends
    nothing else. None where the page did not show it, left it as it was served, or gives it up to another window."""
    revision, value = request.POST.get(f"revision:{name}"), clean_text(request.POST.get(name, ""))
    choice, served = request.POST.get(f"keep:{name}"), request.POST.get(f"served:{name}")
    if revision is None or choice == "theirs":
        return None
    if choice == "mine":
        return value, number_in(request.POST.get(f"theirs:{name}", revision))
    if served is not None and clean_text(served) == value:
        return None
    return value, number_in(revision)


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
