"""The files that the OPCO and its bank exchange, in ISO 20022: credit transfers out (`pain.001.001.09`), what became of
them in (`pain.002`, `camt.054`). Pure: no database, no clock; each reads and writes line by line, with flat memory."""

from openopco.payments.sepa.characters import MOST_REMITTANCE, to_sepa
from openopco.payments.sepa.transfers import CreditTransferFile, Totals, Transfer, totals_of
from openopco.payments.sepa.validating import validate
from openopco.payments.sepa.writing import write

__all__ = [
    "MOST_REMITTANCE",
    "CreditTransferFile",
    "Totals",
    "Transfer",
    "to_sepa",
    "totals_of",
    "validate",
    "write",
]
