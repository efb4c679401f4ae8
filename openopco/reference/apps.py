from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "openopco.reference"
    label = "reference"
    verbose_name = "Nomenclatures"

    def ready(self) -> None:
        from openopco.reference import tasks  # noqa: F401 - registers its jobs and its sweep
