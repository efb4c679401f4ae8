"""The receipt of a transmission, as a tagged PDF made from the snapshot: the same bytes' content whenever it is made."""

import structlog
from django.core.files.storage import default_storage

from openopco import opco
from openopco.dossiers.models import Receipt
from openopco.kernel.calendar import PARIS, format_date

log = structlog.get_logger(__name__)


def receipt_pdf(receipt: Receipt) -> bytes:
    """The file that the job kept; made again from the same snapshot while it waits, is lost or out of reach."""
    return _kept(receipt) or render_receipt(receipt)


def _kept(receipt: Receipt) -> bytes:
    if not receipt.storage_name:
        return b""
    try:
        with default_storage.open(receipt.storage_name) as file:
            return bytes(file.read())
    except Exception as error:
        # Each storage has its own family of errors; none of them keeps a receipt from whoever sent a request.
        log.warning("storage failed", what="receipt", error=type(error).__name__)
        return b""


def render_receipt(receipt: Receipt) -> bytes:
    """The PDF (UA-1). The dossier comes with its transmission and its filer."""
    # The typesetter is heavy: a web worker that makes no PDF does without it.
    from openopco.base.pdf import render

    dossier, transmission = receipt.dossier, receipt.dossier.transmission
    identity = opco.identity()
    at = transmission.sent_at.astimezone(PARIS)
    return render(
        "receipt.typ",
        {
            "opco": identity.name,
            "product": identity.product,
            "number": dossier.number,
            "title": transmission.snapshot["title"],
            "employer": transmission.snapshot["employer"],
            "filed_by": dossier.filed_by.full_name if dossier.filed_by else "",
            "sent": f"{format_date(at.date())} à {at:%-H h %M}",
            "sections": transmission.snapshot["sections"],
            "attested": transmission.attested,
        },
    )
