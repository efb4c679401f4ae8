"""Checking who signs in."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from openopco.accounts.models import User


class EmailBackend(AuthenticationBackend):  # type: ignore[misc]
    """Signs in by e-mail and password. One query and one hash, whether the account exists, is disabled, or not."""

    def authenticate(
        self, request: HttpRequest | None, email: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if not email or not password:
            return None
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            make_password(password)
            return None
        checked: User | None = self._check_password(user, password)
        return checked
