from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "openopco.mail"
    label = "mail"
    verbose_name = "Courrier"
