"""Any message of the bank that we read, by what it says it is."""

import itertools
from collections.abc import Iterator
from typing import BinaryIO

from openopco.payments.sepa import camt_054, pain_002
from openopco.payments.sepa.errors import Malformed
from openopco.payments.sepa.events import Event
from openopco.payments.sepa.reading import elements, message_of

MESSAGES = pain_002.MESSAGES | camt_054.MESSAGES


def read_bank_file(source: BinaryIO) -> Iterator[Event]:
    """As `read_pain_002` or `read_camt_054`. Raises RefusedBankFile."""
    found = elements(source, messages=MESSAGES, ends=pain_002.ENDS | camt_054.ENDS)
    first = next(found, None)
    if first is None:
        raise Malformed
    room = pain_002 if message_of(first) in pain_002.MESSAGES else camt_054
    yield from room.events(itertools.chain([first], found))
