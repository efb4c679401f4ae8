"""A garage of three people, on a Monday of 2026 whose rules are published, and money in the envelopes."""

from openopco.dossiers.models import Dossier  # noqa: F401 - the registry is loaded first
from tests.dossiers.conftest import (  # noqa: F401
    _files,
    _nothing_kept,
    admin,
    alice,
    clock,
    olga,
    oscar,
    place,
)
