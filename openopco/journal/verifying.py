"""Reading the whole journal again, to find where it was tampered with. Memory does not grow with the journal."""

from collections.abc import Iterator
from dataclasses import dataclass

from openopco.journal import digests
from openopco.journal.actions import digest_of
from openopco.journal.models import Entry, Seal
from openopco.journal.sealing import digest_of_seal

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Break:
    """`where` names the subject and the place in its chain, or the seal; `why` is a French sentence for operators."""

    where: str
    why: str


def find_breaks(*, expected_seal: tuple[int, str] | None = None) -> list[Break]:
    """Every break, chains first. `expected_seal`: number and digest of a seal kept elsewhere, e.g. in the logs."""
    return [*_broken_chains(), *_broken_seals(), *_missing_seal(expected_seal)]


def _broken_chains() -> Iterator[Break]:
    previous: Entry | None = None
    for entry in Entry.objects.order_by("subject_kind", "subject_id", "sequence").iterator(CHUNK):
        if previous is not None and _subject(previous) != _subject(entry):
            previous = None
        yield from _faults(entry, previous)
        previous = entry


def _subject(entry: Entry) -> tuple[str, int]:
    return entry.subject_kind, entry.subject_id


def _faults(entry: Entry, previous: Entry | None) -> Iterator[Break]:
    where = f"{entry.subject_kind} {entry.subject_id} entrée {entry.sequence}"
    if entry.sequence != (previous.sequence + 1 if previous else 1):
        yield Break(where, "il manque une entrée avant celle-ci")
    elif entry.previous_digest != (previous.digest if previous else ""):
        yield Break(where, "elle ne suit pas l'entrée d'avant")
    if entry.digest != digest_of(entry):
        yield Break(where, "l'entrée a été modifiée")
    if entry.payload_salt is not None and _payload_differs(entry, entry.payload_salt):
        yield Break(where, "son contenu a été modifié")
    if entry.payload_salt is None and entry.payload is not None:
        yield Break(where, "son contenu a été modifié")


def _payload_differs(entry: Entry, salt: str) -> bool:
    return entry.payload_digest != digests.payload_digest(entry.payload, salt)


def _broken_seals() -> Iterator[Break]:
    previous: Seal | None = None
    for seal in Seal.objects.order_by("number").iterator(20):
        where = f"sceau {seal.number}"
        if seal.number != (previous.number + 1 if previous else 1):
            yield Break(where, "il manque un sceau avant celui-ci")
        elif seal.previous_digest != (previous.digest if previous else ""):
            yield Break(where, "il ne suit pas le sceau d'avant")
        if seal.digest != digest_of_seal(seal):
            yield Break(where, "le sceau a été modifié")
        yield from _lost_heads(seal)
        previous = seal


def _lost_heads(seal: Seal) -> Iterator[Break]:
    wanted = [digest for _, _, _, digest in seal.heads]
    found: set[str] = set()
    for start in range(0, len(wanted), 500):
        found.update(_digests_present(seal, start))
    for kind, subject_id, sequence, digest in seal.heads:
        if digest not in found:
            yield Break(f"{kind} {subject_id} entrée {sequence}", f"scellée par le sceau {seal.number}, n'est plus là")


def _digests_present(seal: Seal, start: int) -> Iterator[str]:
    heads = seal.heads[start : start + 500]
    kinds = {kind for kind, _, _, _ in heads}
    for kind in sorted(kinds):
        ids = {subject_id for one, subject_id, _, _ in heads if one == kind}
        sequences = {sequence for one, _, sequence, _ in heads if one == kind}
        rows = Entry.objects.filter(subject_kind=kind, subject_id__in=ids, sequence__in=sequences)
        yield from rows.order_by().values_list("digest", flat=True)


def _missing_seal(expected: tuple[int, str] | None) -> Iterator[Break]:
    if expected is None:
        return
    number, digest = expected
    if not Seal.objects.filter(number=number, digest=digest).exists():
        yield Break(f"sceau {number}", "ce n'est pas le sceau attendu")
