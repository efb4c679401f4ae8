"""The receipt of a transmission, as a tagged PDF made from the snapshot: the same bytes' content whenever it is made."""

from openopco import opco
from openopco.dossiers.models import Receipt
from openopco.kernel.calendar import PARIS, format_date


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
