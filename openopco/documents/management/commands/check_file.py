"""Says what the upload door would do with files, and why."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openopco.documents import antivirus
from openopco.documents.inspect import ExaminedFile, examine
from openopco.documents.refusals import RefusalCode, RefusedFile
from openopco.documents.rules import limits_table
from openopco.kernel.errors import Unavailable


class Command(BaseCommand):
    help = "Dit ce que la porte de dépôt ferait de chaque fichier, et pourquoi. Code 1 si l'un d'eux serait refusé."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FICHIER", type=Path)
        parser.add_argument("--limites", action="store_true", help="affiche les limites du dépôt")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limites"]:
            for what, value in limits_table():
                self.stdout.write(f"{what} : {value}")
        elif not options["files"]:
            raise CommandError("Indiquez au moins un fichier, ou --limites.")
        refused = [path for path in options["files"] if not self._passes(path)]
        if refused:
            raise SystemExit(1)

    def _passes(self, path: Path) -> bool:
        try:
            file = _examine(path)
            self.stdout.write(f"accepté  {path} : {_in_words(file)} {_scan(file)}")
        except RefusedFile as refusal:
            self.stdout.write(f"refusé   {path} [{refusal.code}] : {refusal.message}")
        except OSError as error:
            self.stderr.write(f"illisible {path} : {_why_unread(error)}")
        except Unavailable as error:
            self.stderr.write(f"illisible {path} : {error.message}")
        else:
            return True
        return False


def _examine(path: Path) -> ExaminedFile:
    with path.open("rb") as file:
        return examine(path.name, iter(lambda: file.read(1 << 16), b""))


def _why_unread(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "ce fichier n'existe pas."
        case IsADirectoryError():
            return "c'est un dossier."
        case PermissionError():
            return "ce compte n'a pas le droit de le lire."
    return "il ne peut pas être lu."


def _in_words(file: ExaminedFile) -> str:
    pages = f", {file.pages} page{'s' if file.pages > 1 else ''}" if file.kind == "pdf" else ""
    return f"{file.kind.upper()}{pages}, gardé sous le nom « {file.name} » ({file.size} octets)."


def _scan(file: ExaminedFile) -> str:
    if not antivirus.is_configured():
        return "Antivirus : aucun sur cette installation."
    verdict = antivirus.scan(file.content)
    if verdict.threat:
        raise RefusedFile(RefusalCode.INFECTED)
    return "Antivirus : rien trouvé." if verdict.clean else f"Antivirus : contrôle impossible ({verdict.error})."
