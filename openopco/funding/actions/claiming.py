"""What is claimed of engaged lines. For the room of billing, inside its own actions: it has asked
the rights, and holds the dossier's lock."""

from collections.abc import Mapping
from decimal import Decimal

from django.db.models import F

from openopco.base.fields import cents
from openopco.dossiers.models import Dossier
from openopco.funding.errors import BeyondEngaged
from openopco.funding.models import Commitment


def commitments_of(dossier: Dossier, *, payee: str) -> list[Commitment]:
    """The lines that pay one payee, first lines first, held until the transaction ends."""
    held = Commitment.objects.select_for_update().filter(dossier=dossier, payee=payee).order_by("pk")
    return sorted(held, key=lambda each: (each.rank, each.pk))


def claim_on(amounts: Mapping[int, Decimal]) -> None:
    """Adds to what is invoiced on each line, by its id; a negative amount takes back. Raises `BeyondEngaged`."""
    held = {each.pk: each for each in Commitment.objects.select_for_update().filter(pk__in=amounts).order_by("pk")}
    for pk, amount in sorted(amounts.items()):
        line = held[pk]
        if not line.ordered <= line.invoiced + amount <= line.amount:
            raise BeyondEngaged
        Commitment.objects.filter(pk=pk).update(invoiced=F("invoiced") + cents(amount))
