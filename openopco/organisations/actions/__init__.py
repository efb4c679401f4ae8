"""Writes of organisations. Those that ask a registry are to be called outside a transaction: it may take seconds."""

from openopco.organisations.actions.accounts import confirm_account, end_account, propose_account, refuse_account
from openopco.organisations.actions.establishments import (
    complete_establishment,
    create_establishment_by_hand,
    find_or_create_establishment,
    recheck_establishment,
    verify_establishment,
)
from openopco.organisations.actions.providers import (
    complete_provider,
    create_provider_by_hand,
    find_or_create_provider,
    recheck_provider,
    set_provider_status,
    verify_provider,
)
from openopco.organisations.actions.sheets import note_on_company, note_on_provider, record_contributions

__all__ = [
    "complete_establishment",
    "complete_provider",
    "confirm_account",
    "create_establishment_by_hand",
    "create_provider_by_hand",
    "end_account",
    "find_or_create_establishment",
    "find_or_create_provider",
    "note_on_company",
    "note_on_provider",
    "propose_account",
    "recheck_establishment",
    "recheck_provider",
    "record_contributions",
    "refuse_account",
    "set_provider_status",
    "verify_establishment",
    "verify_provider",
]
