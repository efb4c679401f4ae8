"""Files for spreadsheets: whatever people typed, read back, is the same text and never a formula."""

import csv
import tracemalloc
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openopco.base.sheets import STARTERS, Column, Format, is_dangerous, neutralised, plain, write

ONE = (Column("Texte", lambda row: row),)
DANGEROUS = [
    "=1+1",
    "+33 3",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "  =1",
    "＝1+1",
    "=cmd|' /C calc'!A0",
    "|x",
    "%x",
]
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="_"), max_size=60)


def sheet_of(path: Path, rows: Iterable[Any], columns: tuple[Column, ...] = ONE) -> Any:
    target = path / "list.xlsx"
    write(Format.XLSX, target, "Dossiers / à traiter", columns, rows)
    return openpyxl.load_workbook(target).active


def lines_of(path: Path, rows: Iterable[Any], columns: tuple[Column, ...] = ONE) -> list[list[str]]:
    target = path / "list.csv"
    write(Format.CSV, target, "Dossiers", columns, rows)
    with target.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


class TestFormulas:
    @pytest.mark.parametrize("text", DANGEROUS)
    def test_no_cell_of_a_sheet_is_a_formula_even_once_edited(self, tmp_path: Path, text: str) -> None:
        cell = sheet_of(tmp_path, [text])["A2"]
        assert (cell.data_type, cell.quotePrefix) == ("s", True)
        assert _loose(cell.value) == _loose(plain(text))

    @pytest.mark.parametrize("text", DANGEROUS)
    def test_a_csv_has_an_apostrophe_in_front(self, tmp_path: Path, text: str) -> None:
        assert lines_of(tmp_path, [text])[1][0].startswith("'")

    @pytest.mark.parametrize("text", ["Garage Müller", "3 stagiaires", "a=b", "1-2", "d'été", ""])
    def test_plain_words_stay_as_they_are(self, tmp_path: Path, text: str) -> None:
        assert neutralised(text) == text
        assert not is_dangerous(text)

    @settings(max_examples=200, deadline=None)
    @given(st.text(max_size=60))
    def test_whatever_is_typed_nothing_in_a_csv_begins_as_a_formula(self, text: str) -> None:
        cell = neutralised(text)
        assert cell.lstrip()[:1] not in STARTERS
        assert cell[:1] not in "\t\r\n\0" or cell == ""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(TEXT, min_size=1, max_size=20))
    def test_whatever_is_typed_no_cell_of_a_sheet_is_a_formula(
        self, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
    ) -> None:
        sheet = sheet_of(tmp_path_factory.mktemp("sheet"), texts)
        assert {cell.data_type for (cell,) in sheet.iter_rows(min_row=2, max_col=1)} <= {"s", "n"}
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        read = [sheet.cell(row=line, column=1).value or "" for line in range(2, len(texts) + 2)]
        assert [_loose(text) for text in read] == [_loose(plain(text)) for text in texts]


def _loose(text: str) -> str:
    """XML folds line ends."""
    return text.replace("_x000D_", "\r").replace("\r\n", "\n").replace("\r", "\n")


class TestCells:
    def test_amounts_days_and_moments_are_what_they_are(self, tmp_path: Path) -> None:
        columns = (
            Column("Montant", lambda row: Decimal("1250.50")),
            Column("Jour", lambda row: date(2026, 11, 23)),
            Column("Moment", lambda row: datetime(2026, 11, 23, 9, 5, tzinfo=UTC)),
            Column("Nombre", lambda row: 3),
            Column("Rien", lambda row: None),
        )
        assert lines_of(tmp_path, [1], columns)[1] == ["1250,50", "23/11/2026", "23/11/2026 10:05", "3", ""]
        values = [cell.value for cell in sheet_of(tmp_path, [1], columns)[2]]
        assert values == [1250.5, datetime(2026, 11, 23), datetime(2026, 11, 23, 10, 5), 3, None]

    def test_a_siret_stays_a_text(self, tmp_path: Path) -> None:
        cell = sheet_of(tmp_path, ["00012345600011"])["A2"]
        assert (cell.value, cell.data_type) == ("00012345600011", "s")

    def test_a_very_long_text_is_cut_and_said_so(self, tmp_path: Path) -> None:
        value = sheet_of(tmp_path, ["x" * 40_000])["A2"].value
        assert (len(value), value[-1]) == (32_001, "…")

    def test_a_csv_keeps_its_cells_apart(self, tmp_path: Path) -> None:
        texts = ['a;b "c"', "d\ne"]
        assert [row[0] for row in lines_of(tmp_path, texts)[1:]] == texts

    def test_a_csv_says_that_it_is_utf_8(self, tmp_path: Path) -> None:
        lines_of(tmp_path, ["é"])
        assert (tmp_path / "list.csv").read_bytes().startswith(b"\xef\xbb\xbfTexte\r\n")

    def test_the_headings_stay_in_sight_and_can_be_filtered(self, tmp_path: Path) -> None:
        sheet = sheet_of(tmp_path, ["a", "b"])
        assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.title) == ("A2", "A1:A3", "Dossiers  à traiter")

    def test_a_list_without_rows_has_its_headings(self, tmp_path: Path) -> None:
        assert [cell.value for cell in sheet_of(tmp_path, [])[1]] == ["Texte"]
        assert lines_of(tmp_path, []) == [["Texte"]]


@pytest.mark.parametrize("format", list(Format))
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, format: Format) -> None:
    columns = tuple(Column(f"C{rank}", lambda row: f"valeur {row}") for rank in range(5))

    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            write(format, tmp_path / "list", "Liste", columns, iter(range(count)))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(6000) < peak(600) + 300_000
