"""What is said of an invoice that was checked: a rule's code, which never changes, and a sentence for its sender."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error refuses the invoice; a warning is told, and leaves it to a person."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    sentence: str
    severity: Severity = Severity.ERROR


class UnreadableInvoice(Exception):
    """The file is no invoice that can be read; `finding` says why."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.finding = Finding(code, sentence)


def refuses(findings: tuple[Finding, ...]) -> bool:
    return any(one.severity is Severity.ERROR for one in findings)
