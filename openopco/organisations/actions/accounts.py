"""A payee's bank account: proposed with its RIB, confirmed or refused by somebody else, ended. The payee is always told, at
the address known before."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from openopco import opco
from openopco.base.actions import action
from openopco.documents.actions import accept_upload
from openopco.documents.inspect import ExaminedFile
from openopco.documents.models import Document
from openopco.documents.queries import usable
from openopco.journal.actions import record
from openopco.kernel.banking import bank_of, bic_of, mask_iban, parse_iban
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line, clean_text, refuse_too_long
from openopco.mail import queue_mail
from openopco.opco import parameters
from openopco.organisations.accounts import beside, may_propose, of, put_number
from openopco.organisations.enums import AccountState, Ground
from openopco.organisations.errors import AccountDecided, InvalidFields, ProofNeeded, UnknownAccount, WordsNeeded
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.rights import Actor, Permission, Subject, require


@dataclass(frozen=True, slots=True)
class Act:
    """What makes the OPCO pay somebody else in the payee's place: a factor, a creditor who seizes, a liquidator."""

    ground: Ground
    since: date
    until: date | None = None


OWNER_KIND, PROOF_ZONE = "bank_account", "rib"
LONGEST_HOLDER, LONGEST_WORDS, LEAST_WORDS = 70, 500, 10


@action
def propose_account(
    *,
    actor: Actor,
    payee: Provider | Establishment,
    iban: str,
    holder: str,
    proof: ExaminedFile | None,
    act: Act | None = None,
) -> BankAccount:
    """Proposes where a payee is to be paid from now on; one that waited already is withdrawn, the one in use stays until
    this one is confirmed. By an administrator of the establishment, or an accountant, who alone records an `act`. `proof`:
    the RIB, or the act, examined outside the transaction. Raises Forbidden, InvalidFields, ProofNeeded, RefusedFile."""
    if actor.user_id is None or not may_propose(actor, payee):
        raise Forbidden
    if act is not None:
        require(actor, Permission.BANK_ACCOUNT_CONFIRM)
    number, name = _read(iban, holder)
    if proof is None:
        raise ProofNeeded
    payee = _lock(payee)
    account = BankAccount(
        ground=act.ground if act else Ground.OWN,
        since=act.since if act else None,
        until=act.until if act else None,
        holder=name,
        masked=mask_iban(number),
        bic=bic_of(number),
        bank=bank_of(number)[:120],
        proposed_by_id=actor.user_id,
        proposed_at=timezone.now(),
        **of(payee),
    )
    put_number(account, number)
    _refuse_known(account)
    for waiting in beside(account).select_for_update().filter(state=AccountState.PROPOSED):
        _end(waiting, actor, "withdrawn")
    account.save(force_insert=True)
    account.proof = _kept(actor, account, proof)
    account.save(update_fields=["proof"])
    _tell(account, "proposed", actor)
    _write(account, "proposed", _PROPOSED)
    return account


@action
def confirm_account(*, actor: Actor, account_id: int, words: str) -> BankAccount:
    """A second person, an accountant, says how he checked it (calling the payee at a number known before, say). The account
    in use until now ends; the new one serves after some days (`bank_account_delay_days`). Raises Forbidden, AccountDecided,
    ProofNeeded, WordsNeeded, UnknownAccount."""
    account = _locked(account_id)
    require(actor, Permission.BANK_ACCOUNT_CONFIRM, Subject(typed_by=account.proposed_by_id))
    _require_waiting(account)
    if account.proof is None or not usable([account.proof]):
        raise ProofNeeded("Le RIB n'a pas pu être lu : demandez-en un autre avant de vérifier ce compte.")
    told = _said(words)
    for former in beside(account).select_for_update().filter(state=AccountState.CONFIRMED):
        _end(former, actor, "replaced")
    today = paris_today(timezone.now())
    account.usable_on = today + timedelta(days=parameters.value("bank_account_delay_days", today))
    _decide(account, AccountState.CONFIRMED, actor, told)
    _write(account, "confirmed", _CONFIRMED)
    return account


@action
def refuse_account(*, actor: Actor, account_id: int, words: str) -> BankAccount:
    """A second person, an accountant, refuses it and says why. The one in use stays. Raises Forbidden, AccountDecided,
    WordsNeeded, UnknownAccount."""
    account = _locked(account_id)
    require(actor, Permission.BANK_ACCOUNT_CONFIRM, Subject(typed_by=account.proposed_by_id))
    _require_waiting(account)
    _decide(account, AccountState.REFUSED, actor, _said(words))
    _write(account, "refused", _REFUSED)
    return account


@action
def end_account(*, actor: Actor, account_id: int) -> BankAccount:
    """An account that serves no more, or one that waits, withdrawn: by an accountant or by an administrator of the
    establishment; an act, by an accountant alone. Nothing is paid to it any more. Raises Forbidden, AccountDecided,
    UnknownAccount."""
    account = _locked(account_id)
    if not may_propose(actor, account.payee):
        raise Forbidden
    if account.ground != Ground.OWN:
        require(actor, Permission.BANK_ACCOUNT_CONFIRM)
    if account.state not in {AccountState.PROPOSED, AccountState.CONFIRMED}:
        raise AccountDecided
    _end(account, actor, "ended")
    _write(account, "ended", _ENDED)
    return account


