from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class OpcoConfig(AppConfig):
    name = "openopco.opco"
    label = "opco"
    verbose_name = "OPCO"

    def ready(self) -> None:
        """A wrong OPCO, colour or address stops the start, not somebody's page."""
        from openopco.opco import tasks  # noqa: F401 - registers its sweep
        from openopco.opco.colours import illegible
        from openopco.opco.identities import identity
        from openopco.opco.logo import logo

        if faults := illegible(identity()):
            raise ImproperlyConfigured(" ".join(faults))
        logo()
