"""Reads of the room. Each asks the actor's right."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from openopco.base.fields import CentsField
from openopco.base.keyset import Page, paginate
from openopco.base.prepared import steady_cursor
from openopco.billing.drafting import Agreed, Trainee
from openopco.billing.enums import OPEN_CLAIMS, ClaimState, DueState, InvoiceKind
from openopco.billing.errors import NotClaimable, UnknownClaim
from openopco.billing.matching import Expected
from openopco.billing.models import CLAIM_DOCUMENT, BillingMandate, Claim, Due, Invoice
from openopco.documents.models import Document
from openopco.documents.queries import by_zone, usable
from openopco.dossiers.enums import State
from openopco.dossiers.models import Decision, Dossier, DraftField
from openopco.funding.enums import Base, Payee
from openopco.funding.models import Commitment
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.identifiers import siren_of
from openopco.kernel.money import parse_amount
from openopco.opco import parameters
from openopco.organisations.accounts import LIVE, number_of, of
from openopco.organisations.enums import AccountState
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.rights import Actor, Permission, Subject, may, require
from openopco.training.fields import COST
from openopco.training.models import Enrolment

ZERO = Decimal(0)
AROUND = (
    "dossier__establishment__company",
    "dossier__provider",
    "dossier__training_action",
    "provider",
    "establishment",
    "invoice__provider",
)
PAGE_SIZE, MOST_AWAITED = 25, 5


# --- who reads and who writes ----------------------------------------------------------------------------------------


def payee_subject(claim: Claim) -> Subject:
    """Whose the claim is: the side that writes it."""
    if claim.provider_id:
        return Subject(provider_id=claim.provider_id)
    return Subject(establishment_id=claim.establishment_id, typed_by=claim.opened_by_id)


def may_read(actor: Actor, claim: Claim) -> bool:
    """Its payee and the OPCO; the employer also what his provider sent for his request, once sent."""
    if may(actor, Permission.CLAIM_READ, payee_subject(claim)):
        return actor.is_opco is False or claim.state != ClaimState.BROUILLON
    concerned = Subject(establishment_id=claim.establishment_id)
    return claim.state != ClaimState.BROUILLON and may(actor, Permission.CLAIM_READ, concerned)


def find_claim(*, actor: Actor, key: str) -> Claim:
    """Raises `UnknownClaim` for one that the actor may not read."""
    found = Claim.objects.filter(key=key).select_related(*AROUND).first()
    if found is None or not may_read(actor, found):
        raise UnknownClaim
    return found


def find_to_check(*, actor: Actor, claim_id: int) -> Claim:
    """One that was sent, for the OPCO's people. Raises `UnknownClaim`, `Forbidden`."""
    require(actor, Permission.DESK_READ)
    require(actor, Permission.CLAIM_READ)
    found = Claim.objects.filter(pk=claim_id).exclude(state=ClaimState.BROUILLON)
    claim = found.select_related(*AROUND, "sent_by", "dossier__decided_by").first()
    if claim is None:
        raise UnknownClaim
    return claim


def subject_to_check(claim: Claim) -> Subject:
    """Whom the check must not fall to: who decided any version of the agreement, who sent the claim. One query."""
    deciders = Decision.objects.filter(dossier=claim.dossier_id).values_list("decided_by_id", flat=True)
    return Subject(typed_by=claim.dossier.decided_by_id, filed_by=claim.sent_by_id, hands=frozenset(deciders))


# --- lists -----------------------------------------------------------------------------------------------------------


def claims_to_check(*, actor: Actor, state: str = "", after: str | None = None) -> Page[Claim]:
    """« Service fait » of the controllers: those that wait, the most pressing first. Raises `Forbidden`."""
    require(actor, Permission.DESK_READ)
    require(actor, Permission.CLAIM_READ)
    found = Claim.objects.filter(state=state or ClaimState.DEPOSEE)
    keys = ("due_on", "id") if (state or ClaimState.DEPOSEE) in OPEN_CLAIMS else ("updated_at", "id")
    found = found.select_related("dossier", "provider", "establishment", "invoice")
    return paginate(found, keys=keys, after=after, size=PAGE_SIZE, descending=keys[0] == "updated_at")


