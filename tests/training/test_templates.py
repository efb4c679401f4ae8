"""« Modèles de formation »: kept from a draft, used in another, seen by the establishment alone."""

import pytest

from openopco.dossiers.actions import drafts
from openopco.dossiers.draft import raw_or_default
from openopco.dossiers.errors import NotEditable, UnknownDossier
from openopco.dossiers.models import Dossier
from openopco.dossiers.queries import load_draft
from openopco.kernel.errors import InvalidValue
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.training import templates
from openopco.training.fields import TEMPLATE_FIELDS, TRAINING_FIELDS
from openopco.training.models import CourseTemplate
from tests.dossiers.factories import COURSE, TODAY, complete_draft, empty_draft, sent


def keep(actor: Actor, dossier: Dossier, **changes: str) -> CourseTemplate:
    return templates.keep_as_template(actor=actor, key=str(dossier.key), values={**COURSE, **changes})


def names(actor: Actor, place: Establishment) -> list[str]:
    return [each.name for each in templates.templates_of(actor=actor, establishment_id=place.pk)]


def test_it_keeps_the_course_and_who_teaches_it(alice: Actor, place: Establishment) -> None:
    dossier = complete_draft(alice, place)
    template = keep(alice, dossier)
    assert template.name == "Contrôle technique : mise à jour"
    assert template.provider_id == dossier.provider_id
    assert set(template.values) == set(TEMPLATE_FIELDS)
    assert (template.values["hours"], template.values["cost"]) == ("14", "560,00")


def test_the_same_title_again_replaces_it(alice: Actor, bob: Actor, place: Establishment) -> None:
    dossier = complete_draft(alice, place)
    keep(alice, dossier)
    again = keep(bob, dossier, hours="7")
    assert CourseTemplate.objects.get() == again
    assert (again.values["hours"], again.created_by_id) == ("7", alice.user_id)


@pytest.mark.parametrize("title", ["", "  "])
def test_without_a_title_it_has_no_name(title: str, alice: Actor, place: Establishment) -> None:
    with pytest.raises(InvalidValue, match="Donnez d'abord l'intitulé"):
        keep(alice, empty_draft(alice, place), title=title)


def test_no_value_is_longer_than_its_field(alice: Actor, place: Establishment) -> None:
    template = keep(alice, empty_draft(alice, place), hours="9" * 5000, title="T" * 5000)
    assert (len(template.values["hours"]), len(template.name)) == (12, 200)


def test_there_is_a_limit(alice: Actor, place: Establishment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MOST", 1)
    dossier = empty_draft(alice, place)
    keep(alice, dossier, title="Freins")
    with pytest.raises(InvalidValue, match="supprimez-en un"):
        keep(alice, dossier, title="Pneus")
    assert keep(alice, dossier, title="Freins", hours="7").values["hours"] == "7"


def test_using_one_fills_the_draft(alice: Actor, bob: Actor, place: Establishment) -> None:
    template = keep(alice, complete_draft(alice, place))
    draft = empty_draft(bob, place)
    drafts.save_field(actor=bob, key=str(draft.key), name="title", value="Autre", revision=0)
    filled = templates.use_template(actor=bob, key=str(draft.key), template_id=template.pk)
    read = load_draft(filled, today=TODAY)
    kept = [spec for spec in TRAINING_FIELDS if spec.name in TEMPLATE_FIELDS]
    assert {spec.name: raw_or_default(spec, read.raw(spec.name)) for spec in kept} == template.values
    assert filled.provider_id == template.provider_id
    assert read.raw("starts_on") == ""


def test_not_in_a_request_that_was_sent(alice: Actor, place: Establishment) -> None:
    template = keep(alice, complete_draft(alice, place))
    with pytest.raises(NotEditable):
        templates.use_template(actor=alice, key=str(sent(alice, place).key), template_id=template.pk)


def test_a_stranger_neither_sees_nor_uses_it(alice: Actor, charlie: Actor, place: Establishment) -> None:
    dossier = complete_draft(alice, place)
    template = keep(alice, dossier)
    elsewhere = Establishment.objects.get(pk=next(charlie.employer_grants()).establishment_id)
    draft = empty_draft(charlie, elsewhere)
    assert names(charlie, place) == []
    with pytest.raises(InvalidValue, match="n'existe plus"):
        templates.use_template(actor=charlie, key=str(draft.key), template_id=template.pk)
    with pytest.raises(UnknownDossier):
        keep(charlie, dossier)
    templates.forget_template(actor=charlie, establishment_id=place.pk, template_id=template.pk)
    assert CourseTemplate.objects.exists()


def test_somebody_whose_attachment_waits_has_his_own(alice: Actor, newcomer: Actor, place: Establishment) -> None:
    keep(alice, complete_draft(alice, place), title="Freins")
    own = empty_draft(newcomer, place)
    keep(newcomer, own, title="Pneus")
    assert (names(newcomer, place), names(alice, place)) == (["Pneus"], ["Freins", "Pneus"])
    with pytest.raises(InvalidValue, match="porte déjà ce nom"):
        keep(newcomer, own, title="Freins")
    assert CourseTemplate.objects.get(name="Freins").created_by_id == alice.user_id


def test_it_can_be_forgotten(alice: Actor, bob: Actor, place: Establishment) -> None:
    template = keep(alice, complete_draft(alice, place))
    templates.forget_template(actor=bob, establishment_id=place.pk, template_id=template.pk)
    assert names(alice, place) == []
