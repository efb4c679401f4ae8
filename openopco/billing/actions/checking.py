"""The service-done check: by somebody who neither decided the agreement nor sent the claim. What is found done is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from openopco.base.actions import action
from openopco.billing import notices
from openopco.billing.actions.claims import close_claim, tell_claim
from openopco.billing.enums import ClaimState, Outcome
from openopco.billing.errors import ClaimMoved, UnknownClaim
from openopco.billing.models import Claim, ClaimLine, Due, ServiceCheck
from openopco.billing.queries import AROUND, documents_in, enrolled_in, subject_to_check
from openopco.billing.rules import Attendance, Engaged, Result, reckon
from openopco.documents.queries import usable
from openopco.dossiers.models import Dossier
from openopco.funding.actions.claiming import claim_on, commitments_of
from openopco.funding.actions.engaging import release
from openopco.funding.enums import Base
from openopco.funding.models import Commitment, CommitmentChange
from openopco.kernel.calendar import add_calendar_days, paris_today
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_text
from openopco.opco import parameters
from openopco.rights import Actor, Permission, require

ZERO = Decimal(0)
LONGEST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """What the controller found: minutes by row of enrolment, where they differ from what was attested; the expenses that
    he cuts, euros HT by base; and his words, which the payee reads."""

    minutes: Mapping[str, int] = field(default_factory=dict)
    amounts: Mapping[Base, Decimal] = field(default_factory=dict)
    words: str = ""


@action
def accept_claim(*, actor: Actor, claim_id: int, found: Found) -> ServiceCheck:
    """The service was done, wholly or in part: what is due is reckoned, and, where nothing more will be claimed, the rest of
    the agreement given back. Controllers, on what they neither decided nor sent. Raises `UnknownClaim`, `ClaimMoved`,
    `InvalidValue`, `Forbidden`."""
    claim = _lock(actor, claim_id)
    if claim.provider_id not in (None, claim.dossier.provider_id):
        raise InvalidValue("L'organisme de l'accord a changé depuis : refusez cette facture, en disant pourquoi.")
    _require_readable(claim)
    minutes = _minutes(claim, found.minutes)
    lines = commitments_of(claim.dossier, payee=claim.payee)
    result = reckoned(claim, lines, minutes, found.amounts)
    is_whole = result.total == claim.net and minutes == attested(claim)
    words = _said(found.words, needed=not is_whole)
    if not result.total:
        raise InvalidValue("Rien ne serait réglé : refusez la demande, en disant pourquoi.")
    by_id = {line.pk: line for line in lines}
    claim_on(result.dues)
    Due.objects.bulk_create(_due(claim, by_id[pk], amount) for pk, amount in result.dues.items())
    claim.state, claim.accepted, claim.ended_at = ClaimState.VALIDEE, result.total, timezone.now()
    claim.updated_at = claim.ended_at
    claim.save(update_fields=["state", "accepted", "ended_at", "updated_at"])
    if claim.is_final:
        release(claim.dossier, "solde", payee=claim.payee)
    outcome = Outcome.FAIT if is_whole else Outcome.PARTIEL
    check = _note(claim, actor, outcome, words, minutes=minutes, amount=result.total)
    tell_claim(claim, "dossier.service_fait", actor=actor, montant=f"{result.total:.2f}", motif=words)
    notices.tell_accepted(claim)
    return check


def reckoned(
    claim: Claim,
    lines: Iterable[Commitment],
    minutes: Mapping[str, int],
    amounts: Mapping[Base, Decimal],
    *,
    claimed: Iterable[ClaimLine] | None = None,
) -> Result:
    """What is due of a claim, as the page previews it and as the check engages it."""
    lines = list(lines)
    released = _released(lines)
    engaged = [
        Engaged(line.pk, Base(line.base), line.amount, line.invoiced, released.get(line.pk, ZERO)) for line in lines
    ]
    claimed = claim.lines.all() if claimed is None else claimed
    asked = {Base(line.base): min(line.amount, amounts.get(Base(line.base), line.amount)) for line in claimed}
    return reckon(engaged, asked, _attendance(claim, minutes))


def _attendance(claim: Claim, minutes: Mapping[str, int]) -> Attendance:
    """Of those who are in the agreement now: each counts for what was planned of him at most."""
    planned = int(claim.dossier.training_action.minutes)
    rows = [each.row for each in enrolled_in(claim.dossier)]
    return Attendance(planned * len(rows), sum(min(planned, minutes.get(row, 0)) for row in rows))


def _released(lines: Iterable[Commitment]) -> dict[int, Decimal]:
    """What earlier claims gave back of each line, as not needed."""
    changes = CommitmentChange.objects.filter(commitment__in=[line.pk for line in lines], event__in=("solde", "delai"))
    found: dict[int, Decimal] = {}
    for pk, delta in changes.values_list("commitment_id", "delta"):
        found[pk] = found.get(pk, ZERO) - delta
    return found


def _require_readable(claim: Claim) -> None:
    """What the antivirus put aside since it was sent is asked again."""
    documents = [each for files in documents_in(claim).values() for each in files]
    if len(usable(documents)) < len(documents):
        raise InvalidValue("L'antivirus a écarté un fichier de cette demande : demandez-le à nouveau.")


def attested(claim: Claim) -> dict[str, int]:
    """Minutes by row, as the certificates of the claim say."""
    return dict(claim.certificates.order_by("id").values_list("row", "minutes"))


@action
def ask_for_pieces(*, actor: Actor, claim_id: int, words: str) -> ServiceCheck:
    """Something is missing, or wrong: the payee is told what, and by when. Controllers. Raises as `accept_claim`."""
    claim = _lock(actor, claim_id)
    told = _said(words, needed=True)
    today = paris_today(timezone.now())
    claim.state = ClaimState.A_COMPLETER
    claim.due_on = add_calendar_days(today, parameters.value("claim_complete_days", on=today))
    claim.updated_at = timezone.now()
    claim.save(update_fields=["state", "due_on", "updated_at"])
    check = _note(claim, actor, Outcome.PIECES, told)
    tell_claim(claim, "dossier.reglement_pieces", actor=actor, motif=told)
    notices.tell_asked(claim)
    return check


@action
def refuse_claim(*, actor: Actor, claim_id: int, words: str) -> ServiceCheck:
    """Nothing is due of it, for a reason that the payee reads; he may claim again. Controllers. Raises as `accept_claim`."""
    claim = _lock(actor, claim_id, also=ClaimState.A_COMPLETER)
    told = _said(words, needed=True)
    close_claim(claim, ClaimState.REFUSEE, actor=actor, reason=told)
    check = _note(claim, actor, Outcome.REFUS, told)
    tell_claim(claim, "dossier.reglement_refuse", actor=actor, motif=told)
    notices.tell_refused(claim)
    return check


def _lock(actor: Actor, claim_id: int, *, also: ClaimState = ClaimState.DEPOSEE) -> Claim:
    require(actor, Permission.SERVICE_CHECK)
    Dossier.objects.select_for_update(of=("self",)).filter(claims=claim_id).first()
    claim = Claim.objects.select_for_update(of=("self",)).filter(pk=claim_id).select_related(*AROUND).first()
    if claim is None or claim.state == ClaimState.BROUILLON:
        raise UnknownClaim
    require(actor, Permission.SERVICE_CHECK, subject_to_check(claim))
    if claim.state not in (ClaimState.DEPOSEE, also):
        raise ClaimMoved
    return claim


def _minutes(claim: Claim, told: Mapping[str, int]) -> dict[str, int]:
    """Never more than what was attested: the payee alone attests. Raises `InvalidValue`."""
    known = attested(claim)
    if any(minutes < 0 or minutes > known.get(row, 0) for row, minutes in told.items()):
        raise InvalidValue("Vous ne pouvez pas retenir plus d'heures que n'en attestent les certificats.")
    return known | dict(told)


def _due(claim: Claim, line: Commitment, amount: Decimal) -> Due:
    return Due(  # type: ignore[misc]
        claim=claim,
        commitment=line,
        fund=line.fund,
        provider_id=claim.provider_id,
        establishment_id=None if claim.provider_id else claim.establishment_id,
        amount=amount,
        created_at=timezone.now(),
    )


def _said(words: str, *, needed: bool) -> str:
    told = clean_text(words)
    if needed and not told:
        raise InvalidValue("Dites pourquoi : le bénéficiaire le lira.")
    if len(told) > LONGEST_WORDS:
        raise InvalidValue(f"{LONGEST_WORDS} caractères au plus.")
    refuse_nir(told)
    return told


def _note(
    claim: Claim,
    actor: Actor,
    outcome: Outcome,
    words: str,
    *,
    minutes: Mapping[str, int] | None = None,
    amount: Decimal = ZERO,
) -> ServiceCheck:
    return ServiceCheck.objects.create(  # type: ignore[misc]
        claim=claim,
        outcome=outcome,
        minutes=dict(minutes or {}),
        amount=amount,
        words=words,
        checked_by_id=actor.person_id,
        checked_by_label=actor.label,
        checked_at=timezone.now(),
    )
