"""Invoices kept and made: deposited with their own number, or made by the portal in the provider's name, in a series of its
own without gaps."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from openopco import opco
from openopco.base.jobs import enqueue
from openopco.billing import issuing
from openopco.billing.drafting import GENERATED, Agreed, Read, keyed_invoice, service_of
from openopco.billing.drafting import INVOICE as INVOICE_ZONE
from openopco.billing.einvoice.keeping import from_json, to_json
from openopco.billing.einvoice.model import (
    Address,
    ElectronicInvoice,
    Party,
    Period,
)
from openopco.billing.enums import InvoiceKind, Origin
from openopco.billing.errors import AlreadyInvoiced, NoMandate, NotWhole
from openopco.billing.matching import digest_of, identity_of
from openopco.billing.models import Claim, Invoice, InvoiceSeries
from openopco.billing.queries import documents_in, mandate_of
from openopco.billing.rules import minutes_of
from openopco.documents.queries import usable
from openopco.dossiers.models import Dossier
from openopco.kernel.calendar import format_date, paris_today
from openopco.kernel.identifiers import siren_of, vat_number_of
from openopco.organisations.accounts import LIVE, number_of
from openopco.organisations.enums import Ground
from openopco.organisations.models import BankAccount, Establishment, Provider
from openopco.rights import Actor

ZERO = Decimal(0)


def invoice_of(claim: Claim, dossier: Dossier, agreed: Agreed, found: Read, *, actor: Actor, now: datetime) -> Invoice:
    """The invoice that a claim is sent with. Raises `AlreadyInvoiced`, `NoMandate`."""
    assert dossier.provider is not None
    if found.mode == GENERATED:
        return _made(claim, dossier, agreed, found, actor=actor, now=now)
    electronic = found.electronic or keyed_invoice(agreed, found)
    assert electronic is not None
    siren, identity = identity_of(electronic)
    if issuing.SERIES.fullmatch(identity):
        raise AlreadyInvoiced(
            "Ce numéro est de la forme de ceux que le portail donne : déposez la facture sous le vôtre."
        )
    siren = siren or siren_of(agreed.provider_siret)
    digest = digest_of(electronic)
    _refuse_twin(siren, identity, digest, is_read=found.electronic is not None)
    files = usable(documents_in(claim).get(INVOICE_ZONE, []))
    return _kept(
        Invoice(  # type: ignore[misc]
            dossier=dossier,
            provider=dossier.provider,
            origin=Origin.LUE if found.electronic else Origin.SAISIE,
            siren=siren,
            number=electronic.number,
            identity=identity,
            issued_on=electronic.issued_on,
            net=electronic.totals.without_vat,
            vat=electronic.totals.vat,
            minutes=minutes_of(electronic.hours) or found.followed,
            content=to_json(electronic),
            digest=digest,
            document=files[0] if files else None,
            created_by_id=actor.person_id,
            created_by_label=actor.label,
            created_at=now,
        )
    )


def _kept(invoice: Invoice) -> Invoice:
    try:
        with transaction.atomic():
            invoice.save()
    except IntegrityError as error:
        # Somebody deposited the same one at the same moment.
        raise AlreadyInvoiced(_TWICE.format(number=invoice.number)) from error
    return invoice


_TWICE = "La facture {number} de cet organisme a déjà été déposée : une facture ne se règle qu'une fois."


def _refuse_twin(siren: str, identity: str, digest: str, *, is_read: bool) -> None:
    standing = Invoice.objects.filter(siren=siren, set_aside_at=None).select_related("dossier")
    twin = standing.filter(identity=identity).first()
    if twin is None and is_read:
        alike = standing.filter(digest=digest, kind=InvoiceKind.FACTURE)
        twin = next(
            (each for each in alike if each.net > sum((note.net for note in each.credit_notes.all()), ZERO)), None
        )
    if twin is not None:
        told = f"déposée le {format_date(paris_today(twin.created_at))} dans le dossier {twin.dossier.number}"
        same = "Cette facture" if twin.identity == identity else f"La même facture, sous le numéro {twin.number},"
        raise AlreadyInvoiced(f"{same} a déjà été {told} : une facture ne se règle qu'une fois.")


# --- made by the portal ----------------------------------------------------------------------------------------------


def _made(claim: Claim, dossier: Dossier, agreed: Agreed, found: Read, *, actor: Actor, now: datetime) -> Invoice:
    provider = dossier.provider
    assert provider is not None
    assert found.net is not None
    if mandate_of(provider.pk) is None:
        raise NoMandate
    if provider.vat_exempt is None:
        raise NotWhole({"mode": _VAT_UNKNOWN})
    today = paris_today(now)
    accounts = list(
        BankAccount.objects.filter(provider=provider, state__in=LIVE, ground=Ground.OWN).order_by("state", "-id")
    )
    if not accounts:
        raise NotWhole({"mode": "Indiquez d'abord votre IBAN : la facture le porte, et le virement y sera fait."})
    sale = issuing.Sale(
        seller=_party(provider),
        is_exempt=provider.vat_exempt,
        buyer=_party(dossier.establishment),
        mandatary=opco.identity().name,
        dossier=agreed.dossier,
        title=agreed.title,
        period=Period(found.starts_on, found.ends_on),
        services=(service_of(agreed, found.minutes, found.net),),
        iban=number_of(accounts[0]),
    )
    siren = siren_of(provider.siret)
    number = issuing.series_number(siren, today.year, _next_rank(siren, today.year))
    made = issuing.compose(sale, number=number, issued_on=today)
    minutes = found.followed - agreed.billed
    return _keep_made(made, dossier, provider, actor=actor, now=now, minutes=minutes)


_VAT_UNKNOWN = (
    "Le portail ne sait pas si votre organisme est exonéré de TVA : déposez votre propre facture, ou dites-le à l'OPCO."
)


def _keep_made(
    made: ElectronicInvoice,
    dossier: Dossier,
    provider: Provider,
    *,
    actor: Actor,
    now: datetime,
    minutes: int | None,
    corrects: Invoice | None = None,
) -> Invoice:
    invoice = _kept(
        Invoice(  # type: ignore[misc]
            dossier=dossier,
            provider=provider,
            kind=InvoiceKind.AVOIR if corrects else InvoiceKind.FACTURE,
            origin=Origin.GENEREE,
            siren=siren_of(provider.siret),
            number=made.number,
            identity=identity_of(made)[1],
            issued_on=made.issued_on,
            net=made.totals.without_vat,
            vat=made.totals.vat,
            minutes=minutes,
            content=to_json(made),
            digest=digest_of(made),
            corrects=corrects,
            created_by_id=actor.person_id,
            created_by_label=actor.label,
            created_at=now,
        )
    )
    enqueue("billing.draw_invoice", unique_key=f"billing.draw_invoice:{invoice.pk}", invoice_id=invoice.pk)
    return invoice


def _next_rank(siren: str, year: int) -> int:
    """The last lock that an invoice takes: whoever has it commits next, or gives the rank back with all the rest."""
    InvoiceSeries.objects.bulk_create([InvoiceSeries(siren=siren, year=year)], ignore_conflicts=True)
    series = InvoiceSeries.objects.select_for_update().get(siren=siren, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def take_back(invoice: Invoice, *, actor: Actor, reason: str) -> None:
    """An invoice whose claim ends without payment: one of the series is corrected by a credit note, a deposited one set aside,
    since its number may come again."""
    now = timezone.now()
    if invoice.origin == Origin.GENEREE:
        credit_whole(invoice, actor=actor, reason=reason, now=now)
    else:
        Invoice.objects.filter(pk=invoice.pk).update(set_aside_at=now)


def credit_whole(invoice: Invoice, *, actor: Actor, reason: str, now: datetime) -> Invoice:
    """The credit note of the same series that takes a whole invoice back."""
    year = paris_today(now).year
    number = issuing.series_number(invoice.siren, year, _next_rank(invoice.siren, year))
    made = issuing.credit(from_json(invoice.content), number=number, issued_on=paris_today(now), reason=reason)
    return _keep_made(
        made, invoice.dossier, invoice.provider, actor=actor, now=now, minutes=invoice.minutes, corrects=invoice
    )


def _party(place: Provider | Establishment) -> Party:
    return Party(
        name=place.name,
        siren=siren_of(place.siret),
        siret=place.siret,
        vat_number=vat_number_of(siren_of(place.siret))
        if isinstance(place, Provider) and place.vat_exempt is False
        else "",
        nda=place.nda if isinstance(place, Provider) else "",
        address=Address((place.address,) if place.address else (), place.postal_code, place.city),
    )
