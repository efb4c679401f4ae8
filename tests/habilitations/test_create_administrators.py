"""The command that makes the first two administrators."""

import pytest
from django.core.management import CommandError, call_command

from openopco.accounts.models import User
from openopco.habilitations.models import StaffRole
from openopco.habilitations.queries import actor_for
from openopco.mail.models import OutgoingMail
from openopco.rights import Permission, may

pytestmark = pytest.mark.django_db
PAIR = ("ada@opco.example", "bob@opco.example")


def test_it_makes_two_administrators_who_choose_their_passwords(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_administrators", *PAIR)
    users = User.objects.order_by("email")
    assert [user.email for user in users] == list(PAIR)
    assert all(user.is_opco and not user.has_usable_password() for user in users)
    assert all(may(actor_for(user), Permission.STAFF_MANAGE) for user in users)
    mails = OutgoingMail.objects.order_by("to")
    assert [mail.to for mail in mails] == list(PAIR)
    assert all("/mot-de-passe/nouveau/" in mail.text for mail in mails)
    assert "Deux administrateurs" in capsys.readouterr().out


@pytest.mark.parametrize("emails", [("ada@opco.example",), (*PAIR, "eve@opco.example")])
def test_it_takes_two_addresses(emails: tuple[str, ...]) -> None:
    with pytest.raises((CommandError, SystemExit)):
        call_command("create_administrators", *emails)
    assert not User.objects.exists()


@pytest.mark.parametrize("second", ["ada@opco.example", "ADA@opco.example", "bob@", ""])
def test_one_bad_address_and_none_is_made(second: str) -> None:
    with pytest.raises(CommandError):
        call_command("create_administrators", "ada@opco.example", second)
    assert not User.objects.exists()
    assert not StaffRole.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_it_serves_once() -> None:
    call_command("create_administrators", *PAIR)
    with pytest.raises(CommandError, match="déjà des administrateurs"):
        call_command("create_administrators", "eve@opco.example", "tom@opco.example")
    assert User.objects.count() == 2
