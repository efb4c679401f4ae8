"""A generated invoice as Factur-X: a tagged PDF/A-3 that people read, its XML inside for programs."""

import io
from datetime import datetime
from typing import Final

import pikepdf
from lxml import etree

from openopco.base.pdf import Attachment, render
from openopco.billing.einvoice.layout import page_of
from openopco.billing.einvoice.model import ElectronicInvoice
from openopco.billing.einvoice.writing import write_cii

XML_NAME: Final = "factur-x.xml"
_STANDARDS: Final = ("a-3a", "ua-1")
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_FX: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_EXTENSION: Final = "http://www.aiim.org/pdfa/ns/extension/"
_SCHEMA: Final = "http://www.aiim.org/pdfa/ns/schema#"
_PROPERTY: Final = "http://www.aiim.org/pdfa/ns/property#"
# The four properties of Factur-X and what PDF/A wants told of each.
_PROPERTIES: Final = (
    ("DocumentType", "INVOICE", "The type of the document carried"),
    ("DocumentFileName", XML_NAME, "The name of the file carried"),
    ("Version", "1.0", "The version of the standard of the file carried"),
    ("ConformanceLevel", "EN 16931", "The profile of the file carried"),
)


def write_factur_x(invoice: ElectronicInvoice, *, at: datetime) -> bytes:
    """The PDF, its XML attached; the same bytes for the same invoice at the same moment. Slow (a fraction of a second).
    Raises `PdfFailed`."""
    attached = Attachment(
        XML_NAME, write_cii(invoice), "text/xml", "Données de la facture (Factur-X)", relationship="alternative"
    )
    return _named(render("invoice", page_of(invoice), standard=_STANDARDS, attachments=[attached], at=at))


def _named(content: bytes) -> bytes:
    """The PDF once its metadata say that it is a Factur-X."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        metadata = pikepdf.Stream(pdf, _with_factur_x(pdf.Root.Metadata.read_bytes()))
        metadata.Type, metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        pdf.Root.Metadata = pdf.make_indirect(metadata)
        pdf.save(out, compress_streams=False, deterministic_id=True)
    return out.getvalue()


def _with_factur_x(xmp: bytes) -> bytes:
    packet = etree.fromstring(xmp, etree.XMLParser(resolve_entities=False, no_network=True))
    rdf = next(packet.iter(f"{{{_RDF}}}RDF"))
    own = etree.SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""}, nsmap={"fx": _FX})
    for name, value, _ in _PROPERTIES:
        etree.SubElement(own, f"{{{_FX}}}{name}").text = value
    _describe(_bag(rdf))
    body = etree.tostring(packet, encoding="unicode")
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{body}<?xpacket end="r"?>'.encode()


def _bag(rdf: etree._Element) -> etree._Element:
    """Where schemas beyond those of PDF/A are described: the list that is there, or a new one."""
    found = rdf.find(f".//{{{_EXTENSION}}}schemas/{{{_RDF}}}Bag")
    if found is not None:
        return found
    spaces = {"pdfaExtension": _EXTENSION, "pdfaSchema": _SCHEMA, "pdfaProperty": _PROPERTY}
    own = etree.SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""}, nsmap=spaces)
    return etree.SubElement(etree.SubElement(own, f"{{{_EXTENSION}}}schemas"), f"{{{_RDF}}}Bag")


def _describe(bag: etree._Element) -> None:
    schema = _resource(bag)
    _texts(schema, _SCHEMA, {"schema": "Factur-X PDFA Extension Schema", "namespaceURI": _FX, "prefix": "fx"})
    sequence = etree.SubElement(etree.SubElement(schema, f"{{{_SCHEMA}}}property"), f"{{{_RDF}}}Seq")
    for name, _, told in _PROPERTIES:
        texts = {"name": name, "valueType": "Text", "category": "external", "description": told}
        _texts(_resource(sequence), _PROPERTY, texts)


def _resource(parent: etree._Element) -> etree._Element:
    return etree.SubElement(parent, f"{{{_RDF}}}li", {f"{{{_RDF}}}parseType": "Resource"})


def _texts(parent: etree._Element, space: str, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        etree.SubElement(parent, f"{{{space}}}{name}").text = text
