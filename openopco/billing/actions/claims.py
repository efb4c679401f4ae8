"""A claim as its payee makes it: prepared, its files joined, sent, completed, withdrawn. Lock order: dossier, claim, engaged
lines, series of invoices."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.billing import drafting, notices
from openopco.billing.actions.invoicing import invoice_of, take_back
from openopco.billing.certificates import page_of
from openopco.billing.deposits import Deposited, open_invoice
from openopco.billing.drafting import Agreed, Read, keyed_invoice
from openopco.billing.einvoice.keeping import to_json
from openopco.billing.enums import OPEN_CLAIMS, ClaimState, Origin
from openopco.billing.errors import (
    ClaimMoved,
    Differs,
    NotClaimable,
    NotWhole,
    StaleDraft,
    UnknownClaim,
)
from openopco.billing.matching import differences
from openopco.billing.models import CLAIM_DOCUMENT, Certificate, Claim, ClaimLine
from openopco.billing.queries import (
    AROUND,
    agreed_of,
    documents_in,
    expected_of,
    payee_subject,
    usable_counts,
    why_not_claimable,
)
from openopco.documents import actions as documents
from openopco.documents.models import Document
from openopco.dossiers.errors import UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import visible_to
from openopco.funding.enums import Payee
from openopco.kernel.calendar import add_calendar_days, paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line, clean_text
from openopco.opco import parameters
from openopco.rights import Actor, Permission, Subject, require
from openopco.training.taught import taught_to

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

ZERO = Decimal(0)
ZONES = (drafting.INVOICE, drafting.CERTIFICATES, drafting.PAYMENT, drafting.EXPENSES)
# Of a draft, what the invoice joined says; it goes with its file.
READ_OF_FILE = ("content", "profile", "shown")
LONGEST_VALUE, MOST_VALUES, LONGEST_ANSWER = 300, 700, 2000


@action
def open_claim(*, actor: Actor, number: str, payee: Payee) -> Claim:
    """The draft of a claim on a granted request: the one that is there, or a new one, with what was typed of the last one
    that was refused or withdrawn. The payee's people. Raises `UnknownDossier`, `NotClaimable`, `Forbidden`."""
    dossier = _dossier_of(actor, number, payee)
    require(actor, Permission.CLAIM_WRITE, _subject(dossier, payee))
    held = Claim.objects.filter(dossier=dossier, payee=payee, state__in=[ClaimState.BROUILLON, *OPEN_CLAIMS]).first()
    known = held if held is None or held.provider_id in (None, dossier.provider_id) else None
    if known is not None:
        return known
    now = timezone.now()
    if why := why_not_claimable(dossier, paris_today(now)):
        raise NotClaimable(why)
    if held is not None:
        raise NotClaimable("Un autre organisme a déjà demandé le règlement de ce dossier.")
    agreed = agreed_of(dossier, payee)
    if not any(agreed.left.values()):
        raise NotClaimable("Tout ce que prévoit l'accord a déjà été demandé.")
    ended = Claim.objects.filter(dossier=dossier, payee=payee, state__in=[ClaimState.REFUSEE, ClaimState.RETIREE])
    refused = ended.order_by("-id").first()
    return Claim.objects.create(
        dossier=dossier,
        payee=payee,
        provider=dossier.provider if payee is Payee.ORGANISME else None,
        establishment_id=dossier.establishment_id,
        typed=_kept(refused) if refused else {},
        opened_by_id=actor.person_id,
        created_at=now,
        updated_at=now,
    )


def _kept(refused: Claim) -> dict[str, Any]:
    """What was typed; not what was read of a file, which has to be joined again."""
    return {name: value for name, value in refused.typed.items() if name not in (*READ_OF_FILE, "attests", "reponses")}


