"""« Modèles de formation »: kept from a draft, used in another, forgotten."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from openopco.dossiers.models import Dossier
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.training.models import CourseTemplate
from tests.dossiers.factories import complete_draft, empty_draft, sent
from tests.web.portal.drafting import send_back, step_of, stored
from tests.web.portal.people import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
TITLE = "Contrôle technique : mise à jour"


def page_of(draft: Dossier) -> str:
    return reverse("portal:templates", args=[draft.key])


def act(client: Client, draft: Dossier, **gesture: object) -> HttpResponse:
    return client.post(page_of(draft), {name: str(value) for name, value in gesture.items()}, follow=True)


@pytest.fixture
def whole(alice: Actor, place: Establishment) -> Dossier:
    return complete_draft(alice, place)


@pytest.fixture
def model(as_alice: Client, whole: Dossier) -> CourseTemplate:
    act(as_alice, whole, garder=1)
    return CourseTemplate.objects.get()


def test_without_any_it_says_what_one_is(as_alice: Client, alice: Actor, place: Establishment) -> None:
    text = text_of(as_alice.get(page_of(empty_draft(alice, place))))
    assert "Sélectionner ou créer un modèle de formation" in text
    assert "Vous n'en avez pas encore." in text
    assert "Donnez d'abord l'intitulé de la formation" in text


def test_a_course_is_kept_under_its_title(as_alice: Client, whole: Dossier) -> None:
    assert f"La formation en cours, « {TITLE} », devient un modèle." in text_of(as_alice.get(page_of(whole)))
    page = act(as_alice, whole, garder=1)
    assert f"« {TITLE} » est gardé comme modèle." in text_of(page)
    model = CourseTemplate.objects.get()
    assert (model.name, model.provider_id, model.values["hours"]) == (TITLE, whole.provider_id, "14")
    assert "starts_on" not in model.values


def test_kept_again_it_is_replaced(as_alice: Client, whole: Dossier, model: CourseTemplate) -> None:
    send_back(as_alice, step_of(whole, "formation"), hours="7")
    act(as_alice, whole, garder=1)
    assert CourseTemplate.objects.get().values["hours"] == "7"


def test_a_course_without_a_title_is_not_kept(as_alice: Client, alice: Actor, place: Establishment) -> None:
    page = act(as_alice, empty_draft(alice, place), garder=1)
    assert "Donnez d'abord l'intitulé de la formation : ce sera le nom du modèle." in text_of(page)
    assert not CourseTemplate.objects.exists()


def test_used_it_fills_the_course_but_the_dates(
    as_bob: Client, bob: Actor, place: Establishment, model: CourseTemplate
) -> None:
    draft = empty_draft(bob, place)
    send_back(as_bob, step_of(draft, "formation"), internal="oui", starts_on="02/02/2027")
    page = act(as_bob, draft, modele=model.pk)
    assert "Le modèle a rempli la formation. Il reste à donner les dates." in text_of(page)
    names = ("title", "hours", "cost", "starts_on", "internal")
    assert [stored(draft, name) for name in names] == [TITLE, "14", "560,00", "02/02/2027", ""]
    draft.refresh_from_db()
    assert draft.provider_id == model.provider_id


@pytest.mark.parametrize("raw", ["", "abc", "9" * 5000, "9" * 18, "-1", "\x00"])
def test_one_that_is_gone_is_told(raw: str, as_alice: Client, whole: Dossier) -> None:
    assert "Ce modèle n'existe plus." in text_of(act(as_alice, whole, modele=raw))
    assert stored(whole, "title") == TITLE
    assert act(as_alice, whole, oublier=raw).status_code == 200


def test_forgotten_it_is_no_longer_proposed(as_alice: Client, whole: Dossier, model: CourseTemplate) -> None:
    page = act(as_alice, whole, oublier=model.pk)
    assert page.redirect_chain == [(page_of(whole), 302)]  # type: ignore[attr-defined]
    assert "Le modèle est supprimé." in text_of(page)
    assert not CourseTemplate.objects.exists()
    assert stored(whole, "title") == TITLE


def test_another_employer_neither_sees_uses_nor_forgets_it(
    as_charlie: Client, charlie: Actor, model: CourseTemplate
) -> None:
    elsewhere = Establishment.objects.get(pk=next(charlie.employer_grants()).establishment_id)
    draft = empty_draft(charlie, elsewhere)
    assert TITLE not in text_of(as_charlie.get(page_of(draft)))
    assert "Ce modèle n'existe plus." in text_of(act(as_charlie, draft, modele=model.pk))
    act(as_charlie, draft, oublier=model.pk)
    assert CourseTemplate.objects.filter(pk=model.pk).exists()


def test_whoever_waits_to_be_accepted_sees_his_own_alone(
    as_newcomer: Client, newcomer: Actor, place: Establishment, model: CourseTemplate
) -> None:
    draft = empty_draft(newcomer, place)
    assert TITLE not in text_of(as_newcomer.get(page_of(draft)))
    act(as_newcomer, draft, oublier=model.pk)
    assert CourseTemplate.objects.filter(pk=model.pk).exists()


def test_nobody_else_reaches_the_page(whole: Dossier, as_charlie: Client, as_olga: Client, as_newcomer: Client) -> None:
    for client in (as_charlie, as_olga, as_newcomer):
        assert client.get(page_of(whole)).status_code == 404
        assert client.post(page_of(whole), {"garder": "1"}).status_code == 404


def test_once_sent_it_is_gone(as_alice: Client, alice: Actor, place: Establishment) -> None:
    assert as_alice.get(page_of(sent(alice, place))).status_code == 404
