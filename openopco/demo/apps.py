from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "openopco.demo"
    label = "demo"
    verbose_name = "Démonstration"
