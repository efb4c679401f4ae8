"""A request granted on the rules of 2026, its course over: what a claim is made of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from openopco.billing.actions import claims, crediting
from openopco.billing.einvoice.model import ElectronicInvoice
from openopco.billing.einvoice.writing import write_cii
from openopco.billing.models import Claim, Invoice
from openopco.dossiers.actions import deciding, holding
from openopco.dossiers.models import Dossier
from openopco.funding.enums import Payee
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.billing import factories as f
from tests.documents.hostile import pdf
from tests.dossiers.factories import PERSON, sent

DATES = {"starts_on": "07/12/2026", "ends_on": "08/12/2026"}
TWO = (PERSON, {**PERSON, "first_name": "Ali", "last_name": "Diallo"})
AFTER = "2026-12-14T09:00:00+00:00"


def granted(employer: Actor, place: Establishment, officer: Actor, **changes: Any) -> Dossier:
    """560 € for two trainees of 14 hours, all of it granted."""
    dossier = sent(employer, place, **{"people": TWO, **DATES, **changes})
    holding.take(actor=officer, number=str(dossier.number))
    asked = dossier.amount_asked
    assert asked is not None
    return deciding.grant(actor=officer, number=str(dossier.number), amount=asked)


def upload(name: str = "facture.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf() if content is None else content)


def rows_of(dossier: Dossier) -> list[str]:
    return list(dossier.enrolments.order_by("id").values_list("row", flat=True))


def prepared(
    actor: Actor, dossier: Dossier, payee: Payee = Payee.EMPLOYEUR, *, hours: tuple[str, ...] = (), **typed: str
) -> Claim:
    """A draft with all that a claim needs: invoice keyed, hours of each, files joined."""
    claim = claims.open_claim(actor=actor, number=str(dossier.number), payee=payee)
    rows = rows_of(dossier)
    told = dict(zip(rows, hours or ("14",) * len(rows), strict=True))
    values = {
        "number": "F-1",
        "issued_on": "10/12/2026",
        "net": "560",
        "vat": "0",
        **{f"hours-{row}": value for row, value in told.items()},
        **typed,
    }
    claims.save_claim(actor=actor, key=str(claim.key), values=values)
    for zone in ("facture", "certificats"):
        claims.join_file(actor=actor, key=str(claim.key), zone=zone, upload=upload(f"{zone}.pdf"))
    return claim


def claimed(
    actor: Actor, dossier: Dossier, payee: Payee = Payee.EMPLOYEUR, *, hours: tuple[str, ...] = (), **typed: str
) -> Claim:
    claim = prepared(actor, dossier, payee, hours=hours, **typed)
    return claims.send_claim(actor=actor, key=str(claim.key))


def after(clock: time_machine.Traveller) -> None:
    """The course is over."""
    clock.move_to(AFTER)


def credited(
    actor: Actor, claim: Claim, number: str = "A-1", *, net: Decimal, issued_on: date, vat: Decimal, reason: str
) -> Invoice:
    """A credit note of the provider's own number, keyed."""
    told = crediting.Told(number, issued_on, net, vat)
    return crediting.record_credit_note(actor=actor, claim_key=str(claim.key), told=told, reason=reason)


def electronic(taught: Dossier, *, make: Callable[..., ElectronicInvoice] = f.invoice, **changes: Any) -> bytes:
    """Of the dossier's own provider, 28 hours, right in every way."""
    school = taught.provider
    assert school
    seller = replace(
        f.SELLER,
        name=school.name,
        siren=school.siret[:9],
        siret=school.siret,
        nda=school.nda,
        vat_number="",
        endpoint=None,
    )
    line = f.line(hours="28", price="20", period=None)
    given = {
        "number": "FX-9",
        "issued_on": date(2026, 12, 10),
        "due_on": date(2027, 1, 9),
        "seller": seller,
        "references": replace(f.invoice().references, buyer=str(taught.number), order=""),
        "period": f.Period(date(2026, 12, 7), date(2026, 12, 8)),
        **changes,
    }
    return write_cii(make(line, **given))


def deposited(tess: Actor, taught: Dossier, content: bytes) -> Claim:
    claim = claims.open_claim(actor=tess, number=str(taught.number), payee=Payee.ORGANISME)
    told = {f"hours-{row}": "14" for row in rows_of(taught)}
    claims.save_claim(actor=tess, key=str(claim.key), values=told)
    claims.join_file(actor=tess, key=str(claim.key), zone="certificats", upload=upload())
    claims.join_file(actor=tess, key=str(claim.key), zone="facture", upload=upload("facture.xml", content))
    return claim
