"""« Comptes » and « Administration »: four eyes on every role, the invitation, the door closed at once."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from openopco.accounts.models import User
from openopco.habilitations.enums import StaffRoleName
from openopco.habilitations.models import StaffRole
from openopco.journal.actions import audit_read
from openopco.mail.models import OutgoingMail
from openopco.notifications.models import Notice
from openopco.rights import Actor
from tests.accounts.factories import OpcoUserFactory, UserFactory
from tests.habilitations.factories import StaffRoleFactory
from tests.web.visitors import client_of, officer_client, text_of, value_of

LIST, NEW = "/administration/comptes/", "/administration/comptes/nouveau/"
LUCE = {"first_name": "Luce", "last_name": "Arnaud", "email": "luce@opco.example", "role": "gestionnaire"}


@pytest.fixture
def helene() -> User:
    return StaffRoleFactory.create(user=OpcoUserFactory.create(first_name="Hélène", last_name="Marchand")).user


@pytest.fixture
def yann() -> User:
    return StaffRoleFactory.create(user=OpcoUserFactory.create(first_name="Yann", last_name="Le Goff")).user


def proposed() -> StaffRole:
    return StaffRole.objects.get(user__email="luce@opco.example")


def act(client: Client, user: User, verb: str) -> Any:
    return client.post(f"{LIST}{user.pk}/{verb}/", follow=True)


def links() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(subject__endswith="choisissez votre mot de passe"))


def test_a_new_account_waits_for_a_second_administrator_then_is_invited(helene: User, yann: User) -> None:
    first, second = client_of(helene), client_of(yann)
    page = first.post(NEW, LUCE, follow=True)
    assert page.redirect_chain == [(LIST, 302)]
    assert "Luce Arnaud : un autre administrateur doit confirmer le rôle." in text_of(page)
    waiting = text_of(first.get(LIST))
    assert "Attend un autre administrateur" in waiting
    assert waiting.rstrip().count("Actif") == 2
    assert re.search(r"luce@opco.example Gestionnaire \(à confirmer\) À confirmer", waiting)
    assert links() == []
    assert Notice.objects.filter(user=yann, url=LIST).exists()
    told = text_of(second.post(f"/administration/roles/{proposed().pk}/confirmer/", follow=True))
    assert "Luce Arnaud : le rôle prend effet." in told
    assert proposed().confirmed_by == yann
    assert [mail.to for mail in links()] == ["luce@opco.example"]


def test_who_proposed_does_not_confirm(helene: User, yann: User) -> None:
    client = client_of(helene)
    client.post(NEW, LUCE)
    page = client.post(f"/administration/roles/{proposed().pk}/confirmer/", follow=True)
    assert "Un autre administrateur doit confirmer ce rôle" in text_of(page)
    assert proposed().since is None
    assert links() == []


def test_a_role_confirmed_twice_is_said(helene: User, yann: User) -> None:
    client_of(helene).post(NEW, LUCE)
    client = client_of(yann)
    client.post(f"/administration/roles/{proposed().pk}/confirmer/")
    page = client.post(f"/administration/roles/{proposed().pk}/confirmer/", follow=True)
    assert "n'attend plus de confirmation" in text_of(page)
    assert len(links()) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "luce"}, "contient un « @ »"),
        ({"email": ""}, "Indiquez une adresse e-mail."),
        ({"first_name": ""}, "Indiquez le prénom."),
        ({"role": ""}, "Choisissez un rôle."),
        ({"role": "roi"}, "Choisissez un rôle de la liste."),
    ],
)
def test_a_wrong_account_is_said_and_kept(helene: User, change: dict[str, str], sentence: str) -> None:
    page = client_of(helene).post(NEW, {**LUCE, **change})
    assert page.status_code == 422
    assert sentence in text_of(page)
    assert value_of(page, "last_name") == "Arnaud"
    assert not User.objects.filter(last_name="Arnaud").exists()


def test_an_address_already_taken_is_said(helene: User) -> None:
    UserFactory.create(email="luce@opco.example")
    page = client_of(helene).post(NEW, LUCE)
    assert "Un compte utilise déjà cette adresse e-mail." in text_of(page)
    assert not StaffRole.objects.filter(user__last_name="Arnaud").exists()


def test_the_list_is_of_the_opcos_people_alone(helene: User, yann: User) -> None:
    UserFactory.create(last_name="Employeur")
    OpcoUserFactory.create(last_name="Sansrole", is_active=False)
    text = text_of(client_of(helene).get(LIST))
    assert re.search(r"Yann Le Goff \S+ Administrateur Actif", text)
    assert re.search(r"Sansrole \S+ Aucun Désactivé", text)
    assert "Employeur" not in text


def test_the_number_of_queries_does_not_depend_on_the_rows(helene: User) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(LIST).status_code == 200
        return len(seen)

    client = client_of(helene)
    client.get(LIST)
    one = count()
    StaffRoleFactory.create_batch(12, role=StaffRoleName.GESTIONNAIRE)
    assert count() == one
    assert one <= 7


def test_disabling_closes_the_sessions_at_once(helene: User, yann: User) -> None:
    StaffRoleFactory.create()
    open_one = client_of(yann)
    assert open_one.get(LIST).status_code == 200
    client = client_of(helene)
    assert "Désactiver ce compte ?" in text_of(client.get(f"{LIST}{yann.pk}/desactiver/"))
    assert "ses sessions sont fermées" in text_of(act(client, yann, "desactiver"))
    assert open_one.get(LIST).status_code == 302
    act(client, yann, "reactiver")
    yann.refresh_from_db()
    assert yann.is_active


def test_two_administrators_remain(helene: User, yann: User) -> None:
    page = act(client_of(helene), yann, "desactiver")
    assert "au moins deux administrateurs" in text_of(page)
    role = yann.staff_roles.get()
    page = client_of(helene).post(f"/administration/roles/{role.pk}/terminer/", follow=True)
    assert "au moins deux administrateurs" in text_of(page)
    yann.refresh_from_db()
    assert yann.is_active
    role.refresh_from_db()
    assert role.until is None


def test_nobody_disables_himself(helene: User, yann: User) -> None:
    client = client_of(helene)
    assert "Désactiver le compte" not in text_of(client.get(f"{LIST}{helene.pk}/"))
    assert "propre compte" in text_of(act(client, helene, "desactiver"))
    helene.refresh_from_db()
    assert helene.is_active


def test_an_officer_without_administrator_role_is_disabled_though_two_are_left(helene: User, yann: User) -> None:
    nadia = StaffRoleFactory.create(role=StaffRoleName.GESTIONNAIRE).user
    act(client_of(helene), nadia, "desactiver")
    nadia.refresh_from_db()
    assert not nadia.is_active


def test_ending_a_role_asks_first_and_counts_at_once(helene: User, yann: User) -> None:
    role = StaffRoleFactory.create(role=StaffRoleName.GESTIONNAIRE)
    officer = client_of(role.user)
    assert officer.get("/gestion/rattachements/").status_code == 200
    client, address = client_of(helene), f"/administration/roles/{role.pk}/terminer/"
    assert "Mettre fin à ce rôle ?" in text_of(client.get(address))
    assert "le rôle a pris fin" in text_of(client.post(address, follow=True))
    assert officer.get("/gestion/rattachements/").status_code == 403
    assert "Terminé" in text_of(client.get(f"{LIST}{role.user_id}/"))


def test_ending_ones_own_role_leads_to_ones_profile(helene: User, yann: User) -> None:
    StaffRoleFactory.create()
    role = helene.staff_roles.get()
    assert client_of(helene).post(f"/administration/roles/{role.pk}/terminer/").url == "/compte/"


def test_one_more_role_is_proposed_on_the_persons_page(helene: User) -> None:
    nadia = StaffRoleFactory.create(role=StaffRoleName.GESTIONNAIRE).user
    client = client_of(helene)
    page = client.post(f"{LIST}{nadia.pk}/", {"role": "administrateur"}, follow=True)
    assert "Le rôle est proposé" in text_of(page)
    assert nadia.staff_roles.get(role="administrateur").since is None
    again = client.post(f"{LIST}{nadia.pk}/", {"role": "administrateur"})
    assert again.status_code == 422
    assert "a déjà ce rôle" in text_of(again)
    assert client.post(f"{LIST}{nadia.pk}/", {}).status_code == 422


def test_an_invitation_is_sent_again(helene: User) -> None:
    luce = User.objects.create_user("luce@opco.example", kind="opco", first_name="Luce", last_name="Arnaud")
    client = client_of(helene)
    assert "Envoyer une invitation" in text_of(client.get(f"{LIST}{luce.pk}/"))
    assert "L'invitation est envoyée." in text_of(act(client, luce, "inviter"))
    assert len(links()) == 1


@pytest.mark.parametrize("verb", ["deconnecter", "second-facteur"])
def test_sessions_and_second_factor_are_ended_for_others(helene: User, yann: User, verb: str) -> None:
    page = act(client_of(helene), yann, verb)
    assert page.status_code == 200
    assert page.redirect_chain == [(f"{LIST}{yann.pk}/", 302)]


@pytest.mark.parametrize("verb", ["promouvoir", "supprimer"])
def test_an_act_that_is_none_of_ours_is_not_found(helene: User, verb: str) -> None:
    assert act(client_of(helene), helene, verb).status_code == 404


def test_an_employers_account_is_none_of_the_administrators_affair(helene: User) -> None:
    user = UserFactory.create()
    client = client_of(helene)
    assert client.get(f"{LIST}{user.pk}/").status_code == 404
    assert act(client, user, "desactiver").status_code == 404
    user.refresh_from_db()
    assert user.is_active


@pytest.mark.parametrize("address", [LIST, NEW, "/administration/", f"{LIST}1/", f"{LIST}1/desactiver/"])
def test_only_administrators_come_here(address: str) -> None:
    assert officer_client().get(address).status_code == 403
    assert client_of(UserFactory.create()).get(address).status_code == 403
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("what", ["confirmer", "terminer"])
def test_only_administrators_touch_roles(helene: User, what: str) -> None:
    role = helene.staff_roles.get()
    assert officer_client().post(f"/administration/roles/{role.pk}/{what}/").status_code == 403
    assert client_of(helene).post(f"/administration/roles/999/{what}/").status_code == 404


def test_confirming_is_a_post(helene: User) -> None:
    assert client_of(helene).get("/administration/roles/1/confirmer/").status_code == 405


def test_the_first_page_says_what_waits_and_who_read_much(helene: User) -> None:
    nadia = OpcoUserFactory.create(first_name="Nadia", last_name="Benali")
    client = client_of(helene)
    assert "Personne n'a ouvert de demande" in text_of(client.get("/administration/"))
    reader = Actor(nadia.pk, "Nadia")
    for number in (1, 2, 3):
        audit_read(actor=reader, subject_kind="nir", subject_id=number, what="nir", reason="contrôle")
    audit_read(actor=reader, subject_kind="nir", subject_id=3, what="nir", reason="contrôle")
    audit_read(actor=reader, subject_kind="dossier", subject_id=1, what="dossier.read")
    client.post(NEW, LUCE)
    text = text_of(client.get("/administration/"))
    assert re.search(r"Nadia Benali 3 1 0 0 aujourd.hui", text)
    assert "1 rôle à confirmer" in text
