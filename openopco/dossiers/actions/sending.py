"""Sending a draft: once, whatever the number of clicks. The draft's key is the idempotency key."""

from dataclasses import dataclass

from django.utils import timezone

from openopco import mail, opco
from openopco.base.actions import action
from openopco.base.jobs import enqueue
from openopco.base.sequences import next_value
from openopco.dossiers import kinds, workflow
from openopco.dossiers.actions._common import lock, move, refresh_from_draft
from openopco.dossiers.draft import Missing
from openopco.dossiers.enums import State
from openopco.dossiers.models import Dossier, Receipt, Transmission
from openopco.dossiers.queries import load_draft
from openopco.kernel.calendar import add_calendar_days, format_date, paris_today
from openopco.kernel.errors import OpenOpcoError
from openopco.opco import parameters
from openopco.rights import Actor, Permission


class Incomplete(OpenOpcoError):
    """The draft misses something, or something in it can't be read."""

    message = "Il manque des informations pour envoyer la demande."

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__()
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Sent:
    """`first` is False where the request had been sent already: nothing was done again."""

    dossier: Dossier
    first: bool


@action
def send(*, actor: Actor, key: str) -> Sent:
    """Sends a draft to the OPCO: number, typed rows, snapshot, receipt, mail, in one transaction. Raises `Incomplete`."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_SEND, key=key)
    if dossier.state != State.BROUILLON:
        return Sent(dossier, first=False)
    now = timezone.now()
    today = paris_today(now)
    kind = kinds.get(dossier.kind)
    draft = load_draft(dossier, today=today)
    missing = kind.missing(draft)
    if missing:
        raise Incomplete(missing)
    dossier.filed_by_id, dossier.sent_at = actor.user_id, now
    dossier.due_on = add_calendar_days(today, parameters.value("answer_target_days", on=today))
    dossier.number = f"{kind.prefix}-{today.year}-{next_value(f'{kind.prefix}-{today.year}'):06d}"
    refresh_from_draft(dossier, typed=False)
    move(dossier, workflow.Event.TRANSMETTRE, actor=actor, payload={"numero": dossier.number})
    kind.materialise(dossier, draft)
    Transmission.objects.create(
        dossier=dossier, snapshot=kind.snapshot(draft), attested=kind.attested(draft), sent_at=now
    )
    Receipt.objects.create(dossier=dossier, issued_at=now)
    enqueue("dossiers.issue_receipt", unique_key=f"receipt:{dossier.key}", dossier_id=dossier.pk)
    _acknowledge(dossier)
    return Sent(dossier, first=True)


def _acknowledge(dossier: Dossier) -> None:
    """The mail that says the request arrived: one for ever, by its key."""
    filer = dossier.filed_by
    assert filer is not None  # noqa: S101 - set just above
    identity = opco.identity()
    mail.queue_mail(
        to=filer.email,
        subject=f"Votre demande {dossier.number} est bien arrivée",
        text=(
            f"Bonjour,\n\nNous avons bien reçu votre demande de prise en charge {dossier.number} : « {dossier.title} ».\n"
            f"Un gestionnaire d'{identity.name} l'examine. Nous visons une réponse avant le {format_date(dossier.due_on)}.\n\n"
            f"Suivez-la à tout moment dans « Mes demandes », sur {identity.product}. L'accusé de réception s'y trouve aussi.\n\n"
            f"{identity.name}"
        ),
        unique_key=f"acknowledgement:{dossier.key}",
    )
