from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "openopco.dossiers"
    label = "dossiers"
    verbose_name = "Dossiers"

    def ready(self) -> None:
        from openopco.dossiers import (  # noqa: F401 - register the room's effects, jobs, sweeps and usages
            confirming,
            issuing,
            lapsing,
            portfolios,
            reading,
            tallying,
            tasks,
            usages,
            waiting,
        )
