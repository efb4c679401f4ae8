"""A batch leaves, once: a second person says so, the file is then written by a job."""

from collections.abc import Iterator

from django.utils import timezone

from openopco.base.actions import action
from openopco.base.jobs import enqueue
from openopco.kernel.calendar import format_date, paris_today
from openopco.organisations.accounts import payable_of_many
from openopco.payments.actions.preparing import locked, orders_of, require_prepared, tell
from openopco.payments.enums import BatchState, OrderState
from openopco.payments.errors import NotReleasable
from openopco.payments.gathering import AT_ONCE, COLUMNS, payees_in
from openopco.payments.models import DebtorAccount, PaymentBatch
from openopco.rights import Actor, Permission, Subject, require

# How many payees a refusal names.
MOST_NAMED = 3


@action
def release_batch(*, actor: Actor, batch_id: int) -> PaymentBatch:
    """An accountant who did not prepare it. Refused where something changed meanwhile: a payee that can't be paid there any
    more, the account to debit, the day. Raises Forbidden, BatchMoved, NotReleasable, UnknownReference."""
    batch = locked(batch_id)
    require(actor, Permission.PAYMENT_RELEASE, Subject(typed_by=batch.prepared_by_id))
    require_prepared(batch)
    _require_still_right(batch)
    orders_of(batch, OrderState.PREPARE).update(state=OrderState.EMIS)
    batch.state, batch.released_at = BatchState.EMIS, timezone.now()
    batch.released_by_id, batch.released_by_label = actor.person_id, actor.label[:200]
    batch.save()
    tell(batch, "released", actor)
    enqueue("payments.write_file", unique_key=f"payments.write_file:{batch.pk}", batch_id=batch.pk)
    return batch


def _require_still_right(batch: PaymentBatch) -> None:
    today = paris_today(timezone.now())
    if batch.execution_date < today:
        raise NotReleasable(
            f"La date d'exécution ({format_date(batch.execution_date)}) est passée : annulez ce lot et préparez-en un autre."
        )
    if not DebtorAccount.objects.filter(pk=batch.debtor_id, ended_at=None).exists():
        raise NotReleasable("Le compte débiteur de ce lot ne sert plus : annulez ce lot et préparez-en un autre.")
    if changed := list(_changed(batch)):
        named, more = ", ".join(changed[:MOST_NAMED]), len(changed) - MOST_NAMED
        rest = f" et {more} autre{'s' if more > 1 else ''}" if more > 0 else ""
        raise NotReleasable(
            f"Depuis la préparation, ce qui suit ne peut plus être payé au compte prévu : {named}{rest}. Retirez ces virements "
            "du lot, ou annulez-le."
        )


def _changed(batch: PaymentBatch) -> Iterator[str]:
    """The payees whose account isn't any more the one that was prepared. Three queries for each `AT_ONCE`."""
    for column in COLUMNS:
        after = 0
        while rows := _accounts(batch, column, after):
            after = rows[-1][0]
            payees = payees_in(column, {payee for payee, _ in rows}, locked=True)
            judged = payable_of_many(payees, batch.execution_date)
            names = {payee.pk: payee.name for payee in payees}
            for payee, account in rows:
                now = judged[payee].account
                if now is None or now.pk != account:
                    yield names[payee]


def _accounts(batch: PaymentBatch, column: str, after: int) -> list[tuple[int, int]]:
    beyond = orders_of(batch, OrderState.PREPARE).filter(**{f"{column}__gt": after})
    found = beyond.order_by(f"{column}_id").values_list(f"{column}_id", "account_id").distinct()
    return list(found[:AT_ONCE])
