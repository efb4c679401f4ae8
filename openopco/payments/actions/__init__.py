"""What accountants do with payments."""

from openopco.payments.actions.debtors import confirm_debtor, end_debtor, set_debtor
from openopco.payments.actions.exporting import ask_entries
from openopco.payments.actions.mending import declare_unreceived, hand_back_refund
from openopco.payments.actions.overpaying import credit_due, record_recovery
from openopco.payments.actions.preparing import cancel_batch, prepare_batch, withdraw_order
from openopco.payments.actions.releasing import release_batch
from openopco.payments.actions.returns import mark_seen, read_bank_file

__all__ = [
    "ask_entries",
    "cancel_batch",
    "confirm_debtor",
    "credit_due",
    "declare_unreceived",
    "end_debtor",
    "hand_back_refund",
    "mark_seen",
    "prepare_batch",
    "read_bank_file",
    "record_recovery",
    "release_batch",
    "set_debtor",
    "withdraw_order",
]