# --- what they share -------------------------------------------------------------------------------------------------


def _read(iban: str, holder: str) -> tuple[str, str]:
    wrong: dict[str, str] = {}
    number = ""
    try:
        number = parse_iban(iban)
    except InvalidValue as error:
        wrong["iban"] = error.message
    name = clean_line(holder)
    if not any(letter.isalpha() for letter in name):
        wrong["holder"] = "Indiquez le titulaire du compte, comme sur le RIB."
    elif len(name) > LONGEST_HOLDER:
        wrong["holder"] = f"Ce nom est trop long : {LONGEST_HOLDER} caractères au plus."
    if wrong:
        raise InvalidFields(wrong)
    return number, refuse_nir(name)


def _refuse_known(account: BankAccount) -> None:
    """The same number, holder and act as the one in use."""
    for current in beside(account).filter(state=AccountState.CONFIRMED, blind=account.blind):
        if (current.holder, current.ground, current.since) == (account.holder, account.ground, account.since):
            raise InvalidFields({"iban": "C'est le compte que nous utilisons déjà."})


def _said(words: str) -> str:
    told = refuse_too_long(refuse_nir(clean_text(words)), LONGEST_WORDS)
    if len(told) < LEAST_WORDS:
        raise WordsNeeded
    return told


def _lock(payee: Provider | Establishment) -> Provider | Establishment:
    """Its row is what makes two people who propose at once come one after the other."""
    return type(payee).objects.select_for_update().get(pk=payee.pk)


def _locked(account_id: int) -> BankAccount:
    """The payee first, then the account: the one order of locks. Raises UnknownAccount."""
    seen = BankAccount.objects.select_related("provider", "establishment").filter(pk=account_id).first()
    if seen is None:
        raise UnknownAccount
    _lock(seen.payee)
    return BankAccount.objects.select_for_update().get(pk=account_id)


def _require_waiting(account: BankAccount) -> None:
    if account.state != AccountState.PROPOSED:
        raise AccountDecided


def _kept(actor: Actor, account: BankAccount, proof: ExaminedFile) -> Document:
    return accept_upload(actor=actor, owner_kind=OWNER_KIND, owner_id=account.pk, zone=PROOF_ZONE, upload=proof)


def _decide(account: BankAccount, state: AccountState, actor: Actor, words: str) -> None:
    account.state, account.decided_by_id, account.decided_at = state, actor.user_id, timezone.now()
    account.words = words
    account.save()
    _tell(account, state.value, actor)


def _end(account: BankAccount, actor: Actor, event: str) -> None:
    account.state, account.ended_at = AccountState.ENDED, timezone.now()
    account.save(update_fields=["state", "ended_at"])
    _tell(account, event, actor)


def _tell(account: BankAccount, event: str, actor: Actor) -> None:
    """Journalled, without a digit of the number; who acts for the payee is told from there."""
    payload: dict[str, Any] = {"establishment": account.establishment_id, "provider": account.provider_id}
    record(
        subject_kind="bank_account",
        subject_id=account.pk,
        event=f"bank_account.{event}",
        actor=actor,
        payload=payload,
    )


_PROPOSED = (
    "Nouveau compte bancaire proposé : {name}",
    "Le compte {masked} a été proposé pour payer {name}. Il ne servira qu'une fois vérifié par l'OPCO.",
)
_CONFIRMED = (
    "Compte bancaire changé : {name}",
    "Le compte {masked} est vérifié : les virements à {name} y seront faits à partir du {day}.",
)
_REFUSED = (
    "Compte bancaire non accepté : {name}",
    "Le compte {masked}, proposé pour {name}, n'est pas accepté. Le motif est dans le portail.",
)
_ENDED = (
    "Compte bancaire qui ne sert plus : {name}",
    "Le compte {masked} ne sert plus : aucun virement à {name} n'y sera fait.",
)


def _write(account: BankAccount, event: str, words: tuple[str, str]) -> None:
    """To the payee's address as it was known before, which whoever steals an account doesn't read."""
    payee, identity = account.payee, opco.identity()
    if not payee.email:
        return
    day = format_date(account.usable_on) if account.usable_on else ""
    subject, sentence = (each.format(name=payee.name, masked=account.masked, day=day) for each in words)
    contact = identity.email or identity.phone
    queue_mail(
        to=payee.email,
        subject=subject,
        text=(
            f"Bonjour,\n\n{sentence}\n\nSi vous n'êtes pas à l'origine de ce changement, prévenez-nous tout de suite"
            f"{f' : {contact}' if contact else ''}.\n\n{identity.name}\n"
        ),
        unique_key=f"bank_account:{account.pk}:{event}",
    )
