"""Loads the shipped nomenclatures into the database: whole data sets at a time, and only those that changed.

Nobody acts here: a command of the installation does, at its start. The edition row says what was loaded, and when."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypedDict, TypeVar

from django.db import models, transaction

from openopco.kernel.text import fold
from openopco.reference import queries
from openopco.reference.enums import Dataset
from openopco.reference.models import Commune, CommunePostalCode, Idcc, NafCode, ReferenceEdition

DATA = Path(__file__).parent / "data"
BATCH = 2000
Row = dict[str, str]
M = TypeVar("M", bound=models.Model)


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
    """What became of a data set: `changed` is false where its very file was loaded before."""

    dataset: str
    row_count: int
    changed: bool


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
        WRITERS[dataset](rows)
        _note_edition(dataset, description, digest, now)
    return Loaded(dataset, len(rows), changed=True)


def _rows(packed: bytes) -> Iterator[Row]:
    text = gzip.decompress(packed).decode("utf-8")
    return csv.DictReader(io.StringIO(text), delimiter=";")


def _note_edition(dataset: str, description: Description, digest: str, now: datetime) -> None:
    facts = {key: description[key] for key in ("name", "producer", "licence", "as_of", "source")}
    ReferenceEdition.objects.update_or_create(
        dataset=dataset, defaults={**facts, "row_count": description["rows"], "digest": digest, "imported_at": now}
    )


def _write_communes(rows: list[Row]) -> None:
    _replace(Commune, [_commune(row) for row in rows])
    codes = [(row["insee"], code) for row in rows for code in row["postal_codes"].split("|") if code]
    _replace(CommunePostalCode, [CommunePostalCode(commune_id=insee, postal_code=code) for insee, code in codes])


def _commune(row: Row) -> Commune:
    return Commune(
        insee_code=row["insee"],
        name=row["name"],
        folded_name=fold(row["name"]),
        department=row["department"],
        zone=row["zone"],
        parent_code=row["parent"],
    )


def _write_naf(rows: list[Row]) -> None:
    _replace(NafCode, [NafCode(**row, search=fold(f"{row['code']} {row['label']}")) for row in rows])


def _write_idcc(rows: list[Row]) -> None:
    known = {"": None, "1": True, "0": False}
    _replace(
        Idcc,
        [
            Idcc(
                code=row["code"],
                label=row["label"],
                search=fold(f"{row['code']} {row['label']}"),
                active=known[row["active"]],
            )
            for row in rows
        ],
    )


def _replace(model: type[M], instances: list[M]) -> None:
    model._default_manager.all().delete()
    model._default_manager.bulk_create(instances, batch_size=BATCH)


WRITERS: dict[str, Callable[[list[Row]], None]] = {
    Dataset.COMMUNES: _write_communes,
    Dataset.NAF: _write_naf,
    Dataset.IDCC: _write_idcc,
}
