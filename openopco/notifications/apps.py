from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "openopco.notifications"
    label = "notifications"
    verbose_name = "Notifications"
