"""What an officer looks at before deciding an action de formation. Pure. Source: R.6332-26 C. trav."""

from collections.abc import Iterator, Mapping
from typing import Any

from openopco.dossiers.draft import DraftView, PieceView, ProviderFacts
from openopco.dossiers.kinds import Check, Outcome
from openopco.kernel.calendar import format_date
from openopco.kernel.identifiers import format_siret
from openopco.kernel.money import format_euros
from openopco.organisations.enums import Nature, ProviderStatus
from openopco.organisations.rules import Certificates, Verdict, check_nda, check_qualiopi
from openopco.training import fields as f
from openopco.training.rules import ancillary_total, hourly_cost, last_submission, required_zones, warnings

# What the room of organisations finds, in the words of a list of checks.
_OUTCOMES = {Verdict.OK: Outcome.PASSED, Verdict.LOOK: Outcome.LOOK, Verdict.FAIL: Outcome.FAILED}


def checks(draft: DraftView, around: Mapping[str, Any]) -> list[Check]:
    """The list, in the order an officer reads a file. `around`: twins (numbers), membership_accepted, typed (by whom, for
    the employer, where it came on paper), sent_on, answer_by (the day aimed at, where the training begins before it)."""
    return [
        *_membership(draft, around),
        *_employer(draft),
        *_contributions(draft),
        *_provider(draft),
        *_dates(draft, around),
        *_plausible(draft),
        *_twins(around),
        *_pieces(draft, around),
    ]


def _membership(draft: DraftView, around: Mapping[str, Any]) -> Iterator[Check]:
    if typed := around.get("typed"):
        detail = f"{typed} : comparez avec ce que l'employeur a envoyé ou confirmé."
        yield Check("rattachement", "Demande reçue", Outcome.LOOK, detail, blocking=True)
        return
    accepted = bool(around.get("membership_accepted"))
    detail = (
        "La personne qui a envoyé la demande est rattachée à l'établissement."
        if accepted
        else "Le rattachement de la personne qui a envoyé la demande reste à valider."
    )
    yield Check("rattachement", "Rattachement", _passed(accepted), detail, blocking=True)


def _employer(draft: DraftView) -> Iterator[Check]:
    employer = draft.employer
    detail = (
        f"Établissement connu du registre : {format_siret(employer.siret)}."
        if employer.verified
        else "Établissement saisi à la main : il reste à vérifier."
    )
    yield Check("etablissement", "Établissement", _passed(employer.verified), detail, blocking=True)
    headcount = draft.value(f.HEADCOUNT)
    if headcount is None:
        yield Check("effectif", "Effectif", Outcome.LOOK, "L'effectif exact de l'entreprise n'est pas connu.")
    elif headcount >= 50:
        detail = (
            f"{headcount} salariés : le plan de développement des compétences mutualisé est réservé aux moins de 50."
        )
        yield Check("effectif", "Effectif", Outcome.LOOK, detail)
    else:
        yield Check("effectif", "Effectif", Outcome.PASSED, f"{headcount} salariés : moins de 50.")


def _contributions(draft: DraftView) -> Iterator[Check]:
    """Nothing is said while no officer has noted anything: it blocks no decision."""
    employer = draft.employer
    if employer.contributions_paid is None or employer.contributions_on is None:
        return
    day = format_date(employer.contributions_on)
    if employer.contributions_paid:
        yield Check("contributions", "Contributions", Outcome.PASSED, f"À jour au {day}.")
    else:
        yield Check("contributions", "Contributions", Outcome.LOOK, f"L'entreprise n'était pas à jour le {day}.")


def _provider(draft: DraftView) -> Iterator[Check]:
    if draft.value(f.INTERNAL):
        yield Check("organisme", "Organisme de formation", Outcome.LOOK, "Formation interne : pas d'organisme déclaré.")
        return
    provider = draft.provider
    if provider is None:
        yield Check(
            "organisme", "Organisme de formation", Outcome.FAILED, "Aucun organisme n'est indiqué.", blocking=True
        )
        return
    if provider.status != "ACTIF":
        detail = f"{provider.name} est suspendu ou fermé."
        yield Check("organisme", "Organisme de formation", Outcome.FAILED, detail, blocking=True)
    declaration = check_nda(nda=provider.nda, status=ProviderStatus(provider.status), verified=provider.verified)
    blocks = bool(draft.parameters.get("provider_checks_block", True))
    yield Check("nda", "Déclaration d'activité", _OUTCOMES[declaration.verdict], declaration.message, blocking=blocks)
    certificate = check_qualiopi(certificates=_certificates(provider), nature=Nature(draft.value(f.NATURE) or "action"))
    yield Check("qualiopi", "Qualiopi", _OUTCOMES[certificate.verdict], certificate.message, blocking=blocks)


