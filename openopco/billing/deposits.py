"""An invoice as its payee deposits it: what a program reads of it, and how many of its pages can be shown beside what is
keyed."""

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from openopco.billing.einvoice.examining import Examined, Format, examine_bytes
from openopco.billing.einvoice.findings import Finding
from openopco.billing.einvoice.model import ElectronicInvoice, Kind
from openopco.billing.errors import RefusedInvoice
from openopco.documents.actions import examine_upload
from openopco.documents.enums import ContentType
from openopco.documents.inspect import ExaminedFile
from openopco.documents.pictures import DRAWABLE, draw_pages
from openopco.documents.rules import clean_name
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Unavailable

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.files.uploadedfile import UploadedFile

# Said of a file that is the other of the two.
INSTEAD: Final = {
    Kind.INVOICE: Finding(
        "OPCO-CREDIT-NOTE", "Ce fichier est un avoir : enregistrez-le sur la page de la facture qu'il corrige."
    ),
    Kind.CREDIT_NOTE: Finding("OPCO-INVOICE", "Ce fichier est une facture, et non un avoir."),
}


@dataclass(frozen=True, slots=True)
class Deposited:
    """`examined`: where a program could read the invoice. `shown`: how many of its first pages draw."""

    file: ExaminedFile
    examined: Examined | None = None
    shown: int = 0

    @property
    def read(self) -> ElectronicInvoice | None:
        """What a program read of it."""
        return self.examined.invoice if self.examined else None


def open_invoice(upload: "UploadedFile[Any]", *, at: "datetime") -> Deposited:
    """Opened by limited children: outside any transaction. Raises `RefusedFile`, `RefusedInvoice`, `Unavailable`."""
    opened = _opened(upload, Kind.INVOICE, at)
    return replace(opened, shown=_shown(opened.file))


def open_credit_note(upload: "UploadedFile[Any]", *, at: "datetime") -> Deposited:
    """As `open_invoice`, of a credit note, which nobody keys beside its pictures."""
    return _opened(upload, Kind.CREDIT_NOTE, at)


def _opened(upload: "UploadedFile[Any]", wanted: Kind, at: "datetime") -> Deposited:
    upload.seek(0)
    content = upload.read()
    examined = examine_bytes(content, paris_today(at)) if _may_carry_data(content) else None
    if examined is not None and examined.is_refused:
        raise RefusedInvoice(examined.findings)
    if examined is not None and examined.invoice is not None and examined.invoice.kind is not wanted:
        raise RefusedInvoice([INSTEAD[wanted]])
    if examined is None or examined.format is Format.PDF:
        return Deposited(examine_upload(upload))
    return Deposited(_file_of(upload.name or "", content, examined), examined)


def _may_carry_data(content: bytes) -> bool:
    """A PDF or an XML; a photo is for the ordinary door."""
    return content.startswith(b"%PDF-") or content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _file_of(name: str, content: bytes, examined: Examined) -> ExaminedFile:
    digest = hashlib.sha256(content).hexdigest()
    is_xml = examined.format is Format.XML
    kind, content_type = ("xml", ContentType.XML) if is_xml else ("pdf", ContentType.PDF)
    return ExaminedFile(
        name=clean_name(name or f"facture.{kind}"),
        kind=kind,
        content_type=content_type,
        content=content,
        sha256=digest,
        source_sha256=digest,
        pages=1,
    )


def _shown(file: ExaminedFile) -> int:
    """An invoice that can't be shown is joined all the same."""
    if file.content_type not in DRAWABLE:
        return 0
    try:
        return len(draw_pages(file.content))
    except Unavailable:
        return 0
