"""What the demonstration shows of agreements: changed, issued anew, called off, given back."""

from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from openopco.demo.data import Person, Request
from openopco.dossiers.actions import agreements, deciding_modifications, modifying
from openopco.dossiers.actions.modifying import Wanted
from openopco.dossiers.models import DraftRow, Modification
from openopco.kernel.calendar import format_date
from openopco.rights import SYSTEM, Actor


class Afterwards:
    """The part of a story that follows the agreement: `loading` plays it."""

    request: Request
    number: str
    officer: Person
    second: Person
    today: date

    @property
    def employer(self) -> Actor:
        raise NotImplementedError

    def acting(self, person: Person) -> Actor:
        raise NotImplementedError

    def on(self, days: int, hour: int = 10) -> AbstractContextManager[None]:
        """Everything inside happens that many days from the day of loading."""
        raise NotImplementedError

    def _lapsed(self) -> None:
        with self.on(-70, 7):
            agreements.lapse(actor=SYSTEM, number=self.number)

    def _given_back(self) -> None:
        with self.on(-20):
            agreements.lift_lapse(
                actor=self.acting(self.second),
                number=self.number,
                until=self.today + timedelta(days=40),
                reason="La facture, envoyée à temps, s'était perdue : preuve d'envoi reçue.",
            )

    def _signalled(self) -> None:
        starts = self.today + timedelta(days=self.request.starts + 7)
        values = {"starts_on": format_date(starts), "ends_on": format_date(starts + timedelta(days=1))}
        self._signal(-2, "L'organisme a décalé la session d'une semaine.", values=values)

    def _reissued(self) -> None:
        row = DraftRow.objects.filter(dossier__number=self.number).order_by("position").last()
        assert row
        gone = frozenset({row.key})
        waiting = self._signal(-24, "Une salariée est en arrêt.", values={"cost": "760"}, gone=gone)
        with self.on(-22, 15):
            deciding_modifications.accept(
                actor=self.acting(self.second),
                number=self.number,
                modification_id=waiting.pk,
                amount=Decimal(760),
                reason="Une seule personne suit la formation : le montant suit le devis modifié.",
            )

    def _called_off(self) -> None:
        waiting = self._signal(-15, "Le salarié quitte l'entreprise.", cancelled=True)
        with self.on(-14, 15):
            deciding_modifications.accept(
                actor=self.acting(self.second), number=self.number, modification_id=waiting.pk
            )

    def _signal(self, days: int, reason: str, **changes: Any) -> Modification:
        """What the employer says has changed, two days after he knew."""
        wanted = Wanted(known_typed=format_date(self.today + timedelta(days=days - 2)), reason=reason, **changes)
        with self.on(days, 9):
            modifying.prepare(actor=self.employer, number=self.number, wanted=wanted)
            return modifying.propose(actor=self.employer, number=self.number)
