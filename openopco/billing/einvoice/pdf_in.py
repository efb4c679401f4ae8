"""The XML that a Factur-X PDF carries, and the refusal of every other file inside. In the limited child only."""

import io
from collections.abc import Iterator
from typing import Final

import pikepdf

from openopco.billing.einvoice.findings import UnreadableInvoice
from openopco.billing.einvoice.xml import MOST_MEGABYTES
from openopco.documents.inspector.pdf import CARRYING, inspect_pdf
from openopco.documents.inspector.sniff import refuse_open_end
from openopco.documents.inspector.unpacking import unpacked_size
from openopco.documents.inspector.verdict import Refusal
from openopco.documents.refusals import SENTENCES

# Of Factur-X and ZUGFeRD 2, of ZUGFeRD 1 to 2.0, of XRechnung: the names that readers look for, in this order.
XML_NAMES: Final = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")


def xml_in_pdf(path: str, content: bytes) -> bytes | None:
    """None: a plain PDF, to be keyed. Raises `UnreadableInvoice` for a PDF that is locked, damaged or does anything, that
    unpacks beyond reason, or that carries anything but one invoice."""
    try:
        refuse_open_end(content)
        inspect_pdf(path, len(content), permitted=CARRYING)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return _invoice(list(_carried(pdf)))
    except Refusal as refusal:
        raise UnreadableInvoice(f"OPCO-PDF-{refusal.code.upper()}", SENTENCES[refusal.code]) from refusal
    except (pikepdf.PdfError, pikepdf.DataDecodingError) as error:
        raise UnreadableInvoice("OPCO-PDF-DAMAGED", "Ce PDF est abîmé : enregistrez-en une nouvelle copie.") from error


def _carried(pdf: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Object]]:
    """Every file inside, listed as an attachment or not: its name, its stream."""
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary) and one.get("/EF") is not None:
            streams = {stream.objgen: stream for _, stream in one.EF.items() if isinstance(stream, pikepdf.Stream)}
            for stream in streams.values():
                yield str(one.get("/UF", one.get("/F", ""))), stream


def _invoice(carried: list[tuple[str, pikepdf.Object]]) -> bytes | None:
    if not carried:
        return None
    named = [(name.strip().lower(), stream) for name, stream in carried]
    strangers = [name for name, _ in named if name not in XML_NAMES]
    if strangers or len(named) > 1:
        raise UnreadableInvoice(
            "OPCO-PDF-ATTACHED",
            "Ce PDF contient d'autres fichiers que les données de la facture : retirez-les, "
            "et déposez les pièces à part.",
        )
    return _unpacked(named[0][1])


def _unpacked(stream: pikepdf.Object) -> bytes:
    most = MOST_MEGABYTES * 2**20
    if unpacked_size(stream, most) > most:
        raise UnreadableInvoice(
            "OPCO-XML-SIZE", f"Les données que porte ce PDF dépassent {MOST_MEGABYTES} Mo une fois déployées."
        )
    return bytes(stream.read_bytes())
