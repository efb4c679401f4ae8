from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "openopco.payments"
    label = "payments"
    verbose_name = "Paiements"

    def ready(self) -> None:
        from openopco.payments import tasks  # noqa: F401 - registers its jobs, sweeps and notices
