from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    name = "openopco.reference"
    label = "reference"
    verbose_name = "Nomenclatures"
