"""Says whether the money agrees, as « Rapprochement » does."""

from typing import Any

from django.core.management.base import BaseCommand

from openopco.kernel.money import format_euros
from openopco.payments import reconciling


class Command(BaseCommand):
    help = (
        "Donne, par année et par fonds, l'engagé, le facturé, l'ordonné et le payé, et vérifie chaque invariant. Code 1 si l'un "
        "d'eux est rompu."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for each in reconciling.figures():
            self.stdout.write(
                f"{each.year} {each.fund} : engagé {format_euros(each.engaged)}, facturé {format_euros(each.invoiced)}, "
                f"ordonné {format_euros(each.ordered)}, payé {format_euros(each.paid)}, à recouvrer {format_euros(each.owed)}"
            )
        found = reconciling.broken()
        for rule in found:
            more = f" et {rule.count - len(rule.named)} autres" if rule.count > len(rule.named) else ""
            self.stdout.write(f"ROMPU  {rule.words} : {', '.join(rule.named)}{more}")
        if found:
            raise SystemExit(1)
        self.stdout.write("Tous les invariants tiennent.")
