"""Dates a parameter's value: `manage.py set_parameter claim_months 6 --from 2027-01-01 --source "…"`."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openopco.kernel.errors import OpenOpcoError
from openopco.opco.actions.parameters import set_parameter
from openopco.opco.defaults import DEFAULTS
from openopco.rights import SYSTEM


class Command(BaseCommand):
    help = "Donne à un paramètre daté une valeur à partir d'un jour. Codes : " + ", ".join(sorted(DEFAULTS))

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code")
        parser.add_argument("value", help="en JSON : 20, true, null, {…}")
        parser.add_argument("--from", dest="starts_on", required=True, help="premier jour, AAAA-MM-JJ")
        parser.add_argument("--source", required=True, help="la décision qui le fonde")
        parser.add_argument("--reason", default="", help="pourquoi la valeur vaut pour des jours passés")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            value, starts_on = json.loads(options["value"]), date.fromisoformat(options["starts_on"])
        except ValueError as error:
            raise CommandError("La valeur s'écrit en JSON et le jour AAAA-MM-JJ.") from error
        try:
            row = set_parameter(
                actor=SYSTEM,
                code=options["code"],
                value=value,
                starts_on=starts_on,
                source=options["source"],
                late_reason=options["reason"],
            )
        except OpenOpcoError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{row.code} = {row.value!r} à partir du {row.starts_on:%d/%m/%Y}.")