def sent_claims(
    actor: Actor, *, establishment_id: int | None = None, provider_id: int | None = None
) -> QuerySet[Claim]:
    """« Mes factures »: what was sent for an employer's requests, by him or by his providers; or by a provider."""
    subject = Subject(establishment_id=establishment_id, provider_id=provider_id)
    require(actor, Permission.CLAIM_READ, subject)
    mine = Q(provider_id=provider_id) if provider_id else Q(establishment_id=establishment_id)
    return Claim.objects.filter(mine).exclude(state__in=[ClaimState.BROUILLON, ClaimState.RETIREE])


@dataclass(frozen=True, slots=True)
class Awaited:
    """What the employer has to do of one agreement before a day: of a claim that is begun, to be completed or refused, its key
    and its state; else, to begin, or to go on."""

    number: str
    title: str
    before: date
    key: UUID | None = None
    state: ClaimState | None = None


def awaited_of(actor: Actor, place: Establishment, today: date) -> list[Awaited]:
    """Claims to complete, to correct and to finish, and courses over of which nothing was asked, or not all: what is to be done
    first comes first; one more than a page shows where there are more. One query. Raises `Forbidden`."""
    require(actor, Permission.CLAIM_READ, Subject(establishment_id=place.pk))
    lately = timezone.now() - timedelta(days=parameters.value("claim_complete_days", on=today))
    since = connection.ops.adapt_datetimefield_value(lately)
    with steady_cursor() as cursor:
        is_left = "d.id = ANY(ARRAY({}))" if connection.vendor == "postgresql" else "d.id IN ({})"
        sql = _AWAITED.format(is_left=is_left.format(_LEFT))
        cursor.execute(sql, [place.pk, since, today, place.company_id, place.pk, today, today, MOST_AWAITED + 1])
        return [
            Awaited(number, title, _day(before), UUID(str(key)) if key else None, ClaimState(state) if state else None)
            for number, title, before, key, state in cursor.fetchall()
        ]


def _day(value: date | str) -> date:
    """SQLite's driver gives days as it keeps them."""
    return date.fromisoformat(value) if isinstance(value, str) else value


# Written by hand, for the dashboard asks it each time. Indexes hold the employer's claims that are begun, and his lines of
# which something is left; requests are read by their ids alone, to which CROSS JOIN, ARRAY, + and || lead: either database
# would rather go through every agreement of the OPCO, or of its largest employer.
_LEFT = "SELECT dossier_id FROM funding_commitment WHERE company_id = %s AND payee = 'employeur' AND amount > invoiced"
_AWAITED = """
SELECT d.number, d.title, CASE b.state WHEN 'a_completer' THEN b.due_on ELSE d.due_on END AS before, b.key, b.state
FROM billing_claim b CROSS JOIN dossiers_dossier d
WHERE b.establishment_id = %s AND b.payee = 'employeur' AND b.state IN ('a_completer', 'brouillon', 'refusee')
AND d.id = b.dossier_id AND d.state = 'accordee'
AND (b.state <> 'refusee' OR b.ended_at >= %s AND NOT EXISTS (
    SELECT 1 FROM billing_claim c
    WHERE c.dossier_id = d.id AND c.payee = 'employeur' AND c.id > b.id AND c.state <> 'retiree'
))
AND (b.state <> 'brouillon' OR d.due_on >= %s)
UNION
SELECT d.number, d.title, d.due_on, CAST(NULL AS uuid), CAST(NULL AS varchar)
FROM dossiers_dossier d
WHERE {is_left} AND +d.establishment_id = %s AND d.state || '' = 'accordee' AND d.due_on >= %s AND d.ends_on < %s
AND NOT EXISTS (
    SELECT 1 FROM billing_claim b WHERE b.dossier_id = d.id AND b.payee = 'employeur'
    AND (b.state IN ('brouillon', 'deposee', 'a_completer', 'refusee') OR b.state = 'validee' AND b.is_final)
)
ORDER BY before, number LIMIT %s"""


