"""What the room tells people of, and how a request's history tells it. No name of a person, no reason: these sentences go by
mail."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from openopco.billing.models import Claim
from openopco.dossiers import kinds, timeline
from openopco.dossiers.timeline import Payload, Words
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.places import Place
from openopco.habilitations.queries import active_staff, people_of
from openopco.kernel.calendar import format_date
from openopco.kernel.money import format_euros
from openopco.notifications.actions import notify
from openopco.notifications.kinds import NoticeKind, Readers, register

ANSWERED = register(
    NoticeKind(
        "claim.suite",
        "Suite donnée à une facture ou à une demande de remboursement",
        compulsory=True,
        act="Lire la suite",
    )
)
SENT = register(NoticeKind("claim.envoi", "Facture déposée sur une demande", mail=False, act="Voir la facture"))
CHECKS = register(
    NoticeKind("claim.controle", "Service fait à contrôler", mail=False, readers=Readers.OPCO, act="Contrôler")
)
_DESK, _OWN = "/gestion/service-fait/{}/", "/factures/{}/"


def what(claim: Claim) -> str:
    """« La facture 2027-014 du dossier AF-2027-000012 », « La demande de remboursement du dossier … »."""
    number = claim.dossier.number
    if claim.provider_id and claim.invoice is not None:
        return f"La facture {claim.invoice.number} du dossier {number}"
    return f"La demande de remboursement du dossier {number}"


def tell_sent(claim: Claim) -> None:
    """Controllers, and the employer of what his provider deposited."""
    _controllers(claim, f"{what(claim)} est à contrôler.", "envoi")
    if claim.provider_id:
        title = f"L'organisme a transmis sa facture pour votre demande {claim.dossier.number}."
        people = people_of(Place(establishment_id=claim.establishment_id))
        _notify(claim, people, SENT, title, _OWN.format(claim.key), "employeur")


def tell_answered(claim: Claim) -> None:
    _controllers(claim, f"{what(claim)} est complétée : à contrôler.", "complete")


def tell_asked(claim: Claim) -> None:
    assert claim.due_on is not None
    _payee(claim, f"{what(claim)} est à compléter avant le {format_date(claim.due_on)}.", "pieces")


def reminder_key(claim: Claim) -> str:
    return f"claim:{claim.pk}:rappel:{claim.due_on}"


def remind_to_complete(claim: Claim) -> None:
    assert claim.due_on is not None
    title = f"{what(claim)} attend toujours d'être complétée, avant le {format_date(claim.due_on)}."
    notify(
        user_ids=people_of(_place(claim)),
        kind=ANSWERED.code,
        title=title,
        url=_OWN.format(claim.key),
        subject_kind="claim",
        subject_id=claim.pk,
        unique_key=reminder_key(claim),
    )


def tell_accepted(claim: Claim) -> None:
    _payee(claim, f"{what(claim)} est validée : {format_euros(claim.accepted)} vont vous être réglés.", "valide")


def tell_refused(claim: Claim) -> None:
    _payee(claim, f"{what(claim)} est refusée : lisez le motif.", "refus")


def tell_credited(claim: Claim) -> None:
    _controllers(claim, f"Un avoir est enregistré sur le dossier {claim.dossier.number}.", "avoir")


def _payee(claim: Claim, title: str, event: str) -> None:
    _notify(claim, people_of(_place(claim)), ANSWERED, title, _OWN.format(claim.key), event)


def _place(claim: Claim) -> Place:
    if claim.provider_id:
        return Place(provider_id=claim.provider_id)
    return Place(establishment_id=claim.establishment_id)


def _controllers(claim: Claim, title: str, event: str) -> None:
    people = active_staff(StaffRoleName.CONTROLEUR)
    _notify(claim, people, CHECKS, title, _DESK.format(claim.pk), event)


def _notify(claim: Claim, people: Iterable[int], kind: NoticeKind, title: str, url: str, event: str) -> None:
    notify(
        user_ids=people,
        kind=kind.code,
        title=title,
        url=url,
        subject_kind="claim",
        subject_id=claim.pk,
        unique_key=f"claim:{claim.pk}:{event}:{claim.updated_at.isoformat()}",
    )


# --- in the request's history ----------------------------------------------------------------------------------------


def _told(kind: kinds.Kind, payload: Payload, on: date) -> str:
    amount = f"{format_euros(Decimal(payload['montant']))} HT." if payload.get("montant") else ""
    invoice = f"Facture {payload['facture']}." if payload.get("facture") else ""
    return "\n".join(filter(None, [" ".join(filter(None, [invoice, amount])), str(payload.get("motif") or "")]))


def register_words() -> None:
    timeline.WORDS.update(
        {
            "dossier.reglement_demande": Words(
                "Règlement demandé", "Règlement demandé", "info", from_employer=True, text=_told
            ),
            "dossier.reglement_complete": Words(
                "Demande de règlement complétée", "Demande de règlement complétée", from_employer=True, text=_told
            ),
            "dossier.reglement_retire": Words(
                "Demande de règlement retirée", "Demande de règlement retirée", "off", from_employer=True, text=_told
            ),
            "dossier.reglement_pieces": Words(
                "Pièces demandées pour le règlement", "Pièces demandées pour le règlement", "wait", text=_told
            ),
            "dossier.service_fait": Words("Service fait constaté", "Service fait constaté", "ok", text=_told),
            "dossier.reglement_refuse": Words("Règlement refusé", "Règlement refusé", "bad", text=_told),
            "dossier.avoir": Words("Avoir enregistré", "Avoir enregistré", "off", text=_told),
        }
    )
