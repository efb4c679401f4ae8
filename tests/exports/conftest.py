"""The people and the Monday of `tests.dossiers`."""

from tests.dossiers.conftest import _files, _nothing_kept, admin, alice, bob, charlie, clock, olga, place

__all__ = ["_files", "_nothing_kept", "admin", "alice", "bob", "charlie", "clock", "olga", "place"]
