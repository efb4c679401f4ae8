"""Fills an empty demonstration with invented people and requests."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from openopco.demo.loading import Loader, is_loaded
from openopco.kernel.calendar import PARIS, paris_today, parse_date


class Command(BaseCommand):
    help = "Charge les données inventées de la démonstration, une fois, relativement à un jour donné."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", help="le jour de référence (jj/mm/aaaa ou aaaa-mm-jj) ; aujourd'hui sinon")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Réservé à la démonstration.")
        if is_loaded():
            return
        today = parse_date(options["today"]) if options["today"] else paris_today(timezone.now().astimezone(PARIS))
        Loader(today).load()
        self.stdout.write("Données de démonstration chargées.")
