"""Reads a file somebody brought: CSV or JSON of the shipped shape, gzipped or not. Whole, or refused with every fault told."""

import csv
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any, Final

from openopco.reference.errors import BadFile
from openopco.reference.shapes import SHAPES, Key, Row, tidy

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_ROWS: Final = 100_000
MOST_TOLD: Final = 20
GZIP = b"\x1f\x8b"
Located = tuple[str, Row]


class _Faults:
    """The first faults in words, the others counted."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.count = 0

    def add(self, place: str, sentence: str) -> None:
        self.count += 1
        if self.count <= MOST_TOLD:
            self.told.append(f"{place} : {sentence[:200]}.")


def read_rows(dataset: str, data: bytes) -> list[Row]:
    """The rows of an edition, tidy, in the file's order. Raises BadFile."""
    text, faults = _text(data), _Faults()
    is_json = text.lstrip()[:1] in ("[", "{")
    given = _json_rows(dataset, text, faults) if is_json else _csv_rows(dataset, text, faults)
    rows = list(_checked(dataset, given, faults))
    if not rows and not faults.count:
        raise BadFile("Le fichier n'a aucune ligne de données.")
    if faults.count:
        counted = "1 erreur" if faults.count == 1 else f"{faults.count} erreurs"
        raise BadFile(f"Le fichier a {counted} : rien n'est gardé.", faults.told, faults.count - len(faults.told))
    return rows


def _text(data: bytes) -> str:
    plain = _unzipped(data) if data.startswith(GZIP) else data
    if len(plain) > MOST_BYTES:
        raise BadFile("Le fichier dépasse 20 Mo.")
    try:
        text = plain.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile("Le fichier n'est pas en UTF-8 : enregistrez-le au format « CSV UTF-8 ».") from error
    if not text.strip():
        raise BadFile("Le fichier est vide.")
    return text


def _unzipped(data: bytes) -> bytes:
    """At most one byte more than is read: a small file may hide a huge one."""
    try:
        return zlib.decompressobj(wbits=31).decompress(data, MOST_BYTES + 1)
    except zlib.error as error:
        raise BadFile("Le fichier compressé est abîmé.") from error


def _csv_rows(dataset: str, text: str, faults: _Faults) -> Iterator[Located]:
    columns = list(SHAPES[dataset].columns)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    try:
        _check_header(columns, header := [cell.strip() for cell in next(reader)])
        for cells in reader:
            place = f"Ligne {reader.line_num}"
            if len(cells) == len(header):
                yield place, dict(zip(header, cells, strict=True))
            elif cells:
                faults.add(place, f"{len(cells)} colonnes au lieu de {len(header)}")
    except csv.Error as error:
        raise BadFile(f"Le fichier CSV ne se lit pas, ligne {reader.line_num}.") from error


def _check_header(columns: list[str], header: list[str]) -> None:
    if sorted(header) != sorted(columns):
        raise BadFile(f"La première ligne doit nommer les colonnes : {';'.join(columns)}")


def _json_rows(dataset: str, text: str, faults: _Faults) -> Iterator[Located]:
    columns = sorted(SHAPES[dataset].columns)
    try:
        given: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFile("Le fichier JSON ne se lit pas.") from error
    if not isinstance(given, list):
        raise BadFile("Le fichier JSON doit être une liste d'objets.")
    for number, entry in enumerate(given, 1):
        place = f"Entrée {number}"
        if not isinstance(entry, dict) or sorted(entry) != columns:
            faults.add(place, f"les champs attendus sont {', '.join(columns)}")
        elif not all(isinstance(value, str) for value in entry.values()):
            faults.add(place, "chaque valeur est un texte, entre guillemets")
        else:
            yield place, entry


def _checked(dataset: str, given: Iterator[Located], faults: _Faults) -> Iterator[Row]:
    shape = SHAPES[dataset]
    seen: dict[Key, str] = {}
    for count, (place, raw) in enumerate(given):
        if count >= MOST_ROWS:
            raise BadFile(f"Le fichier dépasse {MOST_ROWS} lignes.")
        row = tidy(dataset, raw)
        for sentence in shape.faults(row):
            faults.add(place, sentence)
        key = shape.key_of(row)
        if key in seen:
            faults.add(place, f"« {' '.join(key)} » est déjà dit ({seen[key].lower()})")
        seen.setdefault(key, place)
        yield row
