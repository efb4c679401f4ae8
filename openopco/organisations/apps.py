from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "openopco.organisations"
    label = "organisations"
    verbose_name = "Organisations"
