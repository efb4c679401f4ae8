"""Telling those who act for a payee, and those who check, of what happens to its bank account."""

from collections.abc import Iterable

from openopco import journal
from openopco.base.jobs import job
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.queries import active_staff, people_of_establishment
from openopco.journal.models import Entry
from openopco.notifications.actions import notify
from openopco.notifications.kinds import NoticeKind, Readers, register

ACCOUNT = register(
    NoticeKind("bank_account.changed", "Changement de coordonnées bancaires", compulsory=True, act="Vérifier l'IBAN")
)
TO_CHECK = register(
    NoticeKind("bank_account.to_check", "IBAN à vérifier", readers=Readers.OPCO, act="Vérifier cet IBAN")
)
SENTENCES = {
    "bank_account.proposed": "Un nouvel IBAN est proposé pour votre établissement : il attend d'être vérifié.",
    "bank_account.confirmed": "L'IBAN de votre établissement est vérifié.",
    "bank_account.refused": "L'IBAN proposé pour votre établissement n'est pas accepté : lisez pourquoi.",
    "bank_account.ended": "Un IBAN de votre établissement ne sert plus.",
}


@job("habilitations.tell_of_account")
def tell_of_account(entry_id: int) -> None:
    """The people of the establishment, whoever did it among them: a change that nobody asked for is seen. For a new one,
    the accountants but its author."""
    entry = Entry.objects.get(pk=entry_id)
    if entry.event not in SENTENCES or entry.payload is None:
        return
    if establishment := entry.payload.get("establishment"):
        _notify(
            entry, ACCOUNT, people_of_establishment(establishment), SENTENCES[entry.event], account_url(establishment)
        )
    if entry.event == "bank_account.proposed":
        checkers = set(active_staff(StaffRoleName.COMPTABLE)) - {entry.actor_id}
        _notify(entry, TO_CHECK, checkers, "Un IBAN attend d'être vérifié.", f"/gestion/iban/{entry.subject_id}/")


def account_url(establishment_id: int) -> str:
    return f"/habilitations/etablissement/{establishment_id}/compte-bancaire/"


def _notify(entry: Entry, kind: NoticeKind, user_ids: Iterable[int], sentence: str, url: str) -> None:
    notify(
        user_ids=user_ids,
        kind=kind.code,
        title=sentence,
        url=url,
        subject_kind="bank_account",
        subject_id=entry.subject_id,
        unique_key=f"{entry.event}:{entry.subject_id}:{kind.code}",
    )


journal.subscribe("bank_account.*", "habilitations.tell_of_account")
