"""What the bank's words are worth, reckoned in integer cents without the tables: where each transfer is, what payees owe and have
refunded, what is left for a person to see."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from openopco.payments.enums import OrderState
from tests.payments.bank import ACCEPTED, BOOKED, PENDING, REJECTED, RETURNED, Fact

LIVE = frozenset({OrderState.PREPARE, OrderState.EMIS, OrderState.REGLE})
LEFT = frozenset({OrderState.REGLE, OrderState.RENDU})


@dataclass(slots=True)
class Heard:
    """A transfer: what it pays of each due."""

    file: str
    cents: int
    lines: dict[int, int]
    state: OrderState = OrderState.PREPARE

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def left(self) -> int:
        """What left the account, by what was told; some of it may be back."""
        return self.cents if self.state in LEFT else 0

    @property
    def back(self) -> int:
        return self.cents if self.state == OrderState.RENDU else 0


@dataclass(slots=True)
class Owed:
    """What a payee has to give back of a transfer, and has refunded."""

    reference: str
    due: int
    cents: int
    refunded: int = 0


@dataclass(slots=True)
class Hearing:
    """`credits`: what credit notes took back of each due. `to_see`: facts that were told and changed nothing. `spoken`: files that
    the bank has spoken of."""

    transfers: dict[str, Heard] = field(default_factory=dict)
    credits: dict[int, int] = field(default_factory=dict)
    owed: dict[int, Owed] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    spoken: set[str] = field(default_factory=set)
    told: set[Fact] = field(default_factory=set)
    to_see: set[Fact] = field(default_factory=set)

    def of(self, file: str, *states: OrderState) -> dict[str, Heard]:
        return {
            key: each
            for key, each in self.transfers.items()
            if each.file == file and (not states or each.state in states)
        }

    def paying(self, due: int) -> list[tuple[str, Heard]]:
        """The live transfers of a due: one at most."""
        return [(key, each) for key, each in self.transfers.items() if due in each.lines and each.is_live]

    def lose(self, file: str) -> None:
        self.lost.add(file)
        become(self.of(file).values(), OrderState.ANNULE)

    def left_to_refund(self, overpayment: int) -> int:
        """Nothing once the bank gave the transfer itself back."""
        found = self.owed[overpayment]
        given_back = self.transfers[found.reference].state == OrderState.RENDU
        return 0 if given_back else found.cents - found.refunded

    def note_owed(self, overpayment: int, reference: str, due: int, cents: int) -> None:
        self.owed[overpayment] = Owed(reference, due, cents)

    def refunds_of(self, reference: str) -> list[Owed]:
        return [each for each in self.owed.values() if each.reference == reference and each.refunded]

    def credited(self, reference: str, due: int) -> int:
        """What credit notes took back of a due once that transfer had paid it."""
        return sum(each.cents for each in self.owed.values() if (each.reference, each.due) == (reference, due))

    def held(self) -> list[Fact]:
        """Returns of transfers that payees had refunded some of."""
        return [each for each in self.to_see if each.kind == RETURNED and each.file not in self.lost]

    def hear(self, fact: Fact) -> bool:
        """Whether it was heard before, and nothing was left to see of it."""
        is_known = fact in self.told and fact not in self.to_see
        self.told.add(fact)
        self.to_see.discard(fact)
        if fact.file in self.lost:
            self.to_see.add(fact)
            return is_known
        self.spoken.add(fact.file)
        if fact.kind not in (PENDING, ACCEPTED) and not self._is_worth(fact):
            self.to_see.add(fact)
        return is_known

    def _is_worth(self, fact: Fact) -> bool:
        """Moves what it tells of; False where a person has to see."""
        waiting = self.of(fact.file, OrderState.EMIS)
        if fact.reference:
            waiting = {key: each for key, each in waiting.items() if key == fact.reference}
        if fact.kind == REJECTED:
            become(waiting.values(), OrderState.REJETE)
            return True
        if fact.kind == BOOKED:
            if not fact.reference and fact.cents != self._not_rejected(fact.file):
                return False
            become(waiting.values(), OrderState.REGLE)
            return True
        one = self.transfers[fact.reference]
        if one.state != OrderState.RENDU and self.refunds_of(fact.reference):
            return False
        one.state = OrderState.RENDU
        return True

    def _not_rejected(self, file: str) -> int:
        return sum(each.cents for each in self.of(file, OrderState.EMIS, *LEFT).values())


def become(transfers: Iterable[Heard], state: OrderState) -> None:
    for each in list(transfers):
        each.state = state
