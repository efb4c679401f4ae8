"""A small folder of nomenclatures, with the header and the shape of the shipped one."""

import gzip
import json
from pathlib import Path

from openopco.reference.enums import Dataset

HEADERS = {
    Dataset.COMMUNES: "insee;name;department;zone;parent;postal_codes",
    Dataset.NAF: "nomenclature;code;label",
    Dataset.IDCC: "code;label;active",
}
ROWS = {
    Dataset.COMMUNES: [
        "68154;Illzach;68;metro;;68110",
        "68224;Mulhouse;68;metro;;68100|68200",
        "68376;Wittenheim;68;metro;;68270",
        "75056;Paris;75;metro;;75001|75116",
        "75101;Paris 1er Arrondissement;75;metro;75056;75001",
        "76575;Saint-Étienne-du-Rouvray;76;metro;;76800",
        "97411;Saint-Denis;974;drom;;97400|97490",
        "98411;Îles Saint-Paul et Nouvelle-Amsterdam;984;com;;",
    ],
    Dataset.NAF: ["naf-rev2;7120A;Contrôle technique automobile", "naf-2025;9531Y;Réparation de véhicules automobiles"],
    Dataset.IDCC: ["1090;Services de l’automobile;", "0016;Transports routiers;1", "2174;Navigation intérieure;0"],
}


def write_folder(folder: Path, **rows: list[str]) -> Path:
    """Writes the three files and their descriptions; `rows` replaces those of a data set."""
    wanted = {dataset: rows.get(dataset, ROWS[dataset]) for dataset in Dataset}
    for dataset, lines in wanted.items():
        text = "\n".join([HEADERS[dataset], *lines]) + "\n"
        (folder / f"{dataset}.csv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    describe(folder, {dataset: len(lines) for dataset, lines in wanted.items()})
    return folder


def describe(folder: Path, counts: dict[Dataset, int]) -> None:
    facts = {"producer": "Insee", "licence": "Licence Ouverte 2.0", "as_of": "2026", "source": "essai"}
    entries = {dataset: {"name": dataset.label, **facts, "rows": count} for dataset, count in counts.items()}
    (folder / "editions.json").write_text(json.dumps(entries))
