"""What officers keep on the sheet of a company or of a provider: notes among themselves, contributions paid or not."""

from datetime import date

from django.utils import timezone

from openopco.base.actions import action
from openopco.journal.actions import record
from openopco.kernel.calendar import paris_today
from openopco.kernel.errors import Forbidden, InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line, clean_text
from openopco.organisations.actions.common import assign
from openopco.organisations.errors import InvalidFields
from openopco.organisations.models import Company, OrganisationNote, Provider
from openopco.rights import Actor, Permission, require

LONGEST_NOTE, LONGEST_SOURCE = 4000, 200


@action
def note_on_company(*, actor: Actor, company_id: int, body: str) -> OrganisationNote:
    """An officer's note on a company, at all of its places. Raises Forbidden, InvalidValue, Company.DoesNotExist."""
    return _note(Company.objects.select_for_update().get(pk=company_id), actor=actor, body=body)


@action
def note_on_provider(*, actor: Actor, provider_id: int, body: str) -> OrganisationNote:
    """An officer's note on a provider. Raises Forbidden, InvalidValue, Provider.DoesNotExist."""
    return _note(Provider.objects.select_for_update().get(pk=provider_id), actor=actor, body=body)


@action
def record_contributions(*, actor: Actor, company_id: int, paid: bool | None, on: date | None, source: str) -> Company:
    """What an officer read of a company's training contributions, which the Urssaf or the MSA collects (L.6131-1 C. trav.):
    paid or not on a day, and where he read it. Raises Forbidden, InvalidFields, Company.DoesNotExist."""
    require(actor, Permission.ESTABLISHMENT_VERIFY)
    company = Company.objects.select_for_update().get(pk=company_id)
    day, words = _read_contributions(paid, on, source)
    if assign(company, {"contributions_paid": paid, "contributions_on": day, "contributions_source": words}):
        company.save()
        payload = {"paid": paid, "on": day.isoformat(), "source": words}
        record(
            subject_kind="company", subject_id=company.pk, event="company.contributions", actor=actor, payload=payload
        )
    return company


def _read_contributions(paid: bool | None, on: date | None, source: str) -> tuple[date, str]:
    wrong: dict[str, str] = {}
    words = clean_line(source)
    if paid is None:
        wrong["paid"] = "Dites si les contributions sont à jour."
    if on is None:
        wrong["on"] = "Indiquez le jour où vous l'avez constaté."
    elif on > paris_today(timezone.now()):
        wrong["on"] = "Ce jour n'est pas encore venu."
    if not words:
        wrong["source"] = "Dites où vous l'avez lu, par exemple : attestation de vigilance de l'Urssaf."
    elif len(words) > LONGEST_SOURCE:
        wrong["source"] = f"Ces mots sont trop longs : {LONGEST_SOURCE} caractères au plus."
    if wrong or on is None:
        raise InvalidFields(wrong)
    return on, refuse_nir(words)


def _note(about: Company | Provider, *, actor: Actor, body: str) -> OrganisationNote:
    require(actor, Permission.NOTE_WRITE)
    if actor.user_id is None:
        raise Forbidden
    kind = "company" if isinstance(about, Company) else "provider"
    note = OrganisationNote.objects.create(
        **{kind: about},
        author_id=actor.user_id,
        author_label=actor.label[:200],
        body=_readable(body),
        created_at=timezone.now(),
    )
    record(subject_kind=kind, subject_id=about.pk, event=f"{kind}.note", actor=actor, payload={"note": note.pk})
    return note


def _readable(body: str) -> str:
    text = refuse_nir(clean_text(body))
    if not text:
        raise InvalidValue("Écrivez votre note avant de l'enregistrer.")
    if len(text) > LONGEST_NOTE:
        raise InvalidValue(f"Cette note est trop longue : {LONGEST_NOTE} caractères au plus.")
    return text
