"""The letters of a request: what each template is filled with, and the row that keeps the letter as it was issued."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils import timezone

from openopco.base.jobs import enqueue
from openopco.base.prepared import Prepared
from openopco.dossiers import funders
from openopco.dossiers.enums import Audience, LetterKind, State
from openopco.dossiers.models import NO_DUE_DATE, CorrectionRequest, Decision, Dossier, Letter
from openopco.dossiers.notices import path_for
from openopco.dossiers.papers import came_in_words, paper_of
from openopco.dossiers.queries.modifications import agreement_good_until
from openopco.kernel.calendar import PARIS, format_date, paris_today
from openopco.kernel.identifiers import format_siret
from openopco.kernel.money import format_euros
from openopco.opco import parameters
from openopco.opco.texts import letters, versions
from openopco.opco.texts.letters import Content
from openopco.opco.texts.versions import Version
from openopco.rights import Actor

KIND_OF: Mapping[str, LetterKind] = {
    State.ACCORDEE: LetterKind.ACCORD,
    State.REFUSEE: LetterKind.REFUS,
    State.SANS_SUITE: LetterKind.SANS_SUITE,
}
INTERNAL = "Formation interne"


# --- written ---------------------------------------------------------------------------------------------------------


def write_for_decision(dossier: Dossier, decision: Decision) -> Letter | None:
    """Writes the letter of a decision, in its transaction, in the words that stand at its moment. The caller holds the
    dossier's lock and has brought the row up to date. None for an outcome that no letter tells."""
    kind = KIND_OF.get(decision.outcome)
    if kind is None:
        return None
    values = decision_values(
        dossier,
        kind,
        amount=decision.amount_granted,
        reason=decision.reason,
        before=_agreed_before(decision),
        funding=decision.funding,
    )
    return _write(
        dossier, kind, values, at=decision.decided_at, officer=decision.decided_by_label, thing={"decision": decision}
    )


def write_for_correction(dossier: Dossier, correction: CorrectionRequest, points: list[str], *, actor: Actor) -> Letter:
    """Writes the letter of a correction asked, as `write_for_decision`."""
    values = correction_values(points, message=correction.message, due_on=correction.due_on)
    thing = {"correction": correction}
    return _write(dossier, LetterKind.COMPLEMENT, values, at=correction.created_at, officer=actor.label, thing=thing)


def _write(
    dossier: Dossier,
    kind: LetterKind,
    values: Mapping[str, Any],
    *,
    at: datetime,
    officer: str,
    thing: Mapping[str, Any],
) -> Letter:
    version = versions.in_force(kind, at)
    content = _composed(version, dossier, values, at=at, officer=officer)
    letter = Letter.objects.create(
        dossier=dossier, kind=kind, template_version=version.number, content=content, issued_at=at, **thing
    )
    enqueue("dossiers.issue_letter", unique_key=f"letter:{letter.pk}", letter_id=letter.pk)
    return letter


def _agreed_before(decision: Decision) -> date | None:
    """The day of the agreement that this one replaces."""
    if decision.version == 1:
        return None
    earlier = Decision.objects.filter(
        dossier_id=decision.dossier_id, outcome=State.ACCORDEE, version__lt=decision.version
    )
    last = earlier.order_by("-version").first()
    return paris_today(last.decided_at) if last else None


# --- looked at before it is ------------------------------------------------------------------------------------------


def preview(dossier: Dossier, kind: LetterKind, values: Mapping[str, Any], *, actor: Actor) -> Content:
    """The letter that the actor's act would write now. Nothing is kept."""
    now = timezone.now()
    return _composed(versions.in_force(kind, now), dossier, values, at=now, officer=actor.label)


def _composed(version: Version, dossier: Dossier, values: Mapping[str, Any], *, at: datetime, officer: str) -> Content:
    today = paris_today(at)
    place = dossier.establishment
    return letters.compose(
        version.template,
        version.words,
        {**request_values(dossier, today=today, officer=officer), **values},
        recipient=[place.name, place.address, f"{place.postal_code} {place.city}".strip()],
        date=format_date(today),
        reference=str(dossier.number),
    )


# --- what the templates are filled with ------------------------------------------------------------------------------


