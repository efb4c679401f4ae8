"""Reads what the bank answered, as « Retours de banque » does."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openopco.kernel.errors import OpenOpcoError
from openopco.payments.actions import read_bank_file
from openopco.payments.models import BankFile
from openopco.rights import SYSTEM


class Command(BaseCommand):
    help = (
        "Lit un fichier de la banque (pain.002, camt.054) et en applique ce qu'il dit, une seule fois. Code 1 s'il est refusé. "
        "--dry-run dit ce qu'il ferait, sans rien changer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FICHIER", type=Path)
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as content:
                file = read_bank_file(actor=SYSTEM, content=content, name=path.name, dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(f"{path} : ce fichier ne peut pas être lu.") from error
        except OpenOpcoError as error:
            raise CommandError(f"{path} : {error.message}") from error
        self.stdout.write(_in_words(file, path, dry_run=options["dry_run"]))


def _in_words(file: BankFile, path: Path, *, dry_run: bool) -> str:
    head = "lu à blanc" if dry_run else "lu"
    return (
        f"{path} : {head} ({file.kind}). Faits : {file.told}, appliqués : {file.applied}, sans effet : {file.without_effect}, "
        f"déjà connus : {file.known}, à voir par une personne : {file.to_see}."
    )
