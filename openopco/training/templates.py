"""« Modèles de formation »: what an establishment keeps of its courses to file them again."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers.actions.drafts import choose_provider, fill_fields
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import find_draft, subject_of
from openopco.kernel.errors import InvalidValue
from openopco.kernel.text import clean_line
from openopco.rights import Actor, Permission, require
from openopco.training.fields import TEMPLATE_FIELDS
from openopco.training.models import CourseTemplate

MOST = 200


def templates_of(*, actor: Actor, establishment_id: int) -> QuerySet[CourseTemplate]:
    """The models that the actor may use: all of his establishment's; while his attachment waits, those he made."""
    own = CourseTemplate.objects.filter(establishment_id=establishment_id).select_related("provider").order_by("name", "id")
    grants = [grant for grant in actor.employer_grants() if grant.establishment_id == establishment_id]
    if not grants:
        return own.none()
    return own if any(grant.confirmed for grant in grants) else own.filter(created_by_id=actor.user_id)


@action
def keep_as_template(*, actor: Actor, key: str, values: Mapping[str, str]) -> CourseTemplate:
    """Keeps the course of a draft under its title; again under the same title replaces it. Raises `InvalidValue`."""
    dossier = find_draft(actor=actor, key=key)
    require(actor, Permission.DRAFT_WRITE, subject_of(dossier))
    name = clean_line(values.get("title", ""))[:200]
    if not name:
        raise InvalidValue("Donnez d'abord l'intitulé de la formation : ce sera le nom du modèle.")
    known = CourseTemplate.objects.filter(establishment_id=dossier.establishment_id)
    if known.count() >= MOST and not known.filter(name=name).exists():
        raise InvalidValue(f"Vous avez déjà {MOST} modèles : supprimez-en un d'abord.")
    template, _ = CourseTemplate.objects.update_or_create(
        establishment_id=dossier.establishment_id,
        name=name,
        defaults={
            "provider_id": dossier.provider_id,
            "values": {field: values.get(field, "") for field in TEMPLATE_FIELDS},
            "updated_at": timezone.now(),
        },
        create_defaults={
            "provider_id": dossier.provider_id,
            "values": {field: values.get(field, "") for field in TEMPLATE_FIELDS},
            "updated_at": timezone.now(),
            "created_by_id": actor.user_id,
        },
    )
    return template


@action
def use_template(*, actor: Actor, key: str, template_id: int) -> Dossier:
    """Fills a draft from a model: course and provider. Raises `InvalidValue` where the model is gone."""
    dossier = find_draft(actor=actor, key=key)
    template = templates_of(actor=actor, establishment_id=dossier.establishment_id).filter(pk=template_id).first()
    if template is None:
        raise InvalidValue("Ce modèle n'existe plus.")
    fill_fields(actor=actor, key=key, values={name: template.values.get(name, "") for name in TEMPLATE_FIELDS})
    return choose_provider(actor=actor, key=key, provider=template.provider) if template.provider else dossier


@action
def forget_template(*, actor: Actor, establishment_id: int, template_id: int) -> None:
    """Deletes a model; the requests made from it keep what they took."""
    templates_of(actor=actor, establishment_id=establishment_id).filter(pk=template_id).delete()
