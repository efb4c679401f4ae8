"""How allauth behaves here: its words, its mails, its secrets."""

import base64
import html
from time import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from openopco.accounts.enums import ENROLLED_AT
from openopco.accounts.models import User
from openopco.accounts.queries import has_totp, is_mfa_required
from openopco.base.addresses import is_own_path
from openopco.base.crypto import seal, unseal
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_email
from openopco.opco import identity

TRY_LATER = "Trop de tentatives. Patientez quelques minutes avant de réessayer."
WRONG_CODE = "Ce code n'est pas le bon, ou il n'est plus valable."


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Registration, sign-in and e-mail."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Ce compte est désactivé.",
        "duplicate_email": "C'est déjà votre adresse e-mail.",
        "email_password_mismatch": "L'adresse e-mail ou le mot de passe est incorrect.",
        "email_taken": "Cette adresse e-mail ne peut pas être utilisée.",
        "enter_current_password": "Ce n'est pas votre mot de passe actuel.",
        "incorrect_code": WRONG_CODE,
        "incorrect_password": "Ce n'est pas votre mot de passe.",
        "invalid_password_reset": "Ce lien n'est plus valable.",
        "rate_limited": TRY_LATER,
        "too_many_login_attempts": TRY_LATER,
    }

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: the HTML pages are the only door, whatever a request says that it accepts."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """A page of this portal, written without scheme or host."""
        return bool(url) and is_own_path(url)

    def clean_email(self, email: str) -> str:
        try:
            return parse_email(email)
        except InvalidValue as error:
            raise ValidationError(error.message, code="invalid") from error

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        """The password was hashed by the form, once, before any transaction."""
        data = form.cleaned_data
        user.email, user.first_name, user.last_name = data["email"], data["first_name"], data["last_name"]
        user.password = form.password_hash  # type: ignore[attr-defined]
        user.terms_accepted_at = timezone.now()
        user.save()
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        super().send_mail(template_prefix, email, {"identity": identity(), **context})

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """Plain text: what the template engine escaped as HTML is written as it was typed."""
        message: EmailMessage = super().render_mail(*args, **kwargs)
        message.subject, message.body = html.unescape(str(message.subject)), html.unescape(str(message.body))
        return message

    def format_email_subject(self, subject: str) -> str:
        return f"{identity().product} : {subject}"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_profile")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("account_profile")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Always, but for a first second factor set up in the minutes that follow the sign-in, its codes included."""
        user = self.request.user
        if app != "allauth.mfa" or not isinstance(user, User) or not self._signed_in_lately(user):
            return True
        return has_totp(user) and not self._enrolled_lately()

    def _enrolled_lately(self) -> bool:
        enrolled_at: float = self.request.session.get(ENROLLED_AT, 0)
        return bool(time() - enrolled_at < app_settings.REAUTHENTICATION_TIMEOUT)

    def _signed_in_lately(self, user: User) -> bool:
        records = get_authentication_records(self.request, user)
        return bool(records) and time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second factor. Its secrets are sealed by the vault's keys."""

    CONTEXT = "mfa_authenticator.data"
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "La double authentification est obligatoire pour votre compte.",
        "cannot_generate_recovery_codes": "Activez d'abord la double authentification.",
        "incorrect_code": WRONG_CODE,
        "unverified_email": "Confirmez d'abord votre adresse e-mail.",
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, self.CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), self.CONTEXT)

    def get_totp_issuer(self) -> str:
        return identity().product

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (is_mfa_required() and authenticator.user.is_opco)
