"""Whether a file of ours is what its published schema says, read once, with flat memory."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from openopco.payments.sepa.errors import InvalidFile

SCHEMA = "pain.001.001.09"


def validate(file: Path | BinaryIO) -> None:
    """Against the schema of `pain.001.001.09`. Raises InvalidFile, with the parser's words."""
    # Not `resolve_entities=False`: beside a schema, libxml2 would then let a file cut short by.
    try:
        for _, element in etree.iterparse(file, schema=_schema()):
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise InvalidFile(error.msg or "") from error


@cache
def _schema() -> etree.XMLSchema:
    with files("sepaxml").joinpath(f"schemas/{SCHEMA}.xsd").open("rb") as source:
        return etree.XMLSchema(etree.parse(source))
