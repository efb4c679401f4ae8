"""Brings an edition of a nomenclature: `manage.py import_edition idcc idcc.csv --date 2026-11-01 --source "DILA, fonds KALI"`."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from openopco.kernel.errors import OpenOpcoError
from openopco.reference import applying
from openopco.reference.actions import deposit_edition, validate_edition
from openopco.reference.enums import Dataset
from openopco.reference.errors import BadFile
from openopco.reference.models import ReferenceEdition
from openopco.reference.reading import MOST_BYTES, read_rows
from openopco.rights import SYSTEM

CODES_IN_USE: Final = 2


class Command(BaseCommand):
    help = (
        "Dépose une édition d'une nomenclature et la compare à celle en vigueur ; un administrateur la valide ensuite. "
        "Sort avec 0 ; 1 si le fichier est refusé, rien n'en est gardé ; 2 avec --compare-only si des codes utilisés "
        "disparaîtraient."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=Dataset.values)
        parser.add_argument(
            "file", type=Path, help="CSV (séparateur « ; ») ou JSON, en UTF-8, compressé par gzip ou non"
        )
        parser.add_argument("--date", required=True, help="date de l'édition, AAAA-MM-JJ")
        parser.add_argument("--source", required=True, help="d'où vient le fichier")
        either = parser.add_mutually_exclusive_group()
        either.add_argument("--compare-only", action="store_true", help="compare, et ne garde rien")
        either.add_argument("--apply", action="store_true", help="valide l'édition : elle prend effet tout de suite")

    def handle(self, *args: Any, **options: Any) -> None:
        dataset, data = Dataset(options["kind"]), _content(options["file"])
        try:
            if options["compare_only"]:
                self._only_compare(dataset, data)
            else:
                self._bring(dataset, data, _day(options["date"]), options["source"], apply=options["apply"])
        except BadFile as error:
            more = [f"… et {error.more} autres."] if error.more else []
            raise CommandError("\n".join([error.message, *error.lines, *more])) from error
        except OpenOpcoError as error:
            raise CommandError(error.message) from error

    def _only_compare(self, dataset: Dataset, data: bytes) -> None:
        found = applying.compared(dataset, read_rows(dataset, data))
        self._print(found)
        if found["usages"]:
            raise SystemExit(CODES_IN_USE)

    def _bring(self, dataset: Dataset, data: bytes, published_on: date, source: str, *, apply: bool) -> None:
        edition = deposit_edition(actor=SYSTEM, dataset=dataset, published_on=published_on, source=source, data=data)
        applying.compare(edition.pk)
        edition.refresh_from_db()
        self._print(edition.comparison or {})
        if not apply:
            self.stdout.write(f"Édition {edition.pk} déposée : un administrateur doit la valider.")
            return
        validate_edition(actor=SYSTEM, edition_id=edition.pk, against_id=edition.against_id)
        applying.apply(edition.pk)
        self._say_applied(edition)

    def _say_applied(self, edition: ReferenceEdition) -> None:
        self.stdout.write(f"{edition.name}, {edition.as_of} : {edition.row_count} lignes en vigueur.")

    def _print(self, found: dict[str, Any]) -> None:
        self.stdout.write(
            f"{found['added']} ajoutées, {found['removed']} supprimées, {found['changed']} modifiées, "
            f"sur {found['before']} en vigueur."
        )
        for usage in found["usages"]:
            codes = ", ".join(f"{code} ({count})" for code, count in usage["codes"])
            self.stdout.write(f"Attention, {usage['words'].lower()} : {usage['count']}, codes {codes}")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"Le fichier {path} ne se lit pas.") from error


def _day(raw: str) -> date:
    try:
        return date.fromisoformat(raw)
    except ValueError as error:
        raise CommandError("Le jour s'écrit AAAA-MM-JJ.") from error
