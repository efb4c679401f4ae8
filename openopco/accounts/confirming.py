"""The password asked again, in a form of ours, before what could cost money: nothing typed is lost to another page."""

from allauth.core import ratelimit
from django.http import HttpRequest

from openopco.accounts.adapters import TRY_LATER, AccountAdapter
from openopco.accounts.models import User

MISSING = "Saisissez votre mot de passe."


def password_problem(request: HttpRequest, password: str) -> str:
    """What is wrong with the password of whoever is signed in; empty where it is his. As slowed as the page that asks it."""
    user = request.user
    assert isinstance(user, User)
    if not password:
        return MISSING
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        return TRY_LATER
    return "" if user.check_password(password) else str(AccountAdapter.error_messages["incorrect_password"])
