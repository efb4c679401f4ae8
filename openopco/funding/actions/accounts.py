"""Companies' voluntary payments: the agreement opened, the money received. Accountants."""

from datetime import date
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.base.fields import cents
from openopco.base.jobs import enqueue
from openopco.funding.models import VoluntaryAccount, VoluntaryPayment
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import clean_text
from openopco.organisations.models import Company
from openopco.rights import Actor, Permission, require

SUBJECT = "voluntary_account"
LONGEST = 60


@action
def open_account(
    *,
    actor: Actor,
    company_id: int,
    agreement: str,
    signed_on: date,
    pays_ancillary: bool = False,
    pays_wages: bool = False,
) -> VoluntaryAccount:
    """Opens a company's account under its agreement; one for each company. Accountants. Raises `InvalidValue`."""
    require(actor, Permission.ACCOUNT_MANAGE)
    company = Company.objects.select_for_update().get(pk=company_id)
    if VoluntaryAccount.objects.filter(company=company).exists():
        raise InvalidValue("Cette entreprise a déjà un compte de versements volontaires.")
    if signed_on > paris_today(timezone.now()):
        raise InvalidValue("La convention ne peut pas être signée plus tard qu'aujourd'hui.")
    account = VoluntaryAccount.objects.create(
        company=company,
        agreement=_words(agreement, "le numéro de la convention"),
        signed_on=signed_on,
        pays_ancillary=pays_ancillary,
        pays_wages=pays_wages,
        opened_by_id=actor.person_id,
        opened_at=timezone.now(),
    )
    payload = {"convention": account.agreement, "frais_annexes": pays_ancillary, "salaires": pays_wages}
    journal.record(
        subject_kind=SUBJECT, subject_id=account.pk, event="funding.ouvrir_compte", actor=actor, payload=payload
    )
    return account


@action
def record_payment(
    *, actor: Actor, account_id: int, amount: Decimal, received_on: date, reference: str
) -> VoluntaryPayment:
    """Notes money that a company paid in (euros), under the reference of the bank statement: the same one counts once.
    Accountants. Raises `InvalidValue`."""
    require(actor, Permission.ACCOUNT_MANAGE)
    account = VoluntaryAccount.objects.select_for_update().get(pk=account_id)
    told = _words(reference, "la référence du relevé de banque")
    if amount <= 0:
        raise InvalidValue("Indiquez le montant reçu.")
    if received_on > paris_today(timezone.now()):
        raise InvalidValue("Ce jour n'est pas encore venu.")
    if VoluntaryPayment.objects.filter(account=account, reference=told).exists():
        raise InvalidValue("Un versement porte déjà cette référence : il est compté.")
    payment = VoluntaryPayment.objects.create(  # type: ignore[misc]
        account=account,
        amount=amount,
        received_on=received_on,
        reference=told,
        noted_by_id=actor.person_id,
        noted_by_label=actor.label,
        noted_at=timezone.now(),
    )
    VoluntaryAccount.objects.filter(pk=account.pk).update(paid_in=F("paid_in") + cents(amount))
    enqueue("funding.follow_company", company_id=account.company_id)
    payload = {"montant": f"{amount:.2f}", "recu_le": received_on.isoformat(), "reference": told}
    journal.record(
        subject_kind=SUBJECT, subject_id=account.pk, event="funding.noter_versement", actor=actor, payload=payload
    )
    return payment


def _words(text: str, what: str) -> str:
    told = clean_text(text)
    if not told or len(told) > LONGEST:
        raise InvalidValue(f"Indiquez {what}, en {LONGEST} caractères au plus.")
    return told
