"""Builds `openopco/reference/data/` from three npm packages. Run by hand when one of them has a new edition:

    python scripts/build_reference_data.py

Needs `npm`, configured as its user wants. The same packages always give the same bytes."""

import csv
import gzip
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "openopco" / "reference" / "data"
LICENCE = "Licence Ouverte 2.0"
COMMUNES = "@etalab/decoupage-administratif@6.0.0"
NAF = "@socialgouv/codes-naf@1.1.1"
KALI = "@socialgouv/kali-data@3.449.0"
PLACES = {"commune-actuelle", "arrondissement-municipal"}
SUBCLASS_LENGTH = len("71.20A")
# Codes that a pay slip carries where no agreement applies (norme DSN, rubrique S21.G00.40.017).
WITHOUT_AGREEMENT = {"9998": "Convention collective non encore en vigueur", "9999": "Sans convention collective"}
DESCRIPTIONS: dict[str, dict[str, str]] = {
    "communes": {
        "name": "Code officiel géographique et codes postaux",
        "producer": "Insee et La Poste, réunis par Etalab",
        "licence": LICENCE,
        "as_of": "millésime 2026",
        "source": f"npm {COMMUNES} (MIT)",
    },
    "naf": {
        "name": "Nomenclature d'activités française, révision 2 : sous-classes",
        "producer": "Insee",
        "licence": LICENCE,
        "as_of": "en vigueur depuis le 1er janvier 2008",
        "source": f"npm {NAF} (Apache-2.0)",
    },
    "idcc": {
        "name": "Conventions collectives nationales (fonds KALI)",
        "producer": "DILA",
        "licence": LICENCE,
        "as_of": "2026",
        "source": f"npm {KALI} (Apache-2.0), et les deux codes de la norme DSN pour l'absence de convention",
    },
}
Row = tuple[str, ...]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        built = {
            "communes": write(
                "communes", ("insee", "name", "department", "zone", "parent", "postal_codes"), communes(folder)
            ),
            "naf": write("naf", ("nomenclature", "code", "label"), naf(folder)),
            "idcc": write("idcc", ("code", "label", "active"), idcc(folder)),
        }
    describe(built)
    sys.stdout.write(f"{built}\n")


def open_package(package: str, folder: Path) -> tarfile.TarFile:
    """The package's archive, fetched by npm by its name and version."""
    done = subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True)
    return tarfile.open(folder / done.stdout.split()[-1])


def read_json(archive: tarfile.TarFile, member: str | tarfile.TarInfo) -> Any:
    file = archive.extractfile(member)
    if file is None:
        raise ValueError(f"no file {member}")
    return json.load(file)


def communes(folder: Path) -> Iterable[Row]:
    with open_package(COMMUNES, folder) as archive:
        places = read_json(archive, "package/data/communes.json")
    for place in places:
        if place["type"] in PLACES:
            codes = "|".join(sorted(place.get("codesPostaux", ())))
            yield place["code"], place["nom"], place["departement"], place["zone"], place.get("commune", ""), codes


def naf(folder: Path) -> Iterable[Row]:
    with open_package(NAF, folder) as archive:
        entries = read_json(archive, "package/index.json")
    for entry in entries:
        if len(entry["id"]) == SUBCLASS_LENGTH:
            yield "naf-rev2", entry["id"].replace(".", ""), tidy(entry["label"])


def idcc(folder: Path) -> Iterable[Row]:
    """The package doesn't say reliably which agreements others have replaced: `active` is left empty."""
    with open_package(KALI, folder) as archive:
        members = [member for member in archive.getmembers() if "/data/KALICONT" in member.name]
        agreements = [read_json(archive, member)["data"] for member in members]
    for agreement in agreements:
        if agreement.get("num"):
            yield f"{agreement['num']:04d}", tidy(agreement["shortTitle"]), ""
    for code, label in WITHOUT_AGREEMENT.items():
        yield code, label, "1"


def tidy(label: str) -> str:
    return " ".join(label.split()).replace("'", "’")


def write(dataset: str, header: Row, rows: Iterable[Row]) -> int:
    ordered = sorted(set(rows))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerows([header, *ordered])
    (TARGET / f"{dataset}.csv.gz").write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))
    return len(ordered)


def describe(built: dict[str, int]) -> None:
    entries = {dataset: {**DESCRIPTIONS[dataset], "rows": count} for dataset, count in built.items()}
    (TARGET / "editions.json").write_text(json.dumps(entries, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    lines = [
        f"| `{dataset}.csv.gz` | {facts['name']} | {facts['producer']} | {facts['licence']} | {facts['as_of']} "
        f"| {facts['source']} | {facts['rows']} |"
        for dataset, facts in entries.items()
    ]
    (TARGET / "README.md").write_text(README + "\n".join(lines) + "\n", encoding="utf-8")


README = """# Nomenclatures livrées

Fichiers écrits par `scripts/build_reference_data.py`, à ne pas modifier à la main : CSV en UTF-8, séparateur `;`, une
ligne d'en-tête, gzip. La Licence Ouverte 2.0 demande de nommer le producteur et la date des données : `manage.py
import_reference` les garde avec chaque édition, pour les afficher.

Le fonds KALI ne dit pas sûrement quelles conventions en ont remplacé d'autres : la colonne `active` y reste vide.

Une édition déposée par un administrateur (`manage.py import_edition`, ou la page « Données de référence ») a la même
forme : toutes les lignes, les colonnes nommées par la première, compressée ou non. En JSON, c'est une liste d'objets qui
ont ces champs, tous des textes. Les colonnes, et ce qu'elles acceptent, sont dites dans `openopco/reference/shapes.py` :

- `communes` : `insee;name;department;zone;parent;postal_codes` (codes postaux séparés par `|`) ;
- `naf` : `nomenclature;code;label` ;
- `idcc` : `code;label;active` (1, 0 ou rien).

| fichier | contenu | producteur | licence | date des données | source | lignes |
|---|---|---|---|---|---|---|
"""

if __name__ == "__main__":
    main()
