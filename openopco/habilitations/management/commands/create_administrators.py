"""`manage.py create_administrators PREMIER@… SECOND@…`: the first two administrators, who confirm all the others."""

from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openopco.accounts.actions import open_opco_account, send_set_password_link
from openopco.base.actions import action
from openopco.habilitations.actions.staff import make_first_administrators
from openopco.kernel.errors import OpenOpcoError
from openopco.rights import SYSTEM


class Command(BaseCommand):
    help = "Ouvre les comptes des deux premiers administrateurs et leur envoie de quoi choisir leur mot de passe."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("emails", nargs=2, metavar="EMAIL", help="l'adresse e-mail de chacun des deux")

    def handle(self, *args: Any, emails: list[str], **options: Any) -> None:
        try:
            open_first_administrators(emails=emails)
        except OpenOpcoError as error:
            raise CommandError(error.message) from error
        self.stdout.write("Deux administrateurs. Chacun reçoit par e-mail un lien, valable une heure.")


@action
def open_first_administrators(*, emails: Sequence[str]) -> None:
    """Both or none, and only while there is no administrator. Raises `EmailTaken`, `InvalidValue`."""
    users = [open_opco_account(actor=SYSTEM, email=email) for email in emails]
    make_first_administrators(users=users)
    for user in users:
        send_set_password_link(actor=SYSTEM, user=user)
