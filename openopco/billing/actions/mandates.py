"""The billing mandate: a provider lets the portal make its invoices. Its administrators."""

from django.utils import timezone

from openopco import journal
from openopco.base.actions import action
from openopco.billing.models import BillingMandate
from openopco.organisations.models import Provider
from openopco.rights import Actor, Permission, Subject, require

# Of the words that were accepted, on the page: one more when they change.
TERMS = "2026-11"


@action
def accept_mandate(*, actor: Actor, provider_id: int) -> BillingMandate:
    """Twice is once. Administrators of the provider. Raises `Forbidden`."""
    require(actor, Permission.MANDATE_ACCEPT, Subject(provider_id=provider_id))
    Provider.objects.select_for_update().get(pk=provider_id)
    known = BillingMandate.objects.filter(provider_id=provider_id, ended_at=None).first()
    if known is not None:
        return known
    made = BillingMandate.objects.create(
        provider_id=provider_id,
        terms=TERMS,
        accepted_by_id=actor.person_id,
        accepted_by_label=actor.label,
        accepted_at=timezone.now(),
    )
    _note(made, "billing.accepter_mandat", actor)
    return made


@action
def end_mandate(*, actor: Actor, provider_id: int) -> None:
    """No further invoice is made; those that were stay. Administrators of the provider. Raises `Forbidden`."""
    require(actor, Permission.MANDATE_ACCEPT, Subject(provider_id=provider_id))
    known = BillingMandate.objects.select_for_update().filter(provider_id=provider_id, ended_at=None).first()
    if known is not None:
        known.ended_at = timezone.now()
        known.save(update_fields=["ended_at"])
        _note(known, "billing.finir_mandat", actor)


def _note(mandate: BillingMandate, event: str, actor: Actor) -> None:
    payload = {"organisme": mandate.provider_id, "texte": mandate.terms}
    journal.record(subject_kind="billing_mandate", subject_id=mandate.pk, event=event, actor=actor, payload=payload)
