"""A person's own account: name, sessions, recovery codes. The rest of it are allauth's views."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openopco.accounts import actions
from openopco.accounts.forms import ProfileForm
from openopco.accounts.models import User
from openopco.accounts.queries import actor_of, has_totp, is_mfa_required, open_sessions


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    names = {"first_name": user.first_name, "last_name": user.last_name}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=names)
    if form.is_valid():
        actions.rename_user(actor=actor_of(user), user_id=user.pk, **form.cleaned_data)
        messages.success(request, "Votre nom est enregistré.")
        return redirect("account_profile")
    context = {"form": form, "has_totp": has_totp(user), "mfa_waived": user.is_opco and not is_mfa_required()}
    return render(request, "account/profile.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    if request.method == "POST":
        _end_sessions(request, user)
        return redirect("usersessions_list")
    found = open_sessions(user, request.session.session_key)
    return render(request, "usersessions/usersession_list.html", {"sessions": found, "others": len(found) > 1})


@never_cache
@require_safe
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def recovery_codes(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    row = get_object_or_404(Authenticator, user=user, type=Authenticator.Type.RECOVERY_CODES)
    return render(request, "mfa/recovery_codes/index.html", {"codes": row.wrap().get_unused_codes()})


def _end_sessions(request: HttpRequest, user: User) -> None:
    actor, chosen = actor_of(user), request.POST.get("session", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
        actions.end_session(actor=actor, user_id=user.pk, session_id=int(chosen))
        messages.success(request, "Cette session est fermée.")
    elif "others" in request.POST:
        actions.end_sessions(actor=actor, user_id=user.pk, but=request.session.session_key)
        messages.success(request, "Toutes les autres sessions sont fermées.")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # LoginRequiredMiddleware saw to it
    return request.user
