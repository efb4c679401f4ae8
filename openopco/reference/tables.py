"""The rows in force, as the tables hold them: read as an edition's rows, or replaced whole."""

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from django.db import models

from openopco.kernel.text import fold
from openopco.reference.enums import Dataset
from openopco.reference.models import Commune, CommunePostalCode, Idcc, NafCode
from openopco.reference.shapes import LIST, Row, values_of

BATCH = 2000
M = TypeVar("M", bound=models.Model)
ACTIVE = {"": None, "1": True, "0": False}
ACTIVE_WORDS = {value: word for word, value in ACTIVE.items()}


def write_rows(dataset: str, rows: list[Row]) -> None:
    """Replaces all the rows of a data set. The caller is in a transaction."""
    WRITERS[dataset](rows)


def read_rows(dataset: str) -> list[Row]:
    return READERS[dataset]()


def _write_communes(rows: list[Row]) -> None:
    _replace(Commune, [_commune(row) for row in rows])
    codes = [(row["insee"], code) for row in rows for code in values_of(row["postal_codes"])]
    _replace(CommunePostalCode, [CommunePostalCode(commune_id=insee, postal_code=code) for insee, code in codes])


def _commune(row: Row) -> Commune:
    return Commune(
        insee_code=row["insee"],
        name=row["name"],
        folded_name=fold(row["name"])[:100],
        department=row["department"],
        zone=row["zone"],
        parent_code=row["parent"],
    )


def _read_communes() -> list[Row]:
    codes: dict[str, list[str]] = defaultdict(list)
    for insee, code in CommunePostalCode.objects.order_by("postal_code").values_list("commune_id", "postal_code"):
        codes[insee].append(code)
    columns = ("insee_code", "name", "department", "zone", "parent_code")
    names = ("insee", "name", "department", "zone", "parent")
    found = Commune.objects.order_by("insee_code").values_list(*columns)
    return [dict(zip(names, row, strict=True)) | {"postal_codes": LIST.join(codes[row[0]])} for row in found]


def _write_naf(rows: list[Row]) -> None:
    _replace(NafCode, [NafCode(**row, search=fold(f"{row['code']} {row['label']}")[:220]) for row in rows])


def _read_naf() -> list[Row]:
    names = ("nomenclature", "code", "label")
    found = NafCode.objects.order_by("nomenclature", "code").values_list(*names)
    return [dict(zip(names, row, strict=True)) for row in found]


def _write_idcc(rows: list[Row]) -> None:
    _replace(Idcc, [_idcc(row) for row in rows])


def _idcc(row: Row) -> Idcc:
    search = fold(f"{row['code']} {row['label']}")[:320]
    return Idcc(code=row["code"], label=row["label"], search=search, active=ACTIVE[row["active"]])


def _read_idcc() -> list[Row]:
    found = Idcc.objects.order_by("code").values_list("code", "label", "active")
    return [{"code": code, "label": label, "active": ACTIVE_WORDS[active]} for code, label, active in found]


def _replace(model: type[M], instances: list[M]) -> None:
    model._default_manager.all().delete()
    model._default_manager.bulk_create(instances, batch_size=BATCH)


WRITERS: dict[str, Callable[[list[Row]], None]] = {
    Dataset.COMMUNES: _write_communes,
    Dataset.NAF: _write_naf,
    Dataset.IDCC: _write_idcc,
}
READERS: dict[str, Callable[[], list[Row]]] = {
    Dataset.COMMUNES: _read_communes,
    Dataset.NAF: _read_naf,
    Dataset.IDCC: _read_idcc,
}
