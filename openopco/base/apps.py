from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class BaseConfig(AppConfig):
    name = "openopco.base"
    label = "base"
    verbose_name = "Socle"

    def ready(self) -> None:
        # Every room's tasks.py registers its jobs, sweeps and subscriptions.
        autodiscover_modules("tasks")
