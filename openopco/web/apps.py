from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "openopco.web"
    label = "web"
    verbose_name = "Pages"
