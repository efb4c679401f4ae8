"""A draft thrown away once one is sure; a request taken up again in a new draft."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from openopco.demo.loading import page_of
from openopco.documents.models import Document
from openopco.dossiers.enums import State
from openopco.dossiers.models import Decision, Dossier, DraftField, DraftRow, pieces_of
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from openopco.trainees.models import Trainee
from tests.dossiers.factories import complete_draft, in_state, sent
from tests.web.portal.drafting import rows_of, step_of, stored, trainee_of
from tests.web.portal.people import browser_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]


@pytest.fixture
def draft(alice: Actor, place: Establishment) -> Dossier:
    return complete_draft(alice, place)


def deletion_of(draft: Dossier) -> str:
    return reverse("portal:delete_draft", args=[draft.key])


# --- taken up again --------------------------------------------------------------------------------------------------


def test_a_draft_taken_up_again_says_on_each_step_why_the_request_was_refused(
    db: None,
) -> None:
    source, alice, _ = in_state(State.REFUSEE)
    as_alice = browser_of(alice)
    draft = _taken_up(as_alice, source)
    for slug in ("employeur", "formation", "synthese"):
        answer = as_alice.get(step_of(draft, slug))
        assert f"Reprise de la demande {source.number} , refusée" in text_of(answer)
        assert Decision.objects.get(dossier=source).reason in text_of(answer)
        assert f'href="/demandes/{source.number}/"' in answer.content.decode()


def _taken_up(client: Client, source: Dossier) -> Dossier:
    client.post(reverse("portal:copy", args=[source.number]), {"key": str(uuid.uuid4())})
    return Dossier.objects.get(resumed_from=source)


def test_a_copy_of_a_request_that_still_lives_says_nothing(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    draft = _taken_up(as_alice, sent(alice, place))
    assert "Reprise de la demande" not in text_of(as_alice.get(step_of(draft, "formation")))


# --- thrown away -----------------------------------------------------------------------------------------------------


def test_it_asks_first(as_alice: Client, draft: Dossier) -> None:
    assert f'href="{deletion_of(draft)}"' in as_alice.get(step_of(draft, "formation")).content.decode()
    text = text_of(as_alice.get(deletion_of(draft)))
    assert "Supprimer ce brouillon ?" in text
    assert "seront effacés pour de bon" in text
    assert "Annuler" in text
    assert Dossier.objects.filter(pk=draft.pk).exists()


def test_once_sure_all_of_it_is_gone(as_alice: Client, draft: Dossier) -> None:
    answer = as_alice.post(deletion_of(draft))
    assert answer["Location"] == reverse("portal:requests")
    assert "Le brouillon est supprimé." in text_of(as_alice.get(answer["Location"]))
    left = (Dossier.objects, DraftField.objects, DraftRow.objects, Document.objects)
    assert [manager.count() for manager in left] == [0, 0, 0, 0]
    assert as_alice.get(step_of(draft, "formation")).status_code == 404


def test_a_second_click_finds_nothing(as_alice: Client, draft: Dossier) -> None:
    as_alice.post(deletion_of(draft))
    assert as_alice.post(deletion_of(draft)).status_code == 404


def test_what_was_sent_is_never_deleted(as_alice: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    for answer in (as_alice.get(deletion_of(dossier)), as_alice.post(deletion_of(dossier))):
        assert answer["Location"] == f"/demandes/{dossier.number}/"
    assert Dossier.objects.get().state == State.TRANSMISE


def test_nobody_else_deletes_it(draft: Dossier, as_charlie: Client, as_olga: Client, as_newcomer: Client) -> None:
    for client in (as_charlie, as_olga, as_newcomer):
        assert client.get(deletion_of(draft)).status_code == 404
        assert client.post(deletion_of(draft)).status_code == 404
    assert Dossier.objects.filter(pk=draft.pk).exists()


def test_its_people_stay_in_the_directory(as_alice: Client, alice: Actor, place: Establishment) -> None:
    sent(alice, place)
    draft = complete_draft(alice, place)
    as_alice.post(deletion_of(draft))
    assert Trainee.objects.count() == 1


# --- taken up again --------------------------------------------------------------------------------------------------


def copy(client: Client, source: Dossier, key: str = "") -> str:
    answer = client.post(reverse("portal:copy", args=[source.number]), {"key": key or str(uuid.uuid4())})
    assert answer.status_code == 302
    return str(answer["Location"])


def copied(source: Dossier) -> Dossier:
    return Dossier.objects.get(resumed_from=source)


def test_a_copy_has_all_but_what_must_be_told_anew(as_alice: Client, alice: Actor, place: Establishment) -> None:
    source = sent(alice, place)
    location = copy(as_alice, source)
    draft = copied(source)
    assert location == step_of(draft, "formation")
    assert f"Nouveau brouillon d'après {source.number}" in text_of(as_alice.get(location))
    assert (stored(draft, "title"), stored(draft, "cost")) == ("Contrôle technique : mise à jour", "560,00")
    assert [stored(draft, name) for name in ("starts_on", "ends_on", "done_at", "done_on", "attest")] == [""] * 5
    assert draft.provider_id == source.provider_id
    assert stored(draft, "last_name", rows_of(draft)[0]) == "Müller"
    assert "2 95 ••" in text_of(as_alice.get(trainee_of(draft, rows_of(draft)[0])))


def test_a_double_click_makes_one(as_alice: Client, alice: Actor, place: Establishment) -> None:
    source, key = sent(alice, place), str(uuid.uuid4())
    assert copy(as_alice, source, key) == copy(as_alice, source, key)
    assert Dossier.objects.filter(resumed_from=source).count() == 1


@pytest.mark.parametrize("key", ["", "abc", "1" * 5000])
def test_a_key_that_is_none_is_not_found(key: str, as_alice: Client, alice: Actor, place: Establishment) -> None:
    url = reverse("portal:copy", args=[sent(alice, place).number])
    assert as_alice.post(url, {"key": key}).status_code == 404
    assert as_alice.get(url).status_code == 405


def test_somebody_elses_key_is_not_found(as_alice: Client, alice: Actor, place: Establishment, charlie: Actor) -> None:
    elsewhere = Establishment.objects.get(pk=next(charlie.employer_grants()).establishment_id)
    theirs, source = complete_draft(charlie, elsewhere), sent(alice, place)
    answer = as_alice.post(reverse("portal:copy", args=[source.number]), {"key": str(theirs.key)})
    assert answer.status_code == 404


@pytest.mark.parametrize("state", [State.REFUSEE, State.ANNULEE, State.SANS_SUITE, State.CADUQUE, State.ACCORDEE])
def test_whatever_became_of_it_it_is_taken_up_again(state: State) -> None:
    source, employer, _ = in_state(state)
    copy(browser_of(employer), source)
    assert copied(source).state == State.BROUILLON
    source.refresh_from_db()
    assert source.state == state


def test_a_colleague_copies_without_seeing_the_nir(as_bob: Client, alice: Actor, place: Establishment) -> None:
    source = sent(alice, place)
    copy(as_bob, source)
    text = text_of(as_bob.get(trainee_of(copied(source), rows_of(copied(source))[0])))
    assert "Renseigné par un collègue" in text
    assert "2 95" not in text


def test_strangers_and_officers_copy_nothing(
    as_charlie: Client, as_newcomer: Client, as_olga: Client, alice: Actor, place: Establishment
) -> None:
    source = sent(alice, place)
    for client, status in ((as_charlie, 404), (as_newcomer, 404), (as_olga, 403)):
        answer = client.post(reverse("portal:copy", args=[source.number]), {"key": str(uuid.uuid4())})
        assert answer.status_code == status
    assert Dossier.objects.count() == 1


def test_pieces_follow_and_one_that_cannot_be_copied_is_only_missing(
    as_alice: Client, alice: Actor, place: Establishment
) -> None:
    """The programme of these tests has no file behind it; the other one is real."""
    source = complete_draft(alice, place)
    real = SimpleUploadedFile("devis.pdf", page_of("Devis"), "application/pdf")
    as_alice.post(reverse("portal:join_piece", args=[source.key, "divers"]), {"file": real})
    as_alice.post(reverse("portal:submit", args=[source.key]))
    source.refresh_from_db()
    copy(as_alice, source)
    assert [each.name for each in pieces_of(copied(source).pk)] == ["devis.pdf"]
    page = text_of(as_alice.get(step_of(copied(source), "pieces")))
    assert "Joindre le programme de l'action" in page
