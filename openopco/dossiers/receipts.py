"""The receipt of a transmission, as a tagged PDF made from the snapshot, in the words that stood when it was sent: the same
content whenever it is made."""

import structlog
from django.core.files.storage import default_storage

from openopco.dossiers.letters import sent_values
from openopco.dossiers.models import Receipt
from openopco.opco.texts import letters, versions
from openopco.opco.texts.catalogue import RECU
from openopco.opco.texts.filling import letter_blocks, one_line

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
    version = versions.in_force(RECU, transmission.sent_at)
    known, sent = version.template.variables, transmission.snapshot
    values = sent_values(dossier, title=sent["title"], employer=sent["employer"])
    return render(
        "receipt.typ",
        {
            **letters.brand(),
            "number": dossier.number,
            "heading": one_line(version.words.subject, known, values),
            "blocks": letter_blocks(version.words.body, known, values),
            "title": values["formation"],
            "employer": values["entreprise"],
            "filed_by": values["deposant"],
            "sent": values["envoi"],
            "sections": sent["sections"],
            "attested": transmission.attested,
        },
    )
