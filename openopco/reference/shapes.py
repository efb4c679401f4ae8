"""What each data set is made of: its columns, what tells a row from another, what a value may be. Pure."""

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from openopco.kernel.text import clean_line
from openopco.reference.enums import Dataset, Nomenclature, Zone

Row = dict[str, str]
Key = tuple[str, ...]
INSEE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.ASCII)
DEPARTMENT = re.compile(r"(?:\d{2,3}|2[AB])", re.ASCII)
POSTAL = re.compile(r"\d{5}", re.ASCII)
NAF = re.compile(r"\d{4}[A-Z]", re.ASCII)
IDCC = re.compile(r"\d{4}", re.ASCII)
LIST = "|"


@dataclass(frozen=True, slots=True)
class Shape:
    """`columns`: each with its words. `key`: the columns that tell a row. `lists`: those that hold several values, parted
    by « | ». `faults`: what is wrong with a row, in French."""

    columns: dict[str, str]
    key: tuple[str, ...]
    faults: Callable[[Row], Iterator[str]]
    lists: frozenset[str] = frozenset()

    def key_of(self, row: Row) -> Key:
        return tuple(row[name] for name in self.key)


def _commune_faults(row: Row) -> Iterator[str]:
    if not INSEE.fullmatch(row["insee"]):
        yield f"le code Insee « {row['insee']} » n'a pas cinq caractères (68224, 2A004)"
    if not 0 < len(row["name"]) <= 100:
        yield "le nom manque ou dépasse 100 caractères"
    if not DEPARTMENT.fullmatch(row["department"]):
        yield f"le département « {row['department']} » n'existe pas (68, 2A, 974)"
    if row["zone"] not in Zone.values:
        yield f"la zone « {row['zone']} » n'est pas metro, drom ou com"
    if row["parent"] and not INSEE.fullmatch(row["parent"]):
        yield f"la commune « {row['parent']} » dont c'est un arrondissement n'est pas un code Insee"
    for code in values_of(row["postal_codes"]):
        if not POSTAL.fullmatch(code):
            yield f"le code postal « {code} » n'a pas cinq chiffres"


def _naf_faults(row: Row) -> Iterator[str]:
    if row["nomenclature"] not in Nomenclature.values:
        yield f"la nomenclature « {row['nomenclature']} » n'est pas {' ou '.join(Nomenclature.values)}"
    if not NAF.fullmatch(row["code"]):
        yield f"le code « {row['code']} » n'est pas quatre chiffres et une lettre, sans point (7120A)"
    if not 0 < len(row["label"]) <= 200:
        yield "le libellé manque ou dépasse 200 caractères"


def _idcc_faults(row: Row) -> Iterator[str]:
    if not IDCC.fullmatch(row["code"]):
        yield f"le code « {row['code']} » n'a pas quatre chiffres (0016 : un tableur ôte les zéros)"
    if not 0 < len(row["label"]) <= 300:
        yield "le libellé manque ou dépasse 300 caractères"
    if row["active"] not in ("", "0", "1"):
        yield f"« en vigueur » se dit 1, 0 ou rien, pas « {row['active']} »"


SHAPES: dict[str, Shape] = {
    Dataset.COMMUNES: Shape(
        {
            "insee": "code Insee",
            "name": "nom",
            "department": "département",
            "zone": "metro, drom ou com",
            "parent": "code Insee de la ville, pour un arrondissement de Paris, Lyon ou Marseille",
            "postal_codes": "codes postaux, séparés par « | »",
        },
        ("insee",),
        _commune_faults,
        frozenset({"postal_codes"}),
    ),
    Dataset.NAF: Shape(
        {"nomenclature": "naf-rev2 ou naf-2025", "code": "code sans point", "label": "libellé"},
        ("nomenclature", "code"),
        _naf_faults,
    ),
    Dataset.IDCC: Shape(
        {
            "code": "code IDCC, quatre chiffres",
            "label": "libellé",
            "active": "1 en vigueur, 0 non, rien si on l'ignore",
        },
        ("code",),
        _idcc_faults,
    ),
}


def values_of(cell: str) -> list[str]:
    return [value for value in cell.split(LIST) if value]


def tidy(dataset: str, row: Row) -> Row:
    """The row as it is kept: lines cleaned, lists in order, each value once."""
    shape = SHAPES[dataset]
    clean = {name: clean_line(row[name]) for name in shape.columns}
    return clean | {name: LIST.join(sorted({each.strip() for each in values_of(clean[name])})) for name in shape.lists}


def pack(dataset: str, rows: Iterable[Row]) -> bytes:
    """The same rows, in any order, give the same bytes: the shipped files' own shape."""
    shape, text = SHAPES[dataset], io.StringIO()
    writer = csv.DictWriter(text, list(shape.columns), delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: tuple(row[name] for name in shape.key)))
    return gzip.compress(text.getvalue().encode(), mtime=0)


def unpack(packed: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode()), delimiter=";"))
