from django.apps import AppConfig


class OpcoConfig(AppConfig):
    name = "openopco.opco"
    label = "opco"
    verbose_name = "OPCO"

    def ready(self) -> None:
        """A wrong OPCO, colour or address stops the start, not somebody's page."""
        from openopco.opco.identities import identity

        identity()
