from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "openopco.billing"
    label = "billing"
    verbose_name = "Facturation"

    def ready(self) -> None:
        from openopco.billing import (
            effects,
            notices,
            queries,
            tasks,  # noqa: F401 - the jobs and sweeps register themselves
        )
        from openopco.dossiers import claimed

        claimed.register(queries.standing_dossiers)
        effects.register()
        notices.register_words()
