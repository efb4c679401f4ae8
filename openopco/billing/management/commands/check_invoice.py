"""Says of invoices whether the deposit would take them, and every reason against."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from openopco.billing.einvoice.examining import Examined, Examiner, Format
from openopco.billing.einvoice.findings import Finding, Severity
from openopco.billing.einvoice.reading import missing
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.identifiers import format_siret
from openopco.kernel.money import format_euros


class Command(BaseCommand):
    help = (
        "Dit de chaque facture (PDF Factur-X, XML CII ou UBL) si elle est acceptée ou refusée, et tous les motifs. "
        "Code 1 si l'une d'elles est refusée."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FICHIER", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        with Examiner(paris_today(timezone.now())) as examiner:
            refused = [path for path in options["files"] if not self._passes(examiner, path)]
        if refused:
            raise SystemExit(1)

    def _passes(self, examiner: Examiner, path: Path) -> bool:
        try:
            examined = examiner.examine(path)
        except OSError as error:
            self.stderr.write(f"illisible {path} : {_why_unread(error)}")
            return False
        self.stdout.write(f"{'refusée ' if examined.is_refused else 'acceptée'}  {path} : {_in_words(examined)}")
        for finding in examined.findings:
            self.stdout.write(f"    {_told(finding)}")
        return not examined.is_refused


def _in_words(examined: Examined) -> str:
    invoice = examined.invoice
    if invoice is None:
        return "PDF sans données, à saisir." if examined.format is Format.PDF else "rien n'a pu en être lu."
    siret = invoice.seller.siret
    seller = f"{invoice.seller.name} ({format_siret(siret)})" if len(siret) == 14 else invoice.seller.name
    lacking = ", ".join(lack.label for lack in missing(invoice))
    return (
        f"{examined.profile}, {invoice.kind.label.lower()} {invoice.number} du {format_date(invoice.issued_on)}, {seller}, "
        f"{format_euros(invoice.totals.without_vat)} HT, {format_euros(invoice.totals.due)} à payer."
        + (f" À compléter : {lacking}." if lacking else "")
    )


def _told(finding: Finding) -> str:
    mark = "motif" if finding.severity is Severity.ERROR else "à noter"
    return f"{mark} [{finding.code}] {finding.sentence}"


def _why_unread(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "ce fichier n'existe pas."
        case IsADirectoryError():
            return "c'est un dossier."
        case PermissionError():
            return "ce compte n'a pas le droit de le lire."
    return "il ne peut pas être lu."
