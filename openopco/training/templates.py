"""« Modèles de formation »: what an establishment keeps of its courses to file them again."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils import timezone

from openopco.base.actions import action
from openopco.dossiers.actions.drafts import fill_fields
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import find_draft, subject_of
from openopco.kernel.errors import InvalidValue
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line
from openopco.rights import Actor, Permission, require
from openopco.training.fields import TEMPLATE_FIELDS, TRAINING_FIELDS
from openopco.training.models import CourseTemplate
from openopco.training.teaching import choose_provider

MOST = 200
_KEPT = tuple(spec for spec in TRAINING_FIELDS if spec.name in TEMPLATE_FIELDS)


def templates_of(*, actor: Actor, establishment_id: int) -> QuerySet[CourseTemplate]:
    """The models that the actor may use: all of his establishment's; while his attachment waits, those he made."""
    own = (
        CourseTemplate.objects.filter(establishment_id=establishment_id)
        .select_related("provider")
        .order_by("name", "id")
    )
    grants = [grant for grant in actor.employer_grants() if grant.establishment_id == establishment_id]
    if not grants:
        return own.none()
    return own if any(grant.confirmed for grant in grants) else own.filter(created_by_id=actor.user_id)


@action
def keep_as_template(*, actor: Actor, key: str, values: Mapping[str, str]) -> CourseTemplate:
    """Keeps the course of a draft under its title; again under the same title replaces it. Raises `InvalidValue`."""
    dossier = find_draft(actor=actor, key=key)
    require(actor, Permission.DRAFT_WRITE, subject_of(dossier))
    name = refuse_nir(clean_line(values.get("title", "")))[:200]
    if not name:
        raise InvalidValue("Donnez d'abord l'intitulé de la formation : ce sera le nom du modèle.")
    _require_room(actor, dossier.establishment_id, name)
    content = {
        "provider_id": dossier.provider_id,
        "values": {spec.name: str(values.get(spec.name, ""))[: spec.max_length] for spec in _KEPT},
        "updated_at": timezone.now(),
    }
    template, _ = CourseTemplate.objects.update_or_create(
        establishment_id=dossier.establishment_id,
        name=name,
        defaults=content,
        create_defaults={**content, "created_by_id": actor.user_id},  # type: ignore[misc]
    )
    return template


def _require_room(actor: Actor, establishment_id: int, name: str) -> None:
    """Somebody whose attachment waits replaces nothing that he may not see."""
    known = CourseTemplate.objects.filter(establishment_id=establishment_id)
    if known.filter(name=name).exists():
        if not templates_of(actor=actor, establishment_id=establishment_id).filter(name=name).exists():
            raise InvalidValue("Un modèle de votre établissement porte déjà ce nom : changez l'intitulé.")
    elif known.count() >= MOST:
        raise InvalidValue(f"Vous avez déjà {MOST} modèles : supprimez-en un d'abord.")


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
