from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "openopco.organisations"
    label = "organisations"
    verbose_name = "Organisations"

    def ready(self) -> None:
        from openopco.organisations import usages  # noqa: F401 - says which codes the room holds
