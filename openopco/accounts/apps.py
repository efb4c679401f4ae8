from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "openopco.accounts"
    label = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        from openopco.accounts import receivers  # noqa: F401
