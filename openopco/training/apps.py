from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "openopco.training"
    label = "training"
    verbose_name = "Actions de formation"

    def ready(self) -> None:
        from openopco.dossiers import kinds
        from openopco.training.kind import TRAINING_ACTION

        kinds.register(TRAINING_ACTION)
