"""The money of one commitment line, in integer cents, as a pure account: what is engaged, invoiced, ordered, paid, returned.

Engaged ≥ invoiced ≥ ordered ≥ paid − returned ≥ 0 after every step. Each function gives a new account, or refuses: an account
that breaks the rule can't be made. A credit note on what was paid already moves the excess out of the line, to `owed`: what
the payee has to give back."""

from dataclasses import dataclass, field, replace
from types import MappingProxyType

from openopco.kernel.errors import OpenOpcoError


class Refused(OpenOpcoError):
    """A step that the account can't take. The message says why, to an accountant."""


@dataclass(frozen=True, slots=True)
class Order:
    """One transfer of this line. `settled`: the bank has debited it; until then it may be cancelled, while not `sent`."""

    amount: int
    sent: bool = False
    settled: bool = False


def _no_orders() -> MappingProxyType[str, Order]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Account:
    """Cents. `ordered` counts orders that wait, are at the bank or are settled; `paid` and `returned` only grow, but for what
    a credit note moves to `owed`. `recovered` of `owed` has come back."""

    engaged: int = 0
    invoiced: int = 0
    ordered: int = 0
    paid: int = 0
    returned: int = 0
    owed: int = 0
    recovered: int = 0
    orders: MappingProxyType[str, Order] = field(default_factory=_no_orders)
    # The references that ever served: none serves twice, whatever became of its transfer.
    used: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if faults := broken(self):
            raise ValueError(", ".join(faults))

    @property
    def to_order(self) -> int:
        """Invoiced, and not ordered yet."""
        return self.invoiced - self.ordered

    @property
    def left(self) -> int:
        """Engaged, and not invoiced yet: what a release gives back to the envelope."""
        return self.engaged - self.invoiced


def broken(account: Account) -> list[str]:
    """The rules that the figures break, each in a few words; none for an account of ours. For `reconcile` as well, on the
    figures that tables give."""
    at_the_bank = account.paid - account.returned
    pending = sum(order.amount for order in account.orders.values() if not order.settled)
    settled = sum(order.amount for order in account.orders.values() if order.settled)
    rules = {
        "invoiced over engaged": account.engaged < account.invoiced,
        "ordered over invoiced": account.invoiced < account.ordered,
        "paid over ordered": account.ordered < at_the_bank,
        "returned over paid": at_the_bank < 0,
        "recovered over owed": not 0 <= account.recovered <= account.owed,
        "ordered is not its orders": account.ordered != pending + at_the_bank,
        "paid is not its orders": settled < at_the_bank,
    }
    return [words for words, is_broken in rules.items() if is_broken]


def engage(account: Account, amount: int) -> Account:
    """An agreement, or one that gives more. Raises Refused."""
    return replace(account, engaged=account.engaged + _positive(amount))


def modify(account: Account, engaged: int) -> Account:
    """The agreement issued again, for another amount: not under what was invoiced. Raises Refused."""
    if engaged < account.invoiced:
        raise Refused(
            "L'engagement ne peut pas descendre sous ce qui est déjà facturé : faites d'abord établir un avoir."
        )
    return replace(account, engaged=engaged)


def release(account: Account) -> Account:
    """What was never invoiced goes back to the envelope: cancelled, lapsed, or finished for less."""
    return replace(account, engaged=account.invoiced)


def invoice(account: Account, amount: int) -> Account:
    """An invoice or a claim, once the service was found done. Raises Refused."""
    if _positive(amount) > account.left:
        raise Refused("Ce montant dépasse ce qui reste engagé.")
    return replace(account, invoiced=account.invoiced + amount)


def credit(account: Account, amount: int) -> Account:
    """A credit note. First on what was not ordered; on what was paid, the excess becomes owed by the payee. Raises Refused
    where a transfer still waits for an answer."""
    if _positive(amount) > account.invoiced:
        raise Refused("Un avoir ne peut pas dépasser ce qui est facturé.")
    excess = amount - account.to_order
    if excess <= 0:
        return replace(account, invoiced=account.invoiced - amount)
    if excess > account.paid - account.returned:
        raise Refused(
            "Un virement est en cours : annulez-le, ou attendez la réponse de la banque, avant d'enregistrer l'avoir."
        )
    return replace(
        account,
        invoiced=account.invoiced - amount,
        ordered=account.ordered - excess,
        paid=account.paid - excess,
        owed=account.owed + excess,
    )


