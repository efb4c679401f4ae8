"""The job worker: as many of these as needed, on any machine that reaches the database."""

from typing import Any

from django.core.management.base import BaseCommand

from openopco.base.jobs.queue import release_lost
from openopco.base.jobs.worker import Worker


class Command(BaseCommand):
    help = "Exécute les tâches en attente ; SIGTERM laisse finir celle en cours."

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker()
        worker.listen()
        release_lost()
        worker.run()
