from django.apps import AppConfig


class TraineesConfig(AppConfig):
    name = "openopco.trainees"
    label = "trainees"
    verbose_name = "Stagiaires"
