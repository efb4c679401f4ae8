"""The trainees of a draft: each on his page, taken from the directory or typed, and whose NIR one may use."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from openopco.dossiers.actions import drafts
from openopco.dossiers.models import Dossier, DraftRow
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.trainees.models import NirSecret, Trainee
from openopco.trainees.vault import store_nir
from openopco.training.fields import TRAINEE
from tests.dossiers.factories import NIR, OTHER_NIR, PERSON, complete_draft, empty_draft, sent
from tests.trainees.factories import TraineeFactory
from tests.web.portal.drafting import form_of, invalid_in, rows_of, send_back, step_of, stored, trainee_of
from tests.web.portal.people import queries, text_of, title_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]
WORDS = (
    "SÉLECTIONNER OU CRÉER LE STAGIAIRE",
    "NIR *",
    "Date de naissance *",
    "Nom de naissance",
    "Nom *",
    "Prénom *",
    "Sexe *",
    "Domiciliation - code postal",
    "Recherche par code postal",
    "Domiciliation - ville",
    "Matricule",
    "CSP *",
    "Type de contrat",
    "Niveau de formation initial *",
    "Déclare bénéficiaire de la reconnaissance travailleur handicapé",
)
MASK = "2 95 •• •• ••• ••• ••"


@pytest.fixture
def draft(alice: Actor, place: Establishment) -> Dossier:
    return empty_draft(alice, place)


@pytest.fixture
def row(alice: Actor, draft: Dossier) -> str:
    return drafts.add_row(actor=alice, key=str(draft.key), row_kind=TRAINEE).key


def choosing(draft: Dossier) -> str:
    return reverse("portal:choose_trainees", args=[draft.key])


def take(client: Client, draft: Dossier, *people: Trainee, **more: str) -> HttpResponse:
    return client.post(choosing(draft), {"stagiaire": [person.pk for person in people], **more}, follow=True)


def person_of(place: Establishment, actor: Actor, *, nir: str = "", **changes: object) -> Trainee:
    """Somebody of the directory, as `actor` told."""
    given: dict[str, object] = {"establishment": place, "created_by_id": actor.user_id, **changes}
    if nir:
        given |= {"nir_id": store_nir(actor=actor, raw=nir), "nir_absent_reason": ""}
    return TraineeFactory.create(**given)


# --- adding ----------------------------------------------------------------------------------------------------------


def test_adding_opens_an_empty_page_with_the_words_of_the_walk(as_alice: Client, draft: Dossier) -> None:
    answer = as_alice.post(reverse("portal:add_trainee", args=[draft.key]))
    assert answer["Location"] == trainee_of(draft, rows_of(draft)[0])
    page = as_alice.get(answer["Location"])
    for words in WORDS:
        assert words in text_of(page), words
    assert title_of(page).startswith("Étape 3 sur 5 – stagiaire 1 – Le(s) stagiaire(s)")
    assert "data-error-summary" not in page.content.decode()


def test_a_get_adds_nobody(as_alice: Client, draft: Dossier) -> None:
    assert as_alice.get(reverse("portal:add_trainee", args=[draft.key])).status_code == 405
    assert rows_of(draft) == []


def test_too_many_are_refused_in_words(
    as_alice: Client, draft: Dossier, row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openopco.dossiers.actions.drafts.rows.MOST_ROWS", 1)
    answer = as_alice.post(reverse("portal:add_trainee", args=[draft.key]), follow=True)
    assert "Cette demande compte déjà trop de lignes" in text_of(answer)
    assert rows_of(draft) == [row]


def test_nobody_else_reaches_them(
    draft: Dossier, row: str, as_charlie: Client, as_olga: Client, as_newcomer: Client
) -> None:
    for client in (as_charlie, as_olga, as_newcomer):
        assert client.get(trainee_of(draft, row)).status_code == 404
        assert client.post(trainee_of(draft, row), {"nir": NIR}).status_code == 404
        assert client.get(choosing(draft)).status_code == 404
        assert client.post(reverse("portal:remove_trainee", args=[draft.key, row])).status_code == 404
    assert rows_of(draft) == [row]
    assert not NirSecret.objects.exists()


def test_once_sent_they_have_no_page(as_alice: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    assert as_alice.get(trainee_of(dossier, rows_of(dossier)[0])).status_code == 404
    assert as_alice.post(reverse("portal:add_trainee", args=[dossier.key])).status_code == 404
    assert as_alice.post(choosing(dossier)).status_code == 404


def test_a_row_that_is_not_there_is_not_found(as_alice: Client, draft: Dossier) -> None:
    assert as_alice.get(trainee_of(draft, "ffffffff")).status_code == 404


# --- his page --------------------------------------------------------------------------------------------------------


def test_all_that_misses_is_told_at_once_and_nothing_is_lost(as_alice: Client, draft: Dossier, row: str) -> None:
    page = send_back(as_alice, trainee_of(draft, row), last_name="Müller", birth_date="31/02/1995")
    assert page.status_code == 200
    assert title_of(page).startswith("Erreur : ")
    assert set(invalid_in(page)) == {"nir", "birth_date", "first_name", "sex", "csp", "education_level"}
    html = page.content.decode()
    for link in ("#id_nir", "#id_birth_date", "#id_first_name", "#id_sex", "#id_csp", "#id_education_level"):
        assert f'<a href="{link}">' in html
    assert (form_of(page)["last_name"], form_of(page)["birth_date"]) == ("Müller", "31/02/1995")
    assert stored(draft, "last_name", row) == "Müller"


def test_a_whole_one_leads_back_to_the_list(as_alice: Client, draft: Dossier, row: str) -> None:
    answer = send_back(as_alice, trainee_of(draft, row), **PERSON, nir=NIR)
    assert answer["Location"] == step_of(draft, "stagiaires")
    text = text_of(as_alice.get(answer["Location"]))
    assert "Zoé Müller figure dans la demande : ses informations sont enregistrées." in text
    assert "Complet" in text


def test_a_reason_stands_for_the_nir(as_alice: Client, draft: Dossier, row: str) -> None:
    answer = send_back(as_alice, trainee_of(draft, row), **PERSON, nir_absent_reason="NOT_YET_ASSIGNED")
    assert answer["Location"] == step_of(draft, "stagiaires")


def test_a_wrong_nir_stays_in_its_field_and_nowhere_else(as_alice: Client, draft: Dossier, row: str) -> None:
    page = send_back(as_alice, trainee_of(draft, row), **PERSON, nir="295019912611100")
    assert form_of(page)["nir"] == "295019912611100"
    assert list(invalid_in(page)) == ["nir"]
    assert "La clé du NIR ne correspond pas" in text_of(page)
    assert not NirSecret.objects.exists()
    assert form_of(as_alice.get(trainee_of(draft, row)))["nir"] == ""
    assert stored(draft, "first_name", row) == "Zoé"


def test_a_right_nir_is_never_sent_back(as_alice: Client, draft: Dossier, row: str) -> None:
    page = send_back(as_alice, trainee_of(draft, row), last_name="Müller", nir=NIR)
    assert form_of(page)["nir"] == ""
    assert MASK in text_of(page)
    assert "Pas de NIR : pourquoi ?" not in text_of(page)


def test_left_empty_it_leaves_the_nir_that_stands(as_alice: Client, draft: Dossier, row: str) -> None:
    send_back(as_alice, trainee_of(draft, row), nir=NIR)
    send_back(as_alice, trainee_of(draft, row), **PERSON)
    assert MASK in text_of(as_alice.get(trainee_of(draft, row)))


def test_it_is_taken_off_with_all_that_was_typed_kept(as_alice: Client, draft: Dossier, row: str) -> None:
    send_back(as_alice, trainee_of(draft, row), nir=NIR)
    answer = send_back(as_alice, trainee_of(draft, row), last_name="Müller", **{"retirer-nir": "1"})
    assert answer["Location"] == f"{trainee_of(draft, row)}#id_nir"
    assert DraftRow.objects.get().nir_id is None
    assert stored(draft, "last_name", row) == "Müller"
    assert "Pas de NIR : pourquoi ?" in text_of(as_alice.get(trainee_of(draft, row)))


def test_what_contradicts_the_nir_warns_and_forbids_nothing(as_alice: Client, draft: Dossier, row: str) -> None:
    typed = {**PERSON, "sex": "M", "birth_date": "05/01/1996", "nir": NIR}
    answer = send_back(as_alice, trainee_of(draft, row), **typed)
    assert answer["Location"] == step_of(draft, "stagiaires")
    listed, own = (text_of(as_alice.get(page)) for page in (answer["Location"], trainee_of(draft, row)))
    for text in (listed, own):
        assert "Zoé Müller : Le sexe indiqué ne correspond pas au NIR : vérifiez les deux." in text
        assert "Zoé Müller : L'année de naissance ne correspond pas au NIR : vérifiez les deux." in text


def test_one_nir_for_two_people_is_refused(as_alice: Client, alice: Actor, place: Establishment) -> None:
    draft = complete_draft(alice, place, people=(PERSON, {**PERSON, "first_name": "Léa"}))
    page = send_back(as_alice, trainee_of(draft, rows_of(draft)[1]), nir=NIR)
    assert "Ce NIR est aussi celui de Zoé Müller : vérifiez les deux." in text_of(page)


def test_two_windows_both_show(as_alice: Client, as_bob: Client, draft: Dossier, row: str) -> None:
    mine = {**form_of(as_alice.get(trainee_of(draft, row))), **PERSON, "nir": NIR, "last_name": "Muller"}
    send_back(as_bob, trainee_of(draft, row), last_name="Müller")
    page = as_alice.post(trainee_of(draft, row), mine)
    assert "Ma saisie : Muller" in text_of(page)
    assert title_of(page).startswith("Erreur : ")
    assert '<a href="#id_last_name">Ce champ a été modifié dans une autre fenêtre' in page.content.decode()
    kept = as_alice.post(trainee_of(draft, row), {**form_of(page), "keep:last_name": "theirs"})
    assert kept["Location"] == step_of(draft, "stagiaires")
    assert stored(draft, "last_name", row) == "Müller"


def test_asked_to_check_it_tells_all_that_misses(as_alice: Client, draft: Dossier, row: str) -> None:
    page = as_alice.get(f"{trainee_of(draft, row)}?verifier")
    assert title_of(page).startswith("Erreur : ")
    assert len(invalid_in(page)) == 7


def test_a_cross_takes_him_out_of_the_request_only(as_alice: Client, alice: Actor, place: Establishment) -> None:
    draft, person = empty_draft(alice, place), person_of(place, alice)
    take(as_alice, draft, person)
    row = rows_of(draft)[0]
    answer = as_alice.post(reverse("portal:remove_trainee", args=[draft.key, row]))
    assert answer["Location"] == step_of(draft, "stagiaires")
    assert rows_of(draft) == []
    assert stored(draft, "last_name", row) == ""
    assert Trainee.objects.filter(pk=person.pk).exists()


def test_a_cross_on_somebody_already_gone_is_no_error(as_alice: Client, draft: Dossier) -> None:
    assert as_alice.post(reverse("portal:remove_trainee", args=[draft.key, "ffffffff"])).status_code == 302


# --- the directory ---------------------------------------------------------------------------------------------------


def test_people_are_found_by_name(as_alice: Client, alice: Actor, place: Establishment, draft: Dossier) -> None:
    for name in ("Élan", "Petit"):
        person_of(place, alice, last_name=name)
    assert "Prénom Élan né(e) le 02/01/1990" in text_of(as_alice.get(f"{choosing(draft)}?nom=elan"))
    assert "Petit" not in text_of(as_alice.get(f"{choosing(draft)}?nom=elan"))
    assert "Personne ne porte ce nom" in text_of(as_alice.get(f"{choosing(draft)}?nom=zzz%00"))


def test_an_empty_directory_says_what_to_do(as_alice: Client, draft: Dossier) -> None:
    assert "Vous n'avez encore inscrit personne" in text_of(as_alice.get(choosing(draft)))


def test_several_are_taken_at_once_with_all_that_is_known(
    as_alice: Client, alice: Actor, place: Establishment, draft: Dossier
) -> None:
    one = person_of(place, alice, nir=NIR, last_name="Müller", city="ILLZACH", postal_code="68110", rqth=True)
    two = person_of(place, alice, last_name="Petit")
    assert "2 stagiaires ajoutés." in text_of(take(as_alice, draft, one, two))
    first, second = DraftRow.objects.filter(dossier=draft).order_by("position")
    assert (first.trainee_id, first.nir_id, second.nir_id) == (one.pk, one.nir_id, None)
    names = ("last_name", "birth_date", "csp", "education_level", "city", "rqth")
    assert [stored(draft, name, first.key) for name in names] == ["Müller", "02/01/1990", "EMP", "3", "ILLZACH", "oui"]
    assert stored(draft, "nir_absent_reason", second.key) == "NOT_YET_ASSIGNED"
    assert MASK in text_of(as_alice.get(trainee_of(draft, first.key)))


def test_the_row_in_hand_is_filled_rather_than_another_added(
    as_alice: Client, alice: Actor, place: Establishment, draft: Dossier, row: str
) -> None:
    page = as_alice.get(f"{choosing(draft)}?ligne={row}").content.decode()
    assert f'name="ligne" value="{row}"' in page
    take(as_alice, draft, person_of(place, alice, last_name="Petit"), ligne=row)
    assert [stored(draft, "last_name", key) for key in rows_of(draft)] == ["Petit"]


def test_nobody_is_taken_twice(as_alice: Client, alice: Actor, place: Establishment, draft: Dossier) -> None:
    person = person_of(place, alice)
    take(as_alice, draft, person)
    assert "déjà dans la demande" in text_of(as_alice.get(choosing(draft)))
    assert "Cochez au moins une personne" in text_of(take(as_alice, draft, person))
    assert len(rows_of(draft)) == 1


@pytest.mark.parametrize("ticked", [[], ["abc"], ["9" * 5000], ["9" * 18], ["-1"], ["\x00"]])
def test_nobody_ticked_adds_nobody(ticked: list[str], as_alice: Client, draft: Dossier, row: str) -> None:
    page = as_alice.post(choosing(draft), {"stagiaire": ticked, "ligne": row}, follow=True)
    assert "Cochez au moins une personne" in text_of(page)
    assert rows_of(draft) == [row]


def test_too_many_leave_the_draft_as_it_was(
    as_alice: Client, alice: Actor, place: Establishment, draft: Dossier, row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openopco.dossiers.actions.drafts.rows.MOST_ROWS", 1)
    people = [person_of(place, alice), person_of(place, alice)]
    assert "trop de lignes" in text_of(take(as_alice, draft, *people, ligne=row))
    assert rows_of(draft) == [row]


def test_many_people_cost_no_more_queries(as_alice: Client, alice: Actor, place: Establishment) -> None:
    counts = []
    for many in (2, 12):
        draft = empty_draft(alice, place)
        people = [person_of(place, alice).pk for _ in range(many)]
        with queries() as asked:
            as_alice.post(choosing(draft), {"stagiaire": people})
        counts.append(len(asked))
        assert len(rows_of(draft)) == many
    assert counts[0] == counts[1]


class TestWhoseNir:
    """ADR 0005: a secret is its typist's. Colleagues of an accepted membership share it unseen; nobody else does."""

    def test_a_colleague_uses_it_without_seeing_it(
        self, as_bob: Client, alice: Actor, bob: Actor, place: Establishment
    ) -> None:
        draft = empty_draft(bob, place)
        take(as_bob, draft, person_of(place, alice, nir=NIR))
        row = DraftRow.objects.get(dossier=draft)
        assert row.nir_id is not None
        text = text_of(as_bob.get(trainee_of(draft, row.key)))
        assert "Renseigné par un collègue" in text
        assert "2 95" not in text
        assert "Pas de NIR : pourquoi ?" not in text

    def test_he_may_type_another_which_is_then_his_to_see(
        self, as_bob: Client, alice: Actor, bob: Actor, place: Establishment
    ) -> None:
        draft = empty_draft(bob, place)
        take(as_bob, draft, person_of(place, alice, nir=NIR))
        row = rows_of(draft)[0]
        send_back(as_bob, trainee_of(draft, row), nir=OTHER_NIR)
        assert "1 88 ••" in text_of(as_bob.get(trainee_of(draft, row)))
        assert Trainee.objects.get().nir.created_by_id == alice.user_id  # type: ignore[union-attr]

    def test_whoever_waits_to_be_accepted_reaches_only_his_own_people(
        self, as_newcomer: Client, alice: Actor, newcomer: Actor, place: Establishment
    ) -> None:
        draft, hers = empty_draft(newcomer, place), person_of(place, alice, nir=NIR, last_name="Müller")
        assert "Müller" not in text_of(as_newcomer.get(choosing(draft)))
        assert "Cochez au moins une personne" in text_of(take(as_newcomer, draft, hers))

    def test_he_never_uses_the_nir_that_a_colleague_gave_of_one_of_them(
        self, as_newcomer: Client, alice: Actor, newcomer: Actor, place: Establishment
    ) -> None:
        draft, his = empty_draft(newcomer, place), person_of(place, newcomer)
        his.nir_id, his.nir_absent_reason = store_nir(actor=alice, raw=NIR), ""
        his.save()
        take(as_newcomer, draft, his)
        row = DraftRow.objects.get(dossier=draft)
        assert row.nir_id is None
        text = text_of(as_newcomer.get(trainee_of(draft, row.key)))
        assert "Renseigné par un collègue" not in text
        assert "NIR *" in text

    def test_his_own_he_uses(self, as_newcomer: Client, newcomer: Actor, place: Establishment) -> None:
        draft, his = empty_draft(newcomer, place), person_of(place, newcomer, nir=NIR)
        take(as_newcomer, draft, his)
        assert DraftRow.objects.get(dossier=draft).nir_id == his.nir_id

    def test_people_of_another_employer_are_out_of_reach(
        self, as_alice: Client, charlie: Actor, draft: Dossier
    ) -> None:
        elsewhere = Establishment.objects.get(pk=next(charlie.employer_grants()).establishment_id)
        theirs = person_of(elsewhere, charlie, nir=NIR)
        assert "Cochez au moins une personne" in text_of(take(as_alice, draft, theirs))
        assert rows_of(draft) == []