def claims_of(dossier: Dossier) -> list[Claim]:
    """All those of one request, drafts too, the latest first, each `with_due`. One query. The caller has checked who reads
    them."""
    found = Claim.objects.filter(dossier=dossier).exclude(state=ClaimState.RETIREE)
    return list(with_due(found).select_related("invoice", "provider", "establishment").order_by("-id"))


_DUE = {state: f"has_{state.value}" for state in DueState}


def with_due(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims, with the states of what is due by each, which `due_of` tells."""
    due = Due.objects.filter(claim=OuterRef("pk"))
    return claims.annotate(**{name: Exists(due.filter(state=state)) for state, name in _DUE.items()})


def due_of(claim: Claim) -> set[DueState]:
    """The states of what is due by a claim read `with_due`."""
    return {state for state, name in _DUE.items() if getattr(claim, name)}


def standing() -> QuerySet[Claim]:
    """Those that hold their agreement: that wait, or by which something is due or was paid."""
    owed = Due.objects.filter(claim=OuterRef("pk")).exclude(state=DueState.ANNULEE)
    return Claim.objects.filter(Q(state__in=OPEN_CLAIMS) | Q(state=ClaimState.VALIDEE) & Exists(owed))


def to_mend(today: date) -> QuerySet[Claim]:
    """Those refused lately: their payee has some days to correct them, even past the agreement's last day."""
    days = parameters.value("claim_complete_days", on=today)
    return Claim.objects.filter(state=ClaimState.REFUSEE, ended_at__gte=timezone.now() - timedelta(days=days))


def standing_dossiers() -> QuerySet[Claim]:
    """The requests whose agreement a claim holds from lapsing: `dossiers.claimed` asks."""
    held = standing() | to_mend(paris_today(timezone.now()))
    return held.values("dossier_id")  # type: ignore[return-value]


def documents_in(claim: Claim) -> dict[str, list[Document]]:
    return by_zone(CLAIM_DOCUMENT, claim.pk)


def usable_counts(documents: dict[str, list[Document]]) -> dict[str, int]:
    return {zone: len(usable(files)) for zone, files in documents.items()}


# --- what a claim leans on -------------------------------------------------------------------------------------------


def payees_of(lines: Iterable[Commitment]) -> list[Payee]:
    """Who may still ask something of an agreement."""
    return sorted({Payee(line.payee) for line in lines if line.amount > line.invoiced})


def why_not_claimable(dossier: Dossier, today: date) -> str:
    """Empty where a claim may be prepared."""
    if dossier.state != State.ACCORDEE:
        return "Cette demande n'est pas accordée : il n'y a rien à régler."
    if dossier.starts_on and dossier.starts_on > today:
        return f"La formation commence le {format_date(dossier.starts_on)} : son règlement se demande ensuite."
    if dossier.due_on < today and not to_mend(today).filter(dossier=dossier).exists():
        return f"Le règlement devait être demandé avant le {format_date(dossier.due_on)}."
    return ""


def agreed_of(
    dossier: Dossier, payee: Payee, *, lines: Iterable[Commitment] | None = None, bills: bool = True
) -> Agreed:
    """The agreement as one payee claims on it; where `bills`, what an invoice of it would bill too. Raises `NotClaimable`
    where nothing of it pays him."""
    held = (
        list(Commitment.objects.filter(dossier=dossier, payee=payee).order_by("rank", "id")) if lines is None else lines
    )
    own = [line for line in held if line.payee == payee and line.amount > 0]
    if not own:
        raise NotClaimable(_NOBODY[payee])
    action = dossier.training_action
    today = paris_today(timezone.now())
    provider = dossier.provider
    left: dict[Base, Decimal] = {}
    for line in own:
        left[Base(line.base)] = left.get(Base(line.base), ZERO) + line.amount - line.invoiced
    return Agreed(
        dossier=dossier.number or "",
        payee=payee,
        provider=provider.name if provider else "",
        provider_siret=provider.siret if provider else "",
        provider_nda=provider.nda if provider else "",
        employer=dossier.employer_name,
        employer_siret=dossier.establishment.siret,
        title=action.title,
        nature=action.nature,
        internal=action.internal,
        starts_on=action.starts_on,
        ends_on=action.ends_on,
        minutes=action.minutes,
        trainees=tuple(Trainee(each.row, f"{each.first_name} {each.last_name}") for each in enrolled_in(dossier)),
        bases=tuple(base for base in Base if base in left),
        left=left,
        **(_billed(dossier, payee) if bills else {}),
        cost=_cost_of(dossier) if bills else ZERO,
        needs_payment_proof=payee is Payee.EMPLOYEUR and parameters.value("claim_payment_proof", on=today),
        may_generate=bills
        and payee is Payee.ORGANISME
        and provider is not None
        and mandate_of(provider.pk) is not None,
    )


def enrolled_in(dossier: Dossier) -> list[Enrolment]:
    """Who is in the agreement now. One query, none where they were read with the request."""
    return sorted(dossier.enrolments.all(), key=lambda each: each.pk)


def _cost_of(dossier: Dossier) -> Decimal:
    """The whole pedagogic cost, HT, as the request now says it."""
    typed = DraftField.objects.filter(dossier=dossier, row="", name=COST.name).values_list("value", flat=True).first()
    return parse_amount(typed) if typed else ZERO


def _billed(dossier: Dossier, payee: Payee) -> dict[str, Any]:
    """What the provider's invoices that still stand bill of the request."""
    if payee is not Payee.ORGANISME or dossier.provider_id is None:
        return {}
    own = Invoice.objects.filter(dossier=dossier, provider_id=dossier.provider_id, set_aside_at=None)
    rows = own.filter(kind=InvoiceKind.FACTURE).annotate(credited=Sum("credit_notes__net", output_field=CentsField()))
    standing = [row for row in rows.values_list("minutes", "net", "credited") if row[1] > (row[2] or ZERO)]
    net = sum((net - (credited or ZERO) for _, net, credited in standing), ZERO)
    return {"billed": sum(minutes or 0 for minutes, _, _ in standing), "billed_net": net}


_NOBODY = {
    Payee.ORGANISME: "L'accord ne prévoit pas de règlement à l'organisme : c'est l'employeur qui est remboursé.",
    Payee.EMPLOYEUR: "L'accord ne prévoit pas de remboursement à l'employeur : l'OPCO règle l'organisme.",
}


def mandate_of(provider_id: int) -> BillingMandate | None:
    """The billing mandate in force."""
    return BillingMandate.objects.filter(provider_id=provider_id, ended_at=None).first()


def expected_of(dossier: Dossier, agreed: Agreed, *, certified: int | None) -> Expected:
    """What a deposited invoice is compared with. `certified`: minutes."""
    provider = dossier.provider
    assert provider is not None
    return Expected(
        dossier=agreed.dossier,
        siret=provider.siret,
        nda=provider.nda,
        vat_exempt=provider.vat_exempt,
        start=agreed.starts_on,
        end=agreed.ends_on,
        hours=Decimal(agreed.planned) / 60,
        certified=None if certified is None else Decimal(certified) / 60,
        left=agreed.left.get(Base.PEDAGOGIQUE, ZERO),
        buyer=siren_of(agreed.employer_siret),
        ibans=_known_ibans(provider) if agreed.payee is Payee.ORGANISME else frozenset(),
        is_issuer=agreed.payee is Payee.ORGANISME,
    )


def _known_ibans(payee: Provider | Establishment) -> frozenset[str]:
    found = BankAccount.objects.filter(**of(payee), state__in=LIVE)
    return frozenset(number_of(each) for each in found if each.state == AccountState.CONFIRMED)
