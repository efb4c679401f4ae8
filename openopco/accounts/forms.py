"""The forms of sign-in, in our words. Fields carry their autocomplete tokens; no password is asked twice."""

import uuid
from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import setup_user_email
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest

from openopco.accounts.models import User
from openopco.kernel.errors import InvalidValue
from openopco.kernel.identifiers import parse_email
from openopco.kernel.nir import refuse_nir
from openopco.kernel.text import clean_line

EMAIL_EXPECTED = "Saisissez une adresse e-mail complète, par exemple prenom.nom@exemple.fr."
PASSWORD_HINT = "12 caractères au moins. Une phrase de quelques mots convient très bien."  # noqa: S105
EMAIL = {"required": "Saisissez votre adresse e-mail.", "invalid": EMAIL_EXPECTED}
CODE = {"required": "Saisissez le code."}


def word(field: forms.Field, label: str, errors: dict[str, str], hint: str = "", **attributes: str) -> None:
    """Gives a field of allauth our label, our messages and our attributes; placeholders go, they hide what is asked."""
    field.label, field.help_text = label, hint
    field.error_messages.update(errors)
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


class NameField(forms.CharField):
    """A first or last name, in any script."""

    def __init__(self, label: str, missing: str, autocomplete: str) -> None:
        messages = {"required": missing, "max_length": "80 caractères au plus."}
        widget = forms.TextInput(attrs={"autocomplete": autocomplete})
        super().__init__(label=label, max_length=80, error_messages=messages, widget=widget)

    def to_python(self, value: Any) -> str:
        try:
            return refuse_nir(clean_line(super().to_python(value) or ""))
        except InvalidValue as error:
            raise forms.ValidationError(error.message) from error


class LoginForm(account_forms.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self.fields["login"], "Email / Identifiant", EMAIL, autocomplete="username")
        word(self.fields["password"], "Mot de passe", {"required": "Saisissez votre mot de passe."})

    def clean_login(self) -> str:
        raw: str = super().clean_login()
        try:
            return parse_email(raw)
        except InvalidValue:
            return raw


class SignupForm(account_forms.SignupForm):  # type: ignore[misc]
    """A known e-mail costs what a new one does, in hashes, writes and mail: nobody learns who has an account."""

    field_order = ("first_name", "last_name", "email", "password1", "terms")
    first_name = NameField("Prénom", "Saisissez votre prénom.", "given-name")
    last_name = NameField("Nom", "Saisissez votre nom.", "family-name")
    terms = forms.BooleanField(
        label="J'ai lu et j'accepte les Conditions Générales d'Utilisation",
        error_messages={"required": "Acceptez les Conditions Générales d'Utilisation pour créer votre compte."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password_hash = ""
        word(self.fields["email"], "Adresse e-mail", EMAIL, "Nous y enverrons un code.", autocomplete="email")
        word(self.fields["password1"], "Mot de passe", {"required": "Choisissez un mot de passe."}, PASSWORD_HINT)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.errors:
            self.password_hash = make_password(cleaned["password1"])
        return cleaned

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            self._rehearse(request)
        return super().try_save(request)

    def _rehearse(self, request: HttpRequest) -> None:
        """Does what a new account needs, then undoes it."""
        email = self.cleaned_data["email"]
        with transaction.atomic():
            self.cleaned_data["email"] = f"{uuid.uuid4().hex}@exemple.invalid"
            user = get_adapter().save_user(request, User(), self)
            setup_user_email(request, user, [EmailAddress(email=user.email)])
            _look_up(user)
            transaction.set_rollback(True)
        self.cleaned_data["email"] = email


def _look_up(user: User) -> None:
    """What allauth reads of a new account before it mails the code."""
    User.objects.get(pk=user.pk)
    for _ in range(3):
        EmailAddress.objects.filter(user=user, email=user.email).order_by("pk").first()


class ResetPasswordForm(account_forms.ResetPasswordForm):  # type: ignore[misc]
    """One query, and one mail either way. A disabled account is told what an unknown one is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self.fields["email"], "Adresse e-mail", EMAIL, autocomplete="username")

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"])
        self.users = list(User.objects.filter(email=email, is_active=True))
        return email


class ResetPasswordKeyForm(account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        word(
            self.fields["password1"], "Nouveau mot de passe", {"required": "Choisissez un mot de passe."}, PASSWORD_HINT
        )


class ChangePasswordForm(account_forms.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        word(self.fields["oldpassword"], "Mot de passe actuel", {"required": "Saisissez votre mot de passe actuel."})
        missing = {"required": "Choisissez un nouveau mot de passe."}
        word(self.fields["password1"], "Nouveau mot de passe", missing, PASSWORD_HINT)


class ChangeEmailForm(account_forms.AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self.fields["email"], "Nouvelle adresse e-mail", EMAIL, "Nous y enverrons un code.", autocomplete="email")


class ReauthenticateForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self.fields["password"], "Mot de passe", {"required": "Saisissez votre mot de passe."})


class ConfirmEmailForm(account_forms.ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self.fields["code"], "Code à 6 chiffres", CODE, inputmode="numeric")


class MfaAuthenticateForm(mfa_forms.AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_second_factor(self.fields["code"])


class MfaReauthenticateForm(mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word_second_factor(self.fields["code"])


class ActivateTotpForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self.fields["code"], "Code à 6 chiffres affiché par l'application", CODE, inputmode="numeric")


class ProfileForm(forms.Form):
    """A person's own name."""

    first_name = NameField("Prénom", "Saisissez votre prénom.", "given-name")
    last_name = NameField("Nom", "Saisissez votre nom.", "family-name")


def word_second_factor(field: forms.Field) -> None:
    hint = "Les 6 chiffres de votre application, ou l'un de vos codes de secours."
    word(field, "Code", CODE, hint, inputmode="numeric")
