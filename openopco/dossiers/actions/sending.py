"""Sending a draft: once, whatever the number of clicks. The draft's key is the idempotency key."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from openopco import mail
from openopco.base.actions import action
from openopco.base.jobs import enqueue
from openopco.base.sequences import next_value
from openopco.dossiers import kinds, workflow
from openopco.dossiers.actions._common import answer_target, lock, move, refresh_from_draft
from openopco.dossiers.confirming import is_unconfirmed
from openopco.dossiers.draft import DraftView, Missing
from openopco.dossiers.enums import State
from openopco.dossiers.letters import link_to, sent_values
from openopco.dossiers.models import Dossier, Receipt, Transmission
from openopco.dossiers.papers import journalled, paper_of
from openopco.dossiers.queries import load_draft
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import OpenOpcoError
from openopco.opco.texts.mails import mail_in_force
from openopco.rights import Actor, Permission


class Incomplete(OpenOpcoError):
    """The draft misses something, or something in it can't be read."""

    message = "Il manque des informations pour envoyer la demande."

    def __init__(self, missing: list[Missing]) -> None:
        super().__init__()
        self.missing = missing


class Closed(OpenOpcoError):
    """The last day to send such a request has passed: the message says which, and what may still be asked for."""


@dataclass(frozen=True, slots=True)
class Sent:
    """`first` is False where the request had been sent already: nothing was done again."""

    dossier: Dossier
    first: bool


@action
def send(*, actor: Actor, key: str) -> Sent:
    """Sends a draft to the OPCO: number, typed rows, snapshot, receipt, mail, in one transaction. Raises `Incomplete`,
    `Closed`."""
    dossier = lock(actor=actor, permission=Permission.DOSSIER_SEND, key=key)
    if dossier.state != State.BROUILLON:
        return Sent(dossier, first=False)
    now = timezone.now()
    today = paris_today(now)
    kind = kinds.get(dossier.kind)
    draft = load_draft(dossier, today=today)
    if closed := kind.closed(draft):
        raise Closed(closed)
    missing = kind.missing(draft)
    if missing:
        raise Incomplete(missing)
    dossier.filed_by_id, dossier.sent_at, dossier.due_on = actor.user_id, now, answer_target(today)
    paper = paper_of(dossier)
    dossier.unconfirmed = paper is None and is_unconfirmed(actor, dossier.establishment_id)
    _keep_what_is_sent(dossier, kind, draft, now)
    # Taken late: whoever holds the series makes all other senders wait.
    dossier.number = _next_number(kind, today.year)
    refresh_from_draft(dossier, draft)
    move(dossier, workflow.Event.TRANSMETTRE, actor=actor, payload={"numero": dossier.number, **journalled(paper)})
    enqueue("dossiers.issue_receipt", unique_key=f"receipt:{dossier.key}", dossier_id=dossier.pk)
    if paper is None:
        # Of what an officer typed, the employer's people are told by the notice that the journal's entry brings.
        _acknowledge(dossier)
    return Sent(dossier, first=True)


def _keep_what_is_sent(dossier: Dossier, kind: kinds.Kind, draft: DraftView, now: datetime) -> None:
    if not kind.heading(draft).has_provider:
        dossier.provider = None
    kind.materialise(dossier, draft)
    told = {"title": kind.heading(draft).title, "employer": dossier.establishment.name}
    snapshot = {**kind.snapshot(draft), **told}
    Transmission.objects.create(dossier=dossier, snapshot=snapshot, attested=kind.attested(draft), sent_at=now)
    Receipt.objects.create(dossier=dossier, issued_at=now)


def _next_number(kind: kinds.Kind, year: int) -> str:
    """« AF-2026-000123 »: a series for each kind and each year, counted in Paris, without holes."""
    return f"{kind.prefix}-{year}-{next_value(f'{kind.prefix}-{year}'):06d}"


def _acknowledge(dossier: Dossier) -> None:
    """The mail that says the request arrived: one for ever, by its key."""
    filer = dossier.filed_by
    assert filer is not None
    assert dossier.sent_at is not None
    values = {
        **sent_values(dossier),
        "reponse_visee": format_date(dossier.due_on),
        "debut_avant_reponse": _if_early(dossier),
        "lien": link_to(dossier),
    }
    words = mail_in_force("courriel-recu", values, dossier.sent_at)
    mail.queue_mail(to=filer.email, subject=words.subject, text=words.body, unique_key=f"acknowledgement:{dossier.key}")


def _if_early(dossier: Dossier) -> str:
    """One sentence more where the training begins before the answer aimed at."""
    if not dossier.starts_before_answer or dossier.starts_on is None:
        return ""
    return (
        f"La formation commence le {format_date(dossier.starts_on)}, avant cette date : la prise en charge peut ne pas être"
        " encore décidée ce jour-là."
    )
