"""A bank with accounts of its own, in integer cents: what reached it, what it did, and what it tells of that, at its hour. It
knows nothing of the tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from openopco.kernel.money import from_cents
from tests.payments.builders import entry, notice, report, status

PENDING, ACCEPTED, REJECTED, BOOKED, RETURNED = "pending", "accepted", "rejected", "booked", "returned"
MOVES = frozenset({BOOKED, RETURNED})
GROUPS = {PENDING: "RCVD", ACCEPTED: "ACCP", REJECTED: "RJCT"}


@dataclass(frozen=True, slots=True)
class Fact:
    """Of one transfer; or, without `reference`, of a whole file. `cents` is 0 where the bank doesn't repeat the amount."""

    kind: str
    file: str
    reference: str = ""
    cents: int = 0

    @property
    def in_a_notice(self) -> str:
        amount = from_cents(self.cents)
        back = "AC04" if self.kind == RETURNED else ""
        return entry(self.reference, amount, back=back, batch="" if self.reference else self.file)

    @property
    def in_a_report(self) -> str:
        code, reason = ("RJCT", "AC04") if self.kind == REJECTED else ("ACSP", "")
        return status(self.reference, from_cents(self.cents), code, reason)


@dataclass(slots=True)
class Bank:
    """`files`: what each asked, by reference. `facts`: all that it may tell, once or ten times, in any order."""

    files: dict[str, dict[str, int]] = field(default_factory=dict)
    debited: dict[str, int] = field(default_factory=dict)
    returned: dict[str, int] = field(default_factory=dict)
    rejected: set[str] = field(default_factory=set)
    facts: list[Fact] = field(default_factory=list)
    # Refunds that payees sent to the OPCO, less those that it sent back.
    refunds: int = 0

    @property
    def balance(self) -> int:
        """Of the OPCO's account, that began at nothing."""
        return sum(self.returned.values()) - sum(self.debited.values()) + self.refunds

    def waiting(self, file: str) -> dict[str, int]:
        """What it has neither made nor refused."""
        return {
            reference: cents
            for reference, cents in self.files[file].items()
            if reference not in self.debited and reference not in self.rejected
        }

    def receive(self, file: str, transfers: dict[str, int]) -> None:
        """The same file again is no other."""
        if file not in self.files:
            self.files[file] = dict(transfers)
            self._know(Fact(PENDING, file), Fact(ACCEPTED, file))
            self._know(*(Fact(ACCEPTED, file, reference, cents) for reference, cents in transfers.items()))

    def debit(self, file: str, reference: str) -> None:
        cents = self.waiting(file)[reference]
        self.debited[reference] = cents
        self._know(Fact(BOOKED, file, reference, cents))

    def debit_whole(self, file: str) -> None:
        """In one sum, all that it did not reject; it may tell the details as well."""
        waiting = self.waiting(file)
        for reference in waiting:
            self.debit(file, reference)
        self._know(Fact(BOOKED, file, cents=sum(waiting.values())))

    def reject(self, file: str, reference: str) -> None:
        self.rejected.add(reference)
        self._know(Fact(REJECTED, file, reference, self.files[file][reference]))

    def reject_whole(self, file: str) -> None:
        for reference in self.waiting(file):
            self.reject(file, reference)
        self._know(Fact(REJECTED, file))

    def give_back(self, file: str, reference: str) -> None:
        self.returned[reference] = self.debited[reference]
        self._know(Fact(RETURNED, file, reference, self.debited[reference]))

    def has_debited(self, file: str) -> bool:
        return any(reference in self.debited for reference in self.files[file])

    def _know(self, *facts: Fact) -> None:
        self.facts.extend(each for each in facts if each not in self.facts)


def in_files(facts: Sequence[Fact]) -> list[tuple[str, list[Fact]]]:
    """Files that tell those facts in that order, each with what it tells: notices for money that moved, reports for words."""
    made, rest = list[tuple[str, list[Fact]]](), list(facts)
    while rest:
        several = [rest.pop(0)]
        while rest and _goes_with(several[0], rest[0]):
            several.append(rest.pop(0))
        made.append((_written(several), several))
    return made


def _goes_with(first: Fact, other: Fact) -> bool:
    """A notice tells of several files of ours; a report of one, in words for each of its transfers or for the whole."""
    if first.kind in MOVES or other.kind in MOVES:
        return first.kind in MOVES and other.kind in MOVES
    return bool(first.reference and other.reference and first.file == other.file)


def _written(facts: Sequence[Fact]) -> str:
    first = facts[0]
    if first.kind in MOVES:
        return notice(*(each.in_a_notice for each in facts))
    if not first.reference:
        return report(first.file, group=GROUPS[first.kind])
    return report(first.file, *(each.in_a_report for each in facts))
