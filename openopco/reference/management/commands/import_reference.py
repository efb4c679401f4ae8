"""`manage.py import_reference`: loads the shipped nomenclatures; done again, it costs three small queries."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from openopco.reference.enums import Dataset
from openopco.reference.loading import DamagedData, Loaded, load_all


class Command(BaseCommand):
    help = (
        "Charge les nomenclatures livrées (communes, NAF, conventions collectives) ; sans effet si elles le sont déjà."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="recharge même ce qui n'a pas changé")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_all(now=timezone.now(), force=options["force"])
        except DamagedData as error:
            raise CommandError(f"Un fichier livré est abîmé, rien n'en a été chargé ({error}).") from error
        for entry in loaded:
            outcome = _outcome(entry)
            self.stdout.write(f"{Dataset(entry.dataset).label} : {entry.row_count} lignes, {outcome}.")


def _outcome(entry: Loaded) -> str:
    if entry.proposed:
        return "proposé : une édition déposée est en vigueur, un administrateur décidera"
    return "chargé" if entry.changed else "déjà à jour"
