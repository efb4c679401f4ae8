"""The OPCO's own accounts: typed by an accountant, in force once another has checked them."""

from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.funding.enums import Fund
from openopco.kernel.banking import bic_of, mask_iban, parse_bic, parse_iban
from openopco.kernel.errors import Conflict, InvalidValue
from openopco.kernel.nir import NirInText, find_nir
from openopco.kernel.text import clean_line
from openopco.payments.errors import InvalidFields, UnknownReference
from openopco.payments.models import DebtorAccount
from openopco.payments.sepa.characters import MOST_NAME, to_sepa
from openopco.rights import Actor, Permission, Subject, require

SUBJECT = "debtor_account"


@action
def set_debtor(*, actor: Actor, fund: str, holder: str, iban: str, bic: str = "") -> DebtorAccount:
    """Proposes the account that a fund is paid from; one that waited is replaced, the one in force stays until this one is
    confirmed. Accountants. Raises InvalidFields."""
    require(actor, Permission.PAYMENT_PREPARE)
    name, number, code = _read(fund, holder, iban, bic)
    for waiting in DebtorAccount.objects.select_for_update().filter(fund=fund, confirmed_at=None, ended_at=None):
        _end(waiting, actor)
    account = DebtorAccount.objects.create(
        fund=fund,
        holder=name,
        iban=number,
        bic=code,
        set_by_id=actor.person_id,
        set_by_label=actor.label[:200],
        set_at=timezone.now(),
    )
    _tell(account, "set", actor)
    return account


@action
def confirm_debtor(*, actor: Actor, account_id: int) -> DebtorAccount:
    """A second accountant: the fund is paid from it from now on, and no more from the one before. Raises Conflict."""
    account = _locked(account_id)
    require(actor, Permission.PAYMENT_RELEASE, Subject(typed_by=account.set_by_id))
    if not account.is_waiting:
        raise Conflict
    for former in DebtorAccount.objects.select_for_update().filter(
        fund=account.fund, confirmed_at__isnull=False, ended_at=None
    ):
        _end(former, actor)
    account.confirmed_by_id, account.confirmed_by_label = actor.person_id, actor.label[:200]
    account.confirmed_at = timezone.now()
    account.save()
    _tell(account, "confirmed", actor)
    return account


@action
def end_debtor(*, actor: Actor, account_id: int) -> DebtorAccount:
    """Nothing is paid from it any more; one that waits is withdrawn. Accountants. Raises Conflict."""
    account = _locked(account_id)
    require(actor, Permission.PAYMENT_PREPARE)
    if account.ended_at is not None:
        raise Conflict
    _end(account, actor)
    return account


def _locked(account_id: int) -> DebtorAccount:
    found = DebtorAccount.objects.select_for_update().filter(pk=account_id).first()
    if found is None:
        raise UnknownReference
    return found


def _end(account: DebtorAccount, actor: Actor) -> None:
    account.ended_at = timezone.now()
    account.save(update_fields=["ended_at"])
    _tell(account, "ended", actor)


def _tell(account: DebtorAccount, what: str, actor: Actor) -> None:
    journal.record(
        subject_kind=SUBJECT,
        subject_id=account.pk,
        event=f"debtor_account.{what}",
        actor=actor,
        payload={"fonds": account.fund, "compte": mask_iban(account.iban)},
    )


def _read(fund: str, holder: str, iban: str, bic: str) -> tuple[str, str, str]:
    wrong: dict[str, str] = {}
    name, number, code = clean_line(holder), "", ""
    if fund not in Fund.values:
        wrong["fund"] = "Choisissez un fonds."
    if not any(letter.isalpha() for letter in to_sepa(name)) or len(name) > MOST_NAME:
        wrong["holder"] = f"Indiquez le titulaire du compte, en {MOST_NAME} caractères au plus."
    elif find_nir(name):
        wrong["holder"] = NirInText.message
    try:
        number = parse_iban(iban)
    except InvalidValue as error:
        wrong["iban"] = error.message
    try:
        code = parse_bic(bic) if bic.strip() else ""
    except InvalidValue as error:
        wrong["bic"] = error.message
    if wrong:
        raise InvalidFields(wrong)
    return name, number, code or bic_of(number)