def order(account: Account, reference: str, amount: int) -> Account:
    """A transfer asked for, under a reference that never served. Raises Refused."""
    if reference in account.used:
        raise Refused("Cette référence de virement a déjà servi.")
    if _positive(amount) > account.to_order:
        raise Refused("Ce virement dépasse ce qui est dû.")
    return replace(
        account,
        ordered=account.ordered + amount,
        used=account.used | {reference},
        orders=_with(account, reference, Order(amount)),
    )


def cancel(account: Account, reference: str) -> Account:
    """An order that has not left yet. Raises Refused."""
    found = _order(account, reference)
    if found.sent:
        raise Refused("Ce virement est déjà parti à la banque : il ne s'annule plus ici.")
    return replace(account, ordered=account.ordered - found.amount, orders=_without(account, reference))


def send(account: Account, reference: str) -> Account:
    """Its batch was released. Sent already, nothing changes. Raises Refused."""
    found = _order(account, reference)
    return replace(account, orders=_with(account, reference, replace(found, sent=True)))


def settle(account: Account, reference: str) -> Account:
    """The bank debited it. Told twice, nothing changes. Raises Refused."""
    found = _sent(account, reference)
    if found.settled:
        return account
    orders = _with(account, reference, replace(found, settled=True))
    return replace(account, paid=account.paid + found.amount, orders=orders)


def reject(account: Account, reference: str) -> Account:
    """The bank didn't make it: due again. Told twice, nothing changes. Raises Refused."""
    if reference in account.used and reference not in account.orders:
        return account
    found = _sent(account, reference)
    if found.settled:
        raise Refused("Ce virement a été débité : la banque ne peut que le rendre.")
    return replace(account, ordered=account.ordered - found.amount, orders=_without(account, reference))


def give_back(account: Account, reference: str) -> Account:
    """The bank gave back a transfer that it had debited. What its payee had to give back is so recovered; the rest is due
    again. Told twice, nothing changes. Raises Refused."""
    if reference in account.used and reference not in account.orders:
        return account
    found = _sent(account, reference)
    if not found.settled:
        raise Refused("Ce virement n'a pas été débité : il ne peut pas être rendu.")
    recovered = min(found.amount, account.owed - account.recovered)
    due = found.amount - recovered
    if due > account.paid - account.returned:
        raise Refused("La banque rend ce que le bénéficiaire a déjà remboursé : c'est l'OPCO qui lui doit cette somme.")
    return replace(
        account,
        returned=account.returned + due,
        ordered=account.ordered - due,
        recovered=account.recovered + recovered,
        orders=_without(account, reference),
    )


def recover(account: Account, amount: int) -> Account:
    """The payee gave back what he owed. Raises Refused."""
    if _positive(amount) > account.owed - account.recovered:
        raise Refused("Ce montant dépasse le trop-perçu à rembourser.")
    return replace(account, recovered=account.recovered + amount)


def refund(account: Account, amount: int) -> Account:
    """The OPCO gave back to the payee what he had given back: owed again. Raises Refused."""
    if _positive(amount) > account.recovered:
        raise Refused("Ce montant dépasse ce que le bénéficiaire a remboursé.")
    return replace(account, recovered=account.recovered - amount)


def _positive(amount: int) -> int:
    if amount <= 0:
        raise Refused("Un montant doit être supérieur à zéro.")
    return amount


def _order(account: Account, reference: str) -> Order:
    if reference not in account.orders:
        raise Refused("Cette référence de virement est inconnue.")
    return account.orders[reference]


def _sent(account: Account, reference: str) -> Order:
    found = _order(account, reference)
    if not found.sent:
        raise Refused("Ce virement n'est pas encore parti à la banque.")
    return found


def _with(account: Account, reference: str, order: Order) -> MappingProxyType[str, Order]:
    return MappingProxyType({**account.orders, reference: order})


def _without(account: Account, reference: str) -> MappingProxyType[str, Order]:
    return MappingProxyType({key: each for key, each in account.orders.items() if key != reference})
