"""The journal: what happened to each subject, in chains that show any tampering. Import from `openopco.journal.actions`
and `openopco.journal.queries`; the names below are the usual ones."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openopco.journal.actions import audit_read, record, within
    from openopco.journal.queries import entries_of
    from openopco.journal.subscriptions import subscribe

__all__ = ["audit_read", "entries_of", "record", "subscribe", "within"]
_HOMES = {
    "audit_read": "actions",
    "record": "actions",
    "entries_of": "queries",
    "subscribe": "subscriptions",
    "within": "actions",
}


def __getattr__(name: str) -> Any:
    # Models can't be imported while the registry of applications loads this package.
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"openopco.journal.{_HOMES[name]}"), name)
