"""What a person says of what is done: kept, journalled, read by others."""

from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line, refuse_too_long
from openopco.payments.models import LONGEST_REASON


def said(typed: str, *, where_none: str) -> str:
    """One line. Raises InvalidValue where there is none, where it is too long, where a social-security number stands in it."""
    told = refuse_nir(refuse_too_long(clean_line(typed), LONGEST_REASON))
    if not told:
        raise InvalidValue(where_none)
    return told