def _certificates(provider: ProviderFacts) -> Certificates:
    return Certificates(provider.qualiopi_actions, provider.qualiopi_bilans, provider.qualiopi_vae)


def _dates(draft: DraftView, around: Mapping[str, Any]) -> Iterator[Check]:
    starts, ends = draft.value(f.STARTS_ON), draft.value(f.ENDS_ON)
    sent = around.get("sent_on") or draft.today
    if not starts or not ends:
        return
    period = f"du {format_date(starts)} au {format_date(ends)}"
    if starts < sent:
        detail = f"Commencée avant l'envoi de la demande ({format_date(sent)}) : {period}."
        yield Check("dates", "Dates", Outcome.LOOK, detail)
    else:
        yield Check("dates", "Dates", Outcome.PASSED, f"Demande envoyée avant le début, {period}.")
    if answer_by := around.get("answer_by"):
        detail = (
            f"Début le {format_date(starts)}, avant la réponse visée ({format_date(answer_by)}) : à examiner d'abord."
        )
        yield Check("reponse_visee", "Réponse visée", Outcome.LOOK, detail)
    limit = last_submission(draft)
    arrived = draft.paper.received_on if draft.paper else sent
    if limit and arrived > limit:
        detail = f"Envoyée le {format_date(arrived)}, après la date limite ({format_date(limit)})."
        yield Check("date_limite", "Date limite d'envoi", Outcome.LOOK, detail)


def _plausible(draft: DraftView) -> Iterator[Check]:
    odd = [warning.message for warning in warnings(draft) if warning.target in ("hours", "cost")]
    hourly = hourly_cost(draft)
    words = f"{format_euros(hourly)} par heure et par stagiaire." if hourly is not None else "Coût horaire inconnu."
    yield Check("heures", "Heures et coût", Outcome.LOOK if odd else Outcome.PASSED, " ".join(odd) or words)
    if extra := ancillary_total(draft):
        detail = f"{format_euros(extra)} HT demandés en plus du coût pédagogique : à justifier au moment de payer."
        yield Check("frais_annexes", "Frais annexes", Outcome.LOOK, detail)
    identity = [warning.message for warning in warnings(draft) if warning.target == "nir"]
    if identity:
        yield Check("identite", "Identité des stagiaires", Outcome.LOOK, " ".join(identity))


def _twins(around: Mapping[str, Any]) -> Iterator[Check]:
    twins = around.get("twins") or []
    detail = (
        f"Un même stagiaire, des dates qui se chevauchent : {', '.join(twins)}."
        if twins
        else "Aucune autre demande aux mêmes dates."
    )
    yield Check("doublon", "Doublons", Outcome.LOOK if twins else Outcome.PASSED, detail)


def _pieces(draft: DraftView, around: Mapping[str, Any]) -> Iterator[Check]:
    """Without an antivirus a file whose format was checked is enough; where there is one, its word is awaited."""
    absent = [zone for zone in required_zones(draft) if not any(piece.is_usable for piece in draft.pieces_in(zone))]
    unchecked = [piece.name for piece in draft.pieces if _is_unchecked(draft, piece)]
    doubtful = [piece.name for piece in draft.pieces if piece.state != "safe" and piece.name not in unchecked]
    if absent:
        yield _piece(Outcome.FAILED, "Il manque une pièce obligatoire : demandez-la à l'employeur.")
    elif unchecked and around.get("antivirus", True):
        yield _piece(Outcome.FAILED, f"Contrôle antivirus non terminé : {', '.join(unchecked)}.")
    elif unchecked or doubtful:
        yield _piece(Outcome.LOOK, f"Non contrôlé ou écarté par l'antivirus : {', '.join([*unchecked, *doubtful])}.")
    else:
        yield _piece(Outcome.PASSED, "Les pièces obligatoires sont là.")


def _piece(outcome: Outcome, detail: str) -> Check:
    return Check("pieces", "Pièces", outcome, detail, blocking=True)


def _is_unchecked(draft: DraftView, piece: PieceView) -> bool:
    """Whether the antivirus has still to look, or could not where no other piece of the zone makes up for it: what was
    sent stays, a new piece stands beside it."""
    made_up = any(other.state == "safe" for other in draft.pieces_in(piece.zone))
    return piece.state == "pending" or (piece.state == "error" and not made_up)


def _passed(answer: bool) -> Outcome:
    return Outcome.PASSED if answer else Outcome.FAILED
