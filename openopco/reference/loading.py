"""Loads the shipped nomenclatures into the database: whole data sets at a time, and only those that changed.

Nobody acts here: a command of the installation does, at its start. Where somebody's own edition is in force, a shipped one
that is new is proposed beside it; one known already, in whatever state, stays as it is."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypedDict

from django.db import transaction

from openopco.base.jobs import enqueue
from openopco.reference import applying, queries
from openopco.reference.enums import Dataset, EditionState, Origin
from openopco.reference.models import ReferenceEdition
from openopco.reference.shapes import Row
from openopco.rights import SYSTEM

DATA = Path(__file__).parent / "data"


class Description(TypedDict):
    """One entry of `editions.json`."""

    name: str
    producer: str
    licence: str
    as_of: str
    source: str
    rows: int


class DamagedData(Exception):
    """A shipped file hasn't the number of rows that its description announces. Nothing was loaded from it."""


@dataclass(frozen=True)
class Loaded:
    """What became of a data set: `changed` is false where its very file was loaded before, `proposed` true where it now waits
    for an administrator's word."""

    dataset: str
    row_count: int
    changed: bool
    proposed: bool = False


def load_all(*, now: datetime, folder: Path | None = None, force: bool = False) -> list[Loaded]:
    """Loads each data set of `folder` (the shipped one), in a transaction of its own. Raises DamagedData."""
    folder = folder or DATA
    descriptions: dict[str, Description] = json.loads((folder / "editions.json").read_text(encoding="utf-8"))
    try:
        return [_load(dataset, descriptions[dataset], folder, now, force) for dataset in Dataset.values]
    finally:
        queries.forget()


def _load(dataset: str, description: Description, folder: Path, now: datetime, force: bool) -> Loaded:
    packed = (folder / f"{dataset}.csv.gz").read_bytes()
    digest = hashlib.sha256(packed).hexdigest()
    if not force and ReferenceEdition.objects.filter(dataset=dataset, digest=digest).exists():
        return Loaded(dataset, description["rows"], changed=False)
    rows = list(_rows(packed))
    if len(rows) != description["rows"]:
        raise DamagedData(f"{dataset}.csv.gz: {len(rows)} rows, {description['rows']} announced")
    with transaction.atomic():
        return _take_in(_edition(dataset, description, digest), rows, now)


def _edition(dataset: str, description: Description, digest: str) -> ReferenceEdition:
    """The shipped edition, known or new."""
    known = {edition.digest: edition for edition in applying.lock_dataset(dataset)}
    edition = known.get(digest) or ReferenceEdition(dataset=dataset, digest=digest)
    for name in ("name", "producer", "licence", "as_of", "source"):
        setattr(edition, name, description[name])
    edition.row_count = description["rows"]
    return edition


def _take_in(edition: ReferenceEdition, rows: list[Row], now: datetime) -> Loaded:
    before = queries.in_force(edition.dataset)
    if before and before.origin == Origin.DEPOSITED:
        return Loaded(edition.dataset, len(rows), changed=False, proposed=_propose(edition, rows))
    applying.take_over(edition, rows, now)
    return Loaded(edition.dataset, len(rows), changed=True)


def _propose(edition: ReferenceEdition, rows: list[Row]) -> bool:
    """Whether it is new: an administrator then says whether it takes the place of the one in force."""
    if not edition._state.adding:
        return False
    edition.state = EditionState.TO_COMPARE
    edition.save(force_insert=True)
    applying.keep_rows(edition, rows)
    applying.tell(edition, "proposed", SYSTEM, {"rows": len(rows)})
    enqueue(applying.COMPARE, edition_id=edition.pk)
    return True


def _rows(packed: bytes) -> Iterator[Row]:
    text = gzip.decompress(packed).decode("utf-8")
    return csv.DictReader(io.StringIO(text), delimiter=";")
