from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "openopco.exports"
    label = "exports"
    verbose_name = "Exports"
