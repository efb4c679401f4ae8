from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "openopco.journal"
    label = "journal"
    verbose_name = "Journal"
