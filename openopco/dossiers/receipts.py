"""The receipt of a transmission, as a tagged PDF made from the snapshot, in the words that stood when it was sent: the same
content whenever it is made."""

from openopco.base.kept_files import read_kept
from openopco.dossiers.letters import sent_values
from openopco.dossiers.models import Receipt
from openopco.opco.texts import letters, versions
from openopco.opco.texts.catalogue import RECU
from openopco.opco.texts.filling import letter_blocks, one_line


def receipt_pdf(receipt: Receipt) -> bytes:
    """The file that the job kept; made again from the same snapshot while it waits, is lost or out of reach."""
    kept = read_kept(receipt.storage_name, what="receipt") if receipt.storage_name else None
    return kept or render_receipt(receipt)


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
