"""« Voir comme l'employeur »: the employer's page, and nothing to do there."""

from django.test import Client

from openopco.dossiers.actions import talking
from openopco.journal.models import ReadAudit
from openopco.organisations.models import Establishment
from openopco.rights import Actor
from tests.dossiers.factories import asked, number_of, sent
from tests.web.desk.dossiers.conftest import browser_of
from tests.web.desk.dossiers.reading import found, text_of, url


def test_the_officer_reads_the_employer_s_words_and_may_do_nothing(
    desk: Client, olga: Actor, alice: Actor, place: Establishment
) -> None:
    dossier = asked(alice, place, olga)
    talking.write_message(actor=alice, number=number_of(dossier), body="Voici ma question.")
    page = desk.get(url(dossier, "comme-employeur/"))
    assert page.status_code == 200
    for words in ("Vous voyez cette page comme l'employeur la lit", "Attend votre réponse", "Voici ma question."):
        assert words in text_of(page)
    main = "//main"
    assert found(page, f"{main}//form") == []
    assert found(page, f"{main}//button") == []
    assert found(page, f"{main}//textarea") == []
    assert "RÉPONDRE" not in text_of(page)
    assert found(page, f"{main}//a[@class='back']/@href") == [url(dossier)]


def test_the_reading_is_kept(desk: Client, olga: Actor, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    desk.get(url(dossier, "comme-employeur/"))
    assert ReadAudit.objects.filter(
        subject_id=dossier.pk, what="dossier.comme_employeur", actor_id=olga.user_id
    ).exists()


def test_no_social_security_number_is_more_readable_there(desk: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    assert "•" not in text_of(desk.get(url(dossier, "comme-employeur/")))
    assert "•" in text_of(browser_of(alice).get(f"/demandes/{dossier.number}/"))


def test_an_officer_s_page_leads_there(desk: Client, alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    assert found(desk.get(url(dossier)), '//a[normalize-space()="Voir comme l\'employeur"]/@href') == [
        url(dossier, "comme-employeur/")
    ]


def test_an_employer_has_no_such_page(alice: Actor, place: Establishment) -> None:
    dossier = sent(alice, place)
    assert browser_of(alice).get(url(dossier, "comme-employeur/")).status_code == 403
