"""The inbox: opened, read, all read; and what comes by mail."""

import re

import pytest
from django.test import Client

from openopco.base.jobs import run_pending_jobs
from openopco.dossiers.actions import holding
from openopco.mail.models import OutgoingMail
from openopco.notifications.actions import notify
from openopco.notifications.models import MailPreference, Notice
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import asked, number_of, sent
from tests.web.portal.people import text_of

PAGE = "/notifications/"
MAILS = "/notifications/e-mails/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]


def tell(*people: Actor, title: str = "Votre demande avance.", url: str = "/demandes/", key: str = "k") -> Notice:
    ids = [person.user_id for person in people if person.user_id]
    told = notify(
        user_ids=ids, kind="dossier.avancement", title=title, url=url, subject_kind="d", subject_id=1, unique_key=key
    )
    return told[0]


def unread(person: Actor) -> int:
    return Notice.objects.filter(user_id=person.user_id, read_at=None).count()


def test_an_empty_inbox_says_what_will_come(as_alice: Client) -> None:
    text = text_of(as_alice.get(PAGE))
    assert "Aucune notification" in text
    assert "Tout marquer comme lu" not in text


def test_reading_the_page_marks_nothing(as_alice: Client, alice: Actor) -> None:
    tell(alice)
    text = text_of(as_alice.get(PAGE))
    assert "Non lue : Votre demande avance." in text
    assert unread(alice) == 1


def test_opening_one_marks_it_and_leads_there(as_alice: Client, alice: Actor) -> None:
    notice = tell(alice, url="/demandes/?etat=accordee")
    tell(alice, key="other")
    html = as_alice.get(PAGE).content.decode()
    assert f'formaction="/notifications/{notice.pk}/ouvrir/"' in html
    response = as_alice.post(f"/notifications/{notice.pk}/ouvrir/")
    assert response["Location"] == "/demandes/?etat=accordee"
    assert unread(alice) == 1


def test_one_may_be_marked_without_opening_it(as_alice: Client, alice: Actor) -> None:
    notice = tell(alice)
    assert as_alice.post(f"/notifications/{notice.pk}/lue/")["Location"] == PAGE
    assert unread(alice) == 0
    assert "Marquer comme lue" not in text_of(as_alice.get(PAGE))


def test_all_at_once(as_alice: Client, alice: Actor, bob: Actor) -> None:
    tell(alice, bob)
    tell(alice, bob, key="other")
    assert "Tout est marqué comme lu." in text_of(as_alice.post("/notifications/lues/", follow=True))
    assert (unread(alice), unread(bob)) == (0, 2)


def test_somebody_elses_is_a_404_and_stays_unread(as_bob: Client, alice: Actor) -> None:
    notice = tell(alice)
    for path in (f"/notifications/{notice.pk}/ouvrir/", f"/notifications/{notice.pk}/lue/"):
        assert as_bob.post(path).status_code == 404
    assert as_bob.post(f"/notifications/{2**70}/lue/").status_code == 404
    assert unread(alice) == 1


@pytest.mark.parametrize("path", ["/notifications/1/ouvrir/", "/notifications/1/lue/", "/notifications/lues/"])
def test_nothing_is_marked_by_a_link(as_alice: Client, path: str) -> None:
    assert as_alice.get(path).status_code == 405


def test_pages_of_notices_follow(as_alice: Client, alice: Actor) -> None:
    for rank in range(30):
        tell(alice, title=f"Nouvelle {rank:02d}.", key=str(rank))
    html = as_alice.get(PAGE).content.decode()
    assert html.count("<time ") == 25
    following = re.search(r'rel="next" href="([^"]+)"', html)
    assert following
    assert as_alice.get(PAGE + following[1]).content.decode().count("<time ") == 5


def test_what_happens_to_a_request_comes_to_both_colleagues(
    as_alice: Client, as_bob: Client, alice: Actor, bob: Actor, olga: Actor, place: Establishment
) -> None:
    dossier = asked(alice, place, olga)
    run_pending_jobs()
    for client in (as_alice, as_bob):
        assert f"Une réponse est attendue sur votre demande {dossier.number} avant le 08/12/2026." in text_of(
            client.get(PAGE)
        )


def test_the_header_counts_what_is_not_read(as_alice: Client, alice: Actor) -> None:
    tell(alice)
    assert re.search(r"Notifications 1 non lue\b", text_of(as_alice.get("/tableau-de-bord/")))


# --- by mail ---------------------------------------------------------------------------------------------------------


def test_the_choices_are_those_of_an_employer(as_alice: Client, as_olga: Client) -> None:
    hers, theirs = text_of(as_alice.get(MAILS)), text_of(as_olga.get(MAILS))
    assert "Avancement d'une demande" in hers
    assert "Toujours envoyés" in hers
    assert "Complément demandé sur une demande" in hers[hers.index("Toujours envoyés") :]
    for words in ("Ce qui arrive dans mes dossiers", "NIR"):
        assert words not in hers
        assert words in theirs
    assert "Avancement d'une demande" not in theirs


def test_a_choice_is_kept_and_followed(as_alice: Client, alice: Actor, olga: Actor, place: Establishment) -> None:
    choice = {"dossier.avancement": "at_once", "dossier.message": "none"}
    response = as_alice.post(MAILS, choice, follow=True)
    assert "Vos préférences sont enregistrées." in text_of(response)
    kept = dict(MailPreference.objects.filter(user_id=alice.user_id).values_list("kind", "pace"))
    assert kept["dossier.avancement"] == "at_once"
    assert kept["dossier.message"] == "none"
    assert re.search(r'name="dossier.avancement" value="at_once" checked', response.content.decode())
    dossier = sent(alice, place)
    holding.take(actor=olga, number=number_of(dossier))
    run_pending_jobs()
    assert OutgoingMail.objects.filter(subject=f"Votre demande {dossier.number} est en cours d'examen.").count() == 1


def test_what_is_compulsory_cannot_be_refused(as_alice: Client, alice: Actor) -> None:
    as_alice.post(MAILS, {"dossier.complement": "none"})
    assert not MailPreference.objects.filter(user_id=alice.user_id, kind="dossier.complement").exists()


def test_kinds_of_nothing_are_left_alone(as_alice: Client) -> None:
    assert as_alice.post(MAILS, {"mail": ["x", "staff.role", "dossier.bureau"]}).status_code == 302
    assert not MailPreference.objects.filter(kind__in=["x", "staff.role", "dossier.bureau"]).exists()


def test_what_comes_about_the_same_thing_is_grouped_and_says_what_to_do(as_alice: Client, alice: Actor) -> None:
    for rank in range(3):
        tell(alice, title=f"Nouvelle {rank}.", key=str(rank))
    html = as_alice.get(PAGE).content.decode()
    assert html.count("Voir la demande") == 1
    assert "2 plus anciennes sur le même sujet" in html
    assert html.index("Nouvelle 2.") < html.index("<details>") < html.index("Nouvelle 1.")
