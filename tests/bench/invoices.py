"""Factur-X invoices read and judged (PDF inspected, schema, EN 16931, our rules) by the warm child; beside the bare library,
which takes the XML out and checks its schema alone, and beside the rules of EN 16931 played bare by Saxon on that XML. In
turns, so that a busy moment of the machine falls on all three."""

import io
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf

TURN = 50


def measure(count: int) -> dict[str, Any]:
    """Seconds for `count` invoices, each of its own number."""
    from openopco.billing.einvoice.examining import Examiner
    from tests.billing.factories import TODAY

    with tempfile.TemporaryDirectory(prefix="openopco-bench-") as folder:
        paths = _write(Path(folder), count)
        with Examiner(TODAY) as examiner:
            # Once for what each loads and compiles.
            first = _house(examiner, paths[:1])
            _library(paths[:1])
            rules = _Rules()
            rules.play(paths[:1])
            house = library = bare = 0.0
            for at in range(0, count, TURN):
                house += _house(examiner, paths[at : at + TURN])
                library += _library(paths[at : at + TURN])
                bare += rules.play(paths[at : at + TURN])
    return {"invoices": count, "first": first, "house": house, "library": library, "rules": bare}


def _write(folder: Path, count: int) -> list[Path]:
    """One PDF typeset, then as many as wanted, each with data of its own."""
    from openopco.billing.einvoice.embedding import write_factur_x
    from openopco.billing.einvoice.writing import write_cii
    from tests.billing.factories import invoice, line

    model = write_factur_x(invoice(), at=datetime(2027, 1, 10, tzinfo=UTC))
    paths = []
    for number in range(count):
        with pikepdf.open(io.BytesIO(model)) as pdf:
            lines = [line(one + 1, str(number % 30 + 1)) for one in range(number % 4 + 1)]
            pdf.Root.AF[0].EF.F.write(write_cii(invoice(*lines, number=f"F2027-{number:06d}")))
            paths.append(folder / f"{number}.pdf")
            pdf.save(paths[-1])
    return paths


def _house(examiner: Any, paths: list[Path]) -> float:
    start = time.perf_counter()
    for path in paths:
        found = examiner.examine(path)
        if found.is_refused or found.invoice is None:
            raise RuntimeError(f"{path.name}: {found.findings}")
    return time.perf_counter() - start


def _library(paths: list[Path]) -> float:
    import facturx

    start = time.perf_counter()
    for path in paths:
        name, _ = facturx.get_facturx_xml_from_pdf(path.read_bytes(), check_xsd=True)
        if not name:
            raise RuntimeError(f"{path.name}: no XML")
    return time.perf_counter() - start


class _Rules:
    """The rules of the profile, compiled once."""

    def __init__(self) -> None:
        import saxonche

        from openopco.billing.einvoice.codes import EN16931, judging_file

        self._processor = saxonche.PySaxonProcessor(license=False)
        compiler = self._processor.new_xslt30_processor()
        self._rules = compiler.compile_stylesheet(stylesheet_file=str(judging_file(EN16931.rules)))

    def play(self, paths: list[Path]) -> float:
        """Seconds, the taking out of the XML not counted."""
        texts = []
        for path in paths:
            with pikepdf.open(path) as pdf:
                texts.append(pdf.Root.AF[0].EF.F.read_bytes().decode().partition("?>")[2])
        start = time.perf_counter()
        for text in texts:
            self._rules.transform_to_string(xdm_node=self._processor.parse_xml(xml_text=text))
        return time.perf_counter() - start
