from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "openopco.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from openopco.habilitations.access import read_beside
        from openopco.notifications import tasks  # noqa: F401 - registers its sweep
        from openopco.notifications.queries import UNREAD_COUNT, unread_figure

        read_beside(UNREAD_COUNT, unread_figure)
