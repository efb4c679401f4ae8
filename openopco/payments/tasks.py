"""The file of a released batch, and who is told what the bank answered."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Count, F, Sum
from django.utils import timezone

from openopco import journal
from openopco.accounts.models import User
from openopco.base import sheets, works
from openopco.base.jobs import enqueue, enqueue_again, job, sweep
from openopco.base.jobs.queue import renew_lease
from openopco.base.models import Work
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.places import Place
from openopco.habilitations.queries import active_staff, actor_for, people_of
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Forbidden
from openopco.kernel.money import format_euros
from openopco.notifications.actions import notify
from openopco.notifications.kinds import NoticeKind, Readers, register
from openopco.payments.actions.exporting import ENTRIES_KIND
from openopco.payments.entries import COLUMNS, Entry, entries
from openopco.payments.enums import BatchState, OrderState
from openopco.payments.files import write_file as write
from openopco.payments.models import BankFile, PaymentBatch, PaymentOrder
from openopco.rights import Actor, Permission, require

PAID = register(NoticeKind("payment.paid", "Virement de l'OPCO", act="Voir mes règlements"))
UNPAID = register(
    NoticeKind("payment.unpaid", "Virement refusé par votre banque", compulsory=True, act="Voir pourquoi")
)
REJECTED = register(
    NoticeKind(
        "payment.rejected", "Virement refusé par la banque", compulsory=True, readers=Readers.OPCO, act="Voir pourquoi"
    )
)
LATE = timedelta(minutes=10)
TOLD_AT_ONCE = 100
BEAT = 1000
URLS = {"establishment_id": "/reglements/", "provider_id": "/organisme/reglements/"}


@job("payments.write_file", lease_seconds=300)
def write_file(*, batch_id: int) -> None:
    write(batch_id, renew_lease)


@sweep("payments.files", every_seconds=300)
def batches_without_file() -> int:
    """Queues again, once a day, the files whose job was lost or given up."""
    late = PaymentBatch.objects.filter(state=BatchState.EMIS, storage_name="", released_at__lt=timezone.now() - LATE)
    today = paris_today(timezone.now())
    return sum(_queue_again(pk, today) for pk in late.order_by("pk").values_list("pk", flat=True)[:TOLD_AT_ONCE])


def _queue_again(batch_id: int, today: date) -> bool:
    return enqueue_again("payments.write_file", unique_key=f"payments.write_file:{batch_id}:{today}", batch_id=batch_id)


# --- journal entries -------------------------------------------------------------------------------------------------


def _reader(work: Work) -> Actor:
    """Who asked, as he may read now. Raises `Stopped`."""
    actor = actor_for(User.objects.get(pk=work.asked_by_id))
    try:
        require(actor, Permission.PAYMENT_READ)
    except Forbidden as error:
        raise works.Stopped from error
    return actor


def make_entries(work: Work, path: Path, beat: Callable[[int], None]) -> int:
    _reader(work)
    first, last = (date.fromisoformat(work.args[name]) for name in ("first", "last"))
    sheets.write(sheets.Format(work.args["format"]), path, "Écritures", COLUMNS, _counted(entries(first, last), beat))
    return 0


def _counted(found: Iterator[Entry], beat: Callable[[int], None]) -> Iterator[Entry]:
    done = 0
    for done, entry in enumerate(found, start=1):
        yield entry
        if done % BEAT == 0:
            beat(done)
    beat(done)


def entries_made(work: Work) -> dict[str, Any]:
    """Names the file, journals what left."""
    actor, first, last = _reader(work), work.args["first"], work.args["last"]
    work.result_filename = f"ecritures-{first}-{last}.{work.args['format']}"
    payload = {"du": first, "au": last, "lignes": work.done}
    journal.record(subject_kind="work", subject_id=work.pk, event="entries.made", actor=actor, payload=payload)
    return {"first": first, "last": last}


def may_take_entries(work: Work) -> bool:
    try:
        _reader(work)
    except works.Stopped:
        return False
    return True


works.register(works.FileKind(ENTRIES_KIND, make_entries, entries_made, may_take_entries))


# --- who is told -----------------------------------------------------------------------------------------------------


@job("payments.tell_of_file")
def tell_of_file(*, file_id: int, column: str = "", after: int = 0, back: bool = False) -> None:
    """Once, the accountants of what was not paid; then those who act for the payees of what was debited, and of what came
    `back`, some at a time."""
    file = BankFile.objects.get(pk=file_id)
    if not column:
        _tell_accountants(file)
        for each in URLS:
            _go_on(file, each, 0, back=False)
            _go_on(file, each, 0, back=True)
        return
    payees = _answered(file, column, after, back=back)
    for paid in payees:
        _tell_payee(file, column, paid, back=back)
    if len(payees) == TOLD_AT_ONCE:
        _go_on(file, column, payees[-1]["payee"], back=back)


def _go_on(file: BankFile, column: str, after: int, *, back: bool) -> None:
    key = f"payments.tell:{file.pk}:{column}:{after}:{'back' if back else 'paid'}"
    enqueue("payments.tell_of_file", unique_key=key, file_id=file.pk, column=column, after=after, back=back)


def _answered(file: BankFile, column: str, after: int, *, back: bool) -> list[dict[str, Any]]:
    states = [OrderState.REJETE, OrderState.RENDU] if back else [OrderState.REGLE]
    found = PaymentOrder.objects.filter(answer=file, state__in=states, **{f"{column}__gt": after})
    sums = found.order_by().values(payee=F(column)).annotate(count=Count("pk"), total=Sum("amount"))
    return [dict(each) for each in sums.order_by("payee")[:TOLD_AT_ONCE]]


def _tell_payee(file: BankFile, column: str, paid: dict[str, Any], *, back: bool) -> None:
    place, kind = Place(**{column: paid["payee"]}), UNPAID if back else PAID
    notify(
        user_ids=people_of(place),
        kind=kind.code,
        title=(_unpaid if back else _sentence)(paid["count"], paid["total"]),
        url=URLS[column],
        subject_kind="bank_file",
        subject_id=file.pk,
        unique_key=f"{kind.code}:{file.pk}:{column}:{place.pk}",
    )


def _unpaid(count: int, total: Decimal) -> str:
    if count == 1:
        return f"Un virement de {format_euros(total)} n'a pas abouti : la somme vous reste due, vérifiez votre IBAN."
    return f"{count} virements n'ont pas abouti : {format_euros(total)} vous restent dus, vérifiez votre IBAN."


def _sentence(count: int, total: Decimal) -> str:
    if count == 1:
        return f"Un virement de {format_euros(total)} vous a été fait."
    return f"{count} virements vous ont été faits, pour {format_euros(total)} en tout."


def _tell_accountants(file: BankFile) -> None:
    back = PaymentOrder.objects.filter(answer=file, state__in=[OrderState.REJETE, OrderState.RENDU]).count()
    if not back and not file.to_see:
        return
    said = []
    if back:
        said.append(f"{back} virement{'s' if back > 1 else ''} non payé{'s' if back > 1 else ''}")
    if file.to_see:
        said.append(f"{file.to_see} ligne{'s' if file.to_see > 1 else ''} à voir")
    notify(
        user_ids=active_staff(StaffRoleName.COMPTABLE),
        kind=REJECTED.code,
        title=f"Retour de banque : {' et '.join(said)}.",
        url=f"/finance/retours/{file.pk}/",
        subject_kind="bank_file",
        subject_id=file.pk,
        unique_key=f"payment.rejected:{file.pk}",
    )
