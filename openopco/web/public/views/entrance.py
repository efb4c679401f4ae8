"""Sign-in and registration, on top of allauth's views.

Registration is whole: an account, its address and its mail, or none of them. A known address costs the same."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import ConfirmEmailVerificationCodeView, LoginView, SignupView
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpResponse

from openopco.accounts.queries import is_mfa_required


class SignInView(LoginView):  # type: ignore[misc]
    """Says so where the second factor is waived."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "mfa_waived": not is_mfa_required()}


class RegistrationView(SignupView):  # type: ignore[misc]
    """Two people who register the same address at once: one wins, the other gets the answer of a known address."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return self._register(form)
        except IntegrityError:
            form.account_already_exists = True
            return self._register(form)

    def _register(self, form: BaseForm) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
        return response


class ConfirmationView(ConfirmEmailVerificationCodeView):  # type: ignore[misc]
    """The code of an address. A code asked again for a known address mails its owner again, as a new one would."""

    def _resend_form_valid(self, form: BaseForm) -> HttpResponse:
        response: HttpResponse = super()._resend_form_valid(form)
        if self._process.user is None:
            get_adapter().send_account_already_exists_mail(self._process.email)
        return response


sign_in = SignInView.as_view()
signup = RegistrationView.as_view()
confirm_email = login_not_required(ConfirmationView.as_view())
