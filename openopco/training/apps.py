from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "openopco.training"
    label = "training"
    verbose_name = "Actions de formation"
