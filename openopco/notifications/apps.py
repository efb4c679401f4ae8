from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "openopco.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from openopco.accounts import figures
        from openopco.notifications import tasks  # noqa: F401 - registers its sweep
        from openopco.notifications.queries import UNREAD_COUNT, unread_figure

        figures.register(UNREAD_COUNT, unread_figure)
