from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "openopco.funding"
    label = "funding"
    verbose_name = "Financement"

    def ready(self) -> None:
        from openopco.dossiers import funders
        from openopco.funding import effects, tasks  # noqa: F401 - registers the room's jobs
        from openopco.funding.actions.engaging import engage, proposed_for

        funders.register(engage, proposed_for)
        effects.register()
