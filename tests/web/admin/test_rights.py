"""Who comes through the administrators' door: each page by each role."""

import pytest
from django.test import Client

from openopco.opco.models import Feedback
from tests.opco.factories import FeedbackFactory

PAGES = ["/administration/avis/", "/administration/avis/1/", "/administration/parametres/"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("role", "status"), [("employeur", 403), ("gestionnaire", 403), ("administrateur", 200)])
def test_only_administrators_read(client_of, page: str, role: str, status: int) -> None:
    FeedbackFactory(pk=1, author_id=None)
    assert client_of(role).get(page).status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_nobody_reads_without_signing_in(page: str) -> None:
    response = Client().get(page)
    assert response.status_code == 302
    assert response["Location"].startswith("/connexion/")


@pytest.mark.parametrize(("role", "status"), [("employeur", 403), ("gestionnaire", 403), ("administrateur", 302)])
def test_only_administrators_mark_read(client_of, role: str, status: int) -> None:
    feedback = FeedbackFactory(author_id=None)
    assert client_of(role).post(f"/administration/avis/{feedback.pk}/lu/").status_code == status
    assert Feedback.objects.filter(read_at=None).exists() is (status == 403)


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_read_never_posted_to(administrator: Client, page: str) -> None:
    assert administrator.post(page).status_code == 405


def test_marking_read_needs_a_post_and_its_token(administrator: Client) -> None:
    feedback = FeedbackFactory(author_id=None)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = administrator.cookies
    assert administrator.get(f"/administration/avis/{feedback.pk}/lu/").status_code == 405
    assert strict.post(f"/administration/avis/{feedback.pk}/lu/").status_code == 403
    feedback.refresh_from_db()
    assert feedback.read_at is None
