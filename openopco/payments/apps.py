from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "openopco.payments"
    label = "payments"
    verbose_name = "Paiements"

    def ready(self) -> None:
        from openopco.billing.actions import crediting
        from openopco.payments import tasks  # noqa: F401 - registers its jobs, sweeps and notices
        from openopco.payments.actions.overpaying import take_back

        crediting.register(take_back)
