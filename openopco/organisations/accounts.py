"""The bank accounts of payees: the only reader of their sealed numbers, and whether a payee can be paid on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from openopco.base.actions import action
from openopco.base.crypto import blind_index, key_id_of, seal, unseal
from openopco.base.keyset import Page, paginate
from openopco.kernel.calendar import format_date
from openopco.organisations.enums import AccountState, Ground, ProviderStatus
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.rights import Actor, Permission, Subject, may, require

PURPOSE = "organisations.iban"
MOST_SHOWN = 20
LIVE = (AccountState.PROPOSED, AccountState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Payable:
    """The account where a payee is paid; or, where it can't be, `reason`: a French sentence for an accountant."""

    account: BankAccount | None
    reason: str = ""


def payable(payee: Provider | Establishment, on: date) -> Payable:
    """Whether, and where, a payee can be paid on a day: by an act in force, to its holder; else to the payee's own account.
    An act that waits to be checked holds payments: who pays the wrong one pays twice. One query."""
    return _judged(payee, list(BankAccount.objects.filter(**of(payee), state__in=LIVE)), on)


def payable_of_many(payees: Sequence[Provider | Establishment], on: date) -> dict[int, Payable]:
    """The same of many payees of one kind, by their ids. One query."""
    if not payees:
        return {}
    column = "provider_id" if isinstance(payees[0], Provider) else "establishment_id"
    live: dict[int, list[BankAccount]] = {payee.pk: [] for payee in payees}
    for account in BankAccount.objects.filter(**{f"{column}__in": list(live)}, state__in=LIVE):
        live[getattr(account, column)].append(account)
    return {payee.pk: _judged(payee, live[payee.pk], on) for payee in payees}


def _judged(payee: Provider | Establishment, live: list[BankAccount], on: date) -> Payable:
    if reason := _barred(payee):
        return Payable(None, reason)
    acts = [each for each in live if is_in_force(each, on)]
    if any(each.state == AccountState.PROPOSED for each in acts):
        return Payable(None, "Un acte qui change son bénéficiaire attend d'être vérifié.")
    own = [each for each in live if each.ground == Ground.OWN]
    account = next((each for each in [*acts, *own] if each.state == AccountState.CONFIRMED), None)
    if account is None:
        return Payable(None, "Son IBAN attend d'être vérifié." if own else "Aucun IBAN n'est connu.")
    if account.usable_on is None or account.usable_on > on:
        day = format_date(account.usable_on) if account.usable_on else ""
        return Payable(None, f"Son IBAN est nouveau : aucun virement avant le {day}.")
    return Payable(account)


def is_in_force(account: BankAccount, on: date) -> bool:
    """Whether it is an act that binds the OPCO on that day."""
    return account.since is not None and account.since <= on and (account.until is None or account.until >= on)


def _barred(payee: Provider | Establishment) -> str:
    if isinstance(payee, Provider) and payee.status == ProviderStatus.SUSPENDU:
        return "La déclaration d'activité de l'organisme est suspendue."
    if isinstance(payee, Provider) and payee.status == ProviderStatus.FERME:
        return "L'organisme est fermé."
    if isinstance(payee, Establishment) and not payee.is_active:
        return "L'établissement est fermé."
    return ""


def accounts_of(payee: Provider | Establishment, *, most: int = MOST_SHOWN) -> list[BankAccount]:
    """The latest first. The caller has checked the right to read them."""
    found = BankAccount.objects.filter(**of(payee)).select_related("proposed_by", "decided_by", "proof")
    return list(found.order_by("-proposed_at", "-id")[:most])


def accounts_to_check(actor: Actor, after: str | None = None) -> Page[BankAccount]:
    """For accountants: those that wait, oldest first. Raises Forbidden."""
    require(actor, Permission.BANK_ACCOUNT_CONFIRM)
    found = BankAccount.objects.filter(state=AccountState.PROPOSED)
    return paginate(found.select_related("provider", "establishment", "proposed_by"), keys=("id",), after=after)


def account_to_check(actor: Actor, account_id: int) -> BankAccount | None:
    """One account, in any state, for accountants. Raises Forbidden."""
    require(actor, Permission.BANK_ACCOUNT_CONFIRM)
    people = ("provider", "establishment", "proposed_by", "decided_by", "proof")
    return BankAccount.objects.select_related(*people).filter(pk=account_id).first()


def elsewhere(account: BankAccount, *, most: int = 10) -> list[BankAccount]:
    """The same number at other payees: one family of shops, or a fraud. For accountants."""
    found = BankAccount.objects.filter(blind=account.blind).exclude(**of(account.payee))
    return list(found.select_related("provider", "establishment").order_by("-proposed_at", "-id")[:most])


def may_propose(actor: Actor, payee: Provider | Establishment) -> bool:
    """An accountant for anybody; an administrator of the establishment, or of the provider, for his own."""
    own = Subject(provider_id=payee.pk) if isinstance(payee, Provider) else Subject(payee.pk)
    return may(actor, Permission.BANK_ACCOUNT_PROPOSE, own)


def beside(account: BankAccount) -> QuerySet[BankAccount]:
    """The payee's accounts of the same standing: its own, or those of acts."""
    same = BankAccount.objects.filter(**of(account.payee))
    return same.filter(ground=Ground.OWN) if account.ground == Ground.OWN else same.exclude(ground=Ground.OWN)


def of(payee: Provider | Establishment) -> dict[str, Provider | Establishment]:
    """The column of a payee."""
    return {"provider" if isinstance(payee, Provider) else "establishment": payee}


def number_of(account: BankAccount) -> str:
    """The whole IBAN, for the file of transfers and for whoever checks it. The caller has checked the right."""
    return unseal(bytes(account.sealed), _context(account))


def put_number(account: BankAccount, iban: str) -> None:
    """Seals a parsed IBAN in a row that is not saved yet."""
    account.sealed, account.blind = seal(iban, _context(account)), blind_index(iban, PURPOSE)


@action
def reseal(*, account_id: int, key_id: str) -> bool:
    """Seals one number again under the first key of the keyring; False when it was so already. For the rotation."""
    account = BankAccount.objects.select_for_update().get(pk=account_id)
    if key_id_of(bytes(account.sealed)) == key_id:
        return False
    account.sealed = seal(number_of(account), _context(account))
    account.save(update_fields=["sealed"])
    return True


def _context(account: BankAccount) -> str:
    return f"organisations_bankaccount.sealed:{account.key}"
