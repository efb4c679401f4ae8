"""Sealing, every few minutes."""

from openopco.base.jobs import sweep
from openopco.journal.sealing import seal_chains


@sweep("journal.seal", every_seconds=300)
def seal() -> int:
    return seal_chains()
