"""The child process that opens strangers' invoices: for each path on a line of its input, what was found on a line of its
output. Bounded in memory, and in processor time for each file; cut from the network where the kernel allows; without Django."""

import json
import resource
import sys
from datetime import date
from pathlib import Path
from typing import Any, Final

from openopco.base.children import limit_self
from openopco.billing.einvoice.checks import Checked, Rules, check
from openopco.billing.einvoice.codes import Profile
from openopco.billing.einvoice.findings import Finding, UnreadableInvoice
from openopco.billing.einvoice.keeping import to_json
from openopco.billing.einvoice.pdf_in import xml_in_pdf

MEMORY_MEGABYTES, FILE_CPU_SECONDS, FILE_MEGABYTES = 1024, 20, 1
_ENDLESS: Final = 7 * 24 * 3600
UNCHECKED: Final = Finding(
    "OPCO-UNCHECKED", "Cette facture n'a pas pu être contrôlée : exportez-la à nouveau, ou envoyez-la en PDF simple."
)


def main() -> None:
    """Reads {"path", "today"} lines; writes {"format", "profile", "invoice", "findings"} lines."""
    limit_self(memory_megabytes=MEMORY_MEGABYTES, cpu_seconds=_ENDLESS, file_megabytes=FILE_MEGABYTES, reserves=True)
    rules = _LateRules()
    for line in sys.stdin:
        _allow_one_file()
        sys.stdout.write(json.dumps(_answer(json.loads(line), rules)) + "\n")
        sys.stdout.flush()


def _allow_one_file() -> None:
    """Processor time is counted from the child's birth: its bound moves on with each file."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    bound = int(used.ru_utime + used.ru_stime) + FILE_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (bound, resource.getrlimit(resource.RLIMIT_CPU)[1]))


class _LateRules:
    """Saxon is started for the first invoice whose schema holds, not before: most refusals never need it."""

    def __init__(self) -> None:
        self._judge: Rules | None = None

    def findings(self, content: bytes, profile: Profile) -> list[Finding]:
        if self._judge is None:
            from openopco.billing.einvoice.schematron import Judge

            self._judge = Judge()
        return self._judge.findings(content, profile)


def _answer(order: dict[str, str], rules: Rules) -> dict[str, Any]:
    kind, checked = look(Path(order["path"]), rules, date.fromisoformat(order["today"]))
    return {
        "format": kind,
        "profile": checked.profile,
        "invoice": None if checked.invoice is None else to_json(checked.invoice),
        "findings": [[one.code, one.sentence, one.severity.value] for one in checked.findings],
    }


def look(path: Path, rules: Rules, today: date) -> tuple[str, Checked]:
    """What the file is ("pdf", "factur-x", "xml") and what is said of it. Whatever it makes our libraries do but die is a
    refusal of this file alone."""
    content, kind = path.read_bytes(), "xml"
    try:
        xml: bytes | None = content
        if content.startswith(b"%PDF-"):
            xml, kind = xml_in_pdf(str(path), content), "factur-x"
        return ("pdf", Checked(None, ())) if xml is None else (kind, check(xml, rules, today))
    except UnreadableInvoice as refusal:
        return kind, Checked(None, (refusal.finding,))
    except Exception:  # a stranger's file met a fault of a library
        return kind, Checked(None, (UNCHECKED,))