@action
def save_claim(*, actor: Actor, key: str, values: Mapping[str, str], revision: int | None = None) -> Claim:
    """Keeps what was typed of a draft, or of one to be completed, whatever it is worth. `revision` is the one that the page
    showed. The payee's people. Raises `UnknownClaim`, `ClaimMoved`, `StaleDraft`."""
    claim = _lock(actor, key, {ClaimState.BROUILLON, ClaimState.A_COMPLETER})
    told = {name: clean_line(value)[:LONGEST_VALUE] for name, value in list(values.items())[:MOST_VALUES]}
    typed = {**claim.typed, **told}
    if typed == claim.typed:
        return claim
    if revision is not None and revision != claim.revision:
        raise StaleDraft
    claim.typed, claim.revision = typed, claim.revision + 1
    _touch(claim)
    claim.save(update_fields=["typed", "revision", "updated_at"])
    return claim


# --- files -----------------------------------------------------------------------------------------------------------


def join_file(*, actor: Actor, key: str, zone: str, upload: "UploadedFile[Any]") -> Document:
    """Joins a file; an invoice that a program can read is read, and refused where it is wrong. It is opened outside any
    transaction. The payee's people. Raises `RefusedFile`, `RefusedInvoice`, `InvalidValue`, `UnknownClaim`, `ClaimMoved`."""
    if zone not in ZONES:
        raise InvalidValue("Ces pièces ne se joignent pas ici.")
    _reach(actor, key)
    is_invoice = zone == drafting.INVOICE
    opened = open_invoice(upload, at=timezone.now()) if is_invoice else Deposited(documents.examine_upload(upload))
    return _keep(actor=actor, key=key, zone=zone, opened=opened)


@action
def _keep(*, actor: Actor, key: str, zone: str, opened: Deposited) -> Document:
    claim = _lock(actor, key, {ClaimState.BROUILLON, ClaimState.A_COMPLETER})
    if zone == drafting.INVOICE:
        if claim.invoice_id:
            raise InvalidValue("La facture est déjà transmise : joignez ce qui est demandé dans une autre case.")
        for former in documents_in(claim).get(zone, []):
            documents.remove(actor=actor, document=former)
        _note_data(claim, opened)
    file = opened.file
    kept = documents.accept_upload(actor=actor, owner_kind=CLAIM_DOCUMENT, owner_id=claim.pk, zone=zone, upload=file)
    _touch(claim)
    claim.save(update_fields=["typed", "revision", "updated_at"])
    return kept


def _note_data(claim: Claim, opened: Deposited | None) -> None:
    typed = {name: value for name, value in claim.typed.items() if name not in READ_OF_FILE}
    if opened is not None:
        typed |= {"shown": opened.shown}
    if opened is not None and opened.examined is not None and opened.examined.invoice is not None:
        typed |= {"content": to_json(opened.examined.invoice), "profile": opened.examined.profile}
    claim.typed, claim.revision = typed, claim.revision + 1


@action
def take_off_file(*, actor: Actor, key: str, document_key: str) -> None:
    """Takes a file off a draft. Raises `UnknownClaim`, `ClaimMoved`."""
    claim = _lock(actor, key, {ClaimState.BROUILLON})
    document = Document.objects.filter(owner_kind=CLAIM_DOCUMENT, owner_id=claim.pk, key=document_key).first()
    if document is None:
        return
    if document.zone == drafting.INVOICE:
        _note_data(claim, None)
    documents.remove(actor=actor, document=document)
    _touch(claim)
    claim.save(update_fields=["typed", "revision", "updated_at"])


# --- sent ------------------------------------------------------------------------------------------------------------


