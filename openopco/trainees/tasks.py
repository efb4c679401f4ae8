"""Cleaning the vault."""

from openopco.base.jobs import sweep
from openopco.trainees import vault

DAY = 86_400


@sweep("trainees.orphan_nirs", every_seconds=DAY)
def forget_orphan_nirs() -> int:
    """Deletes the NIR that no trainee and no draft has pointed at for a month."""
    return vault.forget_orphans()
