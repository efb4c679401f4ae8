from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "openopco.dossiers"
    label = "dossiers"
    verbose_name = "Dossiers"

    def ready(self) -> None:
        from openopco.dossiers import tasks  # noqa: F401 - registers the room's jobs and sweeps