@action
def send_claim(*, actor: Actor, key: str) -> Claim:
    """Sends it: the invoice is kept for ever, or made in the provider's name, and the certificates with it. The payee's
    people. Raises `NotWhole`, `Differs`, `AlreadyInvoiced`, `NotClaimable`, `UnknownClaim`, `ClaimMoved`."""
    _reach(actor, key)
    dossier = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("establishment__company", "provider")
        .get(claims__key=key)
    )
    claim = _lock(actor, key, {ClaimState.BROUILLON})
    now = timezone.now()
    today = paris_today(now)
    if claim.provider_id not in (None, dossier.provider_id):
        raise NotClaimable("Cette formation est désormais dispensée par un autre organisme.")
    if why := why_not_claimable(dossier, today):
        raise NotClaimable(why)
    agreed = agreed_of(dossier, Payee(claim.payee))
    found = read_claim(claim, agreed)
    _require_whole(found, agreed, dossier)
    asked = found.asked(agreed)
    claim.net, claim.is_final = sum(asked.values(), ZERO), found.is_final
    claim.state, claim.sent_at, claim.sent_by_id, claim.sent_by_label = (
        ClaimState.DEPOSEE,
        now,
        actor.person_id,
        actor.label,
    )
    claim.due_on = add_calendar_days(today, parameters.value("claim_check_days", on=today))
    if agreed.needs_invoice:
        claim.invoice = invoice_of(claim, dossier, agreed, found, actor=actor, now=now)
    _touch(claim)
    claim.save()
    ClaimLine.objects.bulk_create(
        ClaimLine(claim=claim, base=base, amount=amount)  # type: ignore[misc]
        for base, amount in asked.items()
    )
    _attest(claim, found, agreed, actor=actor)
    tell_claim(claim, "dossier.reglement_demande", actor=actor)
    notices.tell_sent(claim)
    return claim


def read_claim(claim: Claim, agreed: Agreed) -> Read:
    """What the draft says, with its files counted."""
    zones = usable_counts(documents_in(claim))
    return drafting.read(claim.typed, agreed, zones, paris_today(timezone.now()))


def _require_whole(found: Read, agreed: Agreed, dossier: Dossier) -> None:
    if not found.is_whole:
        raise NotWhole({**found.missing, **found.errors})
    if faults := drafting.faults_of(found, agreed, paris_today(timezone.now())):
        raise NotWhole({"attests": faults[0]})
    if not found.asked(agreed):
        raise NotWhole({"amounts": "Rien n'est demandé : indiquez au moins une dépense."})
    told = found.electronic or (keyed_invoice(agreed, found) if agreed.needs_invoice and not found.is_made else None)
    if told is not None:
        compared = differences(told, expected_of(dossier, agreed, certified=found.followed))
        if blocking := [each for each in compared if each.blocks]:
            raise Differs(blocking)


def _attest(claim: Claim, found: Read, agreed: Agreed, *, actor: Actor) -> None:
    now = timezone.now()
    school = claim.dossier.provider or claim.dossier.establishment
    place = tuple(filter(None, [school.address, f"{school.postal_code} {school.city}".strip()]))
    rows = [trainee.row for trainee, _ in drafting.attested_of(found, agreed)]
    Certificate.objects.filter(dossier=claim.dossier, row__in=rows, replaced_at=None).update(replaced_at=now)
    Certificate.objects.bulk_create(
        Certificate(
            dossier=claim.dossier,
            claim=claim,
            row=trainee.row,
            trainee=trainee.name,
            stage=attested.stage,
            origin=Origin.GENEREE if found.signatory else Origin.SAISIE,
            starts_on=attested.start,
            ends_on=attested.end,
            minutes=found.minutes[trainee.row],
            planned_minutes=agreed.minutes,
            signatory=found.signatory,
            signatory_role=found.signatory_role,
            signed_on=paris_today(now) if found.signatory else None,
            page=page_of(replace(attested, provider_address=place, signed_on=paris_today(now)), online=True)
            if found.signatory
            else {},
            given_by_id=actor.person_id,
            given_by_label=actor.label,
            given_at=now,
        )
        for trainee, attested in drafting.attested_of(found, agreed)
    )


@action
def answer_claim(*, actor: Actor, key: str, words: str) -> Claim:
    """The payee has joined what the controller asked, or says why not: it is to be checked again. Raises `ClaimMoved`,
    `InvalidValue`."""
    claim = _lock(actor, key, {ClaimState.A_COMPLETER})
    told = clean_text(words)
    if not told or len(told) > LONGEST_ANSWER:
        raise InvalidValue(f"Dites en quelques mots ce que vous avez joint, en {LONGEST_ANSWER} caractères au plus.")
    refuse_nir(told)
    today = paris_today(timezone.now())
    said = {"le": timezone.now().isoformat(), "qui": actor.label, "mots": told}
    claim.typed = {**claim.typed, "reponses": [*claim.typed.get("reponses", []), said]}
    claim.state = ClaimState.DEPOSEE
    claim.due_on = add_calendar_days(today, parameters.value("claim_check_days", on=today))
    _touch(claim)
    claim.save(update_fields=["state", "due_on", "typed", "updated_at"])
    tell_claim(claim, "dossier.reglement_complete", actor=actor, motif=told)
    notices.tell_answered(claim)
    return claim


