"""The file of a released batch: written transfer by transfer, checked against its schema, kept with its digest."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage

from openopco.base.actions import action
from openopco.kernel.errors import Unavailable
from openopco.organisations.accounts import number_of
from openopco.organisations.models import BankAccount
from openopco.payments.enums import BatchState, OrderState
from openopco.payments.errors import FileChanged
from openopco.payments.models import PaymentBatch, PaymentOrder
from openopco.payments.sepa import CreditTransferFile, Totals, Transfer, validate, write

FOLDER = "payments"
READ_AT_ONCE = 1000


def write_file(batch_id: int, beat: Callable[[], None]) -> None:
    """Writes the file of a batch, once; killed halfway, the next run writes the same bytes under the same name. `beat` is
    called now and then. Raises InvalidFile, WrongTotals."""
    batch = PaymentBatch.objects.select_related("debtor").get(pk=batch_id)
    if batch.state != BatchState.EMIS or batch.storage_name:
        return
    with tempfile.TemporaryDirectory(prefix="openopco-payments-") as folder:
        path = Path(folder, "file.xml")
        with path.open("wb") as out:
            write(_header(batch), _transfers(batch, beat), Totals(batch.count, batch.total), out)
        beat()
        validate(path)
        beat()
        _keep(batch, path)


def _header(batch: PaymentBatch) -> CreditTransferFile:
    assert batch.released_at is not None
    return CreditTransferFile(
        message_id=batch.message_id,
        created_at=batch.released_at,
        execution_date=batch.execution_date,
        debtor=batch.debtor.holder,
        iban=batch.debtor.iban,
        bic=batch.debtor.bic,
    )


def _transfers(batch: PaymentBatch, beat: Callable[[], None]) -> Iterator[Transfer]:
    """In the order in which they were prepared, without those withdrawn before it left."""
    number = lru_cache(maxsize=READ_AT_ONCE)(_number)
    orders = PaymentOrder.objects.filter(batch=batch).exclude(state=OrderState.ANNULE).select_related("account")
    for rank, order in enumerate(orders.order_by("pk").iterator(chunk_size=READ_AT_ONCE)):
        if rank % READ_AT_ONCE == 0:
            beat()
        iban = number(_Sealed(order.account))
        yield Transfer(order.end_to_end, order.amount, order.holder, iban, order.remittance, order.account.bic)


class _Sealed:
    """An account, known by its row: several transfers to one payee open its number once."""

    def __init__(self, account: BankAccount) -> None:
        self.account = account

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sealed) and other.account.pk == self.account.pk

    def __hash__(self) -> int:
        return hash(self.account.pk)


def _number(sealed: _Sealed) -> str:
    return number_of(sealed.account)


def _keep(batch: PaymentBatch, path: Path) -> None:
    name, digest = f"{FOLDER}/{batch.key}.xml", digest_of(path)
    if not _is_there(name, digest):
        # What a killed worker left.
        default_storage.delete(name)
        with path.open("rb") as file:
            name = default_storage.save(name, File(file))
    _note(batch_id=batch.pk, name=name, digest=digest, size=path.stat().st_size)


def _is_there(name: str, digest: str) -> bool:
    """Whole: a second worker, come late, never takes away what the first has kept."""
    if not default_storage.exists(name):
        return False
    with default_storage.open(name, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


@action
def _note(*, batch_id: int, name: str, digest: str, size: int) -> None:
    still = PaymentBatch.objects.filter(pk=batch_id, state=BatchState.EMIS, storage_name="")
    still.update(storage_name=name, digest=digest, size=size)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_file(batch: PaymentBatch) -> IO[Any]:
    """The file, ready to be read, once it was found to be the one that was written; the caller closes it. Raises FileChanged,
    Unavailable."""
    try:
        file = default_storage.open(batch.storage_name, "rb")
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
    except Exception as error:
        raise Unavailable("Les fichiers sont momentanément inaccessibles : réessayez dans quelques minutes.") from error
    if digest != batch.digest:
        file.close()
        raise FileChanged
    return file
