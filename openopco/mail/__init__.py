"""Mail: rows queued in the transaction, sent by a job."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openopco.mail.actions import Attachment, queue_mail

__all__ = ["Attachment", "queue_mail"]


def __getattr__(name: str) -> Any:
    # Models can't be imported while the registry of applications loads this package.
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module("openopco.mail.actions"), name)
