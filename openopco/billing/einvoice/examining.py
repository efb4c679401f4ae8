"""Strangers' invoices, opened by a child and judged: what the deposit of an invoice and `check_invoice` stand on."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final, Self

from openopco.base.children import AnsweringChild, ChildFailed, start_line
from openopco.billing.einvoice.findings import Finding, Severity, refuses
from openopco.billing.einvoice.keeping import from_json
from openopco.billing.einvoice.model import ElectronicInvoice
from openopco.documents.rules import LIMITS
from openopco.kernel.errors import Unavailable

SECONDS: Final = 30.0
# Saxon's memory grows slowly: the child is changed after so many files.
FILES_OF_A_CHILD: Final = 500
_START: Final = start_line("openopco.billing.einvoice.child")
_LONGEST_ANSWER: Final = 30 * 2**20
_TURNS = BoundedSemaphore(2)
TOO_HEAVY: Final = Finding(
    "OPCO-TOO-HEAVY",
    "Cette facture demande trop de temps ou de mémoire pour être contrôlée : exportez-la à nouveau, plus simple.",
)
TOO_BIG: Final = Finding("OPCO-TOO-BIG", f"Ce fichier dépasse {LIMITS.file_megabytes} Mo.")
EMPTY: Final = Finding("OPCO-EMPTY", "Ce fichier est vide.")


class Format(StrEnum):
    """What the file was. A plain PDF says nothing that a program reads: a person keys it."""

    PDF = "pdf"
    FACTUR_X = "factur-x"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class Examined:
    """`invoice` is None for a plain PDF, and where nothing could be read."""

    format: Format
    invoice: ElectronicInvoice | None
    findings: tuple[Finding, ...]
    profile: str = ""

    @property
    def is_refused(self) -> bool:
        return refuses(self.findings)


class Examiner:
    """Examines files one after the other with a child that stays warm; used as a context. For one thread at a time."""

    def __init__(self, today: date) -> None:
        self._today, self._seen = today, 0
        self._child = AnsweringChild(_START, seconds=SECONDS, longest_answer=_LONGEST_ANSWER)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.end()

    def examine(self, path: Path) -> Examined:
        """Never raises for what the file holds. OSError where it can't be read."""
        with path.open("rb") as file:
            size = file.seek(0, io.SEEK_END)
        if not 0 < size <= LIMITS.file_bytes:
            return Examined(Format.XML, None, (TOO_BIG if size else EMPTY,))
        self._renew()
        try:
            return _examined(self._child.ask({"path": str(path.absolute()), "today": self._today.isoformat()}))
        except (ChildFailed, ValueError, KeyError, TypeError):
            return Examined(Format.XML, None, (TOO_HEAVY,))

    def _renew(self) -> None:
        self._seen += 1
        if self._seen % FILES_OF_A_CHILD == 0:
            self._child.end()


def examine_bytes(content: bytes, today: date) -> Examined:
    """One file that a person deposits. Slow (a second or two, 30 at worst): outside any transaction.

    Raises `Unavailable` when too many are being opened at once."""
    with _turn(), tempfile.TemporaryDirectory(prefix="openopco-invoice-") as folder, Examiner(today) as examiner:
        path = Path(folder, "invoice")
        path.write_bytes(content)
        return examiner.examine(path)


@contextmanager
def _turn() -> Iterator[None]:
    if not _TURNS.acquire(timeout=SECONDS):
        raise Unavailable("Beaucoup de factures sont en cours de contrôle : réessayez dans une minute.")
    try:
        yield
    finally:
        _TURNS.release()


def _examined(answer: dict[str, Any]) -> Examined:
    return Examined(
        Format(answer["format"]),
        None if answer["invoice"] is None else from_json(answer["invoice"]),
        tuple(Finding(code, sentence, Severity(severity)) for code, sentence, severity in answer["findings"]),
        str(answer["profile"]),
    )
