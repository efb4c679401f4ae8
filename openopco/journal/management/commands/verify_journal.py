"""Checks every chain of the journal and every seal. Ends with status 1, and says where, if one is broken."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from openopco.journal.models import Entry, Seal
from openopco.journal.verifying import find_breaks


class Command(BaseCommand):
    help = "Vérifie les chaînes et les sceaux du journal ; statut 1 si l'un d'eux est rompu."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seal", help="un sceau noté ailleurs (journaux, coffre) : NUMÉRO:EMPREINTE")

    def handle(self, *args: Any, **options: Any) -> None:
        breaks = find_breaks(expected_seal=_parse_seal(options["seal"]))
        for one in breaks:
            self.stderr.write(f"{one.where} : {one.why}")
        if breaks:
            self.stderr.write(self.style.ERROR(f"Journal rompu en {len(breaks)} endroit(s)."))
            sys.exit(1)
        last = Seal.objects.order_by("-number").first()
        seal = f"dernier sceau {last.number}:{last.digest}" if last else "aucun sceau"
        self.stdout.write(f"Journal entier : {Entry.objects.count()} entrées, {seal}.")


def _parse_seal(raw: str | None) -> tuple[int, str] | None:
    if raw is None:
        return None
    number, colon, digest = raw.partition(":")
    if not (colon and number.isascii() and number.isdigit()):
        raise CommandError("--seal s'écrit NUMÉRO:EMPREINTE.")
    return int(number), digest
