"""Lists as files that spreadsheets open: CSV and XLSX from one description of columns, written row by row. What people typed
stays text: no cell is ever a formula."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from openopco.kernel.calendar import PARIS, format_date

Cell = str | int | Decimal | date | datetime | None


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def content_type(self) -> str:
        return _CONTENT_TYPES[self]


_CONTENT_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its heading, and what a row shows there. A `Decimal` is an amount in euros; a `datetime` is UTC,
    written as the clock of Paris. `width` in characters, where the file can say it."""

    title: str
    value: Callable[[Any], Cell]
    width: int = 16


# What makes a spreadsheet read text as a formula, plain or full-width; a tab or a line end in front hides it.
STARTERS = frozenset("=+-@＝＋－＠|%")
HIDERS = frozenset("\t\r\n\0")
MOST_IN_A_CELL = 32_000
_UNWRITABLE = {code: None for code in [*range(32), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF] if chr(code) not in "\t\n\r"}


def plain(text: str) -> str:
    """`text` without what no file may carry, as long as a cell may be."""
    kept = text.translate(_UNWRITABLE).encode("utf-8", "ignore").decode()
    return kept if len(kept) <= MOST_IN_A_CELL else f"{kept[:MOST_IN_A_CELL]}…"


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    return text[:1] in HIDERS or text.lstrip()[:1] in STARTERS if text else False


def neutralised(text: str) -> str:
    """`text` as a CSV may hold it: an apostrophe in front of what would be read as a formula."""
    kept = plain(text)
    return f"'{kept}" if is_dangerous(text) or is_dangerous(kept) else kept


def write(format: Format, path: Path, title: str, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """Writes the file. Memory does not depend on how many rows there are."""
    (write_csv if format is Format.CSV else write_xlsx)(path, title, columns, rows)


# --- CSV -------------------------------------------------------------------------------------------------------------


def write_csv(path: Path, title: str, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """« ; » between cells and a mark of UTF-8 in front: what French spreadsheets open at a double click."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow([column.title for column in columns])
        values = [column.value for column in columns]
        for row in rows:
            table.writerow([_in_csv(value(row)) for value in values])


def _in_csv(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutralised(cell)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(PARIS):%d/%m/%Y %H:%M}"
    if isinstance(cell, date):
        return format_date(cell)
    return f"{cell:.2f}".replace(".", ",") if isinstance(cell, Decimal) else str(cell)


# --- XLSX ------------------------------------------------------------------------------------------------------------

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "remove_timezone": True,
}
# Excel turns a text back into a formula as soon as somebody edits its cell, unless it is marked so.
_FORMATS: dict[str, dict[str, Any]] = {
    "head": {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    "quoted": {"quote_prefix": True},
    "day": {"num_format": "dd/mm/yyyy"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm"},
    "amount": {"num_format": "#,##0.00 €"},
}


def write_xlsx(path: Path, title: str, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """One sheet, its headings in sight and ready to be filtered; amounts are numbers, days are dates."""
    # Heavy: a web worker that writes no sheet does without it.
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {**_OPTIONS, "tmpdir": str(path.parent)})
    formats = {name: book.add_format(given) for name, given in _FORMATS.items()}
    sheet = book.add_worksheet(_sheet_name(title))
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.title, formats["head"])
    sheet.freeze_panes(1, 0)
    last = _write_rows(sheet, formats, [column.value for column in columns], rows)
    sheet.autofilter(0, 0, last, len(columns) - 1)
    book.set_properties({"title": title})
    book.close()


def _write_rows(sheet: Any, formats: dict[str, Any], values: list[Callable[[Any], Cell]], rows: Iterable[Any]) -> int:
    line = 0
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(values):
            _in_xlsx(sheet, formats, line, place, value(row))
    return line


def _in_xlsx(sheet: Any, formats: dict[str, Any], line: int, place: int, cell: Cell) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        sheet.write_string(line, place, plain(cell), formats["quoted"] if is_dangerous(cell) else None)
    elif isinstance(cell, datetime):
        sheet.write_datetime(line, place, cell.astimezone(PARIS).replace(tzinfo=None), formats["moment"])
    elif isinstance(cell, date):
        sheet.write_datetime(line, place, cell, formats["day"])
    else:
        sheet.write_number(line, place, cell, formats["amount"] if isinstance(cell, Decimal) else None)


def _sheet_name(title: str) -> str:
    """At most 31 characters, none of those that a sheet's name refuses."""
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31]
