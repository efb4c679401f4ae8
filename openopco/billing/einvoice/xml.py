"""A stranger's XML, read with nothing fetched, nothing expanded, and no more than an invoice ever needs."""

import re
from typing import Final

from lxml import etree

from openopco.billing.einvoice.findings import UnreadableInvoice

MOST_MEGABYTES: Final = 5
MOST_DEPTH, MOST_ELEMENTS = 40, 200_000
# Each begins like ASCII, so that what is searched in the bytes is what the parser would see.
_ENCODINGS = {"utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}
_DECLARED = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def parse(content: bytes) -> etree._Element:
    """The root. Raises `UnreadableInvoice` for what is too big, too deep, cut short, or carries a DOCTYPE."""
    if len(content) > MOST_MEGABYTES * 2**20:
        raise UnreadableInvoice(
            "OPCO-XML-SIZE",
            f"Les données de la facture dépassent {MOST_MEGABYTES} Mo : retirez les pièces qu'elle contient, "
            "et déposez-les à part.",
        )
    _refuse_encoding(content)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnreadableInvoice(
            "OPCO-XML-DOCTYPE",
            "Le XML contient une déclaration DOCTYPE, interdite dans une facture : "
            "exportez-la à nouveau depuis votre logiciel.",
        )
    return _measured(_root(content))


def _refuse_encoding(content: bytes) -> None:
    declared = _DECLARED.match(content)
    encoding = declared.group(1).decode().lower() if declared else "utf-8"
    if content.startswith(_WIDE) or b"\0" in content or encoding not in _ENCODINGS:
        raise UnreadableInvoice(
            "OPCO-XML-ENCODING", "Le XML n'est pas écrit en UTF-8 : exportez la facture à nouveau dans ce codage."
        )


def _root(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        line = f" (ligne {error.lineno})" if error.lineno else ""
        raise UnreadableInvoice(
            "OPCO-XML-FORM",
            f"Le XML est incomplet ou mal formé{line} : exportez la facture à nouveau depuis votre logiciel.",
        ) from error


def _measured(root: etree._Element) -> etree._Element:
    depth = elements = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > MOST_DEPTH or elements > MOST_ELEMENTS:
            raise UnreadableInvoice(
                "OPCO-XML-DEPTH",
                "Le XML est bien plus profond ou plus long que ne l'est une facture : il n'a pas été ouvert.",
            )
    return root
