"""The files that the OPCO and its bank exchange, in ISO 20022: credit transfers out (`pain.001.001.09`), what became of
them in (`pain.002`, `camt.054`). Pure: no database, no clock; each reads and writes line by line, with flat memory."""

from openopco.payments.sepa.bank_files import read_bank_file
from openopco.payments.sepa.camt_054 import read_camt_054
from openopco.payments.sepa.characters import MOST_REMITTANCE, to_sepa
from openopco.payments.sepa.events import Event, Kind
from openopco.payments.sepa.pain_002 import read_pain_002
from openopco.payments.sepa.transfers import CreditTransferFile, Totals, Transfer, totals_of
from openopco.payments.sepa.validating import validate
from openopco.payments.sepa.writing import write

__all__ = [
    "MOST_REMITTANCE",
    "CreditTransferFile",
    "Event",
    "Kind",
    "Totals",
    "Transfer",
    "read_bank_file",
    "read_camt_054",
    "read_pain_002",
    "to_sepa",
    "totals_of",
    "validate",
    "write",
]