@action
def withdraw_claim(*, actor: Actor, key: str) -> Claim:
    """Taken back by its payee before anything was concluded; a draft is forgotten with its files. Raises `ClaimMoved`."""
    claim = _lock(actor, key, {ClaimState.BROUILLON, ClaimState.DEPOSEE, ClaimState.A_COMPLETER})
    if claim.state == ClaimState.BROUILLON:
        for files in documents_in(claim).values():
            for each in files:
                documents.remove(actor=actor, document=each)
        claim.delete()
        return claim
    close_claim(claim, ClaimState.RETIREE, actor=actor)
    tell_claim(claim, "dossier.reglement_retire", actor=actor)
    return claim


def close_claim(claim: Claim, state: ClaimState, *, actor: Actor, reason: str = "") -> None:
    """Ends it without payment: its invoice counts no more, its certificates stand for nothing."""
    claim.state, claim.ended_at = state, timezone.now()
    _touch(claim)
    claim.save(update_fields=["state", "ended_at", "updated_at"])
    claim.certificates.filter(replaced_at=None).update(replaced_at=claim.ended_at)
    _give_back_certificates(claim)
    if claim.invoice is not None:
        take_back(claim.invoice, actor=actor, reason=reason or "Demande de règlement retirée.")


def _give_back_certificates(claim: Claim) -> None:
    """Those that an earlier claim was accepted on stand again."""
    for row in claim.certificates.values_list("row", flat=True):
        former = Certificate.objects.filter(dossier_id=claim.dossier_id, row=row, claim__state=ClaimState.VALIDEE)
        last = former.order_by("-id").first()
        if last is not None:
            Certificate.objects.filter(pk=last.pk).update(replaced_at=None)


# --- what every act begins and ends with -----------------------------------------------------------------------------


def _dossier_of(actor: Actor, number: str, payee: Payee) -> Dossier:
    """Locked. Raises `UnknownDossier` for one that this payee does not see."""
    seen = taught_to(actor) if payee is Payee.ORGANISME else visible_to(actor)
    rows = Dossier.objects.filter(pk__in=seen.filter(number=number).values("pk"))
    found = rows.select_related("establishment__company", "provider").select_for_update(of=("self",)).first()
    if found is None:
        raise UnknownDossier
    return found


def _subject(dossier: Dossier, payee: Payee) -> Subject:
    if payee is Payee.ORGANISME:
        return Subject(provider_id=dossier.provider_id)
    return Subject(establishment_id=dossier.establishment_id, typed_by=dossier.created_by_id)


def _reach(actor: Actor, key: str) -> Claim:
    """Unlocked. Raises `UnknownClaim`, `Forbidden`."""
    claim = Claim.objects.filter(key=key).first()
    if claim is None:
        raise UnknownClaim
    require(actor, Permission.CLAIM_WRITE, payee_subject(claim))
    return claim


def _lock(actor: Actor, key: str, states: set[ClaimState]) -> Claim:
    """Raises `UnknownClaim`, `Forbidden`, `ClaimMoved`."""
    claim = Claim.objects.select_for_update(of=("self",)).filter(key=key).select_related(*AROUND).first()
    if claim is None:
        raise UnknownClaim
    require(actor, Permission.CLAIM_WRITE, payee_subject(claim))
    if claim.state not in states:
        raise ClaimMoved
    return claim


def _touch(claim: Claim) -> None:
    claim.updated_at = timezone.now()


def tell_claim(claim: Claim, event: str, *, actor: Actor, **more: Any) -> None:
    """In the request's own history."""
    payload = {"reglement": claim.pk, "a_qui": claim.payee, "montant": f"{claim.net:.2f}", **more}
    if claim.invoice is not None:
        payload["facture"] = claim.invoice.number
    journal.record(subject_kind="dossier", subject_id=claim.dossier_id, event=event, actor=actor, payload=payload)
