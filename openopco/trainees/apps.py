from django.apps import AppConfig


class TraineesConfig(AppConfig):
    name = "openopco.trainees"
    label = "trainees"
    verbose_name = "Stagiaires"

    def ready(self) -> None:
        from openopco.trainees import directory  # noqa: F401 - registers what follows an accepted membership
