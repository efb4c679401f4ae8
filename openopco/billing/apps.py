from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "openopco.billing"
    label = "billing"
    verbose_name = "Facturation"
