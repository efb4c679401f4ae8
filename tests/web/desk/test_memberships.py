"""« Rattachements » and verifications at the desk."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.habilitations.actions import accept_membership, add_proof
from openopco.habilitations.enums import MembershipState
from openopco.habilitations.models import Membership
from openopco.habilitations.queries import actor_for
from openopco.journal.models import ReadAudit
from openopco.kernel.errors import Unavailable
from openopco.notifications.models import Notice
from openopco.organisations import registries
from openopco.organisations.models import Provider
from tests.accounts.factories import UserFactory
from tests.answers import release
from tests.documents import hostile
from tests.documents.factories import upload
from tests.habilitations.factories import MembershipFactory, officer
from tests.organisations.factories import ACTIF_AUTO, AXEPT, EstablishmentFactory, ProviderFactory
from tests.web.visitors import administrator_client, client_of, kept_files, member, officer_client, text_of, value_of

__all__ = ["kept_files"]
LIST = "/gestion/rattachements/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_files")]


@pytest.fixture
def desk() -> Client:
    return officer_client()


@pytest.fixture
def asked() -> Membership:
    place = EstablishmentFactory.create(name="GARAGE DU LAC")
    return MembershipFactory.create(user__first_name="Charlie", user__last_name="Attend", establishment=place)


def page_of(membership: Membership, act: str = "") -> str:
    return f"{LIST}{membership.pk}/{act}"


def prove(membership: Membership) -> None:
    add_proof(actor=actor_for(membership.user), membership_id=membership.pk, upload=upload("kbis.pdf"))


def test_an_empty_list_says_so(desk: Client) -> None:
    assert "Aucun rattachement à valider" in text_of(desk.get(LIST))


def test_the_list_shows_who_asks_for_what_with_which_proof(desk: Client, asked: Membership) -> None:
    text = text_of(desk.get(LIST))
    assert "Charlie Attend" in text
    assert "GARAGE DU LAC" in text
    assert "Pas encore joint" in text
    prove(asked)
    assert "Reçu" in text_of(desk.get(LIST))


def test_the_number_of_queries_does_not_depend_on_the_rows(desk: Client, asked: Membership) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(LIST).status_code == 200
        return len(seen)

    desk.get(LIST)
    one = count()
    MembershipFactory.create_batch(20)
    assert count() == one
    assert one <= 6


def test_an_officer_sees_the_establishment_and_who_is_there_already(desk: Client, asked: Membership) -> None:
    member(asked.establishment, first_name="Alice", last_name="Martin")
    text = text_of(desk.get(page_of(asked)))
    assert "Alice Martin" in text
    assert asked.user.email in text
    assert "À vérifier" in text


def test_opening_the_proof_is_kept(desk: Client, asked: Membership) -> None:
    assert desk.get(page_of(asked, "justificatif/")).status_code == 404
    prove(asked)
    served = desk.get(page_of(asked, "justificatif/"))
    assert served["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert served["Content-Disposition"].startswith("attachment")
    assert b"".join(served.streaming_content).startswith(b"%PDF")
    release(served)
    assert ReadAudit.objects.get().what == "document.read"


def test_accepting_with_a_proof_tells_the_person(desk: Client, asked: Membership) -> None:
    prove(asked)
    seen = value_of(desk.get(page_of(asked)), "proof")
    answer = desk.post(page_of(asked, "accepter/"), {"proof": seen}, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "Charlie Attend agit désormais pour GARAGE DU LAC." in text_of(answer)
    asked.refresh_from_db()
    assert asked.state == MembershipState.ACCEPTED
    assert Notice.objects.filter(user=asked.user, url="/habilitations/").exists()


def test_a_proof_joined_since_the_page_was_shown_is_opened_first(desk: Client, asked: Membership) -> None:
    prove(asked)
    seen = value_of(desk.get(page_of(asked)), "proof")
    other = upload("pouvoir.pdf", hostile.pdf(pages=2))
    add_proof(actor=actor_for(asked.user), membership_id=asked.pk, upload=other)
    for stale in (seen, ""):
        page = desk.post(page_of(asked, "accepter/"), {"proof": stale, "note": "Kbis lu"})
        assert page.status_code == 409
        assert "Un autre justificatif a été joint entre-temps" in text_of(page)
        assert "Kbis lu" in page.content.decode()
    asked.refresh_from_db()
    assert asked.state == MembershipState.PENDING
    assert desk.post(page_of(asked, "accepter/"), {"proof": value_of(page, "proof")}).status_code == 302


def test_accepting_without_a_proof_asks_how_it_was_checked(desk: Client, asked: Membership) -> None:
    page = desk.post(page_of(asked, "accepter/"))
    assert page.status_code == 422
    assert "Aucun justificatif n'est joint" in text_of(page)
    assert desk.post(page_of(asked, "accepter/"), {"note": "Kbis lu sur l'annuaire"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == (MembershipState.ACCEPTED, "Kbis lu sur l'annuaire")


def test_refusing_needs_a_reason_that_the_person_reads(desk: Client, asked: Membership) -> None:
    page = desk.post(page_of(asked, "refuser/"), {"reason": " "})
    assert page.status_code == 422
    assert "Écrivez le motif du refus" in text_of(page)
    assert desk.post(page_of(asked, "refuser/"), {"reason": "Le Kbis est d'une autre société."}).status_code == 302
    assert "Le Kbis est d'une autre société." in text_of(client_of(asked.user).get("/habilitations/"))


@pytest.mark.parametrize(("act", "field"), [("accepter/", "note"), ("refuser/", "reason")])
def test_a_text_too_long_is_said_and_kept(desk: Client, asked: Membership, act: str, field: str) -> None:
    page = desk.post(page_of(asked, act), {field: "x" * 501})
    assert page.status_code == 422
    assert "x" * 501 in page.content.decode()


@pytest.mark.parametrize("act", ["accepter/", "refuser/"])
def test_of_two_officers_the_second_is_told_what_the_first_decided(desk: Client, asked: Membership, act: str) -> None:
    first = officer()
    accept_membership(actor=first, membership_id=asked.pk, note="Appel au standard")
    page = desk.post(page_of(asked, act), {"note": "Vérifié aussi", "reason": "Je refuse"}, follow=True)
    text = text_of(page)
    assert "a changé d'état entre-temps" in text
    assert f"par {first.label}" in text
    assert "Accepter le rattachement" not in text
    asked.refresh_from_db()
    assert asked.state == MembershipState.ACCEPTED


def test_nobody_decides_his_own(asked: Membership) -> None:
    """An employer hired by the OPCO keeps what he had asked before."""
    client = officer_client()
    own = MembershipFactory.create(user_id=int(client.session["_auth_user_id"]), establishment=asked.establishment)
    assert "un collègue doit la valider" in text_of(client.get(page_of(own)))
    assert client.post(page_of(own, "accepter/"), {"note": "C'est bien moi"}).status_code == 422
    own.refresh_from_db()
    assert own.state == MembershipState.PENDING


PAGES = [LIST, f"{LIST}1/", "/gestion/etablissements/", "/gestion/etablissements/organismes/"]


@pytest.mark.parametrize("address", PAGES)
def test_only_officers_come_here(address: str) -> None:
    assert administrator_client().get(address).status_code == 403
    assert client_of(UserFactory.create()).get(address).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize(
    "address", [f"{LIST}999/", "/gestion/etablissements/999/", "/gestion/etablissements/organismes/9/"]
)
def test_what_does_not_exist_is_not_found(desk: Client, address: str) -> None:
    assert desk.get(address).status_code == 404


# --- what was keyed by hand ------------------------------------------------------------------------------------------


def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_: str) -> None:
        raise Unavailable

    for name in ("lookup_company", "lookup_provider"):
        monkeypatch.setattr(registries, name, silent)


def test_lists_show_what_nobody_verified(desk: Client) -> None:
    EstablishmentFactory.create(name="VERIFIE", verified=True)
    EstablishmentFactory.create(name="SAISI MAIN")
    ProviderFactory.create(name="ECOLE DU SOIR")
    text = text_of(desk.get("/gestion/etablissements/"))
    assert "SAISI MAIN" in text
    assert "VERIFIE" not in text
    assert "ECOLE DU SOIR" in text_of(desk.get("/gestion/etablissements/organismes/"))


def test_an_officer_vouches_and_corrects(desk: Client) -> None:
    place = EstablishmentFactory.create(name="GARAJE")
    address = f"/gestion/etablissements/{place.pk}/"
    assert value_of(desk.get(address), "name") == "GARAJE"
    sent = {"name": "GARAGE", "city": "Illzach", "idcc": "1090", "opco_slug": "mobilites", "headcount_exact": "4"}
    assert desk.post(address, sent).url == "/gestion/etablissements/"
    place.refresh_from_db()
    assert (place.name, place.verified, place.opco_slug, place.company.headcount_exact) == (
        "GARAGE",
        True,
        "mobilites",
        4,
    )


def test_a_wrong_correction_vouches_for_nothing(desk: Client) -> None:
    place = EstablishmentFactory.create()
    page = desk.post(f"/gestion/etablissements/{place.pk}/", {"name": "", "naf": "abc", "opco_slug": "inconnu"})
    assert page.status_code == 422
    place.refresh_from_db()
    assert not place.verified


def test_the_registry_asked_again_verifies_by_itself(desk: Client) -> None:
    place = EstablishmentFactory.create(siret=ACTIF_AUTO, name="ACTIFF")
    page = desk.post(f"/gestion/etablissements/{place.pk}/repertoire/", follow=True)
    assert "a répondu" in text_of(page)
    place.refresh_from_db()
    assert (place.name, place.verified) == ("ACTIF AUTO CONTROLE", True)


@pytest.mark.parametrize("kind", ["", "organismes/"])
def test_a_registry_that_is_down_or_ignorant_is_said(desk: Client, kind: str, monkeypatch: Any) -> None:
    made = (ProviderFactory if kind else EstablishmentFactory).create()
    address = f"/gestion/etablissements/{kind}{made.pk}/repertoire/"
    assert "ne connaît pas ce SIRET" in text_of(desk.post(address, follow=True))
    silence(monkeypatch)
    assert "ne répond pas" in text_of(desk.post(address, follow=True))
    made.refresh_from_db()
    assert not made.verified


def test_an_officer_vouches_for_a_provider_and_its_certificates(desk: Client) -> None:
    provider = ProviderFactory.create()
    address = f"/gestion/etablissements/organismes/{provider.pk}/"
    sent = {"name": "ECOLE", "nda": "44670123467", "qualiopi_actions": "oui", "qualiopi_vae": "non"}
    assert desk.post(address, sent).url == "/gestion/etablissements/organismes/"
    provider.refresh_from_db()
    assert (provider.name, provider.nda, provider.verified) == ("ECOLE", "44670123467", True)
    assert (provider.qualiopi_actions, provider.qualiopi_vae, provider.qualiopi_bilans) == (True, False, None)


def test_a_wrong_provider_is_said_beside_its_fields(desk: Client) -> None:
    provider = ProviderFactory.create()
    page = desk.post(f"/gestion/etablissements/organismes/{provider.pk}/", {"name": "ECOLE", "nda": "12"})
    assert page.status_code == 422
    assert value_of(page, "nda") == "12"
    assert not Provider.objects.get().verified


def test_the_public_list_asked_again_tells_the_certificates(desk: Client) -> None:
    provider = ProviderFactory.create(siret=AXEPT)
    desk.post(f"/gestion/etablissements/organismes/{provider.pk}/repertoire/")
    provider.refresh_from_db()
    assert (provider.name, provider.verified, provider.qualiopi_actions) == ("AXEPT", True, True)