def request_values(dossier: Dossier, *, today: date, officer: str) -> dict[str, Any]:
    """The variables of every letter of a request."""
    people = f"{dossier.trainee_count} stagiaire{'s' if dossier.trainee_count > 1 else ''}"
    cost = f"{format_euros(dossier.amount_asked or Decimal(0))} HT"
    provider = dossier.provider_name or INTERNAL
    starts, ends = (format_date(day) if day else "" for day in (dossier.starts_on, dossier.ends_on))
    rows = {
        "Demande": str(dossier.number),
        "Formation": dossier.title,
        "Organisme de formation": provider,
        "Dates": f"du {starts} au {ends}" if starts and ends else "",
        "Stagiaires": people,
        "Coût demandé": cost,
    }
    return {
        **letters.house_values(),
        "date": format_date(today),
        "numero": str(dossier.number),
        "formation": dossier.title,
        "entreprise": dossier.employer_name,
        "siret": format_siret(dossier.establishment.siret),
        "organisme": provider,
        "date_debut": starts,
        "date_fin": ends,
        "stagiaires": people,
        "cout_demande": cost,
        "date_envoi": format_date(paris_today(dossier.sent_at)) if dossier.sent_at else "",
        "lien": link_to(dossier),
        "gestionnaire": officer,
        "tableau": [[label, value] for label, value in rows.items() if value],
    }


def sent_values(dossier: Dossier, *, title: str = "", employer: str = "") -> dict[str, str]:
    """The variables of the acknowledgement: what was sent, when and by whom; as it stood, where that is given."""
    assert dossier.sent_at is not None
    at = dossier.sent_at.astimezone(PARIS)
    return {
        **letters.house_values(),
        "numero": str(dossier.number),
        "formation": title or dossier.title,
        "entreprise": employer or dossier.employer_name,
        "envoi": f"{format_date(at.date())} à {at:%-H h %M}",
        "deposant": _filer(dossier),
    }


def _filer(dossier: Dossier) -> str:
    name = dossier.filed_by.full_name if dossier.filed_by else ""
    paper = paper_of(dossier)
    return f"{name} pour l'employeur, {came_in_words(paper.reception, paper.received_on)}" if paper else name


def decision_values(
    dossier: Dossier,
    kind: LetterKind,
    *,
    amount: Decimal | None,
    reason: str,
    before: date | None = None,
    funding: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What a decision adds: euros HT, the reason that the employer reads, the day of the agreement it replaces, and what it
    engages, as `Decision.funding` keeps it."""
    if kind is not LetterKind.ACCORD:
        return {"motif": reason}
    today = paris_today(timezone.now())
    days = parameters.value("change_notice_days", on=today)
    return {
        **funders.told(funding or {}),
        "montant_accorde": f"{format_euros(amount or Decimal(0))} HT",
        "motif": reason,
        "accord_precedent": format_date(before) if before else "",
        "delai_signalement": f"{days} jour{'s' if days > 1 else ''}",
        **_last_days(dossier, today),
    }


def _last_days(dossier: Dossier, today: date) -> dict[str, str]:
    """Until when an agreement issued today is good: to ask for the payment, and sooner to say that the course began, where
    nobody has and it lapses without."""
    if dossier.starts_on is None or dossier.ends_on is None:
        return {"demande_avant": "", "debut_avant": ""}
    claim = agreement_good_until(dossier, issued_on=today, is_started=True)
    last = agreement_good_until(dossier, issued_on=today)
    return {"demande_avant": format_date(claim), "debut_avant": format_date(last) if last < claim else ""}


def correction_values(points: list[str], *, message: str, due_on: date) -> dict[str, Any]:
    """What a correction asked adds."""
    return {
        "points": points,
        "message": message,
        "reponse_avant": "" if due_on == NO_DUE_DATE else format_date(due_on),
    }


def link_to(dossier: Dossier) -> str:
    """The address of a request for its employer."""
    return urljoin(settings.PUBLIC_URL, path_for(dossier, Audience.EMPLOYEUR))


# --- read ------------------------------------------------------------------------------------------------------------

# Without the content: a page only names them.
_letters_of: Prepared[Letter] = Prepared(
    (int,), lambda pk: Letter.objects.filter(dossier_id=pk).defer("content").order_by("-id")
)


def letters_of(dossier: Dossier) -> list[Letter]:
    """The letters of a request, the latest first, without what they say. One query; the caller has checked that the reader
    may see the request."""
    return _letters_of(dossier.pk)


def path_of_letter(dossier: Dossier, letter_id: int) -> str:
    """Where its PDF is downloaded; the door routes it, a test holds it to that."""
    return f"{path_for(dossier, Audience.EMPLOYEUR)}lettres/{letter_id}.pdf"


def latest_letter(dossier: Dossier, kind: LetterKind) -> int | None:
    """The id of the last letter of a kind."""
    return Letter.objects.filter(dossier=dossier, kind=kind).order_by("-id").values_list("pk", flat=True).first()


def letter_of(dossier: Dossier, letter_id: int) -> Letter | None:
    """One letter of a request, whole."""
    kept = Letter.objects.filter(dossier=dossier)
    return kept.filter(pk=letter_id).first() if letter_id < 2**63 else None
