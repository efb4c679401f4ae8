"""The script that rebuilds the shipped data keeps what is asked of it, and gives the same bytes each time."""

import importlib.util
import io
import json
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "build_reference_data.py"
PLACE = {"code": "68154", "nom": "Illzach", "departement": "68", "zone": "metro", "codesPostaux": ["68110"]}


@pytest.fixture
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_reference_data", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def package(files: dict[str, Any]) -> tarfile.TarFile:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            raw = json.dumps(content).encode()
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(raw)
            archive.addfile(entry, io.BytesIO(raw))
    buffer.seek(0)
    return tarfile.open(fileobj=buffer)


def test_only_the_communes_of_today_and_arrondissements_are_kept(
    build: ModuleType, monkeypatch, tmp_path: Path
) -> None:
    places = [
        {**PLACE, "type": "commune-actuelle"},
        {**PLACE, "code": "01015", "type": "commune-deleguee"},
        {
            **PLACE,
            "code": "75116",
            "type": "arrondissement-municipal",
            "commune": "75056",
            "codesPostaux": ["75116", "75016"],
        },
        {**PLACE, "code": "98411", "type": "commune-actuelle", "codesPostaux": []},
    ]
    monkeypatch.setattr(build, "open_package", lambda *_: package({"data/communes.json": places}))
    assert [(row[0], row[4], row[5]) for row in build.communes(tmp_path)] == [
        ("68154", "", "68110"),
        ("75116", "75056", "75016|75116"),
        ("98411", "", ""),
    ]


def test_only_subclasses_are_kept_with_their_plain_code(build: ModuleType, monkeypatch, tmp_path: Path) -> None:
    entries = [{"id": "71.20", "label": "Contrôle"}, {"id": "71.20A", "label": " Contrôle  d'auto "}]
    monkeypatch.setattr(build, "open_package", lambda *_: package({"index.json": entries}))
    assert list(build.naf(tmp_path)) == [("naf-rev2", "7120A", "Contrôle d’auto")]


def test_agreements_without_a_number_are_left_out(build: ModuleType, monkeypatch, tmp_path: Path) -> None:
    files = {
        "data/KALICONT1.json": {"data": {"num": 16, "shortTitle": "Transports\n"}},
        "data/KALICONT2.json": {"data": {"shortTitle": "Accord"}},
        "data/index.json": [],
    }
    monkeypatch.setattr(build, "open_package", lambda *_: package(files))
    assert list(build.idcc(tmp_path)) == [
        ("0016", "Transports", ""),
        ("9998", "Convention collective non encore en vigueur", "1"),
        ("9999", "Sans convention collective", "1"),
    ]


def test_the_same_rows_give_the_same_bytes_in_any_order(build: ModuleType, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "TARGET", tmp_path)
    assert build.write("naf", ("code", "label"), [("2", "b"), ("1", "a"), ("2", "b")]) == 2
    first = (tmp_path / "naf.csv.gz").read_bytes()
    build.write("naf", ("code", "label"), [("1", "a"), ("2", "b")])
    assert (tmp_path / "naf.csv.gz").read_bytes() == first


def test_the_description_counts_the_rows(build: ModuleType, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "TARGET", tmp_path)
    build.describe({"communes": 1, "naf": 2, "idcc": 3})
    entries = json.loads((tmp_path / "editions.json").read_text(encoding="utf-8"))
    assert [entry["rows"] for entry in entries.values()] == [1, 2, 3]
    assert all(entry["licence"] == "Licence Ouverte 2.0" and entry["producer"] for entry in entries.values())


def test_no_host_or_path_of_a_machine_is_written(build: ModuleType) -> None:
    written = SCRIPT.read_text(encoding="utf-8")
    assert "://" not in written
    assert "/work" not in written
