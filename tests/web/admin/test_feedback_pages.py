"""« Avis reçus », as administrators see it."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from openopco.opco.queries import PAGE_SIZE
from tests.accounts.factories import UserFactory
from tests.opco.factories import FeedbackFactory

LIST = "/administration/avis/"


def read(response: Any) -> str:
    return html.unescape(response.content.decode())


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\u00a0", " ")


def test_an_empty_list_says_where_opinions_come_from(administrator: Client) -> None:
    page = administrator.get(LIST).content.decode()
    assert "Aucun avis pour le moment" in page
    assert "<table" not in page


def test_opinions_show_with_their_note_page_and_state(administrator: Client) -> None:
    FeedbackFactory(body="Le dépôt est simple", rating=5, page="/demandes/", author_id=None)
    FeedbackFactory(body="", rating=2, page="/avis/", read_at=timezone.now() + timedelta(minutes=1), author_id=None)
    text = _text(administrator.get(LIST).content.decode())
    assert "Le dépôt est simple" in text
    assert "5 sur 5" in text
    assert "/demandes/" in text
    assert "sans commentaire" in text
    assert text.count("Non lu ") >= 1
    assert re.search(r"2 sur 5 /avis/ Lu", text)


def test_the_filter_keeps_what_is_not_read(administrator: Client) -> None:
    FeedbackFactory(body="Déjà vu", read_at=timezone.now() + timedelta(minutes=1))
    FeedbackFactory(body="Tout neuf")
    page = administrator.get(f"{LIST}?filtre=non-lus").content.decode()
    assert "Tout neuf" in page
    assert "Déjà vu" not in page
    assert re.search(r'<a class="tab"[^>]*filtre=non-lus"[^>]*aria-current="page"', page)


def test_when_all_is_read_the_filter_says_so(administrator: Client) -> None:
    FeedbackFactory(read_at=timezone.now() + timedelta(minutes=1))
    assert "Vous avez tout lu" in administrator.get(f"{LIST}?filtre=non-lus").content.decode()


def test_the_next_page_keeps_the_filter_and_comes_back(administrator: Client) -> None:
    for number in range(PAGE_SIZE + 1):
        FeedbackFactory(body=f"Avis {number:03}", created_at=timezone.now() - timedelta(minutes=number))
    first = administrator.get(f"{LIST}?filtre=non-lus").content.decode()
    assert "Avis 025" not in first
    link = re.search(r'rel="next"\s+href="([^"]+)"', first)
    assert link is not None
    assert "filtre=non-lus" in link[1]
    second = administrator.get(LIST + link[1].replace("&amp;", "&")).content.decode()
    assert "Avis 025" in second
    assert "Avis 024" not in second
    assert 'rel="prev"' in second


@pytest.mark.parametrize("cursor", ["x", "%00", "bm9uc2Vuc2U", "a" * 3000])
def test_a_cursor_that_means_nothing_gives_the_first_page(administrator: Client, cursor: str) -> None:
    FeedbackFactory(body="Premier")
    response = administrator.get(f"{LIST}?after={cursor}")
    assert response.status_code == 200
    assert "Premier" in response.content.decode()


def test_the_number_of_queries_does_not_depend_on_the_rows(administrator: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            administrator.get(LIST)
        return len(seen)

    FeedbackFactory()
    administrator.get(LIST)
    one = count()
    FeedbackFactory.create_batch(20)
    assert count() == one
    assert one <= 6


def test_one_opinion_is_read_whole_with_its_author(administrator: Client) -> None:
    author = UserFactory(first_name="Alice", last_name="Martin")
    feedback = FeedbackFactory(body="Ligne une\n<b>gras</b>", author_id=author.pk)
    page = administrator.get(f"{LIST}{feedback.pk}/").content.decode()
    assert "Ligne une<br>&lt;b&gt;gras&lt;/b&gt;" in page
    assert "Alice Martin" in page
    assert author.email in page
    assert "Marquer comme lu" in page


def test_an_anonymous_opinion_names_nobody(administrator: Client) -> None:
    feedback = FeedbackFactory(author_id=None)
    assert "n'a pas donné son nom" in read(administrator.get(f"{LIST}{feedback.pk}/"))


def test_an_author_whose_account_is_unknown_breaks_nothing(administrator: Client) -> None:
    feedback = FeedbackFactory(author_id=987654)
    assert administrator.get(f"{LIST}{feedback.pk}/").status_code == 200


def test_marking_read_says_so_and_the_button_goes(administrator: Client) -> None:
    feedback = FeedbackFactory(author_id=None)
    response = administrator.post(f"{LIST}{feedback.pk}/lu/", follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert f"L'avis n° {feedback.pk} est marqué comme lu." in read(response)
    page = read(administrator.get(f"{LIST}{feedback.pk}/"))
    assert "Marquer comme lu" not in page
    assert "aujourd'hui" in page


@pytest.mark.parametrize("number", ["999", "9" * 40])
def test_an_unknown_opinion_is_not_found(administrator: Client, number: str) -> None:
    assert administrator.get(f"{LIST}{number}/").status_code == 404
    assert administrator.post(f"{LIST}{number}/lu/").status_code == 404
