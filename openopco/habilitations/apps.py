from django.apps import AppConfig


class HabilitationsConfig(AppConfig):
    name = "openopco.habilitations"
    label = "habilitations"
    verbose_name = "Habilitations"
